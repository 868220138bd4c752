package gate

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// answering is a DNS server on loopback. address is asked with a name and how
// often that name was asked for before; nil means that it does not exist.
// aliases are CNAME records.
func answering(t *testing.T, address func(name string, before int) []netip.Addr, aliases map[string]string) string {
	t.Helper()
	c, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	var mu sync.Mutex
	asked := map[string]int{}
	go func() {
		defer close(done)
		buf := make([]byte, 4096)
		for {
			n, from, err := c.ReadFrom(buf)
			if err != nil {
				return
			}
			mu.Lock()
			if reply := respond(buf[:n], address, aliases, asked); reply != nil {
				c.WriteTo(reply, from)
			}
			mu.Unlock()
		}
	}()
	t.Cleanup(func() { c.Close(); <-done })
	return c.LocalAddr().String()
}

func respond(query []byte, address func(string, int) []netip.Addr, aliases map[string]string, asked map[string]int) []byte {
	var m dnsmessage.Message
	if m.Unpack(query) != nil || len(m.Questions) != 1 {
		return nil
	}
	q := m.Questions[0]
	m.Header.Response, m.Header.RecursionAvailable, m.Additionals = true, true, nil
	at := strings.TrimSuffix(q.Name.String(), ".")
	for range 8 {
		next, ok := aliases[strings.ToLower(at)]
		if !ok {
			break
		}
		m.Answers = append(m.Answers, dnsmessage.Resource{
			Header: dnsmessage.ResourceHeader{Name: dnsmessage.MustNewName(at + "."), Type: dnsmessage.TypeCNAME, Class: dnsmessage.ClassINET, TTL: 1},
			Body:   &dnsmessage.CNAMEResource{CNAME: dnsmessage.MustNewName(next + ".")},
		})
		at = next
	}
	key := at + q.Type.String()
	addrs := address(at, asked[key])
	asked[key]++
	if addrs == nil {
		m.Header.RCode = dnsmessage.RCodeNameError
	}
	for _, a := range addrs {
		h := dnsmessage.ResourceHeader{Name: dnsmessage.MustNewName(at + "."), Class: dnsmessage.ClassINET, TTL: 0}
		switch {
		case a.Is4() && q.Type == dnsmessage.TypeA:
			h.Type = dnsmessage.TypeA
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: h, Body: &dnsmessage.AResource{A: a.As4()}})
		case a.Is6() && q.Type == dnsmessage.TypeAAAA:
			h.Type = dnsmessage.TypeAAAA
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: h, Body: &dnsmessage.AAAAResource{AAAA: a.As16()}})
		}
	}
	reply, err := m.Pack()
	if err != nil {
		return nil
	}
	return reply
}

// A rebinding name answers with a harmless address first and with this machine
// afterwards. What counts is the address that is dialled, each time.
func TestANameWhoseSecondAnswerDiffersIsRefusedThen(t *testing.T) {
	port, count := watched(t, "tcp4", "127.0.0.1:0")
	home, count2 := watched(t, "tcp4", "127.0.0.2:"+port)
	if home != port {
		t.Fatal("two ports")
	}
	g := started(t, Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.2/32")}}) // stands for an address on the internet
	g.nameserver = answering(t, func(_ string, before int) []netip.Addr {
		if before == 0 {
			return []netip.Addr{netip.MustParseAddr("127.0.0.2")}
		}
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}
	}, nil)
	s := session(t, g)
	if code := connectTo(t, s, "rebind.example:"+port); code != http.StatusOK {
		t.Fatalf("the first connection answers %d", code)
	}
	for range 3 {
		if code := connectTo(t, s, "rebind.example:"+port); code != http.StatusForbidden {
			t.Errorf("a later connection answers %d", code)
		}
	}
	if count() != 0 {
		t.Errorf("%d connections reached this machine", count())
	}
	if d := s.Dials(); len(d) != 4 || d[0].Refused != "" || !strings.Contains(d[3].Refused, "this machine") || d[3].Host != "rebind.example" {
		t.Errorf("dials %+v, %d connections", d, count2())
	}
}

// Of several addresses the special ones are passed over, whatever the order.
func TestAmongSeveralAddressesOnlyAllowedOnesAreDialled(t *testing.T) {
	port, count := watched(t, "tcp4", "127.0.0.1:0")
	_, open := watched(t, "tcp4", "127.0.0.2:"+port)
	g := started(t, Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.2/32")}})
	g.nameserver = answering(t, func(string, int) []netip.Addr {
		return []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("127.0.0.2"), netip.MustParseAddr("::1")}
	}, nil)
	s := session(t, g)
	if code := connectTo(t, s, "many.example:"+port); code != http.StatusOK {
		t.Errorf("CONNECT answers %d: %+v", code, s.Dials())
	}
	if count() != 0 {
		t.Errorf("%d connections reached this machine", count())
	}
	if d := s.Dials(); len(d) != 1 || d[0].Refused != "" || d[0].Address != "127.0.0.2:"+port {
		t.Errorf("dials %+v (%d)", d, open())
	}
}

func TestTheChainOfAliasesIsKept(t *testing.T) {
	port, _ := watched(t, "tcp4", "127.0.0.2:0")
	g := started(t, Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.2/32")}})
	aliases := map[string]string{"metrics.music.example": "music.Tally.example", "music.tally.example": "edge.tally.example", "loop.example": "pool.example", "pool.example": "loop.example"}
	g.nameserver = answering(t, func(name string, _ int) []netip.Addr {
		if name == "gone.example" {
			return nil
		}
		return []netip.Addr{netip.MustParseAddr("127.0.0.2")}
	}, aliases)
	s := session(t, g)
	if code := connectTo(t, s, "Metrics.music.example.:"+port); code != http.StatusOK {
		t.Fatalf("CONNECT answers %d: %+v", code, s.Dials())
	}
	want := []string{"music.tally.example", "edge.tally.example"}
	if r := s.Route("metrics.music.example", port); !slices.Equal(r.CNAME, want) || r.Address != "127.0.0.2:"+port {
		t.Errorf("route %+v, want the aliases %v", r, want)
	}
	connectTo(t, s, "loop.example:"+port)
	if r := s.Route("loop.example", port); len(r.CNAME) > 2 {
		t.Errorf("a loop of aliases gives %v", r.CNAME)
	}
	if code := connectTo(t, s, "gone.example:"+port); code != http.StatusBadGateway {
		t.Errorf("a name that does not exist answers %d", code)
	}
	if r := s.Route("gone.example", port); !strings.Contains(r.Failed, "unknown name") {
		t.Errorf("route %+v", r)
	}
}
