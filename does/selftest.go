package does

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"diapason.dev/diapason"
	"diapason.dev/diapason/internal/browse"
)

// The experiment on deleted identifiers rests on copying parts of a profile. So
// it is tried first on a page of our own, with the same browser and flags: one
// visit leaves a mark in every part, and three return with some of the parts
// each. A part works if its mark was found whenever it was kept, and never
// otherwise. What fails twice is left out of the experiment.

const (
	selfTestPrefix = "selftest/"
	selfTestSeed   = selfTestPrefix + "V0"
	selfTestRounds = 2 // what fails is tried once more: a visit can break off
)

// selfTestCodes tell in which of the three visits a part is kept, one bit for
// each. Every part is kept in one visit at least, and left out of one.
var selfTestCodes = []int{0b001, 0b010, 0b100, 0b011, 0b101, 0b110}

// selfTestSets are the parts that the three visits keep.
func selfTestSets() [3][]string {
	var sets [3][]string
	for i, a := range browse.Atoms {
		for v := range sets {
			if selfTestCodes[i%len(selfTestCodes)]>>v&1 == 1 {
				sets[v] = append(sets[v], a.Name)
			}
		}
	}
	return sets
}

// selfTest makes the visits of the self-test and returns the parts that are to
// be left out of the experiment. It tells false if the experiment cannot be
// made.
func (t *tour) selfTest(ctx context.Context) (failing []string, ok bool) {
	st, err := t.browser.SelfTest(ctx)
	if err != nil {
		t.miss(experiment, err)
		return nil, false
	}
	defer st.Close()
	seed := seedProfile{browser: st.Browser}
	defer seed.remove()
	own := &tour{browser: st.Browser, atOnce: t.atOnce, done: t.done}
	own.walk(ctx, []chain{{visits: []browse.Visit{st.Seed(selfTestSeed)}, profile: seed.open, kept: true}})
	for round := 0; round < selfTestRounds && own.err == nil && len(own.missed) == 0 && !selfTested(own.captures).passed(); round++ {
		own.walk(ctx, seeks(st, seed.profile, round))
	}
	t.captures = append(t.captures, own.captures...)
	t.missed, t.unseen, t.err = append(t.missed, own.missed...), append(t.unseen, own.unseen...), own.err
	if own.err != nil || len(own.missed) > 0 {
		return nil, false
	}
	result := selfTested(own.captures)
	if slices.Contains(result.Fails, target) {
		t.miss(experiment, diapason.WithHint(
			errors.New("it was not made: the self-test found that this browser does not give up its cookies, or does not keep them, when its profile is copied"),
			"take another version of the browser, and audit again"))
		return nil, false
	}
	for _, f := range result.Fails {
		t.missed = append(t.missed, diapason.Gap{
			Channel: diapason.Does, What: fmt.Sprintf("the store %q in %s", f, experiment), Why: selfTestFailed, Minor: true,
			Next: "take another version of the browser, and audit again",
		})
	}
	return result.Fails, true
}

// selfTestFailed says why a store was left out.
const selfTestFailed = "the self-test found that this browser does not keep it by itself when its profile is copied"

// seeks are the three returning visits of one round.
func seeks(st *browse.SelfTest, seed *browse.Profile, round int) []chain {
	var all []chain
	for i, keep := range selfTestSets() {
		n := round*3 + i + 1
		all = append(all, chain{
			visits:  []browse.Visit{st.Seek(selfTestPrefix+strconv.Itoa(n), n)},
			profile: func() (*browse.Profile, error) { return st.Browser.Transplant(seed, keep) },
		})
	}
	return all
}

// selfTested reads from the visits of a self-test which parts of a profile work.
func selfTested(captures []*diapason.Capture) SelfTest {
	var r SelfTest
	rounds := map[int][]*diapason.Capture{}
	for _, c := range captures {
		r.Visits = append(r.Visits, c.ID)
		if n, err := strconv.Atoi(strings.TrimPrefix(c.ID, selfTestPrefix)); err == nil {
			rounds[(n-1)/3] = append(rounds[(n-1)/3], c)
		}
	}
	for _, a := range browse.Atoms {
		if worksIn(rounds, a.Name) {
			r.Works = append(r.Works, a.Name)
		} else {
			r.Fails = append(r.Fails, a.Name)
		}
	}
	return r
}

// worksIn tells whether in one round a part was found exactly where it was kept.
func worksIn(rounds map[int][]*diapason.Capture, atom string) bool {
	for _, visits := range rounds {
		right := 0
		for _, c := range visits {
			found, told := browse.Marked(c)
			if told && slices.Contains(found, atom) == slices.Contains(c.Profile.Kept, atom) {
				right++
			}
		}
		if right == 3 {
			return true
		}
	}
	return false
}

// passed tells whether nothing failed.
func (s SelfTest) passed() bool { return len(s.Fails) == 0 && len(s.Works) > 0 }

// selfTest is what the record tells of the self-test; nil if none was made.
func (r *reading) selfTest() *SelfTest {
	if len(r.record.selfTest) == 0 {
		return nil
	}
	s := selfTested(r.record.selfTest)
	return &s
}
