package browse

import (
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/internal/gate"
)

// A parting is a page that was left for another site by itself. What it sends
// then the browser does not tell; the gate sees where it goes and how much it is.
type parting struct {
	page  string
	since time.Time // the document that took its place was asked for
	at    time.Time // it was gone
}

const (
	// partingTime is how long after a page is gone what goes out may be its.
	partingTime = 10 * time.Second
	// beatBytes is up to how many bytes a connection sends by itself: a ping, a
	// window, or a goodbye of HTTP/2 within TLS.
	beatBytes = 60
	// greetBytes is up to how many bytes a new connection sends after its
	// greeting without any request: the end of the TLS handshake and the
	// preface of HTTP/2.
	greetBytes = 300
	// A request is told shortly before it goes out; on a busy machine the word is
	// read later than that.
	toldEarly, toldLate = 100 * time.Millisecond, 2 * time.Second
	// toldExtra is by how much a request that was told may be longer on the wire
	// than its lines are.
	toldExtra = 200
)

// parted notes that the tab's page was left. The document that takes its place
// is the last that was asked for.
func (w *walk) parted(page string) {
	p := parting{page: page, at: time.Now()}
	p.since = p.at
	for _, h := range slices.Backward(w.hops) {
		if h.main {
			p.since = h.started
			break
		}
	}
	w.partings = append(w.partings, p)
}

// unheardOf lists what went out after a page had been left, one record for
// each host and page: the bytes that connections sent beyond what they send by
// themselves and beyond the requests of which the browser told.
func (w *walk) unheardOf(reports []string) []diapason.Request {
	var all []diapason.Request
	for i, p := range w.partings {
		end := p.at.Add(partingTime)
		if i+1 < len(w.partings) && w.partings[i+1].since.Before(end) {
			end = w.partings[i+1].since
		}
		rest := unexplained(w.door.Sent(p.since), end)
		for _, to := range slices.Sorted(maps.Keys(rest)) {
			name, port, _ := net.SplitHostPort(to)
			n := rest[to].bytes - w.toldTo(to, p.since, end)
			if n <= beatBytes || slices.Contains(reports, name) {
				continue
			}
			all = append(all, w.unheard(p, name, port, n, rest[to].first))
			all[len(all)-1].ID = fmt.Sprintf("l%d", len(all))
		}
	}
	return all
}

func (w *walk) unheard(p parting, host, port string, n int, at time.Time) diapason.Request {
	address := "https://" + host
	switch port {
	case "443":
	case "80":
		address = "http://" + host
	default:
		address += ":" + port
	}
	route := w.door.Route(host, port)
	return diapason.Request{
		URL: address + "/", Method: "CONNECT", Type: "other", At: at, Page: p.page, Frame: p.page, From: "left", Address: route.Address, CNAME: route.CNAME,
		Body: diapason.Body{Size: int64(n), Absent: "sent after the page was left: the browser does not tell what it was, the gate counted at least this much"},
	}
}

// wentTo names the hosts that got something of which the browser did not tell.
func wentTo(requests []diapason.Request) string {
	var hosts []string
	for _, r := range requests {
		if h := host(r.URL); r.From == "left" && !slices.Contains(hosts, h) {
			hosts = append(hosts, h)
		}
	}
	if len(hosts) == 0 {
		return ""
	}
	slices.Sort(hosts)
	return "; the gate saw something go to " + strings.Join(hosts, ", ")
}

type outflow struct {
	bytes int
	first time.Time
}

// unexplained adds up, by host and port, what connections sent until a time
// beyond what they send by themselves.
func unexplained(sent []gate.Sent, end time.Time) map[string]outflow {
	type connection struct {
		outflow
		to string
	}
	all := map[int]connection{}
	for _, s := range sent {
		c := all[s.Conn]
		c.to = net.JoinHostPort(s.Host, strconv.Itoa(s.Port))
		switch {
		case s.At.After(end):
			continue
		case s.Opening:
			c.bytes -= greetBytes
		case s.Bytes > beatBytes:
			c.bytes += s.Bytes
			if c.first.IsZero() {
				c.first = s.At
			}
		}
		all[s.Conn] = c
	}
	hosts := map[string]outflow{}
	for _, c := range all {
		if c.bytes <= 0 {
			continue
		}
		o := hosts[c.to]
		o.bytes += c.bytes
		if o.first.IsZero() || c.first.Before(o.first) {
			o.first = c.first
		}
		hosts[c.to] = o
	}
	return hosts
}

// toldTo is how many bytes the requests to a host can take of which the browser
// told around a time. A socket can take any number.
func (w *walk) toldTo(host string, since, end time.Time) int {
	n := 0
	for _, h := range w.hops {
		if place(h.URL) != host {
			continue
		}
		if h.socket {
			return 1 << 30
		}
		if h.FromCache != "" && !h.Revalidated || h.started.Before(since.Add(-toldEarly)) || h.started.After(end.Add(toldLate)) {
			continue
		}
		n += len(h.Method) + len(h.URL) + int(max(h.Body.Size, int64(len(h.Body.Text)))) + toldExtra
		for _, l := range h.Headers {
			n += len(l.Name) + len(l.Value) + len(": \r\n")
		}
	}
	return n
}
