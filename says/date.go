package says

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

const monthName = `(january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec)`

// The ways in which texts write a date, and the words by which they say that
// it is their own.
var (
	dateLead = regexp.MustCompile(`(?i)\b(?:effective|last\s+\w+|updated|revised|revision\s+date|date\s+modified|in\s+force|dated|version|posted|applies\s+from|takes\s+effect)\b[^\n]{0,60}`)
	dateISO  = regexp.MustCompile(`\b((?:20|19)\d\d)-(\d\d)-(\d\d)\b`)
	dateDMY  = regexp.MustCompile(`(?i)\b(\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?` + monthName + `\.?,?\s+((?:20|19)\d\d)\b`)
	dateMDY  = regexp.MustCompile(`(?i)\b` + monthName + `\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+((?:20|19)\d\d)\b`)
	dateMY   = regexp.MustCompile(`(?i)\b` + monthName + `\.?,?\s+((?:20|19)\d\d)\b`)
)

// dated is the date that a text states for itself, as YYYY-MM-DD (or YYYY-MM
// where it gives no day); empty if it states none. The beginning is looked at
// first, then the end, then a line that is nothing but a date.
func dated(text string) string {
	unmarked := strings.NewReplacer("*", " ", "_", " ", "\u00a0", " ")
	head := unmarked.Replace(text[:min(len(text), 6000)])
	for _, part := range []string{head, unmarked.Replace(text[max(0, len(text)-4000):])} {
		for _, lead := range dateLead.FindAllString(part, 20) {
			if d := readDate(lead); d != "" {
				return d
			}
		}
	}
	for line := range strings.Lines(head[:min(len(head), 800)]) {
		if len(strings.Fields(line)) <= 4 {
			if d := readDate(line); d != "" {
				return d
			}
		}
	}
	return ""
}

var months = map[string]int{
	"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}

// readDate reads the first date in a line.
func readDate(line string) string {
	if m := dateISO.FindString(line); m != "" {
		return m
	}
	if m := dateDMY.FindStringSubmatch(line); m != nil {
		return isoDate(m[3], m[2], m[1])
	}
	if m := dateMDY.FindStringSubmatch(line); m != nil {
		return isoDate(m[3], m[1], m[2])
	}
	if m := dateMY.FindStringSubmatch(line); m != nil {
		return fmt.Sprintf("%s-%02d", m[2], months[strings.ToLower(m[1])[:3]])
	}
	return ""
}

func isoDate(year, month, day string) string {
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
