package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"diapason.dev/diapason"
	"diapason.dev/diapason/does"
)

// A passing is one way in which a visitor is passed on, and who does it.
type passing struct {
	Title string
	Lines []string // sentences with names between backquotes
}

// passings tells, way by way, who comes to know a visitor by what.
func passings(f does.Facts) []passing {
	var all []passing
	for _, p := range []passing{
		{"Names that one company knows from another", syncLines(f)},
		{"Companies behind a name of the service", cloakLines(f)},
		{"Sites that you are led through", bounceLines(f)},
		{"Names in the addresses of links", decorationLines(f)},
		{"Cookies that another company's script wrote", ghostLines(f)},
	} {
		if len(p.Lines) > 0 {
			all = append(all, p)
		}
	}
	return all
}

// syncWords are the ways of a sync, for a reader.
var syncWords = map[string]string{
	"location": "in a redirect", "url": "in the address of a request", "body": "in what a request carried", "header": "in a header of a request",
	"referer": "in the address of the page that a request came from", "cookie": "in a cookie of its own",
}

func syncLines(f does.Facts) []string {
	var lines []string
	for _, s := range f.Syncs {
		text := fmt.Sprintf("%s came to know you by the name that %s has for you (`%s`), %s", name(s.Receiver), name(s.Owner), s.Identifier, cmp.Or(syncWords[s.Way], s.Way))
		if len(s.Through) > 0 {
			text += " through " + and(s.Through)
		}
		if slices.ContainsFunc(s.Chain, func(step string) bool { return strings.HasPrefix(step, "hash:") }) {
			text += ", as a hash"
		}
		lines = append(lines, text+"."+when(s.Phases))
	}
	return lines
}

func cloakLines(f does.Facts) []string {
	var lines []string
	for _, c := range f.Cloaks {
		text := fmt.Sprintf("`%s` looks like a host of the service, and %s answers there: the name stands for `%s`.", c.Host, name(c.Party), strings.Join(c.Chain, "`, then `"))
		if len(c.Identifiers) > 0 {
			text += fmt.Sprintf(" It receives `%s`.", strings.Join(c.Identifiers, "`, `"))
		}
		if c.Listed != "" {
			text += " A filter list names it: " + c.Listed + "."
		}
		lines = append(lines, text)
	}
	return lines
}

func bounceLines(f does.Facts) []string {
	var lines []string
	for _, b := range f.Bounces {
		lines = append(lines, fmt.Sprintf("On the way from `%s` to `%s` the browser was led through `%s` without anybody asking for it, and something was stored or read there: `%s`.",
			b.From, b.To, b.Through, strings.Join(b.Touched, "`, `")))
	}
	return lines
}

func decorationLines(f does.Facts) []string {
	var lines []string
	for _, d := range f.Decorations {
		text := fmt.Sprintf("Links from `%s` to %s carry a value in “%s” that could tell one browser from 2^%s others", d.From, name(d.Party), d.Parameter, bits(d.Score))
		if d.Identifier != "" {
			text += fmt.Sprintf(": it is `%s`", d.Identifier)
		}
		lines = append(lines, text+"."+when(d.Phases))
	}
	return lines
}

// whenWords are the phases other than that of a person who chooses nothing.
var whenWords = map[diapason.Phase]string{
	diapason.P1: "after a refusal", diapason.P2: "after everything was accepted", diapason.P3: "after the agreement was taken back",
	diapason.P40: "with Global Privacy Control on", diapason.P41: "after a refusal with Global Privacy Control on",
	diapason.P42: "after everything was accepted with Global Privacy Control on", diapason.P6: "on a journey through the service",
}

// when is the sentence that tells in which phases something was seen; none for
// what was seen without any choice alone.
func when(phases []diapason.Phase) string {
	var words []string
	for _, p := range phases {
		if w := whenWords[p]; w != "" {
			words = append(words, w)
		}
	}
	switch {
	case len(words) == 0:
		return ""
	case len(words) < len(phases):
		return " It was seen before any choice, and " + and(words) + "."
	}
	return " It was seen " + and(words) + "."
}

func ghostLines(f does.Facts) []string {
	var lines []string
	for _, c := range f.Cookies {
		if c.Writer == nil {
			continue
		}
		line := fmt.Sprintf("“%s” of `%s` was written by a script of %s.", c.Name, c.Host, name(*c.Writer))
		if !slices.Contains(lines, line) { // seen in several phases
			lines = append(lines, line)
		}
	}
	return lines
}

// joined tells by what a company could join the visits to several sites.
func joined(l does.Link) string {
	text := map[string]string{
		"L3": "the same value on each", "L2": "a value and a hash of it", "L1": "a value of its own for each, which only the company can join",
		"L0": "no value; it sees the network address",
	}[l.Level]
	if l.MemoryOnly {
		text += ", until the browser quits"
	}
	return text
}

// passedOn prints who passes the visitor on.
func (p *printer) passedOn(f does.Facts) {
	all := passings(f)
	if len(all) == 0 {
		return
	}
	p.heading("Who passes you on")
	for _, way := range all {
		p.line(plainTone, "  ", "  ", way.Title)
		for _, l := range way.Lines[:min(len(way.Lines), mostPassed)] {
			p.line(faint, "    - ", "      ", strings.ReplaceAll(l, "`", ""))
		}
		if further := len(way.Lines) - mostPassed; further > 0 {
			p.line(faint, "      ", "      ", fmt.Sprintf("and %s in the report.", counted(further, "further one")))
		}
	}
}

// mostPassed is how many sentences of one way are printed on a terminal.
const mostPassed = 5
