package respawn

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// A truth lists, for each identifier, the sets of atoms that each restore it.
type truth map[string][][]string

func (f truth) returns(id string, keep []string) bool {
	return slices.ContainsFunc(f[id], func(set []string) bool {
		return !slices.ContainsFunc(set, func(a string) bool { return !slices.Contains(keep, a) })
	})
}

func (f truth) ids() []string {
	var ids []string
	for id := range f {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// play runs the whole experiment against a truth; wrong may spoil a trial.
func play(atoms []string, f truth, wrong func(*Trial)) []Trial {
	var done []Trial
	for next := Next(atoms, f.ids(), done); next != nil; next = Next(atoms, f.ids(), done) {
		for _, v := range next {
			t := Trial{Visit: v, Complete: true, Back: map[string]Return{}}
			for id := range f {
				if f.returns(id, v.Keep) {
					t.Back[id] = Return{Written: true}
				}
			}
			if wrong != nil {
				wrong(&t)
			}
			done = append(done, t)
		}
	}
	return done
}

var ten = []string{"Local Storage", "IndexedDB", "WebStorage", "Service Worker", "File System", "Cache", "TransportSecurity", "Favicons", "Reporting and NEL", "Preferences"}

// core counts the visits without repeats of a positive.
func core(ts []Trial) int {
	n, seen := 0, map[string]bool{}
	for i, t := range ts {
		if k := key(t.Keep); len(t.Keep) != 1 || !seen[k] || i == len(ts)-1 {
			n++
			seen[k] = true
		}
	}
	return n
}

func TestTheExperimentFindsTheRestoringStores(t *testing.T) {
	for name, c := range map[string]struct {
		sets           [][]string
		kind           Kind
		stores         [][]string
		proved, recipe bool
		together       bool
		visits         int
	}{
		"nothing restores it":                 {nil, None, nil, false, false, false, 2},
		"the server knows the browser anyway": {[][]string{{}}, Stateless, nil, false, false, false, 2},
		"one store":                           {[][]string{{"Cache"}}, Storage, [][]string{{"Cache"}}, true, true, false, 14},
		"either of two stores":                {[][]string{{"Local Storage"}, {"Cache"}}, Storage, [][]string{{"Local Storage"}, {"Cache"}}, true, true, false, 14},
		"every store": {
			[][]string{{ten[0]}, {ten[1]}, {ten[2]}, {ten[3]}, {ten[4]}, {ten[5]}, {ten[6]}, {ten[7]}, {ten[8]}, {ten[9]}},
			Storage,
			[][]string{{ten[0]}, {ten[1]}, {ten[2]}, {ten[3]}, {ten[4]}, {ten[5]}, {ten[6]}, {ten[7]}, {ten[8]}, {ten[9]}},
			true, true, false, 13,
		},
		"two stores only together":          {[][]string{{"Local Storage", "IndexedDB"}}, Storage, nil, false, false, true, 13},
		"one store, or two others together": {[][]string{{"Cache"}, {"Local Storage", "IndexedDB"}}, Storage, [][]string{{"Cache"}}, true, false, true, 14},
	} {
		t.Run(name, func(t *testing.T) {
			trials := play(ten, truth{"nid": c.sets}, nil)
			got := Conclude("nid", trials)
			if got.Kind != c.kind || fmt.Sprint(got.Stores) != fmt.Sprint(c.stores) || got.Proved != c.proved || got.RecipeProved != c.recipe || got.Together != c.together {
				t.Errorf("concluded %+v", got)
			}
			if n := core(trials); n != c.visits {
				t.Errorf("%d visits before repeats, want %d", n, c.visits)
			}
		})
	}
}

func TestIdentifiersShareTheVisits(t *testing.T) {
	f := truth{"a": {{"Cache"}}, "b": {{"Local Storage"}}, "c": nil, "d": {{"Cache"}}}
	trials := play(ten, f, nil)
	if n := core(trials); n != 15 {
		t.Errorf("%d visits before repeats, want 15: one proof for each of two recipes", n)
	}
	for id, want := range map[string]string{"a": "[Cache]", "b": "[Local Storage]", "c": "[]", "d": "[Cache]"} {
		if got := Conclude(id, trials); fmt.Sprint(got.Recipe) != want || got.RecipeProved != (want != "[]") {
			t.Errorf("%s: recipe %v, proved %t, want %s", id, got.Recipe, got.RecipeProved, want)
		}
	}
}

func TestAnEmptyOrUnfinishedVisitProvesNothing(t *testing.T) {
	f := truth{"nid": {{"Cache"}, {"Local Storage"}}}
	for name, c := range map[string]struct {
		spoil  func(*Trial)
		check  func(Conclusion) bool
		expect string
	}{
		"the proof visit breaks off": {
			func(t *Trial) { t.Complete = len(t.Keep) != len(ten)-2 },
			func(c Conclusion) bool { return c.Proved && !c.RecipeProved }, "stores proved, recipe not",
		},
		"the visit with nothing kept breaks off": {
			func(t *Trial) { t.Complete = len(t.Keep) > 0 },
			func(c Conclusion) bool { return !c.Proved && !c.RecipeProved }, "nothing proved",
		},
		"one store's visit breaks off": {
			func(t *Trial) {
				if slices.Equal(t.Keep, []string{"Cache"}) {
					t.Complete, t.Back = false, nil
				}
			},
			func(c Conclusion) bool {
				return slices.Equal(c.Unsure, []string{"Cache"}) && c.Together && !c.RecipeProved
			}, "Cache unsure, recipe not proved",
		},
		"the value expires": {
			func(t *Trial) {
				if t.Name != "T1" && len(t.Keep) == len(ten) {
					t.Back = nil
				}
			},
			func(c Conclusion) bool { return c.Expired && !c.Proved && !c.RecipeProved }, "expired, nothing proved",
		},
		"a positive does not repeat": {
			func() func(*Trial) {
				seen := false
				return func(t *Trial) {
					if slices.Equal(t.Keep, []string{"Cache"}) {
						if seen {
							t.Back = nil
						}
						seen = true
					}
				}
			}(),
			func(c Conclusion) bool {
				return fmt.Sprint(c.Stores) == "[[Local Storage]]" && slices.Equal(c.Unsure, []string{"Cache"}) && slices.Contains(c.Recipe, "Cache")
			}, "Cache in the recipe and not among the proved stores",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Conclude("nid", play(ten, f, c.spoil)); !c.check(got) {
				t.Errorf("concluded %+v, want %s", got, c.expect)
			}
		})
	}
}

func TestNoTrialsShowNothing(t *testing.T) {
	if c := Conclude("nid", nil); c.Kind != None || c.Proved {
		t.Errorf("concluded %+v", c)
	}
}

func TestAnExperimentThatWasCutShortProvesNoRecipe(t *testing.T) {
	f := truth{"nid": {{"Cache"}}}
	full := play(ten, f, nil)
	for n := range full {
		if c := Conclude("nid", full[:n]); c.Proved || c.RecipeProved {
			t.Errorf("after %d of %d visits: %+v", n, len(full), c)
		}
	}
}

// Whatever monotone function a service follows, the plan finds exactly the
// stores that are enough alone, and a recipe that it calls proved hits every
// set that restores the identifier.
func TestThePlanAgreesWithAnyMonotoneTruth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		atoms := ten[:rapid.IntRange(1, len(ten)).Draw(t, "atoms")]
		f := truth{}
		for i := range rapid.IntRange(1, 3).Draw(t, "identifiers") {
			f[fmt.Sprint("id", i)] = rapid.SliceOfN(rapid.SliceOfNDistinct(rapid.SampledFrom(atoms), 1, 3, rapid.ID[string]), 0, 4).Draw(t, "sets")
		}
		rapidCheck(t, atoms, f)
	})
}

func rapidCheck(t *rapid.T, atoms []string, f truth) {
	trials := play(atoms, f, nil)
	recipes := map[string]bool{}
	for id, sets := range f {
		got := Conclude(id, trials)
		var want []string
		for _, a := range atoms {
			if f.returns(id, []string{a}) {
				want = append(want, a)
			}
		}
		if !slices.Equal(got.Recipe, want) || len(got.Stores) != len(want) {
			t.Fatalf("%s: stores %v, recipe %v, want %v", id, got.Stores, got.Recipe, want)
		}
		rest := without(atoms, want)
		if complete := len(want) > 0 && !f.returns(id, rest); got.RecipeProved != complete {
			t.Fatalf("%s: recipe proved %t, want %t for %v", id, got.RecipeProved, complete, sets)
		}
		if got.RecipeProved {
			recipes[key(want)] = true
			for _, set := range sets {
				if !slices.ContainsFunc(set, func(a string) bool { return slices.Contains(got.Recipe, a) }) {
					t.Fatalf("%s: the proved recipe %v misses %v", id, got.Recipe, set)
				}
			}
		}
	}
	if n, most := core(trials), len(atoms)+3+len(f); n > most {
		t.Fatalf("%d visits before repeats, want at most %d", n, most)
	}
}
