package lab

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// The fixture of the page icons has iconCount of them, of which each visitor
// is given iconsGiven: one of 4368 choices, 12 bits.
const (
	iconCount  = 16
	iconsGiven = 5
)

// An album serves icons, and knows which of them a browser asked for in one
// round: a load of the page, known by a cookie that ends with the browser. A
// browser that has an icon does not ask for it.
type album struct {
	*chain
	mu     sync.Mutex
	rounds map[string]*round
	taken  map[string]bool // choices that are somebody's
}

// A round is one load of the page.
type round struct {
	asked  [iconCount]bool
	giving bool // icons are handed out, and not only listened for
}

func newAlbum(home string) *album {
	return &album{chain: newChain(home), rounds: map[string]*round{}, taken: map[string]bool{}}
}

// handler serves the fixture; page is the page itself.
func (a *album) handler(page http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", a.begin(page))
	mux.HandleFunc("GET /icon/{n}", a.icon)
	mux.HandleFunc("GET /asked/{n}", a.asked)
	mux.HandleFunc("POST /known", a.known)
	mux.HandleFunc("GET /give/{n}", a.give)
	mux.Handle("/", page)
	return mux
}

// begin starts a round for a visitor without a cookie.
func (a *album) begin(page http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if cookie(r, "id") == "" && r.FormValue("as") == "" {
			number := newTag()
			a.mu.Lock()
			a.rounds[number] = &round{}
			a.mu.Unlock()
			http.SetCookie(w, &http.Cookie{Name: "round", Value: number, Path: "/", Secure: true, SameSite: http.SameSiteLaxMode})
		}
		page.ServeHTTP(w, r)
	}
}

// at is the round and the icon that a request is about.
func (a *album) at(r *http.Request) (*round, int) {
	n, err := strconv.Atoi(r.PathValue("n"))
	if found := a.rounds[cookie(r, "round")]; found != nil && err == nil && n >= 0 && n < iconCount {
		return found, n
	}
	return &round{}, 0
}

// icon answers with a picture if the round hands pictures out, and with an
// error that the browser forgets if it only listens.
func (a *album) icon(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now, n := a.at(r)
	now.asked[n] = true
	if !now.giving {
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	pixel(w, r)
}

// asked tells whether an icon was asked for in this round.
func (a *album) asked(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now, n := a.at(r)
	w.Header().Set("Cache-Control", "no-store")
	fmt.Fprint(w, now.asked[n])
}

// known ends the listening and answers with the address where the visitor goes
// on: the icons that were not asked for are those that the browser has, and
// whoever has none is given some.
func (a *album) known(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.rounds[cookie(r, "round")]
	w.Header().Set("Cache-Control", "no-store")
	if now == nil {
		http.Error(w, "No round was begun.", http.StatusBadRequest)
		return
	}
	bits := ""
	for _, asked := range now.asked {
		bits += map[bool]string{true: "0", false: "1"}[asked]
	}
	if strings.Contains(bits, "1") {
		fmt.Fprint(w, "/?as="+a.name(bits))
		return
	}
	*now = round{giving: true}
	fmt.Fprint(w, a.giveNext(a.choose(), 0))
}

// choose draws a choice of icons that nobody has.
func (a *album) choose() string {
	for {
		bits := []byte(strings.Repeat("0", iconCount))
		for _, i := range rand.Perm(iconCount)[:iconsGiven] {
			bits[i] = '1'
		}
		if !a.taken[string(bits)] {
			a.taken[string(bits)] = true
			return string(bits)
		}
	}
}

// giveNext is the address that gives the next icon, or the page's own when all
// are given.
func (a *album) giveNext(bits string, from int) string {
	if i := strings.IndexByte(bits[from:], '1'); i >= 0 {
		return fmt.Sprintf("/give/%d?bits=%s", from+i, bits)
	}
	return "/?as=" + a.name(bits)
}

// give answers with a page that has one icon, and goes on when the browser
// asked for it. A browser keeps one icon for each address, and for all addresses
// of a redirect the same: the page goes on by a link.
func (a *album) give(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	_, n := a.at(r)
	a.mu.Unlock()
	bits := r.FormValue("bits")
	if len(bits) != iconCount || !isBits(bits, iconCount) {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	fmt.Fprintf(w, `<!doctype html><title>On the way</title><link rel="icon" href="/icon/%d"><a href=%q>On</a><script src="/stores.js"></script><script>
shown(%d).then(() => wait(250)).then(() => document.querySelector("a").click()); // a moment, until the browser has it
</script>`, n, a.giveNext(bits, n+1), n)
}
