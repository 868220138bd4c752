package lab

import (
	"bytes"
	"crypto/rand"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	text "text/template"
)

// The names of the lab. Every one lies under .example, which nobody can own.
const (
	nocturneHost = "nocturne.example"
	staticHost   = "static.nocturne.example"
	pulseHost    = "pulse.example"
	adsumHost    = "adsum.example"
	gazetteHost  = "gazette.example"
	serenadeHost = "serenade.example"
	almanacHost  = "almanac.example"
)

//go:embed page
var files embed.FS

// A sites is everything that the lab serves, by name.
type sites struct {
	handlers map[string]http.Handler
}

func newSites() (*sites, error) {
	clean, err := cleanTwin()
	if err != nil {
		return nil, err
	}
	handlers := map[string]http.Handler{
		nocturneHost: nocturnePages(),
		staticHost:   ear(),
		serenadeHost: clean,
		pulseHost:    pulse(),
		adsumHost:    adsum(),
		gazetteHost:  front("gazette.html"),
		almanacHost:  front("almanac.html"),
		valuesHost:   valuesHandler(),
	}
	maps.Copy(handlers, respawnHandlers())
	maps.Copy(handlers, leakHandlers())
	maps.Copy(handlers, featureHandlers())
	maps.Copy(handlers, consentHandlers())
	maps.Copy(handlers, linkHandlers())
	return &sites{handlers: handlers}, nil
}

// unencrypted is what answers for a name without encryption: almost always a
// redirect to the secure address.
func (s *sites) unencrypted(name string) http.Handler {
	if strings.HasSuffix(name, ".strict."+respawnHost) {
		return s.handlers[name]
	}
	return redirectTo(name)
}

// names lists the sites in a fixed order.
func (s *sites) names() []string {
	var names []string
	for n := range s.handlers {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// The three folders of pages and the two scripts, parsed when the lab is first
// used. They are part of the program: one that cannot be read is a mistake in it.
var (
	nocturneSite   = sync.OnceValue(func() *site { return must(newSite("nocturne")) })
	serenadeSite   = sync.OnceValue(func() *site { return must(newSite("serenade")) })
	neighbourSites = sync.OnceValue(func() *site { return must(newSite("neighbours")) })
	earScript      = sync.OnceValue(func() *text.Template { return must(text.ParseFS(files, "page/nocturne/ear.js")) })
	tagScript      = sync.OnceValue(func() *text.Template { return must(text.ParseFS(files, "page/neighbours/tag.js")) })
)

func must[T any](v T, err error) T {
	if err != nil {
		panic("lab: " + err.Error())
	}
	return v
}

// A site is a folder of pages that share layout.html.
type site struct {
	pages map[string]*template.Template
}

func newSite(folder string) (*site, error) {
	entries, err := files.ReadDir("page/" + folder)
	if err != nil {
		return nil, fmt.Errorf("read the lab's pages %s: %w", folder, err)
	}
	s := &site{pages: map[string]*template.Template{}}
	for _, e := range entries {
		if e.Name() == "layout.html" || !strings.HasSuffix(e.Name(), ".html") {
			continue
		}
		t, err := template.ParseFS(files, "page/"+folder+"/layout.html", "page/"+folder+"/"+e.Name())
		if err != nil {
			return nil, fmt.Errorf("read the lab's page %s/%s: %w", folder, e.Name(), err)
		}
		s.pages[e.Name()] = t
	}
	return s, nil
}

// show answers with one page. Pages are never stored by the browser: what
// comes back after a deletion does so by the ways that the truth names.
func (s *site) show(name string, data func(*http.Request) any) http.HandlerFunc {
	t := s.pages[name]
	return func(w http.ResponseWriter, r *http.Request) {
		var v any
		if data != nil {
			v = data(r)
		}
		var page bytes.Buffer
		if err := t.ExecuteTemplate(&page, "page", v); err != nil {
			http.Error(w, "the lab cannot draw this page: "+err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = page.WriteTo(w)
	}
}

// front is a site of one page.
func front(page string) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", neighbourSites().show(page, nil))
	return mux
}

// A value that names a browser: 128 random bits in hexadecimal.
var nameTag = regexp.MustCompile(`^[0-9a-f]{32}$`)

// newTag draws a value that names a browser. It comes from chance alone: it
// holds no clock, no address and nothing of the request.
func newTag() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, by its contract
	return hex.EncodeToString(b[:])
}

// cookie returns the value of a cookie if it is a name tag.
func cookie(r *http.Request, name string) string {
	if c, err := r.Cookie(name); err == nil && nameTag.MatchString(c.Value) {
		return c.Value
	}
	return ""
}

// sendScript answers with a script that carries values.
func sendScript(w http.ResponseWriter, t *text.Template, values map[string]any) {
	var script bytes.Buffer
	if err := t.Execute(&script, values); err != nil {
		http.Error(w, "the lab cannot write this script: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	_, _ = script.WriteTo(w)
}
