package does_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"diapason.dev/diapason"
	"diapason.dev/diapason/does"
	"diapason.dev/diapason/internal/browse"
	"diapason.dev/diapason/internal/gate"
)

func everything() does.Plan {
	return does.Plan{
		Start: []string{"https://nocturne.example/"}, Linkage: []string{"https://gazette.example/"}, Respawn: true,
		Journeys: map[string][]browse.Step{"sign-up": {{Open: "https://nocturne.example/join"}}},
	}
}

func TestWithoutABrowserNothingIsVisited(t *testing.T) {
	g, err := gate.Start(t.Context(), gate.Options{})
	if err != nil {
		t.Fatal(err)
	}
	b := &browse.Browser{Path: "/no/such/browser", Gate: g, Work: t.TempDir()}
	captures, _, err := everything().Run(t.Context(), b, func(c *diapason.Capture) { t.Errorf("visited %s", c.ID) })
	if !errors.Is(err, diapason.ErrNoBrowser) || len(captures) > 0 {
		t.Errorf("%d captures, error %v", len(captures), err)
	}
}

func TestAStoppedTourSaysWhatItDidNotVisit(t *testing.T) {
	g, err := gate.Start(t.Context(), gate.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	b := &browse.Browser{Unsandboxed: true, Gate: g, Work: t.TempDir()}
	captures, gaps, err := everything().Run(ctx, b, func(*diapason.Capture) {})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	var told []string
	for _, gap := range gaps {
		told = append(told, gap.What)
		if gap.Channel != diapason.Does || gap.Why == "" || gap.Next == "" || gap.Minor {
			t.Errorf("gap %+v", gap)
		}
	}
	all := strings.Join(told, "; ")
	for _, c := range captures {
		all += " " + c.ID
	}
	for _, id := range []string{"A1", "A2", "B", "C", "journey/sign-up/1", "journey/sign-up/3", "link/P/1", "link/Q/2", "link/M/1", "deleted identifiers"} {
		if !strings.Contains(all, id) {
			t.Errorf("nothing is said of %s: %s", id, all)
		}
	}
}
