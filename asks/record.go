package asks

import (
	"slices"
	"strings"

	"diapason.dev/diapason"
)

// records describes every permission of the request, in its order.
func (j *judgement) records(ref diapason.Ref) []Scope {
	var all []Scope
	for i, v := range j.verdict.Scopes {
		s := Scope{
			Request: j.id(), ID: v.ID, Data: []diapason.Term{}, Writes: []string{}, Effects: []string{},
			Group: "unknown", Sentence: v.Sentence, Confidence: "low",
			Class: v.Class, Why: v.Why, Severity: v.Severity, Suggestion: j.verdict.Suggestions[v.ID],
		}
		if at := j.known[i]; at >= 0 {
			j.open(&s, at)
			if s.Class == classNeeded && j.global.reach < j.cover.reach && !slices.Contains(j.global.scopes, at) {
				s.Narrower = j.narrower()
			} else if s.Class == classNeeded {
				s.Narrower = j.leastMarked(at)
			}
		}
		ref.Quote = s.ID
		s.Evidence = []diapason.Ref{ref}
		all = append(all, s)
	}
	return all
}

// open tells what a known scope opens, what it implies included.
func (j *judgement) open(s *Scope, at int) {
	p := j.provider
	entry := p.Scopes[at]
	s.See, s.Do, s.Group, s.Confidence = entry.See, entry.Do, entry.Group, entry.Confidence
	for _, other := range sortedKeys(entry.DoAfter) {
		if before, ok := p.byName[other]; ok && j.asked(before) && !slices.Contains(j.cover.scopes, before) {
			s.Do = entry.DoAfter[other]
		}
	}
	for _, k := range append([]int{at}, p.implies[at]...) {
		for _, name := range p.Scopes[k].Reads {
			if id := p.Terms[name].Vocab; id != nil && !slices.Contains(s.Data, diapason.Term(*id)) {
				s.Data = append(s.Data, diapason.Term(*id))
			}
		}
		for _, name := range p.Scopes[k].Writes {
			if !slices.Contains(s.Writes, p.Terms[name].Label) {
				s.Writes = append(s.Writes, p.Terms[name].Label)
			}
		}
	}
	for b, name := range effectNames {
		if p.effects[at]&(1<<b) != 0 {
			s.Effects = append(s.Effects, name)
		}
	}
}

// narrower names the scopes outside the request that would serve and open less.
func (j *judgement) narrower() string {
	var ids []string
	for _, s := range j.global.scopes {
		if !slices.Contains(j.cover.scopes, s) {
			ids = append(ids, j.provider.Scopes[s].ID)
		}
	}
	return strings.Join(ids, " ")
}
