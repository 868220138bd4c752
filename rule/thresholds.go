package rule

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// thresholds are the numbers of a pack: nums without a unit, spans in days.
type thresholds struct {
	nums, spans map[string]float64
}

// unitDays is how many days a unit of time has. A month is a twelfth of the
// mean Gregorian year of 365.2425 days.
var unitDays = map[string]float64{
	"h": 1.0 / 24, "hour": 1.0 / 24, "hours": 1.0 / 24, "day": 1, "days": 1, "week": 7, "weeks": 7,
	"month": 365.2425 / 12, "months": 365.2425 / 12, "year": 365.2425, "years": 365.2425,
}

// parseSpan reads a span such as "13 months" as days.
func parseSpan(text string) (float64, error) {
	number, unit, _ := strings.Cut(strings.TrimSpace(text), " ")
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || n < 0 || math.IsInf(n, 0) || math.IsNaN(n) {
		return 0, fmt.Errorf("%q is not a span: write for example 13 months", text)
	}
	if n == 0 && unit == "" {
		return 0, nil
	}
	days, ok := unitDays[strings.TrimSpace(unit)]
	if !ok {
		return 0, fmt.Errorf("unknown unit in %q%s", text, meant(unit, sortedKeys(unitDays)))
	}
	return n * days, nil
}

// readThresholds reads thresholds.yaml.
func (s *source) readThresholds(raw []byte) (thresholdsFile, thresholds) {
	t := thresholds{nums: map[string]float64{}, spans: map[string]float64{}}
	var doc yaml.Node
	var file thresholdsFile
	if err := yaml.Unmarshal(raw, &doc); err != nil {
		s.yaml(err)
		return file, t
	}
	if len(doc.Content) == 0 {
		return file, t
	}
	s.checkKeys(doc.Content[0], reflect.TypeFor[thresholdsFile]())
	if err := doc.Decode(&file); err != nil {
		s.yaml(err)
		return file, t
	}
	at := child(doc.Content[0], "thresholds")
	for _, key := range sortedKeys(file.Thresholds) {
		f := file.Thresholds[key]
		if (f.Num == nil) == (f.Span == "") {
			s.node(child(at, key), "threshold %s wants either num: or span:", key)
			continue
		}
		if f.Num != nil {
			t.nums[key] = *f.Num
			continue
		}
		days, err := parseSpan(f.Span)
		if err != nil {
			s.node(child(child(at, key), "span"), "%s", err)
		}
		t.spans[key] = days
	}
	return file, t
}

// child is the value of a key of a mapping, or the mapping itself.
func child(n *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return n
}

// longer tells whether a lasts longer than b beyond the tolerance of 5 % of b
// or one day, whichever is more. Both are in days; a negative a has no end.
func longer(a, b float64) bool {
	if a < 0 {
		return b >= 0
	}
	return b >= 0 && a > b+math.Max(0.05*b, 1)
}
