package asks

import (
	"reflect"
	"sync"
	"testing"
)

// Purposes are worked out once and remembered, up to a bound; whoever judges at
// the same time, and however many sets of purposes were asked for before, the
// verdict is the same.
func TestManyJudgeAtOnceForManyPurposes(t *testing.T) {
	c := Default()
	p := c.byID("spotify")
	var sets [][]string
	for _, u := range p.Purposes {
		for _, w := range p.Purposes {
			sets = append(sets, []string{u.ID, w.ID})
		}
	}
	if len(sets) <= maxAims {
		t.Fatalf("%d sets of purposes do not go beyond the bound of %d", len(sets), maxAims)
	}
	verdict := func(set []string) Verdict {
		v, err := c.Verdict(Ask{URL: good("scope", "user-library-modify user-follow-modify streaming"), For: set})
		if err != nil {
			t.Error(err)
		}
		return v
	}
	want := make([]Verdict, len(sets))
	for i, set := range sets {
		want[i] = verdict(set)
	}
	var all sync.WaitGroup
	for start := range 4 {
		all.Go(func() {
			for i := range sets {
				at := (i*7 + start*50) % len(sets)
				if got := verdict(sets[at]); !reflect.DeepEqual(got, want[at]) {
					t.Errorf("%q: %+v, want %+v", sets[at], got, want[at])
				}
			}
		})
	}
	all.Wait()
	if n := len(p.book.aims); n > maxAims {
		t.Errorf("%d sets of purposes are remembered, more than %d", n, maxAims)
	}
}
