package store

import (
	"context"
	"database/sql"
	"errors"
	"sync"

	"diapason.dev/diapason/asks/presave"
)

// A preparer is a pool of connections or one of them.
type preparer interface {
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
}

// A session runs statements and prepares each once.
type session struct {
	over preparer

	mu         sync.Mutex
	statements map[string]*sql.Stmt
}

func newSession(over preparer) *session {
	return &session{over: over, statements: map[string]*sql.Stmt{}}
}

func (s *session) prepared(query string) (*sql.Stmt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if st, ok := s.statements[query]; ok {
		return st, nil
	}
	st, err := s.over.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, err
	}
	s.statements[query] = st
	return st, nil
}

// exec runs a statement and tells how many rows it changed.
func (s *session) exec(query string, args ...any) (int64, error) {
	st, err := s.prepared(query)
	if err != nil {
		return 0, err
	}
	done, err := st.Exec(args...)
	if err != nil {
		return 0, err
	}
	return done.RowsAffected()
}

// must runs a statement that changes a row, and returns ErrNotFound if there
// was none.
func (s *session) must(query string, args ...any) error {
	n, err := s.exec(query, args...)
	if err == nil && n == 0 {
		err = presave.ErrNotFound
	}
	return err
}

// A result is a single row of an answer.
type result struct {
	row *sql.Row
	err error
}

// one asks for a single row.
func (s *session) one(query string, args ...any) result {
	st, err := s.prepared(query)
	if err != nil {
		return result{err: err}
	}
	return result{row: st.QueryRow(args...)}
}

// Scan reads the row. ErrNotFound if there is none.
func (r result) Scan(into ...any) error {
	if r.err != nil {
		return r.err
	}
	err := r.row.Scan(into...)
	if errors.Is(err, sql.ErrNoRows) {
		return presave.ErrNotFound
	}
	return err
}

// each asks for rows and reads one after the other.
func (s *session) each(read func(scan func(...any) error) error, query string, args ...any) error {
	st, err := s.prepared(query)
	if err != nil {
		return err
	}
	rows, err := st.Query(args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := read(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}
