package usage

import "time"

// isoTime reads a time of RFC 3339 as nanoseconds since 1970 UTC.
func isoTime(b []byte) (int64, bool) {
	if len(b) < len("2006-01-02T15:04:05Z") || b[4] != '-' || b[7] != '-' || b[10] != 'T' && b[10] != 't' && b[10] != ' ' || b[13] != ':' || b[16] != ':' {
		return 0, false
	}
	year, ok1 := number(b[0:4])
	month, ok2 := number(b[5:7])
	day, ok3 := number(b[8:10])
	clock, ok4 := clockOf(b[11:19])
	if !ok1 || !ok2 || !ok3 || !ok4 || !sound(year, month, day) {
		return 0, false
	}
	rest, nanos := b[19:], 0
	if rest[0] == '.' {
		unit := 100_000_000
		for rest = rest[1:]; len(rest) > 0 && '0' <= rest[0] && rest[0] <= '9'; rest = rest[1:] {
			nanos += int(rest[0]-'0') * unit
			unit /= 10
		}
	}
	shift, ok := offsetOf(rest)
	at := time.Date(year, time.Month(month), day, 0, 0, clock-shift, nanos, time.UTC)
	return at.UnixNano(), ok
}

// clfTime reads a time of the common log format: 10/Oct/2026:13:55:36 +0000.
func clfTime(b []byte) (int64, bool) {
	if len(b) < len("02/Jan/2006:15:04:05 -0700") || b[2] != '/' || b[6] != '/' || b[11] != ':' || b[20] != ' ' {
		return 0, false
	}
	day, ok1 := number(b[0:2])
	month, ok2 := months[[3]byte(b[3:6])]
	year, ok3 := number(b[7:11])
	clock, ok4 := clockOf(b[12:20])
	shift, ok5 := offsetOf(b[21:])
	if !ok1 || !ok2 || !ok3 || !ok4 || !ok5 || !sound(year, month, day) {
		return 0, false
	}
	return time.Date(year, time.Month(month), day, 0, 0, clock-shift, 0, time.UTC).UnixNano(), true
}

var months = map[[3]byte]int{
	{'J', 'a', 'n'}: 1, {'F', 'e', 'b'}: 2, {'M', 'a', 'r'}: 3, {'A', 'p', 'r'}: 4, {'M', 'a', 'y'}: 5, {'J', 'u', 'n'}: 6,
	{'J', 'u', 'l'}: 7, {'A', 'u', 'g'}: 8, {'S', 'e', 'p'}: 9, {'O', 'c', 't'}: 10, {'N', 'o', 'v'}: 11, {'D', 'e', 'c'}: 12,
}

// sound refuses dates that do not exist, and years that nanoseconds do not reach.
func sound(year, month, day int) bool {
	if year < 1678 || year > 2261 || month < 1 || month > 12 || day < 1 {
		return false
	}
	return day <= 28 || day <= time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// clockOf reads "15:04:05" as seconds of the day. A leap second is the one after.
func clockOf(b []byte) (int, bool) {
	h, ok1 := number(b[0:2])
	m, ok2 := number(b[3:5])
	s, ok3 := number(b[6:8])
	return h*3600 + m*60 + s, ok1 && ok2 && ok3 && b[2] == ':' && b[5] == ':' && h < 24 && m < 60 && s <= 60
}

// offsetOf reads "Z", "+02:00" or "-0700" as seconds east of UTC.
func offsetOf(b []byte) (int, bool) {
	if len(b) == 1 && (b[0] == 'Z' || b[0] == 'z') {
		return 0, true
	}
	if len(b) != 5 && (len(b) != 6 || b[3] != ':') || b[0] != '+' && b[0] != '-' {
		return 0, false
	}
	h, ok1 := number(b[1:3])
	m, ok2 := number(b[len(b)-2:])
	seconds := h*3600 + m*60
	if b[0] == '-' {
		seconds = -seconds
	}
	return seconds, ok1 && ok2 && h < 24 && m < 60
}
