package asks

import (
	"cmp"
	"reflect"
	"slices"
)

// stateKind names what a request's state is.
func stateKind(found flags) string {
	for _, kind := range []struct{ flag, word string }{
		{"state-absent", "absent"},
		{"state-constant", "constant"},
		{"state-predictable", "predictable"},
		{"state-structured-json", "structured"},
		{"state-weak-random", "weak"},
	} {
		if found.has(kind.flag) {
			return kind.word
		}
	}
	return "random"
}

func proofKind(url string) string {
	a := readAddress(url)
	method, _ := a.get("code_challenge_method")
	switch challenge, _ := a.get("code_challenge"); {
	case challenge == "":
		return "absent"
	case method == "S256":
		return "S256"
	}
	return "plain"
}

// changes lists what is different about a request, in the order of a report.
func changes(before, after *Seen) []Change {
	list := []Change{}
	differ := func(what, was, is string) {
		if was != is {
			list = append(list, Change{What: what, Before: was, After: is})
		}
	}
	lists := func(what string, was, is []string) {
		ch := Change{What: what, Added: beyond(is, was), Removed: beyond(was, is)}
		if len(ch.Added)+len(ch.Removed) > 0 {
			list = append(list, ch)
		}
	}
	lists("scopes", before.ids(), after.ids())
	if before.Words != "" && after.Words != "" {
		differ("words", before.Words, after.Words)
	}
	if before.Lines != nil && after.Lines != nil {
		lists("lines", before.Lines, after.Lines)
	}
	if before.client != after.client { // of a client's name only its length is kept
		list = append(list, Change{What: "client", Before: clientWords(before.client), After: "another " + clientWords(after.client)})
	}
	differ("redirect-host", before.Request.App, after.Request.App)
	if before.Request.Page != "" && after.Request.Page != "" {
		differ("page", before.Request.Page, after.Request.Page)
	}
	differ("persistence", persistence(before), persistence(after))
	differ("state", before.State, after.State)
	differ("pkce", before.PKCE, after.PKCE)
	return list
}

func clientWords(client string) string {
	return "client of " + plural(len([]rune(client)), "character")
}

func persistence(s *Seen) string {
	if s.Request.Verdict.PersistentAccess {
		return "lasting"
	}
	return "for the visit"
}

func (s *Seen) ids() []string {
	var ids []string
	for _, sc := range s.Scopes {
		ids = append(ids, sc.ID)
	}
	return ids
}

// beyond lists what is in a and not in b.
func beyond(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return slices.Contains(b, s) })
}

// blameCatalogue finds the comparison whose older request the recorded verdict
// is about, and lists how it is judged otherwise now.
func blameCatalogue(all []Drift, recorded *Verdict) error {
	var own *Drift
	for i := range all {
		if d := &all[i]; d.Before != nil && d.Provider == recorded.Provider && sameScopes(d.Before.Request.Verdict, *recorded) {
			own = d
			break
		}
	}
	if own == nil {
		return badAsk("give the verdict that was recorded on the older capture", "compare permission requests: the recorded verdict is on another request")
	}
	now := own.Before.Request.Verdict
	if !slices.Equal(now.Purposes, recorded.Purposes) || !slices.Equal(now.Also, recorded.Also) || now.Tier != recorded.Tier {
		return badAsk("compare for the same purposes: "+cmp.Or(join(recorded.Purposes), "none"),
			"compare permission requests: the recorded verdict is for other purposes or another tier")
	}
	if recorded.Digest == now.Digest && !reflect.DeepEqual(recorded.Scopes, now.Scopes) {
		return badAsk("judge the older capture again", "compare permission requests: the recorded verdict differs and was made with this very catalogue")
	}
	for _, was := range recorded.Scopes {
		for _, is := range now.Scopes {
			if was.ID == is.ID && was.Class != is.Class {
				own.ByCatalogue = append(own.ByCatalogue, Change{What: "class of " + is.ID, Before: was.Class, After: is.Class})
			}
		}
	}
	for _, l := range []struct {
		what    string
		was, is []string
	}{{"minimal", recorded.Minimal, now.Minimal}, {"missing", recorded.Missing, now.Missing}} {
		if added, removed := beyond(l.is, l.was), beyond(l.was, l.is); len(added)+len(removed) > 0 {
			own.ByCatalogue = append(own.ByCatalogue, Change{What: l.what, Added: added, Removed: removed})
		}
	}
	return nil
}

func sameScopes(a, b Verdict) bool {
	return slices.EqualFunc(a.Scopes, b.Scopes, func(x, y ScopeVerdict) bool { return x.ID == y.ID })
}
