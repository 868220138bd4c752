package browse

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"
)

// A click takes a moment to arrive at the page, and so does a frame of another
// process to move when what stands in it is brought into view.
const (
	landTime = 600 * time.Millisecond
	moveStep = 50 * time.Millisecond
)

type point struct{ X, Y float64 }

var errAway = errors.New("the control is no longer on the page")

// press clicks a control with the mouse, where a person would, and tells when.
// Where something lies over it, and the mouse does not get through, the control
// is clicked by script.
func (w *walk) press(sp spot, c *control) (time.Time, error) {
	at, err := w.aim(sp, c)
	if err != nil {
		return time.Time{}, err
	}
	w.touch()
	pressed := time.Now().UTC()
	for _, kind := range []string{"mouseMoved", "mousePressed", "mouseReleased"} {
		p := map[string]any{"type": kind, "x": at.X, "y": at.Y}
		if kind != "mouseMoved" {
			p["button"], p["clickCount"] = "left", 1
		}
		if err := w.input("Input.dispatchMouseEvent", p); err != nil {
			return pressed, err
		}
	}
	for range landTime / moveStep {
		var arrived bool
		if err := w.ask(sp, &arrived, "arrived", c.Mark); err != nil || arrived {
			return pressed, context.Cause(w.ctx) // where the click led away, the frame is gone
		}
		if !w.pause(moveStep) {
			return pressed, context.Cause(w.ctx)
		}
	}
	_ = w.ask(sp, nil, "land", c.Mark) // what went away needs no click
	return pressed, nil
}

// aim brings a control into view, waits until it stands still, and tells where
// it is in the tab.
func (w *walk) aim(sp spot, c *control) (point, error) {
	var there bool
	if err := w.ask(sp, &there, "aim", c.Mark); err != nil || !there {
		return point{}, cmp.Or(err, errAway)
	}
	var last point
	for i := range 10 {
		var at *point
		if err := w.ask(sp, &at, "where", c.Mark); err != nil || at == nil {
			return point{}, cmp.Or(err, errAway)
		}
		x, y, err := w.offset(sp)
		if err != nil {
			return point{}, err
		}
		now := point{x + at.X, y + at.Y}
		if i > 1 && now == last {
			break
		}
		last = now
		if !w.pause(moveStep) {
			return point{}, context.Cause(w.ctx)
		}
	}
	return last, nil
}

// offset tells where a frame's corner is in the tab, in CSS pixels.
func (w *walk) offset(sp spot) (x, y float64, err error) {
	for range maxFrames {
		w.mu.Lock()
		t := w.targets[sp.session]
		w.mu.Unlock()
		if t == nil {
			return 0, 0, errors.New("the frame went away")
		}
		if sp.frame == t.id {
			if sp.session == w.main {
				return x, y, nil
			}
			sp.session = t.parent
		}
		left, top, err := w.corner(sp)
		if err != nil {
			return 0, 0, err
		}
		x, y = x+left, y+top
		w.mu.Lock() // where a box is, is told from the corner of the session's own document
		if t := w.targets[sp.session]; t != nil {
			sp.frame = t.id
		}
		w.mu.Unlock()
	}
	return 0, 0, errors.New("the frame stands too deep")
}

// corner is where a session's document has the inner corner of a frame.
func (w *walk) corner(sp spot) (x, y float64, err error) {
	ctx, cancel := context.WithTimeout(w.ctx, askTime)
	defer cancel()
	var owner struct{ BackendNodeID int }
	if err := w.conn.Call(ctx, sp.session, "DOM.getFrameOwner", map[string]any{"frameId": sp.frame}, &owner); err != nil {
		return 0, 0, err
	}
	var box struct{ Model struct{ Content []float64 } }
	if err := w.conn.Call(ctx, sp.session, "DOM.getBoxModel", map[string]any{"backendNodeId": owner.BackendNodeID}, &box); err != nil {
		return 0, 0, err
	}
	if len(box.Model.Content) < 2 {
		return 0, 0, errors.New("the frame has no box")
	}
	return box.Model.Content[0], box.Model.Content[1], nil
}

// maxTabs is how often the Tab key is pressed to reach a control. A banner that
// takes more is not in the keyboard's reach.
const maxTabs = 100

// reach presses the Tab key, and tells which of some controls of a frame it leads to.
func (w *walk) reach(sp spot, controls ...*control) map[*control]bool {
	reached := map[*control]bool{}
	left := slices.DeleteFunc(controls, func(c *control) bool { return c == nil })
	for range maxTabs {
		var marks []int
		if err := w.ask(sp, &marks, "focused"); err != nil {
			return reached
		}
		left = slices.DeleteFunc(left, func(c *control) bool {
			reached[c] = slices.Contains(marks, c.Mark)
			return reached[c]
		})
		if len(left) == 0 {
			return reached
		}
		for _, kind := range []string{"rawKeyDown", "keyUp"} {
			if err := w.input("Input.dispatchKeyEvent", map[string]any{"type": kind, "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9}); err != nil {
				return reached
			}
		}
	}
	return reached
}
