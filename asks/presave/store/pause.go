package store

import (
	"context"

	"diapason.dev/diapason/asks/presave"
)

// Pause stops a provider or a campaign.
func (t *tables) Pause(ctx context.Context, p presave.Pause) error {
	probe := 0
	if p.Probe {
		probe = 1
	}
	return failed("pause "+p.ID, t.writer.do(ctx, func(s *session) error {
		_, err := s.exec(`INSERT INTO pauses (kind, id, reason, since, until, probe) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (kind, id) DO UPDATE SET reason = excluded.reason,
			until = CASE WHEN pauses.until < excluded.until THEN excluded.until ELSE pauses.until END,
			probe = CASE WHEN pauses.probe < excluded.probe THEN excluded.probe ELSE pauses.probe END`,
			string(p.Kind), p.ID, p.Reason, micros(p.Since), micros(p.Until), probe)
		return err
	}))
}

// Pauses are all pauses.
func (t *tables) Pauses(ctx context.Context) ([]presave.Pause, error) {
	var all []presave.Pause
	err := t.reader.each(func(scan func(...any) error) error {
		var p presave.Pause
		var since, until, probe int64
		err := scan(&p.Kind, &p.ID, &p.Reason, &since, &until, &probe)
		p.Since, p.Until, p.Probe = instant(since), instant(until), probe == 1
		all = append(all, p)
		return err
	}, `SELECT kind, id, reason, since, until, probe FROM pauses ORDER BY kind, id`)
	return all, failed("pauses", err)
}

// Resume ends a pause.
func (t *tables) Resume(ctx context.Context, kind presave.PauseKind, id string) error {
	return failed("resume "+id, t.writer.do(ctx, func(s *session) error {
		_, err := s.exec(`DELETE FROM pauses WHERE kind = $1 AND id = $2`, string(kind), id)
		return err
	}))
}
