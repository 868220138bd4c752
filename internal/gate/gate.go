// Package gate is the one door through which the program reaches the network:
// a filtering HTTP proxy on loopback for the browser, and a dialler with the
// same rules for requests of our own.
//
// An audited page is not trusted. It may name this machine, the router or a
// cloud's metadata address, in any spelling, behind a redirect, or behind a
// name whose second answer differs from its first. So the gate resolves names
// itself and decides on the address that a socket is about to connect to.
// Special-purpose addresses are refused, and each refusal is recorded: a page
// that tries a local service is a fact worth telling.
//
// Start with [Start]. A browser visit takes a [Session], which listens on a
// port of its own, so that every connection can be told to belong to that
// visit. TLS passes through untouched; the gate never decrypts.
package gate

import (
	"context"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"strings"
	"sync"

	"diapason.dev/diapason"
)

// Options are the exceptions that an operator makes.
type Options struct {
	// Dial maps a name and port ("nocturne.example:443") to the address that
	// is dialled instead ("127.0.0.1:41234"). A mapped name is not resolved.
	Dial map[string]string
	// Alias maps a name of the dial map to the name that it stands for, as a
	// CNAME record does: what is not resolved has no other way to tell.
	Alias map[string]string
	// Allow opens special-purpose ranges, for example a staging network.
	Allow []netip.Prefix
}

// A Gate decides what may be dialled. Its methods may be used from many
// goroutines.
type Gate struct {
	dial  map[string]string
	alias map[string]string
	allow []netip.Prefix
	own   *Session
	stop  context.CancelFunc
	// nameserver is the DNS server to ask; empty means the system's.
	nameserver string

	mu       sync.Mutex
	sessions map[*Session]bool
}

// Start opens a gate and its own proxy port. The gate closes when ctx ends or
// Close is called. A malformed entry of the dial map is an [diapason.ErrUsage].
func Start(ctx context.Context, o Options) (*Gate, error) {
	g := &Gate{dial: make(map[string]string, len(o.Dial)), alias: make(map[string]string, len(o.Alias)), allow: o.Allow, sessions: map[*Session]bool{}}
	for from, to := range o.Dial {
		host, port, err := net.SplitHostPort(from)
		if err != nil {
			return nil, fmt.Errorf("read dial map entry %q: %w: %w", from, err, diapason.ErrUsage)
		}
		if _, _, err := net.SplitHostPort(to); err != nil {
			return nil, fmt.Errorf("read dial map entry %q to %q: %w: %w", from, to, err, diapason.ErrUsage)
		}
		g.dial[net.JoinHostPort(cleanHost(host), port)] = to
	}
	for name, next := range o.Alias {
		g.alias[cleanHost(name)] = cleanHost(next)
	}
	ctx, g.stop = context.WithCancel(ctx)
	own, err := g.Session("own")
	if err != nil {
		g.stop()
		return nil, err
	}
	g.own = own
	context.AfterFunc(ctx, g.closeAll)
	return g, nil
}

// Addr is the address of the gate's own proxy port.
func (g *Gate) Addr() string { return g.own.Addr() }

// Mapped tells whether host and port ("nocturne.example", "443") are in the
// dial map.
func (g *Gate) Mapped(host, port string) bool {
	_, ok := g.dial[net.JoinHostPort(cleanHost(host), port)]
	return ok
}

// HasDial tells whether any name is mapped to an address of the operator's choice.
func (g *Gate) HasDial() bool { return len(g.dial) > 0 }

// DialContext connects like [net.Dialer.DialContext], under the gate's rules.
// It resolves addr itself and refuses special-purpose addresses. Only TCP is
// possible. The error wraps [diapason.ErrIncomplete].
func (g *Gate) DialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	if !strings.HasPrefix(network, "tcp") {
		return nil, fmt.Errorf("dial %s: only tcp passes the gate, not %s: %w", addr, network, diapason.ErrIncomplete)
	}
	return g.own.dialContext(ctx, addr)
}

// Dials lists what the gate's own port and DialContext were asked for, in order.
func (g *Gate) Dials() []diapason.Dial { return g.own.Dials() }

// Close closes every session and connection.
func (g *Gate) Close() error {
	g.stop()
	g.closeAll()
	return nil
}

func (g *Gate) closeAll() {
	g.mu.Lock()
	open := maps.Clone(g.sessions)
	g.mu.Unlock()
	for s := range open {
		s.Close()
	}
}
