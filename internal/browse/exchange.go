package browse

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"diapason.dev/diapason"
)

// An exchange is everything that carries one of the browser's request ids: a
// request and the redirects that followed it. The browser tells of each hop in
// up to five events, in any order and on any session; they are joined here.
type exchange struct {
	hops  []*hop
	told  map[string]int // how many hops each session has told of
	sent  []sentInfo     // ExtraInfo in the order of the hops that have it
	got   []gotInfo
	ended bool
}

// A hop is one request and its answer.
type hop struct {
	diapason.Request
	session  string // where its body can be asked for
	main     bool   // the document of a tab
	answered bool
	extra    bool // the browser said that ExtraInfo exists
	memory   bool
	started  time.Time // by our clock
	socket   bool
	stream   bool
	heard    []string // messages that came in on a socket or stream
	posted   bool     // it has a body
	blocked  []diapason.Blocked
}

// sentInfo is what really went out.
type sentInfo struct {
	headers headers
	blocked []diapason.Blocked
}

// gotInfo is what really came in.
type gotInfo struct {
	headers headers
	status  int
	blocked []diapason.Blocked
}

func (x *exchange) last() *hop { return x.hops[len(x.hops)-1] }

// duplicate tells whether a session repeats what another has told: the browser
// may report one request on the session of the parent frame and of the frame.
func (x *exchange) duplicate(session string, redirected bool) bool {
	n, known := x.told[session]
	if !known && redirected { // the chain has moved to another session
		n = len(x.hops)
		if x.last().answered {
			n--
		}
	}
	x.told[session] = n + 1
	return n < len(x.hops)
}

// settle gives each hop its ExtraInfo. A hop from a cache, or an inner
// redirect, has none; one without an answer has what is left.
func (x *exchange) settle() {
	sent, got := x.sent, x.got
	for _, h := range x.hops {
		if h.answered && !h.extra {
			continue
		}
		if len(sent) > 0 {
			h.Headers, h.blocked, sent = sent[0].headers, append(h.blocked, sent[0].blocked...), sent[1:]
		}
		if len(got) == 0 {
			continue
		}
		h.ResponseHeaders, h.blocked = got[0].headers, append(h.blocked, got[0].blocked...)
		if got[0].status == 304 {
			h.Revalidated, h.FromCache = true, "disk"
		}
		h.Status = got[0].status
		got = got[1:]
	}
}

// headers are header lines in the order in which the browser told them.
type headers []diapason.Header

// UnmarshalJSON reads an object of names and values. A value with line breaks
// is a header that was there more than once.
func (h *headers) UnmarshalJSON(b []byte) error {
	dec := json.NewDecoder(bytes.NewReader(b))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return fmt.Errorf("headers: expected an object")
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return err
		}
		var value string
		if err := dec.Decode(&value); err != nil {
			return err
		}
		n, _ := name.(string)
		if strings.HasPrefix(n, ":") {
			continue // HTTP/2 writes address and method as headers too (RFC 9113, 8.3)
		}
		for _, line := range strings.Split(value, "\n") {
			*h = append(*h, diapason.Header{Name: n, Value: line})
		}
	}
	return nil
}

// get is the value of a header, empty when it is not there.
func (h headers) get(name string) string {
	for _, l := range h {
		if strings.EqualFold(l.Name, name) {
			return l.Value
		}
	}
	return ""
}
