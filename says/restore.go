package says

// Words of a notice that an identifier is put back after it was deleted.
var (
	restores    = set("restore restores restored restoring recreate recreates recreated reinstate reinstates reinstated regenerate regenerated respawn respawns respawned revive revives revived reconstruct reconstructed")
	deletions   = set("delete deletes deleted deleting clear clears cleared clearing remove removes removed removing erase erased erasing deletion")
	identifiers = set("cookie cookies identifier identifiers id ids etag storage")
)

// TellsOfRestoring looks for a sentence that gives notice of an identifier
// that is restored after a person deleted it: "If you delete our cookies, we
// may restore them from other storage". A sentence that denies it is none.
func TellsOfRestoring(t Text) bool {
	in := read(t)
	if in.why != "" {
		return false
	}
	for _, sen := range sentences(tokenize(in.text, span{0, len(in.text)})) {
		at := restoring(sen)
		if at < 0 || anyOf(sen, 0, len(sen), deletions) < 0 || anyOf(sen, 0, len(sen), identifiers) < 0 {
			continue
		}
		if !deniedBefore(sen, at) {
			return true
		}
	}
	return false
}

// restoring is where a sentence speaks of putting something back, -1 if it
// does not.
func restoring(sen []token) int {
	if i := anyOf(sen, 0, len(sen), restores); i >= 0 {
		return i
	}
	for i := range sen {
		if hasAt(sen, i, "re", "create") || hasAt(sen, i, "re", "created") || hasAt(sen, i, "put", "back") || hasAt(sen, i, "set", "again") || hasAt(sen, i, "put", "it", "back") || hasAt(sen, i, "put", "them", "back") {
			return i
		}
	}
	return -1
}

// deniedBefore tells a denial in the few words before a verb.
func deniedBefore(sen []token, at int) bool {
	for i := max(0, at-5); i < at; i++ {
		if negates(sen[i]) {
			return true
		}
	}
	return false
}
