// Package store keeps a pre-save campaign's rows in SQLite or PostgreSQL.
// Start with [Open]. Both speak the same statements, but for what a [dialect]
// names, and pass the same suite.
package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib" // driver "pgx"
	_ "modernc.org/sqlite"             // driver "sqlite"

	"diapason.dev/diapason"
	"diapason.dev/diapason/asks/presave"
)

// Open opens a database and makes its tables: PostgreSQL for an address that
// begins with postgres:// or postgresql://, else SQLite in the file of that
// name.
func Open(ctx context.Context, where string) (presave.Store, error) {
	if strings.HasPrefix(where, "postgres://") || strings.HasPrefix(where, "postgresql://") {
		return OpenPostgres(ctx, where)
	}
	return OpenSQLite(ctx, where)
}

// A dialect is where the databases differ.
type dialect struct {
	begin      string // begins a transaction that will write
	bytes      string // type of a sequence of bytes
	lock       string // clause that locks what is selected
	share      string // clause that keeps what is selected from being changed
	skipLocked string // clause that locks what is selected and nobody else locked
	random     string // expression: a random whole number from 0 up to %d
	alone      string // lets one at a time make the tables; empty where all changes are made one at a time
}

// tables are the statements that both databases run.
type tables struct {
	dialect
	db     *sql.DB // for reading
	reader *session
	writer *writer
}

// open makes the tables and starts the writer.
func open(ctx context.Context, d dialect, reads, writes *sql.DB) (*tables, error) {
	t := &tables{dialect: d, db: reads, reader: newSession(reads), writer: newWriter(writes, d.begin)}
	err := t.writer.do(ctx, func(s *session) error {
		if d.alone != "" {
			if _, err := s.exec(d.alone); err != nil {
				return err
			}
		}
		for _, statement := range d.statements() {
			if _, err := s.exec(statement); err != nil {
				return err
			}
		}
		if _, err := s.exec(`INSERT INTO meta (name, value) VALUES ('schema', $1) ON CONFLICT DO NOTHING`, version); err != nil {
			return err
		}
		var found string
		if err := s.one(`SELECT value FROM meta WHERE name = 'schema'`).Scan(&found); err != nil {
			return err
		}
		if found != version {
			return fmt.Errorf("schema %s, expected %s: %w", found, version, diapason.ErrUsage)
		}
		return nil
	})
	if err != nil {
		_ = t.Close()
		return nil, err
	}
	return t, nil
}

// Close lets go of the database.
func (t *tables) Close() error {
	err := t.writer.close()
	if cerr := t.db.Close(); err == nil {
		err = cerr
	}
	return err
}
