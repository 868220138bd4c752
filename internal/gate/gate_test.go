package gate

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"diapason.dev/diapason"
)

// watched is a listener on an address that the gate must not reach. It counts
// who connects nevertheless.
func watched(t *testing.T, network, address string) (port string, count func() int32) {
	t.Helper()
	l, err := net.Listen(network, address)
	if err != nil {
		t.Fatalf("listen on %s: %v", address, err)
	}
	var n atomic.Int32
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			n.Add(1)
			c.Close()
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	_, port, _ = net.SplitHostPort(l.Addr().String())
	return port, n.Load
}

func started(t *testing.T, o Options) *Gate {
	t.Helper()
	g, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.Close() })
	return g
}

func session(t *testing.T, g *Gate) *Session {
	t.Helper()
	s, err := g.Session("A1")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// connectTo asks the proxy for a tunnel, byte for byte as written, and returns
// the status of its answer.
func connectTo(t *testing.T, s *Session, target string) int {
	t.Helper()
	c, err := net.Dial("tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(20 * time.Second))
	fmt.Fprintf(c, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n", target, target)
	res, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: http.MethodConnect})
	if err != nil {
		t.Fatalf("CONNECT %s: %v", target, err)
	}
	res.Body.Close()
	return res.StatusCode
}

// getThrough sends a plain request in absolute form, byte for byte as written.
func getThrough(t *testing.T, s *Session, target string) (int, string) {
	t.Helper()
	c, err := net.Dial("tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(20 * time.Second))
	fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: x.example\r\nConnection: close\r\n\r\n", target)
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatalf("GET %s: %v", target, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// thisMachine is 127.0.0.1 and neighbours in all spellings that browsers and C
// libraries take.
var thisMachine = []string{
	"127.0.0.1", "127.0.0.1.", "2130706433", "017700000001", "0x7f000001", "0x7F.0.0.1", "0177.0.0.1", "0177.0x0.0.01", "127.1", "127.0.1", "0x7f.1",
	"127.0.0.2", "127.255.255.254", "0.0.0.0", "0", "0x0", "00000000000", "[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]",
	"[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]", "[::127.0.0.1]", "[::]", "[::1%25lo]", "localhost", "LOCALHOST", "localhost.", "a.localhost",
}

func TestNoSpellingOfThisMachineIsReached(t *testing.T) {
	port, count := watched(t, "tcp4", "127.0.0.1:0")
	port6, count6 := watched(t, "tcp6", "[::1]:0")
	g := started(t, Options{})
	// Whether the system's resolver knows "localhost" is its own affair: a name that resolves to this machine is refused all the same.
	g.nameserver = answering(t, func(string, int) []netip.Addr { return []netip.Addr{netip.MustParseAddr("127.0.0.1")} }, nil)
	for _, host := range thisMachine {
		for _, p := range []string{port, port6} {
			t.Run(host, func(t *testing.T) {
				s := session(t, g)
				defer s.Close()
				if got := connectTo(t, s, host+":"+p); got != http.StatusForbidden && got != http.StatusBadGateway {
					t.Errorf("CONNECT %s answers %d", host, got)
				}
				target := strings.ReplaceAll(host, "%25lo", "")
				if got, _ := getThrough(t, s, "http://"+target+":"+p+"/"); got != http.StatusForbidden && got != http.StatusBadGateway && got != http.StatusBadRequest {
					t.Errorf("GET %s answers %d", host, got)
				}
				if got, _ := getThrough(t, s, "http://user:127.0.0.1@"+target+":"+p+"/"); got < 400 {
					t.Errorf("GET with a user's name of %s answers %d", host, got)
				}
				for _, d := range s.Dials() {
					if d.Refused == "" {
						t.Errorf("the attempt is not recorded as refused: %+v", d)
					}
				}
				if len(s.Dials()) == 0 {
					t.Error("the attempt is not recorded")
				}
			})
		}
	}
	if count() != 0 || count6() != 0 {
		t.Errorf("%d and %d connections reached this machine", count(), count6())
	}
}

func TestTheProgramsOwnRequestsFollowTheSameRules(t *testing.T) {
	port, count := watched(t, "tcp4", "127.0.0.1:0")
	g := started(t, Options{})
	client := &http.Client{Transport: &http.Transport{DialContext: g.DialContext}}
	for _, host := range []string{"127.0.0.1", "0x7f000001", "2130706433", "[::ffff:127.0.0.1]"} {
		res, err := client.Get("http://" + host + ":" + port + "/")
		if err == nil {
			res.Body.Close()
		}
		if !errors.Is(err, diapason.ErrIncomplete) {
			t.Errorf("GET %s: %v", host, err)
		}
	}
	if count() != 0 {
		t.Errorf("%d connections", count())
	}
	if len(g.Dials()) != 4 {
		t.Errorf("%d attempts were recorded", len(g.Dials()))
	}
	if _, err := g.DialContext(t.Context(), "udp", "192.0.2.1:53"); !errors.Is(err, diapason.ErrIncomplete) {
		t.Errorf("a datagram passed: %v", err)
	}
}

func TestSpecialPurposeAddressesAreRefused(t *testing.T) {
	g := started(t, Options{})
	for _, c := range []struct{ address, why string }{
		{"169.254.169.254", "link-local"},
		{"fd00:ec2::254", "private network"},
		{"10.0.0.1", "private network"},
		{"172.31.255.255", "private network"},
		{"192.168.1.1", "private network"},
		{"100.64.0.1", "carrier network"},
		{"198.18.0.1", "benchmarking"},
		{"192.0.2.1", "documentation"},
		{"224.0.0.1", "multicast"},
		{"255.255.255.255", "reserved"},
		{"0.1.2.3", "this network"},
		{"fe80::1", "link-local"},
		{"fe80::1%eth0", "link-local"},
		{"ff02::1", "multicast"},
		{"2001:db8::1", "documentation"},
		{"2002:7f00:1::", "6to4"},
		{"64:ff9b::a9fe:a9fe", "link-local"},
		{"64:ff9b:1::1", "local translation"},
		{"::ffff:169.254.169.254", "link-local"},
		{"::127.0.0.1", "not global unicast"},
		{"2001::1", "protocol assignments"},
		{"3fff::1", "documentation"},
		{"8.8.8.8", ""},
		{"172.32.0.1", ""},
		{"11.0.0.1", ""},
		{"2606:4700::1111", ""},
		{"64:ff9b::808:808", ""},
		{"::ffff:8.8.8.8", ""},
	} {
		got := g.refusal(netip.MustParseAddr(c.address))
		if (got == "") != (c.why == "") || !strings.Contains(got, c.why) {
			t.Errorf("refusal(%s) = %q, want %q", c.address, got, c.why)
		}
	}
}

func TestTheMetadataAddressIsRefusedAndTold(t *testing.T) {
	g := started(t, Options{})
	s := session(t, g)
	for _, host := range []string{"169.254.169.254", "0xa9fea9fe", "2852039166", "0251.0376.0251.0376", "[::ffff:169.254.169.254]"} {
		if got, _ := getThrough(t, s, "http://"+host+"/latest/meta-data/"); got != http.StatusForbidden {
			t.Errorf("GET %s answers %d", host, got)
		}
	}
	for _, d := range s.Dials() {
		if d.Port != 80 || !strings.Contains(d.Refused, "link-local") || d.Address == "" {
			t.Errorf("recorded as %+v", d)
		}
	}
}

func TestWhatIsNoAddressIsRefusedNotGuessed(t *testing.T) {
	g := started(t, Options{})
	s := session(t, g)
	for _, target := range []string{"1.2.3.4.5:80", "256.0.0.1:80", "0x:80:80", "127.0.0.1:0", "127.0.0.1:99999", "127.0.0.1:http", "08.0.0.1:80", "4294967296:80"} {
		if got := connectTo(t, s, target); got != http.StatusForbidden && got != http.StatusBadRequest && got != http.StatusBadGateway {
			t.Errorf("CONNECT %s answers %d", target, got)
		}
	}
}

// A page's server sends the browser on to this machine: the browser comes back
// to the proxy with the new address, and is refused there.
func TestARedirectToThisMachineEndsAtTheGate(t *testing.T) {
	port, count := watched(t, "tcp4", "127.0.0.1:0")
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://"+r.URL.Query().Get("to")+":"+port+"/", http.StatusFound)
	}))
	defer site.Close()
	g := started(t, Options{Dial: map[string]string{"music.example:80": site.Listener.Addr().String()}})
	s := session(t, g)
	proxy, _ := url.Parse("http://" + s.Addr())
	client := &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(proxy)}}
	for _, to := range []string{"127.0.0.1", "2130706433", "[::1]", "0x7f.1"} {
		res, err := client.Get("http://music.example/?to=" + to)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusForbidden {
			t.Errorf("a redirect to %s ends in %d", to, res.StatusCode)
		}
	}
	if count() != 0 {
		t.Errorf("%d connections", count())
	}
}

func TestADialMapLeadsANameToALoopbackPort(t *testing.T) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, "%s %s", r.Host, r.RequestURI) }))
	defer site.Close()
	to := site.Listener.Addr().String()
	g := started(t, Options{
		Dial:  map[string]string{"Music.example.:80": to, "music.example:443": to},
		Alias: map[string]string{"Music.example.": "music.Tally.example", "music.tally.example": "edge.tally.example"},
	})
	s := session(t, g)
	if code, body := getThrough(t, s, "http://music.example/a?b=c"); code != 200 || body != "music.example /a?b=c" {
		t.Errorf("GET answers %d %q", code, body)
	}
	if code := connectTo(t, s, "MUSIC.example:443"); code != 200 {
		t.Errorf("CONNECT answers %d", code)
	}
	if !g.Mapped("music.EXAMPLE.", "80") || g.Mapped("music.example", "8080") || !g.HasDial() {
		t.Error("the map is not told as it is")
	}
	if code := connectTo(t, s, "music.example:8080"); code == 200 {
		t.Error("another port of the name is reached too")
	}
	if r := s.Route("music.example", "443"); r.Address != to || r.Failed != "" || !slices.Equal(r.CNAME, []string{"music.tally.example", "edge.tally.example"}) {
		t.Errorf("route %+v", r)
	}
	for _, bad := range []map[string]string{{"music.example": to}, {"music.example:80": "127.0.0.1"}} {
		if _, err := Start(t.Context(), Options{Dial: bad}); !errors.Is(err, diapason.ErrUsage) {
			t.Errorf("Start(%v) = %v", bad, err)
		}
	}
}

func TestAnAllowedRangeIsOpenAndNothingElse(t *testing.T) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "staging") }))
	defer site.Close()
	_, port, _ := net.SplitHostPort(site.Listener.Addr().String())
	g := started(t, Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}})
	s := session(t, g)
	if code, body := getThrough(t, s, "http://127.0.0.1:"+port+"/"); code != 200 || body != "staging" {
		t.Errorf("GET answers %d %q", code, body)
	}
	if code := connectTo(t, s, "127.0.0.2:"+port); code != http.StatusForbidden {
		t.Errorf("its neighbour answers %d", code)
	}
	if d := s.Dials(); len(d) != 2 || d[0].Refused != "" || d[0].Address != "127.0.0.1:"+port || d[1].Refused == "" {
		t.Errorf("dials %+v", d)
	}
}

func TestEachSessionKeepsItsOwnRecord(t *testing.T) {
	g := started(t, Options{})
	a, err := g.Session("A1")
	if err != nil {
		t.Fatal(err)
	}
	b, err := g.Session("B")
	if err != nil {
		t.Fatal(err)
	}
	if a.Addr() == b.Addr() || a.Addr() == g.Addr() {
		t.Fatalf("two sessions at %s", a.Addr())
	}
	connectTo(t, a, "10.0.0.1:443")
	if len(a.Dials()) != 1 || len(b.Dials()) != 0 || len(g.Dials()) != 0 {
		t.Errorf("dials: A1 %v, B %v, own %v", a.Dials(), b.Dials(), g.Dials())
	}
	if code, _ := getThrough(t, b, "/"); code != http.StatusBadRequest {
		t.Errorf("a request that is not for a proxy answers %d", code)
	}
}

func TestATunnelCarriesBytesBothWaysUntilItIsClosed(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { io.Copy(c, c); c.Close() }()
		}
	}()
	for _, end := range []string{"session", "gate", "context"} {
		t.Run("by the "+end, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			g, err := Start(ctx, Options{Dial: map[string]string{"echo.example:443": l.Addr().String()}})
			if err != nil {
				t.Fatal(err)
			}
			defer g.Close()
			s := session(t, g)
			c, err := net.Dial("tcp", s.Addr())
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			c.SetDeadline(time.Now().Add(20 * time.Second))
			in := bufio.NewReader(c)
			// The first bytes of the tunnel come together with the request for it.
			io.WriteString(c, "CONNECT echo.example:443 HTTP/1.1\r\nHost: echo.example:443\r\n\r\nhello ")
			if res, err := http.ReadResponse(in, &http.Request{Method: http.MethodConnect}); err != nil || res.StatusCode != 200 {
				t.Fatalf("no tunnel: %v, %v", res, err)
			}
			io.WriteString(c, "world")
			got := make([]byte, 11)
			if _, err := io.ReadFull(in, got); err != nil || string(got) != "hello world" {
				t.Fatalf("back came %q, %v", got, err)
			}
			n := 0
			for i, sent := range s.Sent(time.Time{}) {
				if sent.Host != "echo.example" || sent.Port != 443 || sent.Conn != 1 || sent.At.IsZero() || sent.Opening != (i == 0) {
					t.Errorf("sent %+v", sent)
				}
				n += sent.Bytes
			}
			if n != len("hello world") || len(s.Sent(time.Now())) != 0 {
				t.Errorf("%d bytes were counted on their way out", n)
			}
			switch end {
			case "session":
				s.Close()
			case "gate":
				g.Close()
			case "context":
				cancel()
			}
			if _, err := in.ReadByte(); err == nil {
				t.Error("the tunnel still carries bytes")
			} else if e := net.Error(nil); errors.As(err, &e) && e.Timeout() {
				t.Error("the tunnel was left open")
			}
			if c, err := net.Dial("tcp", s.Addr()); err == nil {
				c.Close()
				t.Error("the port is still open")
			}
		})
	}
}
