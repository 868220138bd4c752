package respawn

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestNegativesAreRepeatedAsOftenAsTheMissRateWants(t *testing.T) {
	for _, c := range []struct {
		rate float64
		sets int
		want int
	}{{0, 12, 1}, {.1, 12, 3}, {.01, 12, 2}, {.001, 12, 1}, {.3, 12, 5}, {.5, 12, 8}, {.1, 120, 4}, {.1, 0, 1}} {
		if got := repeats(c.rate, c.sets); got != c.want {
			t.Errorf("miss rate %g, %d sets: %d times, want %d", c.rate, c.sets, got, c.want)
		}
	}
}

// nth spoils the n-th visits that keep a set: the identifier stays away.
func nth(kept []string, which ...int) func(*Trial) {
	seen := 0
	return func(t *Trial) {
		if word(t.Keep) == word(kept) {
			if seen++; slices.Contains(which, seen) {
				t.Back = nil
			}
		}
	}
}

func TestAMissIsMeasuredAndMadeGood(t *testing.T) {
	f := truth{"nid": {{"Cache"}, {"Local Storage", "IndexedDB"}}}
	calm := play(Plan{Atoms: ten, IDs: f.ids()}, f, nil)
	for name, c := range map[string]struct {
		spoil  func(*Trial)
		rate   func(float64) bool
		proved bool
		repeat string // a set that is kept more often than in calm
	}{
		"never":                                  {nil, func(p float64) bool { return p == 0 }, true, ""},
		"the first visit that keeps everything":  {nth(ten, 1), func(p float64) bool { return p > .05 && p < .25 }, true, word(without(ten, "Cache", "Local Storage"))},
		"the second visit that keeps everything": {nth(ten, 2), func(p float64) bool { return p > .05 && p < .25 }, true, word(without(ten, "Cache", "Local Storage"))},
		"a store, the first time":                {nth([]string{"Cache"}, 1), func(p float64) bool { return p >= 0 && p < .3 }, true, ""},
		"a proof that should have seen it":       {nth(without(ten, "Cache"), 1), func(p float64) bool { return p >= 0 && p < .3 }, true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			trials := play(Plan{Atoms: ten, IDs: f.ids()}, f, c.spoil)
			got := Conclude("nid", trials)
			if !c.rate(got.MissRate) || got.Proved != c.proved || got.RecipeProved != c.proved || got.Noisy || got.Expired {
				t.Errorf("after %d visits concluded %+v", len(trials), got)
			}
			if f.returns("nid", without(ten, got.Recipe...)) || !slices.Equal(words(got.Stores), f.minimal("nid")) {
				t.Errorf("stores %v, recipe %v", got.Stores, got.Recipe)
			}
			if c.repeat != "" && times(trials, c.repeat) <= times(calm, c.repeat) {
				t.Errorf("the proof was made %d times, as often as where nothing misses", times(trials, c.repeat))
			}
		})
	}
}

func times(trials []Trial, kept string) int {
	return len(slices.DeleteFunc(slices.Clone(trials), func(t Trial) bool { return word(t.Keep) != kept }))
}

func TestWhatComesBackLessOftenThanNotProvesNothing(t *testing.T) {
	f := truth{"nid": {{"Cache"}}}
	trials := play(Plan{Atoms: ten, IDs: f.ids()}, f, nth(ten, 1, 3, 5, 6))
	got := Conclude("nid", trials)
	if got.Proved || got.RecipeProved || got.Whole || !got.Noisy || got.MissRate <= .5 || len(trials) > 12 {
		t.Errorf("after %d visits concluded %+v", len(trials), got)
	}
}

// A value that has expired stays away from everything. The experiment notices
// before it takes that for an answer.
func TestAnExpiredValueIsNoticedEarly(t *testing.T) {
	for _, sets := range [][][]string{{{"Cache"}}, {{"Local Storage", "IndexedDB"}}} {
		for life := 3; life < 14; life++ {
			f, n := truth{"nid": sets}, 0
			trials := play(Plan{Atoms: ten, IDs: f.ids()}, f, func(t *Trial) {
				if n++; n > life {
					t.Back = nil
				}
			})
			got := Conclude("nid", trials)
			if !got.Expired || got.Proved || got.RecipeProved || got.Whole || len(trials) > 30 {
				t.Errorf("%v expired after %d visits: after %d concluded %+v", sets, life, len(trials), got)
			}
		}
	}
}

func TestAReturnWithNothingKeptIsConfirmed(t *testing.T) {
	f := truth{"nid": {{}}}
	for name, c := range map[string]struct {
		spoil  func(*Trial)
		proved bool
		visits int
	}{
		"twice":              {nil, true, 4},
		"once and not again": {nth(nil, 2), false, 4},
		"it broke off": {func(t *Trial) {
			if t.Name == "T2" {
				t.Complete = false
			}
		}, true, 4},
	} {
		trials := play(Plan{Atoms: ten, IDs: f.ids()}, f, c.spoil)
		if got := Conclude("nid", trials); got.Kind != Stateless || got.Proved != c.proved || len(got.Stores) > 0 || got.RecipeProved || got.Expired || len(trials) != c.visits {
			t.Errorf("%s: after %d visits concluded %+v", name, len(trials), got)
		}
	}
}

func TestVisitsThatAlwaysBreakOffEndTheExperiment(t *testing.T) {
	f := truth{"nid": {{"Cache"}}, "pair": {{"IndexedDB", "Favicons"}}}
	for name, spoil := range map[string]func(*Trial){
		"all":                  func(t *Trial) { t.Complete, t.Back = false, nil },
		"all but the first":    func(t *Trial) { t.Complete = false; t.Back = onlyIf(t.Name == "T1", t.Back) },
		"those with the cache": func(t *Trial) { t.Complete = !slices.Contains(t.Keep, "Cache"); t.Back = onlyIf(t.Complete, t.Back) },
		"late ones": func(t *Trial) {
			t.Complete = len(t.Name) < 3
			t.Back = onlyIf(t.Complete, t.Back)
		},
	} {
		trials := play(Plan{Atoms: ten, IDs: f.ids()}, f, spoil)
		if got := Conclude("nid", trials); len(trials) > 20 || got.Proved || got.RecipeProved {
			t.Errorf("%s: after %d visits concluded %+v", name, len(trials), got)
		}
	}
}

func onlyIf[T any](keep bool, v map[string]T) map[string]T {
	if keep {
		return v
	}
	return nil
}

// A service that forgets to bring an identifier back now and then leads to a
// wrong recipe in no more than one experiment of twenty, and mostly to none.
func TestUnderNoiseAProvedRecipeIsSeldomWrong(t *testing.T) {
	const experiments = 400
	for _, rate := range []float64{.05, .1, .2, .3} {
		t.Run(fmt.Sprint(rate), func(t *testing.T) {
			r := rand.New(rand.NewPCG(uint64(rate*100), 5))
			proved, wrong, exact, most := 0, 0, 0, 0
			for range experiments {
				f := truth{"nid": draw(r)}
				trials := play(Plan{Atoms: ten, IDs: f.ids()}, f, func(t *Trial) {
					if r.Float64() < rate {
						t.Back = nil
					}
				})
				got := Conclude("nid", trials)
				most = max(most, len(trials))
				if got.RecipeProved {
					proved++
					if f.returns("nid", without(ten, got.Recipe...)) {
						wrong++
					}
				}
				if got.Whole && slices.Equal(words(got.Stores), f.minimal("nid")) {
					exact++
				}
			}
			t.Logf("of %d experiments %d proved a recipe, %d of these wrong; %d exact; at most %d visits", experiments, proved, wrong, exact, most)
			if wrong > experiments/20 || most > budget {
				t.Errorf("%d of %d proved recipes are wrong; at most %d visits", wrong, proved, most)
			}
			if rate <= .1 && proved < experiments*3/4 {
				t.Errorf("%d of %d experiments proved a recipe", proved, experiments)
			}
		})
	}
}

// draw is one, two or three sets of one or two atoms.
func draw(r *rand.Rand) (sets [][]string) {
	for range 1 + r.IntN(3) {
		var s []string
		for range 1 + r.IntN(2) {
			if a := ten[r.IntN(len(ten))]; !slices.Contains(s, a) {
				s = append(s, a)
			}
		}
		sets = append(sets, s)
	}
	return sets
}
