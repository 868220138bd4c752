package store

import (
	"context"
	"fmt"
	"time"

	"diapason.dev/diapason/asks/presave"
)

// Schedules are the different times that rows have.
func (t *tables) Schedules(ctx context.Context) ([]presave.Schedule, error) {
	var all []presave.Schedule
	err := t.reader.each(func(scan func(...any) error) error {
		var c presave.Schedule
		var date string
		var due int64
		if err := scan(&c.Campaign, &c.Option, &c.Zone, &date, &due, &c.Rows); err != nil {
			return err
		}
		c.DueAt = instant(due)
		err := c.Date.UnmarshalText([]byte(date))
		all = append(all, c)
		return err
	}, `SELECT campaign, option, zone, release_date, due_at, count(*) FROM save_rows
		GROUP BY campaign, option, zone, release_date, due_at ORDER BY campaign, option, zone, release_date, due_at`)
	return all, failed("schedules", err)
}

// Reschedule moves all rows of a schedule.
func (t *tables) Reschedule(ctx context.Context, from presave.Schedule, date presave.Date, due time.Time, jitter time.Duration) error {
	spread := fmt.Sprintf(t.random, jitter.Microseconds())
	return failed("reschedule "+from.Campaign, t.writer.do(ctx, func(s *session) error {
		_, err := s.exec(`UPDATE save_rows SET release_date = $6, due_at = $7, next_at = $7 + `+spread+`,
			lease_until = 0, attempts = 0, state = $8
			WHERE campaign = $1 AND option = $2 AND zone = $3 AND release_date = $4 AND due_at = $5`,
			from.Campaign, string(from.Option), from.Zone, from.Date.String(), micros(from.DueAt),
			date.String(), micros(due), string(presave.Waiting))
		return err
	}))
}
