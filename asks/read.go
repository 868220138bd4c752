package asks

import (
	"errors"
	"strconv"
	"strings"

	"diapason.dev/diapason"
)

// Read judges many requests. They are numbered in the order given, from "1",
// where they bring no id of their own. What could not be read or judged to the
// end becomes a gap: a request that is only described is no request that passed.
func (c *Catalogue) Read(asks []Ask) (Facts, []diapason.Gap) {
	facts := Facts{Requests: []Request{}, Scopes: []Scope{}, Grants: []Grant{}}
	var gaps []diapason.Gap
	for i, a := range asks {
		if a.ID == "" {
			a.ID = strconv.Itoa(i + 1)
		}
		req, scopes, grants, err := c.Judge(a)
		if err != nil {
			gaps = append(gaps, gapOf(a.ID, err))
		}
		if err != nil && !errors.Is(err, diapason.ErrIncomplete) {
			continue
		}
		facts.Requests = append(facts.Requests, req)
		facts.Scopes = append(facts.Scopes, scopes...)
		facts.Grants = append(facts.Grants, grants...)
		if err == nil {
			gaps = append(gaps, unjudged(req)...)
		}
	}
	return facts, gaps
}

func newGap(id, why, next string) diapason.Gap {
	return diapason.Gap{Channel: diapason.Asks, What: "permission request " + id, Why: why, Next: next}
}

func gapOf(id string, err error) diapason.Gap {
	next := "check the address and try again"
	var hint *diapason.Hint
	if errors.As(err, &hint) {
		next = hint.Next
	}
	why := err.Error()
	for _, sentinel := range []error{diapason.ErrIncomplete, diapason.ErrUsage} {
		why = strings.TrimSuffix(why, ": "+sentinel.Error())
	}
	return newGap(id, why, next)
}

// unjudged lists what a request leaves open although it was read.
func unjudged(r Request) []diapason.Gap {
	var gaps []diapason.Gap
	v := r.Verdict
	if len(r.Purpose) == 0 {
		gaps = append(gaps, newGap(r.ID, "no purpose was given, so it is described and not judged", "say what the request is for"))
	}
	if len(v.Unknown)+len(v.CaseMismatch) > 0 {
		names := append(append([]string{}, v.Unknown...), v.CaseMismatch...)
		gaps = append(gaps, newGap(r.ID, "the catalogue does not know "+join(names), "check the spelling, or ask the provider what it opens"))
	}
	if len(v.Unserved) > 0 {
		gaps = append(gaps, newGap(r.ID, "an app of the tier \""+v.Tier+"\" cannot do part of its purpose: "+join(v.Unserved),
			"check the purpose and the kind of app"))
	}
	for _, f := range v.URLFlags {
		if f == "state-not-visible" {
			gaps = append(gaps, newGap(r.ID, "its address was not seen, so its state, PKCE and redirect were not checked",
				"give the address that the button opens"))
		}
	}
	if v.Reach.Approximate {
		gap := newGap(r.ID, "the list is too long to be sure that the smallest set was found", "read the list yourself")
		gap.Minor = true
		gaps = append(gaps, gap)
	}
	return gaps
}
