package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"diapason.dev/diapason"
	"diapason.dev/diapason/accord"
	"diapason.dev/diapason/audit"
)

// A Screen is what a result is printed on.
type Screen struct {
	Width  int  // columns; below 40 counts as 40
	Colour bool // false where NO_COLOR is set, or where it is no terminal
}

// Terminal prints the result for a person: six lines that say it all, the rows
// that are out of tune, the findings worst first, who passes the visitor on,
// what could not be looked at, and what was not examined. Control characters in
// what others wrote are never passed on to the terminal.
func Terminal(w io.Writer, r *audit.Result, s Screen) error {
	p := &printer{w: bufio.NewWriter(w), width: max(s.Width, 40), colour: s.Colour}
	p.summary(r)
	p.table(r.Table)
	p.findings(r.Findings)
	p.passedOn(r.Facts.Does)
	p.gaps(r)
	if err := p.w.Flush(); err != nil {
		return fmt.Errorf("print report: %w", err)
	}
	return nil
}

// A printer writes wrapped lines.
type printer struct {
	w      *bufio.Writer
	width  int
	colour bool
}

// A tone is how a line is coloured, if it is.
type tone string

const (
	plainTone tone = ""
	bold      tone = "1"
	red       tone = "31;1"
	yellow    tone = "33"
	green     tone = "32"
	faint     tone = "2"
)

// line prints one text, wrapped; further lines start under indent.
func (p *printer) line(t tone, first, indent, text string) {
	for i, l := range wrap(clean(text), p.width-width(indent)) {
		head := indent
		if i == 0 {
			head = first
		}
		if p.colour && t != plainTone {
			l = "\x1b[" + string(t) + "m" + l + "\x1b[0m"
		}
		fmt.Fprintf(p.w, "%s%s\n", head, l)
	}
}

func (p *printer) heading(text string) {
	fmt.Fprintln(p.w)
	p.line(bold, "", "", text)
}

// summary is the six lines.
func (p *printer) summary(r *audit.Result) {
	c := r.Counts
	p.line(bold, "", "", r.Headline)
	parts := []string{
		fmt.Sprintf("%d %s", c.Fail, plural(c.Fail, "rule fails", "rules fail")), fmt.Sprintf("%d %s", c.Pass, plural(c.Pass, "passes", "pass")),
		fmt.Sprintf("%d could not tell", c.Inconclusive), fmt.Sprintf("%d %s a person", c.Proposed, plural(c.Proposed, "finding needs", "findings need")),
	}
	if c.NotApplicable > 0 {
		parts = append(parts, fmt.Sprintf("%d %s not apply", c.NotApplicable, plural(c.NotApplicable, "does", "do")))
	}
	p.line(plainTone, "", "", strings.Join(parts, " · "))
	p.line(plainTone, "", "", findingCounts(r.Findings))
	p.line(plainTone, "", "", looked(r))
	p.line(plainTone, "", "", gapCount(r))
	when := fmt.Sprintf("Looked at on %s, %s to %s UTC", day(r.Run.Started), clock(r.Run.Started), clock(r.Run.Ended))
	if r.Run.Browser != "" {
		when += " with " + r.Run.Browser
	}
	if r.Run.Partial {
		when += "; stopped before the end"
	}
	p.line(plainTone, "", "", when+".")
}

func findingCounts(fs []diapason.Finding) string {
	if len(fs) == 0 {
		return "No finding."
	}
	var parts []string
	for _, s := range severities(fs) {
		n := 0
		for _, f := range fs {
			if f.Severity == s {
				n++
			}
		}
		parts = append(parts, fmt.Sprintf("%d %s", n, s))
	}
	return fmt.Sprintf("%d %s: %s.", len(fs), plural(len(fs), "finding", "findings"), strings.Join(parts, ", "))
}

// looked tells for each voice how much was examined.
func looked(r *audit.Result) string {
	f := r.Facts
	requests := 0
	for _, v := range f.Does.Visits {
		requests += v.Requests
	}
	records := int64(0)
	for _, e := range f.Holds.Exports {
		records += e.Ledger.Read
	}
	words := map[diapason.Channel]string{
		diapason.Says: counted(len(f.Says.Documents), "text") + ", " + counted(len(f.Says.Practices), "statement"),
		diapason.Asks: counted(len(f.Asks.Requests), "request") + ", " + counted(len(f.Asks.Scopes), "permission"),
		diapason.Does: counted(len(f.Does.Visits), "visit") + ", " + counted(requests, "request"), diapason.Holds: counted(len(f.Holds.Exports), "export") + ", " + number(records) + " records",
	}
	var parts []string
	for _, ch := range diapason.Channels {
		word := words[ch]
		if !r.Run.Channels[ch] {
			word = "not examined"
		}
		parts = append(parts, fmt.Sprintf("%s: %s", voice(ch), word))
	}
	return strings.Join(parts, " · ")
}

func counted(n int, what string) string { return number(int64(n)) + " " + plural(n, what, what+"s") }

func gapCount(r *audit.Result) string {
	major, minor := 0, 0
	for _, g := range r.Gaps {
		if g.Minor {
			minor++
		} else {
			major++
		}
	}
	switch {
	case major > 0:
		return fmt.Sprintf("Incomplete: %s could not be looked at (below).", counted(major, "thing"))
	case minor > 0:
		return fmt.Sprintf("Everything that was asked for was looked at, but for %s (below).", counted(minor, "minor thing"))
	}
	return "Everything that was asked for was looked at."
}

// table prints the rows that are out of tune, and counts the others.
func (p *printer) table(t accord.Table) {
	if t.Out == 0 {
		return
	}
	p.heading("Out of tune")
	for _, r := range t.Rows {
		if r.Agrees {
			continue
		}
		var cells []string
		for _, c := range r.Cells {
			cells = append(cells, voice(c.Channel)+": "+c.Word)
		}
		p.line(red, "≠ ", "  ", r.Label)
		p.line(plainTone, "    ", "    ", strings.Join(cells, " · "))
		p.line(faint, "    ", "    ", r.Why)
	}
	if n := len(t.Rows) - t.Out; n > 0 {
		p.line(faint, "  ", "  ", fmt.Sprintf("%s in tune, and %d about which no voice has anything, are not printed here.", counted(n, "further kind")+" of data", t.Hidden))
	}
}

var tones = map[diapason.Severity]tone{diapason.Critical: red, diapason.High: red, diapason.Medium: yellow, diapason.Low: plainTone}

func (p *printer) findings(fs []diapason.Finding) {
	for _, s := range severities(fs) {
		p.heading(strings.ToUpper(string(s)))
		for _, f := range fs {
			if f.Severity == s {
				p.finding(f)
			}
		}
	}
}

func (p *printer) finding(f diapason.Finding) {
	tail := []string{f.Rule, string(f.Certainty)}
	if f.SeenIn != "" {
		tail = append(tail, f.SeenIn)
	}
	if f.Proposed {
		tail = append(tail, "proposed: a person must confirm")
	}
	p.line(tones[f.Severity], mark(f.Severity)+" ", "  ", f.Sentence)
	p.line(faint, "    ", "    ", strings.Join(tail, " · "))
	further := p.steps("You can", f.Remedy.Person) + p.steps("The service can", f.Remedy.Operator)
	if further > 0 {
		p.line(faint, "    ", "    ", fmt.Sprintf("%s in the report.", counted(further, "further step")))
	}
}

// steps prints the first thing to do, as far as it can be done from a
// terminal, and counts the rest.
func (p *printer) steps(who string, steps []diapason.Step) (further int) {
	if len(steps) == 0 {
		return 0
	}
	text := who + ": " + steps[0].Text
	if steps[0].Proved {
		text += " (proved in this run)"
	}
	p.line(plainTone, "    ", "      ", text)
	further = len(steps) - 1
	switch link := steps[0].Copy; {
	case strings.Contains(link, "\n"): // a letter is not for the terminal
		further++
	case link != "":
		fmt.Fprintf(p.w, "      %s\n", clean(link)) // never wrapped: it is to be copied
	}
	return further
}

func (p *printer) gaps(r *audit.Result) {
	if len(r.Gaps) > 0 {
		p.heading("Could not be looked at")
		for _, g := range r.Gaps {
			what := voice(g.Channel) + ": " + g.What
			if g.Minor {
				what += " (minor)"
			}
			p.line(yellow, "? ", "  ", what)
			p.line(plainTone, "    ", "    ", "Why: "+g.Why)
			if g.Next != "" {
				p.line(plainTone, "    ", "    ", "Next: "+g.Next)
			}
		}
	}
	if len(r.NotExamined) > 0 {
		p.heading("Not examined")
		for _, n := range r.NotExamined {
			p.line(plainTone, "- ", "  ", n)
		}
	}
}
