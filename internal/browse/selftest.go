package browse

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/internal/gate"
)

// A SelfTest is a page of our own on this machine that leaves a mark in every
// part of a profile, and tells in a later visit which marks it finds again. It
// shows whether [Browser.Transplant] does with one browser what it promises.
type SelfTest struct {
	// Browser is the browser that is tried. It reaches the page and nothing else.
	Browser *Browser

	gate    *gate.Gate
	servers []*http.Server
}

// selfTestHost is the name of the page. Nobody can own it.
const selfTestHost = "selftest.example"

//go:embed selftest
var selfTestFiles embed.FS

// SelfTest serves the page on loopback, with a key of its own, behind a gate of
// its own. The browser that is tried has the flags of b, apart from the hash of
// that key. Close it when it is no longer needed.
func (b *Browser) SelfTest(ctx context.Context) (*SelfTest, error) {
	t := &SelfTest{}
	cert, pin, err := selfTestKey()
	if err != nil {
		return nil, fmt.Errorf("make the self-test's key: %w: %w", err, diapason.ErrIncomplete)
	}
	dial := map[string]string{}
	for port, config := range map[string]*tls.Config{"443": {Certificates: []tls.Certificate{cert}, SessionTicketsDisabled: true}, "80": nil} {
		at, err := t.serve(config)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("serve the self-test: %w: %w", err, diapason.ErrIncomplete), t.Close())
		}
		dial[net.JoinHostPort(selfTestHost, port)] = at
	}
	if t.gate, err = gate.Start(ctx, gate.Options{Dial: dial}); err != nil {
		return nil, errors.Join(err, t.Close())
	}
	own := *b
	own.Gate, own.PinSPKI, own.Settle = t.gate, []string{pin}, Brisk
	own.Settle.Load = time.Minute // a quarter of it is how long a step waits
	t.Browser = &own
	return t, nil
}

// serve opens one port, encrypted if there is a configuration.
func (t *SelfTest) serve(config *tls.Config) (string, error) {
	at, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	s := &http.Server{Handler: selfTestPages(), TLSConfig: config, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0)}
	t.servers = append(t.servers, s)
	go func() { // ends with ErrServerClosed
		if config == nil {
			_ = s.Serve(at)
		} else {
			_ = s.ServeTLS(at, "", "")
		}
	}()
	return at.Addr().String(), nil
}

// Close ends the page and its gate.
func (t *SelfTest) Close() error {
	var all error
	for _, s := range t.servers {
		all = errors.Join(all, s.Close())
	}
	if t.gate != nil {
		all = errors.Join(all, t.gate.Close())
	}
	return all
}

// marksEnd is reached when the page has marked or sought everything: a machine
// with much to do may take longer for that than a page is quiet otherwise.
var marksEnd = []Step{{StopBefore: "#done"}}

// Seed is the visit that leaves the marks.
func (t *SelfTest) Seed(id string) Visit {
	return Visit{ID: id, URL: "https://" + selfTestHost + "/seed", Phase: diapason.P0, Run: 1, Steps: marksEnd}
}

// Seek is a visit that looks for the marks. It comes without encryption, so
// that the browser shows whether it remembers to come with it.
func (t *SelfTest) Seek(id string, run int) Visit {
	return Visit{ID: id, URL: "http://" + selfTestHost + "/seek", Phase: diapason.P5, Run: run, Steps: marksEnd}
}

// Marked lists the parts of a profile whose mark a seeking visit came back
// with, in the order of [Atoms], and whether the visit told of its marks at all.
func Marked(c *diapason.Capture) (atoms []string, told bool) {
	found := map[string]bool{"Favicons": true}
	for _, r := range c.Requests {
		switch path, _ := strings.CutPrefix(r.URL, "https://"+selfTestHost); path {
		case "/found":
			var names []string
			told = json.Unmarshal([]byte(r.Body.Text), &names) == nil
			for _, n := range names {
				found[n] = true
			}
		case "/kept.js":
			found["Cache"] = headerOf(r.Headers, "If-None-Match") == selfTestTag
		case "/icon.png":
			found["Favicons"] = false // the browser did not have it
		case "/seek":
			found["Preferences"] = headerOf(r.Headers, "Sec-CH-UA-Arch") != ""
		case "http://" + selfTestHost + "/seek":
			found["TransportSecurity"] = headerOf(r.ResponseHeaders, "Non-Authoritative-Reason") != ""
		}
	}
	for _, a := range Atoms {
		if found[a.Name] {
			atoms = append(atoms, a.Name)
		}
	}
	return atoms, told && c.Complete
}

func headerOf(list []diapason.Header, name string) string {
	i := slices.IndexFunc(list, func(h diapason.Header) bool { return strings.EqualFold(h.Name, name) })
	if i < 0 {
		return ""
	}
	return list[i].Value
}

const selfTestTag = `"mark"`

// selfTestPages are the page that leaves marks, the one that seeks them, and
// what both load.
func selfTestPages() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /seed", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Strict-Transport-Security", "max-age=31536000")
		w.Header().Set("Accept-CH", "Sec-CH-UA-Arch")
		w.Header().Set("Report-To", `{"group":"marks","max_age":31536000,"endpoints":[{"url":"https://`+selfTestHost+`/reports"}]}`)
		selfTestFile(w, "text/html", "seed.html")
	})
	mux.HandleFunc("GET /seek", func(w http.ResponseWriter, r *http.Request) {
		if r.TLS == nil {
			http.Redirect(w, r, "https://"+selfTestHost+"/seek", http.StatusFound)
			return
		}
		// What goes against this is only reported, to where the mark says.
		w.Header().Set("Content-Security-Policy-Report-Only", "img-src https://"+selfTestHost+"/icon.png; report-to marks")
		selfTestFile(w, "text/html", "seek.html")
	})
	mux.HandleFunc("GET /marks.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		selfTestFile(w, "text/javascript", "marks.js")
	})
	mux.HandleFunc("GET /service.js", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Type", "text/javascript") })
	mux.HandleFunc("GET /kept.js", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "private, no-cache")
		w.Header().Set("ETag", selfTestTag)
		w.Header().Set("Content-Type", "text/javascript")
		if r.Header.Get("If-None-Match") != "" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = io.WriteString(w, "window.kept = true;")
	})
	mux.HandleFunc("GET /icon.png", func(w http.ResponseWriter, _ *http.Request) { selfTestFile(w, "image/png", "icon.png") })
	m := &mailbox{loads: map[string]bool{}}
	mux.HandleFunc("POST /reports", m.take)
	mux.HandleFunc("GET /reported/{load}", m.tell)
	mux.HandleFunc("GET /load/{load}", http.NotFound)
	mux.HandleFunc("POST /found", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	return mux
}

// A mailbox takes reports, and knows about which loads of the page they were.
type mailbox struct {
	mu    sync.Mutex
	loads map[string]bool
}

func (m *mailbox) take(w http.ResponseWriter, r *http.Request) {
	var reports []struct {
		Body struct {
			BlockedURL string `json:"blockedURL"`
		} `json:"body"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10)).Decode(&reports); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, one := range reports {
		m.loads[path.Base(one.Body.BlockedURL)] = true
	}
}

func (m *mailbox) tell(w http.ResponseWriter, r *http.Request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	w.Header().Set("Cache-Control", "no-store")
	fmt.Fprint(w, m.loads[r.PathValue("load")])
}

// selfTestFile answers with a file that is part of the program.
func selfTestFile(w http.ResponseWriter, mime, name string) {
	content, err := selfTestFiles.ReadFile("selftest/" + name)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", mime)
	_, _ = w.Write(content)
}

// selfTestKey makes a key and a certificate for a day, and the hash by which
// the browser trusts it.
func selfTestKey() (tls.Certificate, string, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, "", err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), DNSNames: []string{selfTestHost}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, "", err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return tls.Certificate{}, "", err
	}
	sum := sha256.Sum256(cert.RawSubjectPublicKeyInfo)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: cert}, base64.StdEncoding.EncodeToString(sum[:]), nil
}
