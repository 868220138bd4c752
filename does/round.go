package does

import (
	"cmp"
	"maps"
	"slices"

	"diapason.dev/diapason"
)

// A round is the visits of one phase with several profiles, and the
// identifiers in what they sent.
type round struct {
	phase   diapason.Phase
	stage   *stage
	visits  []*diapason.Capture
	first   *diapason.Capture // whole, not only after its choice
	profile int               // of the first visit
	tagged  []sighted
}

// sortRounds lists the four visits, then the phases that were visited with two
// profiles at least.
func (r *reading) sortRounds() []round {
	var all []round
	seen := diapason.P0
	if r.four[0] != nil {
		seen = r.four[0].Phase
		all = append(all, round{phase: seen, stage: r.stages[diapason.P0], visits: r.four[:], first: r.four[0], tagged: r.tagged})
	}
	byPhase := map[diapason.Phase][]*diapason.Capture{}
	for _, c := range r.everyday {
		if c.Phase != diapason.P0 && c.Phase != seen && c.Run >= 1 && c.Run <= runs {
			byPhase[c.Phase] = append(byPhase[c.Phase], c)
		}
	}
	for _, p := range slices.Sorted(maps.Keys(byPhase)) {
		visits := byPhase[p]
		slices.SortStableFunc(visits, func(a, b *diapason.Capture) int { return cmp.Compare(a.Run, b.Run) })
		if visits[0].Run == visits[len(visits)-1].Run {
			continue // one profile tells no value from a constant
		}
		rd := round{phase: p, stage: r.stage(p), visits: visits, first: r.whole[visits[0]], profile: visits[0].Run - 1}
		rd.tagged = r.sightIn(rd)
		all = append(all, rd)
	}
	return all
}

// sightIn is sight for a phase other than that of the four visits. Every
// profile has values of its own there.
func (r *reading) sightIn(rd round) []sighted {
	found := map[place][]sighting{}
	for _, c := range rd.visits {
		for _, x := range r.search(c, rd.stage) {
			found[x.place] = append(found[x.place], x.sighting)
		}
	}
	var all []sighted
	for _, t := range r.tagsIn(rd.stage) {
		s := sighted{tag: t, sightings: found[t.place]}
		s.values = [3]string{}
		for _, c := range rd.visits {
			if own := r.personal(c, t); len(own) > 0 && s.values[c.Run-1] == "" {
				s.values[c.Run-1] = own[0]
			}
		}
		if s.values == ([3]string{}) {
			continue
		}
		first := slices.IndexFunc(all, s.copies)
		if first >= 0 && (!t.place.kept() || coveredTag(all, t)) {
			continue
		}
		s.primary = first < 0
		all = append(all, s)
	}
	return all
}

// copies tells whether two places hold one value: the same in every profile in
// which both have one.
func (s sighted) copies(t sighted) bool {
	both := false
	for i, value := range s.values {
		if value == "" || t.values[i] == "" {
			continue
		}
		if value != t.values[i] {
			return false
		}
		both = true
	}
	return both
}
