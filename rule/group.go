package rule

import (
	"slices"
	"strings"
)

// A group is the witnesses of one finding.
type group struct {
	witnesses []witness
	key       []string
}

// keyFields are what a rule may group its witnesses by. Data groups by the
// report's data category.
var keyFields = map[string]func(witness) string{
	"recipient": func(w witness) string { return w.recipient.ID },
	"data":      func(w witness) string { return category(w.data) },
	"name":      func(w witness) string { return w.keys["name"] },
	"request":   func(w witness) string { return w.keys["request"] },
	"document":  func(w witness) string { return w.keys["document"] },
	"find":      func(w witness) string { return w.find.name },
}

// grouped merges witnesses that have the rule's key in common. Groups and the
// witnesses in them come in an order of their own; the first witness of a
// group, a certain and a severe one if there is one, speaks for it.
func grouped(all []witness, key []string) []group {
	slices.SortStableFunc(all, func(a, b witness) int {
		if a.certain != b.certain {
			if a.certain {
				return -1
			}
			return 1
		}
		if d := b.severity.Rank() - a.severity.Rank(); d != 0 {
			return d
		}
		if d := strings.Compare(a.find.name, b.find.name); d != 0 {
			return d
		}
		return strings.Compare(a.sort, b.sort)
	})
	at := map[string]int{}
	var groups []group
	for _, w := range all {
		var parts []string
		for _, k := range key {
			parts = append(parts, keyFields[k](w))
		}
		id := strings.Join(parts, "\x00")
		i, ok := at[id]
		if !ok {
			i = len(groups)
			at[id] = i
			groups = append(groups, group{key: key})
		}
		groups[i].witnesses = append(groups[i].witnesses, w)
	}
	return groups
}

// fingerprint names the group's finding. The recipient and the data category
// are part of it where the rule groups by them; another key field stands
// beside the category, a request by who asks and what for.
func (g group) fingerprint(rule, service string) string {
	w := g.witnesses[0]
	recipient := ""
	var rest []string
	for _, k := range g.key {
		switch k {
		case "recipient":
			recipient = w.recipient.ID
		case "request":
			recipient = w.recipient.ID
			rest = append(rest, w.keys["request-stable"])
		default:
			rest = append(rest, keyFields[k](w))
		}
	}
	return Fingerprint(rule, service, recipient, strings.Join(rest, "/"))
}
