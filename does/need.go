package does

import (
	"fmt"
	"regexp"
	"strings"

	"diapason.dev/diapason"
)

// A need tells whether the law wants a person's consent for storing or reading
// something, and what decided it.
type need struct {
	nx        string // yes, no, unknown
	deciding  string
	exemption string
}

// securityNames are the names under which frameworks keep the token that
// guards a form against being sent by another site.
var securityNames = regexp.MustCompile(`(?i)(csrf|xsrf|requestverification|authenticity)`)

// need decides once for each place.
func (r *reading) need(p place) need {
	n, known := r.needs[p]
	if !known {
		n = r.decide(p)
		r.needs[p] = n
	}
	return n
}

// decide applies the identifier rule and the exemptions for what a page needs.
// Exempt is only what the service keeps for itself: what lives no longer than
// the session, what guards its forms, the record of a choice, what is the same
// for everyone, and what changes on every return (Article 29 Working Party,
// Opinion 04/2012, sections 3.1 to 3.6). A value that could name a browser is
// never exempt for its name alone unless it is a guard of forms or a record of
// a choice; what reached another company is never exempt.
func (r *reading) decide(p place) need {
	v := r.verdicts[p]
	own := r.party(p.host).Relation == diapason.FirstParty && !r.reachesOthers(p)
	session := r.endsWithSession(p)
	proof := strings.Join(v.visits, ", ")
	switch {
	case own && securityNames.MatchString(p.key):
		return need{"no", "its name, and only the service receives it", "guards forms"}
	case own && (v.class == classConsent || isConsentRecord(p.key)):
		return need{"no", "its name, and only the service receives it", "record of a choice"}
	case v.class == classIdentifier:
		return need{"yes", fmt.Sprintf("identifier rule, at least %.0f bits", v.score), ""}
	case own && session:
		return need{"no", "it ends with the session, and only the service receives it", "session"}
	case own && v.class == classConstant:
		return need{"no", "the same in every profile: " + proof, "setting"}
	case own && (v.class == classToken || v.class == classTime && v.values[0] == ""):
		return need{"no", "it changes on return: " + proof, "changing value"}
	case v.class == classWeak:
		return need{"unknown", fmt.Sprintf("%.0f bits: too few to be sure", v.score), ""}
	}
	return need{"unknown", "neither the identifier rule nor an exemption decides", ""}
}

// reachesOthers tells whether a place's value was seen to reach another company.
func (r *reading) reachesOthers(p place) bool {
	v := r.verdicts[p]
	for _, s := range r.tagged {
		if s.values[0] != v.values[0] || v.values[0] == "" {
			continue
		}
		for _, x := range s.sightings {
			if x.party.Relation != diapason.FirstParty {
				return true
			}
		}
	}
	return r.leaksOut(p)
}

// leaksOut looks for the values of a place in what went to other companies,
// where the visits could not tell an identifier: a token of a session, or a
// value that only a journey saw.
func (r *reading) leaksOut(p place) bool {
	if r.verdicts[p].singlesOut() || r.verdicts[p].class == classConstant {
		return false
	}
	for _, c := range r.daily() {
		for _, value := range entriesOf(c, nil)[p] {
			if len(value) < 2*shortest {
				continue
			}
			forms := formsOf(value)
			for _, l := range r.looks(c) {
				if _, _, ok := forms.find(l.layers); ok && r.party(hostOf(l.request.URL)).Relation != diapason.FirstParty {
					return true
				}
			}
		}
	}
	return false
}

// endsWithSession tells whether in every visit the browser was told to keep
// the entry no longer than the session.
func (r *reading) endsWithSession(p place) bool {
	if p.store != "cookie" && p.store != "sessionStorage" {
		return false
	}
	for _, c := range r.daily() {
		if lifetimeIn(c, p) != 0 {
			return false
		}
	}
	return true
}
