package presave

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"diapason.dev/diapason"
)

// A question is what a provider was asked.
type question int

const (
	forToken question = iota
	toSave
)

// DefaultWorkers is how many rows are worked on at once.
const DefaultWorkers = 32

// jobTime is what a row takes at most: two refreshes and two saves of ten
// seconds each. A row whose lease is over sooner is left to the next worker.
const jobTime = 45 * time.Second

// Run works on rows as they come due, and tends the store, until the context
// ends. The rows that are under way then are finished.
func (s *Service) Run(ctx context.Context) error {
	var tended time.Time
	for ctx.Err() == nil {
		now := s.Clock.Now()
		if d := now.Sub(tended); d >= tendEvery || d < 0 {
			if err := s.Tend(ctx); err != nil {
				s.Log.Error("tending failed", "error", err)
			}
			tended = now
		}
		n, err := s.Round(ctx)
		if err != nil && ctx.Err() == nil {
			s.Log.Error("round failed", "error", err)
		}
		if n == 0 {
			_ = s.Clock.Wait(ctx, now.Add(time.Second))
		}
	}
	return nil
}

// Round leases rows that are due, works on them, and tells how many there
// were.
func (s *Service) Round(ctx context.Context) (int, error) {
	workers := s.Workers
	if workers == 0 {
		workers = DefaultWorkers
	}
	limits := map[string]Limit{}
	for id, p := range s.Providers {
		limits[id] = Limit{p.Rate, p.Burst}
	}
	rows, err := s.Store.Lease(ctx, s.Clock.Now(), 8*workers, limits)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	campaigns, err := s.Store.Campaigns(ctx)
	if err != nil {
		return 0, err
	}
	r := &round{Service: s, campaigns: map[string]Campaign{}}
	for _, c := range campaigns {
		r.campaigns[c.ID] = c
	}
	work := make(chan Row)
	var done sync.WaitGroup
	for range min(workers, len(rows)) {
		done.Go(func() {
			for row := range work {
				r.row(ctx, row)
			}
		})
	}
	for _, row := range rows {
		work <- row
	}
	close(work)
	done.Wait()
	return len(rows), nil
}

// A round is a number of rows that were leased together.
type round struct {
	*Service
	campaigns map[string]Campaign
	stopped   sync.Map // of PauseKind and id: what this round found closed
}

// stop is the key of a pause in round.stopped.
type stop struct {
	kind PauseKind
	id   string
}

// row works on one row. Once it has begun it is not interrupted: a rotated
// token must be sealed before anything else.
func (r *round) row(ctx context.Context, row Row) {
	provider := r.campaigns[row.Campaign].Provider
	_, noProvider := r.stopped.Load(stop{PauseProvider, provider})
	_, noCampaign := r.stopped.Load(stop{PauseCampaign, row.Campaign})
	interrupted := ctx.Err() != nil
	ctx = context.WithoutCancel(ctx)
	now := r.Clock.Now()
	if interrupted || noProvider || noCampaign || now.Add(jobTime).After(row.LeaseUntil) {
		r.told(row, r.Store.Return(ctx, row, now))
		return
	}
	asked, err := r.attempt(ctx, &row)
	switch {
	case errors.Is(err, ErrNotFound):
		r.Log.Info("row left", "row", row.ID, "why", "cancelled or no longer leased")
	case errors.Is(err, ErrMoved):
		r.told(row, r.reschedule(ctx, row.Campaign))
	default:
		r.settle(ctx, row, err, judge(row, err, asked, r.Clock.Now()))
	}
}

// attempt refreshes and saves. A 401 may mean that the access token ended
// early: it is asked for once more.
func (r *round) attempt(ctx context.Context, row *Row) (question, error) {
	p, ok := r.Providers[r.campaigns[row.Campaign].Provider]
	if !ok {
		return forToken, fmt.Errorf("row %s: its provider is not configured: %w", row.ID, diapason.ErrUsage)
	}
	put := p.Save
	if row.Option == Follow {
		put = p.Follow
	}
	for again := false; ; again = true {
		access, err := r.access(ctx, p, row)
		if err != nil {
			return forToken, err
		}
		if err := r.Store.Holds(ctx, *row); err != nil {
			return toSave, err
		}
		err = put(ctx, access, row.URI)
		var a *Answer
		if again || !errors.As(err, &a) || a.Status != 401 {
			return toSave, err
		}
	}
}

// access gets an access token. If the refresh token was replaced, the new one
// is sealed before anything else happens, even if the clocks differ. Should
// the process be killed in between, the row has the old one: it ends as gone
// with a provider that ends that at once, rather than when the new one is used.
func (r *round) access(ctx context.Context, p *Provider, row *Row) (string, error) {
	refresh, err := r.Ring.Unseal(*row)
	if err != nil {
		return "", err
	}
	grant, err := p.Refresh(ctx, refresh)
	if grant.Refresh != "" && grant.Refresh != refresh {
		if rerr := r.reseal(ctx, row, grant.Refresh); rerr != nil {
			return "", rerr
		}
	}
	return grant.Access, err
}

// reseal stores a rotated token. It tries again where the database does not
// answer: the token is nowhere else.
func (r *round) reseal(ctx context.Context, row *Row, refresh string) error {
	sealed, err := r.Ring.Seal(*row, refresh)
	if err != nil {
		return err
	}
	row.SealedRefresh = sealed
	for try := 0; ; try++ {
		if err = r.Store.Reseal(ctx, *row); err == nil || errors.Is(err, ErrNotFound) || try == 2 {
			return err
		}
	}
}

// settle makes a row's fate true.
func (r *round) settle(ctx context.Context, row Row, cause error, f fate) {
	now := r.Clock.Now()
	if f.pause != nil {
		p := *f.pause
		p.ID, p.Since = row.Campaign, now
		if p.Kind == PauseProvider {
			p.ID = r.campaigns[row.Campaign].Provider
		}
		r.told(row, r.Store.Pause(ctx, p))
		if _, known := r.stopped.LoadOrStore(stop{p.Kind, p.ID}, true); known {
			f.alert = ""
		}
		if f.alert != "" {
			r.Log.Error("paused", "kind", p.Kind, "id", p.ID, "reason", p.Reason, "until", p.Until, "campaign", row.Campaign)
		}
	} else if f.alert != "" {
		r.Log.Error("row cannot be used", "row", row.ID, "campaign", row.Campaign, "reason", f.alert)
	}
	if f.final == "" {
		r.Log.Debug("row waits", "row", row.ID, "until", f.next, "cause", cause)
		r.told(row, r.Store.Return(ctx, row, f.next))
		return
	}
	level := slog.LevelDebug
	if f.final == Failed {
		level = slog.LevelWarn
	}
	r.Log.Log(ctx, level, "row ended", "row", row.ID, "campaign", row.Campaign, "state", f.final, "cause", cause)
	r.told(row, r.Store.Finish(ctx, row, f.final, now))
}

// told logs what went wrong with a row that was worked on. It stays leased and
// is worked on again after that.
func (r *round) told(row Row, err error) {
	switch {
	case errors.Is(err, ErrNotFound):
		r.Log.Info("row left", "row", row.ID, "why", "cancelled or no longer leased")
	case err != nil:
		r.Log.Error("row stays leased", "row", row.ID, "error", err)
	}
}
