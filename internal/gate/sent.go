package gate

import (
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// A Sent is what went out through one connection at one time: how much, and
// not what, for it is encrypted.
type Sent struct {
	Conn  int // of the session's connections, in the order in which they began to send
	Host  string
	Port  int
	At    time.Time
	Bytes int
	// Opening is true for the first of a connection. Of TLS that is the
	// greeting, and tells nothing yet but that somebody connects.
	Opening bool
}

// mostSent bounds how finely one session remembers; beyond, what a connection
// sends is added to what it sent before.
const mostSent = 50_000

// Sent lists what the session's connections sent since a time, in order.
func (s *Session) Sent(since time.Time) []Sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	from, _ := slices.BinarySearchFunc(s.sent, since, func(e Sent, at time.Time) int { return e.At.Compare(at) })
	return slices.Clone(s.sent[from:])
}

// A counter notes what is read through it for one connection.
type counter struct {
	io.Reader
	session *Session
	host    string
	port    int
	conn    int
	last    int // place of the connection's last note; -1: none yet
}

func (s *Session) counted(r io.Reader, addr string) *counter {
	host, port, _ := net.SplitHostPort(addr)
	n, _ := strconv.Atoi(port)
	return &counter{Reader: r, session: s, host: cleanHost(host), port: n, last: -1}
}

// Read notes before it hands on: nothing has left that is not counted.
func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if n > 0 {
		c.note(n)
	}
	return n, err
}

func (c *counter) note(n int) {
	s := c.session
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.sent) >= mostSent && c.last >= 0 {
		s.sent[c.last].Bytes += n
		return
	}
	if c.last < 0 {
		s.began++
		c.conn = s.began
	}
	s.sent = append(s.sent, Sent{Conn: c.conn, Host: c.host, Port: c.port, At: time.Now().UTC(), Bytes: n, Opening: c.last < 0})
	c.last = len(s.sent) - 1
}

// plainly notes a request that is not encrypted.
func (s *Session) plainly(r *http.Request) {
	port := r.URL.Port()
	if port == "" {
		port = "80"
	}
	n := len(r.Method) + len(r.URL.RequestURI()) + int(max(r.ContentLength, 0))
	for name, values := range r.Header {
		for _, v := range values {
			n += len(name) + len(v) + len(": \r\n")
		}
	}
	c := s.counted(nil, net.JoinHostPort(r.URL.Hostname(), port))
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.sent) < mostSent {
		s.began++
		s.sent = append(s.sent, Sent{Conn: s.began, Host: c.host, Port: c.port, At: time.Now().UTC(), Bytes: n})
	}
}
