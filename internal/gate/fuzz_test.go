package gate

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/idna"
)

// mustRefuse is another opinion on which addresses no page may reach: what the
// standard library calls by name.
func mustRefuse(a netip.Addr) bool {
	a = a.Unmap()
	return a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast() || a.IsMulticast() || a.IsUnspecified() || a.IsInterfaceLocalMulticast()
}

// What is sent to the proxy's port, however it is spelled, never reaches this
// machine: a listener on it counts no connection. Requests that could leave
// the machine are not sent on, and names are asked for at a port where nobody
// answers.
func FuzzRequest(f *testing.F) {
	near, count := countingListener(f)
	_, port, _ := net.SplitHostPort(near)
	for _, s := range []string{
		"CONNECT 127.0.0.1:%s HTTP/1.1\r\nHost: 127.0.0.1:%s\r\n\r\n", "CONNECT [::ffff:7f00:1]:%s HTTP/1.1\r\n\r\n", "CONNECT 0x7f.1:%s HTTP/1.0\r\n\r\n",
		"GET http://2130706433:%s/ HTTP/1.1\r\nHost: a.example\r\n\r\n", "GET http://017700000001:%s/x HTTP/1.1\r\nHost: x\r\nUpgrade: a\r\n\r\n",
		"POST http://u:p@localhost:%s/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
		"CONNECT localhost.:%s HTTP/1.1\r\nHost: b\r\n\r\n", "CONNECT 127.0.0.1 HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: 127.0.0.1:%s\r\n\r\n", "CONNECT 127。0。0。1:%s HTTP/1.1\r\n\r\n",
	} {
		f.Add(s)
	}
	g, err := Start(f.Context(), Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { g.Close() })
	g.nameserver = nobody(f)
	f.Fuzz(func(t *testing.T, request string) {
		request = strings.ReplaceAll(request, "%s", port)
		for _, host := range hostsIn(t, g, request) {
			if a, ok, err := literal(host); err == nil && ok && mustRefuse(a) && g.refusal(a) == "" {
				t.Fatalf("%q is %s, which may be dialled", host, a)
			} else if err == nil && ok && !mustRefuse(a) {
				return
			}
		}
		before := count.Load()
		status := send(t, g.Addr(), request)
		if n := count.Load() - before; n > 0 {
			t.Fatalf("%q reached this machine %d times", request, n)
		}
		if strings.HasPrefix(status, "HTTP/1.1 2") && !strings.HasPrefix(request, "OPTIONS *") { // that one asks the proxy itself
			t.Errorf("%q was answered %q", request, status)
		}
	})
}

// hostsIn lists the hosts that any of the requests in the bytes could mean.
func hostsIn(t *testing.T, g *Gate, text string) []string {
	t.Helper()
	var hosts []string
	for in := bufio.NewReader(strings.NewReader(text)); len(hosts) < 64; {
		r, err := http.ReadRequest(in)
		if err != nil {
			break
		}
		io.Copy(io.Discard, r.Body)
		for _, h := range []string{r.Host, r.URL.Host, r.URL.Hostname(), r.Header.Get("Host")} {
			if host, _, err := net.SplitHostPort(h); err == nil {
				h = host
			}
			ascii, _ := idna.Lookup.ToASCII(h) // as the transport writes it
			hosts = append(hosts, cleanHost(h), cleanHost(ascii))
		}
	}
	return hosts
}

// send sends bytes to the proxy and gives the first line of what came back.
func send(t *testing.T, proxy, request string) string {
	t.Helper()
	c, err := net.Dial("tcp", proxy)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(2 * time.Second))
	if _, err := io.WriteString(c, request); err != nil {
		return ""
	}
	c.(*net.TCPConn).CloseWrite()
	line, _ := bufio.NewReader(c).ReadString('\n')
	return line
}

// countingListener counts the connections to a port of this machine.
func countingListener(f *testing.F) (string, *atomic.Int64) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { l.Close() })
	var n atomic.Int64
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			n.Add(1)
			fmt.Fprint(c, "HTTP/1.1 200 OK\r\n\r\n")
			c.Close()
		}
	}()
	return l.Addr().String(), &n
}

// nobody is an address at which no nameserver answers.
func nobody(f *testing.F) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		f.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// Whatever a host looks like, it is an address or none, the same one however
// often it is cleaned, and one that a second opinion forbids is refused.
func FuzzLiteral(f *testing.F) {
	for _, s := range []string{"127.0.0.1", "0x7F.0.1", "017700000001", "1.2.3.4.", "[::1]", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "fe80::1%25eth0", "0x", "1..2", "256", "4294967296", "a.b"} {
		f.Add(s)
	}
	g := &Gate{}
	f.Fuzz(func(t *testing.T, host string) {
		host = cleanHost(host)
		a, ok, err := literal(host)
		if ok != (err == nil && a.IsValid()) || err != nil && a.IsValid() {
			t.Fatalf("%q: %s, %t, %v", host, a, ok, err)
		}
		if !ok {
			return
		}
		if mustRefuse(a) && g.refusal(a) == "" {
			t.Errorf("%q is %s, which may be dialled", host, a)
		}
		if again, ok, err := literal(a.String()); !ok || err != nil || again != a {
			t.Errorf("%q is %s, which is read as %s, %v", host, a, again, err)
		}
		if std, err := netip.ParseAddr(host); err == nil && std != a && !strings.HasPrefix(host, "0") && !strings.Contains(host, ".0") {
			t.Errorf("%q is %s, and %s to the standard library", host, a, std)
		}
	})
}
