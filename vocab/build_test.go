package vocab

import (
	"strings"
	"testing"

	"diapason.dev/diapason"
)

func TestABrokenVocabularyIsRefused(t *testing.T) {
	under := func(id diapason.Term, parents ...diapason.Term) Entry {
		return Entry{ID: id, Parents: parents, Kind: "pd"}
	}
	for _, c := range []struct {
		name    string
		entries []Entry
		edges   []Edge
		says    string
	}{
		{"a term twice", []Entry{under("a"), under("a")}, nil, "term a: given twice"},
		{"a parent that is missing", []Entry{under("a", "b")}, nil, "b is not a term"},
		{"an edge from nowhere", []Entry{under("a")}, []Edge{{Child: "x", Parent: "a"}}, "x is not a term"},
		{"an edge to nowhere", []Entry{under("a")}, []Edge{{Child: "a", Parent: "x", Cut: true}}, "x is not a term"},
		{"a cycle", []Entry{under("a", "b"), under("b", "c"), under("c", "a")}, nil, "stands above itself"},
		{"a cycle of one", []Entry{under("a", "a")}, nil, "stands above itself"},
		{"a cycle by an added edge", []Entry{under("a", "b"), under("b")}, []Edge{{Child: "b", Parent: "a"}}, "stands above itself"},
		{"a cycle for assertions only", []Entry{under("a", "b"), under("b")}, []Edge{{Child: "b", Parent: "a", AssertOnly: true}}, "stands above itself"},
		{"a parent twice", []Entry{under("a", "b", "b"), under("b")}, nil, "it is there already"},
		{"an edge twice", []Entry{under("a", "b"), under("b")}, []Edge{{Child: "a", Parent: "b"}}, "it is there already"},
		{"a cut of nothing", []Entry{under("a"), under("b")}, []Edge{{Cut: true, Child: "a", Parent: "b"}}, "there is no such edge"},
		{"kinds that differ", []Entry{under("a", "b"), {ID: "b", Kind: "purpose"}}, nil, "kinds differ"},
	} {
		t.Run(c.name, func(t *testing.T) {
			tree, err := Build(c.entries, c.edges)
			if err == nil || tree != nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("Build = %v, %v, want an error that says %q", tree, err, c.says)
			}
		})
	}
}

func TestACutMayPutKindsRight(t *testing.T) {
	tree, err := Build(
		[]Entry{{ID: "a", Parents: []diapason.Term{"b"}, Kind: "pd"}, {ID: "b", Kind: "purpose"}, {ID: "c", Kind: "pd"}},
		[]Edge{{Cut: true, Child: "a", Parent: "b"}, {Child: "a", Parent: "c", AssertOnly: true}},
	)
	if err != nil {
		t.Fatal(err)
	}
	if tree.Is("a", "b") || !tree.Is("a", "c") || tree.IsDenied("a", "c") {
		t.Errorf("a under b %v, under c %v, denied %v", tree.Is("a", "b"), tree.Is("a", "c"), tree.IsDenied("a", "c"))
	}
}

func TestATableWithOtherColumnsIsRefused(t *testing.T) {
	for text, says := range map[string]string{
		"":                              "the first line must name the columns",
		"id,kind\n":                     "the first line must name the columns",
		"id,kind,parents\n":             `column 2 is "kind", expected "parents"`,
		"id,parents,kind\na,b\n":        "wrong number of fields",
		"id,parents,kind\n\"a,b,c\n":    "quote",
		"id,parents,kind,definition\na": "wrong number of fields",
	} {
		if _, err := readEntries(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: error %v, want %q", text, err, says)
		}
	}
	for _, line := range []string{"put,a,b,both", "add,a,b,never", "cut,a,b,assert"} {
		if _, err := readEdges(strings.NewReader("op,child,parent,use\n" + line + "\n")); err == nil || !strings.Contains(err.Error(), "is not known") {
			t.Errorf("%q: error %v", line, err)
		}
	}
}
