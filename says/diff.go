package says

// Diff compares two texts by what they allow.
func Diff(older, newer Text) []Change { return nil }
