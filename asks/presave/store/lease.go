package store

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"diapason.dev/diapason/asks/presave"
)

// Lease gives rows that are due to one worker.
func (t *tables) Lease(ctx context.Context, now time.Time, n int, limits map[string]presave.Limit) ([]presave.Row, error) {
	var leased []presave.Row
	err := t.writer.do(ctx, func(s *session) error {
		l := &lease{session: s, dialect: t.dialect, now: now, left: n, limits: limits, tokens: map[string]float64{}}
		err := l.run()
		leased = l.rows
		return err
	})
	if err != nil {
		return nil, failed("lease", err)
	}
	return leased, nil
}

// A lease is one transaction that takes rows.
type lease struct {
	*session
	dialect
	now    time.Time
	left   int
	limits map[string]presave.Limit
	tokens map[string]float64 // what is in the buckets that were looked at
	rows   []presave.Row
}

// run goes through the campaigns that have rows for now, beginning with a
// random one so that a large one does not starve the rest.
func (l *lease) run() error {
	type due struct{ campaign, provider string }
	var all []due
	err := l.each(func(scan func(...any) error) error {
		var d due
		err := scan(&d.campaign, &d.provider)
		all = append(all, d)
		return err
	}, `SELECT id, provider FROM campaigns c
		WHERE EXISTS (SELECT 1 FROM save_rows r WHERE r.campaign = c.id AND r.next_at <= $1)`, micros(l.now))
	if err != nil || len(all) == 0 {
		return err
	}
	first := rand.IntN(len(all))
	for i := range all {
		d := all[(first+i)%len(all)]
		n, err := l.allowed(d.campaign, d.provider)
		if err != nil {
			return err
		}
		if n == 0 {
			continue
		}
		if err := l.take(d.campaign, d.provider, n); err != nil {
			return err
		}
	}
	return l.settle()
}

// allowed is how many rows of a campaign may be taken: none while it or its
// provider is paused, one to probe a pause that is over.
func (l *lease) allowed(campaign, provider string) (int, error) {
	n := l.left
	if limit, ok := l.limits[provider]; ok && limit.Rate > 0 {
		tokens, err := l.bucket(provider, limit)
		if err != nil {
			return 0, err
		}
		n = min(n, int(tokens))
	}
	if n == 0 {
		return 0, nil
	}
	gates := []struct {
		kind presave.PauseKind
		id   string
	}{{presave.PauseProvider, provider}, {presave.PauseCampaign, campaign}}
	over := gates[:0:0]
	for _, g := range gates {
		var until int64
		err := l.one(`SELECT until FROM pauses WHERE kind = $1 AND id = $2 `+l.lock, string(g.kind), g.id).Scan(&until)
		switch {
		case errors.Is(err, presave.ErrNotFound):
		case err != nil:
			return 0, err
		case until > micros(l.now):
			return 0, nil
		default:
			over = append(over, g)
		}
	}
	for _, g := range over {
		probe, err := l.probes(g.kind, g.id)
		if err != nil {
			return 0, err
		}
		if probe {
			n = 1
		}
	}
	return n, nil
}

// probes ends a pause that is over, or makes this worker the one that probes
// it; the next does in an hour.
func (l *lease) probes(kind presave.PauseKind, id string) (bool, error) {
	n, err := l.exec(`UPDATE pauses SET until = $3 WHERE kind = $1 AND id = $2 AND probe = 1`,
		string(kind), id, micros(l.now.Add(presave.ProbeEvery)))
	if err != nil || n > 0 {
		return n > 0, err
	}
	_, err = l.exec(`DELETE FROM pauses WHERE kind = $1 AND id = $2`, string(kind), id)
	return false, err
}

// bucket is how many tokens a provider's bucket holds now.
func (l *lease) bucket(provider string, limit presave.Limit) (float64, error) {
	if tokens, ok := l.tokens[provider]; ok {
		return tokens, nil
	}
	if _, err := l.exec(`INSERT INTO buckets (provider, tokens, filled) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
		provider, float64(limit.Burst), micros(l.now)); err != nil {
		return 0, err
	}
	var tokens float64
	var filled int64
	if err := l.one(`SELECT tokens, filled FROM buckets WHERE provider = $1 `+l.lock, provider).Scan(&tokens, &filled); err != nil {
		return 0, err
	}
	tokens += max(0, l.now.Sub(instant(filled)).Seconds()) * limit.Rate
	l.tokens[provider] = min(tokens, float64(limit.Burst))
	return l.tokens[provider], nil
}

// settle writes the buckets back.
func (l *lease) settle() error {
	for provider, tokens := range l.tokens {
		if _, err := l.exec(`UPDATE buckets SET tokens = $2, filled = CASE WHEN filled < $3 THEN $3 ELSE filled END WHERE provider = $1`,
			provider, tokens, micros(l.now)); err != nil {
			return err
		}
	}
	return nil
}

// take leases up to n rows of a campaign. While it is leased a row is not due,
// so that the index leads past it.
func (l *lease) take(campaign, provider string, n int) error {
	before := len(l.rows)
	err := l.each(func(scan func(...any) error) error {
		r, err := scanRow(scan)
		l.rows = append(l.rows, r)
		return err
	}, `WITH picked AS MATERIALIZED
		(SELECT id FROM save_rows WHERE campaign = $1 AND next_at <= $2 ORDER BY next_at LIMIT $4 `+l.skipLocked+`)
		UPDATE save_rows SET lease_until = $3, next_at = $3, attempts = attempts + 1 WHERE id IN (SELECT id FROM picked)
		RETURNING `+rowColumns, campaign, micros(l.now), micros(l.now.Add(presave.LeaseLife)), n)
	taken := len(l.rows) - before
	l.left -= taken
	if _, ok := l.tokens[provider]; ok {
		l.tokens[provider] -= float64(taken)
	}
	return err
}

// Holds tells whether the row is still the worker's.
func (t *tables) Holds(ctx context.Context, r presave.Row) error {
	var release string
	err := t.reader.one(`SELECT c.release_date FROM save_rows r JOIN campaigns c ON c.id = r.campaign
		WHERE r.id = $1 AND r.lease_until = $2`, r.ID, micros(r.LeaseUntil)).Scan(&release)
	if err == nil && r.Option == presave.Save && release != r.ReleaseDate.String() {
		err = presave.ErrMoved
	}
	return failed("row "+r.ID, err)
}
