package does

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"diapason.dev/diapason"
	"diapason.dev/diapason/does/respawn"
)

// A tag is a place whose value could tell browsers apart.
type tag struct {
	place place
	verdict
}

// tags lists them in the order in which a person would look for them.
func (f findings) tags() []tag {
	var all []tag
	for p, v := range f {
		if v.singlesOut() {
			all = append(all, tag{p, v})
		}
	}
	slices.SortFunc(all, func(a, b tag) int { return a.place.compare(b.place) })
	return all
}

// traceable lists the tags that are kept in the profile's files and long
// enough to be known again, and the cookies that are made of features.
func (f findings) traceable() []tag {
	all := slices.DeleteFunc(f.tags(), func(t tag) bool {
		return !t.place.kept() || t.place.store == "sessionStorage" || t.class == classCounter
	})
	for p, v := range f {
		if v.class == classDevice && p.store == "cookie" {
			all = append(all, tag{p, v})
		}
	}
	slices.SortFunc(all, func(a, b tag) int { return a.place.compare(b.place) })
	return all
}

// A mark is a tag's value in the seeded profile, by which it is known again.
type mark struct {
	tag
	value string
	forms index
}

type marks []mark

// signedIn tells whether a visit of the experiment signed in.
func signedIn(c *diapason.Capture) bool { return c.Journey != "" }

// seeded reads from the seeding visit the values to look for. A value that
// other profiles had too marks nothing, unless it is made of what they have in
// common.
func seeded(tagged []tag, seed *diapason.Capture, before []*diapason.Capture) marks {
	if seed == nil {
		return nil
	}
	four := fourVisits(before)
	cached := map[place]bool{}
	if four[1] != nil {
		cached = cachedFiles(four[1])
	}
	now := spots(entriesOf(seed, cached))
	others := map[spot][]string{}
	for _, c := range four {
		if c != nil {
			for s, values := range spots(entriesOf(c, cached)) {
				others[s] = append(others[s], values...)
			}
		}
	}
	var all marks
	for _, t := range tagged {
		s := spot{t.place, t.path}
		own := except(now[s], others[s])
		if t.class == classDevice {
			own = both(now[s], others[s])
		}
		if len(own) > 0 {
			all = append(all, mark{t, own[0], formsOf(own[0])})
		}
	}
	return all
}

func (m marks) ids() []string {
	var ids []string
	for _, x := range m {
		ids = append(ids, x.place.String())
	}
	return ids
}

// plan is the experiment on these marks: what lay in the store that is deleted
// is traced, and what lies elsewhere is watched.
func (m marks) plan(atoms, features []string, seed *diapason.Capture) respawn.Plan {
	p := respawn.Plan{Atoms: atoms, Features: features, SignedIn: signedIn(seed)}
	for _, x := range m {
		if x.place.store == "cookie" {
			p.IDs = append(p.IDs, x.place.String())
		} else {
			p.Also = append(p.Also, x.place.String())
		}
	}
	return p
}

// atomOf names the part of a profile in which a store lies.
var atomOf = map[string]string{
	"localStorage": "Local Storage", "indexedDB": "IndexedDB", "cacheStorage": "Service Worker", "serviceWorker": "Service Worker",
	"file": "File System", "bucket": "WebStorage",
}

// trial reads from a returning visit which of the marked values came back:
// written into a store that had been emptied, or sent.
func (m marks) trial(c *diapason.Capture) respawn.Trial {
	t := respawn.Trial{
		Visit:    respawn.Visit{Name: c.ID, Keep: c.Profile.Kept, Change: slices.Sorted(maps.Keys(c.Browser.Shown)), SignedIn: signedIn(c)},
		Complete: c.Complete, Back: map[string]respawn.Return{},
	}
	var emptied [][]layer
	for _, k := range c.Cookies {
		emptied = append(emptied, layers(k.Value))
	}
	for _, s := range c.Stores {
		if atom := atomOf[s.Kind]; !slices.Contains(c.Profile.Kept, atom) {
			emptied = append(emptied, layers(s.Value))
		}
	}
	looks := looksAt(c)
	for _, x := range m {
		written := slices.ContainsFunc(emptied, func(ls []layer) bool { _, _, ok := x.forms.find(ls); return ok })
		sent := slices.ContainsFunc(looks, func(l look) bool { _, _, ok := x.forms.find(l.layers); return ok })
		if written || sent {
			t.Back[x.place.String()] = respawn.Return{Written: written, Sent: sent}
		}
	}
	return t
}

// cacheBox is what the browser's box "Cached images and files" empties; box
// "Cookies and other site data" empties all other stores (measured on Chromium 156).
var cacheBox = []string{"Cache", "TransportSecurity", "Favicons"}

// survives names the deletions that an identifier outlives: it came back
// although everything was gone that the box deletes.
func survives(id string, trials []respawn.Trial) []string {
	var cookie, cache bool
	for _, t := range trials {
		if !t.Back[id].Back() || t.SignedIn && len(t.Keep) == 0 {
			continue // an account brings back what no deletion in the browser is about
		}
		inBox := func(a string) bool { return slices.Contains(cacheBox, a) }
		cookie = cookie || !slices.ContainsFunc(t.Keep, func(a string) bool { return !inBox(a) })
		cache = cache || !slices.ContainsFunc(t.Keep, inBox)
	}
	var out []string
	if cookie {
		out = append(out, "cookie-box")
	}
	if cache {
		out = append(out, "cache-box")
	}
	return out
}

// unlooked says what the quick plan leaves open.
var unlooked = []string{
	"which of " + strings.Join(cacheBox, ", ") + " brings it back: the quick plan keeps them together, and each visit is made once",
	"whether a store that the box “Cookies and other site data” empties brings it back: the quick plan keeps none of them",
	"how to be rid of it: the quick plan tries no way out",
}

// quickGap says so of the whole experiment, where nothing came back too.
var quickGap = diapason.Gap{
	Channel: diapason.Does, What: experiment, Minor: true,
	Why: "it was made by the quick plan, which keeps " + strings.Join(cacheBox, ", ") + ", all together, and then nothing. Not looked at: " +
		"whether local storage, databases and the other stores that the box “Cookies and other site data” empties bring an identifier back; which store does; " +
		"what is made of the browser's features, and what its memory brings back. No way to be rid of an identifier was tried",
	Next: "audit again with the full plan: leave out --respawn-plan quick",
}

// quick tells whether the experiment kept nothing but what the box for cookies
// leaves.
func (r *reading) quick() bool {
	return len(r.trials) > 0 && len(r.trials[0].Keep) > 0 && !slices.ContainsFunc(r.trials[0].Keep, func(a string) bool { return !slices.Contains(cacheBox, a) })
}

// target is the store that the experiment empties.
const target = "Cookies"

// respawns tells of each cookie that came back what brought it back.
func (r *reading) respawns() []Respawn {
	var all []Respawn
	for _, m := range r.marks {
		id := m.place.String()
		c := respawn.Conclude(id, r.trials)
		if m.place.store != "cookie" || c.Kind == respawn.None {
			continue
		}
		f := Respawn{
			Kind: string(c.Kind), Identifier: id, Score: m.score, Target: target, Key: shown(m.place.key, ""), Recipient: r.party(m.place.host),
			Proved: c.Proved, Stores: sortedSets(c.Stores), Recipe: slices.Sorted(slices.Values(c.Recipe)), RecipeProved: c.RecipeProved,
			Written: c.Written, Sent: c.Sent, Features: c.Features, NotLooked: append(r.notLooked(c), r.leftOut()...),
			Agreed: r.seed.Banner != nil && r.seed.Banner.Chosen == "accept",
		}
		for i, t := range r.trials {
			back := t.Back[id]
			f.Tests = append(f.Tests, Test{
				Visit: t.Name, Kept: slices.Sorted(slices.Values(t.Keep)), Changed: t.Change, SignedIn: t.SignedIn,
				Returned: back.Back(), Written: back.Written, Sent: back.Sent,
			})
			if back.Back() {
				f.Evidence = append(f.Evidence, r.returned(r.record.trials[i], m))
			}
		}
		all = append(all, f)
	}
	return append(all, r.memories()...)
}

// unvaried are what a stateless return may be made of and no visit changed.
const unvaried = "whether it is made of the network address, which was not varied, or of canvas, graphics, sound, fonts or client hints, which were not either"

// notLooked says what the experiment on one identifier left open.
func (r *reading) notLooked(c respawn.Conclusion) []string {
	switch {
	case r.quick() && c.Kind == respawn.Storage:
		return unlooked
	case c.Kind == respawn.Account && !c.Proved:
		return []string{"whether it comes back without signing in too: the visits that did not sign in broke off"}
	case c.Kind == respawn.Account:
		return nil
	case c.Kind == respawn.Stateless && (c.Whole || c.Unchanged):
		return []string{unvaried}
	case c.Kind == respawn.Stateless:
		return []string{"of which features of the browser it is made: these were not varied, or not to the end", unvaried}
	case c.Expired:
		return []string{"what brings it back: the value had expired before the experiment ended"}
	case c.Noisy:
		return []string{fmt.Sprintf("what brings it back: it stayed away from %.0f of 100 visits in which it was due", 100*c.MissRate)}
	}
	var out []string
	for _, set := range c.Unsure {
		out = append(out, fmt.Sprintf("whether %s restores it: it came back once and not again, or the visits broke off", strings.Join(set, " with ")))
	}
	if !c.Whole {
		out = append(out, "whether other sets of stores restore it: the experiment ended before all of them were tried")
	}
	return out
}

// leftOut says which stores the self-test kept out of the experiment.
func (r *reading) leftOut() []string {
	var out []string
	if s := r.selfTest(); s != nil {
		for _, f := range s.Fails {
			out = append(out, fmt.Sprintf("whether %s restores it: %s", f, selfTestFailed))
		}
	}
	return out
}

// returned points at the first request of a visit that carried a value again,
// or set it again.
func (r *reading) returned(c *diapason.Capture, m mark) diapason.Ref {
	for _, l := range r.looks(c) {
		if _, _, ok := m.forms.find(l.layers); ok {
			return refTo(c, l.request, "")
		}
	}
	for _, q := range sent(c) {
		for _, h := range q.ResponseHeaders {
			if _, _, ok := m.forms.find(layers(h.Value)); ok {
				return refTo(c, q, "")
			}
		}
	}
	return diapason.Ref{Record: "visit/" + c.ID, URL: redactURL(c.Site)}
}

func sortedSets(sets [][]string) [][]string {
	out := slices.Clone(sets)
	slices.SortFunc(out, slices.Compare)
	return out
}
