package gate

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"

	"diapason.dev/diapason"
)

const (
	dialTimeout    = 10 * time.Second // for one address
	resolveTimeout = 10 * time.Second
)

// errRefused marks a dial that the gate's rules forbid.
var errRefused = errors.New("refused by the gate")

// A Session is one visit's own proxy port.
type Session struct {
	label  string
	gate   *Gate
	listen net.Listener
	server *http.Server

	mu     sync.Mutex
	dials  []diapason.Dial
	sent   []Sent
	began  int // connections that have sent something
	routes map[string]Route
	pipes  map[net.Conn]bool
	closed bool
}

// A Route is how the gate reached a host.
type Route struct {
	Address string   // address and port as dialled; empty when none was
	CNAME   []string // the aliases in the order in which they were followed
	Failed  string   // why there is no connection; empty when there is one
}

// Session opens a proxy port of its own on loopback. The label names the visit
// in errors. Close it when the visit is over.
func (g *Gate) Session(label string) (*Session, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("open proxy port for %s: %w: %w", label, err, diapason.ErrIncomplete)
	}
	s := &Session{label: label, gate: g, listen: l, routes: map[string]Route{}, pipes: map[net.Conn]bool{}}
	s.server = s.proxy()
	g.mu.Lock()
	g.sessions[s] = true
	g.mu.Unlock()
	go s.server.Serve(l) // ends with the listener
	return s, nil
}

// Addr is the proxy's address, "127.0.0.1:41000".
func (s *Session) Addr() string { return s.listen.Addr().String() }

// Dials lists what the session was asked to connect to, in order of asking.
func (s *Session) Dials() []diapason.Dial {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.dials)
}

// Route tells how host and port were last reached; it is empty when they never were.
func (s *Session) Route(host, port string) Route {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.routes[net.JoinHostPort(cleanHost(host), port)]
}

// Close closes the port and all connections through it.
func (s *Session) Close() error {
	s.mu.Lock()
	s.closed = true
	pipes := s.pipes
	s.pipes = map[net.Conn]bool{}
	s.mu.Unlock()
	err := s.server.Close()
	for c := range pipes {
		c.Close()
	}
	s.gate.mu.Lock()
	delete(s.gate.sessions, s)
	s.gate.mu.Unlock()
	if err != nil {
		return fmt.Errorf("close proxy port of %s: %w", s.label, err)
	}
	return nil
}

// dialContext connects to addr under the rules and records that it was asked.
func (s *Session) dialContext(ctx context.Context, addr string) (net.Conn, error) {
	d := diapason.Dial{At: time.Now().UTC()}
	conn, chain, err := s.connect(ctx, addr, &d)
	route := Route{Address: d.Address, CNAME: chain}
	if err != nil {
		route.Failed = err.Error()
		if d.Address == "" {
			d.Refused = err.Error()
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	at, _ := slices.BinarySearchFunc(s.dials, d, func(a, b diapason.Dial) int { return a.At.Compare(b.At) })
	s.dials = slices.Insert(s.dials, at, d)
	s.routes[net.JoinHostPort(d.Host, strconv.Itoa(d.Port))] = route
	if err != nil {
		return nil, fmt.Errorf("dial %s: %w: %w", addr, err, diapason.ErrIncomplete)
	}
	if s.closed {
		conn.Close()
		return nil, fmt.Errorf("dial %s: the gate is closed: %w", addr, diapason.ErrIncomplete)
	}
	return conn, nil
}

// connect fills in the record of the dial as it goes.
func (s *Session) connect(ctx context.Context, addr string, d *diapason.Dial) (net.Conn, []string, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		d.Host = addr
		return nil, nil, fmt.Errorf("not a host and port: %w", errRefused)
	}
	d.Host = cleanHost(host)
	if d.Port, err = strconv.Atoi(port); err != nil || d.Port < 1 || d.Port > 65535 {
		return nil, nil, fmt.Errorf("port %q: %w", port, errRefused)
	}
	if to, ok := s.gate.dial[net.JoinHostPort(d.Host, port)]; ok {
		d.Address = to
		dialer := net.Dialer{Timeout: dialTimeout}
		conn, err := dialer.DialContext(ctx, "tcp", to)
		return conn, (&aliases{next: s.gate.alias}).chain(d.Host), err
	}
	addrs, chain, err := s.gate.lookup(ctx, d.Host)
	if err != nil {
		return nil, chain, err
	}
	conn, err := s.gate.dialAny(ctx, addrs, d)
	return conn, chain, err
}

// lookup turns a host into addresses.
func (g *Gate) lookup(ctx context.Context, host string) ([]netip.Addr, []string, error) {
	a, ok, err := literal(host)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", err, errRefused)
	}
	if ok {
		return []netip.Addr{a}, nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, resolveTimeout)
	defer cancel()
	addrs, chain, err := g.resolve(ctx, host)
	var dns *net.DNSError
	if errors.As(err, &dns) && dns.IsNotFound {
		return nil, chain, errors.New("unknown name")
	}
	if err != nil {
		return nil, chain, fmt.Errorf("the name could not be resolved: %w", err)
	}
	return addrs, chain, nil
}

// dialAny tries the addresses in order. The rules are applied to the address
// of the socket itself, just before it connects.
func (g *Gate) dialAny(ctx context.Context, addrs []netip.Addr, d *diapason.Dial) (net.Conn, error) {
	dialer := net.Dialer{Timeout: dialTimeout, ControlContext: func(_ context.Context, _, address string, _ syscall.RawConn) error {
		ap, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("address %q: %w", address, errRefused)
		}
		if why := g.refusal(ap.Addr()); why != "" {
			return fmt.Errorf("%s: %w", why, errRefused)
		}
		return nil
	}}
	var last error
	for _, a := range addrs {
		d.Address = netip.AddrPortFrom(a, uint16(d.Port)).String()
		conn, err := dialer.DialContext(ctx, "tcp", d.Address)
		if err == nil {
			d.Refused = ""
			return conn, nil
		}
		if errors.Is(err, errRefused) {
			d.Refused = g.refusal(a)
		}
		last = err
	}
	if last == nil {
		last = errors.New("the name has no address")
	}
	return nil, last
}
