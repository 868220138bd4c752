package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync"
)

// batch is how many changes one commit takes at most.
const batch = 64

// A writer makes changes on one connection. Those that wait while it commits
// go into the next commit together: many workers cost one sync of the disk.
type writer struct {
	db    *sql.DB
	begin string
	queue chan *change

	closing sync.Once
	stop    chan struct{}
	stopped chan struct{}

	conn    *sql.Conn
	session *session
}

// A change is what one caller wants, all of it or nothing.
type change struct {
	do   func(*session) error
	err  error
	done chan struct{}
}

var errClosed = errors.New("database closed")

func newWriter(db *sql.DB, begin string) *writer {
	w := &writer{db: db, begin: begin, queue: make(chan *change, batch), stop: make(chan struct{}), stopped: make(chan struct{})}
	go w.run()
	return w
}

// do makes a change and returns when it is on disk. If the context ends
// first, it may still come to pass.
func (w *writer) do(ctx context.Context, do func(*session) error) error {
	c := &change{do: do, done: make(chan struct{})}
	select {
	case w.queue <- c:
	case <-w.stop:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-c.done:
		return c.err
	case <-w.stopped:
		select {
		case <-c.done:
			return c.err
		default:
			return errClosed
		}
	case <-ctx.Done():
		return ctx.Err()
	}
}

// close finishes the commit that is under way.
func (w *writer) close() error {
	w.closing.Do(func() { close(w.stop) })
	<-w.stopped
	return w.db.Close()
}

func (w *writer) run() {
	defer close(w.stopped)
	for {
		var all []*change
		select {
		case c := <-w.queue:
			all = append(all, c)
		case <-w.stop:
			w.disconnect()
			return
		}
		for len(all) < batch && len(w.queue) > 0 {
			all = append(all, <-w.queue)
		}
		if err := w.commit(all); err != nil {
			for _, c := range all {
				c.err = err
			}
			w.disconnect()
		}
		for _, c := range all {
			close(c.done)
		}
	}
}

// commit makes the changes in one transaction. A change that fails is undone
// by itself; an error is one of the whole.
func (w *writer) commit(all []*change) error {
	if err := w.start(); err != nil {
		return err
	}
	for _, c := range all {
		if _, err := w.session.exec("SAVEPOINT one"); err != nil {
			return fmt.Errorf("savepoint: %w", err)
		}
		if c.err = c.do(w.session); c.err != nil {
			if _, err := w.session.exec("ROLLBACK TO SAVEPOINT one"); err != nil {
				return fmt.Errorf("roll back: %w", errors.Join(c.err, err))
			}
		}
		if _, err := w.session.exec("RELEASE SAVEPOINT one"); err != nil {
			return fmt.Errorf("release: %w", err)
		}
	}
	if _, err := w.session.exec("COMMIT"); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// start begins a transaction, on a new connection if the last one broke.
func (w *writer) start() error {
	if w.conn != nil {
		if _, err := w.session.exec(w.begin); err == nil {
			return nil
		}
		w.disconnect()
	}
	conn, err := w.db.Conn(context.Background())
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	w.conn, w.session = conn, newSession(conn)
	if _, err := w.session.exec(w.begin); err != nil {
		w.disconnect()
		return fmt.Errorf("begin: %w", err)
	}
	return nil
}

// disconnect lets go of the connection and so of what was not committed.
func (w *writer) disconnect() {
	if w.conn == nil {
		return
	}
	_ = w.conn.Raw(func(any) error { return driver.ErrBadConn }) // so that the pool drops it
	_ = w.conn.Close()
	w.conn, w.session = nil, nil
}
