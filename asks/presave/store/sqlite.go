package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"diapason.dev/diapason"
)

// SQLite is a database in a file, for one machine.
type SQLite struct{ *tables }

// pragmas are what a connection is opened with, and what it must answer then:
// the driver ignores what it cannot read. With synchronous=FULL a commit
// outlives a power cut, in which a row or a rotated token would be lost;
// secure_delete overwrites what is deleted
// (https://www.sqlite.org/pragma.html).
var pragmas = []struct{ name, value, answer string }{
	{"busy_timeout", "10000", "10000"},
	{"journal_mode", "WAL", "wal"},
	{"synchronous", "FULL", "2"},
	{"secure_delete", "ON", "1"},
	{"foreign_keys", "ON", "1"},
}

// OpenSQLite opens the file and makes it, for its owner only, if it does not
// exist.
func OpenSQLite(ctx context.Context, path string) (*SQLite, error) {
	t, err := openSQLite(ctx, path)
	if err != nil {
		return nil, diapason.WithHint(fmt.Errorf("open database %s: %w", path, err),
			"give a file in a folder that exists, or postgres://…")
	}
	return &SQLite{t}, nil
}

func openSQLite(ctx context.Context, path string) (*tables, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", err, diapason.ErrUsage)
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	query := url.Values{}
	for _, p := range pragmas {
		query.Add("_pragma", p.name+"("+p.value+")")
	}
	address := (&url.URL{Scheme: "file", Opaque: url.PathEscape(path), RawQuery: query.Encode()}).String()
	writes, err := sql.Open("sqlite", address)
	if err != nil {
		return nil, err
	}
	reads, err := sql.Open("sqlite", address)
	if err != nil {
		return nil, errors.Join(err, writes.Close())
	}
	for _, p := range pragmas {
		var got string
		if err := writes.QueryRowContext(ctx, "PRAGMA "+p.name).Scan(&got); err != nil {
			return nil, errors.Join(err, reads.Close(), writes.Close())
		}
		if !strings.EqualFold(got, p.answer) {
			err := fmt.Errorf("pragma %s is %s, expected %s: %w", p.name, got, p.answer, diapason.ErrUsage)
			return nil, errors.Join(err, reads.Close(), writes.Close())
		}
	}
	reads.SetMaxOpenConns(4)
	return open(ctx, dialect{
		begin: "BEGIN IMMEDIATE", bytes: "BLOB", random: "abs(random() %% %d)",
	}, reads, writes)
}
