package asks

import "strings"

// Sentence says one finding of the verdict in a sentence of its own.
func (v *Verdict) Sentence(f Finding) string {
	switch {
	case f.ID == "asks.missing":
		return "The request does not ask for `" + f.Scope + "`, which is needed to " + v.Aim + "."
	case f.ID == "asks.duration.cannot-work":
		return "The grant ends before what it waits for."
	case f.Scope == "":
		return "The request has a flaw: " + flawWords(strings.TrimPrefix(f.ID, "asks.request.")) + "."
	}
	for _, s := range v.Scopes {
		if s.ID == f.Scope {
			return "The request asks for `" + s.ID + "` (" + s.Class + "): " + s.Sentence + ". " + upperFirst(s.Why) + "."
		}
	}
	return f.ID
}

// flawWords is what a flaw of a request means to a reader.
func flawWords(flag string) string {
	for _, o := range oddityTexts {
		if o.flag == flag {
			return o.text
		}
	}
	if word, name, ok := strings.Cut(flag, ":"); ok && word == "duplicate-parameter" {
		return "`" + name + "` given more than once"
	}
	return flag
}
