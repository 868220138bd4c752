package holds

import (
	"context"

	"diapason.dev/diapason"
)

// An Event is one thing that a person did, or that was noted about them.
type Event struct{}

// Read reads an export in place.
func Read(ctx context.Context, path string, each func(Event) error) (Export, []Item, []diapason.Gap, error) {
	return Export{}, nil, nil, diapason.ErrIncomplete
}
