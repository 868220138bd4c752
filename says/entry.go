package says

import (
	"slices"
	"strings"

	"diapason.dev/diapason"
)

// deed puts operations together that a text uses for one another: who
// collects data keeps and uses it.
func deed(o diapason.Operation) diapason.Operation {
	switch o {
	case diapason.Store, diapason.Use, diapason.Derive:
		return diapason.Collect
	}
	return o
}

// A key is what makes two statements the same practice.
type key struct {
	deed      diapason.Operation
	data      diapason.Term
	recipient diapason.Term
	name      string
	cookie    string
	denied    bool
	child     bool
}

func keyOf(p Practice) key {
	k := key{
		deed: deed(p.Operation), data: p.Data, recipient: p.Recipient, name: strings.ToLower(p.RecipientName), cookie: strings.ToLower(p.Cookie),
		denied: p.Polarity == diapason.Denied, child: p.Subject == diapason.Child,
	}
	if k.data == "dpv:Data" {
		k.data = "dpv:PersonalData"
	}
	return k
}

// An entry is everything that a text says about one practice.
type entry struct {
	key      key
	all      []Practice
	best     *Practice // the one that is quoted
	firm     bool      // said at least once without a condition
	limit    float64
	places   []string
	claimed  bool // always called anonymous
	purposes []diapason.Term
	used     bool
}

// entries groups the statements of a text, in the order of the text. General
// phrases that name neither data nor a receiver are left out.
func entries(ps []Practice) []*entry {
	var out []*entry
	byKey := map[key]*entry{}
	for _, p := range ps {
		k := keyOf(p)
		if empty(k) {
			continue
		}
		e := byKey[k]
		if e == nil {
			e = &entry{key: k, claimed: true}
			byKey[k] = e
			out = append(out, e)
		}
		e.add(p)
	}
	return out
}

func empty(k key) bool {
	if k.denied || !general(k.data) {
		return false
	}
	return k.deed == diapason.Collect && k.recipient == service || k.recipient == other && k.name == ""
}

func (e *entry) add(p Practice) {
	e.all = append(e.all, p)
	firm := p.Condition == diapason.Unconditional && p.Modality != "optional"
	if e.best == nil || (firm && !e.firm) || (firm == e.firm && weight(p) > weight(*e.best)) {
		e.best = &p
	}
	e.firm = e.firm || firm
	e.limit = max(e.limit, p.Limit)
	e.claimed = e.claimed && p.Anonymous
	if p.Place != "" && !slices.Contains(e.places, p.Place) {
		e.places = append(e.places, p.Place)
		slices.Sort(e.places)
	}
	for _, t := range p.Purpose {
		if !slices.Contains(e.purposes, t) {
			e.purposes = append(e.purposes, t)
		}
	}
}

// weight prefers a sentence of its own to a piece of a list, and collecting
// to what follows from it.
func weight(p Practice) float64 {
	w := p.Confidence
	if p.Operation == diapason.Collect || p.Operation == diapason.Share {
		w += 0.3
	}
	if p.Phrase != "" {
		w += 0.1
	}
	w += float64(min(len(p.Quote), 200)) / 2000 // more is told in a longer one, up to a point
	return w
}

// limited quotes the statement that gives the time limit.
func (e *entry) limited() *entry {
	for _, p := range e.all {
		if p.Limit > 0 && p.Limit == e.limit {
			c := *e
			c.best = &p
			return &c
		}
	}
	return e
}

func (e *entry) purposed(t diapason.Term) *entry {
	for _, p := range e.all {
		if slices.Contains(p.Purpose, t) {
			c := *e
			c.best, c.purposes = &p, []diapason.Term{t}
			return &c
		}
	}
	return e
}
