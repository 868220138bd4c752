package lab

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
)

// Two fixtures keep a name where a browser keeps a yes or no for each host:
// what a server asked to be told (client hints), and that a host is to be
// reached over HTTPS only (HSTS). They lead a visitor without a cookie through
// many hosts, one after the other, and gather what the browser does at each.

// hintHosts and strictHosts are how many hosts the two use; strictSteps is how
// many of them one navigation passes, as a browser follows 20 redirects and
// the step from HTTP to HTTPS is one.
const (
	hintHosts   = 4
	strictHosts = 32
	strictSteps = 8
)

// A chain turns what was gathered into a name.
type chain struct {
	home string // host of the fixture
	key  [32]byte
}

func newChain(home string) *chain {
	c := &chain{home: home}
	_, _ = rand.Read(c.key[:]) // never fails, by its contract
	return c
}

// name is a name of the usual form for what was gathered.
func (c *chain) name(gathered string) string {
	mac := hmac.New(sha256.New, c.key[:])
	mac.Write([]byte(gathered))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// begin sends a visitor without a cookie through the chain, and shows the page
// to everybody else.
func (c *chain) begin(first string, page http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" && cookie(r, "id") == "" && r.FormValue("as") == "" {
			w.Header().Set("Cache-Control", "no-store")
			http.Redirect(w, r, first, http.StatusFound)
			return
		}
		page.ServeHTTP(w, r)
	}
}

// hints are what a server can ask a browser to send with each navigation
// (HTTP Client Hints, RFC 8942). The first is always asked for: who sends it
// was here before.
var hints = []string{
	"Sec-CH-UA-Model", "Sec-CH-UA-Arch", "Sec-CH-UA-Bitness", "Sec-CH-UA-Full-Version", "Sec-CH-UA-Full-Version-List",
	"Sec-CH-UA-Platform-Version", "Sec-CH-UA-WoW64", "Sec-CH-UA-Form-Factors", "Sec-CH-Prefers-Color-Scheme",
	"Sec-CH-Prefers-Reduced-Motion", "Sec-CH-Device-Memory", "Sec-CH-DPR", "Sec-CH-Viewport-Width",
}

// hintHost is the name of one host of the chain.
func hintHost(i int) string { return fmt.Sprintf("h%d.hints.%s", i, respawnHost) }

// hint reads which hints a browser sends to one host, or has it send some that
// are drawn by chance, and hands over to the next host.
func (c *chain) hint(i int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		bits := r.FormValue("bits")
		if !isBits(bits, i*(len(hints)-1)) {
			http.Error(w, "This address is not one of ours.", http.StatusBadRequest)
			return
		}
		own := randomBits(len(hints) - 1)
		if r.Header.Get(hints[0]) != "" {
			own = ""
			for _, h := range hints[1:] {
				_, sent := r.Header[http.CanonicalHeaderKey(h)]
				own += map[bool]string{true: "1", false: "0"}[sent]
			}
		}
		asked := hints[0]
		for j, b := range own {
			if b == '1' {
				asked += ", " + hints[j+1]
			}
		}
		next := fmt.Sprintf("https://%s/?bits=%s", hintHost(i+1), bits+own)
		if i+1 == hintHosts {
			next = fmt.Sprintf("https://%s/?as=%s", c.home, c.name(bits+own))
		}
		w.Header().Set("Accept-CH", asked)
		w.Header().Set("Cache-Control", "no-store")
		http.Redirect(w, r, next, http.StatusFound)
	}
}

// randomBits draws n characters 0 or 1.
func randomBits(n int) string {
	raw := make([]byte, n)
	_, _ = rand.Read(raw) // never fails, by its contract
	for i := range raw {
		raw[i] = '0' + raw[i]&1
	}
	return string(raw)
}

// strictHost is the name of one host of the chain.
func strictHost(i int) string { return fmt.Sprintf("s%d.strict.%s", i, respawnHost) }

// isBits tells whether a text is at most n characters 0 and 1.
func isBits(s string, n int) bool { return len(s) <= n && strings.Trim(s, "01") == "" }

// strict reads whether a browser comes to one host over HTTPS though it was
// sent there without, and hands over to the next host.
func (c *chain) strict(i int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		bits, set := r.FormValue("bits"), r.FormValue("set")
		if !isBits(bits, strictHosts-1) || !isBits(set, strictHosts) || set != "" && len(set) != strictHosts {
			http.Error(w, "This address is not one of ours.", http.StatusBadRequest)
			return
		}
		w.Header().Set("Cache-Control", "no-store")
		if set != "" {
			w.Header().Set("Strict-Transport-Security", "max-age=31536000")
			c.onward(w, r, i, c.setNext(set, i+1))
			return
		}
		bits += map[bool]string{true: "1", false: "0"}[r.TLS != nil]
		switch {
		case i+1 < strictHosts:
			c.onward(w, r, i, fmt.Sprintf("http://%s/?bits=%s", strictHost(i+1), bits))
		case strings.Contains(bits, "1"):
			c.onward(w, r, i, fmt.Sprintf("https://%s/?as=%s", c.home, c.name(bits)))
		default:
			c.onward(w, r, i, c.setNext(randomBits(strictHosts), 0))
		}
	}
}

// setNext is the address of the next host that is to be reached over HTTPS
// only, or of the page when there is none.
func (c *chain) setNext(bits string, from int) string {
	for i := from; i < strictHosts; i++ {
		if bits[i] == '1' {
			return fmt.Sprintf("https://%s/?set=%s", strictHost(i), bits)
		}
	}
	return fmt.Sprintf("https://%s/?as=%s", c.home, c.name(bits))
}

// onward redirects, and now and then has a page go on instead: a browser gives
// up after 20 redirects.
func (c *chain) onward(w http.ResponseWriter, r *http.Request, i int, next string) {
	if (i+1)%strictSteps != 0 {
		http.Redirect(w, r, next, http.StatusFound)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(w, "<!doctype html><title>On the way</title><link rel=icon href=\"data:,\"><script>location.replace(%q)</script>", next)
}
