// Package web is what a listener and an operator see of a pre-save campaign:
// the page that says what is asked for, the way to the provider and back, the
// receipt with which anybody can look and cancel without signing in, and,
// on a socket of its own, the operator's side.
//
// [Site] serves both. Its pages run no script, load nothing from anybody and
// send no address on; its log knows routes and answers, never an address, a
// query or a person.
package web

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"

	"diapason.dev/diapason/asks"
	"diapason.dev/diapason/asks/presave"
	"diapason.dev/diapason/asks/presave/receipt"
)

// language is that of every page, and so of every notice.
const language = "en"

// A Site is the web side of a pre-save service.
type Site struct {
	Service *presave.Service
	Key     receipt.Key // signs receipts
	Base    string      // public address without a slash at its end: https, or http on this machine
	// Scopes are what each option asks the provider for.
	Scopes map[presave.Option][]string
	// List is the address that the e-mail option hands an e-mail address to,
	// as the form field "email"; without it the option is not offered.
	List string
	Log  *slog.Logger
}

// Scopes are the smallest sets that the options need, in Spotify's names.
func Scopes() map[presave.Option][]string {
	return map[presave.Option][]string{
		presave.Save: {"user-library-modify"}, presave.Follow: {"user-follow-modify"}, presave.Email: {"user-read-email"},
	}
}

//go:embed page
var files embed.FS

var pages = template.Must(template.New("").ParseFS(files, "page/*.html"))

// style is the only style of the pages; their policy names it by its hash.
var style = func() string {
	data, err := files.ReadFile("page/style.css")
	if err != nil {
		panic(err) // it is embedded
	}
	return string(data)
}()

// Handler serves the listeners' pages.
func (s *Site) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /c/{campaign}", s.showCampaign)
	mux.HandleFunc("POST /c/{campaign}/start", s.start)
	mux.HandleFunc("POST /c/{campaign}/start/{option}", s.start)
	mux.HandleFunc("GET /callback/{provider}", s.callback)
	mux.HandleFunc("GET /r/{token}", s.showReceipt)
	mux.HandleFunc("GET /r/{token}/receipt.jsonld", s.download)
	mux.HandleFunc("POST /r/{token}/cancel", s.cancel)
	mux.HandleFunc("GET /receipt-key", s.showKey)
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { s.say(w, notHere) })
	// Forms are posted from these pages only: what another site posts is refused.
	return s.logged(mux, s.guarded(http.NewCrossOriginProtection().Handler(mux)))
}

// guarded sets what every answer says about itself and bounds what is read.
func (s *Site) guarded(next http.Handler) http.Handler {
	policy := s.policy()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "browsing-topics=(), camera=(), geolocation=(), microphone=()")
		h.Set("X-Robots-Tag", "noindex")
		h.Set("Cache-Control", "no-store")
		if strings.HasPrefix(s.Base, "https:") {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
		next.ServeHTTP(w, r)
	})
}

// policy lets a page have its style and send its forms here; a form may be
// redirected to the providers, which browsers hold against form-action too.
func (s *Site) policy() string {
	sum := sha256.Sum256([]byte(style))
	to := "'self'"
	for _, id := range sortedKeys(s.Service.Providers) {
		if u, err := url.Parse(s.Service.Providers[id].AuthorizeURL); err == nil {
			to += " " + u.Scheme + "://" + u.Host
		}
	}
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; form-action " + to + "; base-uri 'none'; frame-ancestors 'none'"
}

// logged writes one line for each request: which route, never which address,
// because the addresses of receipts are secrets.
func (s *Site) logged(mux *http.ServeMux, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, route := mux.Handler(r)
		a := &answer{ResponseWriter: w, status: http.StatusOK}
		defer func() {
			if fault := recover(); fault != nil {
				s.Log.Error("broke", "route", route, "fault", fmt.Sprint(fault), "stack", string(debug.Stack()))
				s.say(a, broken)
			}
			s.Log.Info("answered", "route", route, "status", a.status)
		}()
		next.ServeHTTP(a, r)
	})
}

type answer struct {
	http.ResponseWriter
	status int
}

// WriteHeader notes the status.
func (a *answer) WriteHeader(status int) {
	a.status = status
	a.ResponseWriter.WriteHeader(status)
}

// A view is what every page has.
type view struct {
	Title string
	Style template.CSS
}

func titled(title string) view {
	return view{title, template.CSS(style)} //nolint:gosec // it is embedded
}

// render writes a page.
func (s *Site) render(w http.ResponseWriter, status int, name string, data any) {
	var b strings.Builder
	if err := pages.ExecuteTemplate(&b, name, data); err != nil {
		s.Log.Error("a page cannot be written", "page", name, "error", err)
		http.Error(w, "This page cannot be shown.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(b.String())) // what fails is the listener's connection
}

// A message is a page that only says something.
type message struct {
	status  int
	Heading string
	Text    []string
	Back    string // campaign to go back to
	Apps    string // page of the provider where a grant is ended
	Name    string // of the provider
}

var broken = message{status: http.StatusInternalServerError, Heading: "Something broke here", Text: []string{"This is our fault. Nothing was saved and nothing new is kept. Please try again later."}}

var notHere = message{status: http.StatusNotFound, Heading: "There is nothing here", Text: []string{"The address may be incomplete, or the campaign is over."}}

// say shows a message.
func (s *Site) say(w http.ResponseWriter, m message) {
	s.render(w, m.status, "message.html", struct {
		view
		message
	}{titled(m.Heading), m})
}

// fail shows what went wrong, and logs what a listener cannot help.
func (s *Site) fail(w http.ResponseWriter, what string, err error) {
	switch {
	case errors.Is(err, presave.ErrNotFound), errors.Is(err, presave.ErrLink):
		s.say(w, notHere)
	default:
		s.Log.Error(what, "error", err)
		s.say(w, broken)
	}
}

// campaign finds the campaign that an address names, with its provider.
func (s *Site) campaign(r *http.Request, id string) (presave.Campaign, *presave.Provider, error) {
	c, err := s.Service.Store.Campaign(r.Context(), id)
	if err != nil {
		return c, nil, err
	}
	p, ok := s.Service.Providers[c.Provider]
	if !ok {
		return c, nil, presave.ErrNotFound
	}
	return c, p, nil
}

// sentences are what the scopes of an option open, in the catalogue's words.
func (s *Site) sentences(o presave.Option) []string {
	var all []string
	for _, scope := range s.Scopes[o] {
		text := scope
		if _, found, _, err := asks.Default().Judge(asks.Ask{Provider: "spotify", Scopes: scope}); err == nil && len(found) == 1 && found[0].Sentence != "" {
			text = found[0].Sentence
		}
		all = append(all, text)
	}
	return all
}
