package presave

import (
	"sync"
	"time"
)

// Jitter is over how long the rows of one midnight are spread.
const Jitter = 10 * time.Minute

// widest is more than any zone was ever ahead of UTC (America/Juneau by 15:02
// until 1867), so that no clock shows a date that long before it begins there.
const widest = 16 * time.Hour

type dueKey struct {
	zone string
	date Date
}

var due sync.Map // of dueKey to time.Time

// Due is when a release comes out in a zone: the earliest instant at which its
// clocks show the date or a later one.
//
// Midnight does not always exist, and sometimes does twice. time.Date chooses
// one of two instants around a gap and may name one that lies before the date:
// with Go 1.26 it is 7 March 23:00 for America/Havana on 2026-03-08, and the
// 29th for Pacific/Apia on 2011-12-30, a day that Samoa skipped. So this walks
// from one change of the zone's clocks to the next.
func Due(date Date, zone string) (time.Time, error) {
	key := dueKey{zone, date}
	if t, ok := due.Load(key); ok {
		return t.(time.Time), nil
	}
	loc, err := location(zone)
	if err != nil {
		return time.Time{}, err
	}
	t := earliest(date, loc)
	due.Store(key, t)
	return t, nil
}

// earliest starts before any zone has the date. Between two changes of the
// clocks the offset stands still: the date begins at the first change, if
// midnight by the offset is over by then, or else at that midnight, if the
// second change is not before it.
func earliest(date Date, loc *time.Location) time.Time {
	midnight := date.utc()
	for since := midnight.Add(-widest).In(loc); ; {
		_, offset := since.Zone()
		begins := midnight.Add(-time.Duration(offset) * time.Second)
		if begins.Before(since) {
			begins = since
		}
		_, change := since.ZoneBounds()
		if change.IsZero() || begins.Before(change) {
			return begins.UTC()
		}
		since = change
	}
}
