package asks

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"diapason.dev/diapason"
)

// A BatchLedger tells what became of the lines of a list of addresses: Read is
// always the sum of Judged, Described, Refused and Blank, and Refused that of
// Reasons.
type BatchLedger struct {
	Read      int            `json:"read"` // lines
	Judged    int            `json:"judged"`
	Described int            `json:"described"` // read, and not judged to the end or for no purpose
	Refused   int            `json:"refused"`
	Blank     int            `json:"blank"` // empty lines, and those that begin with #
	Reasons   map[string]int `json:"reasons,omitempty"`
}

// Sums tells whether the ledger adds up.
func (l BatchLedger) Sums() bool {
	reasons := 0
	for _, n := range l.Reasons {
		reasons += n
	}
	return l.Read == l.Judged+l.Described+l.Refused+l.Blank && l.Refused == reasons
}

// The outcomes of a line.
const (
	LineJudged    = "judged"
	LineDescribed = "described"
	LineRefused   = "refused"
)

// A BatchLine is one address of a list, judged.
type BatchLine struct {
	Line    int // from 1
	Outcome string
	App     string  // redirect host: who asks; empty where none was seen
	Verdict Verdict // empty where the line was refused
	Err     error   // as Verdict of the catalogue returns it
}

// Batch judges a list of addresses, one a line, as it reads them, and hands
// every line that is not blank to each. as gives what holds for all: purposes, tier, page. It
// stops where each returns an error, and returns that; its own error is one of
// reading. Memory does not grow with the list.
func (c *Catalogue) Batch(r io.Reader, as Ask, each func(BatchLine) error) (BatchLedger, error) {
	var l BatchLedger
	in := bufio.NewReaderSize(r, 2*maxAddress)
	for {
		text, err := readLine(in)
		if err != nil && text == "" {
			if errors.Is(err, io.EOF) {
				return l, nil
			}
			return l, fmt.Errorf("read list of addresses, line %d: %w", l.Read+1, err)
		}
		if trimmed := strings.TrimSpace(text); trimmed == "" || trimmed[0] == '#' {
			l.Read++
			l.Blank++
			continue
		}
		as.URL = text
		if err := each(c.Line(as, &l)); err != nil {
			return l, err
		}
	}
}

// Line judges one request and enters it in a ledger.
func (c *Catalogue) Line(a Ask, l *BatchLedger) BatchLine {
	l.Read++
	line := BatchLine{Line: l.Read}
	if j, err := c.judge(a); err != nil {
		line.Err = err
	} else {
		line.App, line.Verdict, line.Err = j.app(), j.verdict, j.shortfall()
	}
	switch {
	case line.Err != nil && !errors.Is(line.Err, diapason.ErrIncomplete):
		line.Outcome = LineRefused
		l.Refused++
		if l.Reasons == nil {
			l.Reasons = map[string]int{}
		}
		l.Reasons[refusalOf(line.Err)]++
	case line.Err != nil || len(line.Verdict.Purposes) == 0:
		line.Outcome = LineDescribed
		l.Described++
	default:
		line.Outcome = LineJudged
		l.Judged++
	}
	return line
}

// readLine returns the next line without its end. Of a line that is longer than
// any request only the beginning is kept: too much of it to be read as one.
func readLine(in *bufio.Reader) (string, error) {
	head, err := in.ReadSlice('\n')
	text := string(head)
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = in.ReadSlice('\n')
	}
	return strings.TrimRight(text, "\r\n"), err
}

// A refusal is an input that is no request. kind is its message with gaps for
// what differs from one input to the next.
type refusal struct {
	kind string
	err  error
}

func (r *refusal) Error() string { return r.err.Error() }

func (r *refusal) Unwrap() error { return r.err }

var formatVerb = regexp.MustCompile(`%[a-z]`)

// refusalOf is the reason of an error for which a request was refused, the same for all
// inputs that were refused for it.
func refusalOf(err error) string {
	var r *refusal
	if !errors.As(err, &r) {
		return "another error"
	}
	_, what, _ := strings.Cut(r.kind, ": ")
	return formatVerb.ReplaceAllString(what, "…")
}
