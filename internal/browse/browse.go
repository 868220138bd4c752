// Package browse makes one visit of a page with a real Chromium and writes
// down what the page sent and stored, as a [diapason.Capture].
//
// Start with a [Browser] and call its Visit. A visit begins in an empty
// profile, or in one that [Browser.NewProfile] or [Browser.Transplant] made;
// its traffic goes through a port of its own at the gate; every page, frame
// and worker is stopped before its first request until it is listened to. A
// visit always ends in a capture. What it could not see is in the capture's
// gaps and counts.
//
// Values of the record that need a word: a request body that is no text is
// kept in base64; a response body that is no text is only hashed; a socket's
// messages are those that the page sent, and what it received is the body of
// the answer; status 304 stands where the server said so, although the page saw 200;
// a request with the method CONNECT is a connection of the browser itself, or,
// from "left", what connections carried when a page had been left for another
// site by itself, of which the browser does not tell.
//
// A visit can look for a banner that asks for a choice, measure how each choice
// is offered, and choose as a person would, with the mouse: see Choose of a
// [Visit]. It can tell every page that Global Privacy Control is on.
//
// What scripts call is listened to by breakpoints on the browser's own
// functions, whose condition tells of the call and never stops: cookies and
// web storage that are written, and the features by which devices can be told
// apart. Nothing of the page is wrapped or replaced, and what a script can ask
// of an object looks as always. What it can notice is time: a document is held
// for some milliseconds before its first script, and a call that is listened
// to takes about 35 microseconds of processor time longer. Not listened to are
// entries of web storage that are written like properties, and windows that a
// page opens to its own site, which are counted.
//
// The package never makes Chromium ignore a certificate and never switches its
// cache off. It clears stores in one place, where what outlives that is looked
// for (see Forget of a [Visit]), and intercepts requests only in a visit with
// Global Privacy Control, to add the header.
package browse

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/internal/cdp"
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

	limits *limits // nil: the usual ones
}

// A Visit is what to do.
type Visit struct {
	ID      string
	URL     string // opened first; may be empty when the first step opens a page
	Phase   diapason.Phase
	Run     int
	Journey string
	Steps   []Step
	Change  []string // names of [Features] that the browser shows differently than in other visits
	Profile *Profile // nil: a new, empty one, removed after the visit
	// Choose says what to do about a banner that asks for a choice: one of
	// [Choices]; empty: nothing, and do not look for one.
	Choose    string
	Selectors Selectors // where a banner and its controls are, if the words on them do not tell
	GPC       bool      // tell every page that Global Privacy Control is on
	// Unheard does not listen to what scripts call: for visits of which only
	// what is stored and sent counts.
	Unheard bool
	// Forget deletes at the end, in the running browser, what a person can
	// delete, and walks the way once more in the same tab.
	Forget bool
}

// ErrDied is the error of a visit in which the page or the browser crashed, or
// took more memory than a visit may. The capture holds what was seen until then.
var ErrDied = errors.New("the visit could not go on")

// closeTime is how long a browser may take to write its profile and end.
const closeTime = 15 * time.Second

// Visit makes one visit. It always returns a capture with what was seen, with
// gaps where that is not complete. The error is for what kept the visit from
// starting: [diapason.ErrUsage], [diapason.ErrNoBrowser]; or it is [ErrDied],
// or the end of the context.
func (b *Browser) Visit(ctx context.Context, v Visit) (*diapason.Capture, error) {
	l := usualLimits()
	if b.limits != nil {
		l = *b.limits
	}
	w := newWalk(v, b.Settle.orUsual(), l)
	err := b.visit(ctx, w)
	w.capture.Ended = time.Now().UTC()
	switch {
	case errors.Is(err, diapason.ErrUsage), errors.Is(err, diapason.ErrNoBrowser):
		w.gap(err.Error(), hint(err))
		return w.capture, err
	case ctx.Err() != nil:
		if len(w.capture.Gaps) == 0 {
			w.gap(ended(ctx.Err()))
		}
		return w.capture, fmt.Errorf("visit %s: %w", w.capture.Site, ctx.Err())
	case err != nil:
		w.gap(err.Error(), hint(err))
	case w.died != nil:
		return w.capture, fmt.Errorf("visit %s: %w: %w", w.capture.Site, ErrDied, w.died)
	}
	return w.capture, nil
}

func hint(err error) string {
	var h *diapason.Hint
	if errors.As(err, &h) {
		return h.Next
	}
	return "put it right and audit again"
}

// visit starts the browser, walks, and lets the browser end in order. Its
// error is for what kept it from walking.
func (b *Browser) visit(ctx context.Context, w *walk) error {
	if err := b.check(w); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	bin, err := find(ctx, b.Path)
	if err != nil {
		return cmp.Or(ctx.Err(), err) // a question that was stopped says nothing of the browser
	}
	p := w.Profile
	if p == nil {
		if p, err = b.NewProfile(); err != nil {
			return err
		}
		defer p.Remove()
	}
	p.busy.Lock()
	defer p.busy.Unlock()
	door, err := b.Gate.Session(w.ID)
	if err != nil {
		return err
	}
	defer door.Close()
	list := watchUpgrades(p)
	defer list.Close()
	if err := b.launch(ctx, w, bin, p, door); err != nil {
		return err
	}
	defer w.stop(nil)
	p.visits++
	p.closed = false
	if err := w.begin(); err != nil {
		return w.notBegun(ctx, err)
	}
	w.awaitUpgrades(list)
	w.walkThrough()
	jar := w.lookBack(ctx)
	w.stop(nil) // the guard ends: from here on the browser may go
	if err := w.conn.Close(closeTime); err != nil {
		w.gap(err.Error(), "audit again")
	} else {
		p.closed = !w.broken
	}
	<-w.conn.Drained()
	w.fetches.Wait()
	p.reports = w.record(jar, p.reports)
	w.capture.Browser.BinaryHash = bin.hash()
	w.conclude()
	return nil
}

// check finds what the caller did wrong.
func (b *Browser) check(w *walk) error {
	if b.Gate == nil {
		return fmt.Errorf("visit %s: there is no gate to go through: %w", w.URL, diapason.ErrUsage)
	}
	if _, ok := cookieModes[b.policy()]; !ok {
		return fmt.Errorf("third-party cookies %q: expected allow or block: %w", b.ThirdParty, diapason.ErrUsage)
	}
	if err := checkFeatures(w.Change); err != nil {
		return fmt.Errorf("visit %s: %w: %w", w.ID, err, diapason.ErrUsage)
	}
	if err := checkChoice(w.Choose); err != nil {
		return fmt.Errorf("visit %s: %w: %w", w.ID, err, diapason.ErrUsage)
	}
	for i, s := range w.Steps {
		if err := s.check(); err != nil {
			return fmt.Errorf("visit %s, step %d: %w: %w", w.ID, i+1, err, diapason.ErrUsage)
		}
	}
	if w.URL == "" && len(w.Steps) > 0 {
		w.URL, w.Steps = w.Steps[0].Open, append([]Step{withoutOpen(w.Steps[0])}, w.Steps[1:]...)
		w.capture.Site = w.URL
	}
	u, err := url.Parse(w.URL)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return diapason.WithHint(fmt.Errorf("visit %q: it is not a web address: %w", w.URL, diapason.ErrUsage), "give an address such as https://music.example")
	}
	return nil
}

func withoutOpen(s Step) Step {
	s.Open = ""
	return s
}

func (b *Browser) policy() string {
	if b.ThirdParty == "" {
		return "allow"
	}
	return b.ThirdParty
}

// launch starts the browser on a profile and writes down what was started.
func (b *Browser) launch(ctx context.Context, w *walk, bin *binary, p *Profile, door *gate.Session) error {
	w.capture.Profile = p.state()
	w.capture.Profile.ThirdPartyCookies = b.policy()
	if err := p.writePolicy(b.policy()); err != nil {
		return err
	}
	shown, change, env := show(w.Change, bin)
	flags := replaceFlags(b.flags(bin, p.dir, door.Addr()), change)
	w.capture.Browser = diapason.Browser{Product: bin.product, Flags: told(flags, p.dir, door), Sandbox: !b.Unsandboxed, UserAgent: cmp.Or(shown["user agent"], bin.agent()), Shown: shown}
	if b.Unsandboxed {
		w.capture.Browser.Flags = append(w.capture.Browser.Flags, "--no-sandbox")
	}
	inner, cancel := context.WithCancelCause(ctx)
	inner, late := context.WithTimeoutCause(inner, w.limits.visit, errTime)
	w.ctx, w.stop, w.door = inner, func(cause error) { cancel(cause); late() }, door
	w.mu.Lock() // no event is handled before the connection is known
	defer w.mu.Unlock()
	var err error
	w.conn, err = cdp.Start(ctx, cdp.Options{Path: bin.path, Flags: flags, Env: env, Unsandboxed: b.Unsandboxed, Event: w.handle})
	if err != nil {
		w.stop(nil)
		return err
	}
	go w.guard()
	return nil
}

// notBegun ends a browser that never came to its first page.
func (w *walk) notBegun(ctx context.Context, err error) error {
	w.conn.Kill()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if cause := context.Cause(w.ctx); errors.Is(cause, errTime) || errors.Is(cause, errMemory) {
		w.fail(cause)
		w.notice(cause)
		return nil
	}
	return diapason.WithHint(fmt.Errorf("start browser: it ended, or did not answer, before the first page: %w: %w", err, diapason.ErrNoBrowser),
		"start the browser by hand and see what it says: "+lastLine(w.conn.Stderr()))
}
