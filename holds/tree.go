package holds

import (
	"strings"
	"time"
	"unicode"

	"diapason.dev/diapason"
)

// manyKeys is the number of distinct keys under one object above which keys
// are taken for data: a person's contacts, say, and not names of fields.
const manyKeys = 256

// anyKey is how such keys are written.
const anyKey = "{*}"

// A node is one path of a kind of file, with what was counted there.
type node struct {
	name, path string
	level      int // 0 is the document itself
	kids       map[string]*node
	names      []string // of the kids, in the order seen
	elem       *node    // the elements of an array
	any        *node    // what stands under keys that look like data
	many       bool     // there were too many keys: only those that the mapping knows stand alone
	scope      *node    // the list element, or document, that a date here would date
	meaning    *Meaning
	isDate     bool
	of         *eventSpec // events begin and end with this node
	slots      []slot     // where its value goes in events

	count, nulls, empty int64
	types               uint8
	oldest, newest      time.Time
	special             bool
	member              string // the first in which a value, or an empty list, stood here

	seen  int64 // the object in which it was seen last, to find keys that stand twice
	date  time.Time
	dated bool
}

const (
	typeString = 1 << iota
	typeNumber
	typeBoolean
)

// A tree is what was counted in all members of one kind.
type tree struct {
	kind *kind // nil: unknown
	root *node
	// label stands before the paths: the kind, or the name of a member of unknown kind.
	label  string
	events []*eventSpec
	nodes  int
	// flush is called before nodes are joined: what is still to be counted at
	// one of them is counted now.
	flush func()
}

// manyPaths bounds the paths of one kind, so that a file of invented keys
// costs no more memory than this.
const manyPaths = 20_000

func newTree(k *kind, label string) *tree {
	t := &tree{kind: k, label: label}
	if k != nil {
		for _, s := range k.Events {
			t.events = append(t.events, s.fresh())
		}
	}
	t.root = t.node("$", "$", 0, nil)
	t.root.scope = t.root
	return t
}

// node makes one path and looks up what the mapping knows of it.
func (t *tree) node(name, path string, level int, scope *node) *node {
	t.nodes++
	n := &node{name: name, path: path, level: level, scope: scope}
	if t.kind == nil {
		return n
	}
	n.meaning = t.kind.meaning(path)
	for _, d := range t.kind.Dates {
		n.isDate = n.isDate || covers(d, path)
	}
	for _, s := range t.events {
		n.bind(s)
	}
	return n
}

// kid is the path below an object's key.
func (t *tree) kid(n *node, key []byte) *node {
	if k, ok := n.kids[string(key)]; ok {
		return k
	}
	name := string(key)
	if !n.many && len(n.kids) >= manyKeys {
		t.collapse(n)
	}
	known := t.known(n, name)
	if !known && (n.many || t.nodes >= manyPaths || looksLikeData(name)) {
		return t.anyKid(n)
	}
	if n.kids == nil {
		n.kids = map[string]*node{}
	}
	k := t.node(name, n.path+"."+name, n.level+1, n.scope)
	n.kids[name] = k
	n.names = append(n.names, name)
	return k
}

// known tells whether the mapping spells a key out. A pattern that covers it
// is not enough: what is below may be keyed by data.
func (t *tree) known(n *node, name string) bool {
	return t.kind != nil && t.kind.names(n.path+"."+name)
}

func (t *tree) anyKid(n *node) *node {
	if n.any == nil {
		n.any = t.node(anyKey, n.path+"."+anyKey, n.level+1, n.scope)
	}
	return n.any
}

// looksLikeData tells a value from the name of a field.
func looksLikeData(name string) bool {
	digits, run, letters := 0, 0, 0
	for _, r := range name {
		switch {
		case unicode.IsDigit(r):
			digits++
			run = 0
		case unicode.IsLetter(r):
			letters++
			run++
			if run > 32 {
				return true
			}
		case strings.ContainsRune(" _-.()$#", r):
			run = 0
		default:
			return true
		}
	}
	return len(name) > 64 || digits > 4 || digits > 0 && letters == 0
}

// collapse moves what was counted under single keys to {*}. Keys that the
// mapping knows stay.
func (t *tree) collapse(n *node) {
	if t.flush != nil {
		t.flush()
	}
	n.many = true
	names := n.names
	n.names = nil
	for _, name := range names {
		if t.known(n, name) {
			n.names = append(n.names, name)
			continue
		}
		t.anyKid(n).join(n.kids[name])
		delete(n.kids, name)
	}
}

// join adds what was counted at another node, and below it.
func (n *node) join(o *node) {
	n.count, n.nulls, n.empty = n.count+o.count, n.nulls+o.nulls, n.empty+o.empty
	n.types |= o.types
	n.special = n.special || o.special
	n.spread(o.oldest)
	n.spread(o.newest)
	if n.member == "" {
		n.member = o.member
	}
	if o.elem != nil {
		if n.elem == nil {
			n.elem = o.elem
			n.elem.move(n.path + "[]")
		} else {
			n.elem.join(o.elem)
		}
	}
	if o.any != nil {
		if n.any == nil {
			n.any = o.any
			n.any.move(n.path + "." + anyKey)
		} else {
			n.any.join(o.any)
		}
	}
	for _, name := range o.names {
		if mine := n.kids[name]; mine != nil {
			mine.join(o.kids[name])
			continue
		}
		if n.kids == nil {
			n.kids = map[string]*node{}
		}
		n.kids[name] = o.kids[name]
		n.kids[name].move(n.path + "." + name)
		n.names = append(n.names, name)
	}
}

// move gives a node and all below it their new paths.
func (n *node) move(path string) {
	n.path = path
	for name, k := range n.kids {
		k.move(path + "." + name)
	}
	if n.elem != nil {
		n.elem.move(path + "[]")
	}
	if n.any != nil {
		n.any.move(path + "." + anyKey)
	}
}

// element is the path of an array's elements.
func (t *tree) element(n *node) *node {
	if n.elem == nil {
		n.elem = t.node(n.name, n.path+"[]", n.level+1, nil)
		n.elem.scope = n.elem
	}
	return n.elem
}

// spread widens the span of dates.
func (n *node) spread(at time.Time) {
	if at.IsZero() {
		return
	}
	if n.oldest.IsZero() || at.Before(n.oldest) {
		n.oldest = at
	}
	if at.After(n.newest) {
		n.newest = at
	}
}

// each visits a node and all below it, in the order seen.
func (n *node) each(f func(*node)) {
	f(n)
	if n.elem != nil {
		n.elem.each(f)
	}
	for _, name := range n.names {
		n.kids[name].each(f)
	}
	if n.any != nil {
		n.any.each(f)
	}
}

func (m *Meaning) subject() diapason.Subject {
	if m != nil && m.Subject == "other" {
		return diapason.OtherPerson
	}
	return diapason.AccountHolder
}
