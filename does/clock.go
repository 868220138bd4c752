package does

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// isDate knows the written dates that cookies and storage hold.
func isDate(s string) bool {
	_, ok := writtenDate(s)
	return ok
}

func writtenDate(s string) (time.Time, bool) {
	if len(s) < 8 || len(s) > 40 {
		return time.Time{}, false
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999", "2006-01-02 15:04:05", time.DateOnly, time.RFC1123, time.RFC1123Z, "Mon Jan 02 2006 15:04:05 GMT-0700"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// near is how far a time may lie from the visit that made it.
const near = 48 * time.Hour

// isTime tells whether a value is the time of its visit: seconds, milliseconds
// or microseconds since 1970 in decimal, hexadecimal or base 36, or a date.
func isTime(value string, visit time.Time) bool {
	if t, ok := writtenDate(value); ok {
		return t.Sub(visit).Abs() < near+24*time.Hour // a date without an hour
	}
	for _, read := range clocks {
		if t, ok := read(value); ok && t.Sub(visit).Abs() < near {
			return true
		}
	}
	return false
}

// A clock is a way of writing a time.
type clock func(string) (time.Time, bool)

// clocks are written dates, and seconds, milliseconds and microseconds since
// 1970 in the bases in which scripts write numbers.
var clocks = []clock{
	writtenDate,
	epoch(10, seconds1970), epoch(10, time.UnixMilli), epoch(10, time.UnixMicro),
	epoch(16, seconds1970), epoch(16, time.UnixMilli), epoch(16, time.UnixMicro),
	epoch(36, seconds1970), epoch(36, time.UnixMilli), epoch(36, time.UnixMicro),
}

func seconds1970(n int64) time.Time { return time.Unix(n, 0) }

// epoch reads a number as a time. One without a letter is decimal: read in
// another base, a counter of so many digits would look like a time as well,
// while a time of these decades has a letter in each of them.
func epoch(base int, unit func(int64) time.Time) clock {
	return func(value string) (time.Time, bool) {
		if base > 10 && !strings.ContainsFunc(value, unicode.IsLetter) {
			return time.Time{}, false
		}
		n, err := strconv.ParseInt(strings.ToLower(value), base, 64)
		return unit(n), err == nil
	}
}

// dateBits is what three written dates tell apart: the seconds between the
// first and the last of them, in bits. What else a date is written with says
// no more. It is infinite for values that are no dates.
func dateBits(values [3]string) float64 {
	var all []time.Time
	for _, v := range values {
		t, ok := writtenDate(v)
		if !ok {
			return math.Inf(1)
		}
		all = append(all, t)
	}
	slices.SortFunc(all, time.Time.Compare)
	return math.Round(10*math.Log2(1+all[2].Sub(all[0]).Seconds())) / 10
}

const (
	farthest = 20 * 365 * 24 * time.Hour // from its visit, for a time that moves with it
	slack    = 2 * time.Minute           // within which a visit writes its values: its longest life
)

// moveWith tells whether values are times that keep one distance from their
// visits, as when something ends a year after it began.
func moveWith(values [3]string, visits [3]time.Time) bool {
	return slices.ContainsFunc(clocks, func(read clock) bool {
		var least, most time.Duration
		for i, v := range values {
			t, ok := read(v)
			away := t.Sub(visits[i])
			if !ok || away.Abs() > farthest {
				return false
			}
			if i == 0 {
				least, most = away, away
			}
			least, most = min(least, away), max(most, away)
		}
		return most-least <= slack
	})
}

// finerThanSeconds tells whether a time is written finer than to the second.
func finerThanSeconds(value string) bool {
	n, err := strconv.ParseInt(value, 10, 64)
	return err == nil && n > 1e11 || strings.Contains(value, ".")
}
