package does

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason"
	"diapason.dev/diapason/internal/browse"
	"diapason.dev/diapason/internal/gate"
	"diapason.dev/diapason/lab"
)

func TestAPageThatReadsTheDeviceIsToldFromOneThatDrawsAChart(t *testing.T) {
	t.Parallel()
	l, err := lab.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	g, err := gate.Start(t.Context(), gate.Options{Dial: l.Dial()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.Close() })
	b := &browse.Browser{Unsandboxed: true, Gate: g, PinSPKI: l.PinSPKI(), Work: t.TempDir(), Settle: browse.Brisk}
	fixtures := lab.Features()
	c, err := b.Visit(t.Context(), browse.Visit{ID: "A1", URL: fixtures[0].Origin + "/", Phase: diapason.P0, Run: 1, Steps: []browse.Step{{Open: fixtures[1].Origin + "/"}}})
	if err != nil || !c.Complete {
		t.Fatalf("visit: %v, gaps %v", err, c.Gaps)
	}
	r := reader(t)
	r.Service.Domains = []string{"feature.example"}
	var got, want []string
	for _, p := range r.Read([]*diapason.Capture{c}).Probes {
		if p.Kind != "network" {
			got = append(got, fmt.Sprint(p.Kind, " ", p.Host, " to ", p.Recipient.ID, " sent ", p.Sent))
		}
	}
	for _, f := range fixtures {
		for _, k := range f.Truth.Features {
			want = append(want, fmt.Sprint(k.Kind, " ", k.Receiver, " to adsum sent ", k.Sent))
		}
	}
	if !slices.Equal(got, want) || len(want) != 4 {
		t.Errorf("read\n%s\nthe pages say\n%s\ncalls %+v", strings.Join(got, "\n"), strings.Join(want, "\n"), c.Calls)
	}
}
