package mock

import (
	"crypto/rand"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"diapason.dev/diapason/asks"
)

//go:embed consent.html
var consentHTML string

var consentPage = template.Must(template.New("consent").Parse(consentHTML))

// opaque is a value of n random bytes that tells nothing.
func opaque(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

// A wish is an authorize request that can be granted.
type wish struct {
	client    Client
	redirect  string
	state     string
	challenge string
	scopes    []string
}

// readWish reads an authorize request. Where client or redirect address are
// not registered nothing may be sent there: problem is then for the person.
// Any other mistake is code, one of RFC 6749 §4.1.2.1, for the app.
func (p *Provider) readWish(q url.Values) (w wish, code, problem string) {
	c, ok := p.client(q.Get("client_id"))
	if !ok {
		return w, "", "no app is registered with this client_id"
	}
	w = wish{client: c, redirect: q.Get("redirect_uri"), state: q.Get("state"), challenge: q.Get("code_challenge")}
	if !slices.Contains(c.Redirects, w.redirect) {
		return w, "", "the redirect_uri is not registered for this app"
	}
	for _, name := range strings.Fields(q.Get("scope")) {
		if !slices.Contains(w.scopes, name) {
			w.scopes = append(w.scopes, name)
		}
	}
	method := q.Get("code_challenge_method")
	switch {
	case q.Get("response_type") != "code":
		return w, "unsupported_response_type", ""
	case w.challenge == "" && c.Secret == "", w.challenge != "" && method != "S256":
		return w, "invalid_request", ""
	case !known(w.scopes):
		return w, "invalid_scope", ""
	}
	return w, "", ""
}

func known(scopes []string) bool {
	return !slices.ContainsFunc(scopes, func(s string) bool { return sentence(s) == "" })
}

// sentence is what a scope opens, in the words of the catalogue; empty for a
// name that it does not know.
func sentence(scope string) string {
	_, scopes, _, err := asks.Default().Judge(asks.Ask{Provider: "spotify", Scopes: scope})
	if err != nil || len(scopes) != 1 || scopes[0].Class == "unknown" {
		return ""
	}
	return scopes[0].Sentence
}

func (p *Provider) showConsent(w http.ResponseWriter, r *http.Request) {
	note(w, r.URL.Query().Get("client_id"), "", nil)
	wish, code, problem := p.readWish(r.URL.Query())
	switch {
	case problem != "":
		http.Error(w, problem, http.StatusBadRequest)
	case code != "":
		answer(w, r, wish, url.Values{"error": {code}})
	default:
		p.writeConsent(w, r, wish)
	}
}

func (p *Provider) writeConsent(w http.ResponseWriter, r *http.Request, wish wish) {
	// Lines that no scope causes stand on every such page.
	lines := []string{"see your name and your picture, as everybody can"}
	for _, s := range wish.scopes {
		lines = append(lines, sentence(s))
	}
	target, _ := url.Parse(wish.redirect)
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' "+target.Scheme+"://"+target.Host)
	h.Set("Referrer-Policy", "no-referrer")
	consentPage.Execute(w, map[string]any{ // what fails here is the browser's connection
		"App": wish.client.Name, "Lines": lines, "Users": p.options.Users,
		"Months": grantMonths, "To": "/authorize?" + r.URL.RawQuery, "Host": target.Host,
	})
}

// takeConsent reads what the person chose on the page.
func (p *Provider) takeConsent(w http.ResponseWriter, r *http.Request) {
	note(w, r.URL.Query().Get("client_id"), "", nil)
	wish, code, problem := p.readWish(r.URL.Query())
	user := strings.TrimSpace(r.PostFormValue("user"))
	switch {
	case problem != "":
		http.Error(w, problem, http.StatusBadRequest)
	case code != "":
		answer(w, r, wish, url.Values{"error": {code}})
	case r.PostFormValue("choice") != "agree" || user == "":
		answer(w, r, wish, url.Values{"error": {"access_denied"}})
	default:
		note(w, wish.client.ID, "", wish.scopes)
		answer(w, r, wish, url.Values{"code": {p.grant(wish, user)}})
	}
}

// grant records what a person allowed and returns the code for it.
func (p *Provider) grant(w wish, user string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	now, id := p.options.Now(), opaque(32)
	p.codes[id] = &code{
		redirect: w.redirect, challenge: w.challenge, ends: now.Add(codeLife),
		grant: &grant{user: user, client: w.client.ID, scopes: w.scopes, ends: now.AddDate(0, grantMonths, 0)},
	}
	return id
}

// answer sends the browser back to the app.
func answer(w http.ResponseWriter, r *http.Request, wish wish, q url.Values) {
	if wish.state != "" {
		q.Set("state", wish.state)
	}
	sign := "?"
	if strings.Contains(wish.redirect, "?") {
		sign = "&"
	}
	http.Redirect(w, r, wish.redirect+sign+q.Encode(), http.StatusSeeOther)
}
