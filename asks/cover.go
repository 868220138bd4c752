package asks

import (
	"cmp"
	"slices"
)

// The search for the smallest set is exact up to these limits; beyond them it
// takes the cheapest set for one need after the other and says so.
const (
	maxCandidates = 40
	maxNodes      = 200_000
)

// A cover is a choice of scopes that satisfies every need.
type cover struct {
	scopes      []int // ascending
	reach       int
	approximate bool
}

// reachOf weighs a set of scopes: the weights of all terms that it opens, each
// once, and the fines for effects that it shows together. A scope that is not
// known, -1, weighs nothing.
func (x *index) reachOf(scopes []int, persist bool) int {
	o := x.extent(persist)
	for _, i := range scopes {
		if i >= 0 {
			o.open(i)
		}
	}
	return o.weight + x.fined(o.shown)
}

// smallest finds the set of scopes that satisfies every need and reaches
// least, given that the scopes in base are there anyway. Between sets of equal
// reach it takes the one with fewer scopes, then the first in name order.
func (x *index) smallest(needs [][]alternative, base []int, persist bool) cover {
	o := x.extent(persist)
	o.add(base)
	for _, alts := range needs {
		if len(alts) == 1 { // there is no choice
			o.add(alts[0])
		}
	}
	var open [][]alternative
	for _, alts := range needs {
		if !o.meets(alts) {
			open = append(open, alts)
		}
	}
	slices.SortStableFunc(open, fewest[alternative])
	candidates := candidatesOf(open)
	if len(candidates) <= maxCandidates && len(open) > 0 {
		return newSearch(&o, open, candidates).run()
	}
	for _, alts := range open {
		o.addCheapest(alts)
	}
	slices.Sort(o.scopes)
	return cover{scopes: o.scopes, reach: o.weight + x.fined(o.shown), approximate: len(open) > 0}
}

// candidatesOf lists the scopes between which there is a choice, ascending.
func candidatesOf(open [][]alternative) []int {
	var all []int
	for _, alts := range open {
		for _, a := range alts {
			all = append(all, a...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// An extent is a set of scopes that grows, with all that it opens.
type extent struct {
	x      *index
	scopes []int  // in the order in which they came
	always uint16 // effects that any scope shows because the grant lasts
	terms  []uint64
	weight int
	shown  uint16
}

func (x *index) extent(persist bool) extent {
	o := extent{x: x, terms: make([]uint64, termWords(len(x.weights)))}
	if persist {
		o.always = persistBit
	}
	return o
}

func termWords(terms int) int { return (terms + 63) / 64 }

func (o *extent) add(scopes []int) {
	for _, i := range scopes {
		if slices.Contains(o.scopes, i) {
			continue
		}
		o.scopes = append(o.scopes, i)
		o.open(i)
	}
}

// open counts what one scope opens.
func (o *extent) open(i int) {
	o.shown |= o.x.effects[i] | o.always
	for _, t := range o.x.opens[i] {
		if bit := uint64(1) << (t % 64); o.terms[t/64]&bit == 0 {
			o.terms[t/64] |= bit
			o.weight += o.x.weights[t]
		}
	}
}

// meets tells whether the set holds one of the alternatives.
func (o *extent) meets(alts []alternative) bool {
	return slices.ContainsFunc(alts, func(a alternative) bool {
		return !slices.ContainsFunc(a, func(i int) bool { return !slices.Contains(o.scopes, i) })
	})
}

// addCheapest satisfies one need by the alternative that costs least now.
func (o *extent) addCheapest(alts []alternative) {
	if o.meets(alts) {
		return
	}
	best, bestReach, bestSize := alternative(nil), 0, 0
	for _, a := range alts {
		with := extent{x: o.x, scopes: slices.Clone(o.scopes), always: o.always, terms: slices.Clone(o.terms), weight: o.weight, shown: o.shown}
		with.add(a)
		reach, size := with.weight+o.x.fined(with.shown), len(with.scopes)
		if best == nil || cmp.Or(cmp.Compare(reach, bestReach), cmp.Compare(size, bestSize), slices.Compare(a, best)) < 0 {
			best, bestReach, bestSize = a, reach, size
		}
	}
	o.add(best)
}

// fined is the sum of the penalties for effects that are shown together.
func (x *index) fined(shown uint16) int {
	total := 0
	for _, f := range x.fines {
		if shown&f.bits == f.bits {
			total += f.add
		}
	}
	return total
}
