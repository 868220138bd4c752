package gate

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// special lists the IANA special-purpose address registries (IPv4: RFC 6890
// and updates; IPv6: same), multicast and reserved space included, with the
// words that a refusal uses. A range that the registry calls globally
// reachable is refused too: no audited service lives there.
var special = []struct {
	prefix netip.Prefix
	words  string
}{
	{netip.MustParsePrefix("0.0.0.0/8"), "this network"},
	{netip.MustParsePrefix("10.0.0.0/8"), "private network"},
	{netip.MustParsePrefix("100.64.0.0/10"), "carrier network"},
	{netip.MustParsePrefix("127.0.0.0/8"), "this machine"},
	{netip.MustParsePrefix("169.254.0.0/16"), "link-local"},
	{netip.MustParsePrefix("172.16.0.0/12"), "private network"},
	{netip.MustParsePrefix("192.0.0.0/24"), "protocol assignments"},
	{netip.MustParsePrefix("192.0.2.0/24"), "documentation"},
	{netip.MustParsePrefix("192.31.196.0/24"), "AS112"},
	{netip.MustParsePrefix("192.52.193.0/24"), "AMT"},
	{netip.MustParsePrefix("192.88.99.0/24"), "6to4 relay"},
	{netip.MustParsePrefix("192.168.0.0/16"), "private network"},
	{netip.MustParsePrefix("192.175.48.0/24"), "AS112"},
	{netip.MustParsePrefix("198.18.0.0/15"), "benchmarking"},
	{netip.MustParsePrefix("198.51.100.0/24"), "documentation"},
	{netip.MustParsePrefix("203.0.113.0/24"), "documentation"},
	{netip.MustParsePrefix("224.0.0.0/4"), "multicast"},
	{netip.MustParsePrefix("240.0.0.0/4"), "reserved"},
	{netip.MustParsePrefix("::1/128"), "this machine"},
	{netip.MustParsePrefix("64:ff9b:1::/48"), "local translation"},
	{netip.MustParsePrefix("2001::/23"), "protocol assignments"},
	{netip.MustParsePrefix("2001:db8::/32"), "documentation"},
	{netip.MustParsePrefix("2002::/16"), "6to4"},
	{netip.MustParsePrefix("2620:4f:8000::/48"), "AS112"},
	{netip.MustParsePrefix("3fff::/20"), "documentation"},
	{netip.MustParsePrefix("5f00::/16"), "segment routing"},
	{netip.MustParsePrefix("fc00::/7"), "private network"},
	{netip.MustParsePrefix("fe80::/10"), "link-local"},
	{netip.MustParsePrefix("ff00::/8"), "multicast"},
}

var (
	globalV6   = netip.MustParsePrefix("2000::/3")
	translated = netip.MustParsePrefix("64:ff9b::/96") // RFC 6052: an IPv4 address in the last 4 bytes
)

// plain brings an address to the form in which it is judged: without zone,
// an IPv4 address out of its IPv6 wrapping.
func plain(a netip.Addr) netip.Addr {
	a = a.WithZone("").Unmap()
	if translated.Contains(a) {
		b := a.As16()
		return netip.AddrFrom4([4]byte(b[12:]))
	}
	return a
}

// refusal says why an address is not dialled; empty means that it may be.
func (g *Gate) refusal(a netip.Addr) string {
	a = plain(a)
	for _, p := range g.allow {
		if p.Contains(a) {
			return ""
		}
	}
	for _, s := range special {
		if s.prefix.Contains(a) {
			return fmt.Sprintf("special-purpose address (%s)", s.words)
		}
	}
	if a.Is6() && !globalV6.Contains(a) {
		return "special-purpose address (not global unicast)"
	}
	return ""
}

// cleanHost lower-cases a host and takes off brackets and the final dot.
func cleanHost(host string) string {
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// literal reads a host that is an address in any spelling that a browser or a
// C library takes: dotted, decimal, octal, hexadecimal, fewer than four parts
// (WHATWG URL, IPv4 parser). ok is false when the host is a name; an error
// means that it looks like an address and is none.
func literal(host string) (a netip.Addr, ok bool, err error) {
	if strings.Contains(host, ":") {
		a, err = netip.ParseAddr(host)
		return a, err == nil, err
	}
	parts := strings.Split(host, ".")
	last := parts[len(parts)-1]
	if !digits(last) && !strings.HasPrefix(last, "0x") {
		return a, false, nil
	}
	if len(parts) > 4 {
		return a, false, fmt.Errorf("%q is not an address: more than four parts", host)
	}
	var v uint64
	for i, p := range parts {
		n, err := number(p)
		if err != nil {
			return a, false, fmt.Errorf("%q is not an address: %w", host, err)
		}
		width := 8
		if i == len(parts)-1 {
			width = 8 * (5 - len(parts))
		}
		if n >= 1<<width {
			return a, false, fmt.Errorf("%q is not an address: %s is too large", host, p)
		}
		v = v<<width | n
	}
	return netip.AddrFrom4([4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)}), true, nil
}

// number reads one part: 0x hexadecimal, leading 0 octal, else decimal.
func number(p string) (uint64, error) {
	base := 10
	switch {
	case strings.HasPrefix(p, "0x"):
		base, p = 16, p[2:]
	case len(p) > 1 && p[0] == '0':
		base, p = 8, p[1:]
	case p == "":
		return 0, fmt.Errorf("a part is empty")
	}
	if p == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(p, base, 32)
	if err != nil {
		return 0, fmt.Errorf("part %q is no number", p)
	}
	return n, nil
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
