package presave

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"

	"diapason.dev/diapason"
)

// A Service is a pre-save service: what listeners ask of it, and [Service.Run],
// which saves.
type Service struct {
	Store     Store
	Ring      *Ring
	Providers map[string]*Provider // by id
	Clock     *Clock
	Log       *slog.Logger // gets ids of campaigns and rows, never anything of a listener
	Workers   int          // how many rows are worked on at once; [DefaultWorkers] if 0
}

// A Consent is what a listener agreed to, with the grant that came of it.
type Consent struct {
	Campaign string
	Option   Option // Save or Follow
	URI      string // what the listener was shown
	Zone     string
	Refresh  string // is sealed at once
}

// Enrol stores a row for a consent. secret is the receipt's [Link] and is not
// stored: whoever has it can read the status and cancel.
func (s *Service) Enrol(ctx context.Context, c Consent) (row Row, secret string, err error) {
	campaign, err := s.Store.Campaign(ctx, c.Campaign)
	if err != nil {
		return Row{}, "", fmt.Errorf("enrol for %s: %w", c.Campaign, err)
	}
	if c.Option == Save && c.URI != campaign.URI {
		return Row{}, "", fmt.Errorf("enrol for %s: %w", c.Campaign, ErrConsent)
	}
	now := s.Clock.Now()
	link := NewLink(c.Campaign, c.Option, DateOf(now.UTC()))
	row = Row{
		ID: link.RowID(), Campaign: c.Campaign, Option: c.Option, URI: c.URI, Zone: c.Zone,
		ReleaseDate: campaign.ReleaseDate, DueAt: now, State: Waiting, NextAt: now,
		CancelHash: link.Hash(), ReceiptID: link.ReceiptID(), CreatedDay: link.Given,
	}
	if c.Option == Save {
		if row.DueAt, err = Due(campaign.ReleaseDate, c.Zone); err != nil {
			return Row{}, "", fmt.Errorf("enrol for %s: %w", c.Campaign, err)
		}
		row.NextAt = row.DueAt.Add(mathrand.N(Jitter))
		if row.NextAt.Before(now) {
			row.NextAt = now
		}
	}
	if err := s.add(ctx, &row, c.Refresh); err != nil {
		return Row{}, "", fmt.Errorf("enrol for %s: %w", c.Campaign, err)
	}
	return row, link.String(), nil
}

// add seals and stores a row. The campaign's key may be destroyed between the
// two; then there is a new one.
func (s *Service) add(ctx context.Context, row *Row, refresh string) error {
	for try := 0; ; try++ {
		id, err := s.keyID(ctx, row.Campaign)
		if err != nil {
			return err
		}
		row.KeyID = id
		if row.SealedRefresh, err = s.Ring.Seal(*row, refresh); err == nil {
			err = s.Store.Add(ctx, *row)
		}
		if !errors.Is(err, ErrKey) || try == 2 {
			return err
		}
	}
}

// keyID is the key that a campaign's rows are sealed with; the first row makes
// it.
func (s *Service) keyID(ctx context.Context, campaign string) (string, error) {
	id, err := s.Store.Key(ctx, campaign)
	if !errors.Is(err, ErrNotFound) {
		return id, err
	}
	if id, err = s.Ring.Create(campaign); err != nil {
		return "", err
	}
	return id, s.Store.AddKey(ctx, campaign, id)
}

// Status is the state that a receipt's link shows, and the row while there is
// one.
func (s *Service) Status(ctx context.Context, secret string) (Receipt, *Row, error) {
	hash := CancelHash(secret)
	row, err := s.Store.Find(ctx, hash)
	if err == nil {
		return Receipt{CancelHash: hash, State: row.State}, &row, nil
	}
	if !errors.Is(err, ErrNotFound) {
		return Receipt{}, nil, err
	}
	receipt, err := s.Store.Receipt(ctx, hash)
	return receipt, nil, err
}

// Cancel deletes the row of a receipt's link. Cancelling twice is no error
// while the receipt is kept.
func (s *Service) Cancel(ctx context.Context, secret string) error {
	err := s.Store.Cancel(ctx, CancelHash(secret), s.Clock.Now())
	if errors.Is(err, ErrNotFound) {
		_, err = s.Store.Receipt(ctx, CancelHash(secret))
	}
	return err
}

// PutCampaign checks a campaign and stores it. Rows that it has move to its
// release date.
func (s *Service) PutCampaign(ctx context.Context, c Campaign) error {
	if err := s.check(c); err != nil {
		return err
	}
	if err := s.Store.PutCampaign(ctx, c); err != nil {
		return err
	}
	return s.reschedule(ctx, c.ID)
}

func (s *Service) check(c Campaign) error {
	if _, ok := s.Providers[c.Provider]; !ok {
		return fmt.Errorf("campaign %q: no provider %q is configured: %w", c.ID, c.Provider, diapason.ErrUsage)
	}
	if c.ID == "" || len(c.ID) > 64 || !pathSafe(c.ID) {
		return fmt.Errorf("campaign %q: expected an id of letters, digits and hyphens: %w", c.ID, diapason.ErrUsage)
	}
	if c.URI == "" || c.ReleaseDate.IsZero() {
		return fmt.Errorf("campaign %q: expected a uri and a release_date: %w", c.ID, diapason.ErrUsage)
	}
	if _, err := location(c.Zone); err != nil {
		return fmt.Errorf("campaign %q: %w", c.ID, err)
	}
	return nil
}

// pathSafe tells whether an id is letters, digits and hyphens.
func pathSafe(id string) bool {
	for _, r := range id {
		if r != '-' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			return false
		}
	}
	return true
}

// randomID is 128 random bits in hex.
func randomID() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails: crypto/rand
	return hex.EncodeToString(b)
}
