package gate

import (
	"context"
	"encoding/binary"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"golang.org/x/net/dns/dnsmessage"
)

// resolve asks for the addresses of a name and keeps the chain of aliases that
// led there. Go's resolver gives addresses only, so the answers are read once
// more as they pass by.
func (g *Gate) resolve(ctx context.Context, name string) ([]netip.Addr, []string, error) {
	tap := &aliases{next: map[string]string{}}
	r := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, server string) (net.Conn, error) {
		if g.nameserver != "" {
			server = g.nameserver
		}
		var d net.Dialer
		c, err := d.DialContext(ctx, network, server)
		if err != nil {
			return nil, err
		}
		if u, ok := c.(*net.UDPConn); ok {
			return &tappedPacket{UDPConn: u, tap: tap}, nil
		}
		return &tappedStream{Conn: c, tap: tap}, nil
	}}
	addrs, err := r.LookupNetIP(ctx, "ip", name+".")
	for i, a := range addrs {
		addrs[i] = a.Unmap()
	}
	return addrs, tap.chain(name), err
}

// aliases collects CNAME records.
type aliases struct {
	mu   sync.Mutex
	next map[string]string
}

// read takes the CNAME records out of one DNS message; what is no message is left alone.
func (t *aliases) read(message []byte) {
	var m dnsmessage.Message
	if m.Unpack(message) != nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, a := range m.Answers {
		if c, ok := a.Body.(*dnsmessage.CNAMEResource); ok {
			t.next[cleanHost(a.Header.Name.String())] = cleanHost(c.CNAME.String())
		}
	}
}

// chain follows the aliases from name, without it, and stops at a loop.
func (t *aliases) chain(name string) []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var out []string
	for at := strings.ToLower(name); ; {
		next, ok := t.next[at]
		if !ok || next == name || slices.Contains(out, next) {
			return out
		}
		out = append(out, next)
		at = next
	}
}

// A tappedPacket is a UDP connection whose answers are read in passing. It
// stays a net.PacketConn, by which the resolver knows the framing.
type tappedPacket struct {
	*net.UDPConn
	tap *aliases
}

// Read reads one datagram.
func (c *tappedPacket) Read(b []byte) (int, error) {
	n, err := c.UDPConn.Read(b)
	if n > 0 {
		c.tap.read(b[:n])
	}
	return n, err
}

// A tappedStream is a TCP connection to a DNS server: two bytes of length
// before each message (RFC 1035, 4.2.2).
type tappedStream struct {
	net.Conn
	tap *aliases
	buf []byte
}

// Read reads a part of the stream.
func (c *tappedStream) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.buf = append(c.buf, b[:n]...)
	for len(c.buf) >= 2 {
		size := 2 + int(binary.BigEndian.Uint16(c.buf))
		if len(c.buf) < size {
			break
		}
		c.tap.read(c.buf[2:size])
		c.buf = c.buf[size:]
	}
	return n, err
}
