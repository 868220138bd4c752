package does

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"diapason.dev/diapason"
	"diapason.dev/diapason/internal/browse"
)

// atOnce is how many browsers run at a time: two keep two cores busy, and more
// would change what a page's timers see.
const atOnce = 2

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
	done     func(*diapason.Capture)
	captures []*diapason.Capture
	missed   []diapason.Gap
	unseen   []string // visits that were not begun when the tour was stopped
	err      error
}

// walk makes the visits of all chains, at most two at a time, and takes what
// came of them in the order in which they are listed.
func (t *tour) walk(ctx context.Context, chains []chain) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	steps := make([]chan step, len(chains))
	for i := range chains {
		steps[i] = make(chan step, len(chains[i].visits))
	}
	go func() {
		free := make(chan bool, atOnce)
		for i, c := range chains {
			free <- true
			go func() {
				defer func() { <-free }()
				c.walk(ctx, t.browser, steps[i])
			}()
		}
	}()
	for i := range chains {
		for range chains[i].visits {
			s := <-steps[i]
			t.take(s)
			if t.err != nil {
				stop() // the rest comes back at once, and only what had begun is kept
			}
		}
	}
}

// walk makes the visits of one chain and always answers once for each.
func (c chain) walk(ctx context.Context, b *browse.Browser, out chan<- step) {
	open := c.profile
	if open == nil {
		open = b.NewProfile
	}
	var p *browse.Profile
	err := ctx.Err()
	if err == nil {
		p, err = open()
	}
	if p != nil && !c.kept {
		defer p.Remove()
	}
	for _, v := range c.visits {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			out <- step{visit: v, err: err}
			continue
		}
		v.Profile = p
		s := step{visit: v}
		s.capture, s.err = b.Visit(ctx, v)
		out <- s
	}
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
