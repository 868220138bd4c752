package says

// TellsOfRestoring looks for a sentence that gives notice of an identifier
// that is put back after it was deleted.
func TellsOfRestoring(t Text) bool { return false }
