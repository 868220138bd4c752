package lab

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/url"
)

// A twin is Serenade at work. Its key signs the value that guards its form.
type twin struct {
	key [32]byte
}

// cleanTwin serves serenade.example: the same kinds of pages as Nocturne, and
// nothing wrong with them. It sets no cookie before a person signs up, and
// afterwards one that ends with the browser.
func cleanTwin() (http.Handler, error) {
	var t twin
	if _, err := rand.Read(t.key[:]); err != nil {
		return nil, err
	}
	s, mux := serenadeSite(), http.NewServeMux()
	mux.Handle("GET /{$}", s.show("home.html", nil))
	mux.Handle("GET /join", s.show("join.html", t.guard))
	mux.HandleFunc("POST /join", t.join)
	mux.Handle("GET /welcome", s.show("welcome.html", nil))
	mux.Handle("GET /plans", s.show("plans.html", nil))
	mux.Handle("GET /buy", s.show("buy.html", nil))
	mux.Handle("GET /campaign", s.show("campaign.html", modestLink))
	mux.HandleFunc("GET /callback", takeCode)
	mux.Handle("GET /saved", s.show("saved.html", nil))
	mux.Handle("GET /privacy", s.show("privacy.html", nil))
	mux.Handle("GET /privacy/2025", s.show("privacy-2025.html", nil))
	mux.HandleFunc("GET /favicon.ico", icon("#c2571a"))
	return mux, nil
}

// takeCode is where the permission page leads back to. The code in the address
// is for the server alone: the browser goes on to an address without it before
// it shows anything (RFC 9700, section 4.2.4).
func takeCode(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Referrer-Policy", "no-referrer")
	http.Redirect(w, r, "/saved", http.StatusSeeOther)
}

// guard makes the value that keeps strangers from sending the form in
// somebody's name. It is new on every load and names nobody.
func (t *twin) guard(*http.Request) any {
	nonce := newTag()
	return map[string]string{"Guard": nonce + "." + t.sign(nonce)}
}

func (t *twin) sign(nonce string) string {
	mac := hmac.New(sha256.New, t.key[:])
	mac.Write([]byte(nonce))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

func (t *twin) join(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, bodyLimit)
	guard := r.PostFormValue("guard")
	if len(guard) < 33 || !hmac.Equal([]byte(guard), []byte(guard[:32]+"."+t.sign(guard[:32]))) {
		http.Error(w, "This form is not one of ours. Please open the page again.", http.StatusForbidden)
		return
	}
	signUp("session")(w, r)
}

// modestLink is the campaign's permission link: the one permission that saves
// a release, with a state and a proof key that are new on every load
// (RFC 6749 section 10.10, RFC 7636 section 4).
func modestLink(*http.Request) any {
	var state, verifier [32]byte
	_, _ = rand.Read(state[:]) // never fails, by its contract
	_, _ = rand.Read(verifier[:])
	encode := base64.RawURLEncoding.EncodeToString
	challenge := sha256.Sum256([]byte(encode(verifier[:])))
	q := url.Values{
		"client_id": {"5e7e4ade0example0client000000000"}, "response_type": {"code"}, "redirect_uri": {"https://" + serenadeHost + "/callback"},
		"scope": {neededScope}, "state": {encode(state[:])}, "code_challenge_method": {"S256"}, "code_challenge": {encode(challenge[:])},
	}
	return map[string]string{"Link": authorize(q)}
}
