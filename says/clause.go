package says

import (
	"slices"

	"diapason.dev/diapason"
)

const (
	service diapason.Term = "dia:Service"
	other   diapason.Term = "dia:OtherParty"
	nobody  diapason.Term = "nobody" // a subject that is not known
	person  diapason.Term = "person" // the reader of the text, as a subject
)

// clauseKind tells how a clause hangs in its sentence.
type clauseKind int

const (
	mainClause  clauseKind = iota
	relative               // "information that you give us"
	subordinate            // "when you sign up"
)

// A clause is a subject and what it does, as a run of tokens. The objects of
// a main clause may stand behind a clause that hangs on it: "we collect what
// you give us, such as your name".
type clause struct {
	kind     clauseKind
	subject  diapason.Term // service, person, a party; empty: nobody is named
	from, to int           // where it begins and ends
	verbFrom int           // where its verb may begin: behind the subject
	// purpose is set where the subject is the object of a verb such as allow
	// or ask: "allow third parties to collect".
	purpose bool
}

// A sentenceView is a sentence with everything that the reading looks up.
type sentenceView struct {
	ts       []token
	data     []mention
	parties  []mention
	purposes []mention
	clauses  []clause
	owner    []int // index of the clause that a token belongs to
}

func view(ts []token) *sentenceView {
	l := known()
	v := &sentenceView{ts: ts, data: l.data.find(ts), parties: l.parties.find(ts), purposes: l.purposes.find(ts)}
	v.data = slices.DeleteFunc(v.data, v.isParty)
	v.purposes = slices.DeleteFunc(v.purposes, func(m mention) bool { // part of a name: "X Analytics"
		return m.from > 0 && ts[m.from].upper && ts[m.from-1].upper && m.to == m.from+1 && !allUpper(ts[m.from-1])
	})
	v.clauses = v.findClauses()
	v.owner = v.own()
	return v
}

var (
	subordinators = set("if when where while unless until because since as so before after whether once whenever whereby how what why although though")
	prepositions  = set("to with by from of for about on in through via at between among including like into under using without within against around than toward towards upon following")
	// takers are verbs whose object follows: a "you" behind them is no subject.
	takers = set("to with about from for of by on between provide send give ask notify contact inform help allow enable let tell show require invite serve offer identify recognise recognize permit authenticate target reach sending providing serving showing asking giving helping enabling allowing letting than and around consulting reminding remind")
	lets   = set("engage engages engaging employ hire allow allows allowing enable enables enabling permit permits authorise authorises authorize authorizes ask asks require requires let lets help helps allowed asked enabled invite authorised authorized want wants request")
)

func allUpper(t token) bool { return t.end-t.start == 1 }

// isParty tells a name of data that is part of the name of a party: the
// friends that something is shared with.
func (v *sentenceView) isParty(m mention) bool {
	return slices.ContainsFunc(v.parties, func(p mention) bool { return p.from < m.to && m.from < p.to && p.to-p.from >= m.to-m.from })
}

var determiners = set("the our a these those such certain some other many all most")

// findClauses lists the clauses in the order in which their subjects stand.
func (v *sentenceView) findClauses() []clause {
	var cs []clause
	for i := 0; i < len(v.ts); i++ {
		subject, n := v.subjectAt(i)
		if n == 0 || v.inData(i) {
			continue
		}
		c := clause{subject: subject, from: i, verbFrom: i + n}
		c.kind = v.kindAt(i, &c)
		cs = append(cs, c)
		i += n - 1
	}
	return v.bound(cs)
}

// subjectAt tells whether a subject stands at i, and how many tokens it has.
func (v *sentenceView) subjectAt(i int) (diapason.Term, int) {
	t := v.ts[i]
	left := ""
	if i > 0 {
		left = v.ts[i-1].word
	}
	switch {
	case t.word == "we" && !t.mark:
		return service, 1
	case t.word == "us" && hasAt(v.ts, i+1, "to") && lets[left]:
		return service, 1
	case t.word == "you" && hasAt(v.ts, i+1, "to") && (lets[left] || left == "for"):
		return person, 1
	case t.word == "you" && !takers[left], t.word == "you" && (left == "and" || left == "to") && v.acts(i+1):
		return person, 1
	case t.word == "it" && v.acts(i+1) && (i == 0 || v.ts[i-1].mark || joins(left)):
		return nobody, 1
	case (t.word == "users" || t.word == "they") && v.acts(i+1) && !prepositions[left]:
		return person, 1
	case t.stem == self && !prepositions[left] && v.acts(i+1):
		return service, 1
	case (t.word == "service" || t.word == "app" || t.word == "website" || t.word == "site") && (left == "our" || left == "the" || left == "this") && v.acts(i+1):
		return service, 1
	}
	return v.partySubject(i, left)
}

// partySubject finds a party that does something: "advertisers may receive".
func (v *sentenceView) partySubject(i int, left string) (diapason.Term, int) {
	if t := v.ts[i].word; (t == "who" || t == "which" || t == "that") && i > 0 && v.acts(i+1) {
		if m, ok := v.partyBefore(i); ok {
			return m.term, 1
		}
		if t == "which" && left == "," && anyOf(v.ts, i+1, min(i+4, len(v.ts)), set("include includes contain contains are is")) < 0 {
			return nobody, 1
		}
		return "", 0
	}
	for _, m := range v.parties {
		if m.from != i || v.modifies(m) {
			continue
		}
		to := hasAt(v.ts, m.to, "to") && i > 0 && letsBefore(v.ts, i)
		if to || (v.acts(m.to) && !prepositions[left] && left != "our" || (left == "our" && v.acts(m.to) && (i < 2 || !prepositions[v.ts[i-2].word]))) {
			return m.term, m.to - m.from
		}
	}
	return "", 0
}

// modifies tells a party that only says which: "third-party access".
func (v *sentenceView) modifies(m mention) bool {
	last := v.ts[m.to-1]
	if last.word != last.stem || m.to >= len(v.ts) {
		return false
	}
	vb, ok := verbs()[v.ts[m.to].word]
	return ok && vb.form == base
}

func letsBefore(ts []token, i int) bool {
	for k := i - 1; k >= 0 && k >= i-4; k-- {
		if lets[ts[k].word] {
			return true
		}
	}
	return false
}

// partyBefore is the party that a relative pronoun at i stands for.
func (v *sentenceView) partyBefore(i int) (mention, bool) {
	for k := len(v.parties) - 1; k >= 0; k-- {
		if m := v.parties[k]; m.to <= i && i-m.to <= 4 {
			return m, true
		}
	}
	return mention{}, false
}

// acts tells whether what stands at i, adverbs left out, is something that a
// subject does.
func (v *sentenceView) acts(i int) bool {
	for i < len(v.ts) && (adverbs[v.ts[i].word] || hasAt(v.ts, i, "no", "longer") || hasAt(v.ts, i, ",") && i+1 < len(v.ts) && adverbs[v.ts[i+1].word]) {
		i++
	}
	if i >= len(v.ts) || v.ts[i].mark {
		return false
	}
	w := v.ts[i].word
	if modals[w] || be[w] || have[w] || negates(v.ts[i]) {
		return w != "'s"
	}
	_, ok := verbs()[w]
	return ok
}

func (v *sentenceView) kindAt(i int, c *clause) clauseKind {
	p := i - 1
	for p >= 0 && (adverbs[v.ts[p].word] || determiners[v.ts[p].word]) {
		p--
	}
	if p < 0 {
		return mainClause
	}
	t := v.ts[p]
	switch {
	case lets[t.word]:
		c.purpose = true
		return mainClause
	case subordinators[t.word]:
		c.from = p
		if p > 0 && v.ts[p-1].word == "only" {
			c.from = p - 1
		}
		return subordinate
	case t.word == "that" || t.word == "which" || t.word == "whom":
		c.from = p
		return relative
	case v.ts[i].word == "who" || v.ts[i].word == "which" || (v.ts[i].word == "that" && !t.mark):
		return relative
	case t.mark || t.word == "and" || t.word == "or" || t.word == "but" || t.word == "however" || prepositions[t.word]:
		return mainClause
	}
	return relative
}

// bound sets the ends of the clauses, and adds those that have no subject.
func (v *sentenceView) bound(cs []clause) []clause {
	n := len(v.ts)
	for i := range cs {
		next := n
		if i+1 < len(cs) {
			next = cs[i+1].from
		}
		cs[i].to = next
		if cs[i].kind != mainClause {
			cs[i].to = v.hangsTo(cs[i].verbFrom, next, cs[i].kind == relative)
		}
	}
	var out []clause
	if len(cs) == 0 || cs[0].from > 0 {
		out = append(out, clause{from: 0, to: n, verbFrom: 0})
	}
	for i, c := range cs {
		out = append(out, c)
		if c.kind == mainClause || c.to >= n || !v.ts[c.to].mark || anyMain(out) {
			continue
		}
		// behind "When you sign up," a new subject that is not a word we know
		if i+1 == len(cs) || cs[i+1].from > c.to+3 {
			out = append(out, clause{from: c.to, to: n, verbFrom: c.to})
		}
	}
	return out
}

func anyMain(cs []clause) bool {
	for _, c := range cs {
		if c.kind == mainClause {
			return true
		}
	}
	return false
}

// hangsTo is where a clause that hangs on another ends.
func (v *sentenceView) hangsTo(i, end int, rel bool) int {
	first := i
	for ; i < end; i++ {
		w := v.ts[i].word
		if rel && i > first+1 && (be[w] || modals[w]) && w != "'s" && !v.ts[i-1].mark && !adverbs[v.ts[i-1].word] && !modals[v.ts[i-1].word] && !have[v.ts[i-1].word] && v.ts[i-1].word != "to" && v.ts[i-1].word != "that" && v.ts[i-1].word != "which" {
			return i // "the data that we need | is stored": the main clause goes on
		}
		if w == "," || w == ";" || w == ":" || w == "—" || w == "." || w == "(" || w == ")" || (w == "such" && hasAt(v.ts, i+1, "as")) || w == "including" {
			return i
		}
	}
	return end
}

// own gives each token to a clause: the words behind a clause that hangs on a
// main clause belong to the main clause again.
func (v *sentenceView) own() []int {
	owner := make([]int, len(v.ts))
	main := 0
	for k, c := range v.clauses {
		if c.kind == mainClause {
			main = k
			v.clauses[k].to = len(v.ts)
			for j := range k {
				if v.clauses[j].kind == mainClause && v.clauses[j].to > c.from {
					v.clauses[j].to = c.from
				}
			}
		}
		for i := c.from; i < len(v.ts); i++ {
			owner[i] = k
			if i >= c.to && c.kind != mainClause {
				owner[i] = main
			}
		}
	}
	return owner
}
