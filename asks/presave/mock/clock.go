package mock

import (
	"sync"
	"time"
)

// A Clock runs like the machine's and can be set. Its zero value shows the
// machine's time.
type Clock struct {
	mu     sync.Mutex
	offset time.Duration
}

// Set puts the clock to t; it runs on from there.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset = time.Until(t)
}

// Now is what the clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.offset)
}
