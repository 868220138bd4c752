package browse

import (
	"context"

	"diapason.dev/diapason"
)

// takeBack looks for the control that leads back to the choice, and refuses
// there. Nothing that the page keeps is touched by hand.
func (c *choosing) takeBack() error {
	b := c.banner
	b.Withdraw = nowhere
	if !b.Registered {
		return nil // nobody knows what would be taken back; Why tells
	}
	back, sp, clicks, err := c.wayBack()
	if err != nil {
		return err
	}
	if back == nil {
		return c.not(nil, "no control to take the agreement back was found on the page, nor on the page about privacy that it leads to")
	}
	keyboard := c.reach(sp, back)[back]
	before := c.remember()
	pressed, err := c.press(sp, back)
	if err != nil {
		b.Withdraw = diapason.Control{} // there is one
		return c.not(err, "the control to take the agreement back could not be clicked")
	}
	if err := c.comeToRest(); err != nil {
		return err
	}
	clicks++
	b.Withdraw = back.offer(clicks, 1)
	y, err := c.afterBack(clicks)
	if err != nil {
		return c.not(err, "the agreement could not be taken back")
	}
	if y != nil {
		b.Withdraw = y.offer()
		if pressed, err = y.walk(c); err != nil {
			return c.not(err, "the agreement could not be taken back")
		}
		if err := c.comeToRest(); err != nil {
			return err
		}
	}
	b.Withdraw.Keyboard = keyboard
	changed := c.recorded(before, c.remember())
	if y == nil && !changed { // it led nowhere
		b.Withdraw = nowhere
		return c.not(nil, "the control "+quoted(back.Words)+" offers no way to take the agreement back")
	}
	b.Chosen, b.Since, b.Registered = withdraw, pressed, changed
	b.Cookies, b.Stores = before.listed()
	if !changed {
		b.Why = "nothing that records the choice changed when the agreement was taken back"
	}
	return c.openFrom(b.URL)
}

func quoted(words string) string { return "“" + words + "”" }

// wayBack finds the control that leads back to the choice: on the page, or on
// the page about privacy that one link leads to.
func (c *choosing) wayBack() (*control, spot, int, error) {
	for clicks := range layers {
		policy := ""
		for _, sp := range c.spots() {
			var found struct {
				Control *control `json:"control"`
				Policy  string   `json:"policy"`
			}
			if err := c.ask(sp, &found, "way", c.Selectors); err != nil {
				continue // the frame went away
			}
			if found.Control != nil {
				return found.Control, sp, clicks, nil
			}
			if policy == "" {
				policy = found.Policy
			}
		}
		if c.ctx.Err() != nil {
			return nil, spot{}, 0, context.Cause(c.ctx)
		}
		if policy == "" || clicks+1 == layers {
			break
		}
		if err := c.openFrom(policy); err != nil {
			return nil, spot{}, 0, err
		}
	}
	return nil, spot{}, 0, nil
}

// afterBack finds the way to refuse in what came up after the control was
// clicked; nil when nothing came up.
func (c *choosing) afterBack(clicks int) (*way, error) {
	if s := c.awaitBanner(c.patience, true); s != nil {
		return c.out(s, clicks, 2), nil
	}
	if s := c.sightings(false); s != nil { // the first layer again, with the refusal one step in
		return c.inside(s, clicks+1, 2)
	}
	return nil, context.Cause(c.ctx)
}
