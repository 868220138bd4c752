package lab

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"sync"
)

// A glossary gives each visitor a compression dictionary of its own (RFC 9842),
// and knows its visitors by it: a browser that has a dictionary says so, by
// its hash, whenever it asks for a file for which that is good.
type glossary struct {
	mu    sync.Mutex
	names map[string]string // by the hash of the dictionary, as Available-Dictionary has it
}

// words answers with a dictionary that holds the visitor's name, and that a
// browser keeps for a year.
func (g *glossary) words(w http.ResponseWriter, r *http.Request) {
	id := visitor(r)
	text := fmt.Sprintf("The words of %s: allegro, andante, cadence, canon, chord, fugue, interval, largo, legato, sonata.", id)
	sum := sha256.Sum256([]byte(text))
	g.mu.Lock()
	g.names[":"+base64.StdEncoding.EncodeToString(sum[:])+":"] = id
	g.mu.Unlock()
	w.Header().Set("Use-As-Dictionary", `match="/word"`)
	w.Header().Set("Cache-Control", yearLong)
	fmt.Fprint(w, text)
}

// word answers with the name of the visitor whose dictionary the browser has,
// or with nothing.
func (g *glossary) word(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	w.Header().Set("Cache-Control", "no-store")
	fmt.Fprint(w, g.names[r.Header.Get("Available-Dictionary")])
}
