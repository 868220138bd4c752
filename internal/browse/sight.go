package browse

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"diapason.dev/diapason"
)

// Selectors say where a banner and its controls are, where the words on them do
// not tell: CSS selectors, or "text=" and the words. All are optional.
type Selectors struct {
	Banner   string `json:"banner,omitempty"`
	Accept   string `json:"accept,omitempty"`
	Reject   string `json:"reject,omitempty"`
	Settings string `json:"settings,omitempty"`
	Withdraw string `json:"withdraw,omitempty"`
}

// bannerScript finds what asks for a choice in one document, and measures it.
//
//go:embed banner.js
var bannerScript string

// A spot is one frame of the tab, and the session that answers for it.
type spot struct{ session, frame string }

// A sight is a banner, or the second layer of one, as it stands on the page.
type sight struct {
	spot
	Score    int       `json:"score"`
	By       string    `json:"by"`
	Text     string    `json:"text"`
	Controls []control `json:"controls"`
	Preset   []string  `json:"preset"`
}

// A control is something that can be clicked. Its mark is its number in the frame.
type control struct {
	Mark     int     `json:"mark"`
	Role     string  `json:"role"` // accept, reject, settings, save, withdraw
	Words    string  `json:"words"`
	Kind     string  `json:"kind"`
	Contrast float64 `json:"contrast"`
	Area     float64 `json:"area"`
	Font     float64 `json:"font"`
}

func (s *sight) find(role string) *control {
	for i := range s.Controls {
		if s.Controls[i].Role == role {
			return &s.Controls[i]
		}
	}
	return nil
}

// nowhere is a choice for which no control was found.
var nowhere = diapason.Control{Clicks: -1}

// offer tells how a choice is offered by a control.
func (c *control) offer(clicks, layer int) diapason.Control {
	if c == nil {
		return nowhere
	}
	return diapason.Control{Words: c.Words, Kind: c.Kind, Clicks: clicks, Layer: layer, Contrast: c.Contrast, Area: c.Area, Font: c.Font}
}

// askTime is how long one frame may take to answer a question about a banner.
const askTime = 8 * time.Second

// ask calls one function of the banner script in a frame. What the script found
// earlier in the same document is still known to it.
func (w *walk) ask(sp spot, out any, function string, args ...any) error {
	list, err := json.Marshal(append([]any{}, args...))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(w.ctx, askTime)
	defer cancel()
	call := fmt.Sprintf("(() => { self.kit ??= (%s)(%s); return self.kit.%s(...%s) ?? null; })()", bannerScript, choiceWords(), function, list)
	return w.evaluate(ctx, sp.session, sp.frame, call, out)
}

// spots lists the frames of the tab, its own first.
func (w *walk) spots() []spot {
	w.mu.Lock()
	var sessions []string
	for s := range w.targets {
		if s != w.main && w.targets[s].kind == "iframe" && w.inTab(s) {
			sessions = append(sessions, s)
		}
	}
	w.mu.Unlock()
	slices.Sort(sessions)
	var all []spot
	for _, s := range append([]string{w.main}, sessions...) {
		var tree struct{ FrameTree frameTree }
		ctx, cancel := context.WithTimeout(w.ctx, askTime)
		err := w.conn.Call(ctx, s, "Page.getFrameTree", nil, &tree)
		cancel()
		if err != nil {
			continue // gone meanwhile
		}
		for _, f := range tree.FrameTree.list(nil) {
			all = append(all, spot{s, f.ID})
		}
	}
	return all[:min(len(all), maxFrames)]
}

// inTab tells whether a target stands in the tab that is visited.
func (w *walk) inTab(session string) bool {
	for range maxFrames {
		t := w.targets[session]
		if t == nil {
			return false
		}
		if session == w.main {
			return true
		}
		session = t.parent
	}
	return false
}

// sightings looks once in every frame. With inner, it looks for a layer that
// offers to refuse or to save, wherever it stands on the page.
func (w *walk) sightings(inner bool) *sight {
	var best *sight
	for _, sp := range w.spots() {
		var s *sight
		if err := w.ask(sp, &s, "look", w.Selectors, inner); err != nil || s == nil {
			continue // the frame went away, or asks for nothing
		}
		s.spot = sp
		if best == nil || s.Score > best.Score {
			best = s
		}
	}
	return best
}

// await looks for a banner until one stands still, or the time is over.
func (w *walk) awaitBanner(limit time.Duration, inner bool) *sight {
	deadline := time.Now().Add(limit)
	for {
		if s := w.sightings(inner); s != nil {
			if !w.pause(w.settle.Quiet) { // it may still be moving, or be filled
				return nil
			}
			if again := w.sightings(inner); again != nil {
				return again
			}
			continue
		}
		if time.Now().After(deadline) || !w.pause(200*time.Millisecond) {
			return nil
		}
	}
}

// address is where the tab is.
func (w *walk) address() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.top("", w.main)
}

// host is the name in an address.
func host(address string) string {
	h, _ := hostPort(address)
	return strings.ToLower(h)
}
