package vocab

import (
	"fmt"
	"slices"

	"diapason.dev/diapason"
)

// An Entry is one term with the terms directly above it.
type Entry struct {
	ID      diapason.Term
	Parents []diapason.Term
	Kind    string
}

// An Edge changes the entries that it is joined with: it adds a parent to a
// child, or cuts one off.
type Edge struct {
	Cut           bool
	Child, Parent diapason.Term
	AssertOnly    bool // of an added edge: it never serves a sentence that denies something
}

// Build joins entries and edges into a Tree. It refuses a term that is given
// twice, a parent that is not a term or of another kind, an edge that cuts
// nothing or adds what is there, and a cycle.
func Build(entries []Entry, edges []Edge) (*Tree, error) {
	t := &Tree{index: map[diapason.Term]int{}}
	for _, e := range entries {
		if t.Has(e.ID) {
			return nil, fmt.Errorf("term %s: given twice", e.ID)
		}
		t.index[e.ID] = len(t.terms)
		t.terms = append(t.terms, e.ID)
		t.kinds = append(t.kinds, e.Kind)
	}
	t.asserting.parents = make([][]int, len(entries))
	t.denying.parents = make([][]int, len(entries))
	for _, e := range entries {
		for _, p := range e.Parents {
			if err := t.link(Edge{Child: e.ID, Parent: p}); err != nil {
				return nil, err
			}
		}
	}
	for _, e := range edges {
		if err := t.apply(e); err != nil {
			return nil, err
		}
	}
	if err := t.sameKinds(); err != nil {
		return nil, err
	}
	for _, o := range []*order{&t.asserting, &t.denying} {
		if err := o.close(t.terms); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func (t *Tree) apply(e Edge) error {
	if !e.Cut {
		return t.link(e)
	}
	c, p, err := t.ends(e)
	if err != nil {
		return err
	}
	if !slices.Contains(t.denying.parents[c], p) {
		return fmt.Errorf("cut %s from %s: there is no such edge", e.Child, e.Parent)
	}
	for _, o := range []*order{&t.asserting, &t.denying} {
		o.parents[c] = slices.DeleteFunc(o.parents[c], func(i int) bool { return i == p })
	}
	return nil
}

// sameKinds is asked when all edges are cut and added: DPV itself puts a
// purpose under a legal basis, which our edges cut.
func (t *Tree) sameKinds() error {
	for i, parents := range t.asserting.parents {
		for _, p := range parents {
			if t.kinds[i] != t.kinds[p] {
				return fmt.Errorf("put %s (%s) under %s (%s): kinds differ", t.terms[i], t.kinds[i], t.terms[p], t.kinds[p])
			}
		}
	}
	return nil
}

// link adds an edge.
func (t *Tree) link(e Edge) error {
	c, p, err := t.ends(e)
	if err != nil {
		return err
	}
	if slices.Contains(t.asserting.parents[c], p) {
		return fmt.Errorf("put %s under %s: it is there already", e.Child, e.Parent)
	}
	t.asserting.parents[c] = append(t.asserting.parents[c], p)
	if !e.AssertOnly {
		t.denying.parents[c] = append(t.denying.parents[c], p)
	}
	return nil
}

func (t *Tree) ends(e Edge) (child, parent int, err error) {
	child, ok := t.index[e.Child]
	if !ok {
		return 0, 0, fmt.Errorf("edge from %s to %s: %[1]s is not a term", e.Child, e.Parent)
	}
	parent, ok = t.index[e.Parent]
	if !ok {
		return 0, 0, fmt.Errorf("edge from %s to %s: %[2]s is not a term", e.Child, e.Parent)
	}
	return child, parent, nil
}

// close computes what stands above and below each term, and finds cycles.
func (o *order) close(terms []diapason.Term) error {
	n := len(terms)
	o.above, o.below = make([]bitset, n), make([]bitset, n)
	open := make([]bool, n)
	var visit func(i int) error
	visit = func(i int) error {
		if o.above[i] != nil {
			return nil
		}
		if open[i] {
			return fmt.Errorf("term %s stands above itself", terms[i])
		}
		open[i] = true
		set := newBitset(n)
		set.add(i)
		for _, p := range o.parents[i] {
			if err := visit(p); err != nil {
				return err
			}
			set.join(o.above[p])
		}
		o.above[i] = set
		return nil
	}
	for i := range terms {
		if err := visit(i); err != nil {
			return err
		}
		o.below[i] = newBitset(n)
	}
	for i := range terms {
		for j := range terms {
			if o.above[i].has(j) {
				o.below[j].add(i)
			}
		}
	}
	return nil
}
