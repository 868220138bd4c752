package says

import (
	"fmt"
	"strconv"
	"strings"
)

var months = map[string]int{
	"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}

// readDate reads the first date in a line, as YYYY-MM-DD.
func readDate(line string) string {
	if m := dateISO.FindStringSubmatch(line); m != nil {
		return m[0]
	}
	if m := dateDMY.FindStringSubmatch(line); m != nil {
		return iso(m[3], m[2], m[1])
	}
	if m := dateMDY.FindStringSubmatch(line); m != nil {
		return iso(m[3], m[1], m[2])
	}
	return ""
}

func iso(year, month, day string) string {
	d, err := strconv.Atoi(day)
	if err != nil || d < 1 || d > 31 {
		return ""
	}
	return fmt.Sprintf("%s-%02d-%02d", year, months[strings.ToLower(month)[:3]], d)
}

// isoDays writes a length of time in days as ISO 8601 does.
func isoDays(days float64) string {
	if days < 1 {
		return fmt.Sprintf("PT%dH", int(days*24+0.5))
	}
	return fmt.Sprintf("P%dD", int(days+0.5))
}
