package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"diapason.dev/diapason/asks/presave"
)

// PutCampaign adds or changes a campaign.
func (t *tables) PutCampaign(ctx context.Context, c presave.Campaign) error {
	spec, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("campaign %s: %w", c.ID, err)
	}
	return failed("put campaign "+c.ID, t.writer.do(ctx, func(s *session) error {
		n, err := s.exec(`INSERT INTO campaigns (id, provider, uri, release_date, spec) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (id) DO NOTHING`, c.ID, c.Provider, c.URI, c.ReleaseDate.String(), string(spec))
		if err != nil || n > 0 {
			return err
		}
		n, err = s.exec(`UPDATE campaigns SET provider = $2, uri = $3, release_date = $4, spec = $5
			WHERE id = $1 AND (provider = $2 AND uri = $3 OR NOT EXISTS (SELECT 1 FROM save_rows WHERE campaign = $1))`,
			c.ID, c.Provider, c.URI, c.ReleaseDate.String(), string(spec))
		if err == nil && n == 0 {
			err = presave.ErrConsent
		}
		return err
	}))
}

// Campaign is the campaign of that id.
func (t *tables) Campaign(ctx context.Context, id string) (presave.Campaign, error) {
	var spec string
	var c presave.Campaign
	err := t.reader.one(`SELECT spec FROM campaigns WHERE id = $1`, id).Scan(&spec)
	if err == nil {
		err = json.Unmarshal([]byte(spec), &c)
	}
	return c, failed("campaign "+id, err)
}

// Campaigns are all campaigns, by id.
func (t *tables) Campaigns(ctx context.Context) ([]presave.Campaign, error) {
	var all []presave.Campaign
	err := t.reader.each(func(scan func(...any) error) error {
		var spec string
		var c presave.Campaign
		if err := scan(&spec); err != nil {
			return err
		}
		err := json.Unmarshal([]byte(spec), &c)
		all = append(all, c)
		return err
	}, `SELECT spec FROM campaigns ORDER BY id`)
	return all, failed("campaigns", err)
}

// Counts tells how the rows of a campaign stand and ended.
func (t *tables) Counts(ctx context.Context, campaign string) (presave.Counts, error) {
	var c presave.Counts
	err := t.reader.one(`SELECT (SELECT count(*) FROM save_rows WHERE campaign = $1), done, gone, failed, cancelled
		FROM campaigns WHERE id = $1`, campaign).Scan(&c.Waiting, &c.Done, &c.Gone, &c.Failed, &c.Cancelled)
	return c, failed("counts of "+campaign, err)
}

// Begin remembers a request.
func (t *tables) Begin(ctx context.Context, p presave.Pending) error {
	return failed("begin", t.writer.do(ctx, func(s *session) error {
		_, err := s.exec(`INSERT INTO pendings (state_hash, campaign, option, uri, zone, expires) VALUES ($1, $2, $3, $4, $5, $6)`,
			p.StateHash, p.Campaign, string(p.Option), p.URI, p.Zone, micros(p.Expires))
		return err
	}))
}

// Redeem forgets a request and returns it.
func (t *tables) Redeem(ctx context.Context, stateHash []byte, now time.Time) (presave.Pending, error) {
	p := presave.Pending{StateHash: stateHash}
	err := t.writer.do(ctx, func(s *session) error {
		var expires int64
		err := s.one(`DELETE FROM pendings WHERE state_hash = $1 RETURNING campaign, option, uri, zone, expires`, stateHash).
			Scan(&p.Campaign, &p.Option, &p.URI, &p.Zone, &expires)
		p.Expires = instant(expires)
		return err
	})
	if err == nil && !now.Before(p.Expires) {
		err = presave.ErrNotFound
	}
	return p, failed("redeem", err)
}

// Zoneinfo is the version of the time zone data.
func (t *tables) Zoneinfo(ctx context.Context) (string, error) {
	var v string
	err := t.reader.one(`SELECT coalesce(max(value), '') FROM meta WHERE name = 'zoneinfo'`).Scan(&v)
	return v, failed("zoneinfo", err)
}

// SetZoneinfo records the version of the time zone data.
func (t *tables) SetZoneinfo(ctx context.Context, version string) error {
	return failed("set zoneinfo", t.writer.do(ctx, func(s *session) error {
		_, err := s.exec(`INSERT INTO meta (name, value) VALUES ('zoneinfo', $1)
			ON CONFLICT (name) DO UPDATE SET value = excluded.value`, version)
		return err
	}))
}

// failed says what was tried.
func failed(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}
