package does

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"diapason.dev/diapason"
	"diapason.dev/diapason/internal/browse"
)

// A chain is visits in one profile, one after the other, each with a new
// browser process. Chains do not depend on each other.
type chain struct {
	visits  []browse.Visit
	profile func() (*browse.Profile, error) // nil: a new, empty one
	kept    bool                            // the profile is used again: do not remove it
}

// A step of a tour is what came of one visit.
type step struct {
	visit   browse.Visit
	capture *diapason.Capture
	err     error
}

// A tour is a plan under way.
type tour struct {
	browser  *browse.Browser
	atOnce   int // browsers that run at a time
	done     func(*diapason.Capture)
	captures []*diapason.Capture
	missed   []diapason.Gap
	unseen   []string // visits that were not begun when the tour was stopped
	err      error
}

// walk makes the visits of all chains, a few chains at a time, and takes what
// came of them in the order in which they are listed.
func (t *tour) walk(ctx context.Context, chains []chain) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	steps := make([]chan step, len(chains))
	for i := range chains {
		steps[i] = make(chan step, 2*len(chains[i].visits)) // nobody waits for it to be taken
	}
	go func() {
		free := make(chan bool, t.atOnce)
		for i, c := range chains {
			free <- true
			go func() {
				defer func() { <-free }()
				c.walk(ctx, t.browser, steps[i])
			}()
		}
	}()
	for i := range chains {
		for s := range steps[i] {
			t.take(s)
			if t.err != nil {
				stop() // the rest comes back at once, and only what had begun is kept
			}
		}
	}
}

// walk makes the visits of one chain and answers for each: twice where a visit
// was made again. Then it closes the channel.
func (c chain) walk(ctx context.Context, b *browse.Browser, out chan<- step) {
	defer close(out)
	var p *browse.Profile
	remove := func() {
		if p != nil && !c.kept {
			p.Remove()
		}
	}
	defer func() { remove() }()
	err := ctx.Err()
	if err == nil {
		p, err = c.open(b)
	}
	for i, v := range c.visits {
		v.Unheard = compares(v.ID)
		s := c.visit(ctx, b, v, p, err)
		if errors.Is(s.err, browse.ErrDied) && ctx.Err() == nil {
			out <- s.first()
			if i == 0 {
				remove()
				p, err = c.open(b)
			}
			heard := !v.Unheard
			v.Unheard = true // listening may be what the page did not bear
			if s = c.visit(ctx, b, v, p, err); heard && s.capture != nil {
				s.capture.Gaps = append(s.capture.Gaps, notHeard(v))
			}
		}
		out <- s
	}
}

// open makes the profile of the chain.
func (c chain) open(b *browse.Browser) (*browse.Profile, error) {
	if c.profile == nil {
		return b.NewProfile()
	}
	return c.profile()
}

// visit makes one visit, unless there is already a reason not to.
func (c chain) visit(ctx context.Context, b *browse.Browser, v browse.Visit, p *browse.Profile, err error) step {
	s := step{visit: v, err: cmp.Or(err, ctx.Err())}
	if s.err == nil {
		v.Profile = p
		s.capture, s.err = b.Visit(ctx, v)
	}
	return s
}

// notHeard is what a visit that was made again leaves open.
func notHeard(v browse.Visit) diapason.Gap {
	return diapason.Gap{
		Channel: diapason.Does, What: "what scripts call in visit " + v.ID, Minor: true,
		Why: "the page or the browser came down while it was listened to, and the visit was made again without", Next: "audit again; other visits of the same kind did listen",
	}
}

// diedPrefix is put before the id of a visit whose page or browser came down,
// and that was made again.
const diedPrefix = "ended-early/"

// first marks what came of a visit that is made again: it is kept under a name
// of its own, and what it missed is for the second one to show.
func (s step) first() step {
	s.capture.ID = diedPrefix + s.capture.ID
	for i := range s.capture.Gaps {
		g := &s.capture.Gaps[i]
		g.Minor, g.Next = true, "nothing: the visit was made again"
	}
	return s
}

// take records what came of one visit.
func (t *tour) take(s step) {
	stopped := errors.Is(s.err, context.Canceled) || errors.Is(s.err, context.DeadlineExceeded)
	switch {
	case errors.Is(s.err, diapason.ErrUsage), errors.Is(s.err, diapason.ErrNoBrowser):
		if t.err == nil {
			t.err = s.err
		}
		return
	case stopped && t.err == nil:
		t.err = s.err
	}
	begun := s.capture != nil && (len(s.capture.Requests) > 0 || !stopped)
	if begun {
		t.captures = append(t.captures, s.capture)
		t.done(s.capture)
		return
	}
	if stopped {
		t.unseen = append(t.unseen, s.visit.ID)
		return
	}
	if s.err != nil {
		t.miss("visit "+s.visit.ID, s.err)
	}
}

// miss notes something that could not be visited; the tour goes on.
func (t *tour) miss(what string, err error) {
	g := diapason.Gap{Channel: diapason.Does, What: what, Why: err.Error(), Next: "audit again"}
	var hint *diapason.Hint
	if errors.As(err, &hint) {
		g.Next = hint.Next
	}
	t.missed = append(t.missed, g)
}

// gaps is all that was not visited.
func (t *tour) gaps() []diapason.Gap {
	gaps := t.missed
	if len(t.unseen) > 0 {
		gaps = append(gaps, diapason.Gap{
			Channel: diapason.Does, What: fmt.Sprintf("visits: %s", strings.Join(t.unseen, ", ")),
			Why: "the audit was stopped before it got here", Next: "audit again and let it finish",
		})
	}
	return gaps
}
