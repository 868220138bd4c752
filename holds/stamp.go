package holds

import (
	"strconv"
	"strings"
	"time"
)

// millisFrom is the number from which an epoch count is in milliseconds: as
// seconds it would be the year 5138.
const millisFrom = 100_000_000_000

// parseStamp reads a time in the forms in which services write them: RFC 3339
// with or without fractions, with a trailing "[UTC]", or without a zone; to
// the second, the minute or the day; and counts of seconds or milliseconds
// since 1970, told apart by size. Zero means none and is not a time. What
// states no zone is read as UTC: the machine's own zone plays no part.
func parseStamp(s string) (time.Time, bool) {
	s = strings.TrimSuffix(strings.TrimSpace(s), "[UTC]")
	layout := ""
	switch {
	case len(s) > 4 && strings.IndexFunc(s, notDigit) < 0:
		return parseEpoch(s)
	case len(s) == 10:
		layout = time.DateOnly
	case len(s) == 16 && s[10] == ' ':
		layout = "2006-01-02 15:04"
	case len(s) == 16 && s[10] == 'T':
		layout = "2006-01-02T15:04"
	case len(s) > 40 || len(s) < 19:
		return time.Time{}, false
	case s[10] == ' ' && strings.ContainsAny(s[19:], "+-"):
		layout = "2006-01-02 15:04:05 -0700"
	case s[10] == ' ':
		layout = time.DateTime
	case strings.ContainsAny(s[19:], "Z+-"):
		layout = time.RFC3339Nano
	default:
		layout = "2006-01-02T15:04:05"
	}
	t, err := time.Parse(layout, s)
	return t.UTC(), err == nil && t.Year() > 1
}

func notDigit(r rune) bool { return r < '0' || r > '9' }

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
