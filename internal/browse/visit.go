package browse

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"diapason.dev/diapason"
)

// lookTime is how long the last look at a page may take, after the visit
// itself was stopped or has failed.
const lookTime = 3 * time.Second

// walkThrough opens the page and does the steps. What goes wrong ends the walk
// and becomes a gap; what was seen stays.
func (w *walk) walkThrough() {
	if err := w.open(w.URL); err != nil {
		var nav *errNavigation
		w.rest(loadTimeout)
		if errors.As(err, &nav) && nav.word != "no answer" {
			w.rest(failed)
		}
		w.fail(err)
		return
	}
	if len(w.Steps) > 0 {
		w.page(w.ctx, false)
	}
	for i, s := range w.Steps {
		more, err := w.step(s)
		if err != nil {
			w.failStep(i, err)
			return
		}
		if !more {
			return
		}
	}
}

// fail records why the walk ended.
func (w *walk) fail(err error) {
	w.gap(w.explain(err))
	w.incomplete = true
}

// failStep records why a journey ended before its end.
func (w *walk) failStep(i int, err error) {
	var step *errStep
	if errors.As(err, &step) {
		w.gap(fmt.Sprintf("step %d of the journey could not be done: %s", i+1, step), "look at the page, and put the selector right")
		w.incomplete = true
		return
	}
	w.fail(err)
}

// lookBack takes what is there at the end: storage, document, picture, what is
// sent on leaving, and the cookies.
func (w *walk) lookBack(ctx context.Context) []wireCookie {
	cause := context.Cause(w.ctx)
	if cause != nil && !w.incomplete {
		w.fail(cause)
	}
	if errors.Is(cause, errGone) || errors.Is(cause, errMemory) {
		w.broken = true
		return nil
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), maxVisit/4)
	if cause != nil {
		cancel()
		last, cancel = context.WithTimeout(context.WithoutCancel(ctx), lookTime)
	}
	defer cancel()
	if cause == nil && w.rested != failed {
		w.pause(w.settle.Favicons)
	}
	if !errors.Is(cause, errCrashed) && w.rested != failed {
		w.readAll(last)
		w.page(last, false)
		w.shoot(last)
	}
	if cause == nil {
		w.leave(last)
	}
	return w.jar(last)
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
	if len(c.Cut) > 0 {
		w.gap("more was there than one visit keeps; the rest was counted", "see the counts in the record")
		w.incomplete = true
	}
	c.Complete = !w.incomplete
}

// lastLine is the last line that is not empty.
func lastLine(s string) string {
	s = strings.TrimSpace(s)
	return s[strings.LastIndexByte(s, '\n')+1:]
}
