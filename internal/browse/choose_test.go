package browse

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason"
	"diapason.dev/diapason/internal/gate"
	"diapason.dev/diapason/lab"
)

func TestChoicesAreMadeAndCountAsEachSiteStates(t *testing.T) {
	l, err := lab.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	g, err := gate.Start(t.Context(), gate.Options{Dial: l.Dial()})
	if err != nil {
		t.Fatal(err)
	}
	b := &Browser{Unsandboxed: true, Gate: g, PinSPKI: l.PinSPKI(), Work: t.TempDir(), Settle: Brisk}
	phases := map[string]string{look: "P0", reject: "P1", accept: "P2", withdraw: "P3"}
	choices := map[string]string{
		"obeyed": accept, "boxes": reject, "late": reject, "norefuse": reject, "hidden": look, "frame": withdraw, "wall": withdraw, "stuck": withdraw,
	}
	for _, f := range lab.Consents() {
		choice := choices[f.Name]
		if choice == "" {
			continue // the experiment of package does goes through all of them
		}
		t.Run(f.Name+", "+choice, func(t *testing.T) {
			t.Parallel()
			c := visit(t, b, Visit{ID: phases[choice], URL: f.Origin + "/", Choose: choice})
			judge(t, c, choice, phases[choice], f.Truth.Consent)
		})
	}
}

// judge holds a visit against what the site states about itself.
func judge(t *testing.T, c *diapason.Capture, choice, phase string, truth *lab.ConsentTruth) {
	t.Helper()
	b := c.Banner
	counts := slices.Contains(truth.Counts, phase)
	if b == nil || b.Found != truth.Banner || !c.Complete || len(c.Gaps) > 0 || (b.Why == "") != (counts || choice == look) {
		t.Fatalf("banner %+v, complete %v, want counted %v%s", b, c.Complete, counts, list(c))
	}
	if (b.Registered && b.Chosen == choice) != counts {
		t.Errorf("chosen %q, registered %v, want counted %v", b.Chosen, b.Registered, counts)
	}
	tracked := slices.ContainsFunc(c.Requests, func(r diapason.Request) bool {
		return strings.HasPrefix(r.URL, "https://adsum.example/seen") && r.At.After(b.Since)
	})
	if want := slices.Contains(truth.Tracked, phase); counts && tracked != want {
		t.Errorf("tracked after the choice: %v, want %v%s", tracked, want, list(c))
	}
	same := func(what string, got diapason.Control, want lab.Offer) {
		if got.Clicks != want.Clicks || got.Layer != want.Layer || got.Kind != want.Kind || got.Keyboard != (want.Clicks > 0) {
			t.Errorf("%s: %+v, want %+v", what, got, want)
		}
	}
	same("accept", b.Accept, truth.Accept)
	switch choice {
	case look, reject:
		same("reject", b.Reject, truth.Reject)
		if !slices.Equal(b.Preset, truth.Preset) || truth.Faint != (b.Reject.Contrast > 0 && b.Reject.Contrast < 3) {
			t.Errorf("ticked beforehand %q, contrast %.2f", b.Preset, b.Reject.Contrast)
		}
	case withdraw:
		same("withdraw", b.Withdraw, truth.Withdraw)
	}
}

func TestAnUnknownChoiceIsNamed(t *testing.T) {
	s := newSite(t)
	_, err := s.browser(t).Visit(t.Context(), Visit{URL: "https://shop.example/", Choose: "perhaps"})
	if !errors.Is(err, diapason.ErrUsage) || !strings.Contains(err.Error(), "perhaps") {
		t.Errorf("error %v", err)
	}
}
