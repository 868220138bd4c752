package presave

import (
	"fmt"
	"time"

	"diapason.dev/diapason"
)

// A Date is a day of the calendar without a zone: a release date is one, and
// becomes an instant only together with a listener's zone (see [Due]).
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// ParseDate reads a day as ISO 8601 writes it, 2026-09-04.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("date %q: expected a day such as 2026-09-04: %w", s, diapason.ErrUsage)
	}
	return DateOf(t), nil
}

// DateOf is the day that t's own zone shows.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// String is the day as ISO 8601 writes it.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day) }

// Before tells whether d is an earlier day than e.
func (d Date) Before(e Date) bool { return d.utc().Before(e.utc()) }

// AddDays is the day n days later.
func (d Date) AddDays(n int) Date { return DateOf(d.utc().AddDate(0, 0, n)) }

// IsZero tells whether no day was given.
func (d Date) IsZero() bool { return d == Date{} }

// utc is the day's midnight in UTC, where every day has one.
func (d Date) utc() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

// MarshalText writes the day as [Date.String] does.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the day as [ParseDate] does.
func (d *Date) UnmarshalText(text []byte) error {
	parsed, err := ParseDate(string(text))
	*d = parsed
	return err
}
