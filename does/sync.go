package does

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/entity"
)

// syncWays are the ways on which another company comes to know an identifier,
// the most telling first.
var syncWays = []string{"location", "url", "body", "header", "referer", "cookie"}

// syncs tells which company's identifiers other companies came to know, and
// how: a receiver knows a value that stands in its cookie, in an address that
// was requested from it, in the page address that was sent to it, or in a
// redirect that pointed to it, and so does whoever it redirects to (Acar et
// al., CCS 2014). The page that a request comes from is never called its
// sender, because any script on the page may have made it.
//
// A value counts only if two profiles at least had it passed on, each its own.
// Who only delivers files for others, another product of the owner's company
// and what stands in the person's own house is no other company. What several
// phases show is told once.
func (r *reading) syncs() []Sync {
	var all []Sync
	known := map[place]place{} // where a value was found to be made, by the places that hold it
	for _, rd := range r.rounds {
		for i, s := range rd.tagged {
			if !s.primary || !s.place.kept() || s.class == classCounter {
				continue
			}
			copies := slices.DeleteFunc(slices.Clone(rd.tagged[i:]), func(t sighted) bool {
				return !t.place.kept() || !t.copies(s)
			})
			at := r.origin(rd, copies, known)
			for _, x := range r.syncsOf(at, copies) {
				all = withSync(all, x, rd.phase)
			}
		}
	}
	slices.SortFunc(all, func(a, b Sync) int {
		return cmp.Or(strings.Compare(a.Site, b.Site), strings.Compare(a.Identifier, b.Identifier), strings.Compare(a.Receiver.ID, b.Receiver.ID))
	})
	return all
}

// withSync adds a sync that a phase shows to those of earlier ones, of which it
// may be another sight.
func withSync(all []Sync, s Sync, p diapason.Phase) []Sync {
	i := slices.IndexFunc(all, func(o Sync) bool {
		return o.Site == s.Site && o.Identifier == s.Identifier && o.Receiver.ID == s.Receiver.ID && !slices.Contains(o.Phases, p)
	})
	if i < 0 {
		s.Phases = []diapason.Phase{p}
		return append(all, s)
	}
	o := &all[i]
	o.Phases, o.Visits, o.Evidence = append(o.Phases, p), append(o.Visits, s.Visits...), append(o.Evidence, s.Evidence...)
	return all
}

// A passing is one sighting of an identifier at another company.
type passing struct {
	sighting
	way, site string
	through   []string
}

// syncsOf tells who else knows one value, given where it was made and all
// places that hold it.
func (r *reading) syncsOf(at place, copies []sighted) []Sync {
	owner := r.company(at)
	type key struct{ site, receiver string }
	passings := map[key][]passing{}
	for _, x := range copies[0].sightings {
		if r.Entities.Same(owner, x.party) || r.Entities.Carries(x.party) || nearby(hostOf(x.look.request.URL), "") != "" {
			continue
		}
		if p, ok := r.passing(x, owner, copies); ok {
			k := key{p.site, x.party.ID}
			passings[k] = append(passings[k], p)
		}
	}
	var all []Sync
	for _, list := range passings {
		profiles := map[int]bool{}
		for _, p := range list {
			profiles[p.profile] = true
		}
		if len(profiles) > 1 {
			all = append(all, syncOf(at, owner, list))
		}
	}
	return all
}

// passing tells on which way a sighting brought the value to another company;
// not at all if a cookie brought it that the owner itself wrote there.
func (r *reading) passing(x sighting, owner diapason.Party, copies []sighted) (passing, bool) {
	q := x.look.request
	p := passing{sighting: x, way: x.look.where, site: entity.RegistrableDomain(hostOf(pageOf(x.capture, q)))}
	switch {
	case p.way == "cookie":
		ghost := slices.ContainsFunc(copies, func(t sighted) bool {
			return r.Entities.Same(r.party(t.place.host), x.party) && r.Entities.Same(r.company(t.place), owner)
		})
		return p, !ghost && x.party.Relation != diapason.CloakedParty // a cloak is told as one
	case p.way == "header" && x.look.key == "referer":
		p.way = "referer"
	case p.way == "url" || p.way == "path":
		p.way = "url"
		if before, ok := request(x.capture, q.Redirect); ok && !r.Entities.Same(r.party(hostOf(before.URL)), x.party) {
			p.way, p.through = "location", r.passers(x, owner)
		}
	}
	return p, true
}

// passers are the companies between the owner and the receiver of a redirected
// value, each of which had it in its own address.
func (r *reading) passers(x sighting, owner diapason.Party) []string {
	forms := formsOf(x.seen)
	var through []string
	for q := x.look.request; ; {
		before, ok := request(x.capture, q.Redirect)
		if !ok {
			break
		}
		party := r.party(hostOf(before.URL))
		if r.Entities.Same(party, owner) {
			break
		}
		if !r.Entities.Same(party, x.party) && !slices.Contains(through, party.ID) {
			through = append(through, party.ID)
		}
		if _, _, ok := forms.find(layers(before.URL)); !ok {
			break
		}
		q = before
	}
	slices.Reverse(through)
	return through
}

// request finds a request of a visit by its id.
func request(c *diapason.Capture, id string) (diapason.Request, bool) {
	if id == "" {
		return diapason.Request{}, false
	}
	i := slices.IndexFunc(c.Requests, func(q diapason.Request) bool { return q.ID == id })
	if i < 0 {
		return diapason.Request{}, false
	}
	return c.Requests[i], true
}

// pageOf is the page on which a request was made; for the document of a tab
// it is the page that the visit is about.
func pageOf(c *diapason.Capture, q diapason.Request) string {
	if q.Type == "document" && q.Page == q.URL {
		return c.Site
	}
	return cmp.Or(q.Page, c.Site)
}

// syncOf tells of all passings of one value to one company on one site.
func syncOf(at place, owner diapason.Party, list []passing) Sync {
	best := slices.MinFunc(list, func(a, b passing) int {
		return cmp.Or(slices.Index(syncWays, a.way)-slices.Index(syncWays, b.way), len(a.chain)-len(b.chain), slices.Compare(a.chain, b.chain), slices.Compare(a.through, b.through))
	})
	s := Sync{Site: best.site, Identifier: at.String(), Owner: owner, Receiver: best.party, Way: best.way, Chain: best.chain, Through: best.through}
	for _, p := range list {
		if p.way != best.way || slices.Contains(s.Visits, p.capture.ID) {
			continue
		}
		s.Visits = append(s.Visits, p.capture.ID)
		quote := ""
		if f := p.look.field(p.seen); f != "" {
			quote = f + "=" + hidden
		}
		s.Evidence = append(s.Evidence, refTo(p.capture, p.look.request, quote))
	}
	slices.Sort(s.Visits)
	slices.SortFunc(s.Evidence, func(a, b diapason.Ref) int {
		return cmp.Or(strings.Compare(a.Record, b.Record), strings.Compare(a.At, b.At))
	})
	return s
}

// origin is where a value that lies in several places was made: a company that
// had been sent it before it kept it did not make it. What an earlier phase
// showed of the same places holds.
func (r *reading) origin(rd round, copies []sighted, known map[place]place) place {
	for _, t := range copies {
		if at, ok := known[t.place]; ok && slices.ContainsFunc(copies, func(t sighted) bool { return t.place == at }) {
			return at
		}
	}
	at := r.maker(rd, copies)
	for _, t := range copies {
		if _, ok := known[t.place]; !ok {
			known[t.place] = at
		}
	}
	return at
}

func (r *reading) maker(rd round, copies []sighted) place {
	type claim struct {
		place place
		party diapason.Party
		given bool
		born  time.Time
	}
	var claims []claim
	for _, t := range copies {
		k := claim{place: t.place, party: r.company(t.place), born: r.born(rd, t)}
		k.given = slices.ContainsFunc(t.sightings, func(x sighting) bool {
			return x.capture.ID == rd.first.ID && x.look.where != "cookie" && r.Entities.Same(x.party, k.party) && (k.born.IsZero() || !x.look.request.At.After(k.born))
		})
		claims = append(claims, k)
	}
	same := !slices.ContainsFunc(claims, func(k claim) bool { return !r.Entities.Same(k.party, claims[0].party) })
	if same {
		return claims[0].place
	}
	best := slices.MinFunc(claims, func(a, b claim) int {
		return cmp.Or(truth(a.given)-truth(b.given), truth(a.born.IsZero())-truth(b.born.IsZero()), a.born.Compare(b.born), a.place.compare(b.place))
	})
	return best.place
}

// born is when a round's first visit first kept a value in a place; zero if that
// was not seen.
func (r *reading) born(rd round, t sighted) time.Time {
	value := t.values[rd.profile]
	if value == "" {
		return time.Time{}
	}
	var first time.Time
	note := func(at time.Time) {
		if first.IsZero() || at.Before(first) {
			first = at
		}
	}
	c := rd.first
	for _, s := range settingsOf(c) {
		at := s.place
		if c.Source == "har" {
			at = siteWide(at)
		}
		if at == t.place && strings.Contains(unescape(s.value), value) {
			note(s.request.At)
		}
	}
	for _, call := range c.Calls {
		if written, ok := cookieWritten(call); ok && strings.Contains(unescape(written), value) && home(c, hostOf(call.Frame), call.Name) == t.place {
			note(call.At)
		}
	}
	return first
}
