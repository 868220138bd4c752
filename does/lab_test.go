package does_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/does"
	"diapason.dev/diapason/entity"
	"diapason.dev/diapason/internal/browse"
	"diapason.dev/diapason/internal/gate"
	"diapason.dev/diapason/lab"
)

// toured is what a whole tour of a service of the lab gave.
type toured struct {
	captures []*diapason.Capture
	gaps     []diapason.Gap
	reader   does.Reader
	facts    does.Facts
}

// tour visits a service of the lab with a real Chromium, in full.
func tour(t *testing.T, s lab.Service) toured {
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
	b := &browse.Browser{Unsandboxed: true, Gate: g, PinSPKI: l.PinSPKI(), Work: t.TempDir(), Settle: browse.Brisk}
	plan := does.Plan{Start: []string{s.Origin + "/"}, Linkage: []string{s.Neighbour}, Respawn: true, Journeys: map[string][]browse.Step{
		"sign-up": {
			{Open: s.Origin + "/join"},
			{Fill: []browse.Field{{Selector: "#email", Value: "bait.email"}, {Selector: "#name", Value: "bait.name"}, {Selector: "#password", Value: "bait.password"}}},
			{Click: "text=Create account"},
		},
	}}
	var told []*diapason.Capture
	start := time.Now()
	captures, gaps, err := plan.Run(t.Context(), b, func(c *diapason.Capture) { told = append(told, c) })
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d visits of %s in %.1f s", len(captures), s.Name, time.Since(start).Seconds())
	if !slices.Equal(told, captures) {
		t.Errorf("%d captures were told, %d returned, or in another order", len(told), len(captures))
	}
	for _, c := range captures {
		for _, g := range c.Gaps {
			gaps = append(gaps, g)
		}
	}
	companies, err := entity.New([]entity.Own{
		{Domain: "pulse.example", Name: "Pulse Analytics", Role: "analytics"}, {Domain: "adsum.example", Name: "Adsum", Role: "advertiser"},
	})
	if err != nil {
		t.Fatal(err)
	}
	r := does.Reader{
		Service:  diapason.Service{ID: s.ID, Name: s.Name, Domains: []string{strings.TrimPrefix(s.Origin, "https://")}},
		Entities: companies, Salt: []byte("salt"),
	}
	start = time.Now()
	facts := r.Read(captures)
	t.Logf("read in %.2f s", time.Since(start).Seconds())
	return toured{captures, gaps, r, facts}
}

func ids(captures []*diapason.Capture) []string {
	var out []string
	for _, c := range captures {
		out = append(out, c.ID)
	}
	return out
}

func TestNocturnesIdentifierIsRestoredByCacheOrLocalStorage(t *testing.T) {
	s := lab.Nocturne()
	got := tour(t, s)
	t.Log(strings.Join(ids(got.captures), " "))
	for _, g := range got.gaps {
		t.Errorf("gap: %s: %s", g.What, g.Why)
	}
	for _, i := range got.facts.Identifiers {
		t.Logf("%+v", i)
	}
	for _, i := range got.facts.Respawns {
		t.Logf("%+v", i)
	}
	for _, i := range got.facts.Links {
		t.Logf("%+v", i)
	}
	for _, i := range got.facts.Leaks {
		t.Logf("%+v", i)
	}
	for _, i := range got.facts.Accesses {
		t.Logf("%+v", i)
	}
	for _, i := range got.facts.Cookies {
		t.Logf("%+v", i)
	}
	for _, i := range got.reader.Flows(got.facts) {
		t.Logf("%+v", i)
	}
	fmt.Println()
}

func TestTheCleanTwinHasNothing(t *testing.T) {
	got := tour(t, lab.Clean())
	for _, g := range got.gaps {
		t.Errorf("gap: %s: %s", g.What, g.Why)
	}
	for _, i := range got.facts.Identifiers {
		t.Errorf("%+v", i)
	}
	for _, i := range got.facts.Accesses {
		t.Logf("%+v", i)
	}
	for _, i := range got.facts.Cookies {
		t.Logf("%+v", i)
	}
	for _, i := range got.facts.Leaks {
		t.Logf("%+v", i)
	}
	for _, i := range got.reader.Flows(got.facts) {
		t.Logf("%+v", i)
	}
}
