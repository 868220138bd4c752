package remedy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"diapason.dev/diapason"
	"diapason.dev/diapason/does"
	"diapason.dev/diapason/vocab"
)

// A trace is what one host of another company was seen to get.
type trace struct {
	host  string
	party diapason.Party
	got   []string // what, as a sentence continues: "the identifier “pid”"
	sites []string // under which it was seen
	// carriers are the addresses that were sent it, without their queries.
	carriers []string
	linked   bool // it got the same value on several sites
	named    bool // it got something that names a browser or a person, and does not only work for the service
}

// traces lists the hosts of other companies that got a value which names a
// browser or a person, in order of party and host. What no identifier reached
// is not among them: that a company is contacted is no tracking.
func (d *drawing) traces() []*trace {
	t := tracing{drawing: d, hosts: map[string]*trace{}}
	for _, i := range d.Facts.Identifiers {
		t.identifier(i)
	}
	for _, l := range d.Facts.Links {
		t.link(l)
	}
	for _, s := range d.Facts.Syncs {
		t.sync(s)
	}
	for _, l := range d.Facts.Leaks {
		t.leak(l)
	}
	for _, c := range d.Facts.Cloaks {
		t.cloak(c)
	}
	all := make([]*trace, 0, len(t.hosts))
	for _, x := range t.hosts {
		slices.Sort(x.sites)
		slices.Sort(x.carriers)
		all = append(all, x)
	}
	slices.SortFunc(all, func(a, b *trace) int {
		return cmp.Or(strings.Compare(d.name(a.party), d.name(b.party)), strings.Compare(a.host, b.host))
	})
	return all
}

// A tracing gathers traces by host.
type tracing struct {
	*drawing
	hosts map[string]*trace
}

// at is the trace of a host; nil for the service's own.
func (t *tracing) at(host string) *trace {
	if host == "" {
		return nil
	}
	party := t.party(host)
	if party.Relation == diapason.FirstParty {
		return nil
	}
	if t.hosts[host] == nil {
		t.hosts[host] = &trace{host: host, party: party}
	}
	return t.hosts[host]
}

// identifier notes where a value was sent that names a browser. One that is
// too short for that is no reason to block anybody.
func (t *tracing) identifier(i does.Identifier) {
	if i.Class != "identifier" {
		return
	}
	for _, address := range i.Addresses {
		if x := t.at(hostOf(address)); x != nil {
			x.got = add(x.got, identifier(i.Key))
			x.sites, x.carriers, x.named = add(x.sites, siteOf(i.Site)), add(x.carriers, address), true
		}
	}
}

func identifier(key string) string { return fmt.Sprintf("the identifier “%s”", key) }

// key is the name of an identifier in its store.
func (t *tracing) key(id string) string {
	for _, i := range t.Facts.Identifiers {
		if i.ID == id {
			return i.Key
		}
	}
	return id
}

func (t *tracing) link(l does.Link) {
	for _, e := range l.Evidence {
		if x := t.at(hostOf(e.URL)); x != nil {
			key := t.key(l.Identifier)
			x.got = slices.DeleteFunc(x.got, func(s string) bool { return s == identifier(key) })
			x.got = add(x.got, identifier(key)+", the same on "+And(l.Sites))
			x.sites, x.linked, x.named = add(x.sites, l.Sites...), true, true
		}
	}
}

func (t *tracing) sync(s does.Sync) {
	for _, e := range s.Evidence {
		if x := t.at(hostOf(e.URL)); x != nil && x.party.ID == s.Receiver.ID {
			x.got = add(x.got, fmt.Sprintf("the identifier by which %s knows a browser", t.name(s.Owner)))
			x.sites, x.carriers, x.named = add(x.sites, siteOf(s.Site)), add(x.carriers, does.Shown(e.URL)), true
		}
	}
}

// cloak notes a host that only looks like the service's, where it is sent an
// identifier. Who stands behind it the fact knows best.
func (t *tracing) cloak(c does.Cloak) {
	if len(c.Identifiers) == 0 {
		return
	}
	if t.hosts[c.Host] == nil {
		t.hosts[c.Host] = &trace{host: c.Host}
	}
	x := t.hosts[c.Host]
	x.party, x.named = c.Party, true
	x.party.Relation = diapason.CloakedParty
	for _, id := range c.Identifiers {
		x.got = add(x.got, identifier(t.key(id)))
	}
	x.got = add(x.got, "all that the service's cookies hold for "+c.Host)
}

// leak notes where something typed went. Who works for the service, as a
// payment provider does, gets it because the person wants it there.
func (t *tracing) leak(l does.Leak) {
	for _, e := range l.Evidence {
		x := t.at(hostOf(e.URL))
		if x == nil || t.recorded(l.Visit) {
			continue
		}
		what := "the " + vocab.Default().Label(l.Data) + " that was typed"
		if strings.HasPrefix(l.Transform, "hash") {
			what += " (as a hash)"
		}
		x.got = add(x.got, what)
		x.sites, x.carriers = add(x.sites, t.siteOf(l.Visit)), add(x.carriers, does.Shown(e.URL))
		x.named = x.named || x.party.Role != diapason.RoleProcessor
	}
}

// siteOf is the site that a visit opened.
func (t *tracing) siteOf(visit string) string {
	for _, v := range t.Facts.Visits {
		if v.ID == visit {
			return siteOf(hostOf(cmp.Or(v.URL, v.Site)))
		}
	}
	return ""
}

// recorded tells whether a visit is a recording of an app or another browser.
func (t *tracing) recorded(visit string) bool {
	return slices.ContainsFunc(t.Facts.Visits, func(v does.Visit) bool { return v.ID == visit && v.Source == "har" })
}
