package says

import (
	"slices"
	"strings"

	"diapason.dev/diapason"
)

// A frame is one verb with what is said around it: who does what with which
// data, to whom, what for and on what terms.
type frame struct {
	op        diapason.Operation
	lemma     string
	actor     diapason.Term // service, person, or a party
	implicit  bool          // nobody was named: "is collected"
	denied    bool
	hedged    bool
	modality  string
	terms     terms
	cond      bool
	exclusive bool
	data      []mention
	parties   []mention
	except    []mention // parties or data behind "except"
	purposes  []diapason.Term
	limit     float64
	toUs      bool // "to us", "with us"
	toYou     bool // "provide you with"
	child     bool
	about     bool   // the object is "this information", "it"
	rule      string // which reading rule made it
	at        int    // token of the verb
}

// frames reads the statements of a sentence.
func (v *sentenceView) frames() []frame {
	if v.vague() {
		return nil
	}
	var fs []frame
	for k := range v.clauses {
		fs = append(fs, v.clauseFrames(k)...)
	}
	return fs
}

// vague tells sentences that state nothing: questions, titles, and denials of
// a meaning or of a liability.
func (v *sentenceView) vague() bool {
	ts := v.ts
	last := ts[len(ts)-1]
	if last.word == "?" {
		return true
	}
	for i := range ts {
		if negates(ts[i]) && i+1 < len(ts) && notMeant[ts[i+1].word] {
			return true
		}
		if negates(ts[i]) && (hasAt(ts, i+1, "be", "held") || hasAt(ts, i+1, "be", "responsible")) {
			return true
		}
	}
	if defines(ts) || index(ts, 0, len(ts), "the", "right", "to") >= 0 {
		return true
	}
	if anyOf(ts, 0, len(ts), learned) >= 0 && v.child() {
		return true
	}
	asks := ts[0].word == "how" || ts[0].word == "what" || ts[0].word == "why" || ts[0].word == "who"
	return asks && last.word != "." && last.word != ":"
}

// learned: what a text says to do about a mistake is no practice.
var learned = set("aware learn discover believe believes")

// defines tells a sentence that explains what a cookie is.
func defines(ts []token) bool {
	var words []token
	for i := 0; i < len(ts) && len(words) < 4; i++ {
		if !ts[i].mark {
			words = append(words, ts[i])
		}
	}
	return hasAt(words, 0, "a", "cookie", "is") || hasAt(words, 0, "cookies", "are") || hasAt(words, 0, "there", "are", "other") || hasAt(words, 0, "the", "cookie", "will", "help")
}

var notMeant = set("mean guarantee responsible necessarily apply affect control cover warrant ensure imply constitute govern")

// clauseFrames reads the verbs of a clause.
func (v *sentenceView) clauseFrames(k int) []frame {
	c := v.clauses[k]
	var fs []frame
	for i := c.verbFrom; i < c.to; i++ {
		if v.owner[i] != k {
			continue
		}
		if n, f := v.public(i); n > 0 {
			f.at, f.actor = i, c.subject
			fs = append(fs, f)
			i += n - 1
			continue
		}
		last := -1
		if len(fs) > 0 {
			last = fs[len(fs)-1].at
		}
		if v.inData(i) {
			continue
		}
		vb, ok := isVerb(v.ts, i, last)
		if !ok {
			continue
		}
		fs = append(fs, frame{op: vb.op, lemma: vb.lemma, at: i, actor: c.subject, rule: v.voice(i, vb)})
	}
	for j := range fs {
		end := c.to
		if j+1 < len(fs) {
			end = fs[j+1].at
		}
		v.fill(&fs[j], k, j, fs, end)
	}
	return v.shareObjects(fs)
}

// voice tells an active verb from a passive one.
func (v *sentenceView) voice(i int, vb verb) string {
	if vb.form == past {
		if p := before(v.ts, i); p >= 0 && (be[v.ts[p].word] || joins(v.ts[p].word)) && v.passiveLeft(i) {
			return "passive"
		}
	}
	return "active"
}

func (v *sentenceView) passiveLeft(i int) bool {
	for k := i - 1; k >= 0 && k >= i-8; k-- {
		if be[v.ts[k].word] {
			return true
		}
	}
	return false
}

// publicWords are ways of saying that something is shown to others without a
// verb of the list.
var publicWords = [][]string{
	{"publicly", "available"},
	{"publically", "available"},
	{"made", "public"},
	{"available", "to"},
	{"visible", "to"},
	{"accessible", "by"},
	{"accessible", "to"},
	{"publicly", "displayed"},
	{"publicly", "accessible"},
	{"publicly", "visible"},
	{"viewable", "by"},
	{"displayed", "publicly"},
	{"available", "publicly"},
}

func (v *sentenceView) public(i int) (int, frame) {
	for _, ws := range publicWords {
		if hasAt(v.ts, i, ws...) && v.passiveLeft(i) && !v.restricts(i) {
			f := frame{op: diapason.Share, lemma: "public", rule: "passive"}
			if ws[0] == "publicly" || ws[0] == "publically" || ws[1] == "public" || ws[1] == "publicly" {
				f.parties = []mention{{term: "dia:GeneralPublic", from: i, to: i + 2}}
			}
			return len(ws), f
		}
	}
	return 0, frame{}
}

// restricts tells "information that is publicly available": it only says which
// information is meant.
func (v *sentenceView) restricts(i int) bool {
	for k := i - 1; k >= 1 && k >= i-5; k-- {
		if be[v.ts[k].word] {
			w := v.ts[k-1].word
			return w == "that" || w == "which"
		}
	}
	return false
}

// fill reads what stands around a verb.
func (v *sentenceView) fill(f *frame, k, j int, fs []frame, end int) {
	c := v.clauses[k]
	stop := v.objectEnd(f.at+1, end)
	from := c.from
	if j > 0 {
		from = fs[j-1].at + 1
	}
	if f.rule == "passive" {
		f.data = v.dataIn(k, max(0, from-1), f.at)
		if j > 0 && joinsBack(v.ts, f.at) {
			f.data = fs[j-1].data
		}
		f.data = append(f.data, v.examples(k, f.at, end)...)
	} else {
		f.data = v.dataIn(k, f.at+1, stop)
		if len(f.data) > 0 && v.tooFar(f.at, f.data[0].from) {
			f.data = nil
		}
		if c.kind == relative && len(f.data) == 0 && !hasAt(v.ts, f.at-1, "to") {
			f.data = v.antecedent(c.from)
		}
	}
	f.parties = append(f.parties, v.partiesIn(f.at+1, stop)...)
	f.about = c.kind != relative && v.anaphor(f, from, stop)
	if f.op == diapason.Share || f.op == diapason.Sell {
		f.parties = append(f.parties, v.moreParties(stop, min(end, c.to))...)
	}
	f.toUs = v.reachesUs(f.at+1, min(end, f.at+30))
	f.toYou = hasAt(v.ts, f.at+1, "to", "you") || f.at+1 < len(v.ts) && (v.ts[f.at+1].word == "you" || v.ts[f.at+1].word == "them" || v.ts[f.at+1].word == "users")
	v.polarity(f, c, j, fs, end)
	v.setPurposes(f, k, stop, end)
	f.child = v.child()
}

// joinsBack tells that a verb is joined to the one before: "collected and stored".
func joinsBack(ts []token, i int) bool {
	p := before(ts, i)
	return p >= 0 && joins(ts[p].word)
}

// objectEnd is where the objects of a verb end because a purpose or a reason
// begins.
func (v *sentenceView) objectEnd(from, end int) int {
	for i := from; i < end; i++ {
		if o := v.owner[i]; o != v.owner[max(0, from-1)] && o != v.owner[from] && v.clauses[o].kind != mainClause {
			continue // the purpose of a clause that hangs on this one
		}
		if v.purposeAt(i) {
			return i
		}
	}
	return end
}

var (
	toLeft    = set("related relating relate relates access due according subject prior respect addition connection limited linked similar relevant belonging back up available visible response responding listen listening attributed applicable specific necessary able listens connect connected consent agree choose chosen wish want need needs required according opposed amount able right permission ability reply")
	toNoun    = set("you us our your the a an other others third such any certain these those them it this that their his her each all some one both many date which whom another external outside public")
	purposeBy = set("because whereas")

	partyAdjectives = set("trusted selected various relevant authorised authorized unaffiliated independent carefully affiliated respective several multiple potential prospective")
)

func (v *sentenceView) purposeAt(i int) bool {
	ts := v.ts
	switch ts[i].word {
	case "to":
		if (hasAt(ts, i+1, ":") || hasAt(ts, i+1, ",")) && !(i > 0 && toLeft[ts[i-1].word]) {
			return true
		}
		if i+1 >= len(ts) || ts[i+1].mark || toNoun[ts[i+1].word] || (i > 0 && toLeft[ts[i-1].word]) || ts[i+1].stem == self {
			return false
		}
		for _, m := range v.parties {
			if m.from == i+1 || (m.from == i+2 && partyAdjectives[ts[i+1].word]) {
				_, isV := verbs()[ts[i+1].word]
				return isV
			}
		}
		return true
	case "for":
		for _, m := range v.purposes {
			if m.from > i && m.from <= i+4 {
				return true
			}
		}
		return hasAt(ts, i+1, "the", "purpose") || hasAt(ts, i+1, "the", "purposes") || hasAt(ts, i+1, "purposes")
	case "so":
		return hasAt(ts, i+1, "that") || hasAt(ts, i+1, "we") || hasAt(ts, i+1, "you")
	}
	return purposeBy[ts[i].word]
}

func (v *sentenceView) child() bool {
	for i, t := range v.ts {
		if t.stem == "child" || t.stem == "minor" || t.word == "children" {
			return true
		}
		if t.word == "under" && i+1 < len(v.ts) && len(v.ts[i+1].word) == 2 && v.ts[i+1].word[0] == '1' {
			return true
		}
		if t.word == "under" && (hasAt(v.ts, i+1, "the", "age") || hasAt(v.ts, i+1, "age")) {
			return true
		}
	}
	return false
}

// setPurposes reads what it is done for: behind the objects, or before the
// subject ("To personalise your experience, we …").
func (v *sentenceView) setPurposes(f *frame, k, stop, end int) {
	c := v.clauses[k]
	add := func(from, to int) {
		for _, m := range v.purposes {
			if m.from >= from && m.from < to && !slices.Contains(f.purposes, m.term) {
				f.purposes = append(f.purposes, m.term)
			}
		}
	}
	if stop < end || f.rule == "passive" {
		add(stop, c.to)
	}
	if first := v.clauses[0]; k > 0 && first.subject == "" && first.kind == mainClause && first.to <= c.from && strings.HasPrefix(v.ts[0].word, "to") {
		add(0, first.to)
	}
	if len(f.purposes) == 0 {
		return
	}
	for i := c.from; i < c.to; i++ {
		if w := v.ts[i].word; (w == "only" || w == "solely" || w == "exclusively") && !v.inSubordinate(i) {
			f.exclusive = true
		}
	}
}
