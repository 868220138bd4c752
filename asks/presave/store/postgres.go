package store

import (
	"context"
	"database/sql"
	"fmt"

	"diapason.dev/diapason"
)

// Postgres is a database on a server, for several machines.
type Postgres struct{ *tables }

// OpenPostgres connects to postgres://user:password@host/database. The
// password is better left to a file (PGPASSFILE): it is in no message either
// way.
func OpenPostgres(ctx context.Context, address string) (*Postgres, error) {
	db, err := sql.Open("pgx", address)
	if err != nil {
		return nil, fmt.Errorf("open database postgres: address not understood: %w", diapason.ErrUsage)
	}
	writes, err := sql.Open("pgx", address)
	if err != nil {
		return nil, fmt.Errorf("open database postgres: address not understood: %w", diapason.ErrUsage)
	}
	db.SetMaxOpenConns(4)
	t, err := open(ctx, dialect{
		begin: "BEGIN", bytes: "BYTEA", lock: "FOR UPDATE", share: "FOR SHARE",
		skipLocked: "FOR UPDATE SKIP LOCKED", random: "floor(random() * %d)::bigint",
		alone: "SELECT pg_advisory_xact_lock(4711204)",
	}, db, writes)
	if err != nil {
		return nil, diapason.WithHint(fmt.Errorf("open database postgres: %w", err), "check that the server runs and the address names an existing database")
	}
	return &Postgres{t}, nil
}
