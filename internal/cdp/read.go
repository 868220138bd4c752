package cdp

import (
	"bufio"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"time"
)

// waitDelay is how long the end of the browser waits for its standard error to close.
const waitDelay = 2 * time.Second

// read takes messages off the pipe until it closes.
func (c *Conn) read() {
	defer func() {
		c.events.close()
		close(c.gone)
	}()
	r := bufio.NewReaderSize(c.in, 1<<20)
	for {
		b, over, err := frame(r, MaxMessage)
		if over {
			c.mu.Lock()
			c.dropped++
			c.mu.Unlock()
		} else if len(b) > 0 {
			c.take(b)
		}
		if err != nil {
			return
		}
	}
}

// frame reads up to the next zero byte. A message over limit is read to its
// end and not kept.
func frame(r *bufio.Reader, limit int) (b []byte, over bool, err error) {
	for {
		part, err := r.ReadSlice(0)
		switch {
		case over:
		case len(b)+len(part) > limit:
			over, b = true, nil
		default:
			b = append(b, part...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil { // the pipe closed: half a message is none
			return nil, over, err
		}
		if !over {
			b = b[:len(b)-1]
		}
		return b, over, nil
	}
}

// take sends one message where it belongs.
func (c *Conn) take(b []byte) {
	var m message
	if err := json.Unmarshal(b, &m); err != nil {
		slog.Debug("a message of the browser is no JSON", "bytes", len(b))
		c.mu.Lock()
		c.dropped++
		c.mu.Unlock()
		return
	}
	if m.ID == 0 {
		c.events.put(Event{Session: m.Session, Method: m.Method, Params: m.Params})
		return
	}
	c.mu.Lock()
	wait := c.waiting[m.ID]
	delete(c.waiting, m.ID)
	c.mu.Unlock()
	if wait == nil {
		return
	}
	wait <- reply{result: m.Result, err: m.Error}
}

// A queue hands events on in order and never makes the reader wait, so that a
// handler may call the browser.
type queue struct {
	mu     sync.Mutex
	more   *sync.Cond
	list   []Event
	closed bool
	done   chan struct{}
}

func newQueue() *queue {
	q := &queue{done: make(chan struct{})}
	q.more = sync.NewCond(&q.mu)
	return q
}

func (q *queue) put(e Event) {
	q.mu.Lock()
	q.list = append(q.list, e)
	q.mu.Unlock()
	q.more.Signal()
}

func (q *queue) close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.more.Signal()
}

// deliver calls f until the queue is closed and empty.
func (q *queue) deliver(f func(Event)) {
	defer close(q.done)
	for {
		q.mu.Lock()
		for len(q.list) == 0 && !q.closed {
			q.more.Wait()
		}
		batch := q.list
		q.list = nil
		q.mu.Unlock()
		if len(batch) == 0 {
			return
		}
		for _, e := range batch {
			if f != nil {
				f(e)
			}
		}
	}
}

// Drained is closed when the browser has ended and every event was delivered.
func (c *Conn) Drained() <-chan struct{} { return c.events.done }
