package says

import (
	"slices"

	"diapason.dev/diapason"
)

// namedParty reads a sentence that names a receiver outright: "Two of the
// services we use are X Analytics and Y".
func (r *reader) namedParty(v *sentenceView, sc scope) {
	for i := 1; i+1 < len(v.ts); i++ {
		w := v.ts[i].word
		if (w != "are" && w != "is" && w != "include") || !nameWord(v.ts, i+1) || v.inMention(i+1) {
			continue
		}
		parties := v.parties
		if index(v.ts, 0, i, "services", "we", "use") >= 0 {
			parties = append([]mention{{term: other}}, parties...)
		}
		for _, m := range parties {
			if m.to > i {
				continue
			}
			f := frame{op: diapason.Share, lemma: "share", actor: service, modality: "performed", rule: "named-party", at: -1, data: []mention{{term: "dpv:PersonalData", from: -1, to: -1}}}
			for _, d := range specific(v.data) {
				if d.to <= i {
					f.data = append(f.data, d)
				}
			}
			for _, p := range v.purposes {
				if p.to <= i && !slices.Contains(f.purposes, p.term) {
					f.purposes = append(f.purposes, p.term)
				}
			}
			r.emitNames(v, f, m, i, sc)
			return
		}
	}
}

// engages reads "we engage service providers to …" as giving them data: they
// could not do what they are engaged for without.
func (r *reader) engages(v *sentenceView, sc scope) {
	for i := range v.ts {
		w := v.ts[i].word
		if w != "engage" && w != "employ" && w != "hire" && w != "use" && !(w == "work" && hasAt(v.ts, i+1, "with")) {
			continue
		}
		if c := v.clauses[v.owner[i]]; c.subject != service || c.kind != mainClause || v.negatedBefore(i, c) {
			continue
		}
		f := frame{op: diapason.Share, lemma: "engage", actor: service, modality: "performed", rule: "engages", at: i, data: []mention{{term: "dpv:PersonalData", from: -1, to: -1}}}
		for _, m := range v.parties {
			if m.from > i && m.from <= i+14 && (helpers[m.term] && hasTo(v.ts, m.to)) && v.clauses[v.owner[m.from]].kind != relative {
				f.parties = append(f.parties, mention{term: m.term, from: -1, to: -1})
			}
		}
		if len(f.parties) > 0 {
			v.setPurposes(&f, v.owner[i], i, len(v.ts))
			r.emit(v, f, f.data, sc, v.ts)
		}
		return
	}
}

func (v *sentenceView) negatedBefore(i int, c clause) bool {
	for k := c.from; k < i; k++ {
		if negates(v.ts[k]) {
			return true
		}
	}
	return false
}

// helpers are the parties that a service engages.
var helpers = map[diapason.Term]bool{"dia:Processor": true, "dia:PaymentProvider": true, "dia:Affiliate": true, "dia:Analytics": true, "dia:Advertiser": true}

// hasTo tells that a purpose follows soon.
func hasTo(ts []token, i int) bool {
	return anyOf(ts, i, min(i+12, len(ts)), set("to for who that which")) >= 0
}

func (r *reader) emitNames(v *sentenceView, f frame, party mention, at int, sc scope) {
	quote, s := r.quote(v.ts, sc, f)
	for _, n := range r.names(v, at+1, min(at+30, len(v.ts))) {
		if n.from > at+1 && !joins(v.ts[n.from-1].word) {
			break
		}
		to := byName(n)
		if to.term == other {
			to.term = party.term
		}
		for _, m := range choose(f.data) {
			r.add(v, f, direction{frame: f, actor: service}, m, to, sc, quote, s)
		}
	}
}

// listing reads a sentence that goes on with the statement before it: "This
// includes your name and address."
func (r *reader) listing(v *sentenceView, sc scope) *frame {
	ts := v.ts
	if sc.last == nil || sc.last.denied || len(ts) < 3 || !goesOn[ts[0].word] && ts[0].stem != "example" {
		return nil
	}
	at := anyOf(ts, 1, min(len(ts), 6), set("include includes including are"))
	if at < 0 || (ts[at].word == "are" && ts[0].stem != "example") {
		return nil
	}
	f := *sc.last
	f.rule, f.about = "list", false
	ds := v.data[:0:0]
	for _, m := range v.data {
		if m.from > at && !v.inPurpose(m.from, at) {
			ds = append(ds, m)
		}
	}
	if len(specific(ds)) == 0 || !r.emit(v, f, ds, sc, ts) {
		return nil
	}
	return sc.last
}

var goesOn = set("this these it they such that information which")
