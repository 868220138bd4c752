package does

import (
	"fmt"
	"regexp"
	"slices"
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

// need decides once for each place in each stage.
func (r *reading) need(s *stage, p place) need {
	n, known := s.needs[p]
	if !known {
		n = r.decide(s, p)
		s.needs[p] = n
	}
	return n
}

// needOf is need for what one visit did with a place. Where the place names a
// browser and this visit has a value there that others have too, as after an
// opt-out, that value names nobody.
func (r *reading) needOf(u *use) need {
	s := r.stage(u.capture.Phase)
	n := r.need(s, u.place)
	if v := r.verdict(s, u.place); n.nx == "yes" && s != r.stages[diapason.P0] && len(r.personal(u.capture, tag{u.place, v})) == 0 {
		return need{"unknown", "other visits have an identifier there, and this one had none", ""}
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
func (r *reading) decide(s *stage, p place) need {
	v := r.verdict(s, p)
	own := r.party(p.host).Relation == diapason.FirstParty && !r.reachesOthers(s, p)
	session := s.endsWithSession(p)
	proof := strings.Join(v.visits, ", ")
	switch {
	case own && securityNames.MatchString(p.key):
		return need{"no", "its name, and only the service receives it", "guards forms"}
	case own && (v.class == classConsent || isConsentRecord(p.key)):
		return need{"no", "its name, and only the service receives it", "record of a choice"}
	case v.class == classIdentifier && v.reloaded:
		return need{"yes", fmt.Sprintf("at least %.0f bits differ between %s, and a reload kept them: whether they outlive the browser was not tried", v.score, proof), ""}
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
func (r *reading) reachesOthers(s *stage, p place) bool {
	for _, x := range r.sightingsIn(s) {
		same := x.place == p || !x.reloaded && x.values[0] == r.verdicts[p].values[0]
		if same && x.party.Relation != diapason.FirstParty {
			return true
		}
	}
	return r.leaksOut(s, p)
}

// leaksOut looks for the values of a place in what went to other companies,
// where the visits could not tell an identifier: a token of a session, or a
// value that only a journey saw.
func (r *reading) leaksOut(s *stage, p place) bool {
	if v := r.verdict(s, p); v.singlesOut() || v.class == classConstant {
		return false
	}
	for _, c := range s.visits {
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

// endsWithSession tells whether in every visit of a stage the browser was told
// to keep the entry no longer than the session.
func (s *stage) endsWithSession(p place) bool {
	if p.store != "cookie" && p.store != "sessionStorage" {
		return false
	}
	return !slices.ContainsFunc(s.visits, func(c *diapason.Capture) bool { return lifetimeIn(c, p) != 0 })
}
