package holds

import "diapason.dev/diapason"

// Flows tells the items as flows of the service.
func Flows(items []Item, s diapason.Service) []diapason.Flow { return nil }
