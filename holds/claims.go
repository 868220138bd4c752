package holds

import (
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

// Claims holds the statements of a policy against the items of the exports.
func Claims(statements []Statement, items []Item, tree *vocab.Tree) []Claim { return nil }
