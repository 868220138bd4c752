package does_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/does"
	"diapason.dev/diapason/internal/browse"
	"diapason.dev/diapason/lab"
)

// A score counts what an experiment found of what the pages state.
type score struct {
	found, right, stated int // restoring sets, of stores or of features
	recipes, working     int // that were proved, and of these those that end it
}

// add counts one fixture. A recipe works if the page states it and it ended
// the name when it was followed once more.
func (s *score) add(f lab.Fixture, facts does.Facts, ended func(lab.Fixture, []string) bool) {
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
		quit := got.Kind == "memory" && want.Memory // its recipe is to quit the browser
		if (quit || slices.Contains(sets(want.Recipes...), sets(got.Recipe)[0])) && ended(f, got.Recipe) {
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

// beforeRepeats counts the visits of an experiment before repeats: the one that
// seeds, and each set of stores once. Most is what that may come to where each
// restoring store is enough alone: one visit for each store that can be kept,
// and four, or one more for each further recipe; 0 where stores only work
// together.
func beforeRepeats(facts does.Facts) (visits, most int) {
	kept, recipes, alone := map[string]bool{}, map[string]bool{}, true
	stores := 0
	for _, r := range facts.Respawns {
		for _, t := range r.Tests {
			kept[sets(t.Kept)[0]] = true
			stores = max(stores, len(t.Kept))
		}
		if r.RecipeProved && len(r.Recipe) > 0 {
			recipes[sets(r.Recipe)[0]] = true
		}
		alone = alone && !slices.ContainsFunc(r.Stores, func(set []string) bool { return len(set) > 1 })
	}
	if alone && len(recipes) > 0 {
		most = stores + 3 + len(recipes)
	}
	return 1 + len(kept), most
}

// A trier follows recipes by itself: it has a profile seeded, deletes what the
// recipe names and the cookies, and looks whether the page still knows its
// visitor.
type trier struct {
	b     *browse.Browser
	visit browse.Visit
	seed  *browse.Profile
	named *diapason.Capture
	after map[string]*diapason.Capture // by recipe
}

func newTrier(t testing.TB, b *browse.Browser, p does.Plan) *trier {
	t.Helper()
	x := &trier{b: b, visit: browse.Visit{ID: "seed", URL: p.Start[0], Phase: diapason.P0, Run: 1}, after: map[string]*diapason.Capture{}}
	for _, page := range p.Start[1:] {
		x.visit.Steps = append(x.visit.Steps, browse.Step{Open: page})
	}
	var err error
	if x.seed, err = b.NewProfile(); err != nil {
		t.Fatal(err)
	}
	x.named = x.open(t, x.seed)
	return x
}

func (x *trier) open(t testing.TB, p *browse.Profile) *diapason.Capture {
	t.Helper()
	v := x.visit
	v.Profile = p
	c, err := x.b.Visit(t.Context(), v)
	if err != nil || !c.Complete {
		t.Fatalf("visit %s: %v, %v", v.URL, err, c.Gaps)
	}
	return c
}

// ended tells whether the visitor got another name once the recipe was followed.
func (x *trier) ended(t testing.TB, f lab.Fixture, recipe []string) bool {
	t.Helper()
	key := sets(recipe)[0]
	if x.after[key] == nil {
		var keep []string
		for _, a := range browse.Atoms[1:] {
			if !slices.Contains(recipe, a.Name) {
				keep = append(keep, a.Name)
			}
		}
		p, err := x.b.Transplant(x.seed, keep)
		if err != nil {
			t.Fatal(err)
		}
		x.after[key] = x.open(t, p)
	}
	name := func(c *diapason.Capture) string {
		i := slices.IndexFunc(c.Cookies, func(k diapason.Cookie) bool {
			return k.Name == "id" && "https://"+strings.TrimPrefix(k.Domain, ".") == f.Origin
		})
		if i < 0 {
			t.Fatalf("%s: no name was given", f.Name)
		}
		return c.Cookies[i].Value
	}
	return name(x.after[key]) != name(x.named)
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
				if first {
					g.measure(b)
				}
			}
			b.ReportMetric(0, "ns/op") // the time of a loop that does nothing says nothing
		})
	}
}

// measure makes the experiment on a group once, and tries what it recommends.
func (g group) measure(b *testing.B) {
	begun := time.Now()
	browser := onTheLab(b)
	captures, facts := deletions(b, browser, g.plan())
	took := time.Since(begun)
	tried := newTrier(b, browser, g.plan())
	var s score
	for _, f := range fixtures(b, g.names...) {
		s.add(f, facts, func(f lab.Fixture, recipe []string) bool { return tried.ended(b, f, recipe) })
		if problem := differs(f, facts); problem != "" {
			b.Errorf("%s: %s", f.Name, problem)
		}
	}
	visits, most := beforeRepeats(facts)
	if most > 0 && visits > most {
		b.Errorf("%d visits before repeats, want at most %d", visits, most)
	}
	b.ReportMetric(percent(s.right, s.found), "precision-%")
	b.ReportMetric(percent(s.right, s.stated), "recall-%")
	b.ReportMetric(percent(s.working, s.recipes), "working-recipes-%")
	b.ReportMetric(float64(len(captures)), "visits")
	b.ReportMetric(float64(visits), "visits-before-repeats")
	b.ReportMetric(float64(most), "bound-of-these")
	b.ReportMetric(took.Minutes(), "minutes")
}
