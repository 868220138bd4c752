package asks

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// join lists things as one says them: "a, b and c".
func join(items []string) string {
	switch len(items) {
	case 0:
		return ""
	case 1:
		return items[0]
	}
	return strings.Join(items[:len(items)-1], ", ") + " and " + items[len(items)-1]
}

// plural counts a thing: "1 permission", "7 permissions".
func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + one + "s"
}

// upperFirst starts a sentence.
func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

var isoDuration = regexp.MustCompile(`^P(\d{1,4})([YMWD])$|^PT(\d{1,6})(H)$`)

// daysIn gives the length of a calendar unit in days; a year is 365.2425 days
// (the mean of the Gregorian calendar) and a month its twelfth.
var daysIn = map[string]float64{"Y": 365.2425, "M": 365.2425 / 12, "W": 7, "D": 1, "H": 1.0 / 24}

var unitWord = map[string]string{"Y": "year", "M": "month", "W": "week", "D": "day", "H": "hour"}

// lifeDays turns an ISO 8601 duration of one unit into days, rounded to a
// tenth; an empty one is 0, unknown.
func lifeDays(iso string) (float64, error) {
	n, unit, err := readDuration(iso)
	if err != nil || n == 0 {
		return 0, err
	}
	return float64(int(float64(n)*daysIn[unit]*10+0.5)) / 10, nil
}

// lifeWords says an ISO 8601 duration of one unit: "six months".
func lifeWords(iso string) string {
	n, unit, err := readDuration(iso)
	if err != nil || n == 0 {
		return ""
	}
	number := strconv.Itoa(n)
	words := []string{"", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}
	if n < len(words) {
		number = words[n]
	}
	if n == 1 {
		return number + " " + unitWord[unit]
	}
	return number + " " + unitWord[unit] + "s"
}

func readDuration(iso string) (int, string, error) {
	if iso == "" {
		return 0, "", nil
	}
	m := isoDuration.FindStringSubmatch(iso)
	if m == nil {
		return 0, "", fmt.Errorf("duration %q is not one number and one unit, such as P6M", iso)
	}
	n, err := strconv.Atoi(m[1] + m[3])
	return n, m[2] + m[4], err
}

// confidences orders how sure an entry is, surest first.
var confidences = []string{"high", "medium", "low"}
