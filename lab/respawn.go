package lab

import (
	"encoding/json"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// respawnHost is the site under which those stand that bring a deleted
// identifier back. They are one site to a browser, so that one page can embed
// several of them and each still has its stores for itself.
const respawnHost = "respawn.example"

// A Fixture is a small site that shows one behaviour.
type Fixture struct {
	Name   string // "pair"
	Origin string // "https://pair.respawn.example"
	Truth  Truth  // what its page states about itself
}

// Respawns lists the sites whose cookie comes back after it was deleted, each
// in one way, and their clean twin, in order of name.
func Respawns() []Fixture {
	var all []Fixture
	for _, name := range fixtureNames() {
		all = append(all, Fixture{Name: name, Origin: "https://" + name + "." + respawnHost, Truth: must(respawnSites().truth(name + ".html"))})
	}
	return all
}

// Together is the address of a page that embeds several of the [Respawns], so
// that one visit is a visit of all of them.
func Together(names ...string) string {
	return "https://" + respawnHost + "/?with=" + url.QueryEscape(strings.Join(names, ","))
}

var respawnSites = sync.OnceValue(func() *site { return must(newSite("respawn")) })

// fixtureNames lists the pages that are sites of their own.
func fixtureNames() []string {
	names := slices.Sorted(maps.Keys(respawnSites().pages))
	names = slices.DeleteFunc(names, func(n string) bool { return n == "index.html" })
	for i, n := range names {
		names[i] = strings.TrimSuffix(n, ".html")
	}
	return names
}

// respawnHandlers serves the overview and every fixture on a name of its own.
func respawnHandlers() map[string]http.Handler {
	front := http.NewServeMux()
	front.Handle("GET /{$}", respawnSites().show("index.html", overview))
	all := map[string]http.Handler{respawnHost: front}
	for _, name := range fixtureNames() {
		all[name+"."+respawnHost] = fixture(name)
	}
	hints, strict := newChain("hints."+respawnHost), newChain("strict."+respawnHost)
	all[hints.home] = hints.begin("https://"+hintHost(0)+"/", all[hints.home])
	all[strict.home] = strict.begin("http://"+strictHost(0)+"/", all[strict.home])
	icons := newAlbum("icons." + respawnHost)
	all[icons.home] = icons.handler(all[icons.home])
	reports := "reports." + respawnHost
	all[reports] = (&letterbox{names: map[string]string{}}).handler(all[reports])
	all["clean."+respawnHost] = honest(all["clean."+respawnHost])
	for i := range hintHosts {
		all[hintHost(i)] = hints.hint(i)
	}
	for i := range strictHosts {
		all[strictHost(i)] = strict.strict(i)
	}
	return all
}

// overview lists the fixtures, or embeds those that are asked for and states
// the truth of all of them in one.
func overview(r *http.Request) any {
	var page struct {
		Embedded []string
		Sites    []Fixture
		Truth    template.JS
	}
	wanted := strings.Split(r.FormValue("with"), ",")
	truth := Truth{Clean: true}
	for _, f := range Respawns() {
		page.Sites = append(page.Sites, f)
		if slices.Contains(wanted, f.Name) {
			page.Embedded = append(page.Embedded, f.Origin+"/")
			truth.add(f.Truth)
		}
	}
	page.Truth = template.JS(must(json.Marshal(truth)))
	return page
}

// fixture serves one page and the places in the browser's cache that it may use.
func fixture(name string) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", respawnSites().show(name+".html", func(*http.Request) any { return map[string]string{"Fresh": newTag()} }))
	mux.HandleFunc("GET /stores.js", script("page/respawn/stores.js"))
	mux.HandleFunc("GET /shared.js", script("page/respawn/shared.js"))
	mux.HandleFunc("GET /worker.js", script("page/respawn/worker.js"))
	mux.HandleFunc("POST /seen", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("GET /tag", namedTag)
	mux.HandleFunc("GET /dated", (&calendar{names: map[string]string{}}).dated)
	mux.HandleFunc("GET /same", sameForAll)
	mux.HandleFunc("GET /glossary", wordsForAll)
	g := &glossary{names: map[string]string{}}
	mux.HandleFunc("GET /words", g.words)
	mux.HandleFunc("GET /word", g.word)
	mux.HandleFunc("GET /body", rememberedBody)
	mux.HandleFunc("GET /who", rememberedRedirect)
	mux.HandleFunc("GET /who/{id}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(http.StatusNoContent)
	})
	c := cloakroom{good: must(respawnSites().truth(name + ".html")).Identifiers[0].Good, tickets: map[string]*ticket{}}
	mux.HandleFunc("POST /ticket", c.give)
	mux.HandleFunc("GET /ticket/{id}", c.take)
	mux.HandleFunc("POST /sign-in", (&accounts{names: map[string]string{}}).signIn)
	return mux
}

// script answers with a script that is the same for everybody and not kept.
func script(file string) http.HandlerFunc {
	content := must(files.ReadFile(file))
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write(content)
	}
}

// visitor is the name that a request's cookie has, or a fresh one.
func visitor(r *http.Request) string {
	if id := cookie(r, "id"); id != "" {
		return id
	}
	return newTag()
}

// namedTag answers with the visitor's name as the body and as its entity tag.
func namedTag(w http.ResponseWriter, r *http.Request) {
	kept, id := tagged(r), cookie(r, "id")
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
	fmt.Fprint(w, id)
}

// A calendar knows its visitors by the date that it gave each one's copy of a
// file.
type calendar struct {
	mu    sync.Mutex
	names map[string]string // by date
}

// dated answers with the visitor's name in a file with a date of its own.
func (c *calendar) dated(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	w.Header().Set("Cache-Control", "private, no-cache")
	since, id := r.Header.Get("If-Modified-Since"), cookie(r, "id")
	if kept := c.names[since]; kept != "" && (id == "" || id == kept) {
		w.Header().Set("Last-Modified", since)
		w.WriteHeader(http.StatusNotModified)
		return
	}
	date := anyDate()
	c.names[date] = visitor(r)
	w.Header().Set("Last-Modified", date)
	fmt.Fprint(w, c.names[date])
}

// A cloakroom gives tickets for names, and for each ticket the name again, but
// no more often than it is good for.
type cloakroom struct {
	good    int
	mu      sync.Mutex
	tickets map[string]*ticket
}

type ticket struct {
	name string
	used int
}

// give answers with a new ticket for the name in the visitor's cookie.
func (c *cloakroom) give(w http.ResponseWriter, r *http.Request) {
	number := newTag()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tickets[number] = &ticket{name: visitor(r)}
	w.Header().Set("Cache-Control", "no-store")
	fmt.Fprint(w, number)
}

// take answers with the name that a ticket stands for, or with nothing.
func (c *cloakroom) take(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	w.Header().Set("Cache-Control", "no-store")
	if t := c.tickets[r.PathValue("id")]; t != nil && t.used < c.good {
		t.used++
		fmt.Fprint(w, t.name)
	}
}

// accounts know the name of each account, which is made when somebody first
// signs in with an address.
type accounts struct {
	mu    sync.Mutex
	names map[string]string
}

// signIn gives the visitor the account's name.
func (a *accounts) signIn(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, bodyLimit)
	email := r.PostFormValue("email")
	if !strings.Contains(email, "@") || r.PostFormValue("password") == "" {
		http.Error(w, "An e-mail address and a password are needed.", http.StatusBadRequest)
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.names[email] == "" {
		a.names[email] = newTag()
	}
	http.SetCookie(w, &http.Cookie{Name: "id", Value: a.names[email], Path: "/", MaxAge: 365 * 24 * 3600, Secure: true, SameSite: http.SameSiteLaxMode})
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// sameForAll is what an honest cache tag and date look like: they tell the
// content.
func sameForAll(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("ETag", `"seventy-5f3c0a91d27b"`)
	w.Header().Set("Last-Modified", "Sat, 07 Mar 2026 20:45:00 GMT")
	if r.Header.Get("If-None-Match") != "" {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	fmt.Fprint(w, "seventy")
}

// wordsForAll is an honest compression dictionary: everybody has the same one.
func wordsForAll(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Use-As-Dictionary", `match="/same"`)
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	fmt.Fprint(w, "The words of all: allegro, andante, cadence, canon, chord, fugue, interval, largo, legato, sonata.")
}

// honest has the browser remember what the other fixtures have it remember, and
// for everybody the same: to come encrypted, what to tell of itself, and where
// to report to.
func honest(page http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Strict-Transport-Security", "max-age=31536000")
		w.Header().Set("Accept-CH", strings.Join(hints[:3], ", "))
		w.Header().Set("Report-To", fmt.Sprintf(`{"group":"all","max_age":31536000,"endpoints":[{"url":"https://%s/reports"}]}`, r.Host))
		page.ServeHTTP(w, r)
	})
}

// yearLong lets a browser keep an answer for a year without asking again.
const yearLong = "private, max-age=31536000, immutable"

func rememberedBody(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", yearLong)
	fmt.Fprint(w, visitor(r))
}

func rememberedRedirect(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", yearLong)
	http.Redirect(w, r, "/who/"+visitor(r), http.StatusMovedPermanently)
}
