package accord

import (
	"diapason.dev/diapason"
	"diapason.dev/diapason/says"
)

// Hold gives a verdict on every flow that was seen, requested or held.
func Hold(flows []diapason.Flow, f says.Facts, saysExamined bool) []Pair { return nil }
