package presave

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// How long what is left of a campaign is kept.
const (
	ReceiptLife = 30                 // days, after the row ended
	KeyLife     = 7 * 24 * time.Hour // after the campaign's last row ended
	tendEvery   = time.Hour
)

// Tend does what nobody asks for: it recomputes times that no longer follow
// from the release date and the time zone data, ends rows that waited too
// long, forgets old receipts, and destroys the keys of campaigns that are over.
func (s *Service) Tend(ctx context.Context) error {
	return errors.Join(s.zoneinfo(ctx), s.expire(ctx), s.forget(ctx), s.destroy(ctx))
}

// Move changes a campaign's release date, and with it when its rows are due.
func (s *Service) Move(ctx context.Context, campaign string, to Date) error {
	c, err := s.Store.Campaign(ctx, campaign)
	if err != nil {
		return err
	}
	c.ReleaseDate = to
	return s.PutCampaign(ctx, c)
}

// zoneinfo recomputes all times, which is cheap, and records by which data.
func (s *Service) zoneinfo(ctx context.Context) error {
	if err := s.reschedule(ctx, ""); err != nil {
		return err
	}
	was, err := s.Store.Zoneinfo(ctx)
	if err != nil || was == ZoneinfoVersion() {
		return err
	}
	s.Log.Info("time zone data changed", "from", was, "to", ZoneinfoVersion())
	return s.Store.SetZoneinfo(ctx, ZoneinfoVersion())
}

// reschedule moves the rows of a campaign, or of all if it is "", that are not
// due when their release date begins.
func (s *Service) reschedule(ctx context.Context, campaign string) error {
	campaigns, err := s.Store.Campaigns(ctx)
	if err != nil {
		return err
	}
	dates := map[string]Date{}
	for _, c := range campaigns {
		dates[c.ID] = c.ReleaseDate
	}
	schedules, err := s.Store.Schedules(ctx)
	if err != nil {
		return err
	}
	for _, from := range schedules {
		if from.Option != Save || campaign != "" && from.Campaign != campaign {
			continue
		}
		date := dates[from.Campaign]
		at, err := Due(date, from.Zone)
		if err != nil {
			return fmt.Errorf("reschedule %s: %w", from.Campaign, err)
		}
		if date == from.Date && at.Equal(from.DueAt) {
			continue
		}
		s.Log.Info("rows moved", "campaign", from.Campaign, "zone", from.Zone, "rows", from.Rows, "due", at)
		if err := s.Store.Reschedule(ctx, from, date, at, Jitter); err != nil {
			return err
		}
	}
	return nil
}

// expire ends rows whose campaign is paused and that were due too long ago.
func (s *Service) expire(ctx context.Context) error {
	const most = 1000
	for {
		now := s.Clock.Now()
		n, err := s.Store.Expire(ctx, now.Add(-GiveUp), now, most)
		if n > 0 {
			s.Log.Warn("rows given up", "rows", n)
		}
		if err != nil || n < most {
			return err
		}
	}
}

func (s *Service) forget(ctx context.Context) error {
	now := s.Clock.Now()
	return s.Store.Forget(ctx, DateOf(now.UTC()).AddDays(-ReceiptLife), now)
}

// destroy ends keys. Each is closed in the store first, so that no row is
// sealed with it meanwhile, and forgotten there last: if this is interrupted
// it goes on from there.
func (s *Service) destroy(ctx context.Context) error {
	ids, err := s.Store.RetireKeys(ctx, s.Clock.Now().Add(-KeyLife))
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := s.Ring.Destroy(id); err != nil {
			return err
		}
		if err := s.Store.ForgetKey(ctx, id); err != nil {
			return err
		}
		s.Log.Info("key destroyed", "key", id)
	}
	return nil
}
