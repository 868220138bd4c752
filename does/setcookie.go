package does

import (
	"strconv"
	"strings"
	"time"
)

// Bounds that browsers keep (RFC 6265bis, section 5.6): a longer name and value
// together make no cookie, a longer attribute is passed over.
const (
	mostCookie    = 4096
	mostAttribute = 1024
)

// A setCookie is one Set-Cookie line as a browser reads it.
type setCookie struct {
	name, value string
	domain      string        // small letters, without the leading full stop; empty: the host that answered
	expires     time.Time     // zero: not given, or no date
	maxAge      time.Duration // of importance where aged is true
	aged        bool          // Max-Age was given; it outranks Expires
}

// readSetCookie reads a Set-Cookie line as RFC 6265bis (section 5.6) has
// browsers do, which take more than the grammar allows: names with brackets,
// values of JSON, dates in any of their usual spellings. It is false for a
// line that browsers do not keep.
func readSetCookie(line string) (setCookie, bool) {
	if strings.ContainsFunc(line, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
		return setCookie{}, false
	}
	pair, rest, _ := strings.Cut(line, ";")
	name, value, named := strings.Cut(pair, "=")
	if !named {
		name, value = "", pair
	}
	c := setCookie{name: blank(name), value: blank(value)}
	if n := len(c.name) + len(c.value); n == 0 || n > mostCookie {
		return setCookie{}, false
	}
	for rest != "" {
		var attribute string
		attribute, rest, _ = strings.Cut(rest, ";")
		key, value, _ := strings.Cut(attribute, "=")
		if value = blank(value); len(value) <= mostAttribute {
			c.attribute(strings.ToLower(blank(key)), value)
		}
	}
	return c, true
}

// blank takes blanks and tabs off both ends.
func blank(s string) string { return strings.Trim(s, " \t") }

// attribute takes one attribute in; of several with one name the last counts.
func (c *setCookie) attribute(key, value string) {
	switch key {
	case "domain":
		c.domain = strings.ToLower(strings.TrimPrefix(value, "."))
	case "expires":
		if at, ok := readCookieDate(value); ok {
			c.expires = at
		}
	case "max-age":
		digits := strings.TrimPrefix(value, "-")
		if digits == "" || strings.Trim(digits, "0123456789") != "" {
			return
		}
		seconds, err := strconv.ParseInt(value, 10, 64)
		if most := int64(10 * 365 * 24 * 3600); err != nil || seconds > most { // browsers keep none for longer than 400 days
			seconds = most
		}
		if strings.HasPrefix(value, "-") {
			seconds = 0
		}
		c.maxAge, c.aged = time.Duration(seconds)*time.Second, true
	}
}

// lifetime is for how long an answer asks to keep the cookie; 0 for the
// session. The cookie is deleted where the answer puts its end into the past.
func (c setCookie) lifetime(at time.Time) (keep time.Duration, deletes bool) {
	switch {
	case c.aged:
		return c.maxAge, c.maxAge <= 0
	case !c.expires.IsZero():
		return c.expires.Sub(at), c.expires.Before(at)
	}
	return 0, false
}

const months = "jan feb mar apr may jun jul aug sep oct nov dec"

// readCookieDate reads a date the way RFC 6265 (section 5.1.1) reads cookies':
// its time, day, month and year in any order, between whatever else is there.
func readCookieDate(s string) (time.Time, bool) {
	var clock [3]int
	var day, month, year int
	var timed, dayed, yeared bool
	for _, token := range strings.FieldsFunc(s, cookieDelimiter) {
		switch n, digits := leadingNumber(token); {
		case !timed && readClock(token, &clock):
			timed = true
		case !dayed && (digits == 1 || digits == 2):
			day, dayed = n, true
		case month == 0 && len(token) >= 3 && strings.Contains(months, strings.ToLower(token[:3])):
			month = strings.Index(months, strings.ToLower(token[:3]))/4 + 1
		case !yeared && digits >= 2 && digits <= 4:
			year, yeared = n, true
		}
	}
	switch {
	case year >= 70 && year <= 99:
		year += 1900
	case year <= 69:
		year += 2000
	}
	if !timed || !dayed || month == 0 || !yeared || day < 1 || day > 31 || year < 1601 || clock[0] > 23 || clock[1] > 59 || clock[2] > 59 {
		return time.Time{}, false
	}
	at := time.Date(year, time.Month(month), day, clock[0], clock[1], clock[2], 0, time.UTC)
	return at, at.Day() == day // there is no 31st of April
}

// cookieDelimiter tells what stands between the parts of a cookie's date:
// everything but digits, letters, the colon, and what is beyond ASCII.
func cookieDelimiter(r rune) bool {
	switch {
	case r == '\t', r >= 0x20 && r <= 0x2f, r >= 0x3b && r <= 0x40, r >= 0x5b && r <= 0x60, r >= 0x7b && r <= 0x7e:
		return true
	}
	return false
}

// leadingNumber reads the digits at the beginning of a token and counts them.
func leadingNumber(s string) (n, digits int) {
	for digits < len(s) && digits < 5 && s[digits] >= '0' && s[digits] <= '9' {
		n = n*10 + int(s[digits]-'0')
		digits++
	}
	return n, digits
}

// readClock reads hours, minutes and seconds of one or two digits each.
func readClock(token string, clock *[3]int) bool {
	var read [3]int
	for i, part := range strings.SplitN(token, ":", 3) {
		n, digits := leadingNumber(part)
		if digits < 1 || digits > 2 || i < 2 && digits != len(part) {
			return false
		}
		read[i] = n
		if i == 2 {
			*clock = read
			return true
		}
	}
	return false
}
