package says

import (
	"fmt"
	"slices"
	"strings"

	"diapason.dev/diapason"
)

// A reader walks a text and collects what it says.
type reader struct {
	text      string
	source    Source
	self      map[string]bool // words by which the service calls itself
	practices []Practice
	unread    []string
	clauses   int
	// categories are the kinds of data that a text numbers ("the first
	// category"), by the words that state their terms.
	categories map[string]frame
	// previous holds the practices of the sentence before, for "this
	// information".
	previous []int
}

// A scope is what a piece of text inherits from what stands above it.
type scope struct {
	path   []string
	lead   *frame    // the statement that introduces a list
	last   *frame    // the last statement of the section
	leadAt span      // where the lead-in stands
	label  []mention // data named by a label or a heading
	skip   bool      // rights, security, contact: no practices of the service
	child  bool
	table  bool
}

func (s scope) under(title string) scope {
	s.path = append(slices.Clone(s.path), title)
	return s
}

// section is an open heading while the text is walked.
type section struct {
	level int
	scope scope
}

// walk reads the parts of a container from top to bottom.
func (r *reader) walk(n *node, sc scope) {
	open := []section{{0, sc}}
	cur := sc
	for i, k := range n.kids {
		if level, ok := r.headingLevel(n, i); ok {
			for len(open) > 1 && open[len(open)-1].level >= level {
				open = open[:len(open)-1]
			}
			cur = r.heading(k, open[len(open)-1].scope)
			open = append(open, section{level, cur})
			continue
		}
		switch k.kind {
		case kindParagraph, kindHeading:
			cur = r.paragraph(k.own, cur)
		case kindList:
			r.list(k, cur)
			cur.lead = nil
		case kindTable:
			r.table(k, cur)
		case kindItem, kindCell, kindRow:
			r.walk(k, cur)
		}
		open[len(open)-1].scope.last = cur.last
	}
}

// headingLevel tells whether a part is a heading: marked up as one, or a short
// numbered line ("3.1 Registration data").
func (r *reader) headingLevel(n *node, i int) (int, bool) {
	k := n.kids[i]
	if k.kind == kindHeading {
		if k.level == 7 && k.own.end-k.own.start > 60 && strings.HasSuffix(strings.TrimRight(r.text[k.own.start:k.own.end], "* "), ".") {
			return 0, false // a sentence that is printed bold
		}
		if k.level == 7 {
			return 20, true
		}
		return k.level, true
	}
	if k.kind != kindParagraph || k.own.end-k.own.start > 120 {
		return 0, false
	}
	line := strings.ReplaceAll(r.text[k.own.start:k.own.end], "\\", "")
	n0 := 0
	for n0 < len(line) && (line[n0] >= '0' && line[n0] <= '9' || line[n0] == '.') {
		n0++
	}
	if n0 == 0 || n0 > 6 || strings.HasSuffix(line, ".") || n0 >= len(line) || line[n0] != ' ' {
		return 0, false
	}
	return 8 + strings.Count(strings.Trim(line[:n0], "."), "."), true
}

// Sections in which a text tells of rights, protection and addresses, not of
// what the service does with data.
var skipped = []string{
	"security", "keep your", "keeping your", "secure", "your right", "privacy right", "data rights", "individual rights", "contact us", "how to contact", "changes to", "change to this", "updates to this",
	"update to this", "links", "table of contents", "contents", "definitions", "complaint", "exercis", "appeal", "metrics", "verifying", "opt-out of", "how to opt", "opting out", "state law", "nevada", "do not track",
}

func (r *reader) heading(k *node, sc scope) scope {
	ts := r.tokens(k.own)
	title := plainTitle(r.text[k.own.start:k.own.end])
	sc = sc.under(title)
	sc.lead, sc.last, sc.label = nil, nil, nil
	if len(ts) == 0 {
		return sc
	}
	low := strings.ToLower(title)
	sc.skip = sc.skip || slices.ContainsFunc(skipped, func(s string) bool { return strings.Contains(low, s) }) && !strings.Contains(low, "collect") && !strings.Contains(low, "information we")
	sc.child = sc.child || strings.Contains(low, "child") || strings.Contains(low, "minor")
	v := view(ts)
	for _, f := range v.frames() {
		if f.actor == service || f.actor == "" {
			sc.last = titleFrame(f)
		}
	}
	if sc.last == nil {
		sc.last = titleWord(low)
	}
	return sc
}

// plainTitle is a heading without its markup.
func plainTitle(s string) string {
	var out strings.Builder
	for i := 0; i < len(s); {
		if n := markup(s[i:]); n > 0 {
			i += n
			continue
		}
		out.WriteByte(s[i])
		i++
	}
	return strings.Trim(strings.Join(strings.Fields(out.String()), " "), "*#_ ")
}

// titleFrame keeps of a heading's statement only what is done.
func titleFrame(f frame) *frame {
	if f.op == erase {
		f.op = diapason.Store
	}
	return &frame{op: f.op, lemma: f.lemma, actor: service, modality: "performed", rule: "heading", at: -1}
}

// titleWord reads headings that name the deed as a noun.
func titleWord(low string) *frame {
	for _, w := range []struct {
		word string
		op   diapason.Operation
	}{
		{"retention", diapason.Store},
		{"disclos", diapason.Share},
		{"sharing", diapason.Share},
		{"recipient", diapason.Share},
		{"collect", diapason.Collect},
		{"you provide", diapason.Collect},
		{"you give", diapason.Collect},
		{"purpose", diapason.Use},
	} {
		if strings.Contains(low, w.word) {
			return &frame{op: w.op, lemma: "title", actor: service, modality: "performed", rule: "heading", at: -1}
		}
	}
	return nil
}

// specific leaves out data that is named only as "information".
func specific(ms []mention) []mention {
	var out []mention
	for _, m := range ms {
		if !general(m.term) {
			out = append(out, m)
		}
	}
	return out
}

func general(t diapason.Term) bool { return t == "dpv:Data" || t == "dpv:PersonalData" }

// tokens cuts a span, with the service's own name marked.
func (r *reader) tokens(s span) []token {
	ts := tokenize(r.text, s)
	for i := range ts {
		if r.self[ts[i].word] && ts[i].upper {
			ts[i].stem = self
		}
	}
	return ts
}

// paragraph reads prose and remembers its last statement as the lead-in of
// what follows.
func (r *reader) paragraph(s span, sc scope) scope {
	ts := r.tokens(s)
	if len(ts) == 0 || r.onlyLink(s) {
		return sc
	}
	ts, sc2 := r.takeLabel(ts, sc)
	r.previous = nil
	sc.lead = nil
	for _, sen := range sentences(ts) {
		if f := r.sentence(sen, sc2); f != nil {
			sc.last = f
			sc2.last = f
		}
		r.number(sen)
		sc.leadAt = span{sen[0].start, sen[len(sen)-1].end}
		if c, ok := r.category(sen); ok {
			sc.last, sc2.last = &c, &c
		}
	}
	sc.lead = sc.last
	return sc
}

// onlyLink tells a line that is nothing but a link: an entry of a list of
// contents.
func (r *reader) onlyLink(s span) bool {
	t := r.text[s.start:s.end]
	return strings.HasPrefix(t, "[") && strings.HasSuffix(t, ")") && strings.Count(t, "](") == 1
}

// takeLabel takes a label off the beginning: "Your photos: We will …",
// "**Contacts.** Signal can …".
func (r *reader) takeLabel(ts []token, sc scope) ([]token, scope) {
	for i := 1; i < min(len(ts)-1, 9); i++ {
		t := ts[i]
		if t.mark && (t.word == ":" || (t.word == "." && strings.HasPrefix(r.text[t.end:], "**"))) && (ts[i+1].upper || ts[i+1].start-t.end > 2) {
			label := ts[:i]
			v := view(label)
			if len(v.frames()) > 0 && v.clauses[0].subject != "" {
				return ts, sc
			}
			title, _ := quoteOf(r.text, label)
			sc = sc.under(strings.Trim(title, "*_ "))
			sc.label = specific(v.data)
			return ts[i+1:], sc
		}
		if t.mark && t.word != "\"" && t.word != "(" && t.word != ")" && t.word != "," {
			break
		}
	}
	return ts, sc
}

// number remembers the terms of numbered kinds: "two categories: 1) what we
// must have, 2) what you choose to share".
func (r *reader) number(sen []token) {
	for n, word := range []string{"first", "second", "third"} {
		from := index(sen, 0, len(sen), fmt.Sprint(n+1), ")")
		if from < 0 {
			return
		}
		to := index(sen, from, len(sen), fmt.Sprint(n+2), ")")
		if to < 0 {
			to = len(sen)
		}
		f := frame{op: diapason.Collect, lemma: "collect", actor: service, modality: "performed", rule: "category", at: -1}
		if t, ok := conditionIn(sen, from, to); ok {
			f.terms, f.cond, f.modality = t, true, "conditional"
		} else if anyOf(sen, from, to, requiredWords) >= 0 {
			f.modality = "required"
		}
		r.categories[word] = f
	}
}

// category finds which numbered kind a lead-in speaks of.
func (r *reader) category(sen []token) (frame, bool) {
	for i := 0; i+1 < len(sen); i++ {
		if sen[i+1].word == "category" {
			if f, ok := r.categories[sen[i].word]; ok && sen[len(sen)-1].word == ":" {
				return f, true
			}
		}
	}
	return frame{}, false
}

func (r *reader) list(n *node, sc scope) {
	for _, item := range n.kids {
		r.item(item, sc)
	}
}

// item reads an item: as a statement of its own, or as a part of the
// statement that introduces the list.
func (r *reader) item(n *node, sc scope) {
	lead := sc.lead
	if lead == nil {
		lead = sc.last
	}
	if n.own.end > n.own.start && !r.onlyLink(n.own) {
		ts, in := r.takeLabel(r.tokens(n.own), sc)
		if len(ts) > 0 {
			r.itemWords(ts, lead, in, sc)
		}
	}
	in := sc
	in.lead, in.last = lead, lead
	for _, k := range n.kids {
		if k.kind == kindList {
			r.list(k, in)
		}
	}
	if rest := slices.DeleteFunc(slices.Clone(n.kids), func(k *node) bool { return k.kind == kindList }); len(rest) > 0 {
		r.walk(&node{kids: rest}, in)
	}
}

func (r *reader) itemWords(ts []token, lead *frame, in, outer scope) {
	r.previous = nil
	for i, sen := range sentences(ts) {
		if i == 0 && lead != nil && !outer.skip && r.part(sen, *lead, in) {
			in.last = lead
			continue
		}
		if f := r.sentence(sen, in); f != nil {
			in.last = f
		}
	}
}
