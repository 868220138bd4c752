package respawn

import (
	"cmp"
	"math/bits"
	"slices"
)

// A set is a set of atoms, one bit for each in the order of the plan: at most
// 64, which is more than a browser has.
type set uint64

func (s set) size() int { return bits.OnesCount64(uint64(s)) }

// within tells whether s is a part of t, or equal to it.
func (s set) within(t set) bool { return s&^t == 0 }

// members lists the sets of one that make up s, in the order of the plan.
func (s set) members() []set {
	var all []set
	for ; s != 0; s &= s - 1 {
		all = append(all, s&-s)
	}
	return all
}

// halves splits a set in two, the first half of its members and the second.
func (s set) halves() (first, second set) {
	for i, m := range s.members() {
		if i < s.size()/2 {
			first |= m
		} else {
			second |= m
		}
	}
	return first, second
}

// compare puts small sets first, and of two as large the one whose first atom
// that the other lacks comes earlier in the plan.
func (s set) compare(t set) int {
	if d := cmp.Compare(s.size(), t.size()); d != 0 || s == t {
		return d
	}
	differ := s ^ t
	if s&differ&-differ != 0 {
		return -1
	}
	return 1
}

// minimal leaves out the sets that have another within, and sorts the rest.
func minimal(sets []set) []set {
	slices.SortFunc(sets, set.compare)
	var out []set
	for _, s := range sets {
		if !slices.ContainsFunc(out, func(o set) bool { return o.within(s) }) {
			out = append(out, s)
		}
	}
	return out
}

// hitting lists the minimal sets that have a member in common with each of the
// given ones, the smallest first (Berge's algorithm, Hypergraphs, 1989,
// chapter 2: one set after the other). Of no sets at all it is the empty one.
func hitting(sets []set) []set {
	out := []set{0}
	for _, s := range sets {
		var next []set
		for _, h := range out {
			if h&s != 0 {
				next = append(next, h)
				continue
			}
			for _, m := range s.members() {
				next = append(next, h|m)
			}
		}
		out = minimal(next)
	}
	return out
}

// An order gives each atom its bit.
type order []string

// set is the set of the named atoms; names that the order lacks are left out.
func (o order) set(names []string) set {
	var s set
	for i, name := range o {
		if slices.Contains(names, name) {
			s |= 1 << i
		}
	}
	return s
}

// names lists the atoms of a set in order.
func (o order) names(s set) []string {
	names := []string{}
	for i, name := range o {
		if s&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return names
}
