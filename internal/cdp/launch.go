package cdp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"slices"
	"sync"
	"syscall"

	"diapason.dev/diapason"
)

// Start launches the browser in a process group of its own. The error wraps
// [diapason.ErrNoBrowser] when the binary cannot be run, and
// [diapason.ErrUsage] when root asks for a sandbox, which Chromium refuses.
func Start(ctx context.Context, o Options) (*Conn, error) {
	if err := allowed(os.Geteuid(), o.Unsandboxed); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("start browser: %w: %w", err, diapason.ErrIncomplete)
	}
	hisIn, out, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("start browser: make pipe: %w: %w", err, diapason.ErrIncomplete)
	}
	defer hisIn.Close()
	in, hisOut, err := os.Pipe()
	if err != nil {
		out.Close()
		return nil, fmt.Errorf("start browser: make pipe: %w: %w", err, diapason.ErrIncomplete)
	}
	defer hisOut.Close()

	flags := append([]string{"--remote-debugging-pipe"}, o.Flags...)
	if o.Unsandboxed {
		flags = append(flags, "--no-sandbox")
	}
	c := &Conn{
		cmd: exec.Command(o.Path, flags...), stderr: &tail{}, exited: make(chan struct{}), gone: make(chan struct{}),
		out: out, in: in, waiting: map[int64]chan reply{}, events: newQueue(),
	}
	c.cmd.Env = append(os.Environ(), o.Env...)
	c.cmd.ExtraFiles = []*os.File{hisIn, hisOut} // descriptors 3 and 4
	c.cmd.Stderr = c.stderr
	c.cmd.WaitDelay = waitDelay
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := c.cmd.Start(); err != nil {
		in.Close()
		out.Close()
		return nil, noBrowser(o.Path, err)
	}
	go c.wait()
	go c.events.deliver(o.Event)
	go c.read()
	return c, nil
}

// allowed tells whether this user may run the browser so.
func allowed(uid int, unsandboxed bool) error {
	if uid == 0 && !unsandboxed {
		return diapason.WithHint(fmt.Errorf("start browser: Chromium keeps its sandbox only for ordinary users, and you are root: %w", diapason.ErrUsage),
			"run this as an ordinary user, or accept the risk with --unsandboxed")
	}
	return nil
}

func noBrowser(path string, err error) error {
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		err = errors.New("there is no such program")
	}
	return diapason.WithHint(fmt.Errorf("start browser %q: %w: %w", path, err, diapason.ErrNoBrowser), "install Chromium: apt-get install chromium")
}

// wait reaps the process. Standard error is read by the command itself, and a
// grandchild may hold it open: the process counts as ended all the same.
func (c *Conn) wait() {
	c.cmd.Wait() // the exit status of a browser tells nothing
	close(c.exited)
}

// Stderr is the last part of what the browser printed, for a person who looks
// for the cause of a crash.
func (c *Conn) Stderr() string { return c.stderr.String() }

// killGroup ends the process group that Start made, and nothing else.
func killGroup(pid int) {
	if pid > 1 {
		syscall.Kill(-pid, syscall.SIGKILL)
	}
}

// A tail keeps the last part of a stream.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

// Write keeps at most 16 KiB.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, p...)
	if over := len(t.buf) - 16<<10; over > 0 {
		t.buf = slices.Delete(t.buf, 0, over)
	}
	return len(p), nil
}

// String returns what was kept.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(bytes.ToValidUTF8(t.buf, []byte("?")))
}
