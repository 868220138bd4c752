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
// once, and the fines for effects that it shows together.
func (x *index) reachOf(scopes []int, persist bool) int {
	s := newSearch(x, nil, persist)
	s.push(scopes)
	return s.reach()
}

// smallest finds the set of scopes that satisfies every need and reaches
// least, given that the scopes in base are there anyway. Between sets of equal
// reach it takes the one with fewer scopes, then the first in name order.
func (x *index) smallest(needs [][]alternative, base []int, persist bool) cover {
	needs = slices.SortedStableFunc(slices.Values(needs), func(a, b []alternative) int { return cmp.Compare(len(a), len(b)) })
	s := newSearch(x, needs, persist)
	s.push(base)
	s.greedy()
	if s.candidates() <= maxCandidates {
		s.descend(0)
	} else {
		s.approximate = true
	}
	return cover{scopes: s.best, reach: s.bestReach, approximate: s.approximate}
}

// A search walks through choices depth first. It counts how many chosen scopes
// open each term, so that a step can be taken back.
type search struct {
	x           *index
	needs       [][]alternative
	persist     bool
	on          []bool
	chosen      []int
	opened      []int
	effects     [16]int
	weight      int
	best        []int
	bestReach   int
	nodes       int
	approximate bool
}

func newSearch(x *index, needs [][]alternative, persist bool) *search {
	return &search{
		x: x, needs: needs, persist: persist, bestReach: -1,
		on: make([]bool, len(x.opens)), opened: make([]int, len(x.weights)),
	}
}

// candidates counts the scopes between which there is a choice.
func (s *search) candidates() int {
	seen := map[int]bool{}
	for _, alts := range s.needs {
		for _, a := range alts {
			for _, i := range a {
				seen[i] = true
			}
		}
	}
	return len(seen)
}

// push adds scopes and returns how many were new; pop takes that many back.
func (s *search) push(scopes []int) int {
	added := 0
	for _, i := range scopes {
		if s.on[i] {
			continue
		}
		added++
		s.on[i] = true
		s.chosen = append(s.chosen, i)
		for _, t := range s.x.opens[i] {
			if s.opened[t]++; s.opened[t] == 1 {
				s.weight += s.x.weights[t]
			}
		}
		s.count(s.x.effects[i], 1)
	}
	return added
}

func (s *search) pop(n int) {
	for range n {
		i := s.chosen[len(s.chosen)-1]
		s.chosen = s.chosen[:len(s.chosen)-1]
		s.on[i] = false
		for _, t := range s.x.opens[i] {
			if s.opened[t]--; s.opened[t] == 0 {
				s.weight -= s.x.weights[t]
			}
		}
		s.count(s.x.effects[i], -1)
	}
}

func (s *search) count(bits uint16, by int) {
	for b := 0; bits != 0; b, bits = b+1, bits>>1 {
		if bits&1 == 1 {
			s.effects[b] += by
		}
	}
}

func (s *search) reach() int {
	var shown uint16
	for b, n := range s.effects {
		if n > 0 {
			shown |= 1 << b
		}
	}
	if s.persist && len(s.chosen) > 0 {
		shown |= persistBit
	}
	total := s.weight
	for _, f := range s.x.fines {
		if shown&f.bits == f.bits {
			total += f.add
		}
	}
	return total
}

// satisfied tells whether the chosen scopes hold one of the sets.
func (s *search) satisfied(alts []alternative) bool {
	for _, a := range alts {
		all := true
		for _, i := range a {
			all = all && s.on[i]
		}
		if all {
			return true
		}
	}
	return false
}

// greedy takes the cheapest set for each need in turn: the answer where the
// search is too large, and a bound for it otherwise.
func (s *search) greedy() {
	pushed := 0
	for _, alts := range s.needs {
		if !s.satisfied(alts) {
			pushed += s.push(s.branches(alts)[0].set)
		}
	}
	s.keep(s.reach())
	s.pop(pushed)
}

// A branch is one set with what the whole would reach if it were taken.
type branch struct {
	set   alternative
	reach int
	added int
}

// branches orders the sets of one need by what they cost now.
func (s *search) branches(alts []alternative) []branch {
	list := make([]branch, len(alts))
	for i, a := range alts {
		n := s.push(a)
		list[i] = branch{a, s.reach(), n}
		s.pop(n)
	}
	slices.SortStableFunc(list, func(a, b branch) int {
		return cmp.Or(cmp.Compare(a.reach, b.reach), cmp.Compare(a.added, b.added), slices.Compare(a.set, b.set))
	})
	return list
}

// descend decides the needs from position i on. Reach and number never fall
// when a scope is added, so a branch that is already worse than the best whole
// is cut. A need that is already satisfied costs nothing and is passed over.
func (s *search) descend(i int) {
	for i < len(s.needs) && s.satisfied(s.needs[i]) {
		i++
	}
	if i == len(s.needs) {
		s.keep(s.reach())
		return
	}
	for _, b := range s.branches(s.needs[i]) {
		if s.nodes++; s.nodes > maxNodes {
			s.approximate = true
			return
		}
		if b.reach > s.bestReach || b.reach == s.bestReach && len(s.chosen)+b.added > len(s.best) {
			continue
		}
		n := s.push(b.set)
		if s.bound(i+1) <= s.bestReach {
			s.descend(i + 1)
		}
		s.pop(n)
	}
}

// bound is a reach that no completion can go below: every need that is open
// adds at least what its cheapest set adds to what is chosen now.
func (s *search) bound(from int) int {
	least := s.reach()
	for _, alts := range s.needs[from:] {
		if s.satisfied(alts) {
			continue
		}
		cheapest := -1
		for _, a := range alts {
			n := s.push(a)
			if r := s.reach(); cheapest < 0 || r < cheapest {
				cheapest = r
			}
			s.pop(n)
		}
		least = max(least, cheapest)
	}
	return least
}

// keep remembers the chosen set if it is the best so far.
func (s *search) keep(reach int) {
	set := slices.Sorted(slices.Values(s.chosen))
	if s.bestReach >= 0 {
		if c := cmp.Or(cmp.Compare(reach, s.bestReach), cmp.Compare(len(set), len(s.best)), slices.Compare(set, s.best)); c >= 0 {
			return
		}
	}
	s.best, s.bestReach = set, reach
}
