package mock

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"time"
)

// A tokenAnswer is what the token endpoint sends (RFC 6749 §5.1).
type tokenAnswer struct {
	Access  string `json:"access_token"`
	Type    string `json:"token_type"`
	Seconds int    `json:"expires_in"`
	Refresh string `json:"refresh_token,omitempty"`
	Scope   string `json:"scope"`
}

func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	c, ok := p.authenticate(r)
	note(w, c.ID, "", nil)
	if !ok {
		refuse(w, http.StatusUnauthorized, "invalid_client", "the app is not registered, or its secret is wrong")
		return
	}
	switch r.PostFormValue("grant_type") {
	case "authorization_code":
		p.exchange(w, r, c)
	case "refresh_token":
		p.renew(w, r, c)
	default:
		refuse(w, http.StatusBadRequest, "unsupported_grant_type", "grant_type is authorization_code or refresh_token")
	}
}

// authenticate finds the app: by its secret, in the header or in the body,
// where it has one, else by its id alone.
func (p *Provider) authenticate(r *http.Request) (Client, bool) {
	id, secret, basic := r.BasicAuth()
	if basic { // both are form-encoded first (RFC 6749 §2.3.1)
		id, secret = decoded(id), decoded(secret)
	} else {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	c, ok := p.client(id)
	if !ok {
		return Client{}, false
	}
	return c, subtle.ConstantTimeCompare([]byte(secret), []byte(c.Secret)) == 1
}

// decoded undoes form encoding; what is not encoded well stays as it is.
func decoded(s string) string {
	if d, err := url.QueryUnescape(s); err == nil {
		return d
	}
	return s
}

// exchange turns a code into tokens, once.
func (p *Provider) exchange(w http.ResponseWriter, r *http.Request, c Client) {
	p.mu.Lock()
	defer p.mu.Unlock()
	id := r.PostFormValue("code")
	k := p.codes[id]
	delete(p.codes, id)
	switch {
	case k == nil, k.grant.client != c.ID, !p.options.Now().Before(k.ends):
		refuse(w, http.StatusBadRequest, "invalid_grant", "the code is unknown, used or too old")
	case k.redirect != r.PostFormValue("redirect_uri"):
		refuse(w, http.StatusBadRequest, "invalid_grant", "the redirect_uri is not the one that was asked with")
	case k.challenge != "" && challengeOf(r.PostFormValue("code_verifier")) != k.challenge:
		refuse(w, http.StatusBadRequest, "invalid_grant", "the code_verifier does not fit the code_challenge")
	default:
		p.issue(w, c, k.grant)
	}
}

// challengeOf is the S256 challenge of a verifier (RFC 7636 §4.2).
func challengeOf(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// renew turns a refresh token into an access token and a new refresh token;
// the old one ends at once, or with an overlap.
func (p *Provider) renew(w http.ResponseWriter, r *http.Request, c Client) {
	p.mu.Lock()
	defer p.mu.Unlock()
	id := r.PostFormValue("refresh_token")
	g := p.refresh[id]
	if g == nil || g.client != c.ID || !p.inForce(g) {
		refuse(w, http.StatusBadRequest, "invalid_grant", "the refresh token expired, was replaced, or its owner removed the app")
		return
	}
	p.replaced(id)
	next := p.issue(w, c, g)
	if p.options.Overlap {
		p.before[next] = id
	}
}

// issue hands out tokens for a grant and returns the refresh token. The caller
// holds the lock.
func (p *Provider) issue(w http.ResponseWriter, c Client, g *grant) string {
	a := tokenAnswer{Access: opaque(48), Type: "Bearer", Seconds: int(accessLife / time.Second), Refresh: opaque(48), Scope: g.scope()}
	p.access[a.Access] = &access{grant: g, ends: p.options.Now().Add(accessLife)}
	p.refresh[a.Refresh] = g
	note(w, c.ID, a.Access, g.scopes)
	writeJSON(w, http.StatusOK, a)
	return a.Refresh
}

// refuse answers as RFC 6749 §5.2 says.
func refuse(w http.ResponseWriter, status int, code, text string) {
	writeJSON(w, status, map[string]string{"error": code, "error_description": text})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v)
}
