package says

import (
	"slices"

	"diapason.dev/diapason"
)

// part reads a piece of a list, or of a cell, that completes the statement
// which introduces it: data, a purpose, or a receiver. It is false where the
// piece is a statement of its own.
func (r *reader) part(sen []token, lead frame, sc scope) bool {
	v := view(sen)
	own := slices.DeleteFunc(v.frames(), func(f frame) bool { return v.clauses[v.owner[f.at]].kind != mainClause })
	c := v.clauses[0]
	if len(own) > 0 && (c.subject != "" || own[0].rule == "passive" || own[0].at < 3 && sen[0].word != "to") {
		return false
	}
	if c.kind == subordinate {
		return false
	}
	r.clauses += len(v.clauses)
	if lead.denied && lead.hedged { // "not … unless one of these applies:"
		lead.denied, lead.hedged = false, false
	}
	switch {
	case sen[0].word == "to" || sen[0].word == "for" || (len(v.data) == 0 && len(v.parties) == 0 && len(v.purposes) > 0):
		return r.purposePart(v, lead, sc)
	case (lead.op == diapason.Share || lead.op == diapason.Sell) && len(v.parties) > 0 && (len(specific(v.data)) == 0 || v.parties[0].from < v.data[0].from):
		return r.partyPart(v, lead, sc)
	}
	return r.dataPart(v, lead, sc)
}

func (r *reader) purposePart(v *sentenceView, lead frame, sc scope) bool {
	if lead.op != diapason.Use && lead.op != diapason.Share && lead.op != diapason.Collect {
		return true
	}
	lead.purposes = nil
	for _, m := range v.purposes {
		if !slices.Contains(lead.purposes, m.term) {
			lead.purposes = append(lead.purposes, m.term)
		}
	}
	if t, ok := conditionIn(v.ts, 0, len(v.ts)); ok && t.condition == diapason.OnConsent {
		lead.terms, lead.cond, lead.modality = t, true, "conditional"
	}
	if lead.op == diapason.Share && len(lead.parties) == 0 {
		lead.parties = slices.Clone(v.parties)
	}
	if len(lead.purposes) > 0 || len(v.parties) > 0 {
		lead.rule = "list"
		r.emit(v, lead, lead.data, sc, v.ts)
	}
	return true
}

func (r *reader) partyPart(v *sentenceView, lead frame, sc scope) bool {
	lead.parties = v.parties
	lead.purposes = slices.Clone(lead.purposes)
	for _, m := range v.purposes {
		if !slices.Contains(lead.purposes, m.term) {
			lead.purposes = append(lead.purposes, m.term)
		}
	}
	lead.rule = "list"
	r.emit(v, lead, lead.data, sc, v.ts)
	return true
}

func (r *reader) dataPart(v *sentenceView, lead frame, sc scope) bool {
	ds := v.dataIn(0, 0, v.objectEnd(0, len(v.ts)))
	if len(specific(ds)) == 0 {
		ds = sc.label
	}
	if len(specific(ds)) == 0 {
		return true
	}
	if t, ok := conditionIn(v.ts, 0, len(v.ts)); ok && !lead.cond && t.condition != diapason.OnSetting {
		lead.terms, lead.cond, lead.modality = t, true, "conditional"
	}
	lead.rule = "list"
	lead.about = false
	r.emit(v, lead, ds, sc, v.ts)
	return true
}
