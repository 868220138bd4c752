package says

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"diapason.dev/diapason"
)

// sentence reads one sentence of prose. It returns the last statement about
// data in it, as a lead-in for what follows; nil if there is none.
func (r *reader) sentence(sen []token, sc scope) *frame {
	v := view(sen)
	r.clauses += len(v.clauses)
	if sc.skip {
		return nil
	}
	made := len(r.practices)
	var last *frame
	if f := r.listing(v, sc); f != nil {
		return f
	}
	r.namedParty(v, sc)
	r.engages(v, sc)
	fs := v.frames()
	for i := range fs {
		f := fs[i]
		if v.hypothetical(f) || v.stranger(f) {
			continue
		}
		if leads(sen, f) { // "We share your name with:" is said by the list
			g := v.freeze(f)
			last = &g
			continue
		}
		r.limitOf(v, &f)
		if r.emit(v, f, r.objects(f, sc), sc, sen) || (len(f.data) > 0 && (f.actor == service || f.actor == "") && f.op != erase) {
			g := v.freeze(f)
			last = &g
		}
	}
	if len(r.practices) > made {
		r.previous = nil
		for i := made; i < len(r.practices); i++ {
			r.previous = append(r.previous, i)
		}
	} else {
		r.claim(v)
		r.ground(v)
		r.miss(v, fs)
	}
	return last
}

// freeze makes of a statement one that other pieces of the text can complete:
// what it names no longer points into its own sentence.
func (v *sentenceView) freeze(f frame) frame {
	var parties, data []mention
	for _, m := range v.receivers(f) {
		parties = append(parties, mention{term: m.term, from: -1, to: -1})
	}
	for _, m := range f.data {
		data = append(data, mention{term: m.term, from: -1, to: -1, claim: m.claim})
	}
	f.parties, f.data, f.except, f.limit, f.at = parties, data, nil, 0, -1
	return f
}

// leads tells a statement that only a list behind it completes.
func leads(sen []token, f frame) bool {
	if sen[len(sen)-1].word != ":" || (f.actor != service && f.actor != "") || f.op == erase {
		return false
	}
	return len(f.data) == 0 && !f.about || (f.op == diapason.Share || f.op == diapason.Sell) && len(f.parties) == 0
}

// hypothetical tells what is only supposed, not said to be done: "if you share
// your location", "where a third party processes data".
func (v *sentenceView) hypothetical(f frame) bool {
	c := v.clauses[v.owner[f.at]]
	if c.kind != subordinate {
		return f.actor == "" && c.purpose
	}
	return f.actor != service || supposing[v.ts[c.from].word]
}

// stranger tells an active verb whose subject is a noun that is not known: the
// statement is not the service's. Its tools (cookies, systems) are.
func (v *sentenceView) stranger(f frame) bool {
	c := v.clauses[v.owner[f.at]]
	if c.subject != "" || f.rule != "active" || c.kind != mainClause {
		return false
	}
	for i := c.verbFrom; i < f.at; i++ {
		if w := v.ts[i].word; tools[w] || w == "our" || (be[w] && hasAt(v.ts, f.at-1, "to")) {
			return false
		}
	}
	return true
}

var tools = set("cookies technologies pixels beacons systems servers tags software sdks tools cookie pixel algorithms")

var supposing = set("if unless whether where how before until only although though what why")

// objects are the data that a statement is about: what it names, or what it
// points back at.
func (r *reader) objects(f frame, sc scope) []mention {
	if len(specific(f.data)) > 0 || !f.about {
		return f.data
	}
	if len(sc.label) > 0 {
		return sc.label
	}
	if f.op != diapason.Share && f.op != diapason.Sell && f.op != erase && f.limit == 0 && len(f.purposes) == 0 {
		return f.data // "we may store this information": nothing new is said
	}
	var ms []mention
	for _, i := range r.previous {
		p := r.practices[i]
		if p.Polarity == diapason.Asserted && !general(p.Data) && len(ms) < 12 && !slices.ContainsFunc(ms, func(m mention) bool { return m.term == p.Data }) {
			ms = append(ms, mention{term: p.Data, from: -1, claim: p.Anonymous})
		}
	}
	if len(ms) == 0 {
		return f.data
	}
	return ms
}

// claim marks what was just read as called anonymous: "The information we
// share is in a de-identified format".
func (r *reader) claim(v *sentenceView) {
	if anyOf(v.ts, 0, len(v.ts), claims) < 0 || index(v.ts, 0, len(v.ts), "we", "share") < 0 {
		return
	}
	for _, i := range r.previous {
		r.practices[i].Anonymous = true
	}
}

// ground gives what was just read the legal basis that a sentence behind it
// states: "The legal basis is our contract with you."
func (r *reader) ground(v *sentenceView) {
	if index(v.ts, 0, min(len(v.ts), 6), "legal", "basis") < 0 && index(v.ts, 0, min(len(v.ts), 6), "lawful", "basis") < 0 {
		return
	}
	q, _ := quoteOf(r.text, v.ts)
	b := basis(strings.ToLower(q), true)
	for _, i := range r.previous {
		if r.practices[i].Basis == "" {
			r.practices[i].Basis = b
		}
	}
}

var claims = set("identified anonymous anonymised anonymized aggregated aggregate pseudonymised pseudonymized hashing hashed")

// miss notes a sentence that speaks of the service, of data and of a deed, and
// from which nothing could be read.
func (r *reader) miss(v *sentenceView, fs []frame) {
	for _, f := range fs {
		if f.actor == service && len(specific(v.data)) > 0 {
			q, _ := quoteOf(r.text, v.ts)
			r.unread = append(r.unread, q)
			return
		}
	}
}

// weakShare are verbs that hand data on only where a receiver is named.
var weakShare = set("provide give send pass release publish display forward supply submit upload transfer transmit")

// maxRecords is how many records one statement may give. Sentences of real
// policies give a few dozen; the limit is for texts that are made to be many.
const maxRecords = 240

// emit turns a statement into practices, one for each kind of data and each
// receiver. It is false if the statement is none about the service's deeds.
func (r *reader) emit(v *sentenceView, f frame, data []mention, sc scope, sen []token) bool {
	if f.op == erase {
		if f.limit == 0 {
			return false
		}
		f.op, f.denied = diapason.Store, false
	}
	f.data = data
	d, ok := r.direct(v, f)
	ds := choose(d.frame.data)
	if !ok || len(ds) == 0 {
		return false
	}
	f = d.frame
	if general(ds[0].term) && !r.worthWhile(f, d, ds[0]) {
		return false
	}
	quote, at := r.quote(sen, sc, f)
	before := len(r.practices)
	if n := len(d.recipients); n > 0 {
		ds = ds[:min(len(ds), max(1, maxRecords/n))]
	}
	for _, m := range ds {
		for _, to := range d.recipients {
			r.add(v, f, d, m, to, sc, quote, at)
		}
	}
	r.exceptions(v, f, d, ds, sc, quote, at)
	return len(r.practices) > before
}

// exceptions tells what a denial leaves allowed: "not to third parties, except
// our service providers".
func (r *reader) exceptions(v *sentenceView, f frame, d direction, ds []mention, sc scope, quote string, at span) {
	if len(f.except) == 0 {
		return
	}
	f.denied, f.hedged = false, false
	for _, m := range ds {
		for _, p := range f.except {
			r.add(v, f, d, m, recipient{term: p.term}, sc, quote, at)
		}
	}
}

// worthWhile tells whether a statement about data in general says enough.
func (r *reader) worthWhile(f frame, d direction, m mention) bool {
	switch {
	case f.op == diapason.Share || f.op == diapason.Sell:
		return true
	case m.term == "dpv:Data":
		return len(f.purposes) > 0 && f.op == diapason.Use
	}
	return f.denied || len(f.purposes) > 0 || f.limit > 0 || f.child || d.recipients[0].term != service
}

// choose drops general words where the same statement names the data.
func choose(ms []mention) []mention {
	keep := specific(ms)
	if len(keep) == 0 {
		keep = ms
	}
	var out []mention
	for _, m := range keep {
		if !slices.ContainsFunc(out, func(o mention) bool { return o.term == m.term }) {
			out = append(out, m)
		}
	}
	if len(specific(ms)) == 0 && len(out) > 1 {
		for _, m := range out {
			if m.term == "dpv:PersonalData" {
				return []mention{m}
			}
		}
		return out[:1]
	}
	return out
}

// quote is the literal sentence; for a piece of a list that is introduced
// close above, from the introduction on.
func (r *reader) quote(sen []token, sc scope, f frame) (string, span) {
	q, s := quoteOf(r.text, sen)
	near := sc.leadAt.end > sc.leadAt.start && sc.leadAt.end <= s.start && s.start-sc.leadAt.end <= 12
	if f.rule == "list" && !sc.table && near && s.end-sc.leadAt.start <= 320 {
		s = span{sc.leadAt.start, s.end}
		q = r.text[s.start:s.end]
	}
	return q, s
}

func (r *reader) add(v *sentenceView, f frame, d direction, m mention, to recipient, sc scope, quote string, at span) {
	p := Practice{
		ID: r.source.ID + "/" + strconv.Itoa(len(r.practices)+1), Document: r.source.ID, Kind: r.source.Kind,
		Polarity: diapason.Asserted, Hedged: f.hedged, Modality: f.modality, Condition: diapason.Unconditional,
		Actor: string(d.actor), Operation: f.op, Data: m.term, Recipient: to.term, RecipientName: to.name,
		Purpose: f.purposes, Exclusive: f.exclusive && !f.denied, Subject: diapason.AccountHolder, Limit: f.limit,
		Anonymous: m.claim, Quote: quote, Start: at.start, End: at.end, Path: sc.path, Rule: f.rule, Confidence: confidence(f, m),
	}
	if p.Actor == string(service) {
		p.Actor = "service"
	}
	if f.denied {
		p.Polarity = diapason.Denied
	}
	if f.cond {
		p.Condition, p.Default, p.Phrase = f.terms.condition, f.terms.deflt, r.phrase(v, f)
		if p.Condition == diapason.OnSetting && p.Default == "" {
			p.Default = "unknown"
		}
	}
	if f.child {
		p.Subject = diapason.Child
	}
	if m.from >= 0 && m.to <= len(v.ts) && m.to > m.from {
		p.Words, _ = quoteOf(r.text, v.ts[m.from:m.to])
	}
	if len(sc.label) > 0 && p.Data == "pd:Contact" && sc.label[0].term == "dia:AddressBook" {
		p.Data = "dia:AddressBook"
	}
	r.details(v, &p)
	if r.repeated(p) {
		return
	}
	p.Evidence = []diapason.Ref{{Record: "document/" + r.source.ID, At: fmt.Sprintf("%d-%d", p.Start, p.End), Quote: p.Quote, URL: shown(r.source.URL)}}
	r.practices = append(r.practices, p)
}

// repeated tells that the same sentence said the same before.
func (r *reader) repeated(p Practice) bool {
	for i := len(r.practices) - 1; i >= 0; i-- {
		q := r.practices[i]
		if q.Start != p.Start || q.End != p.End {
			return false
		}
		if q.Operation == p.Operation && q.Data == p.Data && q.Recipient == p.Recipient && q.RecipientName == p.RecipientName && q.Polarity == p.Polarity && q.Cookie == p.Cookie {
			return true
		}
	}
	return false
}

// phrase is the literal text of a condition, where it stands in the sentence
// that is being read.
func (r *reader) phrase(v *sentenceView, f frame) string {
	if f.terms.to > len(v.ts) || f.terms.from >= f.terms.to || f.rule == "list" || f.rule == "table" {
		return ""
	}
	q, _ := quoteOf(r.text, v.ts[f.terms.from:f.terms.to])
	return strings.TrimRight(strings.Join(strings.Fields(q), " "), " ,.;:(")
}

func confidence(f frame, m mention) float64 {
	switch {
	case m.from < 0:
		return 0.7
	case f.rule == "list" || f.rule == "table":
		return 0.8
	case f.implicit:
		return 0.75
	}
	return 0.9
}
