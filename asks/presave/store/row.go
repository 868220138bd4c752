package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"diapason.dev/diapason/asks/presave"
)

// Add stores a row, unless its key was retired.
func (t *tables) Add(ctx context.Context, r presave.Row) error {
	return failed("add row", t.writer.do(ctx, func(s *session) error {
		var key string
		err := s.one(`SELECT id FROM keys WHERE id = $1 AND campaign = $2 AND retired = 0 `+t.share, r.KeyID, r.Campaign).Scan(&key)
		if errors.Is(err, presave.ErrNotFound) {
			return presave.ErrKey
		}
		if err != nil {
			return err
		}
		_, err = s.exec(`INSERT INTO save_rows (`+rowColumns+`)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
			r.ID, r.Campaign, string(r.Option), r.URI, r.Zone, r.ReleaseDate.String(), micros(r.DueAt), string(r.State), r.Attempts,
			micros(r.NextAt), micros(r.LeaseUntil), r.SealedRefresh, r.KeyID, r.CancelHash, r.ReceiptID, r.CreatedDay.String())
		return err
	}))
}

// Find is the row whose receipt's link has that hash.
func (t *tables) Find(ctx context.Context, cancelHash []byte) (presave.Row, error) {
	r, err := scanRow(t.reader.one(`SELECT `+rowColumns+` FROM save_rows WHERE cancel_hash = $1`, cancelHash).Scan)
	return r, failed("find row", err)
}

// Receipt is what is left of a row that ended.
func (t *tables) Receipt(ctx context.Context, cancelHash []byte) (presave.Receipt, error) {
	r := presave.Receipt{CancelHash: cancelHash}
	var day string
	err := t.reader.one(`SELECT state, day FROM receipts WHERE cancel_hash = $1`, cancelHash).Scan(&r.State, &day)
	if err == nil {
		err = r.Day.UnmarshalText([]byte(day))
	}
	return r, failed("receipt", err)
}

// Cancel deletes a row at once.
func (t *tables) Cancel(ctx context.Context, cancelHash []byte, now time.Time) error {
	return failed("cancel", t.writer.do(ctx, func(s *session) error {
		var campaign string
		if err := s.one(`DELETE FROM save_rows WHERE cancel_hash = $1 RETURNING campaign`, cancelHash).Scan(&campaign); err != nil {
			return err
		}
		return s.ended(campaign, cancelHash, presave.Cancelled, now)
	}))
}

// Finish deletes a leased row, in one transaction with its count and receipt.
func (t *tables) Finish(ctx context.Context, r presave.Row, final presave.State, now time.Time) error {
	return failed("finish row "+r.ID, t.writer.do(ctx, func(s *session) error {
		if err := s.must(`DELETE FROM save_rows WHERE id = $1 AND lease_until = $2`, r.ID, micros(r.LeaseUntil)); err != nil {
			return err
		}
		if err := s.ended(r.Campaign, r.CancelHash, final, now); err != nil || final != presave.Done {
			return err
		}
		_, err := s.exec(`DELETE FROM pauses WHERE probe = 1 AND since < $1 AND (kind = $2 AND id = $3 OR kind = $4
			AND id = (SELECT provider FROM campaigns WHERE id = $3))`,
			micros(r.LeaseUntil.Add(-presave.LeaseLife)), string(presave.PauseCampaign), r.Campaign, string(presave.PauseProvider))
		return err
	}))
}

// ended counts the final state of a row that was deleted and leaves its
// receipt.
func (s *session) ended(campaign string, cancelHash []byte, final presave.State, now time.Time) error {
	switch final {
	case presave.Done, presave.Gone, presave.Failed, presave.Cancelled:
	default:
		return fmt.Errorf("%s is no final state", final)
	}
	column := string(final)
	if err := s.must(`UPDATE campaigns SET `+column+` = `+column+` + 1,
		last_end = CASE WHEN last_end < $2 THEN $2 ELSE last_end END WHERE id = $1`, campaign, micros(now)); err != nil {
		return err
	}
	_, err := s.exec(`INSERT INTO receipts (cancel_hash, state, day) VALUES ($1, $2, $3)`,
		cancelHash, string(final), presave.DateOf(now.UTC()).String())
	return err
}

// Reseal replaces the sealed refresh token.
func (t *tables) Reseal(ctx context.Context, r presave.Row) error {
	return failed("reseal row "+r.ID, t.writer.do(ctx, func(s *session) error {
		return s.must(`UPDATE save_rows SET sealed_refresh = $2 WHERE id = $1 AND key_id = $3`, r.ID, r.SealedRefresh, r.KeyID)
	}))
}

// Return gives a leased row back.
func (t *tables) Return(ctx context.Context, r presave.Row, next time.Time) error {
	return failed("return row "+r.ID, t.writer.do(ctx, func(s *session) error {
		return s.must(`UPDATE save_rows SET lease_until = 0, next_at = $3, state = $4 WHERE id = $1 AND lease_until = $2`,
			r.ID, micros(r.LeaseUntil), micros(next), string(presave.Retrying))
	}))
}

// Expire ends rows of paused campaigns that were due before then.
func (t *tables) Expire(ctx context.Context, due, now time.Time, n int) (int, error) {
	var count int
	err := t.writer.do(ctx, func(s *session) error {
		type old struct {
			id, campaign string
			cancelHash   []byte
		}
		var all []old
		err := s.each(func(scan func(...any) error) error {
			var o old
			err := scan(&o.id, &o.campaign, &o.cancelHash)
			all = append(all, o)
			return err
		}, `SELECT id, campaign, cancel_hash FROM save_rows WHERE due_at < $1 AND option = $2
			AND campaign IN (SELECT id FROM pauses WHERE kind = $3) ORDER BY due_at LIMIT $4 `+t.skipLocked,
			micros(due), string(presave.Save), string(presave.PauseCampaign), n)
		for _, o := range all {
			if err == nil {
				err = s.must(`DELETE FROM save_rows WHERE id = $1`, o.id)
			}
			if err == nil {
				err = s.ended(o.campaign, o.cancelHash, presave.Failed, now)
			}
		}
		count = len(all)
		return err
	})
	return count, failed("expire", err)
}

// Forget deletes old receipts and requests.
func (t *tables) Forget(ctx context.Context, ended presave.Date, now time.Time) error {
	return failed("forget", t.writer.do(ctx, func(s *session) error {
		if _, err := s.exec(`DELETE FROM receipts WHERE day < $1`, ended.String()); err != nil {
			return err
		}
		_, err := s.exec(`DELETE FROM pendings WHERE expires <= $1`, micros(now))
		return err
	}))
}
