// Package entity tells which company stands behind a domain name, and what it
// is to the audited service.
//
// Start with [New] and [Base.Party]: given a host, and the aliases (CNAME) that
// its name was resolved through, they name the party that a browser talked to.
// The companies come from the data of the npm package third-party-web (MIT,
// see ATTRIBUTION.md), and from the `parties:` of diapason.yaml, which win.
// [RegistrableDomain] is the one place of the program that knows the public
// suffix list.
//
// The package does no input or output and resolves no names. It never guesses:
// a host that no list knows is a party under its registrable domain, of
// unknown role.
package entity

import (
	"fmt"
	"slices"
	"strings"

	"diapason.dev/diapason"
)

//go:generate go run ./gen $THIRD_PARTY_WEB

// An Own is a company that diapason.yaml adds, or describes better than the
// embedded data does. Domain stands for itself and everything below it. Name
// may be empty: then the domain is the name. Role is one of the roles of
// package diapason that another company can have; empty means unknown.
type Own struct {
	Domain string `yaml:"domain"`
	Name   string `yaml:"name"`
	Role   string `yaml:"role"`
}

// roles that diapason.yaml may give to a company. The service itself is
// described by its domains, the person is nobody's company.
var ownRoles = []diapason.Role{
	diapason.RolePartner, diapason.RoleProcessor, diapason.RoleAdvertiser, diapason.RoleAnalytics, diapason.RoleLabel,
	diapason.RoleBuyer, diapason.RoleUnknown,
}

// A Base knows companies by their domains. It does not change and may be used
// by several goroutines.
type Base struct {
	own    map[string]*company // by domain, for the domain and all below it
	listed *list
}

// New returns the embedded companies with own ones laid over them. An unknown
// role, a missing domain and a domain that is given twice wrap
// [diapason.ErrUsage].
func New(own []Own) (*Base, error) {
	b := &Base{own: map[string]*company{}, listed: embedded()}
	for _, o := range own {
		domain := clean(strings.TrimPrefix(o.Domain, "*."))
		if domain == "" {
			return nil, fmt.Errorf("party %q has no domain: %w", o.Name, diapason.ErrUsage)
		}
		if b.own[domain] != nil {
			return nil, fmt.Errorf("party %s is given twice: %w", domain, diapason.ErrUsage)
		}
		role := diapason.Role(o.Role)
		if role == "" {
			role = diapason.RoleUnknown
		}
		if !slices.Contains(ownRoles, role) {
			return nil, diapason.WithHint(
				fmt.Errorf("party %s: unknown role %q: %w", domain, o.Role, diapason.ErrUsage), "use one of "+roleNames())
		}
		b.own[domain] = b.named(domain, o.Name, role)
	}
	return b, nil
}

func roleNames() string {
	var names []string
	for _, r := range ownRoles {
		names = append(names, string(r))
	}
	return strings.Join(names, ", ")
}

// named makes a company of the configuration. Equal names are one company,
// whether the list or the configuration gives them.
func (b *Base) named(domain, name string, role diapason.Role) *company {
	c := &company{id: identifier(name), name: name, group: strings.ToLower(name), role: role, carries: role == diapason.RoleProcessor}
	if name == "" {
		c.id, c.name, c.group = domain, domain, domain
	}
	if known, ok := b.listed.byID[c.id]; ok {
		c.group = known.group
	}
	return c
}

// find is the company with the longest domain that is the host or stands above
// it; own companies come first. It is nil where none is known.
func (b *Base) find(host string) *company {
	for at := host; at != ""; at = parent(at) {
		if c := b.own[at]; c != nil {
			return c
		}
	}
	if c := b.listed.exact[host]; c != nil {
		return c
	}
	for at := host; at != ""; at = parent(at) {
		if c := b.listed.below[at]; c != nil {
			return c
		}
	}
	return nil
}

// Party is the party that a request to host reaches. The aliases are those
// through which the host's name was resolved, in order.
//
// A host within the service's domains is the service itself, unless its
// aliases lead to another known company: then the relation is cloaked and the
// party is that company. A company that merely carries the traffic (hosting,
// content delivery) is no other party in that sense, and hides none that
// stands before it in the chain. The configuration may
// give a host below the service's domains to a company: that is cloaked too. A host of the company
// that owns the service's domains, or that the service names as its own, is
// the service too. Everything else is a third party.
func (b *Base) Party(host string, cname []string, s diapason.Service) diapason.Party {
	host = clean(host)
	at, end := b.find(host), b.end(cname, s)
	own := diapason.Party{ID: s.ID, Name: s.Name, Role: diapason.RoleService, Relation: diapason.FirstParty}
	switch {
	case inside(host, s.Domains):
		if c := b.lent(host, s); c != nil {
			return c.party(diapason.CloakedParty)
		}
		if end != nil && !b.isService(end, s) {
			return end.party(diapason.CloakedParty)
		}
		return own
	case at != nil && b.isService(at, s):
		return own
	case at != nil:
		return at.party(diapason.ThirdParty)
	case end != nil && b.isService(end, s):
		return own
	case end != nil:
		return end.party(diapason.ThirdParty)
	}
	domain := RegistrableDomain(host)
	return diapason.Party{ID: domain, Name: domain, Role: diapason.RoleUnknown, Relation: diapason.ThirdParty}
}

// end is the company to which a chain of aliases leads: the last that is known
// and does more than carry traffic. It is nil where there is no chain, where
// none is known, and where the chain leads back into the service's domains.
func (b *Base) end(cname []string, s diapason.Service) *company {
	for _, name := range slices.Backward(cname) {
		name = clean(name)
		if inside(name, s.Domains) {
			return nil
		}
		if c := b.find(name); c != nil && !c.carries {
			return c
		}
	}
	return nil
}

// lent is the company to which the configuration gives a host below one of the
// service's domains: the configuration itself says that another stands behind it.
func (b *Base) lent(host string, s diapason.Service) *company {
	for at := host; inside(at, s.Domains); at = parent(at) {
		if c := b.own[at]; c != nil && !b.isService(c, s) {
			return c
		}
	}
	return nil
}

// isService tells whether the company is the one behind the service: it owns
// one of its domains, or has its company's name. Whoever only carries the
// service's pages owns nothing.
func (b *Base) isService(c *company, s diapason.Service) bool {
	if s.Entity != "" && (strings.EqualFold(c.group, s.Entity) || strings.EqualFold(c.name, s.Entity)) {
		return true
	}
	for _, d := range s.Domains {
		if owner := b.find(clean(d)); owner != nil && !owner.carries && owner.group == c.group {
			return true
		}
	}
	return false
}

// inside tells whether host is one of the domains or stands below one.
func inside(host string, domains []string) bool {
	for _, d := range domains {
		d = clean(d)
		if d != "" && (host == d || strings.HasSuffix(host, "."+d)) {
			return true
		}
	}
	return false
}
