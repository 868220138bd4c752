package asks

import (
	"cmp"
	"math/bits"
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
// once, and the fines for effects that it shows together.
func (x *index) reachOf(scopes []int, persist bool) int {
	o := x.extent(persist)
	o.add(scopes)
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
	slices.SortStableFunc(open, func(a, b []alternative) int { return cmp.Compare(len(a), len(b)) })
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
		o.shown |= o.x.effects[i] | o.always
		for _, t := range o.x.opens[i] {
			if bit := uint64(1) << (t % 64); o.terms[t/64]&bit == 0 {
				o.terms[t/64] |= bit
				o.weight += o.x.weights[t]
			}
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

// A search walks through the alternatives of the open needs, depth first. Sets
// of scopes are bits in the order of the candidates, which is name order.
type search struct {
	x          *index
	base       *extent
	candidates []int
	needs      [][]option
	shares     []int // by term, see bound
	branches   []branch
	opened     []uint64 // of every depth, one behind the other

	best        uint64
	bestReach   int
	bestSize    int // -1: nothing was found yet
	nodes       int
	approximate bool
}

// An option is an alternative with all that it opens.
type option struct {
	mask  uint64
	terms []uint64
	shown uint16
}

// A state is what is chosen at one point of the walk.
type state struct {
	on     uint64
	size   int
	weight int
	shown  uint16
	opened []uint64
}

// A branch is one option with what the whole would reach if it were taken.
type branch struct {
	option *option
	reach  int
	added  int
}

func newSearch(base *extent, open [][]alternative, candidates []int) *search {
	s := &search{x: base.x, base: base, candidates: candidates, bestSize: -1}
	words, total := len(base.terms), 0
	for _, alts := range open {
		total += len(alts)
	}
	options := make([]option, 0, total)
	terms := make([]uint64, total*words)
	for _, alts := range open {
		from := len(options)
		for _, a := range alts {
			o := option{shown: base.always, terms: terms[:words:words]}
			terms = terms[words:]
			for _, i := range a {
				at, _ := slices.BinarySearch(candidates, i)
				o.mask |= 1 << at
				o.shown |= s.x.effects[i]
				for _, t := range s.x.opens[i] {
					o.terms[t/64] |= 1 << (t % 64)
				}
			}
			options = append(options, o)
		}
		s.needs = append(s.needs, options[from:])
	}
	s.share()
	s.opened = make([]uint64, (len(open)+1)*words)
	return s
}

// run walks and returns the best set together with what was there before.
func (s *search) run() cover {
	start := state{size: len(s.base.scopes), weight: s.base.weight, shown: s.base.shown, opened: s.base.terms}
	for at, i := range s.candidates {
		if slices.Contains(s.base.scopes, i) {
			start.on |= 1 << at
		}
	}
	before := start.on
	s.descend(0, 0, start)
	c := cover{scopes: s.base.scopes, reach: s.bestReach, approximate: s.approximate}
	for rest := s.best &^ before; rest != 0; rest &= rest - 1 {
		c.scopes = append(c.scopes, s.candidates[bits.TrailingZeros64(rest)])
	}
	slices.Sort(c.scopes)
	return c
}

// descend decides the needs from position i on. Reach and size never fall when
// a scope is added, so a branch that is already worse than the best whole is
// cut. A need that is already satisfied costs nothing and is passed over.
func (s *search) descend(depth, i int, at state) {
	for i < len(s.needs) && met(s.needs[i], at.on) {
		i++
	}
	if i == len(s.needs) {
		s.keep(at)
		return
	}
	first := len(s.branches)
	for k := range s.needs[i] {
		o := &s.needs[i][k]
		reach, _ := s.cost(o, &at)
		s.branches = append(s.branches, branch{o, reach, bits.OnesCount64(o.mask &^ at.on)})
	}
	slices.SortFunc(s.branches[first:], cheapest)
	for k := range s.needs[i] {
		if s.nodes++; s.nodes > maxNodes && s.bestSize >= 0 {
			s.approximate = true
			break
		}
		b := s.branches[first+k]
		if s.worse(b.reach, at.size+b.added) {
			continue
		}
		next := s.enter(depth, at, b)
		if !s.worse(s.bound(i+1, &next)) {
			s.descend(depth+1, i+1, next)
		}
	}
	s.branches = s.branches[:first]
}

func cheapest(a, b branch) int {
	return cmp.Or(cmp.Compare(a.reach, b.reach), cmp.Compare(a.added, b.added), inNameOrder(a.option.mask, b.option.mask))
}

// inNameOrder compares two sets of one size as lists of ascending positions:
// the one that holds the first position in which they differ comes first.
func inNameOrder(a, b uint64) int {
	differ := a ^ b
	switch {
	case differ == 0:
		return 0
	case a&differ&-differ != 0:
		return -1
	}
	return 1
}

func met(need []option, on uint64) bool {
	for k := range need {
		if on&need[k].mask == need[k].mask {
			return true
		}
	}
	return false
}

// cost is what the whole would reach with one option more, and its part in
// the bound.
func (s *search) cost(o *option, at *state) (reach, share int) {
	reach = at.weight
	for w, terms := range o.terms {
		for rest := terms &^ at.opened[w]; rest != 0; rest &= rest - 1 {
			t := w*64 + bits.TrailingZeros64(rest)
			reach += s.x.weights[t]
			share += s.shares[t]
		}
	}
	return reach + s.x.fined(at.shown|o.shown), share
}

// enter takes a branch.
func (s *search) enter(depth int, at state, b branch) state {
	words := len(at.opened)
	opened := s.opened[depth*words : (depth+1)*words]
	shown := at.shown | b.option.shown
	for w := range opened {
		opened[w] = at.opened[w] | b.option.terms[w]
	}
	return state{
		on: at.on | b.option.mask, size: at.size + b.added, weight: b.reach - s.x.fined(shown), shown: shown, opened: opened,
	}
}

// worse tells whether a whole of this reach and size cannot be the answer.
func (s *search) worse(reach, size int) bool {
	return s.bestSize >= 0 && (reach > s.bestReach || reach == s.bestReach && size > s.bestSize)
}

// oneShare is the unit of shares: large, so that little is lost by rounding down.
const oneShare = 1 << 20

// share divides the weight of every term among the needs that can open it.
func (s *search) share() {
	s.shares = make([]int, len(s.x.weights))
	for _, need := range s.needs {
		for w := range need[0].terms {
			var any uint64
			for k := range need {
				any |= need[k].terms[w]
			}
			for ; any != 0; any &= any - 1 {
				s.shares[w*64+bits.TrailingZeros64(any)]++
			}
		}
	}
	for t, needs := range s.shares {
		s.shares[t] = s.x.weights[t] * oneShare / max(needs, 1)
	}
}

// bound is a reach and a size that no completion can go below. Every open need
// adds at least what its cheapest option adds to what is chosen now. And since
// a term's weight is divided among the needs that can open it, the least
// shares of all open needs together are never more than what a completion adds.
func (s *search) bound(from int, at *state) (reach, size int) {
	fined := s.x.fined(at.shown)
	reach, size = at.weight+fined, at.size
	shares := 0
	for _, need := range s.needs[from:] {
		if met(need, at.on) {
			continue
		}
		size = at.size + 1
		cheapest, least := -1, 0
		for k := range need {
			r, share := s.cost(&need[k], at)
			if cheapest < 0 || r < cheapest {
				cheapest = r
			}
			if k == 0 || share < least {
				least = share
			}
		}
		reach = max(reach, cheapest)
		shares += least
	}
	return max(reach, at.weight+fined+(shares+oneShare-1)/oneShare), size
}

// keep remembers the chosen set if it is the best so far.
func (s *search) keep(at state) {
	reach := at.weight + s.x.fined(at.shown)
	if s.bestSize >= 0 {
		if c := cmp.Or(cmp.Compare(reach, s.bestReach), cmp.Compare(at.size, s.bestSize), inNameOrder(at.on, s.best)); c >= 0 {
			return
		}
	}
	s.best, s.bestReach, s.bestSize = at.on, reach, at.size
}
