package does

import (
	"maps"
	"slices"
	"strings"

	"diapason.dev/diapason"
)

// A sighting is a request that carried an identifier's value.
type sighting struct {
	capture *diapason.Capture
	look    look
	party   diapason.Party
	profile int      // 0, 1, 2: whose value it was
	chain   []string // what was done to the value
	seen    string   // as it stood there
}

// A sighted tag is an identifier with the requests that carried it.
type sighted struct {
	tag
	// primary is false for a place that holds a copy of an earlier one's value.
	primary   bool
	sightings []sighting
}

// sight looks for every tag's value in the requests of the four visits. Places
// that only carry the value of a stored identifier are ways on which that one
// travels, and no identifiers of their own.
func (r *reading) sight() []sighted {
	var all []sighted
	for _, t := range r.verdicts.tags() {
		first := slices.IndexFunc(all, func(s sighted) bool { return s.values[0] == t.values[0] })
		if first >= 0 && (!t.place.kept() || coveredTag(all, t)) {
			continue
		}
		s := sighted{tag: t, primary: first < 0}
		if first >= 0 {
			s.sightings = all[first].sightings
		} else {
			s.sightings = r.sightings(t)
		}
		all = append(all, s)
	}
	return all
}

// coveredTag tells whether a cached file is already known by its cache tag, or
// a dictionary by another file for which it is good.
func coveredTag(all []sighted, t tag) bool {
	return slices.ContainsFunc(all, func(s sighted) bool {
		switch {
		case s.place.host != t.place.host:
			return false
		case t.place.store == "dictionary":
			return s.place.store == "dictionary" && s.values[0] == t.values[0]
		}
		return t.place.store == "body" && s.place.store == "etag" && s.place.key == t.place.key
	})
}

func (r *reading) sightings(t tag) []sighting {
	var all []sighting
	for profile, visits := range [3][]*diapason.Capture{{r.four[0], r.four[1]}, {r.four[2]}, {r.four[3]}} {
		forms := r.formsOf(t.values[profile])
		for _, c := range visits {
			for _, l := range r.looks(c) {
				if chain, seen, ok := forms.find(l.layers); ok {
					all = append(all, sighting{c, l, r.party(hostOf(l.request.URL)), profile, chain, seen})
				}
			}
		}
	}
	return all
}

func hashed(chain []string) bool {
	return slices.ContainsFunc(chain, func(s string) bool { return strings.HasPrefix(s, "hash:") })
}

// carriers are the ways on which a value travels, the most telling first.
var carriers = []string{"pixel", "url", "body", "header", "cookie"}

// carrier is the way on which one request carried a value.
func (s sighting) carrier() string {
	switch s.look.where {
	case "url", "path":
		if s.look.request.Type == "image" {
			return "pixel"
		}
		return "url"
	default:
		return s.look.where
	}
}

// carrier is the most telling way on which the value reached other companies,
// or the service itself where it reached no other.
func (s sighted) carrier() string {
	if !s.primary {
		return "" // told with the place that it is a copy of
	}
	best := ""
	for _, others := range []bool{true, false} {
		for _, x := range s.sightings {
			if (x.party.Relation != diapason.FirstParty) != others {
				continue
			}
			if c := x.carrier(); best == "" || slices.Index(carriers, c) < slices.Index(carriers, best) {
				best = c
			}
		}
		if best != "" {
			return best
		}
	}
	return best
}

// identifiers tells of every value that could distinguish browsers, and in
// which other states of a person's choices it was received.
func (r *reading) identifiers() []Identifier {
	var all []Identifier
	site := ""
	if r.four[0] != nil {
		site = hostOf(r.four[0].Site)
	}
	for _, s := range r.tagged {
		f := r.described(s, Identifier{Phase: r.four[0].Phase, Site: site, Lifetime: r.lifetime(s.place), Renewed: r.renewed(s.place), Carrier: s.carrier(), Visits: slices.Clone(s.visits)})
		if len(f.Evidence) == 0 {
			for _, c := range r.four {
				f.Evidence = append(f.Evidence, diapason.Ref{Record: "visit/" + c.ID, URL: redactURL(c.Site)})
			}
		}
		all = append(all, f)
	}
	for _, p := range slices.Sorted(maps.Keys(r.stages)) {
		if p != diapason.P0 {
			all = append(all, r.identifiersIn(p)...)
		}
	}
	return all
}

// addressesOf lists where requests took a value, without their queries.
func addressesOf(all []sighting) []string {
	seen := map[string]bool{}
	for _, x := range all {
		seen[Shown(x.look.request.URL)] = true
	}
	return slices.Sorted(maps.Keys(seen))
}

// described fills in what is known of an identifier and who received it.
func (r *reading) described(s sighted, f Identifier) Identifier {
	f.ID, f.Store, f.Key, f.Host, f.Class, f.Score = s.place.String(), s.place.store, shown(s.place.key, ""), s.place.host, s.class, s.score
	f.Survives, f.Commitment = survives(s.place.String(), r.trials), commit(r.Salt, s.values[0])
	if s.place.key == "" {
		f.Key = s.path
	}
	got := map[string]diapason.Party{}
	for _, x := range s.sightings {
		got[x.party.ID+"\x00"+string(x.party.Relation)] = x.party
	}
	f.Receivers, f.Addresses, f.Evidence = partiesOf(got), addressesOf(s.sightings), evidenceOf(s.sightings)
	return f
}

// evidenceOf points at the first request of each visit to each receiver.
func evidenceOf(all []sighting) []diapason.Ref {
	seen := map[string]bool{}
	var refs []diapason.Ref
	for _, x := range all {
		k := x.capture.ID + "\x00" + x.party.ID
		if seen[k] {
			continue
		}
		seen[k] = true
		quote := ""
		if f := x.look.field(""); f != "" && x.look.key != "" {
			quote = "in the header " + f
		}
		refs = append(refs, refTo(x.capture, x.look.request, quote))
	}
	return refs
}
