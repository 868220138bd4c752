package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/term"
)

// A progress tells on standard error what long work is doing: one line that
// changes on a terminal, plain lines elsewhere. Work of under two seconds says
// nothing.
type progress struct {
	w       io.Writer
	live    bool
	width   int
	started time.Time

	mu   sync.Mutex
	last string
	done chan struct{}
}

// newProgress starts telling.
func newProgress() *progress {
	fd := int(os.Stderr.Fd())
	p := &progress{w: os.Stderr, started: time.Now(), done: make(chan struct{}), width: 80}
	p.live = term.IsTerminal(fd) && os.Getenv("CI") == "" && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	if w, _, err := term.GetSize(fd); err == nil && w > 20 {
		p.width = w
	}
	go p.beat()
	return p
}

// Tell takes the next thing that is being looked at.
func (p *progress) Tell(what string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = what
	if time.Since(p.started) > 2*time.Second {
		p.print()
	}
}

// beat repeats the line with the time that has passed: every second on a
// terminal, every half minute elsewhere.
func (p *progress) beat() {
	every := 30 * time.Second
	if p.live {
		every = time.Second
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-p.done:
			return
		case <-tick.C:
			p.mu.Lock()
			if p.last != "" && time.Since(p.started) > 2*time.Second {
				p.print()
			}
			p.mu.Unlock()
		}
	}
}

func (p *progress) print() {
	line := fmt.Sprintf("%4.0fs  %s", time.Since(p.started).Seconds(), p.last)
	if !p.live {
		fmt.Fprintln(p.w, line)
		return
	}
	if len(line) >= p.width {
		line = line[:p.width-1]
	}
	fmt.Fprintf(p.w, "\r\x1b[K%s", line)
}

// Stop ends the telling and clears the line.
func (p *progress) Stop() {
	close(p.done)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.live {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
