package says

import (
	"cmp"
	"slices"
	"strings"

	"diapason.dev/diapason"
	"diapason.dev/diapason/vocab"
)

// Diff compares two texts by what they allow, practice by practice. Other
// words for the same practice, another order, a list made of a sentence are no
// change and are not listed. Each change has the statements of both sides,
// where both have one. Diff(b, a) tells the same changes the other way round.
func Diff(older, newer Text) []Change {
	before, after := read(older), read(newer)
	od, ops := before.read(older)
	nd, nps := after.read(newer)
	if !od.Analysable || !nd.Analysable {
		return nil
	}
	d := differ{tree: vocab.Default(), before: entries(ops), after: entries(nps)}
	d.same()
	d.related()
	d.alone()
	technical := len(d.changes) > 0 && sameWords(before.text, after.text)
	for i := range d.changes {
		c := &d.changes[i]
		c.Document, c.DatedBefore, c.DatedAfter, c.Technical = nd.ID, od.Dated, nd.Dated, technical
	}
	d.sort()
	return d.changes
}

// sameWords tells whether two texts are the same but for their markup.
func sameWords(a, b string) bool {
	words := func(s string) []string {
		var ws []string
		for _, t := range tokenize(s, span{0, len(s)}) {
			if !t.mark {
				ws = append(ws, t.word)
			}
		}
		return ws
	}
	return slices.Equal(words(a), words(b))
}

type differ struct {
	tree          *vocab.Tree
	before, after []*entry
	changes       []Change
}

func (d *differ) put(class, kind string, a, b *entry) {
	c := Change{Class: class, Kind: kind}
	if a != nil {
		c.Before, c.Data, c.Operation = a.best, a.best.Data, a.best.Operation
	}
	if b != nil {
		c.After, c.Data, c.Operation = b.best, b.best.Data, b.best.Operation
		if b.best.Condition != diapason.Unconditional {
			c.Condition = string(b.best.Condition)
		} else if b.best.Modality == "optional" {
			c.Condition = "optional"
		}
	}
	c.Sentence = d.tell(c, a, b)
	d.changes = append(d.changes, c)
}

// same compares practices that both texts have.
func (d *differ) same() {
	byKey := map[key]*entry{}
	for _, a := range d.before {
		byKey[a.key] = a
	}
	for _, b := range d.after {
		a := byKey[b.key]
		if a == nil {
			continue
		}
		a.used, b.used = true, true
		d.terms(a, b)
		if a.limit != b.limit {
			d.put("retention", "retention", a.limited(), b.limited())
		}
		if !slices.Equal(a.places, b.places) {
			d.put("place", "place", a, b)
		}
		if a.claimed != b.claimed {
			d.put("anonymity", "text", a, b)
		}
		d.purpose(a, b)
	}
}

// terms compares the conditions of a practice that both texts have.
func (d *differ) terms(a, b *entry) bool {
	if a.key.denied || a.firm == b.firm {
		return false
	}
	d.put(d.termsClass(a, b), "modality", a, b)
	return true
}

func (d *differ) termsClass(a, b *entry) string {
	switch {
	case b.firm:
		return "required"
	case b.best.Condition == diapason.Unconditional:
		return "optional"
	}
	return "conditional"
}

// purpose tells of a purpose that only one text gives for the same data, where
// both give purposes at all.
func (d *differ) purpose(a, b *entry) {
	if len(a.purposes) == 0 || len(b.purposes) == 0 || general(a.key.data) {
		return
	}
	covered := func(t diapason.Term, by []diapason.Term) bool {
		return slices.ContainsFunc(by, func(o diapason.Term) bool { return d.tree.Is(t, o) || d.tree.Is(o, t) })
	}
	for _, t := range b.purposes {
		if !covered(t, a.purposes) && !covered(t, d.everywhere(d.before)) {
			d.put("purpose", "purpose", a, b.purposed(t))
		}
	}
	for _, t := range a.purposes {
		if !covered(t, b.purposes) && !covered(t, d.everywhere(d.after)) {
			d.put("removed", "purpose", a.purposed(t), b)
		}
	}
}

// everywhere are the purposes that a text gives for data in general.
func (d *differ) everywhere(es []*entry) []diapason.Term {
	var ts []diapason.Term
	for _, e := range es {
		if general(e.key.data) {
			ts = append(ts, e.purposes...)
		}
	}
	return ts
}

// related pairs practices of which one text names the wider and the other the
// narrower data. One wide practice may split into several narrow ones.
func (d *differ) related() {
	type pair struct {
		a, b  *entry
		steps int
		name  string
	}
	var pairs []pair
	for _, a := range d.before {
		for _, b := range d.after {
			if steps, ok := d.near(a, b); ok {
				names := []string{string(a.key.data), string(b.key.data)}
				slices.Sort(names)
				pairs = append(pairs, pair{a, b, steps, strings.Join(names, " ")})
			}
		}
	}
	slices.SortStableFunc(pairs, func(p, q pair) int {
		return cmp.Or(cmp.Compare(p.steps, q.steps), cmp.Compare(p.name, q.name))
	})
	paired := map[*entry]bool{}
	for _, p := range pairs {
		if paired[p.a] && paired[p.b] {
			continue
		}
		paired[p.a], paired[p.b] = true, true
		p.a.used, p.b.used = true, true
		switch {
		case p.a.firm != p.b.firm:
			d.put(d.termsClass(p.a, p.b), "modality", p.a, p.b)
		case d.tree.Is(p.b.key.data, p.a.key.data):
			d.put("narrowed", "data", p.a, p.b)
		default:
			d.put("broadened", "data", p.a, p.b)
		}
	}
}

// farthest is how many steps of the vocabulary a wider and a narrower name may
// be apart to be names of one practice.
const farthest = 2

func (d *differ) near(a, b *entry) (int, bool) {
	ka, kb := a.key, b.key
	if a.used || b.used || ka.denied || kb.denied || general(ka.data) || general(kb.data) {
		return 0, false
	}
	if ca, ok := d.tree.Category(ka.data); ok {
		if cb, _ := d.tree.Category(kb.data); ca.ID != cb.ID {
			return 0, false
		}
	}
	ka.data, kb.data = "", ""
	if ka != kb {
		return 0, false
	}
	n, ok := d.tree.Distance(b.key.data, a.key.data, true)
	if m, back := d.tree.Distance(a.key.data, b.key.data, true); back {
		n, ok = m, true
	}
	return n, ok && n <= farthest
}

// alone tells of practices that only one text has.
func (d *differ) alone() {
	d.only(d.after, d.before, func(class, kind string, e *entry) { d.put(class, kind, nil, e) }, map[string]string{"data": "added", "recipient": "recipient", "denial": "denial-new"})
	d.only(d.before, d.after, func(class, kind string, e *entry) { d.put(class, kind, e, nil) }, map[string]string{"data": "removed", "recipient": "removed", "denial": "denial-lost"})
}

// only lists the practices of one side that the other has not. Of a receiver
// that the other side does not know it tells once, with all the data.
func (d *differ) only(mine, theirs []*entry, put func(class, kind string, e *entry), class map[string]string) {
	told := map[string]bool{}
	for _, e := range mine {
		if e.used {
			continue
		}
		if e.key.denied {
			put(class["denial"], "denial", e)
			continue
		}
		if e.key.recipient == service {
			put(class["data"], "data", e)
			continue
		}
		if o := d.looser(theirs, e); o != nil {
			d.loosened(o, e, class["recipient"] == "recipient")
			continue
		}
		if d.tighter(theirs, e) {
			continue // told with the statement that names the receiver more widely
		}
		kind := "data"
		if !d.knows(theirs, e) {
			kind = "recipient"
		}
		group := strings.Join([]string{kind, string(e.key.recipient), e.key.name, e.best.Quote}, "\x00")
		if kind == "recipient" {
			group = strings.Join([]string{kind, string(e.key.recipient), e.key.name}, "\x00")
		} else if d.told(theirs, e) {
			continue
		}
		if told[group] {
			continue
		}
		told[group] = true
		put(class[kind], kind, e)
	}
}

// looser finds, for data that goes to "third parties", the same data going to
// a kind of them in the other text.
func (d *differ) looser(es []*entry, e *entry) *entry {
	if e.key.recipient != other || e.key.name != "" {
		return nil
	}
	for _, o := range es {
		if !o.key.denied && o.key.data == e.key.data && o.key.cookie == e.key.cookie && o.key.recipient != other && o.key.recipient != service && o.key.name == "" && d.tree.Is(o.key.recipient, other) {
			return o
		}
	}
	return nil
}

// tighter tells whether the other text, and not this one, has the same data
// going to "third parties".
func (d *differ) tighter(es []*entry, e *entry) bool {
	return e.key.name == "" && d.tree.Is(e.key.recipient, other) && slices.ContainsFunc(es, func(o *entry) bool {
		return !o.used && !o.key.denied && o.key.data == e.key.data && o.key.cookie == e.key.cookie && o.key.recipient == other && o.key.name == ""
	})
}

func (d *differ) loosened(o, e *entry, isNew bool) {
	if isNew {
		d.put("broadened", "recipient", o, e)
		return
	}
	d.put("narrowed", "recipient", e, o)
}

// knows tells whether a text tells of a receiver, or of a wider kind of it.
func (d *differ) knows(es []*entry, e *entry) bool {
	return slices.ContainsFunc(es, func(o *entry) bool {
		if o.key.denied || o.key.recipient == service {
			return false
		}
		if e.key.name != "" {
			return o.key.name == e.key.name
		}
		return o.key.recipient == e.key.recipient || (o.key.recipient != other && d.tree.Is(e.key.recipient, o.key.recipient))
	})
}

// told tells whether a statement about data in general names no receiver that
// the other text does not know, so that nothing new is said.
func (d *differ) told(es []*entry, e *entry) bool {
	return general(e.key.data) && d.knows(es, e)
}

// classes in the order in which changes are listed.
var classes = []string{"added", "required", "conditional", "optional", "broadened", "narrowed", "recipient", "purpose", "denial-lost", "denial-new", "retention", "place", "anonymity", "removed"}

func (d *differ) sort() {
	row := map[string]int{}
	for i, c := range vocab.Categories() {
		row[c.ID] = i
	}
	at := func(c Change) int { cat, _ := d.tree.Category(c.Data); return row[cat.ID] }
	slices.SortStableFunc(d.changes, func(a, b Change) int {
		return cmp.Or(
			cmp.Compare(slices.Index(classes, a.Class), slices.Index(classes, b.Class)),
			cmp.Compare(at(a), at(b)), cmp.Compare(a.Data, b.Data), cmp.Compare(a.Sentence, b.Sentence),
		)
	})
}
