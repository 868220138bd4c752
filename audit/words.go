package audit

import (
	"fmt"
	"sort"

	"diapason.dev/diapason"
)

// count fills the numbers of the first screen.
func count(r *Result) Counts {
	c := Counts{Findings: len(r.Findings)}
	for _, v := range r.Verdicts {
		switch v.Outcome {
		case diapason.Fail:
			c.Fail++
		case diapason.Pass:
			c.Pass++
		case diapason.Inconclusive:
			c.Inconclusive++
		case diapason.NotApplicable:
			c.NotApplicable++
		}
	}
	for _, f := range r.Findings {
		if f.Proposed {
			c.Proposed++
		}
	}
	return c
}

// headline is the first sentence of every report.
func headline(r *Result) string {
	n, out, voices := len(r.Table.Rows), r.Table.Out, 0
	for _, examined := range r.Run.Channels {
		if examined {
			voices++
		}
	}
	kinds := fmt.Sprintf("%d %s of data", n, plural(n, "kind", "kinds"))
	switch {
	case voices == 0:
		return fmt.Sprintf("%s: nothing could be examined.", r.Service.Name)
	case out > 0:
		return fmt.Sprintf("%s is out of tune in %d of %s.", r.Service.Name, out, kinds)
	case voices == 1:
		return fmt.Sprintf("%s: %s seen in one voice, with no other to hold it against.", r.Service.Name, kinds)
	default:
		return fmt.Sprintf("%s is in tune in all %s that this audit saw.", r.Service.Name, kinds)
	}
}

// notExamined is what an audit of this kind cannot see, and what this one was
// not asked to look at.
func notExamined(c *Config, r *Result) []string {
	var list []string
	for _, ch := range diapason.Channels {
		if !r.Run.Channels[ch] {
			list = append(list, fmt.Sprintf("The voice %q: nothing of it was examined.", ch))
		}
	}
	list = append(list, unchosen(c.Does)...)
	list = append(list,
		"Fingerprinting by canvas, fonts, audio or other device features.",
		"Caches in memory of a running browser, and values derived from the device or the network address.",
		"Reports that a browser sends by itself: to whom is seen, to which of their addresses and what is not; on network errors (NEL) it sends none through a proxy, as here.",
	)
	if r.Run.Channels[diapason.Does] && len(r.Run.Lists) == 0 {
		list = append(list, "Filter lists: none was given, so no contact is judged by what a list says of it.")
	}
	if c.Does == nil || len(c.Does.Captures) == 0 {
		list = append(list, "The service's apps: no recorded traffic of a phone was given.")
	}
	return append(list,
		"Pages, languages, countries and devices other than those listed under the visits.",
		"What happens on the service's servers, what its contracts say, and what it told other people.",
	)
}

// unchosen says which choices and signals were not asked for.
func unchosen(d *DoesConfig) []string {
	var list []string
	if d == nil || !d.Consent {
		list = append(list, "Choices in a consent banner: the configuration does not ask for them (`consent: true` under `does:`), so no visit accepted, refused or withdrew.")
	}
	if d == nil || !d.GPC {
		list = append(list, "Global Privacy Control: the configuration does not ask for it (`gpc: true` under `does:`), so no visit sent the signal.")
	}
	return list
}

// Err is the audit's outcome as an error: findings at or above the limit
// outrank an incomplete look, which outranks clean. A proposed finding does
// not count until a person confirms it.
func (r *Result) Err(failOn diapason.Severity) error {
	n := 0
	for _, f := range r.Findings {
		if failOn != "" && !f.Proposed && f.Severity.Rank() >= failOn.Rank() {
			n++
		}
	}
	if n > 0 {
		return fmt.Errorf("%d %s at or above %s: %w", n, plural(n, "finding", "findings"), failOn, diapason.ErrFindings)
	}
	for _, g := range r.Gaps {
		if !g.Minor {
			return fmt.Errorf("not everything was looked at (%s): %w", g.What, diapason.ErrIncomplete)
		}
	}
	for _, v := range r.Verdicts {
		if v.Outcome == diapason.Inconclusive {
			return fmt.Errorf("rule %s could not be decided (%s): %w", v.Rule, v.Why, diapason.ErrIncomplete)
		}
	}
	return nil
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// sortedKeys lists the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
