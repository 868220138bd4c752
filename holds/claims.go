package holds

import (
	"strings"

	"diapason.dev/diapason"
	"diapason.dev/diapason/vocab"
)

// A Statement is what a policy says about one kind of data, as far as an
// export can be held against it.
type Statement struct {
	ID        string        // of the practice
	Quote     string        // literal
	Data      diapason.Term // empty: the text names no kind of data
	Retention float64       // stated limit in days; 0: none
	Asserted  bool          // false: the text denies it
}

// The words of a claim. "Partly" and "elsewhere" need to know which parts a
// text promises, or where else an answer was given; no single term tells that,
// so this version never says them.
const (
	Held    = "held"     // the export holds data of this kind
	NotSeen = "not-seen" // it was not seen in this export: never "not held"
)

// Claims holds the statements of a policy against the items of the exports:
// one claim for each statement that asserts something about a kind of data
// which an export could hold. Statements about data in general are no claims.
func Claims(statements []Statement, items []Item, tree *vocab.Tree) []Claim {
	var claims []Claim
	for _, s := range statements {
		if !s.Asserted || !claimable(s.Data, tree) {
			continue
		}
		c := Claim{Practice: s.ID, Data: s.Data, Word: NotSeen, Quote: s.Quote}
		for _, i := range items {
			if i.Count > 0 && tree.Is(i.Data, s.Data) {
				c.Word = Held
				break
			}
		}
		claims = append(claims, c)
	}
	return claims
}

// absent are kinds of data that no copy of a person's data contains: what
// lasts a moment, secrets that are kept from everyone or as a hash only, and
// figures over many people.
var absent = []diapason.Term{"dia:NowPlaying", "dia:SessionToken", "pd:Password", "pd:PINCode", "pd:SecretText", "dia:AggregateData", "dia:DeidentifiedData"}

// claimable tells whether a statement about a term can be looked for in an
// export. The terms of DPV itself (dpv:…) sort data by how it came about and
// name no kind of it.
func claimable(x diapason.Term, tree *vocab.Tree) bool {
	if tree.Kind(x) != "pd" || strings.HasPrefix(string(x), "dpv:") {
		return false
	}
	for _, a := range absent {
		if tree.Is(x, a) {
			return false
		}
	}
	return true
}
