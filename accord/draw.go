package accord

import (
	"diapason.dev/diapason"
	"diapason.dev/diapason/asks"
	"diapason.dev/diapason/holds"
	"diapason.dev/diapason/says"
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

// Draw makes the table of a report.
func Draw(d Drawing) Table { return Table{} }
