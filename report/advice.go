package report

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strings"

	"diapason.dev/diapason"
	"diapason.dev/diapason/audit"
	"diapason.dev/diapason/remedy"
)

// Advice prints for a person what can be done about what a result shows: the
// same that the page tells under "What you can do". List is the file to which
// the blocklist was written; empty if it was not.
func Advice(w io.Writer, r *audit.Result, list string, s Screen) error {
	p := &printer{w: bufio.NewWriter(w), width: max(s.Width, 40), colour: s.Colour}
	p.line(bold, "", "", fmt.Sprintf("What can be done about what was seen of %s", r.Service.Name))
	p.line(plainTone, "", "", fmt.Sprintf("Run %s, looked at on %s.", r.Run.ID, day(r.Run.Started)))
	p.tasks("What you can do", r.Remedies.Person)
	p.tasks("What the service can do", r.Remedies.Operator)
	p.blocklist(r.Remedies.Blocklist, list)
	if len(r.Remedies.Person)+len(r.Remedies.Operator) == 0 {
		p.line(plainTone, "", "", "There is nothing to do about what was seen. What was not looked at, diapason judge tells.")
	}
	if err := p.w.Flush(); err != nil {
		return fmt.Errorf("print advice: %w", err)
	}
	return nil
}

// AdviceJSON writes advice as indented JSON, as the report's schema describes
// it under "remedies". A list without entries is [], never null.
func AdviceJSON(w io.Writer, a remedy.Advice) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(filled(reflect.ValueOf(a)).Interface()); err != nil {
		return fmt.Errorf("write advice as JSON: %w", err)
	}
	return nil
}

func (p *printer) tasks(title string, all []remedy.Task) {
	if len(all) == 0 {
		return
	}
	p.heading(title)
	for _, t := range all {
		where := ""
		if t.Where != "" {
			where = t.Where + ": "
		}
		fmt.Fprintln(p.w)
		p.line(bold, "• ", "  ", where+t.Against)
		if len(t.Rules) > 0 {
			p.line(faint, "  ", "  ", "about "+strings.Join(t.Rules, ", "))
		}
		for i, s := range t.Steps {
			p.adviceStep(i+1, s)
		}
	}
}

func (p *printer) adviceStep(n int, s diapason.Step) {
	head := fmt.Sprintf("  %d. ", n)
	indent := strings.Repeat(" ", len(head))
	text := s.Text
	if s.Proved {
		text += " (proved in this run, visit " + s.Proof + ")"
	}
	p.line(plainTone, head, indent, text)
	for l := range strings.SplitSeq(s.Copy, "\n") {
		if s.Copy != "" {
			// To copy as it is: never wrapped.
			fmt.Fprintln(p.w, strings.TrimRight(indent+"    "+clean(l), " "))
		}
	}
}

func (p *printer) blocklist(b remedy.Blocklist, file string) {
	if len(b.Blocks)+len(b.Left) == 0 && file == "" {
		return
	}
	p.heading("The blocklist")
	if len(b.Blocks) == 0 {
		p.line(plainTone, "", "", "No rule: nothing that a list could stop was seen to track.")
	} else {
		p.line(plainTone, "", "", b.Check.String())
	}
	for _, x := range b.Blocks {
		p.line(plainTone, "  ", "    ", x.Rule)
	}
	for _, l := range b.Left {
		p.line(faint, "- ", "  ", "Left alone: "+l.What+": "+l.Why+".")
	}
	if file != "" {
		p.line(bold, "", "", "Written to "+file+".")
		return
	}
	p.line(faint, "", "", "To write it to a file: --blocklist FILE.")
}
