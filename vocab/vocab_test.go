package vocab

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason"
)

// roots are the terms under which every term of a kind stands.
var roots = map[string]diapason.Term{"pd": "dpv:Data", "purpose": "dpv:Purpose", "party": "dpv:Entity"}

func TestEveryTermReachesTheRootOfItsKind(t *testing.T) {
	tree := Default()
	for kind, root := range roots {
		terms := tree.Terms(kind)
		if len(terms) < 100 {
			t.Errorf("%d terms of kind %s", len(terms), kind)
		}
		for _, x := range terms {
			if !tree.Is(x, root) {
				t.Errorf("%s does not stand under %s", x, root)
			}
		}
	}
}

func TestEveryKindOfDataHasARow(t *testing.T) {
	tree := Default()
	for _, x := range tree.Terms("pd") {
		if c, ok := tree.Category(x); !ok || c.Label == "" {
			t.Errorf("%s has no row", x)
		}
	}
	for _, x := range []diapason.Term{"dpv:Marketing", "dia:Advertiser", "no:Term", ""} {
		if c, ok := tree.Category(x); ok {
			t.Errorf("%s, which is no kind of data, has the row %s", x, c.ID)
		}
	}
}

func TestRowsAreOneForEachKindAndStandForThemselves(t *testing.T) {
	tree := Default()
	seen := map[string]bool{}
	for _, c := range Categories() {
		if seen[c.ID] || seen[c.Label] {
			t.Errorf("row %s is there twice", c.ID)
		}
		seen[c.ID], seen[c.Label] = true, true
		if got, ok := tree.Category(c.Term); !ok || got != c {
			t.Errorf("the term %s of row %s is shown in row %s", c.Term, c.ID, got.ID)
		}
	}
	for _, r := range rows {
		for _, x := range r.also {
			if !tree.Has(x) {
				t.Errorf("row %s gathers %s, which is no term", r.ID, x)
			} else if got, _ := tree.Category(x); got.ID != r.ID {
				t.Errorf("row %s gathers %s, which is shown in row %s", r.ID, x, got.ID)
			}
		}
	}
}

func TestATermIsShownInTheNearestRow(t *testing.T) {
	tree := Default()
	for x, want := range map[diapason.Term]string{
		"pd:EmailAddress": "email", "pd:EmailAddressWork": "email", "dia:HashedContact": "email", "pd:TelephoneNumber": "phone",
		"pd:PhysicalAddress": "address", "pd:PaymentCard": "payment", "pd:CurrentLocation": "location", "dia:CoarseLocation": "location",
		"dia:PhotoLibrary": "photos", "dia:AddressBook": "contacts", "dia:MicrophoneAudio": "voice", "dia:MotionSensor": "motion",
		"dia:ListeningHistory": "listening", "dia:SearchQuery": "search", "dia:PrivatePlaylist": "library", "dia:AdvertisingId": "identifiers",
		"dia:CookieIdentifier": "identifiers", "pd:IPAddress": "network", "pd:Age": "demographics", "dia:InferredSegment": "inferred",
		"dia:PrivateMessage": "messages", "dia:UsageData": "usage", "pd:BrowserHistory": "browsing", "pd:Health": "special", "dpv:PersonalData": "data",
	} {
		if got, ok := tree.Category(x); !ok || got.ID != want {
			t.Errorf("%s is shown in row %q, want %q", x, got.ID, want)
		}
	}
}

func TestWhatStandsUnderWhat(t *testing.T) {
	tree := Default()
	for _, c := range []struct {
		x, ancestor diapason.Term
		is, denied  bool // as an assertion and as a denial count it
	}{
		{"pd:EmailAddress", "pd:EmailAddress", true, true},
		{"pd:EmailAddress", "pd:Contact", true, true},
		{"pd:EmailAddressWork", "pd:Contact", true, true},
		{"pd:Contact", "pd:EmailAddress", false, false},
		{"pd:EmailAddress", "dpv:Data", true, true},
		{"pd:EmailAddress", "dpv:Purpose", false, false},
		{"pd:City", "pd:Contact", true, true}, // by way of the postal address
		{"dpv:PersonalisedAdvertising", "dpv:Marketing", true, true},
		{"no:Term", "no:Term", false, false},
		{"pd:EmailAddress", "no:Term", false, false},
	} {
		if got := tree.Is(c.x, c.ancestor); got != c.is {
			t.Errorf("Is(%s, %s) = %v", c.x, c.ancestor, got)
		}
		if got := tree.IsDenied(c.x, c.ancestor); got != c.denied {
			t.Errorf("IsDenied(%s, %s) = %v", c.x, c.ancestor, got)
		}
	}
}

// Whoever says that contact details are collected has told of names, in a way;
// whoever denies it has not spoken about them. Each edge for assertions only
// must make that difference, or it says nothing.
func TestEdgesForAssertionsServeNoDenial(t *testing.T) {
	tree := Default()
	edges, err := readEdges(strings.NewReader(string(edgesFile)))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, e := range edges {
		switch {
		case e.AssertOnly:
			n++
			if !tree.Is(e.Child, e.Parent) || tree.IsDenied(e.Child, e.Parent) {
				t.Errorf("%s under %s: asserted %v, denied %v, want true and false", e.Child, e.Parent, tree.Is(e.Child, e.Parent), tree.IsDenied(e.Child, e.Parent))
			}
		case !e.Cut:
			if !tree.Is(e.Child, e.Parent) || !tree.IsDenied(e.Child, e.Parent) {
				t.Errorf("%s does not stand under %s", e.Child, e.Parent)
			}
		default:
			if d, ok := tree.Distance(e.Child, e.Parent, false); ok && d == 1 {
				t.Errorf("%s was cut from %s and stands directly under it", e.Child, e.Parent)
			}
		}
	}
	if n == 0 {
		t.Error("no edge serves assertions only")
	}
}

// A denial never covers more than an assertion, and what stands under
// something stands under all that is above it.
func TestDenialsCoverNoMoreAndOrderIsTransitive(t *testing.T) {
	tree := Default()
	for i := range tree.terms {
		for j := range tree.terms {
			if tree.denying.above[i].has(j) && !tree.asserting.above[i].has(j) {
				t.Fatalf("denying puts %s under %s, asserting does not", tree.terms[i], tree.terms[j])
			}
			if i != j && tree.asserting.above[i].has(j) && tree.asserting.above[j].has(i) {
				t.Fatalf("%s and %s stand above each other", tree.terms[i], tree.terms[j])
			}
			if tree.asserting.above[i].has(j) != tree.asserting.below[j].has(i) {
				t.Fatalf("above and below disagree on %s and %s", tree.terms[i], tree.terms[j])
			}
		}
		for _, p := range tree.asserting.parents[i] {
			for j := range tree.terms {
				if tree.asserting.above[p].has(j) && !tree.asserting.above[i].has(j) {
					t.Fatalf("%s stands under %s and not under %s above it", tree.terms[i], tree.terms[p], tree.terms[j])
				}
			}
		}
	}
}

func TestOverlapNeedsSomethingBelowBoth(t *testing.T) {
	tree, err := Build([]Entry{
		{ID: "t:top", Kind: "pd"},
		{ID: "t:a", Parents: []diapason.Term{"t:top"}, Kind: "pd"},
		{ID: "t:b", Parents: []diapason.Term{"t:top"}, Kind: "pd"},
		{ID: "t:both", Parents: []diapason.Term{"t:a", "t:b"}, Kind: "pd"},
		{ID: "t:c", Parents: []diapason.Term{"t:top"}, Kind: "pd"},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		a, b diapason.Term
		want bool
	}{
		{"t:a", "t:b", true},
		{"t:b", "t:a", true},
		{"t:a", "t:c", false},
		{"t:a", "t:top", false},
		{"t:a", "t:both", false},
		{"t:a", "t:a", false},
		{"t:a", "t:none", false},
	} {
		if got := tree.Overlap(c.a, c.b); got != c.want {
			t.Errorf("Overlap(%s, %s) = %v", c.a, c.b, got)
		}
	}
}

func TestDistanceIsTheShortestWayUp(t *testing.T) {
	tree := Default()
	for _, c := range distances {
		got, ok := tree.Distance(c.x, c.ancestor, c.denial)
		if ok != (c.want >= 0) || ok && got != c.want {
			t.Errorf("Distance(%s, %s, %v) = %d, %v, want %d", c.x, c.ancestor, c.denial, got, ok, c.want)
		}
	}
}

func TestTermsAreSortedAndKnowTheirKind(t *testing.T) {
	tree := Default()
	n := 0
	for _, kind := range []string{"pd", "purpose", "processing", "party", "context", "legal-basis", "right"} {
		terms := tree.Terms(kind)
		if len(terms) == 0 || !slices.IsSorted(terms) {
			t.Errorf("%d terms of kind %s, sorted: %v", len(terms), kind, slices.IsSorted(terms))
		}
		for _, x := range terms {
			if tree.Kind(x) != kind || !tree.Has(x) {
				t.Errorf("%s is of kind %q, want %q", x, tree.Kind(x), kind)
			}
		}
		n += len(terms)
	}
	if n != len(tree.terms) {
		t.Errorf("the seven kinds have %d terms of %d", n, len(tree.terms))
	}
	if tree.Kind("no:Term") != "" || tree.Has("") {
		t.Error("what is no term has a kind")
	}
}

func TestTheVocabularyNamesItsExactFiles(t *testing.T) {
	if d := Digest(); !regexp.MustCompile(`^DPV 2\.3, sha256:[0-9a-f]{64}$`).MatchString(d) {
		t.Errorf("Digest() = %q", d)
	}
}
