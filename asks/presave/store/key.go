package store

import (
	"context"
	"time"
)

// AddKey registers a campaign's key.
func (t *tables) AddKey(ctx context.Context, campaign, keyID string) error {
	return failed("add key of "+campaign, t.writer.do(ctx, func(s *session) error {
		_, err := s.exec(`INSERT INTO keys (id, campaign, age) SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), coalesce(max(age), 0) + 1 FROM keys WHERE campaign = $2`,
			keyID, campaign)
		return err
	}))
}

// Key is the id of the campaign's newest key that is not retired.
func (t *tables) Key(ctx context.Context, campaign string) (string, error) {
	var id string
	err := t.reader.one(`SELECT id FROM keys WHERE campaign = $1 AND retired = 0 ORDER BY age DESC, id LIMIT 1`, campaign).Scan(&id)
	return id, failed("key of "+campaign, err)
}

// RetireKeys closes the keys of campaigns that ended. It locks them first and
// looks for rows then: a row that is being added holds its key.
func (t *tables) RetireKeys(ctx context.Context, ended time.Time) ([]string, error) {
	var ids []string
	read := func(scan func(...any) error) error {
		var id string
		err := scan(&id)
		ids = append(ids, id)
		return err
	}
	err := t.writer.do(ctx, func(s *session) error {
		if err := s.each(func(scan func(...any) error) error { var id string; return scan(&id) },
			`SELECT id FROM keys WHERE campaign IN (SELECT id FROM campaigns WHERE last_end > 0 AND last_end < $1) `+t.lock,
			micros(ended)); err != nil {
			return err
		}
		if _, err := s.exec(`UPDATE keys SET retired = 1
			WHERE campaign IN (SELECT id FROM campaigns WHERE last_end > 0 AND last_end < $1)
			AND NOT EXISTS (SELECT 1 FROM save_rows WHERE save_rows.campaign = keys.campaign)`, micros(ended)); err != nil {
			return err
		}
		return s.each(read, `SELECT id FROM keys WHERE retired = 1 ORDER BY id`)
	})
	return ids, failed("retire keys", err)
}

// ForgetKey deletes a key's id.
func (t *tables) ForgetKey(ctx context.Context, keyID string) error {
	return failed("forget key", t.writer.do(ctx, func(s *session) error {
		_, err := s.exec(`DELETE FROM keys WHERE id = $1 AND retired = 1`, keyID)
		return err
	}))
}
