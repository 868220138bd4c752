package asks

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"diapason.dev/diapason"
)

// A Drift is how one permission request changed between two captures, both
// judged with the same catalogue for the same purposes.
type Drift struct {
	Provider string `json:"provider"`
	App      string `json:"app"` // redirect host of the newer one
	// Before and After are nil where a capture does not hold the request.
	Before  *Seen    `json:"before"`
	After   *Seen    `json:"after"`
	Changes []Change `json:"changes"`
	// ByCatalogue is how the judgement of the older request differs from the one
	// that was recorded then: the request is the same, the catalogue is not.
	ByCatalogue []Change `json:"by_catalogue"`
	Text        []string `json:"text"` // all of it in plain sentences
}

// Seen is a request at one time.
type Seen struct {
	At      string   `json:"at,omitempty"` // date of the capture, RFC 3339
	Request Request  `json:"request"`
	Scopes  []Scope  `json:"scopes"`
	Words   string   `json:"words,omitempty"` // what the link or button said
	Lines   []string `json:"lines"`           // what the consent page listed; null where it was not seen
	State   string   `json:"state"`           // absent, constant, predictable, structured, weak, random
	PKCE    string   `json:"pkce"`            // absent, plain, S256
	client  string
}

// A Change is one thing that is different.
type Change struct {
	// What is request, scopes, words, lines, client, redirect-host, page,
	// persistence, state, pkce; or, by the catalogue: class of SCOPE, minimal,
	// missing.
	What    string   `json:"what"`
	Before  string   `json:"before,omitempty"`
	After   string   `json:"after,omitempty"`
	Added   []string `json:"added,omitempty"`
	Removed []string `json:"removed,omitempty"`
}

// Wider tells whether the newer request has a permission in excess at or above
// a severity that the older one did not ask for.
func (d *Drift) Wider(limit diapason.Severity) bool {
	if d.After == nil {
		return false
	}
	return slices.ContainsFunc(d.After.Scopes, func(s Scope) bool {
		return s.Class == classExcess && s.Severity.Rank() >= limit.Rank() && !(d.Before != nil && d.Before.asks(s.ID))
	})
}

func (s *Seen) asks(id string) bool {
	return slices.ContainsFunc(s.Scopes, func(sc Scope) bool { return sc.ID == id })
}

// Drift compares the requests of two captures: those of one client of one
// provider, and where the client changed those of one provider, in order. as
// gives purposes and tier. recorded, if not nil, is the verdict that was
// recorded on the older request; it must be for the same purposes and belong
// to exactly one comparison.
//
// The error wraps diapason.ErrIncomplete where neither capture holds a request,
// and diapason.ErrUsage where the recorded verdict is not about it.
func (c *Catalogue) Drift(older, newer []Sighting, as Ask, recorded *Verdict) ([]Drift, error) {
	if len(older)+len(newer) == 0 {
		return nil, diapason.WithHint(fmt.Errorf("compare permission requests: neither capture holds one of a known provider: %w", diapason.ErrIncomplete),
			"record the page that carries the link, or a click on it")
	}
	var all []Drift
	for i, p := range c.pairs(older, newer) {
		d, err := c.compare(p, as, strconv.Itoa(i+1))
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	if recorded != nil {
		if err := blameCatalogue(all, recorded); err != nil {
			return nil, err
		}
	}
	for i := range all {
		all[i].Text = all[i].tell(recorded)
	}
	return all, nil
}

// A pair is one request in two captures; one of the two may be nil.
type pair struct{ before, after *Sighting }

// pairs puts requests together that are one: first those of the same client,
// then those of the same provider. What is left appeared or disappeared.
func (c *Catalogue) pairs(older, newer []Sighting) []pair {
	left := make([]*Sighting, len(older))
	for i := range older {
		left[i] = &older[i]
	}
	all := make([]pair, len(newer))
	for i := range newer {
		all[i].after = &newer[i]
	}
	for _, closely := range []bool{true, false} {
		for i := range all {
			if all[i].before != nil {
				continue
			}
			at := slices.IndexFunc(left, func(s *Sighting) bool { return s != nil && c.related(s.URL, all[i].after.URL, closely) })
			if at >= 0 {
				all[i].before, left[at] = left[at], nil
			}
		}
	}
	for _, s := range left {
		if s != nil {
			all = append(all, pair{before: s})
		}
	}
	return all
}

func (c *Catalogue) related(a, b string, closely bool) bool {
	left, right := readAddress(a), readAddress(b)
	p, _ := c.find(left)
	if q, _ := c.find(right); p != q || p == nil {
		return false
	}
	one, _ := left.get(p.Request.ClientParam)
	other, _ := right.get(p.Request.ClientParam)
	return !closely || one == other
}

func (c *Catalogue) compare(p pair, as Ask, id string) (Drift, error) {
	d := Drift{Changes: []Change{}, ByCatalogue: []Change{}}
	var err error
	if p.before != nil {
		if d.Before, err = c.see(*p.before, as, id, ""); err != nil {
			return d, err
		}
		d.Provider, d.App = d.Before.Request.Provider, d.Before.Request.App
	}
	if p.after == nil {
		d.Changes = append(d.Changes, Change{What: "request", Before: "present", After: "absent"})
		return d, nil
	}
	earlier := ""
	if p.before != nil {
		earlier = p.before.URL
	}
	if d.After, err = c.see(*p.after, as, id, earlier); err != nil {
		return d, err
	}
	d.Provider, d.App = d.After.Request.Provider, d.After.Request.App
	if p.before == nil {
		d.Changes = append(d.Changes, Change{What: "request", Before: "absent", After: "present"})
		return d, nil
	}
	if d.After.State == "constant" { // what is the same in both is constant in both
		d.Before.State = "constant"
	}
	d.Changes = changes(d.Before, d.After)
	return d, nil
}

// see judges a request as it was seen. One that can only be described is no
// error here: what cannot be said of it is in its verdict.
func (c *Catalogue) see(s Sighting, as Ask, id, earlier string) (*Seen, error) {
	as.ID, as.URL, as.Page, as.Earlier = id, s.URL, s.Page, earlier
	if s.Lines != nil {
		as.Consent = &ConsentPage{Lines: s.Lines, Seen: s.At}
	}
	as.Provider, as.Scopes, as.Authorized, as.Event = "", "", time.Time{}, Event{}
	req, scopes, _, err := c.Judge(as)
	if err != nil && req.ID == "" {
		return nil, err
	}
	seen := &Seen{Request: req, Scopes: scopes, Words: s.Words, Lines: s.Lines, PKCE: proofKind(s.URL), State: stateKind(req.Verdict.URLFlags)}
	if !s.At.IsZero() {
		seen.At = s.At.Format(time.RFC3339)
	}
	seen.client, _ = readAddress(s.URL).get(req.Verdict.ClientParameter)
	return seen, nil
}
