package presave

import (
	"sync"
	"time"
)

// Jitter is over how long the rows of one midnight are spread.
const Jitter = 10 * time.Minute

const (
	// widest is more than any zone was ever ahead of UTC (America/Juneau by
	// 15:02 until 1867), so that no clock shows a date that long before it
	// begins there.
	widest = 16 * time.Hour
	// step divides every offset and every change of an offset since 1972, but
	// for Liberia's until then.
	step = 15 * time.Minute
)

type dueKey struct {
	zone string
	date Date
}

var dues sync.Map // of dueKey to time.Time

// Due is when a release comes out in a zone: the earliest instant at which its
// clocks show the date or a later one.
//
// Midnight does not always exist, and sometimes does twice. time.Date chooses
// one of two instants around a gap and may name one that lies before the date:
// with Go 1.26 it is 7 March 23:00 for America/Havana on 2026-03-08, and the
// 29th for Pacific/Apia on 2011-12-30, a day that Samoa skipped. Nor can one go
// from one change of the clocks to the next: time.Time.ZoneBounds then names,
// on the last day of a leap year after 2037, an end that is over. So the clocks
// are looked at in steps.
func Due(date Date, zone string) (time.Time, error) {
	key := dueKey{zone, date}
	if t, ok := dues.Load(key); ok {
		return t.(time.Time), nil
	}
	loc, err := location(zone)
	if err != nil {
		return time.Time{}, err
	}
	t := earliest(date, loc)
	dues.Store(key, t)
	return t, nil
}

// earliest finds the step in which the date begins, and halves it down to a
// nanosecond.
func earliest(date Date, loc *time.Location) time.Time {
	begun := func(t time.Time) bool { return !DateOf(t.In(loc)).Before(date) }
	before := date.utc().Add(-widest)
	at := before.Add(step)
	for !begun(at) {
		before, at = at, at.Add(step)
	}
	for at.Sub(before) > 1 {
		if middle := before.Add(at.Sub(before) / 2); begun(middle) {
			at = middle
		} else {
			before = middle
		}
	}
	return at
}
