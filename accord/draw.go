package accord

import (
	"cmp"
	"slices"

	"diapason.dev/diapason"
	"diapason.dev/diapason/asks"
	"diapason.dev/diapason/holds"
	"diapason.dev/diapason/says"
	"diapason.dev/diapason/vocab"
)

// A Drawing is what the table is drawn from.
type Drawing struct {
	Flows     []diapason.Flow
	Pairs     []Pair
	Practices []says.Practice // of current documents
	Scopes    []asks.Scope
	Items     []holds.Item
	Examined  map[diapason.Channel]bool
}

// Draw makes the table of a report. Rows in which the voices disagree come
// first, a broken promise before anything else; the rest keeps the order of
// the vocabulary's categories. A kind of data about which no voice has
// anything gets no row and is counted.
func Draw(d Drawing) Table {
	tree, t := vocab.Default(), Table{}
	shelves := d.sort(tree)
	type ranked struct {
		Row
		worst int
	}
	var rows []ranked
	for _, c := range vocab.Categories() {
		s := shelves[c.ID]
		if s == nil {
			t.Hidden++
			continue
		}
		s.examined = d.Examined
		r := Row{ID: c.ID, Label: c.Label, Term: c.Term, Cells: []Cell{s.says(), s.asks(), s.does(), s.holds()}}
		reasons := s.reasons()
		r.Agrees, r.Why = len(reasons) == 0, tell(reasons)
		worst := 0
		if !r.Agrees {
			t.Out++
			worst = reasons[0].rank
		}
		rows = append(rows, ranked{r, worst})
	}
	slices.SortStableFunc(rows, func(a, b ranked) int { return cmp.Compare(b.worst, a.worst) })
	for _, r := range rows {
		t.Rows = append(t.Rows, r.Row)
	}
	return t
}

// A shelf gathers what the voices have about one kind of data.
type shelf struct {
	examined  map[diapason.Channel]bool
	practices []says.Practice // about this kind of data by name
	all       map[string]says.Practice
	scopes    []asks.Scope
	flows     map[diapason.Channel][]diapason.Flow
	pairs     map[diapason.Channel][]Pair
	items     []holds.Item
}

// sort puts everything on the shelf of its kind of data. What has no kind, such
// as a path of an export that nobody has named yet, stands on none: the report
// lists it elsewhere.
func (d Drawing) sort(tree *vocab.Tree) map[string]*shelf {
	shelves, all := map[string]*shelf{}, map[string]says.Practice{}
	of := func(x diapason.Term) *shelf {
		c, ok := tree.Category(x)
		if !ok || x == vocab.RootData {
			return nil
		}
		if shelves[c.ID] == nil {
			shelves[c.ID] = &shelf{all: all, flows: map[diapason.Channel][]diapason.Flow{}, pairs: map[diapason.Channel][]Pair{}}
		}
		return shelves[c.ID]
	}
	for _, p := range d.Practices {
		all[p.ID] = p
		if s := of(p.Data); s != nil {
			s.practices = append(s.practices, p)
		}
	}
	opened := map[string][]diapason.Term{} // permission to the data of its flows
	for _, f := range d.Flows {
		if s := of(f.Data); s != nil && f.Channel != diapason.Says && f.Polarity != diapason.Absent {
			s.flows[f.Channel] = append(s.flows[f.Channel], f)
			opened[f.Words] = append(opened[f.Words], f.Data)
		}
	}
	for _, p := range d.Pairs {
		if s := of(p.Flow.Data); s != nil {
			s.pairs[p.Flow.Channel] = append(s.pairs[p.Flow.Channel], p)
		}
	}
	for _, scope := range d.Scopes {
		for _, x := range slices.Concat(scope.Data, opened[scope.ID]) {
			if s := of(x); s != nil && told[scope.Class] != "" && !s.has(scope) {
				s.scopes = append(s.scopes, scope)
			}
		}
	}
	for _, i := range d.Items {
		if s := of(i.Data); s != nil {
			s.items = append(s.items, i)
		}
	}
	return shelves
}

func (s *shelf) has(scope asks.Scope) bool {
	return slices.ContainsFunc(s.scopes, func(x asks.Scope) bool { return x.Request == scope.Request && x.ID == scope.ID })
}
