package presave

import (
	"context"
	"sync"
	"time"
)

// A Clock tells the time. The zero Clock is the system's; once [Clock.Set] was
// called it stands at that instant until it is set again, so that a campaign
// of half a year runs in a moment.
type Clock struct {
	mu     sync.Mutex
	set    time.Time
	change chan struct{}
}

// Now is the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.set.IsZero() {
		return time.Now()
	}
	return c.set
}

// Set stops the clock at t and wakes everybody who waits for it to change.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.set = t
	if c.change != nil {
		close(c.change)
		c.change = nil
	}
}

// Wait returns when the clock reads t or later, or with the context's error.
func (c *Clock) Wait(ctx context.Context, t time.Time) error {
	for {
		change, left, standing := c.until(t)
		if left <= 0 {
			return ctx.Err()
		}
		var elapsed <-chan time.Time
		if !standing {
			timer := time.NewTimer(left)
			defer timer.Stop()
			elapsed = timer.C
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-change:
		case <-elapsed:
		}
	}
}

// until tells how long it is until t, whether the clock stands, and what is
// closed when somebody sets it.
func (c *Clock) until(t time.Time) (change <-chan struct{}, left time.Duration, standing bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.change == nil {
		c.change = make(chan struct{})
	}
	if c.set.IsZero() {
		return c.change, time.Until(t), false
	}
	return c.change, t.Sub(c.set), true
}
