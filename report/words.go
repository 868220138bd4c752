package report

import (
	"fmt"
	"html/template"
	"math"
	"strings"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/vocab"
)

// functions are what the page's templates call.
var functions = template.FuncMap{
	"voice": voice, "day": day, "clock": clock, "plural": plural, "join": and, "label": label, "name": name, "bits": bits, "span": span,
	"anchor": anchor, "mark": mark, "outcome": outcome, "number": number, "role": role, "class": class, "spans": spans, "joined": joined,
}

func voice(ch diapason.Channel) string {
	s := string(ch)
	if s == "" {
		return "All voices"
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func day(t time.Time) string {
	if t.IsZero() {
		return "an unknown day"
	}
	return t.UTC().Format("2 January 2006")
}

func clock(t time.Time) string {
	if t.IsZero() {
		return "?"
	}
	return t.UTC().Format("15:04")
}

// span tells from when to when, to the month: an export's days are a person's
// own.
func span(oldest, newest time.Time) string {
	const month = "2006-01"
	switch {
	case oldest.IsZero() && newest.IsZero():
		return ""
	case oldest.IsZero():
		return "to " + newest.UTC().Format(month)
	case newest.IsZero():
		return "from " + oldest.UTC().Format(month)
	case oldest.UTC().Format(month) == newest.UTC().Format(month):
		return newest.UTC().Format(month)
	}
	return oldest.UTC().Format(month) + " – " + newest.UTC().Format(month)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func and(list []string) string {
	switch n := len(list); n {
	case 0:
		return ""
	case 1:
		return list[0]
	default:
		return strings.Join(list[:n-1], ", ") + " and " + list[n-1]
	}
}

func or(list []string) string {
	switch n := len(list); n {
	case 0:
		return ""
	case 1:
		return list[0]
	default:
		return strings.Join(list[:n-1], ", ") + " or " + list[n-1]
	}
}

func label(x diapason.Term) string { return vocab.Default().Label(x) }

func name(p diapason.Party) string {
	switch {
	case p.Name != "":
		return p.Name
	case p.ID != "":
		return p.ID
	}
	return "an unknown receiver"
}

// role is what a party is to the service, for a reader.
func role(p diapason.Party) string {
	words := map[diapason.Role]string{
		diapason.RoleService: "the service itself", diapason.RolePartner: "partner", diapason.RoleProcessor: "works for the service",
		diapason.RoleAdvertiser: "advertising", diapason.RoleAnalytics: "audience measuring", diapason.RoleLabel: "label or rights holder",
		diapason.RoleBuyer: "data buyer",
	}
	word := words[p.Role]
	switch {
	case p.Relation == diapason.FirstParty:
		return words[diapason.RoleService]
	case word == "":
		word = "unknown"
	}
	if p.Relation == diapason.CloakedParty {
		word += ", behind a name of the service"
	}
	return word
}

func bits(score float64) string { return fmt.Sprintf("%.0f", math.Floor(score)) }

// anchor makes an id of a fingerprint.
func anchor(fingerprint string) string {
	return "f-" + strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '-'
	}, fingerprint)
}

// mark is a sign beside a severity's word: nothing is told by colour alone.
func mark(s diapason.Severity) string {
	switch s {
	case diapason.Critical:
		return "▲▲"
	case diapason.High:
		return "▲"
	case diapason.Medium:
		return "◆"
	}
	return "●"
}

func outcome(v diapason.Verdict) string {
	switch v.Outcome {
	case diapason.Pass:
		return "✓ passes"
	case diapason.Fail:
		what := fmt.Sprintf("≠ fails, %d %s", v.Findings, plural(v.Findings, "finding", "findings"))
		if v.Proposed {
			what += ", proposed: a person must confirm"
		}
		return what
	case diapason.Inconclusive:
		return "? could not tell"
	case diapason.NotApplicable:
		return "– does not apply"
	}
	return string(v.Outcome)
}

// class is a permission's class as a reader says it.
func class(c string) string {
	words := map[string]string{
		"needed": "● needed", "optional": "○ for a further purpose", "excess": "▲ more than needed", "disputed": "? disputed", "dormant": "– opens nothing now",
		"redundant": "– already covered", "unknown": "? not in our list", "not-current": "– no longer offered", "case-mismatch": "? misspelled", "described": "○ asked",
	}
	if w := words[c]; w != "" {
		return w
	}
	return c
}

// number groups thousands: 12,034.
func number(n int64) string {
	s := fmt.Sprint(n)
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// A piece is a part of a text: words, or a machine's name for something.
type piece struct {
	Text string
	Code bool
}

// spans splits a text at its backquotes, between which names stand.
func spans(text string) []piece {
	parts := strings.Split(text, "`")
	if len(parts)%2 == 0 { // one backquote has no partner: it is only a character
		return []piece{{Text: text}}
	}
	var list []piece
	for i, p := range parts {
		if p != "" {
			list = append(list, piece{p, i%2 == 1})
		}
	}
	return list
}
