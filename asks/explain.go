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
// Everything in it can be counted again from the request and its scopes.
// Scopes of other requests are passed over.
func Explain(r Request, scopes []Scope) []string {
	var own []Scope
	for _, s := range scopes {
		if s.Request == r.ID {
			own = append(own, s)
		}
	}
	slices.SortStableFunc(own, bySeverity)
	text := append(opening(r, own), lastingText(r)...)
	text = append(text, rows(r, own)...)
	if also := oddities(r); also != "" {
		text = append(text, also)
	}
	if last := grounds(r); last != "" {
		text = append(text, last)
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
	switch v := r.Verdict; {
	case slices.Contains(r.Flaws, "host-lookalike"):
		return []string{"This address only looks like that of a service you know: it leads elsewhere. Do not sign in there."}
	case v.Provider == "":
		return []string{
			"It asks for " + plural(v.Requested, "permission") + " of a service that is not in the catalogue.",
			"What they open is not known here, so nothing about them is judged.",
		}
	case !r.Inspectable:
		return []string{"What it asks for cannot be seen in the address, so nothing is judged."}
	case v.Aim == "":
		return append([]string{"It asks for " + plural(v.Requested, "permission") +
			". No purpose was given, so what they open is told and not judged."}, rest(r, own)...)
	}
	return append([]string{first(r.Verdict)}, rest(r, own)...)
}

// first is the sentence with the purpose and the two counts.
func first(v Verdict) string {
	need := plural(len(v.Minimal), "permission")
	if len(v.Minimal) == 0 {
		need = "no permission"
	}
	text := "To " + v.Aim + ", this needs " + need + ". It asks for " + strconv.Itoa(v.Requested) + "."
	if n := len(v.Missing); n > 0 {
		text += " Of what it needs, " + strconv.Itoa(n) + " " + be(n) + " not asked for."
	}
	if len(v.Unserved) > 0 {
		text += " Part of this cannot be done by an app of the tier \"" + v.Tier + "\" at all."
	}
	return text
}

func be(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// rest is the sentence on what everything beyond the need opens.
func rest(r Request, own []Scope) []string {
	var things []thing
	needed, beyond := 0, 0
	for _, s := range own {
		switch {
		case s.Class == classNeeded:
			needed++
			continue
		case opensSomething(s):
			things = appendThings(things, s)
		}
		beyond++
	}
	lasting := duration(r.Verdict)
	switch {
	case len(own) == 0:
		return []string{"Every app still sees your public profile."}
	case beyond == 0:
		return trim("It asks for nothing beyond that." + sentence(" The grant lasts", lasting) + ending(r.Verdict))
	case len(things) == 0:
		return trim("What the rest opens is not known, or nothing." + sentence(" The grant lasts", lasting) + ending(r.Verdict))
	}
	text := subject(needed, beyond) + " it " + actions(things)
	if lasting != "" {
		text += " - for " + lasting
	}
	return []string{text + "." + ending(r.Verdict)}
}

// A thing is one thing to see or to do.
type thing struct {
	text string
	act  bool
}

func appendThings(things []thing, s Scope) []thing {
	for _, one := range []thing{{s.See, false}, {s.Do, true}} {
		if one.text != "" && !slices.Contains(things, one) {
			things = append(things, one)
		}
	}
	return things
}

func trim(s string) []string { return []string{strings.TrimSpace(s)} }

func opensSomething(s Scope) bool {
	return s.Class == classExcess || s.Class == classDescribed || s.Class == classOptional || s.Class == classDisputed
}

func duration(v Verdict) string {
	if v.GrantLife == "" || !v.PersistentAccess {
		return ""
	}
	return "up to " + v.GrantLife
}

func sentence(head, tail string) string {
	if tail == "" {
		return ""
	}
	return head + " " + tail + "."
}

func ending(v Verdict) string { return sentence(" You can end it at", v.EndAt) }

func subject(needed, beyond int) string {
	switch {
	case needed > 0 && beyond == 1:
		return "The other lets"
	case needed > 0:
		return "The other " + strconv.Itoa(beyond) + " let"
	case beyond == 1:
		return "It lets"
	}
	return "They let"
}

// actions says what can be seen and done: the worst maxItems things, and how
// many there are besides.
func actions(things []thing) string {
	more := len(things) - maxItems
	var see, do []string
	for _, one := range things[:min(len(things), maxItems)] {
		if one.act {
			do = append(do, one.text)
		} else {
			see = append(see, one.text)
		}
	}
	var parts []string
	if len(see) > 0 {
		parts = append(parts, "see "+join(see))
	}
	if len(do) > 0 {
		parts = append(parts, join(do)+" for you")
	}
	text := strings.Join(parts, "; and ")
	if more > 0 {
		text += "; and " + strconv.Itoa(more) + " more"
	}
	return text
}

// rows is one line for each permission: class, what it opens, why it is needed or not.
func rows(r Request, own []Scope) []string {
	var lines []string
	said := map[string]bool{}
	for _, s := range own {
		class := s.Class
		if s.Severity != "" {
			class += ", " + string(s.Severity)
		}
		line := "`" + class + "` " + s.Sentence
		switch {
		case s.Class == classNeeded:
			line += " (" + s.Why + ")."
		case said[s.Why] || s.Class == classDescribed:
			line += "."
		default:
			line += ". " + upperFirst(s.Why) + "."
		}
		said[s.Why] = true
		if s.Narrower != "" {
			line += " `" + strings.ReplaceAll(s.Narrower, " ", "` and `") + "` would do and opens less."
		}
		lines = append(lines, line)
	}
	for _, id := range r.Verdict.Missing {
		lines = append(lines, "`missing` "+id+". This is needed and not asked for.")
	}
	for _, op := range r.Verdict.Unserved {
		lines = append(lines, "`unserved` "+op+". No app of the tier \""+r.Verdict.Tier+"\" can do this.")
	}
	return lines
}

// oddity is what one flag means to a reader.
type oddity struct{ flag, text string }

var oddityTexts = []oddity{
	{"host-lookalike", "an address that pretends to be another"},
	{"authorize-http", "an address without encryption"},
	{"implicit-grant", "the access is handed out in the address of a page"},
	{"pkce-absent", "no PKCE"},
	{"pkce-plain", "PKCE without a hash"},
	{"state-absent", "no `state`"},
	{"state-constant", "the same `state` in both visits"},
	{"state-predictable", "a `state` that stands in the page's own address"},
	{"state-structured-json", "a `state` that anyone can read"},
	{"state-weak-random", "a `state` short enough to guess"},
	{"state-personal", "an e-mail address in `state`"},
	{"redirect-http", "an answer that travels without encryption"},
	{"redirect-http-localhost", "an answer that goes to a program on your own machine"},
	{"redirect-other-domain", "an answer that goes to another domain than the page's"},
	{"token-in-redirect-query", "a secret in the address that the answer goes to"},
	{"request-object", "demands in an object that cannot be read here"},
	{"authorization-details", "further demands in `authorization_details`"},
	{"accumulation", "it adds to whatever you granted before"},
	{"double-encoded", "a list that is encoded twice"},
	{"html-entities", "an address with markup in it"},
	{"separator-not-space", "a list that is not separated by spaces"},
	{"separator-not-comma", "a list that is not separated by commas"},
	{"irregular-whitespace", "stray white space"},
	{"leading-or-trailing-space", "white space around the list"},
	{"duplicate-scope", "a permission named twice"},
	{"state-not-visible", "the address was not seen, so `state` and PKCE were not checked"},
	{"asks-again", "it shows you the question every time, which is good"},
}

// oddities lists what else there is to tell about the request.
func oddities(r Request) string {
	v := r.Verdict
	all := slices.Concat(v.URLFlags, v.ParseFlags)
	var parts []string
	for _, o := range oddityTexts {
		if slices.Contains(all, o.flag) {
			parts = append(parts, o.text)
		}
	}
	for _, f := range all {
		word, detail, _ := strings.Cut(f, ":")
		switch {
		case word == "unknown-param":
			text := "`" + detail + "`, which the provider does not know"
			if near := v.Suggestions[detail]; near != "" {
				text += " (did you mean `" + near + "`?)"
			}
			parts = append(parts, text)
		case word == "duplicate-parameter":
			parts = append(parts, "`"+detail+"` given more than once")
		case strings.HasPrefix(f, "popup-"):
			parts = append(parts, "a window of "+strings.Replace(f[len("popup-"):], "x", " by ", 1)+", too small to show the list without scrolling")
		}
	}
	for _, red := range v.Redundant {
		parts = append(parts, "`"+red.Scope+"` opens the same calls as `"+red.By+"`, perhaps not the same fields")
		if red.Basis == "implies" {
			parts[len(parts)-1] = "`" + red.By + "` already holds `" + red.Scope + "`"
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "Also: " + strings.Join(parts, "; ") + "."
}

// grounds says what the reading rests on.
func grounds(r Request) string {
	v := r.Verdict
	if v.Provider == "" {
		return ""
	}
	text := "Read with the catalogue of " + v.Catalogue
	if v.Tier != "" {
		text += ", for an app of the tier \"" + v.Tier + "\""
	}
	text += "; confidence " + v.Confidence + "."
	if v.Reach.Approximate {
		text += " The list was too long to be sure that the smallest set was found: approximate."
	}
	return text
}
