// Package vocab orders the words that all voices share: kinds of data,
// purposes, operations and parties. The words are identifiers of the W3C Data
// Privacy Vocabulary (DPV) 2.3 and a short list of our own with the prefix
// "dia:"; ATTRIBUTION.md says where they come from and under which licence.
//
// Start with [Default] and [Tree.Is]: is an e-mail address a kind of contact
// detail? [Tree.IsDenied] asks the same on behalf of a sentence that denies
// something, where fewer edges count: who promises not to share contact
// details has not spoken about names. [Tree.Label] gives plain words for
// people, and [Tree.Category] the row of a report in which a term is shown.
//
// The package never guesses a term from text, and it never changes the
// vocabulary while the program runs.
package vocab

import (
	"slices"
	"sync"

	"diapason.dev/diapason"
)

// A Tree is the joined vocabulary. Although people call it a tree, a term may
// have several parents: it is a directed graph without cycles, in one piece
// for each kind of term. It is safe for use by several goroutines.
type Tree struct {
	terms []diapason.Term
	kinds []string
	index map[diapason.Term]int
	// A statement that asserts something uses all edges; one that denies
	// something leaves out those marked "assert".
	asserting, denying order
}

// order is one set of edges between terms, by their index.
type order struct {
	parents [][]int
	above   []bitset // at i: the terms equal to or above i
	below   []bitset // at i: the terms equal to or below i
}

// Default returns the vocabulary that comes with the program, read once. It
// panics if the embedded files are broken, which a test rules out.
var Default = sync.OnceValue(func() *Tree {
	t, err := readEmbedded()
	if err != nil {
		panic("vocab: " + err.Error())
	}
	return t
})

// Has tells whether x is a term of the vocabulary.
func (t *Tree) Has(x diapason.Term) bool {
	_, ok := t.index[x]
	return ok
}

// Terms lists all terms of one kind (pd, purpose, processing, party, context,
// legal-basis, right) in alphabetical order.
func (t *Tree) Terms(kind string) []diapason.Term {
	var xs []diapason.Term
	for i, x := range t.terms {
		if t.kinds[i] == kind {
			xs = append(xs, x)
		}
	}
	slices.Sort(xs)
	return xs
}

// Kind is the kind of a term: pd (data), purpose, processing, party, context,
// legal-basis or right. It is empty for what is not a term.
func (t *Tree) Kind(x diapason.Term) string {
	if i, ok := t.index[x]; ok {
		return t.kinds[i]
	}
	return ""
}

// Is tells whether x is the ancestor itself or stands below it, as a sentence
// that asserts something counts it. It is false if either is not a term.
func (t *Tree) Is(x, ancestor diapason.Term) bool { return t.is(&t.asserting, x, ancestor) }

// IsDenied is Is on behalf of a sentence that denies something: edges that
// serve assertions only do not count.
func (t *Tree) IsDenied(x, ancestor diapason.Term) bool { return t.is(&t.denying, x, ancestor) }

func (t *Tree) is(o *order, x, ancestor diapason.Term) bool {
	i, ok := t.index[x]
	j, known := t.index[ancestor]
	return ok && known && o.above[i].has(j)
}

// Distance is the number of edges on the shortest way up from x to the
// ancestor, and whether there is a way. With denial set it counts the edges of
// [Tree.IsDenied] only.
func (t *Tree) Distance(x, ancestor diapason.Term, denial bool) (int, bool) {
	o := &t.asserting
	if denial {
		o = &t.denying
	}
	if !t.is(o, x, ancestor) {
		return 0, false
	}
	goal := t.index[ancestor]
	row := []int{t.index[x]}
	for steps := 0; ; steps++ {
		var next []int
		for _, i := range row {
			if i == goal {
				return steps, true
			}
			for _, p := range o.parents[i] {
				if o.above[p].has(goal) && !slices.Contains(next, p) {
					next = append(next, p)
				}
			}
		}
		row = next
	}
}

// Overlap tells whether neither term stands below the other but something
// stands below both.
func (t *Tree) Overlap(a, b diapason.Term) bool {
	i, ok := t.index[a]
	j, known := t.index[b]
	o := &t.asserting
	if !ok || !known || o.above[i].has(j) || o.above[j].has(i) {
		return false
	}
	return o.below[i].meets(o.below[j])
}
