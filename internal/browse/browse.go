// Package browse makes one visit of a page with a real Chromium and writes
// down what the page sent and stored, as a [diapason.Capture].
package browse

import (
	"context"
	"fmt"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/internal/gate"
)

// A Browser says with which browser, and under which rules, visits are made.
// Its methods may be used from many goroutines.
type Browser struct {
	Path        string     // the browser's binary; empty: the installed one is looked for
	Unsandboxed bool       // run without the sandbox, as root must
	ThirdParty  string     // third-party cookies: "allow" (also when empty) or "block"
	Gate        *gate.Gate // the door through which all traffic goes
	// PinSPKI are base64 SHA-256 hashes of keys that Chromium trusts without an
	// authority. They are passed on only when the gate maps names to addresses
	// of the operator's choice, as for a service on this machine.
	PinSPKI []string
	Work    string // folder in which profiles are made; empty: the system's
	Settle  Settle // waiting times; the zero value is for pages on the internet
}

// A Visit is what to do.
type Visit struct {
	ID      string
	URL     string // opened first; may be empty when the first step opens a page
	Phase   diapason.Phase
	Run     int
	Journey string
	Steps   []Step
	Profile *Profile // nil: a new, empty one, removed after the visit
}

// Visit makes one visit. It always returns a capture with what was seen, with
// gaps where that is not complete. The error is for what kept the visit from
// starting: [diapason.ErrUsage], [diapason.ErrNoBrowser], or the context's end.
func (b *Browser) Visit(ctx context.Context, v Visit) (*diapason.Capture, error) {
	now := time.Now().UTC()
	return &diapason.Capture{
		ID: v.ID, Site: v.URL, Phase: v.Phase, Run: v.Run, Mode: diapason.Auto, Journey: v.Journey, Started: now, Ended: now,
		Source: "chromium", Settle: "failed",
		Gaps: []diapason.Gap{{Channel: diapason.Does, What: "visit " + v.ID, Why: "the browser was not started", Next: "audit again"}},
	}, fmt.Errorf("visit %s: %w", v.URL, diapason.ErrNoBrowser)
}
