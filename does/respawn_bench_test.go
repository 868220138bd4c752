package does_test

import (
	"slices"
	"testing"
	"time"

	"diapason.dev/diapason/does"
	"diapason.dev/diapason/lab"
)

// A score counts what an experiment found of what the pages state.
type score struct {
	found, right, stated int // restoring sets, of stores or of features
	recipes, working     int // that were proved, and of these those that end it
}

func (s *score) add(f lab.Fixture, facts does.Facts) {
	want := f.Truth.Identifiers[0]
	if want.Good > 0 {
		return // it expires, and nothing can be proved
	}
	stated := append(sets(want.Restored...), sets(want.MadeOf...)...)
	s.stated += len(stated)
	got, _ := found(f, facts)
	for _, set := range append(sets(got.Stores...), sets(got.Features...)...) {
		s.found++
		if slices.Contains(stated, set) {
			s.right++
		}
	}
	if got.RecipeProved {
		s.recipes++
		if slices.Contains(sets(want.Recipes...), sets(got.Recipe)[0]) || got.Kind == "memory" && want.Memory { // quitting the browser
			s.working++
		}
	}
}

// percent is a share; of nothing it is all.
func percent(part, whole int) float64 {
	if whole == 0 {
		return 100
	}
	return 100 * float64(part) / float64(whole)
}

// beforeRepeats counts the visits of an experiment that kept something that
// none before them did, and the control at the end.
func beforeRepeats(facts does.Facts) int {
	most := 0
	for _, r := range facts.Respawns {
		seen := map[string]bool{}
		for _, t := range r.Tests {
			seen[sets(t.Kept)[0]] = true
		}
		most = max(most, len(seen)+1)
	}
	return most
}

// BenchmarkRespawn makes the experiment on the sites of the lab: on all of
// them in groups, and on five by itself, as on a site of the world. It is made
// once, however often the benchmark is to be repeated: what it prints does not
// get more exact by that.
func BenchmarkRespawn(b *testing.B) {
	list := slices.Clone(groups)
	for _, alone := range []string{"local", "five", "pair", "either", "clean"} {
		list = append(list, group{name: "alone/" + alone, names: []string{alone}, apart: true})
	}
	for _, g := range list {
		b.Run(g.name, func(b *testing.B) {
			for first := true; b.Loop(); first = false {
				if !first {
					continue
				}
				var s score
				begun := time.Now()
				captures, facts := deletions(b, g.plan())
				for _, f := range fixtures(b, g.names...) {
					s.add(f, facts)
					if problem := differs(f, facts); problem != "" {
						b.Logf("%s: %s", f.Name, problem)
					}
				}
				b.ReportMetric(percent(s.right, s.found), "precision-%")
				b.ReportMetric(percent(s.right, s.stated), "recall-%")
				b.ReportMetric(percent(s.working, s.recipes), "working-recipes-%")
				b.ReportMetric(float64(len(captures)), "visits")
				b.ReportMetric(float64(beforeRepeats(facts)), "visits-before-repeats")
				b.ReportMetric(time.Since(begun).Minutes(), "minutes")
			}
			b.ReportMetric(0, "ns/op") // the time of a loop that does nothing says nothing
		})
	}
}
