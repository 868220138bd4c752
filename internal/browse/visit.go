package browse

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/internal/cdp"
)

// How long each part of the last look may take. A page that hangs or has
// crashed answers nothing.
const (
	lookTime  = 15 * time.Second // at the storage, the document and the picture
	briefLook = 3 * time.Second  // the same, when the visit was stopped or has failed
	leaveTime = 10 * time.Second
	jarTime   = 5 * time.Second
	shotTime  = 5 * time.Second
)

// walkThrough opens the page and does the steps. What goes wrong ends the walk
// and becomes a gap; what was seen stays.
func (w *walk) walkThrough() {
	if err := w.open(w.URL); err != nil {
		var nav *errNavigation
		if errors.As(err, &nav) && nav.word == noAnswer {
			w.rest(loadTimeout)
		} else if nav != nil {
			w.rest(failed)
		}
		w.fail(err)
		return
	}
	if err := w.choose(); err != nil {
		w.fail(err)
		return
	}
	if len(w.Steps) > 0 {
		w.page(w.ctx)
	}
	for i, s := range w.Steps {
		more, err := w.step(s)
		if err != nil {
			w.failStep(i, err)
			return
		}
		if !more {
			break
		}
	}
	if w.Forget {
		if err := w.forget(w.URL, w.Steps); err != nil {
			w.fail(err)
		}
	}
}

// fail records why the walk ended.
func (w *walk) fail(err error) {
	w.incomplete = true
	w.gap(w.explain(w.cause(err)))
}

// cause finds what is behind an error: the end of the visit or of the browser
// shows as all kinds of failures.
func (w *walk) cause(err error) error {
	var nav *errNavigation
	if errors.As(err, &nav) && nav.word == "net::ERR_ABORTED" || errors.Is(err, cdp.ErrClosed) {
		w.pause(300 * time.Millisecond) // news of a crash or a download may be on its way
	}
	if cause := context.Cause(w.ctx); cause != nil {
		return cause
	}
	select {
	case <-w.conn.Gone():
		return errGone
	default:
		return err
	}
}

// failStep records why a journey ended before its end.
func (w *walk) failStep(i int, err error) {
	var step *errStep
	if errors.As(w.cause(err), &step) {
		w.gap(fmt.Sprintf("step %d of the journey could not be done: %s", i+1, step), "look at the page, and put the selector right")
		w.incomplete = true
		return
	}
	w.fail(err)
}

// lookBack takes what is there at the end: storage, document, picture, what is
// sent on leaving, and the cookies.
func (w *walk) lookBack(ctx context.Context) []wireCookie {
	cause := w.cause(nil)
	if cause != nil && !w.incomplete {
		w.fail(cause)
	}
	w.notice(cause)
	if errors.Is(cause, errGone) || errors.Is(cause, errMemory) {
		w.broken = true
		return nil
	}
	keep := context.WithoutCancel(ctx)
	calm := cause == nil && w.rested != failed && w.rested != loadTimeout
	if calm {
		w.pause(w.settle.Favicons)
	}
	if !errors.Is(cause, errCrashed) && w.rested != failed {
		w.look(keep, calm)
	}
	if calm {
		w.explore()
	}
	if calm {
		last, cancel := context.WithTimeout(keep, leaveTime)
		w.leave(last, "")
		cancel()
	}
	last, cancel := context.WithTimeout(keep, jarTime)
	defer cancel()
	return w.jar(last)
}

// notice remembers that page or browser came down.
func (w *walk) notice(cause error) {
	if errors.Is(cause, errCrashed) || errors.Is(cause, errGone) || errors.Is(cause, errMemory) {
		w.died = cause
	}
}

// look reads storage, document and picture of the page as it stands.
func (w *walk) look(ctx context.Context, calm bool) {
	limit := lookTime
	if !calm {
		limit = briefLook
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if !calm { // while a document is under way the tab answers nothing
		_ = w.conn.Call(ctx, w.main, "Page.stopLoading", nil, nil)
	}
	w.readAll(ctx)
	w.page(ctx)
	w.shoot(ctx)
}

// conclude says whether the capture tells everything.
func (w *walk) conclude() {
	c := w.capture
	c.Settle = w.rested
	if c.Settle == "" {
		c.Settle = failed
	}
	switch c.Settle {
	case busy:
		w.addGap(diapason.Gap{Why: "the page did not go idle: it kept on asking; what it sent until then was recorded", Next: "nothing, if the page works like that", Minor: true})
	case loadTimeout:
		if !w.incomplete {
			w.gap(fmt.Sprintf("the page did not finish loading within %s", w.settle.Load), "audit again; look at which request does not end")
		}
		w.incomplete = true
	}
	w.refusals()
	if len(c.Cut) > 0 {
		known := true
		for what := range c.Cut {
			known = known && minorCuts[what]
		}
		w.addGap(diapason.Gap{Why: "not everything was kept: " + counts(c.Cut) + wentTo(c.Requests), Next: "see the counts in the record", Minor: known})
		w.incomplete = w.incomplete || !known
	}
	c.Complete = !w.incomplete
}

// counts tells what was left out and how often.
func counts(cut map[string]int) string {
	var all []string
	for _, what := range sortedKeys(cut) {
		all = append(all, fmt.Sprintf("%d %s", cut[what], what))
	}
	return strings.Join(all, ", ")
}

// lastLine is the last line that is not empty.
func lastLine(s string) string {
	s = strings.TrimSpace(s)
	return s[strings.LastIndexByte(s, '\n')+1:]
}
