package does_test

import (
	"testing"

	"diapason.dev/diapason/internal/browse"
	"diapason.dev/diapason/internal/gate"
	"diapason.dev/diapason/lab"
)

// onTheLab is a real Chromium that reaches the names of a lab of its own, and
// nothing else, until the test ends.
func onTheLab(t testing.TB) *browse.Browser {
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
	return &browse.Browser{Unsandboxed: true, Gate: g, PinSPKI: l.PinSPKI(), Work: t.TempDir(), Settle: browse.Brisk}
}
