package lab

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// earLife is how long the identifier's cookie is meant to live, in seconds:
// 400 days, the longest that Chromium grants.
const earLife = 400 * 24 * 3600

// nocturnePages serves nocturne.example: a home page, sign-up, plans, a
// pre-save campaign and the policy in two versions.
func nocturnePages() http.Handler {
	s, mux := nocturneSite(), http.NewServeMux()
	mux.Handle("GET /{$}", s.show("home.html", nil))
	mux.Handle("GET /join", s.show("join.html", nil))
	mux.HandleFunc("POST /join", signUp("session"))
	mux.Handle("GET /welcome", s.show("welcome.html", nil))
	mux.Handle("GET /plans", s.show("plans.html", nil))
	mux.Handle("GET /buy", s.show("buy.html", nil))
	mux.Handle("GET /campaign", s.show("campaign.html", greedyLink))
	mux.Handle("GET /callback", s.show("callback.html", allowed))
	mux.Handle("GET /privacy", s.show("privacy.html", nil))
	mux.Handle("GET /privacy/2025", s.show("privacy-2025.html", nil))
	mux.HandleFunc("POST /ear", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("GET /favicon.ico", icon("#7c5cff"))
	return mux
}

// signUp takes a sign-up form, sets a cookie for the time that the browser is
// open, and goes on to the welcome page. Nothing of the form is kept.
func signUp(session string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, bodyLimit)
		if !strings.Contains(r.PostFormValue("email"), "@") || r.PostFormValue("password") == "" {
			http.Error(w, "An e-mail address and a password are needed.", http.StatusBadRequest)
			return
		}
		http.SetCookie(w, &http.Cookie{Name: session, Value: newTag(), Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
		http.Redirect(w, r, "/welcome", http.StatusSeeOther)
	}
}

// neededScope is the one permission that saves a release; greedyScopes is what
// Nocturne's campaign asks for.
const neededScope = "user-library-modify"

var greedyScopes = []string{
	neededScope, "user-read-email", "user-read-private", "user-top-read", "user-read-recently-played", "user-follow-modify", "playlist-modify-private",
}

// greedyLink is the campaign's permission link: six permissions more than a
// pre-save needs, a state that never changes, and no proof key.
func greedyLink(*http.Request) any {
	q := url.Values{
		"client_id": {"0c7ab1e5nocturne0example0client00"}, "response_type": {"code"}, "redirect_uri": {"https://" + nocturneHost + "/callback"},
		"scope": {strings.Join(greedyScopes, " ")}, "state": {"presave"},
	}
	return map[string]string{"Link": authorize(q)}
}

// ListenerEmail is the made-up address of the listener's account with the
// provider. A service of the lab knows it only through the permission
// user-read-email: no page asks for it.
const ListenerEmail = "quiet.listener.7f3a9c@mail.example"

// allowed is what Nocturne read with the permissions that it was given.
func allowed(*http.Request) any { return map[string]string{"Email": ListenerEmail} }

// authorize is the address of the provider's page where a person says yes. It
// is printed and never opened: the provider has no part in the lab.
func authorize(q url.Values) string {
	return "https://accounts.spotify.com/authorize?" + strings.ReplaceAll(q.Encode(), "+", "%20")
}

// ear serves the script that keeps Nocturne's visitors known: its entity tag
// is the visitor's identifier, and so is a value in its body.
//
// Who sends the tag back gets "not modified", and the cached body names the
// browser as before. Who sends the cookie gets a script for that cookie. Who
// sends neither is given a new name.
func ear() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /ear.js", func(w http.ResponseWriter, r *http.Request) {
		kept, known := tagged(r), cookie(r, "nid")
		id := known
		if id == "" {
			id = kept
		}
		if id == "" {
			id = newTag()
		}
		w.Header().Set("Cache-Control", "private, no-cache")
		w.Header().Set("ETag", `"`+id+`"`)
		if id == kept {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		sendScript(w, earScript(), map[string]any{"ID": id, "Life": earLife})
	})
	return mux
}

// tagged is the identifier that the browser's cache sends back.
func tagged(r *http.Request) string {
	tag := strings.Trim(strings.TrimPrefix(r.Header.Get("If-None-Match"), "W/"), `"`)
	if nameTag.MatchString(tag) {
		return tag
	}
	return ""
}

// icon is a site's icon: the same for everybody.
func icon(colour string) http.HandlerFunc {
	svg := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="15" fill="%s"/><path d="M13 9v11a4 4 0 1 0 2 3V13l8-2V7z" fill="#fff"/></svg>`, colour)
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/svg+xml")
		_, _ = w.Write([]byte(svg))
	}
}
