// Package cdp speaks Chromium's debugging protocol over the debugging pipe:
// JSON messages, each ended by a zero byte, on file descriptors 3 and 4.
//
// Start with [Start], which launches the browser and returns a [Conn]. Then
// [Conn.Call] sends a command and waits for its reply, [Conn.Send] does not
// wait, and every event arrives, in order and as it came, at the function
// given in [Options].
//
// The pipe is used because nothing else on the machine can join it. The
// package knows no protocol domain and hides no event: what to make of them is
// the caller's business.
package cdp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"time"

	"diapason.dev/diapason"
)

// MaxMessage is the size in bytes beyond which a message is dropped and counted.
const MaxMessage = 32 << 20

// ErrClosed is returned by calls on a browser that has ended.
var ErrClosed = errors.New("the browser has ended")

// Options say which browser to launch and how.
type Options struct {
	Path        string   // the browser's binary
	Flags       []string // switches; the pipe's own is added
	Env         []string // added to the environment, as NAME=value
	Unsandboxed bool     // run without the sandbox, as root must
	// Event is called with every event, one at a time and in order. It may
	// send, and it may call: replies arrive beside it.
	Event func(Event)
}

// An Event is one message that the browser sent of its own accord.
type Event struct {
	Session string          // empty for the browser itself
	Method  string          // "Network.requestWillBeSent"
	Params  json.RawMessage // as received
}

// An Error is the browser's refusal of a command.
type Error struct {
	Method  string `json:"-"`
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// Error names the command and the browser's own words.
func (e *Error) Error() string { return e.Method + ": " + e.Message }

// A Conn is one running browser. Its methods may be used from many goroutines.
type Conn struct {
	cmd    *exec.Cmd
	stderr *tail
	exited chan struct{} // closed when the process has ended
	gone   chan struct{} // closed when no more replies come

	write   sync.Mutex
	out     *os.File
	in      *os.File
	mu      sync.Mutex
	next    int64
	waiting map[int64]chan reply
	dropped int
	events  *queue
}

// A reply is what came back for a command.
type reply struct {
	result json.RawMessage
	err    *Error
}

// message is the frame of everything on the pipe.
type message struct {
	ID      int64           `json:"id,omitempty"`
	Session string          `json:"sessionId,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *Error          `json:"error,omitempty"`
}

// Call sends a command to a session (empty: the browser), waits for the reply
// and decodes it into result, which may be nil. The error is an [*Error] when
// the browser refused, [ErrClosed] when it ended, or the context's.
func (c *Conn) Call(ctx context.Context, session, method string, params, result any) error {
	wait := make(chan reply, 1)
	id, err := c.post(session, method, params, wait)
	if err != nil {
		return err
	}
	select {
	case r := <-wait:
		return r.decode(method, result)
	case <-ctx.Done():
		c.forget(id)
		return fmt.Errorf("%s: %w", method, ctx.Err())
	case <-c.gone:
		select { // the reply may have been the last thing that came
		case r := <-wait:
			return r.decode(method, result)
		default:
			return fmt.Errorf("%s: %w", method, ErrClosed)
		}
	}
}

func (r reply) decode(method string, result any) error {
	if r.err != nil {
		r.err.Method = method
		return r.err
	}
	if result == nil {
		return nil
	}
	if err := json.Unmarshal(r.result, result); err != nil {
		return fmt.Errorf("%s: decode reply: %w", method, err)
	}
	return nil
}

// Send sends a command and does not wait; its reply is dropped. A paused
// target answers only once it runs, so waiting there would wait for ever.
func (c *Conn) Send(session, method string, params any) error {
	_, err := c.post(session, method, params, nil)
	return err
}

// Dropped counts the messages that were larger than [MaxMessage].
func (c *Conn) Dropped() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.dropped
}

// Gone is closed when the browser sends no more.
func (c *Conn) Gone() <-chan struct{} { return c.gone }

// Pid is the process id of the browser.
func (c *Conn) Pid() int { return c.cmd.Process.Pid }

// post writes one command. With wait given, the reply goes there.
func (c *Conn) post(session, method string, params any, wait chan reply) (int64, error) {
	m := message{Session: session, Method: method}
	if params != nil {
		p, err := json.Marshal(params)
		if err != nil {
			return 0, fmt.Errorf("%s: encode: %w", method, err)
		}
		m.Params = p
	}
	c.mu.Lock()
	c.next++
	m.ID = c.next
	if wait != nil {
		c.waiting[m.ID] = wait
	}
	c.mu.Unlock()
	b, err := json.Marshal(m)
	if err != nil {
		return 0, fmt.Errorf("%s: encode: %w", method, err)
	}
	c.write.Lock()
	_, err = c.out.Write(append(b, 0))
	c.write.Unlock()
	if err != nil {
		c.forget(m.ID)
		return 0, fmt.Errorf("%s: %w: %w", method, ErrClosed, err)
	}
	return m.ID, nil
}

func (c *Conn) forget(id int64) {
	c.mu.Lock()
	delete(c.waiting, id)
	c.mu.Unlock()
}

// Close asks the browser to end, so that it writes its profile, waits, and
// kills what is left of its own process group. It reports an error when the
// browser had to be killed.
func (c *Conn) Close(patience time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	asked := c.Call(ctx, "", "Browser.close", nil, nil)
	var killed error
	select {
	case <-c.exited:
	case <-ctx.Done():
		killed = fmt.Errorf("close browser: it did not end within %s and was killed: %w", patience, diapason.ErrIncomplete)
	}
	c.Kill()
	if killed == nil && asked != nil && !errors.Is(asked, ErrClosed) {
		killed = fmt.Errorf("close browser: %w", asked)
	}
	return killed
}

// Kill ends the browser and its children at once and waits for that.
func (c *Conn) Kill() {
	killGroup(c.Pid())
	<-c.exited
	c.out.Close()
	c.in.Close()
	<-c.gone
}
