package does

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"diapason.dev/diapason"
	"diapason.dev/diapason/entity"
	"diapason.dev/diapason/internal/filter"
)

// cloaks tells which hosts among the service's own another company answers:
// the chain of their names leads to it, and they receive an identifier or
// stand on a filter list (Dimova et al., PoPETs 2021). The browser takes such
// a host for the service's own and sends it the service's cookies.
//
// Hosting and content delivery hide nobody. A company that nobody knows could
// be hosting too, so its name counts only if a filter list knows it.
func (r *reading) cloaks() []Cloak {
	found := map[string]*Cloak{}
	for _, c := range r.all {
		if c.Source != "har" && (!measured(c) || !r.ours(c)) {
			continue
		}
		for _, q := range sent(c) {
			r.noteCloak(found, c, q)
		}
	}
	for _, s := range r.tagged {
		if !s.primary || s.class == classCounter {
			continue
		}
		for _, x := range s.sightings {
			f, id := found[hostOf(x.look.request.URL)], s.place.String()
			if f != nil && !slices.Contains(f.Identifiers, id) {
				f.Identifiers = append(f.Identifiers, id)
			}
		}
	}
	var all []Cloak
	for _, host := range slices.Sorted(maps.Keys(found)) {
		f := found[host]
		if _, known, _ := r.behind(host); f.Listed != "" || known && len(f.Identifiers) > 0 {
			slices.Sort(f.Identifiers)
			all = append(all, *f)
		}
	}
	return all
}

// noteCloak notes a request to a host that may be cloaked.
func (r *reading) noteCloak(found map[string]*Cloak, c *diapason.Capture, q diapason.Request) {
	host := hostOf(q.URL)
	party, _, ok := r.behind(host)
	if !ok {
		return
	}
	f := found[host]
	if f == nil {
		f = &Cloak{Host: host, Chain: slices.Clone(r.aliases[host]), Party: party, Identifiers: []string{}}
		found[host] = f
	}
	f.Listed = cmp.Or(f.Listed, r.listedAs(q, f.Chain))
	if !slices.Contains(f.Visits, c.ID) {
		f.Visits = append(f.Visits, c.ID)
		f.Evidence = append(f.Evidence, refTo(c, q, host+" is "+strings.Join(f.Chain, ", which is ")))
	}
}

// behind is who answers for one of the service's hosts where that is not the
// service, and whether it is a company that is known.
func (r *reading) behind(host string) (party diapason.Party, known, ok bool) {
	chain := r.aliases[host]
	if len(chain) == 0 {
		return party, false, false
	}
	if party = r.party(host); party.Relation != diapason.FirstParty {
		return party, true, party.Relation == diapason.CloakedParty
	}
	last := chain[len(chain)-1]
	end := r.Entities.Party(last, nil, r.Service)
	if end.Relation != diapason.ThirdParty || r.Entities.Carries(end) || sameSite(host, last) {
		return party, false, false
	}
	domain := entity.RegistrableDomain(last)
	return diapason.Party{ID: domain, Name: domain, Role: diapason.RoleUnknown, Relation: diapason.CloakedParty}, false, true
}

// listedAs names the rule that a request matches under its own name or one of
// those that its name stands for.
func (r *reading) listedAs(q diapason.Request, chain []string) string {
	if r.Lists == nil {
		return ""
	}
	for _, host := range append([]string{""}, chain...) {
		as := q
		if u, err := url.Parse(q.URL); err == nil && host != "" {
			u.Host = host
			as.URL = u.String()
		}
		if verdict, hit := r.Lists.Match(filter.Recorded(as)); verdict == filter.Blocked {
			return fmt.Sprintf("%s, line %d: %s", hit.List, hit.Line, hit.Rule)
		}
	}
	return ""
}
