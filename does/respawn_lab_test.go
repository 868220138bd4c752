package does_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason"
	"diapason.dev/diapason/does"
	"diapason.dev/diapason/entity"
	"diapason.dev/diapason/internal/browse"
	"diapason.dev/diapason/lab"
)

// deletions makes the visits that a plan wants of a page of the lab, with a
// real Chromium, and reads what they show.
func deletions(t testing.TB, b *browse.Browser, p does.Plan) ([]*diapason.Capture, does.Facts) {
	t.Helper()
	captures, gaps, err := p.Run(t.Context(), b, func(*diapason.Capture) {})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range captures {
		gaps = append(gaps, c.Gaps...)
	}
	for _, gap := range gaps {
		t.Errorf("gap: %s: %s", gap.What, gap.Why)
	}
	companies, err := entity.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	captures = stored(t, captures)
	r := does.Reader{Service: diapason.Service{ID: "respawn", Name: "Respawn", Domains: []string{"respawn.example"}}, Entities: companies, Salt: []byte("salt")}
	return captures, r.Read(captures)
}

// fixtures picks sites of the lab by name.
func fixtures(t testing.TB, names ...string) []lab.Fixture {
	t.Helper()
	var out []lab.Fixture
	for _, f := range lab.Respawns() {
		if slices.Contains(names, f.Name) {
			out = append(out, f)
		}
	}
	if len(out) != len(names) {
		t.Fatalf("the lab has %d of the sites %v", len(out), names)
	}
	return out
}

// found is the respawn of a fixture's cookie, if there is one.
func found(f lab.Fixture, facts does.Facts) (does.Respawn, bool) {
	for _, r := range facts.Respawns {
		if strings.HasSuffix(r.Identifier, " @ "+strings.TrimPrefix(f.Origin, "https://")) && r.Key == f.Truth.Identifiers[0].Name {
			return r, true
		}
	}
	return does.Respawn{}, false
}

// sets writes each set as one word, whatever its order, and sorts them.
func sets(all ...[]string) []string {
	var words []string
	for _, s := range all {
		words = append(words, strings.Join(slices.Sorted(slices.Values(s)), "+"))
	}
	slices.Sort(words)
	return words
}

// differs says how a respawn differs from what the fixture's page states.
func differs(f lab.Fixture, facts does.Facts) string {
	want := f.Truth.Identifiers[0]
	got, came := found(f, facts)
	switch {
	case !came && len(want.Restored)+len(want.MadeOf) == 0 && !want.Account && !want.Memory:
		return ""
	case !came:
		return "it was not seen to come back"
	case want.Memory:
		if got.Kind != "memory" || !got.Proved || !got.RecipeProved || len(got.Stores)+len(got.Recipe)+len(got.NotLooked) > 0 || !got.Written {
			return fmt.Sprintf("it was seen as %+v", got)
		}
	case want.Account || len(want.MadeOf) > 0:
		kind := map[bool]string{true: "account", false: "stateless"}[want.Account]
		if got.Kind != kind || !got.Proved || len(got.Stores)+len(got.Recipe) > 0 || !slices.Equal(sets(got.Features...), sets(want.MadeOf...)) {
			return fmt.Sprintf("it was seen as %+v", got)
		}
	case len(want.Restored) == 0:
		return fmt.Sprintf("nothing brings it back, and it was seen as %+v", got)
	case want.Good > 0:
		if got.Proved || got.RecipeProved || len(got.NotLooked) == 0 || got.Kind != "storage" {
			return fmt.Sprintf("it comes back %d times only, and it was seen as %+v", want.Good, got)
		}
	case got.Kind != "storage" || !got.Proved || !slices.Equal(sets(got.Stores...), sets(want.Restored...)):
		return fmt.Sprintf("%s, proved: %t, stores %v; want %v", got.Kind, got.Proved, got.Stores, want.Restored)
	case !got.RecipeProved || !slices.Contains(sets(want.Recipes...), sets(got.Recipe)[0]):
		return fmt.Sprintf("recipe %v, proved: %t; want one of %v", got.Recipe, got.RecipeProved, want.Recipes)
	case !got.Written || !got.Sent || len(got.NotLooked) > 0:
		return fmt.Sprintf("written: %t, sent: %t, not looked: %q", got.Written, got.Sent, got.NotLooked)
	}
	return ""
}

// A group is fixtures that share the visits of one experiment.
type group struct {
	name  string
	names []string
	apart bool // they are visited one after the other, and not in one page
}

var groups = []group{
	{name: "sets of stores", names: []string{"brief", "clean", "either", "five", "pair"}},
	{name: "no store", names: []string{"account", "clean", "features", "shared"}},
	{name: "memory", names: []string{"clean", "shared", "tab"}, apart: true},
	{name: "stores", names: []string{"body", "bucket", "cachestorage", "clean", "database", "dated", "dictionary", "file", "local", "moved", "tag", "worker"}},
	{name: "single answers", names: []string{"hints", "icons", "reports", "strict"}, apart: true},
}

// plan is the experiment on a group. Where the account is one of them, the
// visits sign in.
func (g group) plan() does.Plan {
	p := does.Plan{Start: []string{lab.Together(g.names...)}, Respawn: true, AtOnce: 2} // experiments go on side by side
	if g.apart {
		p.Start = nil
		for _, n := range g.names {
			p.Start = append(p.Start, "https://"+n+".respawn.example/")
		}
	}
	if slices.Contains(g.names, "account") {
		p.SignIn = []browse.Step{
			{Open: "https://account.respawn.example/"},
			{Fill: []browse.Field{{Selector: "#email", Value: "made.up@example.invalid"}, {Selector: "#password", Value: "made-up-1"}}},
			{Click: "text=Sign in"},
		}
	}
	return p
}

// A site of the lab that brings a deleted cookie back states what brings it
// back and how to be rid of it. The experiment finds exactly that.
func TestWhatBringsACookieBackIsFoundOnTheFixtures(t *testing.T) {
	for _, g := range groups[:2] { // the others take longer: they are benchmarked, and the lab's own tests try each store
		t.Run(g.name, func(t *testing.T) {
			t.Parallel() // visits wait more than they work
			captures, facts := deletions(t, onTheLab(t), g.plan())
			t.Logf("%d visits of %v", len(captures), g.names)
			for _, f := range fixtures(t, g.names...) {
				if problem := differs(f, facts); problem != "" {
					t.Errorf("%s: %s", f.Name, problem)
				}
			}
		})
	}
}
