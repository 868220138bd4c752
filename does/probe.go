package does

import (
	"cmp"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"diapason.dev/diapason"
)

// probes tells of attempts to reach the person's own device or home network,
// whether or not the gate or the browser stopped them, and of attempts to read
// features by which devices can be told apart.
func (r *reading) probes() []Probe {
	var all []Probe
	for _, c := range r.daily() {
		all = append(all, r.probesOf(c)...)
		all = append(all, r.fingerprints(c)...)
	}
	return all
}

func (r *reading) probesOf(c *diapason.Capture) []Probe {
	found := map[string]*Probe{}
	at := func(host, kind string) *Probe {
		if found[host] == nil {
			found[host] = &Probe{
				Kind: "network", Target: kind, Host: host, Phase: c.Phase, Run: c.Run, Visit: c.ID, Recipient: diapason.Party{Role: diapason.RoleUnknown},
				Evidence: []diapason.Ref{{Record: "visit/" + c.ID, URL: redactURL(c.Site), Quote: host}},
			}
		}
		return found[host]
	}
	resolved := map[string]string{} // host → what its address turned out to be
	for _, d := range c.Dials {
		if kind := nearby(d.Host, d.Address); kind != "" && d.Refused != "" {
			at(net.JoinHostPort(d.Host, strconv.Itoa(d.Port)), kind).Blocked = true
			resolved[d.Host] = kind
		}
	}
	for _, q := range sent(c) {
		host := hostOf(q.URL)
		kind := cmp.Or(nearby(host, ""), resolved[host])
		if kind == "" || host == hostOf(c.Site) {
			continue
		}
		p := at(net.JoinHostPort(host, portOf(q.URL)), kind)
		p.Sent = p.Sent || q.Status != 0
		p.Blocked = p.Blocked || q.Failed != ""
		p.CarriesID = p.CarriesID || r.carriesID(c, q)
		if script := cmp.Or(q.Initiator, q.Frame); script != "" {
			p.Recipient = r.party(hostOf(script))
		}
		p.Evidence = []diapason.Ref{refTo(c, q, fmt.Sprintf("to %s, started by %s", p.Host, redactURL(q.Initiator)))}
	}
	var all []Probe
	for _, h := range slices.Sorted(maps.Keys(found)) {
		all = append(all, *found[h])
	}
	return all
}

// carriesID tells whether a request holds the visit's value of an identifier.
func (r *reading) carriesID(c *diapason.Capture, q diapason.Request) bool {
	now := spots(entriesOf(c, nil))
	for _, t := range r.tagged {
		if t.class == classCounter {
			continue
		}
		for _, value := range now[spot{t.place, t.path}] {
			forms := formsOf(value)
			for _, l := range r.looks(c) {
				if _, _, ok := forms.find(l.layers); ok && l.request.ID == q.ID && l.where != "cookie" {
					return true
				}
			}
		}
	}
	return false
}

// nearby tells whether a host, or the address that it was resolved to, is the
// person's own device ("loopback") or stands in the local network ("lan").
func nearby(host, address string) string {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return "loopback"
	}
	if h, _, err := net.SplitHostPort(address); err == nil {
		address = h
	}
	for _, text := range []string{host, address} {
		a, err := netip.ParseAddr(strings.Trim(text, "[]"))
		if err != nil {
			continue
		}
		switch a = a.Unmap(); {
		case a.IsLoopback() || a.IsUnspecified() && text == host:
			return "loopback" // a name that is resolved to no address is one that a resolver blocks
		case a.IsPrivate() || a.IsLinkLocalUnicast() || a.IsMulticast():
			return "lan"
		}
	}
	if strings.HasSuffix(host, ".local") || strings.HasSuffix(host, ".home.arpa") {
		return "lan"
	}
	return ""
}

func portOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	if p := u.Port(); p != "" {
		return p
	}
	if u.Scheme == "http" || u.Scheme == "ws" {
		return "80"
	}
	return "443"
}
