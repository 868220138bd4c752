package browse

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"diapason.dev/diapason"
)

// What a visit can do about a banner.
const (
	look     = "look"     // measure how the choices are offered, and choose nothing
	reject   = "reject"   // refuse everything
	accept   = "accept"   // agree to everything
	withdraw = "withdraw" // agree, and come back to take it back
)

// Choices names what a visit can do about a banner.
func Choices() []string { return []string{look, reject, accept, withdraw} }

func checkChoice(name string) error {
	if name != "" && !slices.Contains(Choices(), name) {
		return fmt.Errorf("%q is no choice: there is %s", name, strings.Join(Choices(), ", "))
	}
	return nil
}

// layers is how many layers of a banner are searched: a way to refuse that is
// deeper in is no way.
const layers = 2

// choose looks for a banner on the page that has come to rest, makes the
// choice, returns to the page, and sees whether the choice counts there. What
// cannot be chosen is a fact of the banner; the error is for what ends the visit.
func (w *walk) choose() error {
	if w.Choose == "" {
		return nil
	}
	begun := time.Now()
	b := &diapason.Banner{URL: w.address(), Accept: nowhere, Reject: nowhere}
	w.capture.Banner = b
	s := w.awaitBanner(w.settle.Banner, false)
	if s == nil {
		return context.Cause(w.ctx)
	}
	b.Found, b.By, b.Text, b.Preset = true, s.By, s.Text, s.Preset
	b.Accept = s.find(accept).offer(1, 1)
	b.Reject = s.find(reject).offer(1, 1)
	if b.Reject.Clicks < 0 && s.find("settings") != nil {
		b.Reject = diapason.Control{} // it may be one step in
	}
	if w.Choose == look {
		return nil
	}
	w.page(w.ctx)
	w.keys(b, s)
	c := &choosing{walk: w, banner: b, patience: min(w.settle.Banner, time.Since(begun)+time.Second), before: w.remember()}
	return c.make(s)
}

// explore measures what cannot be seen without touching the page: what the
// keyboard reaches, and the second layer. It is done when a visit that only
// looks has seen everything else, and chooses nothing.
func (w *walk) explore() {
	b := w.capture.Banner
	if w.Choose != look || b == nil || !b.Found {
		return
	}
	s := w.sightings(false)
	if s == nil {
		if w.address() == b.URL || w.openFrom(b.URL) != nil {
			return
		}
		if s = w.awaitBanner(w.settle.Banner, false); s == nil {
			return
		}
	}
	w.keys(b, s)
	c := &choosing{walk: w, banner: b}
	way, err := c.inside(s, 1, 1)
	switch {
	case err != nil:
		_ = c.not(err, "the settings of the banner could not be opened")
	case b.Reject.Clicks > 0:
	case way == nil:
		b.Reject, b.Why = nowhere, noRefusal
	default:
		b.Reject = way.offer()
		b.Reject.Keyboard = w.reach(way.spot, way.last)[way.last]
	}
}

const noRefusal = "no way to refuse was found within two layers"

// keys notes which choices of the first layer the keyboard reaches.
func (w *walk) keys(b *diapason.Banner, s *sight) {
	yes, no := s.find(accept), s.find(reject)
	reached := w.reach(s.spot, yes, no)
	b.Accept.Keyboard, b.Reject.Keyboard = yes != nil && reached[yes], no != nil && reached[no]
}

// A choosing is one choice under way.
type choosing struct {
	*walk
	banner   *diapason.Banner
	patience time.Duration // how long the banner may take to come up again
	before   stored        // what was stored before the choice
}

// make makes the choice of the visit.
func (c *choosing) make(s *sight) error {
	b := c.banner
	switch c.Choose {
	case reject:
		way, err := c.refusal(s, 0)
		if err != nil || way == nil {
			b.Reject = nowhere
			return c.not(err, noRefusal)
		}
		b.Reject = way.offer()
		b.Reject.Keyboard = c.reach(way.spot, way.last)[way.last]
		return c.done(way.walk(c))
	case accept, withdraw:
		yes := s.find(accept)
		if yes == nil {
			return c.not(nil, "no way to accept was found")
		}
		if err := c.done(c.press(s.spot, yes)); err != nil || c.Choose == accept {
			return err
		}
		return c.takeBack()
	}
	return nil
}

// not notes why a choice could not be made. A page that changes under the
// search is a reason; the end of the visit is an error.
func (c *choosing) not(err error, why string) error {
	if c.ctx.Err() != nil {
		return context.Cause(c.ctx)
	}
	c.banner.Why = why
	if err != nil {
		c.banner.Why += " (" + err.Error() + ")"
	}
	return nil
}

// done waits for what follows a choice, returns to the page, and sees whether
// the choice was kept.
func (c *choosing) done(pressed time.Time, err error) error {
	if err != nil {
		return c.not(err, "the choice could not be clicked")
	}
	b := c.banner
	b.Since, b.Chosen = pressed, c.Choose
	b.Cookies, b.Stores = c.before.listed()
	if b.Chosen == withdraw {
		b.Chosen = accept // until it is taken back
	}
	if err := c.comeToRest(); err != nil {
		return err
	}
	changed := c.recorded(c.before, c.remember())
	gone, err := c.staysGone()
	if err != nil {
		return err
	}
	switch {
	case !gone:
		b.Why = "the banner came back after the page was opened again"
	case !changed:
		b.Why = "the banner stays away, but nothing that records the choice was stored"
	default:
		b.Registered = true
	}
	return nil
}

// staysGone opens the page again, at most twice, and tells whether the banner
// is gone.
func (c *choosing) staysGone() (bool, error) {
	for range 2 {
		if err := c.openFrom(c.banner.URL); err != nil {
			return false, err
		}
		if c.awaitBanner(c.patience, false) == nil {
			return c.ctx.Err() == nil, context.Cause(c.ctx)
		}
	}
	return false, nil
}

// A way is how a choice is made from what stands on the page.
type way struct {
	spot
	ticked []*control // to be clicked first
	last   *control
	clicks int
	layer  int
}

func (y *way) offer() diapason.Control { return y.last.offer(y.clicks, y.layer) }

// walk clicks what the way consists of, and tells when the last click was made.
func (y *way) walk(c *choosing) (time.Time, error) {
	for _, box := range y.ticked {
		if at, err := c.press(y.spot, box); err != nil {
			return at, err
		}
	}
	return c.press(y.spot, y.last)
}

// refusal finds the way to refuse, and opens the settings if it is not on the
// first layer. The clicks that were made before it are given.
func (c *choosing) refusal(s *sight, clicks int) (*way, error) {
	if no := s.find(reject); no != nil {
		return &way{spot: s.spot, last: no, clicks: clicks + 1, layer: 1}, nil
	}
	return c.inside(s, clicks+1, 1)
}

// inside opens the settings and finds the way to refuse there: a control that
// refuses, or one that saves when nothing is ticked any more.
func (c *choosing) inside(s *sight, clicks, layer int) (*way, error) {
	open := s.find("settings")
	if open == nil {
		return nil, nil
	}
	if _, err := c.press(s.spot, open); err != nil {
		return nil, err
	}
	if err := c.comeToRest(); err != nil {
		return nil, err
	}
	inner := c.awaitBanner(c.settle.Banner, true)
	if inner == nil {
		return nil, nil
	}
	return c.out(inner, clicks, layer+1), nil
}

// out is the way to refuse on a layer that stands open.
func (c *choosing) out(s *sight, clicks, layer int) *way {
	for _, p := range s.Preset {
		if !slices.Contains(c.banner.Preset, p) && c.Choose != withdraw {
			c.banner.Preset = append(c.banner.Preset, p)
		}
	}
	if no := s.find(reject); no != nil {
		return &way{spot: s.spot, last: no, clicks: clicks + 1, layer: layer}
	}
	save := s.find("save")
	if save == nil {
		return nil
	}
	y := &way{spot: s.spot, last: save, layer: layer}
	var marks []int
	_ = c.ask(s.spot, &marks, "untick") // a frame that went away shows when it is clicked
	for _, m := range marks {
		y.ticked = append(y.ticked, &control{Mark: m})
	}
	y.clicks = clicks + len(y.ticked) + 1
	return y
}
