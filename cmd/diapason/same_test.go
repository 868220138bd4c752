package main

import (
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"
)

// Two runs of the same audit may differ only in recorded times, ports and the
// values that the report itself names as drawn for the run.
func TestTwoRunsDifferOnlyInTimesPortsAndNamedRandomValues(t *testing.T) {
	first, second, _ := demonstrations(t)
	var diff []string
	compare("", settled(first), settled(second), &diff)
	for i, d := range diff {
		if i == 40 {
			t.Errorf("… and %d more", len(diff)-i)
			break
		}
		t.Error(d)
	}
}

var (
	instant = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)|\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?( UTC)?|\b\d\d:\d\d(:\d\d)?\b`)
	runID   = regexp.MustCompile(`\d{8}T\d{6}Z`)
	port    = regexp.MustCompile(`(127\.0\.0\.1|localhost):\d+`)
)

// settled is a report with everything replaced that may differ.
func settled(d *demonstration) any {
	var drawn []string
	for _, r := range d.result.Run.Random {
		drawn = append(drawn, r.Value, "⟨"+r.Name+"⟩")
	}
	pairs := make([][2]string, 0, len(drawn)/2)
	for i := 0; i < len(drawn); i += 2 {
		pairs = append(pairs, [2]string{drawn[i], drawn[i+1]})
	}
	sort.SliceStable(pairs, func(a, b int) bool { return len(pairs[a][0]) > len(pairs[b][0]) })
	var flat []string
	for _, p := range pairs {
		if p[0] != "" {
			flat = append(flat, p[0], p[1])
		}
	}
	delete(d.raw.(map[string]any)["run"].(map[string]any), "at_once") // follows the memory that is free
	replace := strings.NewReplacer(flat...)
	return walk(d.raw, func(s string) string {
		s = replace.Replace(s)
		s = instant.ReplaceAllString(s, "⟨time⟩")
		s = runID.ReplaceAllString(s, "⟨run⟩")
		return port.ReplaceAllString(s, "⟨port⟩")
	})
}

// walk applies f to every text of a decoded JSON value.
func walk(v any, f func(string) string) any {
	switch v := v.(type) {
	case string:
		return f(v)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = walk(v[i], f)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k := range v {
			out[k] = walk(v[k], f)
		}
		return out
	}
	return v
}

// compare lists the places in which two decoded JSON values differ.
func compare(path string, a, b any, diff *[]string) {
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok {
			break
		}
		keys := make([]string, 0, len(x))
		for k := range x {
			keys = append(keys, k)
		}
		for k := range y {
			if _, ok := x[k]; !ok {
				keys = append(keys, k)
			}
		}
		slices.Sort(keys)
		for _, k := range keys {
			compare(path+"."+k, x[k], y[k], diff)
		}
		return
	case []any:
		y, ok := b.([]any)
		if !ok || len(x) != len(y) {
			break
		}
		for i := range x {
			compare(fmt.Sprintf("%s[%d]", path, i), x[i], y[i], diff)
		}
		return
	default:
		if a == b {
			return
		}
	}
	*diff = append(*diff, fmt.Sprintf("%s: %s, and then %s", path, short(a), short(b)))
}

func short(v any) string {
	s := fmt.Sprint(v)
	if len(s) > 160 {
		s = s[:160] + "…"
	}
	return s
}
