package asks

import (
	"slices"
	"strconv"
	"strings"
)

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
		lines = append(lines, line+reviewed(r.Verdict, s.ID))
	}
	for _, id := range r.Verdict.Missing {
		lines = append(lines, "`missing` "+id+". This is needed and not asked for; it is told here and never added.")
	}
	for _, op := range r.Verdict.Unserved {
		lines = append(lines, "`unserved` "+op+". No app of the tier \""+r.Verdict.Tier+"\" can do this.")
	}
	return lines
}

// reviewed says who else must agree before the permission is given.
func reviewed(v Verdict, id string) string {
	var text string
	if slices.Contains(v.ApprovalRequired, id) {
		text += " " + v.ProviderName + " gives it only to apps that it has approved."
	}
	if slices.Contains(v.AdminConsent, id) {
		text += " An administrator of your organisation must agree to it."
	}
	if level := v.Privilege[id]; level > 0 {
		text += " " + v.ProviderName + " puts it at level " + strconv.Itoa(level) + " of 4."
	}
	return text
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
	{"client-other-name", "a consent page that names another app than the page you came from"},
	{"request-object", "demands in an object that cannot be read here"},
	{"accumulation", "it adds to whatever you granted before"},
	{"online-not-used", "it keeps its access after you close the page, although it could do without"},
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
		case word == "authorization-details-unreadable":
			parts = append(parts, "further demands in `authorization_details` that cannot be read")
		case strings.HasPrefix(f, "popup-"):
			parts = append(parts, "a window of "+strings.Replace(f[len("popup-"):], "x", " by ", 1)+", too small to show the list without scrolling")
		}
	}
	for _, d := range v.Demands {
		parts = append(parts, d.words())
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

// words says one entry of authorization_details.
func (d Demand) words() string {
	text := "a further demand of the type `" + d.Type + "`"
	if len(d.Actions) > 0 {
		text += " to " + join(d.Actions)
	}
	if len(d.DataTypes) > 0 {
		text += " on " + join(d.DataTypes)
	}
	if len(d.Locations) > 0 {
		text += " at " + join(d.Locations)
	}
	return text
}

// printed tells how many lines the consent page has, which is not how many
// permissions there are.
func printed(v Verdict) string {
	lines := plural(v.Lines.Count, "line")
	asked := plural(v.Requested, "permission")
	var text string
	switch v.Lines.Basis {
	case "observed":
		text = "The consent page printed " + lines + " for " + asked
		if v.Lines.Date != "" {
			text += " on " + v.Lines.Date
		}
	case "estimated":
		if v.Requested == 0 {
			return ""
		}
		text = "By what was seen up to " + v.Lines.Date + ", the consent page prints " + lines + " for " + asked
	default:
		return ""
	}
	return text + ": lines are not permissions."
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
	if !v.Undescribed {
		text += "; confidence " + v.Confidence
	}
	if n := len(v.Disputed); n > 0 {
		text += "; sources disagree on " + strconv.Itoa(n)
	}
	text += "."
	if v.Reach.Approximate {
		text += " The list was too long to be sure that the smallest set was found: approximate."
	}
	return text
}
