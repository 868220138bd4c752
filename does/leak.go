package does

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"diapason.dev/diapason"
)

// beforeClick is how much earlier than the click that submits a form a request
// may be stamped and still count as its consequence: the browser's clock and
// ours are read at different moments. Journeys rest longer than that between
// the last key and the click.
const beforeClick = 100 * time.Millisecond

// leaks looks in everything that was sent after the first key for what was
// typed, in its usual spellings and as its usual hashes, and in everything for
// what only a permission opens. What the service
// itself received is among them: the recipient says so.
func (r *reading) leaks() []Leak {
	var all []Leak
	for _, c := range r.all {
		if !measured(c) || !r.ours(c) {
			continue
		}
		for _, k := range r.Known {
			for _, l := range r.leaksOf(c, diapason.Bait{ID: k.ID, Data: k.Data, Value: k.Value, At: c.Started, Submitted: c.Started}) {
				l.Scope = k.Scope
				all = append(all, l)
			}
		}
		for i, b := range c.Baits {
			known := slices.ContainsFunc(c.Baits[:i], func(x diapason.Bait) bool { return x.ID == b.ID && x.Value == b.Value })
			for _, l := range r.leaksOf(c, b) {
				if !known || !slices.ContainsFunc(all, func(x Leak) bool { return equalArrival(x, l) }) {
					all = append(all, l)
				}
			}
		}
	}
	return all
}

// seeds lists what leaks are looked for, each once.
func (r *reading) seeds() []Seed {
	var all []Seed
	add := func(s Seed) {
		at := slices.IndexFunc(all, func(x Seed) bool { return x.ID == s.ID && x.Scope == s.Scope })
		switch {
		case at < 0:
			all = append(all, s)
		case s.At.Before(all[at].At):
			all[at].At = s.At
		}
	}
	for _, c := range r.all {
		if !measured(c) || !r.ours(c) {
			continue
		}
		for _, k := range r.Known {
			add(Seed{ID: k.ID, Data: k.Data, Scope: k.Scope, At: c.Started})
		}
		for _, b := range c.Baits {
			add(Seed{ID: b.ID, Data: b.Data, At: b.At})
		}
	}
	slices.SortFunc(all, func(a, b Seed) int {
		return cmp.Or(strings.Compare(a.ID, b.ID), strings.Compare(a.Scope, b.Scope))
	})
	return all
}

// equalArrival tells whether two leaks are the same value that was typed twice
// in one visit, and reached the same receiver on the same way.
func equalArrival(a, b Leak) bool {
	return a.Visit == b.Visit && a.Seed == b.Seed && a.Recipient.ID == b.Recipient.ID && a.Recipient.Relation == b.Recipient.Relation &&
		a.Transform == b.Transform && a.Where == b.Where && a.Scheme == b.Scheme && a.Submitted == b.Submitted
}

// leaksOf looks for one bait in one visit. Equal arrivals are told once.
func (r *reading) leaksOf(c *diapason.Capture, b diapason.Bait) []Leak {
	type key struct {
		recipient, transform, where, scheme string
		submitted                           bool
	}
	found := map[key]Leak{}
	forms := formsOf(b.Value)
	for _, l := range r.looks(c) {
		if l.request.At.Before(b.At) && !l.message() {
			continue
		}
		chain, seen, ok := forms.find(l.layers)
		if !ok {
			continue
		}
		f := Leak{
			Seed: b.ID, Data: b.Data, Transform: transform(chain), Chain: chain, Phase: c.Phase, Run: c.Run, Visit: c.ID,
			Submitted: !b.Submitted.IsZero() && (l.message() || !l.request.At.Before(b.Submitted.Add(-beforeClick))),
			Scheme:    schemeOf(l.request.URL), Where: whereOf(l.where), Recipient: r.party(hostOf(l.request.URL)),
		}
		f.Evidence = []diapason.Ref{refTo(c, l.request, excerpt(l, seen, b, f))}
		k := key{f.Recipient.ID + "\x00" + string(f.Recipient.Relation), f.Transform, f.Where, f.Scheme, f.Submitted}
		if _, known := found[k]; !known {
			found[k] = f
		}
	}
	keys := slices.SortedFunc(maps.Keys(found), func(a, b key) int {
		return cmp.Or(strings.Compare(a.recipient, b.recipient), strings.Compare(a.transform, b.transform), strings.Compare(a.where, b.where),
			strings.Compare(a.scheme, b.scheme), truth(a.submitted)-truth(b.submitted))
	})
	var all []Leak
	for _, k := range keys {
		all = append(all, found[k])
	}
	return all
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

// whereOf counts cookies among the headers.
func whereOf(where string) string {
	if where == "cookie" {
		return "header"
	}
	return where
}

// transform names what was done to the value before it was written down for
// the journey: its hashes, or else its spellings. URL encoding and the escapes
// of JSON are how such things are written and no transform.
func transform(chain []string) string {
	steps := slices.DeleteFunc(slices.Clone(chain), func(s string) bool { return s == "url" || s == "entities" || s == "json" })
	if hashed(steps) {
		steps = slices.DeleteFunc(steps, func(s string) bool { return !strings.HasPrefix(s, "hash:") })
	}
	if len(steps) == 0 {
		return "plain"
	}
	return strings.Join(steps, ">")
}

// excerpt is how the arrival looked, without the value.
func excerpt(l look, seen string, b diapason.Bait, f Leak) string {
	what := "made-up " + b.ID
	if f.Transform != "plain" {
		what = f.Transform + " of the " + what
	}
	if field := l.field(seen); field != "" {
		return field + "=‹" + what + "›"
	}
	return "‹" + what + "›"
}

func schemeOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	switch u.Scheme {
	case "ws":
		return "http"
	case "wss":
		return "https"
	}
	return u.Scheme
}
