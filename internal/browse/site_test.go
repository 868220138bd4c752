package browse

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/internal/gate"
)

// A site is a server on this machine that answers for several names and keeps
// a log. The log is the truth that captures are held against.
type site struct {
	http.ServeMux
	server *httptest.Server // https
	plain  *httptest.Server // http
	pin    string
	quiet  bool // keeps no log

	mu  sync.Mutex
	log []seen
}

// seen is one request as the server saw it.
type seen struct {
	method, url string
	header      http.Header
	body        string
}

var names = []string{"shop.example", "cdn.example", "track.example"}

func newSite(t testing.TB) *site { return newSiteWith(t, false) }

// newSiteWith starts a site that speaks HTTP/2, or HTTP/1.1 alone.
func newSiteWith(t testing.TB, http2 bool) *site {
	t.Helper()
	s, err := startSite(http2)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.server.Close)
	t.Cleanup(s.plain.Close)
	return s
}

func startSite(http2 bool) (*site, error) {
	s := &site{}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: names, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(cert.RawSubjectPublicKeyInfo)
	s.pin = base64.StdEncoding.EncodeToString(sum[:])
	s.server = httptest.NewUnstartedServer(http.HandlerFunc(s.serve))
	s.server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	s.server.Config.ErrorLog = log.New(io.Discard, "", 0) // connections that the browser opens in advance and drops
	s.server.EnableHTTP2 = http2
	s.server.StartTLS()
	s.plain = httptest.NewServer(http.HandlerFunc(s.serve))
	s.HandleFunc("/favicon.ico", http.NotFound)
	return s, nil
}

// serve logs a request and answers it.
func (s *site) serve(w http.ResponseWriter, r *http.Request) {
	if s.quiet {
		s.ServeMux.ServeHTTP(w, r)
		return
	}
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	s.mu.Lock()
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	s.log = append(s.log, seen{r.Method, scheme + r.Host + r.URL.RequestURI(), r.Header.Clone(), string(body)})
	s.mu.Unlock()
	s.ServeMux.ServeHTTP(w, r)
}

func (s *site) requests() []seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log)
}

// page answers an address with a document.
func (s *site) page(pattern, html string) { s.text(pattern, "text/html", html) }

// script answers an address with a script.
func (s *site) script(pattern, js string) { s.text(pattern, "text/javascript", js) }

func (s *site) text(pattern, mime, text string) {
	s.HandleFunc(pattern, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", mime)
		w.Header().Set("Access-Control-Allow-Origin", "*")
		io.WriteString(w, text)
	})
}

// browser is a real Chromium that reaches the site and nothing else.
func (s *site) browser(t testing.TB) *Browser {
	t.Helper()
	return s.place().browser(t)
}

// A premises is where a site can be reached.
type premises struct{ HTTPS, HTTP, Pin string }

func (s *site) place() premises {
	return premises{s.server.Listener.Addr().String(), s.plain.Listener.Addr().String(), s.pin}
}

func (p premises) browser(t testing.TB) *Browser {
	t.Helper()
	dial := map[string]string{}
	for _, n := range names {
		dial[n+":443"], dial[n+":80"] = p.HTTPS, p.HTTP
	}
	g, err := gate.Start(t.Context(), gate.Options{Dial: dial})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.Close() })
	return &Browser{Unsandboxed: true, Gate: g, PinSPKI: []string{p.Pin}, Work: t.TempDir(), Settle: Brisk}
}

// visit makes a visit that must start; it may come down.
func visit(t testing.TB, b *Browser, v Visit) *diapason.Capture {
	t.Helper()
	if v.ID == "" {
		v.ID = "A1"
	}
	c, err := b.Visit(t.Context(), v)
	if err != nil && !errors.Is(err, ErrDied) {
		t.Fatalf("visit %s: %v (gaps %v)", v.URL, err, c.Gaps)
	}
	return c
}

// holdAgainst holds a capture against the site's whole log.
func (s *site) holdAgainst(t *testing.T, c *diapason.Capture) {
	t.Helper()
	holdAgainst(t, s.requests(), c)
}

// holdAgainst fails for every request of a server's log that is not in the
// capture as often as the server saw it.
func holdAgainst(t *testing.T, log []seen, c *diapason.Capture) {
	t.Helper()
	have := map[string]int{}
	for _, r := range c.Requests {
		if r.Method == "CONNECT" {
			continue
		}
		u := strings.Replace(r.URL, "wss://", "https://", 1)
		u, _, _ = strings.Cut(u, "#")
		have[r.Method+" "+u]++
	}
	for _, l := range log {
		if have[l.method+" "+l.url]--; have[l.method+" "+l.url] < 0 {
			t.Errorf("the server saw %s %s, and it is not in the capture", l.method, l.url)
		}
	}
}

// requestsFor gives the requests for an address, in order.
func requestsFor(c *diapason.Capture, url string) []diapason.Request {
	var out []diapason.Request
	for _, r := range c.Requests {
		if r.URL == url {
			out = append(out, r)
		}
	}
	return out
}

// one gives the only request for an address.
func one(t *testing.T, c *diapason.Capture, url string) diapason.Request {
	t.Helper()
	all := requestsFor(c, url)
	if len(all) != 1 {
		t.Fatalf("%d requests for %s in the capture, expected one: %s", len(all), url, list(c))
	}
	return all[0]
}

// list is the capture at a glance, for failures.
func list(c *diapason.Capture) string {
	var s strings.Builder
	for _, r := range c.Requests {
		s.WriteString("\n  " + r.ID + " " + r.From + " " + r.Target + " " + r.Type + " " + r.Method + " " + r.URL + " " + r.Failed)
	}
	for _, g := range c.Gaps {
		s.WriteString("\n  gap: " + g.Why)
	}
	return s.String()
}

func value(list []diapason.Header, name string) string { return headers(list).get(name) }
