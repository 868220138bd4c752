package does

import (
	"maps"
	"slices"
	"strings"

	"diapason.dev/diapason"
)

// classDevice is a value that is made of features of the device: it is the
// same in every profile, and another one when the browser shows itself
// differently. An identifier as long as this one that needs no store.
const classDevice = "device-derived"

// derived finds the values that are equal in the four visits, and different in
// one to which the browser showed other features, by enough bits to name it.
// What only repeats a feature (a language, a time zone) is none.
func derived(four [4]*diapason.Capture, changed *diapason.Capture, verdicts findings) findings {
	all := findings{}
	if changed == nil || slices.Contains(four[:], nil) || len(changed.Browser.Shown) == 0 {
		return all
	}
	cached := cachedFiles(four[1])
	before, now := spots(entriesOf(four[0], cached)), spots(entriesOf(changed, cached))
	shown := slices.Sorted(maps.Values(changed.Browser.Shown))
	for s, values := range before {
		others := now[s]
		if verdicts[s.place].class != classConstant || len(values) != 1 || len(others) != 1 || repeats(others[0], shown) {
			continue
		}
		score := bits(values[0], others[0])
		if best := all[s.place]; score >= identifying && (score > best.score || score == best.score && s.path < best.path) {
			v := values[0]
			all[s.place] = verdict{class: classDevice, score: score, path: s.path, values: [3]string{v, v, v}, visits: append(slices.Clone(fourIDs[:]), changedID)}
		}
	}
	return all
}

// repeats tells whether a value is only what the browser showed, or holds it.
func repeats(value string, shown []string) bool {
	value = strings.ToLower(value)
	return slices.ContainsFunc(shown, func(s string) bool {
		s = strings.ToLower(s)
		return strings.Contains(s, value) || strings.Contains(value, s) || slices.ContainsFunc(strings.Split(s, ","), func(part string) bool { return strings.Contains(value, part) && len(part) > 2 })
	})
}
