package asks

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
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

// exhaustive tries every set of scopes.
func exhaustive(x *index, needs [][]alternative) int {
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
	best := -1
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
		reach := 0
		for ; opened != 0; opened &= opened - 1 {
			reach += x.weights[bits.TrailingZeros64(opened)]
		}
		for _, f := range x.fines {
			if shown&f.bits == f.bits {
				reach += f.add
			}
		}
		if best < 0 || reach < best {
			best = reach
		}
	}
	return best
}

func satisfies(set uint32, needs [][]uint32) bool {
	for _, masks := range needs {
		if !slices.ContainsFunc(masks, func(m uint32) bool { return set&m == m }) {
			return false
		}
	}
	return true
}

func TestCoverReachesWhatTryingEverySetReaches(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 16))
	var ours, theirs time.Duration
	for i := range 2000 {
		x, needs := randomProblem(rng, 16, 1+rng.IntN(8))
		start := time.Now()
		got := x.smallest(needs, nil, false)
		ours += time.Since(start)
		start = time.Now()
		want := exhaustive(x, needs)
		theirs += time.Since(start)
		if got.reach != want || got.approximate || x.reachOf(got.scopes, false) != want {
			t.Fatalf("instance %d: reach %d of %v, want %d", i, got.reach, got.scopes, want)
		}
		for _, alts := range needs {
			if !slices.ContainsFunc(alts, func(a alternative) bool { return within(a, got.scopes) }) {
				t.Fatalf("instance %d: %v leaves a need open", i, got.scopes)
			}
		}
	}
	t.Logf("cover %v an instance, every set %v: %.0f times", ours/2000, theirs/2000, float64(theirs)/float64(ours))
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

func BenchmarkCover(b *testing.B) {
	for _, size := range []struct{ scopes, needs int }{{16, 8}, {40, 40}} {
		b.Run(fmt.Sprintf("%dcandidates", size.scopes), func(b *testing.B) {
			rng := rand.New(rand.NewPCG(3, 3))
			type problem struct {
				x     *index
				needs [][]alternative
			}
			var problems []problem
			for range 200 {
				x, needs := randomProblem(rng, size.scopes, size.needs)
				problems = append(problems, problem{x, needs})
			}
			var worst time.Duration
			for i := 0; b.Loop(); i++ {
				p := problems[i%len(problems)]
				start := time.Now()
				p.x.smallest(p.needs, nil, false)
				worst = max(worst, time.Since(start))
			}
			b.ReportMetric(float64(worst.Microseconds()), "worst-µs")
		})
	}
}
