package says

import (
	"slices"
	"strings"

	"diapason.dev/diapason"
)

// A recipient is who gets the data: a kind of party, and its name where the
// text gives one.
type recipient struct {
	term diapason.Term
	name string
}

// A direction says who acts and who gets the data, once "you give us" and
// "partners provide us with" have been turned into collecting.
type direction struct {
	frame      frame
	actor      diapason.Term
	recipients []recipient
}

// direct works out the direction of a statement. It is false for what people
// do themselves ("you can delete your data").
func (r *reader) direct(v *sentenceView, f frame) (direction, bool) {
	d := direction{frame: f, actor: f.actor}
	if f.actor == "" {
		d.actor, d.frame.implicit = service, true
	}
	if f.actor == nobody {
		return d, false
	}
	switch f.op {
	case diapason.Share, diapason.Sell:
		return r.directShare(v, d)
	case diapason.Act:
		return d, false
	}
	switch {
	case f.actor == person:
		return d, false
	case d.actor != service:
		d.frame.rule = "party-" + string(f.op)
		d.recipients = r.named(v, []mention{{term: d.actor}}, f.at)
	case f.rule == "passive" && len(f.parties) > 0 && v.byParty(f):
		d.actor = f.parties[0].term
		d.recipients = r.named(v, f.parties[:1], f.at)
		if byUs(v, f) {
			d.actor = service
			d.recipients = append(d.recipients, recipient{term: service})
		}
	default:
		d.recipients = []recipient{{term: service}}
		if f.rule == "passive" {
			if names := r.names(v, f.at+1, min(f.at+6, len(v.ts))); len(names) > 0 && hasAt(v.ts, f.at+1, "by") {
				d.recipients = []recipient{byName(names[0])}
				d.actor = d.recipients[0].term
			}
		}
	}
	d.frame = fromParty(v, d)
	return d, true
}

// byParty tells "is collected by third parties".
func (v *sentenceView) byParty(f frame) bool {
	p := f.parties[0].from
	for i := max(f.at+1, p-6); i < p; i++ {
		if v.ts[i].word == "by" {
			return true
		}
	}
	return false
}

func byUs(v *sentenceView, f frame) bool {
	return index(v.ts, f.at, min(f.at+6, len(v.ts)), "by", "us") >= 0
}

// fromParty reads "information about you from our partners" as the data of
// third parties that it is.
func fromParty(v *sentenceView, d direction) frame {
	f := d.frame
	if f.op != diapason.Collect || d.actor != service || len(specific(f.data)) > 0 || len(f.parties) == 0 || len(f.data) == 0 || f.child || f.parties[0].term == "dia:GeneralPublic" || f.parties[0].term == "dia:OtherUser" {
		return f
	}
	for i := max(0, f.parties[0].from-4); i < f.parties[0].from; i++ {
		if v.ts[i].word == "from" {
			f.data = []mention{{term: "dia:ThirdPartyData", from: f.data[0].from, to: f.data[0].to}}
		}
	}
	return f
}

func (r *reader) directShare(v *sentenceView, d direction) (direction, bool) {
	f := &d.frame
	parties := v.receivers(*f)
	switch {
	case f.actor == person && (f.toUs || len(parties) == 0) && f.op == diapason.Share:
		return r.given(d)
	case f.actor == person:
		if f.modality != "optional" && !f.cond {
			return d, false
		}
		d.actor = service
	case d.actor != service && f.toUs:
		f.op, f.rule, d.actor = diapason.Collect, "party-gives", service
		d.recipients = []recipient{{term: service}}
		return d, true
	case d.actor != service && len(parties) == 0:
		return d, false
	case f.rule == "passive" && (f.toUs || index(v.ts, f.at, min(f.at+4, len(v.ts)), "by", "you") >= 0):
		f.op = diapason.Collect
		d.recipients = []recipient{{term: service}}
		return d, true
	case f.toYou && !(len(parties) > 0 && parties[0].from > 0 && parties[0].from <= f.at+2):
		return d, false
	}
	d.recipients = r.named(v, parties, f.at)
	if len(d.recipients) == 0 && len(v.parties) > 0 && v.pointsBack(f.at) {
		d.recipients = []recipient{{term: v.parties[0].term}}
	}
	if len(d.recipients) == 0 {
		if weakShare[f.lemma] || f.lemma == "public" {
			return r.moved(v, d)
		}
		d.recipients = []recipient{{term: other}}
	}
	return d, true
}

// pointsBack tells that data goes to somebody who was named before: "share it
// with that service".
func (v *sentenceView) pointsBack(at int) bool {
	for i := at + 1; i+1 < len(v.ts); i++ {
		if (v.ts[i].word == "with" || v.ts[i].word == "to") && (v.ts[i+1].word == "that" || v.ts[i+1].word == "such" || v.ts[i+1].word == "them" || v.ts[i+1].word == "those") {
			return v.parties[0].to <= at
		}
	}
	return false
}

// given turns "you give us" into collecting.
func (r *reader) given(d direction) (direction, bool) {
	f := &d.frame
	if f.denied || (!f.toUs && f.lemma == "share") || (!f.toUs && (f.lemma == "display" || f.lemma == "publish" || f.lemma == "expose")) {
		return d, false
	}
	f.op, f.rule, d.actor = diapason.Collect, "person-gives", service
	d.recipients = []recipient{{term: service}}
	return d, true
}

// moved reads a transfer that names a place and no receiver as storing there.
func (r *reader) moved(v *sentenceView, d direction) (direction, bool) {
	if place(v.ts) == "" || d.frame.lemma != "transfer" {
		return d, false
	}
	d.frame.op = diapason.Store
	d.recipients = []recipient{{term: service}}
	return d, true
}

// receivers are the parties behind with, to, by or among, and those joined to
// them.
func (v *sentenceView) receivers(f frame) []mention {
	var ms []mention
	taking := f.lemma == "public" || f.rule == "list" || f.rule == "table"
	for _, m := range f.parties {
		if m.from < 0 { // of the introduction of a list
			ms = append(ms, m)
			continue
		}
		if m.from > f.at && m.from <= f.at+2 && f.lemma != "share" { // "provide advertisers with"
			taking = true
		}
		for i := m.from - 1; i >= 0 && i > f.at && i >= m.from-7; i-- {
			w := v.ts[i].word
			if w == "with" || w == "to" || w == "among" || w == "between" || w == "by" || w == "through" {
				taking = true
				break
			}
			if w == "from" || w == "of" || w == "about" || w == "for" {
				taking = false
				break
			}
		}
		if taking && !slices.ContainsFunc(ms, func(o mention) bool { return o.term == m.term }) {
			ms = append(ms, m)
		}
	}
	return ms
}

// named gives the parties their names, where the text has some.
func (r *reader) named(v *sentenceView, parties []mention, at int) []recipient {
	var out []recipient
	names := r.names(v, at+1, len(v.ts))
	for _, m := range parties {
		out = append(out, recipient{term: m.term})
	}
	if len(parties) == 0 && at+1 < len(v.ts) {
		for _, n := range names {
			if w := v.ts[n.from-1].word; w == "with" || w == "to" || w == "and" || w == "," || w == "or" {
				out = append(out, byName(n))
			}
		}
		return out
	}
	for _, n := range names {
		if m, ok := v.exampleOf(parties, n); ok {
			out = append(out, recipient{term: m.term, name: n.text})
		}
	}
	return out
}

// exampleOf tells which party a name is an example of: "vendors, including
// Google", "services … are Google Analytics".
func (v *sentenceView) exampleOf(parties []mention, n name) (mention, bool) {
	for k := len(parties) - 1; k >= 0; k-- {
		m := parties[k]
		if m.to == m.from { // the subject of a clause: take the mention itself
			for _, p := range v.parties {
				if p.term == m.term && p.to <= n.from {
					m = p
				}
			}
		}
		if m.to > m.from && m.to <= n.from && n.from-m.to <= 12 && v.exampleMark(m.to, n.from) {
			return m, true
		}
	}
	return mention{}, false
}

var exampleWords = set("including like e.g ( namely")

// exampleMark tells whether words between a party and a name say that the name
// is an example: "vendors, including X and Y", "partners such as X".
func (v *sentenceView) exampleMark(from, to int) bool {
	at := anyOf(v.ts, from, to, exampleWords)
	if at < 0 {
		at = index(v.ts, from, to, "such", "as")
	}
	w := v.ts[to-1].word
	return at >= 0 && (exampleWords[w] || joins(w) || w == "as" || w == ".")
}

// A name is a company as the text names it.
type name struct {
	text string
	from int
	to   int
}

// notNames are capitalised words that name no company.
var notNames = set("i the service services terms conditions use privacy policy section app apps website websites site eea eu european economic area uk us usa u.s u.k united states kingdom switzerland union internet wi wifi bluetooth gps ip id ids url content user users account data personal information cookie cookies support center centre settings act gdpr ccpa california do not track special promotion promotions mobile paid subscriptions subscription trial we you our your this these any if for in on by to with and or as application applications third party parties premium customer community api apis sdk standard contractual clauses commission regulation article notice member limit age html5 sms faq other ads advertising partners providers partner january february march april may june july august september october november december board")

// names lists the capitalised names in a range.
func (r *reader) names(v *sentenceView, from, to int) []name {
	var out []name
	for i := from; i < to; i++ {
		if !nameWord(v.ts, i) {
			continue
		}
		j := i + 1
		for j < to && (nameWord(v.ts, j) || (v.ts[j].upper && v.ts[j].word == "ads")) {
			j++
		}
		text, _ := quoteOf(r.text, v.ts[i:j])
		if !v.inMention(i) && strings.IndexFunc(text, func(c rune) bool { return c >= 'a' && c <= 'z' }) >= 0 {
			out = append(out, name{strings.Trim(text, "*_ "), i, j})
		}
		i = j
	}
	return out
}

func nameWord(ts []token, i int) bool {
	t := ts[i]
	if _, ok := verbs()[t.word]; ok {
		return false
	}
	return t.upper && !t.mark && t.stem != self && !notNames[t.word] && i > 0 && len(t.word) > 1
}

func (v *sentenceView) inMention(i int) bool {
	for _, m := range v.parties {
		if i >= m.from && i < m.to && m.term != "dia:SocialNetwork" {
			return true
		}
	}
	for _, m := range v.data {
		if i >= m.from && i < m.to {
			return true
		}
	}
	return false
}

// byName tells the kind of a party from its name, where the name says it.
func byName(n name) recipient {
	low := strings.ToLower(n.text)
	switch {
	case strings.Contains(low, "analytics"):
		return recipient{"dia:Analytics", n.text}
	case strings.Contains(low, "adsense"), strings.Contains(low, "doubleclick"), strings.HasSuffix(low, " ads"), strings.Contains(low, "advertising"):
		return recipient{"dia:Advertiser", n.text}
	case low == "facebook", low == "instagram", low == "twitter":
		return recipient{"dia:SocialNetwork", n.text}
	}
	return recipient{other, n.text}
}
