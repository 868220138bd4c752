package diapason

import "unique"

// Shared gives a text that equals the given one and uses the same memory as
// every other that does, for as long as one of them is in use. The visits of
// an audit get the same scripts over and over.
func Shared(text string) string { return unique.Make(text).Value() }
