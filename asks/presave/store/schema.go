package store

import (
	"strings"
	"time"

	"diapason.dev/diapason/asks/presave"
)

// schema is for both databases; {bytes} is their word for a sequence of bytes.
// Instants are microseconds since 1970, 0 is none; days are as ISO 8601 writes
// them.
const schema = `
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS campaigns (
	id TEXT PRIMARY KEY, provider TEXT NOT NULL, uri TEXT NOT NULL, release_date TEXT NOT NULL, spec TEXT NOT NULL,
	done BIGINT NOT NULL DEFAULT 0, gone BIGINT NOT NULL DEFAULT 0, failed BIGINT NOT NULL DEFAULT 0,
	cancelled BIGINT NOT NULL DEFAULT 0, last_end BIGINT NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS keys (
	id TEXT PRIMARY KEY, campaign TEXT NOT NULL REFERENCES campaigns (id), age BIGINT NOT NULL, retired BIGINT NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS save_rows (
	id TEXT PRIMARY KEY, campaign TEXT NOT NULL REFERENCES campaigns (id), option TEXT NOT NULL, uri TEXT NOT NULL,
	zone TEXT NOT NULL, release_date TEXT NOT NULL, due_at BIGINT NOT NULL, state TEXT NOT NULL, attempts BIGINT NOT NULL,
	next_at BIGINT NOT NULL, lease_until BIGINT NOT NULL, sealed_refresh {bytes} NOT NULL,
	key_id TEXT NOT NULL REFERENCES keys (id), cancel_hash {bytes} NOT NULL, receipt_id TEXT NOT NULL, created_day TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS save_rows_next ON save_rows (campaign, next_at);
CREATE UNIQUE INDEX IF NOT EXISTS save_rows_cancel ON save_rows (cancel_hash);
CREATE INDEX IF NOT EXISTS save_rows_key ON save_rows (key_id);
CREATE TABLE IF NOT EXISTS receipts (cancel_hash {bytes} PRIMARY KEY, state TEXT NOT NULL, day TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS receipts_day ON receipts (day);
CREATE TABLE IF NOT EXISTS pendings (
	state_hash {bytes} PRIMARY KEY, campaign TEXT NOT NULL, option TEXT NOT NULL, uri TEXT NOT NULL, zone TEXT NOT NULL,
	expires BIGINT NOT NULL
);
CREATE TABLE IF NOT EXISTS buckets (provider TEXT PRIMARY KEY, tokens DOUBLE PRECISION NOT NULL, filled BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS pauses (
	kind TEXT NOT NULL, id TEXT NOT NULL, reason TEXT NOT NULL, since BIGINT NOT NULL, until BIGINT NOT NULL, probe BIGINT NOT NULL,
	PRIMARY KEY (kind, id)
);
`

// version is that of the schema.
const version = "1"

// rowColumns are the columns of a row in the order that scanRow reads.
const rowColumns = `id, campaign, option, uri, zone, release_date, due_at, state, attempts, next_at, lease_until,
	sealed_refresh, key_id, cancel_hash, receipt_id, created_day`

// scanRow reads a row's columns.
func scanRow(scan func(...any) error) (presave.Row, error) {
	var r presave.Row
	var release, created string
	var due, next, lease int64
	if err := scan(&r.ID, &r.Campaign, &r.Option, &r.URI, &r.Zone, &release, &due, &r.State, &r.Attempts, &next, &lease,
		&r.SealedRefresh, &r.KeyID, &r.CancelHash, &r.ReceiptID, &created); err != nil {
		return r, err
	}
	r.DueAt, r.NextAt, r.LeaseUntil = instant(due), instant(next), instant(lease)
	if err := r.ReleaseDate.UnmarshalText([]byte(release)); err != nil {
		return r, err
	}
	return r, r.CreatedDay.UnmarshalText([]byte(created))
}

// micros is how an instant is stored.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// instant is what micros stored.
func instant(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// statements splits the schema for a database.
func (d dialect) statements() []string {
	var all []string
	for s := range strings.SplitSeq(strings.ReplaceAll(schema, "{bytes}", d.bytes), ";\n") {
		if s = strings.TrimSpace(s); s != "" {
			all = append(all, s)
		}
	}
	return all
}
