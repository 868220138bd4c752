package browse

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// forgetTime is how long the browser's own clearing may take.
const forgetTime = 20 * time.Second

// forget deletes what a person can delete while the browser runs, with the
// browser's own means, and opens the pages again in the same tab. Other tabs
// keep the pages open all the while, as a person does who has them open twice:
// what tabs share in memory lives as long as one of them. This is the one place
// where the package clears a store, because the running browser is what is
// looked at.
func (w *walk) forget(first string, steps []Step) error {
	if err := w.beside(first, steps); err != nil {
		return err
	}
	w.readAll(w.ctx)
	if err := w.leaveTab(); err != nil {
		return err
	}
	if err := w.deleteAll(); err != nil {
		return err
	}
	w.mu.Lock()
	clear(w.stores)
	w.capture.Cleared = time.Now().UTC()
	w.mu.Unlock()
	if err := w.open(first); err != nil {
		return err
	}
	for _, s := range steps {
		if more, err := w.step(s); err != nil || !more {
			return err
		}
	}
	return nil
}

// mostBeside is how many pages are kept open beside the tab: the last ones.
const mostBeside = 4

// beside opens the pages of the way once more, each in a tab of its own.
func (w *walk) beside(first string, steps []Step) error {
	pages := []string{first}
	for _, s := range steps {
		if strings.Contains(s.Open, "://") && !slices.Contains(pages, s.Open) {
			pages = append(pages, s.Open)
		}
	}
	for _, at := range pages[max(0, len(pages)-mostBeside):] {
		if err := w.openBeside(at); err != nil {
			return fmt.Errorf("open the page in a second tab: %w", err)
		}
	}
	w.touch()
	w.quiet()
	return context.Cause(w.ctx)
}

// openBeside opens an address in a tab of its own, which is empty until it is
// listened to: the browser asks for the first address of a new tab before it
// tells of the tab.
func (w *walk) openBeside(address string) error {
	ctx, cancel := context.WithTimeout(w.ctx, w.settle.Load)
	defer cancel()
	var made struct {
		TargetID string `json:"targetId"`
	}
	if err := w.conn.Call(ctx, "", "Target.createTarget", map[string]any{"url": "about:blank", "background": true}, &made); err != nil {
		return err
	}
	var session string
	w.until(w.settle.Load, func() bool {
		for id, t := range w.targets {
			if t.id == made.TargetID {
				session = id
			}
		}
		return session != ""
	})
	if session == "" {
		return errNoTarget
	}
	return w.conn.Call(ctx, session, "Page.navigate", map[string]any{"url": address}, nil)
}

// leaveTab takes the first tab alone to an empty page, so that what its page
// sends and writes on leaving comes before the clearing.
func (w *walk) leaveTab() error {
	w.leave(w.ctx, w.main)
	w.mu.Lock()
	w.leaving = false
	w.mu.Unlock()
	return context.Cause(w.ctx)
}

// deleteAll empties cookies, cache and every store of every origin that was seen.
func (w *walk) deleteAll() error {
	ctx, cancel := context.WithTimeout(w.ctx, forgetTime)
	defer cancel()
	commands := []command{{"Network.clearBrowserCookies", nil}, {"Network.clearBrowserCache", nil}}
	for _, o := range w.origins() {
		commands = append(commands, command{"Storage.clearDataForOrigin", map[string]any{"origin": o, "storageTypes": "all"}})
	}
	for _, c := range commands {
		if err := w.conn.Call(ctx, w.main, c.method, c.params, nil); err != nil {
			if cause := context.Cause(w.ctx); cause != nil {
				return cause
			}
			return fmt.Errorf("delete browsing data: %s: %w", c.method, err)
		}
	}
	return nil
}

// origins are all origins from which anything was asked.
func (w *walk) origins() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []string
	for _, h := range w.hops {
		if u, err := url.Parse(h.URL); err == nil && u.Host != "" {
			all = append(all, u.Scheme+"://"+u.Host)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
