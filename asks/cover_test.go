package asks

import (
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"
)

// randomProblem makes an index of n scopes over twice as many terms, with a
// few fines, and needs of one to four sets each.
func randomProblem(rng *rand.Rand, n, needs int) (*index, [][]alternative) {
	x := &index{opens: make([][]int, n), effects: make([]uint16, n), parents: make([][]int, n)}
	for range 2 * n {
		x.weights = append(x.weights, rng.IntN(5))
	}
	for i := range n {
		for range 1 + rng.IntN(4) {
			x.opens[i] = append(x.opens[i], rng.IntN(2*n))
		}
		slices.Sort(x.opens[i])
		x.opens[i] = slices.Compact(x.opens[i])
		x.effects[i] = 1 << rng.IntN(8)
	}
	for range 3 {
		one, other := rng.IntN(8), rng.IntN(8)
		x.fines = append(x.fines, fine{1<<one | 1<<other, 1 + rng.IntN(4)})
	}
	var list [][]alternative
	for range needs {
		var alts []alternative
		for range 1 + rng.IntN(4) {
			set := alternative{rng.IntN(n)}
			if rng.IntN(3) == 0 {
				set = union(set, alternative{rng.IntN(n)})
			}
			alts = append(alts, set)
		}
		list = append(list, undominated(alts))
	}
	return x, list
}

// exhaustive tries every set of scopes and returns the one that reaches least;
// of those the one with the fewest scopes, and of those the first in name order.
func exhaustive(x *index, needs [][]alternative) (reach int, best uint32) {
	n := len(x.opens)
	terms := make([]uint64, n)
	for i, opened := range x.opens {
		for _, t := range opened {
			terms[i] |= 1 << t
		}
	}
	masks := make([][]uint32, len(needs))
	for i, alts := range needs {
		for _, a := range alts {
			var mask uint32
			for _, s := range a {
				mask |= 1 << s
			}
			masks[i] = append(masks[i], mask)
		}
	}
	reach = -1
	for set := range uint32(1) << n {
		if !satisfies(set, masks) {
			continue
		}
		var opened uint64
		var shown uint16
		for rest := set; rest != 0; rest &= rest - 1 {
			i := bits.TrailingZeros32(rest)
			opened |= terms[i]
			shown |= x.effects[i]
		}
		r := 0
		for ; opened != 0; opened &= opened - 1 {
			r += x.weights[bits.TrailingZeros64(opened)]
		}
		for _, f := range x.fines {
			if shown&f.bits == f.bits {
				r += f.add
			}
		}
		if reach < 0 || r < reach || r == reach && earlier(set, best) {
			reach, best = r, set
		}
	}
	return reach, best
}

// earlier tells whether of two sets of equal reach a is to be preferred.
func earlier(a, b uint32) bool {
	if d := bits.OnesCount32(a) - bits.OnesCount32(b); d != 0 {
		return d < 0
	}
	return slices.Compare(positions(a), positions(b)) < 0
}

func positions(set uint32) []int {
	var list []int
	for ; set != 0; set &= set - 1 {
		list = append(list, bits.TrailingZeros32(set))
	}
	return list
}

func satisfies(set uint32, needs [][]uint32) bool {
	for _, masks := range needs {
		if !slices.ContainsFunc(masks, func(m uint32) bool { return set&m == m }) {
			return false
		}
	}
	return true
}

func TestCoverIsWhatTryingEverySetFinds(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 16))
	ties := 0
	for i := range 2000 {
		x, needs := randomProblem(rng, 16, 1+rng.IntN(8))
		got := x.smallest(needs, nil, false)
		want, set := exhaustive(x, needs)
		if got.reach != want || got.approximate || x.reachOf(got.scopes, false) != want {
			t.Fatalf("instance %d: reach %d of %v, want %d", i, got.reach, got.scopes, want)
		}
		if !slices.Equal(got.scopes, positions(set)) {
			t.Fatalf("instance %d: %v of reach %d, want %v: fewer scopes, then the first names", i, got.scopes, want, positions(set))
		}
		if slices.ContainsFunc(got.scopes, func(s int) bool { return x.reachOf([]int{s}, false) == 0 }) {
			ties++
		}
	}
	if ties == 0 {
		t.Error("in no instance was there a scope that costs nothing: the rule for ties was not put to the test")
	}
}

func TestEqualReachIsSettledByNumberAndThenByName(t *testing.T) {
	x := &index{opens: [][]int{{0}, {0}, {0}, {0}}, effects: make([]uint16, 4), weights: []int{1}}
	got := x.smallest([][]alternative{{{1}, {2}, {3}}, {{0, 3}, {2}, {3}}}, nil, false)
	if !slices.Equal(got.scopes, []int{2}) || got.reach != 1 {
		t.Errorf("got %v of reach %d, want only scope 2", got.scopes, got.reach)
	}
}

func TestSearchBeyondItsLimitSaysThatItIsApproximate(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	x, needs := randomProblem(rng, 200, 120)
	got := x.smallest(needs, nil, false)
	if !got.approximate {
		t.Error("200 scopes were searched and the answer is called exact")
	}
	for _, alts := range needs {
		if !slices.ContainsFunc(alts, func(a alternative) bool { return within(a, got.scopes) }) {
			t.Fatal("a need is left open")
		}
	}
}

// Where every scope opens one thing of its own and all weigh the same, almost
// every choice is as good as the next one, and no bound cuts much.
func TestSearchOfTooManyStepsSaysThatItIsApproximate(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 5))
	x := &index{opens: make([][]int, maxCandidates), effects: make([]uint16, maxCandidates)}
	for i := range maxCandidates {
		x.opens[i], x.weights = []int{i}, append(x.weights, 1)
	}
	var needs [][]alternative
	for range 40 {
		var alts []alternative
		for range 5 {
			alts = append(alts, alternative{rng.IntN(maxCandidates)})
		}
		needs = append(needs, undominated(alts))
	}
	got := x.smallest(needs, nil, false)
	if !got.approximate || got.reach != len(got.scopes) {
		t.Errorf("%v of reach %d, approximate %v: want the best that was found within the limit, and to be told", got.scopes, got.reach, got.approximate)
	}
	for _, alts := range needs {
		if !slices.ContainsFunc(alts, func(a alternative) bool { return within(a, got.scopes) }) {
			t.Fatal("a need is left open")
		}
	}
}
