package accord

import (
	"fmt"
	"math"
	"testing"

	"diapason.dev/diapason"
	"diapason.dev/diapason/says"
	"diapason.dev/diapason/vocab"
	"pgregory.net/rapid"
)

// A plain world is a vocabulary as two lists of edges, and statements about it:
// the method of the papers is written down below a second time, word for word
// and without any cleverness, and both must come to the same.
type plain struct {
	up, upDenied map[diapason.Term][]diapason.Term // edges that serve assertions; those that serve denials too
	says         []says.Practice
	flow         diapason.Flow
}

// steps counts edges on the shortest way up, or -1.
func steps(up map[diapason.Term][]diapason.Term, from, to diapason.Term) int {
	if from == to {
		return 0
	}
	best := -1
	for _, p := range up[from] {
		if n := steps(up, p, to); n >= 0 && (best < 0 || n+1 < best) {
			best = n + 1
		}
	}
	return best
}

func (w plain) edges(p says.Practice) map[diapason.Term][]diapason.Term {
	if p.Polarity == diapason.Denied {
		return w.upDenied
	}
	return w.up
}

func (w plain) toData(p says.Practice) int { return steps(w.edges(p), w.flow.Data, p.Data) }
func (w plain) toParty(p says.Practice) int {
	return steps(w.up, diapason.Term(w.flow.Recipient.ID), p.Recipient)
}

func (w plain) relevant(p diapason.Polarity) []says.Practice {
	var list []says.Practice
	for _, s := range w.says {
		root := s.Data == vocab.RootData || s.Recipient == vocab.RootParty
		if s.Polarity == p && !root && w.toData(s) >= 0 && w.toParty(s) >= 0 {
			list = append(list, s)
		}
	}
	return list
}

// nearest is the least party distance, then the least data distance.
func (w plain) nearest(list []says.Practice) (party, data int) {
	party, data = math.MaxInt, math.MaxInt
	for _, s := range list {
		if p, d := w.toParty(s), w.toData(s); p < party || p == party && d < data {
			party, data = p, d
		}
	}
	return party, data
}

// kind is the type of an assertion and a denial.
func (w plain) kind(y, n says.Practice) byte {
	rel := func(up map[diapason.Term][]diapason.Term, a, b diapason.Term) int {
		switch {
		case a == b:
			return 0
		case steps(up, a, b) >= 0:
			return 1
		case steps(w.up, b, a) >= 0:
			return 2
		}
		return 3
	}
	return paper[rel(w.up, y.Recipient, n.Recipient)][rel(w.upDenied, y.Data, n.Data)][0]
}

func (w plain) verdict() Verdict {
	ys, ns := w.relevant(diapason.Asserted), w.relevant(diapason.Denied)
	var c, n int
	for _, y := range ys {
		for _, d := range ns {
			if y.Start == d.Start { // one sentence made both
				continue
			}
			if w.kind(y, d) == 'C' {
				c++
			} else {
				n++
			}
		}
	}
	if len(ys) > 0 && len(ns) > 0 && c+n == 0 {
		yp, yd := w.nearest(ys)
		np, nd := w.nearest(ns)
		if np < yp || np == yp && nd < yd {
			ys = nil
		} else {
			ns = nil
		}
	}
	party, data := w.nearest(ys)
	switch {
	case len(ys) == 0 && len(ns) == 0:
		return Omitted
	case len(ys) == 0:
		return Incorrect
	case len(ns) == 0 && party == 0 && data == 0:
		return Clear
	case len(ns) == 0:
		return Vague
	case c > 0:
		return Ambiguous
	}
	return Incorrect
}

// drawWorld draws two small trees, up to six statements and one flow.
func drawWorld(t *rapid.T) (plain, *vocab.Tree) {
	w := plain{up: map[diapason.Term][]diapason.Term{}, upDenied: map[diapason.Term][]diapason.Term{}}
	entries := []vocab.Entry{{ID: vocab.RootData, Kind: "pd"}, {ID: vocab.RootParty, Kind: "party"}, {ID: theService, Kind: "party", Parents: []diapason.Term{vocab.RootParty}}}
	var edges []vocab.Edge
	kinds := map[string][]diapason.Term{"pd": {vocab.RootData}, "party": {vocab.RootParty}}
	for _, kind := range []string{"pd", "party"} {
		for i := range rapid.IntRange(2, 7).Draw(t, kind+"s") {
			x := diapason.Term(fmt.Sprintf("%s:%d", kind, i))
			parent := rapid.SampledFrom(kinds[kind]).Draw(t, "parent")
			entries = append(entries, vocab.Entry{ID: x, Kind: kind, Parents: []diapason.Term{parent}})
			w.up[x], w.upDenied[x] = append(w.up[x], parent), append(w.upDenied[x], parent)
			if more := rapid.SampledFrom(kinds[kind]).Draw(t, "second parent"); more != parent {
				only := kind == "pd" && rapid.Bool().Draw(t, "serves assertions only")
				edges = append(edges, vocab.Edge{Child: x, Parent: more, AssertOnly: only})
				w.up[x] = append(w.up[x], more)
				if !only {
					w.upDenied[x] = append(w.upDenied[x], more)
				}
			}
			kinds[kind] = append(kinds[kind], x)
		}
	}
	for i := range rapid.IntRange(0, 6).Draw(t, "statements") {
		start := 100 * rapid.IntRange(0, 4).Draw(t, "sentence")
		w.says = append(w.says, says.Practice{
			ID: fmt.Sprint(i), Document: "privacy", Start: start, End: start + 50, Operation: share,
			Polarity: rapid.SampledFrom([]diapason.Polarity{diapason.Asserted, diapason.Denied}).Draw(t, "polarity"),
			Data:     rapid.SampledFrom(kinds["pd"]).Draw(t, "data"), Recipient: rapid.SampledFrom(kinds["party"]).Draw(t, "party"),
		})
	}
	who := rapid.SampledFrom(kinds["party"][1:]).Draw(t, "receiver")
	w.flow = sent(diapason.Party{ID: string(who)}, rapid.SampledFrom(kinds["pd"][1:]).Draw(t, "flow"), diapason.P0)
	tree, err := vocab.Build(entries, edges)
	if err != nil {
		t.Fatal(err)
	}
	return w, tree
}

func TestVerdictsAreThoseOfThePlainMethod(t *testing.T) {
	type world struct {
		plain
		tree *vocab.Tree
	}
	worlds := rapid.Custom(func(t *rapid.T) world {
		w, tree := drawWorld(t)
		return world{w, tree}
	})
	seen := map[Verdict]int{}
	for seed := range 3000 {
		w := worlds.Example(seed)
		f := says.Facts{Documents: []says.Document{{ID: "privacy", Analysable: true, Current: true}}, Practices: w.says}
		got := open(w.tree, f, true).hold(w.flow)
		if want := w.verdict(); got.Verdict != want {
			t.Fatalf("%s, the plain method says %s\nflow %s to %s\nstatements %+v", got.Verdict, want, w.flow.Data, w.flow.Recipient.ID, w.says)
		}
		seen[got.Verdict]++
	}
	for _, v := range []Verdict{Clear, Vague, Omitted, Incorrect, Ambiguous} {
		if seen[v] == 0 {
			t.Errorf("no random world came to %q: the test looks at too little", v)
		}
	}
}

func TestTheOrderOfStatementsNeverDecides(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, tree := drawWorld(t)
		docs := []says.Document{{ID: "privacy", Analysable: true, Current: true}}
		a := open(tree, says.Facts{Documents: docs, Practices: w.says}, true).hold(w.flow)
		b := open(tree, says.Facts{Documents: docs, Practices: rapid.Permutation(w.says).Draw(t, "other order")}, true).hold(w.flow)
		if a.Verdict != b.Verdict || a.Practice != b.Practice || a.Against != b.Against || a.Distance != b.Distance {
			t.Fatalf("%+v\n%+v", a, b)
		}
	})
}
