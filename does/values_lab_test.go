package does_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason"
	"diapason.dev/diapason/does"
	"diapason.dev/diapason/entity"
	"diapason.dev/diapason/lab"
)

// stated is all that pages of the lab say about values that could name a browser.
type stated struct {
	starts []string
	truth  []lab.Truth
}

// everyValue are the pages of the lab that keep or send such values and can be
// opened one after the other in one visit.
func everyValue(t testing.TB) stated {
	t.Helper()
	all := stated{starts: []string{lab.Values().Origin + "/", lab.Nocturne().Origin + "/"}, truth: []lab.Truth{lab.Values().Truth, lab.Nocturne().Truth}}
	var embedded []string
	for _, f := range lab.Respawns() {
		if first := f.Truth.Identifiers[0]; len(first.MadeOf) > 0 || slices.Contains([]string{"hints", "icons", "strict", "tab", "reports"}, f.Name) {
			continue // the same in every profile; or a page that has to stand by itself
		}
		embedded = append(embedded, f.Name)
		all.truth = append(all.truth, f.Truth)
	}
	all.starts = append(all.starts, lab.Together(embedded...))
	return all
}

// fourVisits opens pages as an audit without experiments does.
func fourVisits(t testing.TB, starts []string) does.Facts {
	t.Helper()
	b := onTheLab(t)
	captures, gaps, err := does.Plan{Start: starts}.Run(t.Context(), b, func(*diapason.Capture) {})
	if err != nil || len(gaps) > 0 {
		t.Fatalf("gaps %v, error %v", gaps, err)
	}
	companies, err := entity.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	r := does.Reader{Service: diapason.Service{ID: "lab", Name: "Lab", Domains: []string{"values.example", "nocturne.example", "respawn.example"}}, Entities: companies, Salt: []byte("salt")}
	return r.Read(stored(t, captures))
}

// A tally of identifiers: how many the pages state, how many were found, and
// how many of those are stated.
type tally struct {
	stated, recalled, found, right int
	problems                       []string
}

// want is the class that so many bits make, and what comes close to it.
func classFor(bits int) []string {
	switch {
	case bits >= 32:
		return []string{"identifier"}
	default:
		return []string{"weak"}
	}
}

// primary finds the identifier in the place that a page names first.
func primary(want lab.Identifier, facts does.Facts) (does.Identifier, bool) {
	for _, i := range facts.Identifiers {
		if i.Store == want.Stores[0] && i.Key == want.Name && i.Host == want.Host {
			return i, true
		}
	}
	return does.Identifier{}, false
}

// counted compares what was found with what the pages state.
func counted(s stated, facts does.Facts) tally {
	var t tally
	var all []lab.Identifier
	for _, truth := range s.truth {
		all = append(all, truth.Identifiers...)
	}
	for _, want := range all {
		t.stated++
		got, ok := primary(want, facts)
		if ok && slices.Contains(classFor(want.Bits), got.Class) {
			t.recalled++
		} else {
			t.problems = append(t.problems, fmt.Sprintf("%s %s @ %s of %d bits is called %q with %.1f", want.Stores[0], want.Name, want.Host, want.Bits, got.Class, got.Score))
		}
	}
	for _, got := range facts.Identifiers {
		if got.Class == "counter-like" {
			continue // by itself it is held against nobody
		}
		t.found++
		if slices.ContainsFunc(all, func(want lab.Identifier) bool { return holds(want, got) }) {
			t.right++
		} else {
			t.problems = append(t.problems, fmt.Sprintf("%s is called %s with %.1f bits", got.ID, got.Class, got.Score))
		}
	}
	return t
}

// holds tells whether an identifier that was found is a stated one, or one of
// the copies that are stated with it.
func holds(want lab.Identifier, got does.Identifier) bool {
	host := got.Host == want.Host || strings.HasSuffix(got.Host, "."+want.Host)
	return host && slices.Contains(want.Stores, got.Store) && (got.Key == want.Name || got.Store != want.Stores[0])
}

// Of all values that the lab's pages keep or send, those that could name a
// browser are found, and none of the others.
func TestTheValuesThatCouldNameABrowserAreFoundAndNoOthers(t *testing.T) {
	t.Parallel()
	s := everyValue(t)
	facts := fourVisits(t, s.starts)
	got := counted(s, facts)
	if recall, precision := percent(got.recalled, got.stated), percent(got.right, got.found); recall < 98 || precision < 99 {
		t.Errorf("recall %.1f %% of %d, precision %.1f %% of %d:\n%s", recall, got.stated, precision, got.found, strings.Join(got.problems, "\n"))
	}
	for _, d := range lab.Values().Truth.Decoys {
		if problem := unlike(d, facts); problem != "" {
			t.Errorf("%s %s (%s): %s", d.Store, d.Name, d.Why, problem)
		}
	}
}

// kinds are the classes that a decoy may be given, by what it is. What counts
// up does so only if the visits were served in the order in which they began.
var kinds = map[string][]string{
	"constant": {"constant"}, "time": {"time", "constant"}, "token": {"token"}, "counter": {"counter-like", "unclear"},
	"order": {"shared", "unclear", "token"}, "few bits": {"unclear", "shared", "constant"}, "consent record": {"consent record"},
}

// unlike says how a kept decoy was taken for something that it is not.
func unlike(d lab.Decoy, facts does.Facts) string {
	if d.Store != "cookie" && d.Store != "localStorage" {
		return "" // what only travels has no class when it is none of the identifiers
	}
	for _, c := range facts.Cookies {
		if c.Name == d.Name && c.Store == d.Store {
			if !slices.Contains(kinds[d.Why], c.Class) {
				return fmt.Sprintf("it is called %s", c.Class)
			}
			return ""
		}
	}
	return "it was not seen"
}

// BenchmarkLabIdentifiers prints precision and recall over every value that the
// lab's pages state.
func BenchmarkLabIdentifiers(b *testing.B) {
	for first := true; b.Loop(); first = false {
		if !first {
			continue
		}
		s := everyValue(b)
		got := counted(s, fourVisits(b, s.starts))
		b.ReportMetric(float64(got.stated), "stated")
		b.ReportMetric(percent(got.recalled, got.stated), "recall-%")
		b.ReportMetric(percent(got.right, got.found), "precision-%")
		for _, p := range got.problems {
			b.Log(p)
		}
	}
	b.ReportMetric(0, "ns/op")
}
