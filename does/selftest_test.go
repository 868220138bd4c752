package does_test

import (
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason"
	"diapason.dev/diapason/does"
	"diapason.dev/diapason/entity"
	"diapason.dev/diapason/internal/browse"
	"diapason.dev/diapason/lab"
)

// uncopied makes transplants leave out one part of a profile, as a browser does
// that keeps it elsewhere. Of the other parts four are left: each one more is a
// visit more. The parts are the same for all tests: one that uses this does not
// run beside others.
func uncopied(t *testing.T, name string) {
	all := browse.Atoms
	t.Cleanup(func() { browse.Atoms = all })
	browse.Atoms = nil
	for _, a := range all {
		if a.Name == name {
			a.Items = nil
		}
		if slices.Contains([]string{"Cookies", "Local Storage", "IndexedDB", "Cache", "Preferences"}, a.Name) {
			browse.Atoms = append(browse.Atoms, a)
		}
	}
}

// withSelfTest makes the experiment on a page of the lab and tells what was
// missed.
func withSelfTest(t *testing.T, names ...string) (does.Facts, []diapason.Gap) {
	t.Helper()
	b := onTheLab(t)
	captures, gaps, err := does.Plan{Start: []string{lab.Together(names...)}, Respawn: true}.Run(t.Context(), b, func(*diapason.Capture) {})
	if err != nil {
		t.Fatal(err)
	}
	companies, err := entity.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return does.Reader{Service: diapason.Service{ID: "respawn", Domains: []string{"respawn.example"}}, Entities: companies, Salt: []byte("salt")}.Read(stored(t, captures)), gaps
}

// A store that cannot be kept by itself says nothing by its silence: it is left
// out, and named.
func TestAStoreThatTheBrowserDoesNotGiveUpIsNamedAsNotLookedAt(t *testing.T) {
	uncopied(t, "Local Storage")
	facts, gaps := withSelfTest(t, "local", "tag")
	if s := facts.SelfTest; s == nil || !slices.Equal(s.Fails, []string{"Local Storage"}) || len(s.Works) != len(browse.Atoms)-1 {
		t.Fatalf("self-test %+v", s)
	}
	if len(gaps) != 1 || !strings.Contains(gaps[0].What, "Local Storage") || !gaps[0].Minor || gaps[0].Next == "" {
		t.Errorf("gaps %+v", gaps)
	}
	if len(facts.Respawns) != 1 || facts.Respawns[0].Stores[0][0] != "Cache" {
		t.Fatalf("respawns %+v", facts.Respawns)
	}
	r := facts.Respawns[0]
	if len(r.NotLooked) != 1 || !strings.HasPrefix(r.NotLooked[0], "whether Local Storage restores it") {
		t.Errorf("not looked at: %q", r.NotLooked)
	}
	for _, test := range r.Tests {
		if slices.Contains(test.Kept, "Local Storage") {
			t.Errorf("%s kept it", test.Visit)
		}
	}
	for _, v := range facts.Visits {
		if strings.HasPrefix(v.ID, "selftest/") {
			t.Errorf("%s is told as a visit of the service", v.ID)
		}
	}
}

func TestWithoutCookiesThatComeAndGoNoExperimentIsMade(t *testing.T) {
	uncopied(t, "Cookies")
	facts, gaps := withSelfTest(t, "local")
	if s := facts.SelfTest; s == nil || !slices.Equal(s.Fails, []string{"Cookies"}) {
		t.Fatalf("self-test %+v", s)
	}
	if len(gaps) != 1 || gaps[0].Minor || !strings.Contains(gaps[0].What, "deleted identifiers") || !strings.Contains(gaps[0].Why, "cookies") {
		t.Errorf("gaps %+v", gaps)
	}
	if len(facts.Respawns) > 0 || slices.ContainsFunc(facts.Visits, func(v does.Visit) bool { return strings.HasPrefix(v.ID, "respawn/T") || v.ID == "respawn/V0" }) {
		t.Errorf("the experiment was made: %+v", facts.Visits)
	}
}
