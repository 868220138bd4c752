package says

import (
	"strings"

	"diapason.dev/diapason"
)

// polarity decides, from left to right, whether a verb is asserted or denied,
// how firmly, and on what terms.
//
//	never … unless you ask            asserted, with consent
//	not … except as described         denied, hedged
//	not … except X                    denied, hedged; asserted for X
//	must, need to                     required
//	you may choose to                 optional
//	may, might, can                   may
//	unless you opt out                asserted, a setting that is on
func (v *sentenceView) polarity(f *frame, c clause, j int, fs []frame, end int) {
	f.denied = v.deniedAt(f, c, j, fs)
	f.modality = v.modality(f, c)
	v.findTerms(f, c)
	if f.cond && f.terms.lifts {
		f.denied = false
	}
	if f.denied && c.kind == relative {
		f.op = erase // "data that cannot be used to identify you" denies nothing
	}
	if f.denied {
		f.hedged = f.cond
		v.limits(f, c, j, fs, end)
	}
	if f.cond && f.modality != "required" && (f.modality != "optional" || f.terms.condition == diapason.OnConsent) {
		f.modality = "conditional"
	}
}

// deniedAt looks for a denial between the subject and the verb, and for "no"
// before the data.
func (v *sentenceView) deniedAt(f *frame, c clause, j int, fs []frame) bool {
	denied := false
	from := c.from
	if c.subject == "" && c.kind == mainClause && f.rule == "passive" {
		from = max(c.from, f.at-12)
	}
	if from > 0 && (v.ts[from-1].word == "nor" || v.ts[from-1].word == "neither" || (from > 1 && v.ts[from-2].word == "nor")) {
		denied = true
	}
	for i := from; i < f.at; i++ {
		switch w := v.ts[i].word; {
		case w == "but" || w == "however" || w == ";":
			denied = false
		case hasAt(v.ts, i, "no", "longer"):
			denied = true
		case negates(v.ts[i]) && !v.noDenial(i) && !v.inOther(i, c):
			denied = true
		}
	}
	for _, m := range f.data {
		if m.from > 0 && (v.ts[m.from-1].word == "no" || v.ts[m.from-1].word == "neither" || (v.ts[m.from-1].word == "any" && m.from > 1 && v.ts[m.from-2].word == "not")) {
			denied = true
		}
	}
	return denied
}

// inOther tells a word of a clause that hangs on this one.
func (v *sentenceView) inOther(i int, c clause) bool {
	o := v.clauses[v.owner[i]]
	return o.from != c.from && o.kind != mainClause
}

// noDenial tells "not only", "not limited to" and the like.
func (v *sentenceView) noDenial(i int) bool {
	if i+1 >= len(v.ts) {
		return false
	}
	switch v.ts[i+1].word {
	case "only", "limited", "just", "merely":
		return true
	}
	return v.ts[i].word == "not" && i > 0 && v.ts[i-1].word == "or" // "whether or not"
}

var (
	requiredWords = set("must required necessary need needs needed mandatory")
	mayWords      = set("may might can could sometimes")
)

// gives are the verbs by which a person hands something over.
var gives = set("share provide give add upload submit enter disclose send post")

func (v *sentenceView) modality(f *frame, c clause) string {
	mode := "performed"
	if f.actor == person && c.purpose && c.from > 0 {
		switch w := v.ts[c.from-1].word; {
		case strings.HasPrefix(w, "allow") || strings.HasPrefix(w, "enabl") || strings.HasPrefix(w, "let") || strings.HasPrefix(w, "permit") || strings.HasPrefix(w, "invit") || w == "for":
			return "optional"
		case strings.HasPrefix(w, "requir") && v.negatedNear(c.from-1):
			f.denied = false
			return "optional"
		case strings.HasPrefix(w, "requir"):
			mode = "required"
		}
	}
	for i := max(0, c.from-1); i < f.at; i++ {
		if v.owner[i] != v.owner[f.at] && v.clauses[v.owner[i]].kind == subordinate {
			continue
		}
		w := v.ts[i].word
		switch {
		case w == "voluntarily" || w == "optionally" || w == "optional" || ((w == "choose" || w == "consent" || w == "opt") && f.actor == person):
			return "optional"
		case requiredWords[w] && !(i > 0 && negates(v.ts[i-1])) && !(w == "need" && i > 0 && v.ts[i-1].word == "may"):
			mode = "required"
		case requiredWords[w] && i > 0 && negates(v.ts[i-1]):
			f.denied = false
			return "optional"
		case mayWords[w] && mode == "performed":
			mode = "may"
		}
	}
	if anyOf(v.ts, f.at, c.to, set("voluntarily optionally")) >= 0 && f.actor == service {
		return "optional"
	}
	if i := index(v.ts, f.at, c.to, "choose", "to"); i > 0 && i+2 < len(v.ts) && gives[v.ts[i+2].word] && f.actor == service && v.clauses[v.owner[i]].kind == relative {
		return "optional"
	}
	if index(v.ts, f.at, min(len(v.ts), f.at+40), "must", "have") >= 0 || index(v.ts, f.at, min(len(v.ts), f.at+40), "must", "provide") >= 0 {
		mode = "required"
	}
	return mode
}

// negatedNear tells a denial in the three words before i.
func (v *sentenceView) negatedNear(i int) bool {
	for k := i - 1; k >= 0 && k >= i-3; k-- {
		if negates(v.ts[k]) {
			return true
		}
	}
	return false
}

// findTerms looks for the condition in the clause, and before it at the
// beginning of the sentence.
func (v *sentenceView) findTerms(f *frame, c clause) {
	if c.kind == subordinate {
		return // it is the condition
	}
	f.terms, f.cond = conditionIn(v.ts, c.from, c.to)
	if f.cond || c.kind == relative {
		return
	}
	if c.purpose { // "you can ask us to share"
		for i := c.from - 1; i >= 0 && i >= c.from-5; i-- {
			if v.ts[i].word == "you" {
				f.terms, f.cond = terms{condition: diapason.OnConsent, from: i, to: c.from + 1}, true
				return
			}
		}
	}
	if first := v.clauses[0]; first.from == 0 {
		f.terms, f.cond = conditionIn(v.ts, 0, v.firstMain(c))
		for i := first.to; f.cond && i < c.from; i++ {
			if v.ts[i].word == ";" || v.ts[i].word == "but" {
				f.cond = false
			}
		}
	}
}

// firstMain is where the first main clause with a subject begins, at the
// latest where c does.
func (v *sentenceView) firstMain(c clause) int {
	for _, o := range v.clauses {
		if o.kind == mainClause && o.subject != "" {
			return min(o.from, c.from)
		}
	}
	return c.from
}

// limiting are words by which a denial is about a part of the practice only.
var limiting = set("alongside beyond outside directly longer unencrypted permanently indefinitely together full permanent more if when")

// limits reads what takes a denial back in part.
func (v *sentenceView) limits(f *frame, c clause, j int, fs []frame, end int) {
	for i := f.at; i < c.to; i++ {
		w := v.ts[i].word
		switch {
		case w == "except" || hasAt(v.ts, i, "other", "than") || hasAt(v.ts, i, "apart", "from") || hasAt(v.ts, i, "with", "the", "exception") || (w == "unless" && !f.cond) || (w == "without" && !f.cond):
			f.hedged = true
			if described(v.ts, i) {
				return
			}
			for _, m := range v.parties {
				if m.from > i && m.from < c.to {
					f.except = append(f.except, m)
				}
			}
			f.parties = beforeToken(f.parties, i)
			f.data = beforeToken(f.data, i)
			return
		case (limiting[w] && !f.cond) || hasAt(v.ts, i, "in", "that") || hasAt(v.ts, i, "for", "any", "other") || hasAt(v.ts, i, "in", "a", "way") || hasAt(v.ts, i, "that", "could") || hasAt(v.ts, i, "that", "would") || hasAt(v.ts, i, "for", "this"):
			f.hedged = true
		case v.purposeAt(i) && v.owner[i] == v.owner[f.at]:
			f.hedged = true // one use is denied, not every use
		}
	}
	// "we do not use X to do Y" denies one use, not every use
	if j+1 < len(fs) && !joinsBack(v.ts, fs[j+1].at) && v.purposeAt(max(0, fs[j+1].at-1)) {
		f.hedged = true
	}
	if j > 0 && fs[j-1].denied && !joinsBack(v.ts, f.at) && hasAt(v.ts, f.at-1, "to") {
		f.op = erase // the purpose of a use that is denied is no denial by itself
	}
}

// described tells "except as described", "except as stated", "in cases".
func described(ts []token, i int) bool {
	return anyOf(ts, i+1, min(i+4, len(ts)), set("as described stated set cases permitted provided required otherwise where to for necessary explained in under")) >= 0
}

func beforeToken(ms []mention, i int) []mention {
	var out []mention
	for _, m := range ms {
		if m.from < i {
			out = append(out, m)
		}
	}
	return out
}
