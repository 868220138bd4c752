package asks

import (
	"cmp"
	"math/bits"
	"slices"
)

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
	s.opened = make([]uint64, len(open)*words)
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
	slices.SortStableFunc(s.needs, func(a, b []option) int {
		return cmp.Or(fewest(a, b), cmp.Compare(s.least(b, &start), s.least(a, &start)))
	})
	s.descend(0, 0, start)
	c := cover{scopes: s.base.scopes, reach: s.bestReach, approximate: s.approximate}
	for rest := s.best &^ start.on; rest != 0; rest &= rest - 1 {
		c.scopes = append(c.scopes, s.candidates[bits.TrailingZeros64(rest)])
	}
	slices.Sort(c.scopes)
	return c
}

// fewest orders needs: the less choice there is, the earlier it is made.
func fewest[T any](a, b []T) int { return cmp.Compare(len(a), len(b)) }

// least is what the whole would reach with the cheapest option of a need. The
// search settles what must cost most first.
func (s *search) least(need []option, at *state) int {
	least, _ := s.cost(&need[0], at)
	for k := range need[1:] {
		reach, _ := s.cost(&need[1+k], at)
		least = min(least, reach)
	}
	return least
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
		least, share := s.cost(&need[0], at)
		for k := range need[1:] {
			r, sh := s.cost(&need[1+k], at)
			least, share = min(least, r), min(share, sh)
		}
		reach = max(reach, least)
		shares += share
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
