package respawn

import (
	"fmt"
	"slices"
	"strings"
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

// minimal lists the sets of a truth that are minimal, as one word each.
func (f truth) minimal(id string) []string {
	var out []string
	for _, s := range f[id] {
		if len(s) == 0 || !slices.ContainsFunc(s, func(a string) bool { return f.returns(id, without(s, a)) }) {
			out = append(out, word(s))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func without(atoms []string, drop ...string) []string {
	return slices.DeleteFunc(slices.Clone(atoms), func(a string) bool { return slices.Contains(drop, a) })
}

// word is one word for a set, whatever the order of its members.
func word(set []string) string { return strings.Join(slices.Sorted(slices.Values(set)), "+") }

func words(sets [][]string) []string {
	var out []string
	for _, s := range sets {
		out = append(out, word(s))
	}
	slices.Sort(out)
	return out
}

// play runs the whole experiment against a truth; wrong may spoil a trial.
func play(p Plan, f truth, wrong func(*Trial)) []Trial {
	var done []Trial
	for next := p.Next(done); next != nil; next = p.Next(done) {
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

// core counts the visits before repeats: the one that seeds, and each set of
// atoms once, however often it was kept.
func core(ts []Trial) int {
	seen := map[string]bool{}
	for _, t := range ts {
		seen[word(t.Keep)] = true
	}
	return 1 + len(seen)
}

func single(atoms []string) (sets [][]string) {
	for _, a := range atoms {
		sets = append(sets, []string{a})
	}
	return sets
}

func TestTheExperimentFindsTheRestoringSets(t *testing.T) {
	for name, c := range map[string]struct {
		sets            [][]string
		kind            Kind
		recipe          string
		proved, recipes bool
		visits          int
	}{
		"nothing restores it":                 {nil, None, "", false, false, 3},
		"the server knows the browser anyway": {[][]string{{}}, Stateless, "", true, false, 3},
		"one store":                           {[][]string{{"Cache"}}, Storage, "Cache", true, true, 14},
		"either of two stores":                {[][]string{{"Local Storage"}, {"Cache"}}, Storage, "Cache+Local Storage", true, true, 14},
		"any of five stores":                  {single(ten[:5]), Storage, word(ten[:5]), true, true, 14},
		"every store":                         {single(ten), Storage, word(ten), true, true, 13},
		"two stores only together":            {[][]string{{"Local Storage", "IndexedDB"}}, Storage, "Local Storage", true, true, 17},
		"two far apart only together":         {[][]string{{"IndexedDB", "Preferences"}}, Storage, "IndexedDB", true, true, 24},
		"one store, or two others together":   {[][]string{{"Cache"}, {"Local Storage", "IndexedDB"}}, Storage, "Cache+Local Storage", true, true, 18},
		"two pairs with one in common":        {[][]string{{"Cache", "IndexedDB"}, {"IndexedDB", "File System"}}, Storage, "IndexedDB", true, true, 28},
		"three only together":                 {[][]string{{"WebStorage", "File System", "Favicons"}}, Storage, "WebStorage", true, true, 27},
	} {
		t.Run(name, func(t *testing.T) {
			f := truth{"nid": c.sets}
			trials := play(Plan{Atoms: ten, IDs: f.ids()}, f, nil)
			got := Conclude("nid", trials)
			want := f.minimal("nid")
			if c.kind != Storage {
				want = nil
			}
			if got.Kind != c.kind || !slices.Equal(words(got.Stores), want) || word(got.Recipe) != c.recipe || got.Proved != c.proved || got.RecipeProved != c.recipes || got.Whole != c.recipes || len(got.Unsure) > 0 {
				t.Errorf("concluded %+v", got)
			}
			if n := core(trials); n != c.visits {
				t.Errorf("%d visits before repeats, want %d", n, c.visits)
			}
		})
	}
}

func TestOfTwoRecipesAsSmallTheOneIsProvedThatStandsFirst(t *testing.T) {
	f := truth{"nid": {{"Cache", "IndexedDB"}}}
	for _, c := range []struct {
		atoms []string
		want  string
	}{{ten, "IndexedDB"}, {[]string{"Cache", "IndexedDB", "Local Storage"}, "Cache"}} {
		if got := Conclude("nid", play(Plan{Atoms: c.atoms, IDs: f.ids()}, f, nil)); word(got.Recipe) != c.want || !got.RecipeProved {
			t.Errorf("recipe %v, want %s", got.Recipe, c.want)
		}
	}
}

func TestIdentifiersShareTheVisits(t *testing.T) {
	f := truth{"a": {{"Cache"}}, "b": {{"Local Storage"}}, "c": nil, "d": {{"Cache"}}}
	trials := play(Plan{Atoms: ten, IDs: f.ids()}, f, nil)
	if n := core(trials); n != 15 {
		t.Errorf("%d visits before repeats, want 15: one proof for each of two recipes", n)
	}
	for id, want := range map[string]string{"a": "[Cache]", "b": "[Local Storage]", "c": "[]", "d": "[Cache]"} {
		if got := Conclude(id, trials); fmt.Sprint(got.Recipe) != want || got.RecipeProved != (want != "[]") {
			t.Errorf("%s: recipe %v, proved %t, want %s", id, got.Recipe, got.RecipeProved, want)
		}
	}
}

// What lies in other stores than the deleted one is looked at with each atom
// alone; nobody asks for its recipe.
func TestAnIdentifierOfAnotherStoreCostsNoProof(t *testing.T) {
	f := truth{"tag": {{"Cache"}}}
	trials := play(Plan{Atoms: ten, Also: f.ids()}, f, nil)
	if n := len(trials); n != 14 {
		t.Errorf("%d visits, want 14: everything, nothing, everything, each atom, everything", n)
	}
	if trials := play(Plan{Atoms: ten, IDs: []string{"nid"}, Also: []string{"gone"}}, f, nil); len(trials) != 3 {
		t.Errorf("%d visits where nothing came back, want 3: everything, nothing, everything", len(trials))
	}
}

func TestAnEmptyOrUnfinishedVisitProvesNothing(t *testing.T) {
	f := truth{"nid": {{"Cache"}, {"Local Storage"}}}
	breaks := func(kept ...string) func(*Trial) {
		return func(t *Trial) {
			if word(t.Keep) == word(kept) {
				t.Complete, t.Back = false, nil
			}
		}
	}
	for name, c := range map[string]struct {
		spoil  func(*Trial)
		check  func(Conclusion) bool
		expect string
	}{
		"the proof visit breaks off": {
			breaks(without(ten, "Cache", "Local Storage")...),
			func(c Conclusion) bool { return c.Proved && !c.RecipeProved && !c.Whole }, "stores proved, recipe not",
		},
		"every visit breaks off in which it does not come back": {
			func(t *Trial) { t.Complete = t.back("nid") },
			func(c Conclusion) bool { return !c.Proved && !c.RecipeProved && len(c.Stores) == 2 }, "nothing proved",
		},
		"one store's visit breaks off": {
			breaks("Cache"),
			func(c Conclusion) bool {
				return word(c.Recipe) == "Cache+Local Storage" && fmt.Sprint(c.Unsure) == "[[Cache]]" && fmt.Sprint(c.Stores) == "[[Local Storage]]" && c.RecipeProved
			}, "Cache unsure, and in the recipe",
		},
		"the value expires": {
			func(t *Trial) {
				if t.Name != "T1" && t.Name != "T3" && len(t.Keep) == len(ten) {
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
				return fmt.Sprint(c.Stores) == "[[Local Storage]]" && fmt.Sprint(c.Unsure) == "[[Cache]]" && slices.Contains(c.Recipe, "Cache")
			}, "Cache in the recipe and not among the proved stores",
		},
	} {
		t.Run(name, func(t *testing.T) {
			trials := play(Plan{Atoms: ten, IDs: f.ids()}, f, c.spoil)
			if got := Conclude("nid", trials); !c.check(got) || len(trials) >= budget {
				t.Errorf("concluded %+v after %d visits, want %s", got, len(trials), c.expect)
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
	f := truth{"nid": {{"Cache"}, {"Local Storage", "IndexedDB"}}}
	full := play(Plan{Atoms: ten, IDs: f.ids()}, f, nil)
	for n := range full {
		if c := Conclude("nid", full[:n]); c.Proved || c.RecipeProved || c.Whole {
			t.Errorf("after %d of %d visits: %+v", n, len(full), c)
		}
	}
}

// Five disjoint triples have 243 recipes of five atoms: to try them all takes
// more visits than there are, and the experiment says that it is not whole.
func TestABudgetThatIsUsedUpIsSaidAndStillEndsWithTheControl(t *testing.T) {
	var atoms []string
	f := truth{}
	for i := range 5 {
		triple := []string{fmt.Sprint("a", i), fmt.Sprint("b", i), fmt.Sprint("c", i)}
		atoms = append(atoms, triple...)
		f["nid"] = append(f["nid"], triple)
	}
	trials := play(Plan{Atoms: atoms, IDs: f.ids()}, f, nil)
	got := Conclude("nid", trials)
	if len(trials) != budget || len(trials[budget-1].Keep) != len(atoms) {
		t.Errorf("%d visits, the last of which kept %d atoms", len(trials), len(trials[len(trials)-1].Keep))
	}
	if got.Whole {
		t.Errorf("concluded %+v", got)
	}
}

// Three visits, with the one that seeds, tell that a store among those that are
// kept together restores the identifier. That is all they tell.
func TestTheQuickPlanProvesNothing(t *testing.T) {
	atoms := []string{"Cache", "TransportSecurity", "Favicons"}
	f := truth{"kept": {{"Cache"}}, "elsewhere": {{"Local Storage"}}, "anyway": {{}}}
	trials := play(Plan{Atoms: atoms, IDs: f.ids(), Quick: true}, f, nil)
	if len(trials) != 2 || word(trials[0].Keep) != word(atoms) || len(trials[1].Keep) > 0 {
		t.Fatalf("visits %+v", trials)
	}
	for id, kind := range map[string]Kind{"kept": Storage, "elsewhere": None, "anyway": Stateless} {
		if c := Conclude(id, trials); c.Kind != kind || c.Proved || c.RecipeProved || c.Whole || len(c.Stores) > 0 {
			t.Errorf("%s: concluded %+v", id, c)
		}
	}
}

// Whatever monotone function a service follows, a conclusion that calls itself
// whole names exactly the minimal sets that restore the identifier, and a
// recipe that it calls proved hits every one of them.
func TestThePlanAgreesWithAnyMonotoneTruth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		atoms := ten[:rapid.IntRange(1, len(ten)).Draw(t, "atoms")]
		f := truth{}
		for i := range rapid.IntRange(1, 3).Draw(t, "identifiers") {
			f[fmt.Sprint("id", i)] = rapid.SliceOfN(rapid.SliceOfNDistinct(rapid.SampledFrom(atoms), 1, 3, rapid.ID[string]), 0, 4).Draw(t, "sets")
		}
		agree(t, atoms, f)
	})
}

// Where any one of several stores is enough, whichever and however many they
// are, each atom is kept alone, and beside that there are four visits: the one
// that seeds, everything, nothing, and everything but those that are enough.
// Two atoms or one make some of these the same. An identifier more costs a
// visit if its stores are others.
func TestStoresThatAreEachEnoughAreFoundInFourVisitsMoreThanThereAreAtoms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.IntRange(1, 20).Draw(t, "atoms") // with their repeats, more would not fit into the budget
		var atoms []string
		for i := range k {
			atoms = append(atoms, fmt.Sprint("a", i))
		}
		f := truth{"nid": single(rapid.SliceOfNDistinct(rapid.SampledFrom(atoms), 1, k, rapid.ID[string]).Draw(t, "stores"))}
		trials := play(Plan{Atoms: atoms, IDs: f.ids()}, f, nil)
		got := Conclude("nid", trials)
		if n := core(trials); n > k+4 {
			t.Fatalf("%d visits before repeats for %d atoms, want at most %d", n, k, k+4)
		}
		if !got.Whole || !got.RecipeProved || !slices.Equal(words(got.Stores), f.minimal("nid")) || word(got.Recipe) != word(words(f["nid"])) {
			t.Fatalf("concluded %+v of %v", got, f["nid"])
		}
	})
}

func agree(t *rapid.T, atoms []string, f truth) {
	trials := play(Plan{Atoms: atoms, IDs: f.ids()}, f, nil)
	if len(trials) > budget {
		t.Fatalf("%d visits", len(trials))
	}
	alone, recipes := true, map[string]bool{}
	for _, id := range f.ids() {
		got, sets := Conclude(id, trials), f.minimal(id)
		if (got.Kind == Storage) != (len(sets) > 0) || got.Proved && len(sets) == 0 || !got.Proved && len(sets) > 0 && len(trials) < budget {
			t.Fatalf("%s: %+v for %v", id, got, sets)
		}
		if len(trials) < budget && len(sets) > 0 && !got.Whole {
			t.Fatalf("%s: visits are left and it is not whole: %+v for %v", id, got, sets)
		}
		if got.Whole && !slices.Equal(words(got.Stores), sets) {
			t.Fatalf("%s: stores %v, want %v", id, got.Stores, sets)
		}
		for _, s := range words(got.Stores) {
			if !slices.Contains(sets, s) {
				t.Fatalf("%s: %s is no minimal restoring set of %v", id, s, sets)
			}
		}
		if got.RecipeProved && f.returns(id, without(atoms, got.Recipe...)) {
			t.Fatalf("%s: the proved recipe %v misses one of %v", id, got.Recipe, sets)
		}
		for _, s := range sets {
			alone = alone && !strings.Contains(s, "+")
		}
		if len(sets) > 0 {
			recipes[word(got.Recipe)] = true
		}
	}
	if most := len(atoms) + 3 + len(recipes); alone && core(trials) > most {
		t.Fatalf("%d visits before repeats where single atoms restore, want at most %d", core(trials), most)
	}
}

// A recipe that is proved is as small as any.
func TestNoSmallerRecipeExists(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		atoms := ten[:6]
		f := truth{"nid": rapid.SliceOfN(rapid.SliceOfNDistinct(rapid.SampledFrom(atoms), 1, 3, rapid.ID[string]), 1, 4).Draw(t, "sets")}
		got := Conclude("nid", play(Plan{Atoms: atoms, IDs: f.ids()}, f, nil))
		for s := range set(1 << len(atoms)) {
			drop := order(atoms).names(s)
			if got.RecipeProved && len(drop) < len(got.Recipe) && !f.returns("nid", without(atoms, drop...)) {
				t.Fatalf("%v is smaller than %v and does as well", drop, got.Recipe)
			}
		}
	})
}
