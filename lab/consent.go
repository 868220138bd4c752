package lab

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// consentHost is the site under which those stand that ask for a choice, or
// should; askerHost is a company that asks for others, in a frame.
const (
	consentHost = "consent.example"
	askerHost   = "asker.example"
)

// ConsentTruth is how a site asks for a choice, and what it makes of it.
type ConsentTruth struct {
	Banner bool `json:"banner"` // it asks
	// Accept, Reject and Withdraw are how each choice is offered.
	Accept   Offer    `json:"accept,omitzero"`
	Reject   Offer    `json:"reject,omitzero"`
	Withdraw Offer    `json:"withdraw,omitzero"`
	Faint    bool     `json:"faint,omitempty"`  // the refusal's contrast is below 3
	Preset   []string `json:"preset,omitempty"` // purposes that are ticked beforehand
	// Tracked names the phases in which the advertiser's cookie is set or read
	// after the choice (or, in P0 and P4.0, without one); in all others it is not.
	Tracked []string `json:"tracked,omitempty"`
	// Counts names the phases whose choice can be made and is kept.
	Counts []string `json:"counts,omitempty"`
	// Promise is the value of "gpc" in /.well-known/gpc.json, as JSON: true and
	// false mean something, nothing else does. Empty: there is no such file.
	Promise string   `json:"promise,omitempty"`
	Flaws   []string `json:"flaws,omitempty"`
}

// Offer is how one choice is offered.
type Offer struct {
	Clicks int    `json:"clicks"` // -1: not at all
	Layer  int    `json:"layer"`
	Kind   string `json:"kind"` // button, link
}

var consentSites = sync.OnceValue(func() *site { return must(newSite("consent")) })

// Consents lists the sites that ask for a choice, or should, each with one way
// of asking and of making something of the answer, in order of name. The cookie
// that their advertiser sets, where it does, is aid at adsum.example.
func Consents() []Fixture {
	var all []Fixture
	for _, name := range consentNames() {
		all = append(all, Fixture{Name: name, Origin: "https://" + name + "." + consentHost, Truth: must(consentSites().truth(name + ".html"))})
	}
	return all
}

func consentNames() []string {
	names := slices.Sorted(maps.Keys(consentSites().pages))
	names = slices.DeleteFunc(names, func(n string) bool { return n == "asker.html" })
	for i, n := range names {
		names[i] = strings.TrimSuffix(n, ".html")
	}
	return names
}

// consentHandlers serves every site that asks, and the one that asks for others.
func consentHandlers() map[string]http.Handler {
	asker := http.NewServeMux()
	asker.Handle("GET /ask", consentSites().show("asker.html", nil))
	asker.HandleFunc("GET /ask.js", script("page/consent/ask.js"))
	all := map[string]http.Handler{askerHost: asker}
	for _, name := range consentNames() {
		all[name+"."+consentHost] = asking(name)
	}
	return all
}

// asking serves one site: its page, and for those that work without a script
// the place where a choice is sent.
func asking(name string) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", consentSites().show(name+".html", func(r *http.Request) any {
		choice, _ := r.Cookie("choice")
		return map[string]any{"GPC": r.Header.Get("Sec-GPC") == "1", "Choice": choice != nil}
	}))
	mux.HandleFunc("GET /ask.js", script("page/consent/ask.js"))
	mux.HandleFunc("GET /.well-known/gpc.json", func(w http.ResponseWriter, r *http.Request) {
		promise := must(consentSites().truth(name + ".html")).Consent.Promise
		if promise == "" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, "{\"gpc\": %s, \"lastUpdate\": \"2026-09-01\"}\n", promise)
	})
	mux.HandleFunc("POST /choose", func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, bodyLimit)
		choice := "no"
		if r.PostFormValue("choice") == "yes" {
			choice = "yes"
		}
		http.SetCookie(w, &http.Cookie{Name: "choice", Value: choice, Path: "/", MaxAge: 180 * 24 * 3600, Secure: true, SameSite: http.SameSiteLaxMode})
		http.Redirect(w, r, "/?from=choice", http.StatusSeeOther)
	})
	return mux
}

// counted answers with a picture and names the browser in a cookie.
func counted(w http.ResponseWriter, r *http.Request) {
	id := cookie(r, "aid")
	if id == "" {
		id = newTag()
	}
	http.SetCookie(w, &http.Cookie{Name: "aid", Value: id, Path: "/", MaxAge: 365 * 24 * 3600, Secure: true, HttpOnly: true, SameSite: http.SameSiteNoneMode})
	pixel(w, r)
}
