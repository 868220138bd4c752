package does

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason"
	"diapason.dev/diapason/entity"
	"diapason.dev/diapason/internal/browse"
	"diapason.dev/diapason/internal/gate"
	"diapason.dev/diapason/lab"
)

// askers visits sites of the lab that ask for a choice, or should.
type askers struct {
	browser *browse.Browser
	reader  Reader
}

func newAskers(t testing.TB) *askers {
	t.Helper()
	l, err := lab.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	g, err := gate.Start(t.Context(), gate.Options{Dial: l.Dial()})
	if err != nil {
		t.Fatal(err)
	}
	companies, err := entity.New([]entity.Own{{Domain: "adsum.example", Name: "Adsum", Role: "advertiser"}, {Domain: "asker.example", Name: "Asker", Role: "processor"}})
	if err != nil {
		t.Fatal(err)
	}
	return &askers{
		browser: &browse.Browser{Unsandboxed: true, Gate: g, PinSPKI: l.PinSPKI(), Work: t.TempDir(), Settle: browse.Brisk},
		reader:  Reader{Service: diapason.Service{ID: "consent", Name: "Consent", Domains: []string{"consent.example"}}, Entities: companies, Salt: []byte("salt")},
	}
}

func asker(t testing.TB, name string) lab.Fixture {
	t.Helper()
	for _, f := range lab.Consents() {
		if f.Name == name {
			return f
		}
	}
	t.Fatalf("the lab has no site %s that asks for a choice", name)
	return lab.Fixture{}
}

func planOf(f lab.Fixture) Plan {
	return Plan{Start: []string{f.Origin + "/"}, Consent: true, GPC: true}
}

// read draws facts from what was written down of the visits.
func (a *askers) read(t testing.TB, captures []*diapason.Capture) Facts {
	t.Helper()
	raw, err := json.Marshal(captures)
	if err != nil {
		t.Fatal(err)
	}
	var again []*diapason.Capture
	if err := json.Unmarshal(raw, &again); err != nil {
		t.Fatal(err)
	}
	return a.reader.Read(again)
}

// visit makes one visit of each of the phases to a site.
func (a *askers) visit(t testing.TB, f lab.Fixture, phases ...diapason.Phase) []*diapason.Capture {
	t.Helper()
	p := planOf(f)
	var chains []chain
	for _, phase := range phases {
		if phase == diapason.P0 {
			chains = append(chains, chain{visits: []browse.Visit{p.looking("A1", 1)}})
		} else {
			chains = append(chains, p.choosing(phase)[0])
		}
	}
	tour := &tour{browser: a.browser, done: func(*diapason.Capture) {}, atOnce: 2}
	tour.walk(t.Context(), chains)
	for _, g := range tour.gaps() {
		t.Errorf("%s: gap: %s: %s", f.Name, g.What, g.Why)
	}
	return tour.captures
}

// trackedIn tells whether the advertiser's cookie was set or read in a phase,
// and what was made of it.
func trackedIn(f Facts, phase diapason.Phase) (tracked bool, nx []string) {
	for _, x := range f.Accesses {
		if x.Phase == phase && x.Name == "aid" && x.Kind != "contact" {
			tracked = true
			if !slices.Contains(nx, x.NX) {
				nx = append(nx, x.NX)
			}
		}
	}
	return tracked, nx
}

// misjudged lists where facts differ from what a site states about itself, for
// the phases that were visited.
func misjudged(f lab.Fixture, facts Facts, proved bool) []string {
	var wrong []string
	say := func(format string, args ...any) { wrong = append(wrong, f.Name+": "+fmt.Sprintf(format, args...)) }
	truth := f.Truth.Consent
	complete := map[diapason.Phase]int{}
	for _, v := range facts.Visits {
		if v.Complete {
			complete[v.Phase]++
		} else {
			complete[v.Phase] += 0
		}
	}
	for p, n := range complete {
		counts := choiceOf(p) == "" || slices.Contains(truth.Counts, string(p)) || p == diapason.P3 && truth.Withdraw.Clicks < 0
		if counts != (n > 0) {
			say("%s: %d visits count, want %t", p, n, counts)
		}
		tracked, nx := trackedIn(facts, p)
		if want := slices.Contains(truth.Tracked, string(p)); tracked != want {
			say("%s: tracked %t, want %t", p, tracked, want)
		}
		if proved && tracked && !slices.Equal(nx, []string{"yes"}) {
			say("%s: consent wanted %v", p, nx)
		}
	}
	for _, b := range facts.Banners {
		if b.Found != truth.Banner {
			say("%s: banner found %t", b.Visit, b.Found)
		}
		if b.Phase == diapason.P0 && b.Found && (b.Accept.Clicks != truth.Accept.Clicks || b.Reject.Clicks != truth.Reject.Clicks || b.Reject.Layer != truth.Reject.Layer || b.Reject.Kind != truth.Reject.Kind) {
			say("%s: accept %+v, reject %+v", b.Visit, b.Accept, b.Reject)
		}
		if b.Phase == diapason.P0 && !slices.Equal(slices.Sorted(slices.Values(b.Preset)), slices.Sorted(slices.Values(truth.Preset))) {
			say("%s: ticked %q", b.Visit, b.Preset)
		}
		if b.Phase == diapason.P3 && b.Withdraw.Clicks != truth.Withdraw.Clicks {
			say("%s: withdraw %+v (%s)", b.Visit, b.Withdraw, b.Why)
		}
	}
	slices.Sort(wrong)
	return slices.Compact(wrong)
}

// BenchmarkConsent makes all visits of all sites of the lab that ask for a
// choice, or should, and tells how many phases are judged right. A site is
// chosen by -bench=BenchmarkConsent/name.
func BenchmarkConsent(b *testing.B) {
	a := newAskers(b)
	for _, f := range lab.Consents() {
		b.Run(f.Name, func(b *testing.B) {
			for b.Loop() {
				captures, gaps, err := planOf(f).Run(b.Context(), a.browser, func(*diapason.Capture) {})
				if err != nil || len(gaps) > 0 {
					b.Fatalf("%s: %v %v", f.Name, gaps, err)
				}
				facts := a.read(b, captures)
				wrong := misjudged(f, facts, true)
				b.Logf("%s\n%s", f.Name, strings.Join(judged(facts), "\n"))
				b.ReportMetric(float64(len(captures)), "visits")
				b.ReportMetric(float64(len(wrong)), "wrong")
				if len(wrong) > 0 {
					b.Errorf("misjudged:\n%s", strings.Join(wrong, "\n"))
				}
			}
		})
	}
}

// judged tells for each phase how many of its visits show what it is about, and
// in how many of them the advertiser's cookie was set or read.
func judged(f Facts) []string {
	visits, counting := map[diapason.Phase]int{}, map[diapason.Phase]int{}
	for _, v := range f.Visits {
		visits[v.Phase]++
		if v.Complete {
			counting[v.Phase]++
		}
	}
	var lines []string
	for _, p := range slices.Sorted(maps.Keys(visits)) {
		runs := map[int]bool{}
		for _, x := range f.Accesses {
			if x.Phase == p && x.Name == "aid" && x.Kind != "contact" {
				runs[x.Run] = true
			}
		}
		_, nx := trackedIn(f, p)
		lines = append(lines, fmt.Sprintf("  %-4s %d of %d visits count, tracked in %d runs, consent wanted %v", p, counting[p], visits[p], len(runs), nx))
	}
	return lines
}

// Each site of the lab that asks for a choice, or should, states what it makes
// of it. One of them is visited as an audit does, three times in each state;
// of the others those states are looked at in which they differ from it. All
// states of all sites, three times each, are benchmarked.
func TestWhatASiteMakesOfAChoiceIsJudgedAsItStates(t *testing.T) {
	a := newAskers(t)
	t.Run("ignored", func(t *testing.T) {
		t.Parallel()
		f := asker(t, "ignored")
		p := planOf(f)
		p.GPC = false
		captures, gaps, err := p.Run(t.Context(), a.browser, func(*diapason.Capture) {})
		if err != nil || len(gaps) > 0 || len(captures) != 13 {
			t.Errorf("%d visits, %v %v", len(captures), gaps, err)
		}
		for _, wrong := range misjudged(f, a.read(t, captures), true) {
			t.Error(wrong)
		}
	})
	for name, phases := range map[string][]diapason.Phase{
		"before":      {diapason.P0, diapason.P1},
		"gpc-ignored": {diapason.P40},
		"gpc-obeyed":  {diapason.P40},
		"hidden":      {diapason.P0, diapason.P1},
		"norefuse":    {diapason.P0},
		"notwithdraw": {diapason.P3},
		"obeyed":      {diapason.P1, diapason.P3, diapason.P41},
		"stuck":       {diapason.P3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := asker(t, name)
			for _, wrong := range misjudged(f, a.read(t, a.visit(t, f, phases...)), false) {
				t.Error(wrong)
			}
		})
	}
}
