package lab

import (
	"bytes"
	"io"
	"log"
	"net/http"
	"slices"
	"sync"
	"time"
)

// bodyLimit is how much of a request's body the log keeps.
const bodyLimit = 64 << 10

// A Hit is one request that a server of the lab saw.
type Hit struct {
	At     time.Time
	Scheme string // http or https
	Host   string // the name that the server answers for
	Proto  string // HTTP/1.1, HTTP/2.0
	Method string
	Path   string
	Query  string // as sent, without the question mark
	Header http.Header
	Body   []byte // at most the first 64 KiB
	Cut    bool   // there was more
}

// URL is the address that was asked for.
func (h Hit) URL() string {
	address := h.Scheme + "://" + h.Host + h.Path
	if h.Query != "" {
		address += "?" + h.Query
	}
	return address
}

// An accessLog is the lab's own account of what browsers did. It is written
// before a request is answered, so a browser cannot know an answer that the
// log lacks.
type accessLog struct {
	mu   sync.Mutex
	seen []Hit
}

func (l *accessLog) hits() []Hit {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.seen)
}

// record notes every request and hands it on with its body whole.
func (l *accessLog) record(scheme, host string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := Hit{
			At: time.Now(), Scheme: scheme, Host: host, Proto: r.Proto, Method: r.Method,
			Path: r.URL.Path, Query: r.URL.RawQuery, Header: r.Header.Clone(),
		}
		body, _ := io.ReadAll(io.LimitReader(r.Body, bodyLimit+1)) // a body that breaks off is logged as far as it came
		h.Body, h.Cut = body, len(body) > bodyLimit
		if h.Cut {
			h.Body = body[:bodyLimit]
		}
		l.mu.Lock()
		l.seen = append(l.seen, h)
		l.mu.Unlock()
		r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), r.Body))
		next.ServeHTTP(w, r)
	})
}

// silent drops the servers' complaints about browsers that hang up.
var silent = log.New(io.Discard, "", 0)

// redirectTo answers plain HTTP with the secure address.
func redirectTo(host string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://"+host+r.URL.RequestURI(), http.StatusMovedPermanently)
	})
}
