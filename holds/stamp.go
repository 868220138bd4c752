package holds

import (
	"strconv"
	"strings"
	"time"
)

// layouts are the forms in which services write times, by how they are told
// apart in parseStamp. All are read as UTC where they state no zone, and the
// machine's own zone plays no part.
var layouts = []string{
	time.RFC3339Nano, "2006-01-02 15:04:05", "2006-01-02 15:04", time.DateOnly, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05 -0700",
}

// millisFrom is the number from which an epoch count is in milliseconds: as
// seconds it would be the year 5138.
const millisFrom = 100_000_000_000

// parseStamp reads a time. It knows the forms of the layouts, a trailing
// "[UTC]", and counts of seconds or milliseconds since 1970, told apart by
// size. Zero means none and is not a time.
func parseStamp(s string) (time.Time, bool) {
	s = strings.TrimSuffix(strings.TrimSpace(s), "[UTC]")
	if len(s) > 4 && strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0 {
		return parseEpoch(s)
	}
	if len(s) < 10 || len(s) > 40 {
		return time.Time{}, false
	}
	for _, l := range layouts {
		if t, err := time.Parse(l, s); err == nil {
			return t.UTC(), t.Year() > 1
		}
	}
	return time.Time{}, false
}

func parseEpoch(s string) (time.Time, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	switch {
	case err != nil || n <= 0:
		return time.Time{}, false
	case n < millisFrom:
		return time.Unix(n, 0).UTC(), true
	case n < millisFrom*1000:
		return time.UnixMilli(n).UTC(), true
	}
	return time.Time{}, false
}
