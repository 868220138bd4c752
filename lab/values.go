package lab

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/big"
	"net/http"
	"strings"
	"sync"
	"time"
)

// valuesHost is the site that stores and sends values of many makes.
const valuesHost = "values.example"

var valuesSite = sync.OnceValue(func() *site { return must(newSite("values")) })

// Values is the page that stores and sends some fifty values: random ones of
// many lengths and spellings, times, counters, tokens, settings and records of
// choices. Its truth says which of them could name a browser, by how many bits,
// and what each of the others is.
func Values() Fixture {
	return Fixture{Name: "values", Origin: "https://" + valuesHost, Truth: must(valuesSite().truth("values.html"))}
}

// valuesHandler serves the page and the places in the browser's cache that it uses.
func valuesHandler() http.Handler {
	d, mux := newDealer(), http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		valuesSite().show("values.html", func(r *http.Request) any { return d.deal(cookie(r, "hex-128")) })(w, r)
	})
	mux.HandleFunc("GET /release.js", release)
	mux.HandleFunc("GET /ours.js", ours)
	mux.HandleFunc("GET /sent", nothingMore)
	mux.HandleFunc("GET /at/{id}", nothingMore)
	mux.HandleFunc("POST /sent", nothingMore)
	return mux
}

func nothingMore(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }

// A dealer gives each new visitor values of which no two have a character in
// common at the same place: so many bits they have, and no fewer by chance.
type dealer struct {
	mu      sync.Mutex
	dealt   int
	counter int64
	start   [8]int
}

func newDealer() *dealer {
	d := &dealer{counter: 71_820_340 + below(1_000_000)}
	for i := range d.start {
		d.start[i] = int(below(16))
	}
	return d
}

func below(n int64) int64 {
	v, err := rand.Int(rand.Reader, big.NewInt(n))
	return must(v, err).Int64()
}

// deal gives the values of a new visitor. Who is known has them already.
func (d *dealer) deal(known string) any {
	d.mu.Lock()
	defer d.mu.Unlock()
	if known == "" {
		d.dealt++
		d.counter += 1 + below(3)
	}
	return map[string]string{"Hex8": d.digits(8, 16), "Hex7": d.digits(7, 16), "Hex4": d.digits(4, 16), "Number8": d.digits(8, 10), "Number5": d.digits(5, 10), "Counter": fmt.Sprint(d.counter)}
}

// digits are different at each place from those that were dealt before, for as
// many visitors as there are digits.
func (d *dealer) digits(n, base int) string {
	var b strings.Builder
	for i := range n {
		b.WriteByte("0123456789abcdef"[(d.start[i]+d.dealt)%base])
	}
	return b.String()
}

// release is a file whose tag and date are those of its content: the same for
// everybody.
func release(w http.ResponseWriter, r *http.Request) {
	const content = "window.release = 'v2026.11.3';"
	sum := sha256.Sum256([]byte(content))
	w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:8])+`"`)
	w.Header().Set("Last-Modified", "Tue, 03 Nov 2026 08:15:30 GMT")
	keptFile(w, r, content)
}

// anyDate is one of the 2^29 seconds before the end of 2025.
func anyDate() string {
	return time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC).Add(-time.Duration(below(1<<29)) * time.Second).Format(http.TimeFormat)
}

// ours is a file with a tag and a date that each visitor gets anew.
func ours(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("ETag", `"`+newTag()+`"`)
	w.Header().Set("Last-Modified", anyDate())
	keptFile(w, r, "window.ours = true;")
}

// keptFile answers with a file that is asked for again every time, and sent once.
func keptFile(w http.ResponseWriter, r *http.Request, content string) {
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	w.Header().Set("Cache-Control", "private, no-cache")
	if tag, since := r.Header.Get("If-None-Match"), r.Header.Get("If-Modified-Since"); tag != "" {
		w.Header().Set("ETag", tag)
		w.Header().Set("Last-Modified", since)
		w.WriteHeader(http.StatusNotModified)
		return
	}
	_, _ = w.Write([]byte(content))
}
