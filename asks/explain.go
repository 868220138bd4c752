package asks

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// maxItems is how many things the second sentence names before it counts the rest.
const maxItems = 6

// Explain puts a verdict into plain sentences: first what the purpose needs and
// how much is asked, then what the rest lets its holder see and do, for how
// long, and where that is ended; then a line for each permission, and what else
// is odd about the request. Names of permissions do not appear in the first two
// sentences; classes and parameters stand between backquotes. A reason that
// holds for several lines is said in the first of them.
//
// Everything in it can be counted again from the request and its scopes: a
// thing is one different text under see or do of the scopes that are not
// needed, and one that says the same with less is not counted beside one that
// says more. Scopes of other requests are passed over.
func Explain(r Request, scopes []Scope) []string {
	var own []Scope
	for _, s := range scopes {
		if s.Request == r.ID {
			own = append(own, s)
		}
	}
	slices.SortStableFunc(own, bySeverity)
	text := append(opening(r, own), lastingText(r)...)
	if r.Inspectable {
		text = append(text, rows(r, own)...)
	}
	for _, more := range []string{oddities(r), printed(r.Verdict), grounds(r)} {
		if more != "" {
			text = append(text, more)
		}
	}
	return text
}

// classOrder is the order of the lines; what is in excess comes worst first.
var classOrder = []string{
	classNeeded, classExcess, classDescribed, classOptional, classDisputed, classDormant,
	classNotCurrent, classCase, classUnknown,
}

var groupOrder = []string{"account", "activity", "actions", "partner", "unknown"}

func bySeverity(a, b Scope) int {
	return cmp.Or(
		cmp.Compare(slices.Index(classOrder, a.Class), slices.Index(classOrder, b.Class)),
		cmp.Compare(b.Severity.Rank(), a.Severity.Rank()),
		cmp.Compare(slices.Index(groupOrder, a.Group), slices.Index(groupOrder, b.Group)),
	)
}

func opening(r Request, own []Scope) []string {
	count := "It asks for " + plural(r.Verdict.Requested, "permission")
	switch v := r.Verdict; {
	case v.LooksLike != "":
		return []string{"This address only looks like " + v.LooksLike + "'s: it leads elsewhere. Do not sign in there."}
	case v.Provider == "":
		return []string{
			count + " of a service that is not in the catalogue.",
			"What they open is not known here, so nothing about them is judged.",
		}
	case !r.Inspectable:
		return []string{"What it asks for cannot be seen in the address, so nothing is judged. Open nothing before you know the list."}
	case v.Undescribed:
		return []string{
			count + " of " + v.ProviderName + ".",
			"The catalogue knows how " + v.ProviderName + " is asked and not what its permissions open, so nothing about them is judged." + ending(v),
		}
	case v.Aim == "":
		return append([]string{count + everything(v) + ". No purpose was given, so what it opens is told and not judged."}, rest(r, own)...)
	}
	return append([]string{first(r.Verdict)}, rest(r, own)...)
}

// first is the sentence with the purpose and the two counts.
func first(v Verdict) string {
	if len(v.Minimal) == 0 && len(v.Unserved) > 0 {
		return "An app of the tier \"" + v.Tier + "\" cannot " + v.Aim + " at all, whatever it is allowed. It asks for " + strconv.Itoa(v.Requested) + "."
	}
	need := plural(len(v.Minimal), "permission")
	if len(v.Minimal) == 0 {
		need = "no permission"
	}
	text := "To " + v.Aim + ", this needs " + need + ". It asks for " + strconv.Itoa(v.Requested) + everything(v)
	switch n := len(v.Missing); {
	case n > 0 && n == len(v.Minimal):
		text += ", and not for what it needs"
	case n > 0:
		text += ", and leaves out " + strconv.Itoa(n) + " that it needs"
	}
	text += "."
	if len(v.Unserved) > 0 {
		text += " Part of this cannot be done by an app of the tier \"" + v.Tier + "\" at all."
	}
	return text
}

// everything says that a provider leaves no choice.
func everything(v Verdict) string {
	if !v.CannotBeNarrowed {
		return ""
	}
	return ", which is everything that " + v.ProviderName + " gives and cannot be narrowed"
}

// rest is the sentence on what everything beyond the need opens; of a provider
// that leaves no choice, on everything.
func rest(r Request, own []Scope) []string {
	v := r.Verdict
	var things []thing
	needed, beyond := 0, 0
	for _, s := range own {
		if s.Class == classNeeded && !v.CannotBeNarrowed {
			needed++
			continue
		}
		if beyond++; opensSomething(s) || s.Class == classNeeded {
			things = appendThings(things, s)
		}
	}
	lasting := duration(v)
	var text string
	switch {
	case len(own) == 0 && slices.Contains(manifestKinds, r.Provider):
		return []string{"Nothing is asked of you."}
	case len(own) == 0:
		return []string{"Every app still sees your public profile."}
	case len(things) > 0:
		text = subject(needed, beyond) + " it " + actions(things)
		if lasting != "" {
			text += " - " + lasting
		}
		text += "." + closed(own, " of them")
	default:
		switch {
		case beyond == 0:
			text = "It asks for nothing beyond that."
		case needed > 0:
			text = closed(own, " more")
		default:
			text = closed(own, "")
		}
		if lasting != "" {
			text += " The grant lasts " + lasting + "."
		}
	}
	text = strings.TrimSpace(text + ending(v))
	if len(v.Instead) > 0 {
		text += " To do it without giving anything: " + strings.Join(v.Instead, "; and ") + "."
	}
	return []string{text}
}

// closed counts what opens nothing, or of which it is not known. who stands
// behind the number.
func closed(own []Scope, who string) string {
	counts := map[string]int{}
	for _, s := range own {
		counts[s.Class]++
	}
	var text string
	for _, one := range []struct {
		n          int
		many, only string
	}{
		{counts[classDormant], " open nothing for this kind of app.", " opens nothing for this kind of app."},
		{counts[classNotCurrent], " are not given to apps like this one today.", " is not given to apps like this one today."},
		{counts[classUnknown] + counts[classCase], " are not in the catalogue, so what they open is not known.", " is not in the catalogue, so what it opens is not known."},
	} {
		switch {
		case one.n == 1:
			text += " 1" + who + one.only
		case one.n > 1:
			text += " " + strconv.Itoa(one.n) + who + one.many
		}
	}
	return text
}

// A thing is one thing to see, to do for a person, or to keep.
type thing struct {
	text string
	kind int
}

const (
	toSee = iota
	toDo
	toKeep
)

// appendThings adds what a scope opens. Of two things of which one says the
// other and more, the one that says more stays, in the place of the first.
func appendThings(things []thing, s Scope) []thing {
	do := toKeep
	for _, effect := range s.Effects {
		if slices.Contains([]string{"act", "delete", "control"}, effect) {
			do = toDo
		}
	}
	for _, one := range []thing{{s.See, toSee}, {s.Do, do}} {
		if one.text == "" {
			continue
		}
		at := slices.IndexFunc(things, func(t thing) bool { return t.kind == one.kind && (t.saysMore(one) || one.saysMore(t)) })
		switch {
		case at < 0:
			things = append(things, one)
		case one.saysMore(things[at]):
			things[at] = one
		}
	}
	return things
}

func (t thing) saysMore(than thing) bool {
	return t.text == than.text || strings.HasPrefix(t.text, than.text+" and ")
}

func opensSomething(s Scope) bool {
	return s.Class == classExcess || s.Class == classDescribed || s.Class == classOptional || s.Class == classDisputed
}

func duration(v Verdict) string {
	switch {
	case !v.PersistentAccess:
		return ""
	case v.GrantLife != "":
		return "for up to " + v.GrantLife
	case v.EndAt != "":
		return "until you end it at " + v.EndAt
	}
	return "until you end it"
}

func ending(v Verdict) string {
	if v.EndAt == "" || v.PersistentAccess && v.GrantLife == "" {
		return ""
	}
	return " You can end it at " + v.EndAt + "."
}

func subject(needed, beyond int) string {
	switch {
	case needed > 0 && beyond == 1:
		return "The other one lets"
	case needed > 0:
		return "The other " + strconv.Itoa(beyond) + " let"
	case beyond == 1:
		return "This lets"
	}
	return "These let"
}

// actions says what can be seen and done: the worst maxItems things, and how
// many there are besides.
func actions(things []thing) string {
	more := len(things) - maxItems
	var kinds [3][]string
	for _, one := range things[:min(len(things), maxItems)] {
		kinds[one.kind] = append(kinds[one.kind], one.text)
	}
	var parts []string
	if see := kinds[toSee]; len(see) > 0 {
		parts = append(parts, "see "+join(see))
	}
	if do := kinds[toDo]; len(do) > 0 {
		parts = append(parts, join(do)+" for you")
	}
	if keep := kinds[toKeep]; len(keep) > 0 {
		parts = append(parts, join(keep))
	}
	text := strings.Join(parts, "; and ")
	if more > 0 {
		text += "; and " + strconv.Itoa(more) + " more"
	}
	return text
}
