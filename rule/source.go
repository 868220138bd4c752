package rule

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"diapason.dev/diapason"
	"go.yaml.in/yaml/v3"
)

// A SourceError is something wrong at one place of a pack's file. It prints
// the line and a caret under the wrong word.
type SourceError struct {
	File         string
	Line, Column int    // from 1
	Text         string // the line itself
	Message      string
}

// Error shows the place, the message, the line and the caret.
func (e *SourceError) Error() string {
	var caret strings.Builder
	for i, r := range []rune(e.Text) {
		if i >= e.Column-1 {
			break
		}
		if r != '\t' {
			r = ' '
		}
		caret.WriteRune(r)
	}
	return fmt.Sprintf("%s:%d:%d: %s\n  %s\n  %s^", e.File, e.Line, e.Column, e.Message, e.Text, caret.String())
}

// Unwrap says that a broken pack is wrong usage.
func (e *SourceError) Unwrap() error { return diapason.ErrUsage }

// A source is one file of a pack with what was found wrong in it.
type source struct {
	name  string
	lines []string
	wrong []error
}

func newSource(name string, raw []byte) *source {
	return &source{name: name, lines: strings.Split(string(raw), "\n")}
}

// err is everything that is wrong with the file.
func (s *source) err() error { return errors.Join(s.wrong...) }

func (s *source) at(line, column int, format string, args ...any) {
	e := &SourceError{File: s.name, Line: max(line, 1), Column: max(column, 1), Message: fmt.Sprintf(format, args...)}
	if e.Line <= len(s.lines) {
		e.Text = s.lines[e.Line-1]
	}
	s.wrong = append(s.wrong, e)
}

// node says that something is wrong with a value.
func (s *source) node(n *yaml.Node, format string, args ...any) {
	s.at(n.Line, n.Column, format, args...)
}

var yamlLine = regexp.MustCompile(`line (\d+): (.*)`)

// yaml says what the YAML reader did not like.
func (s *source) yaml(err error) {
	found := yamlLine.FindAllStringSubmatch(err.Error(), -1)
	for _, m := range found {
		line, _ := strconv.Atoi(m[1])
		if strings.HasPrefix(m[2], "did not find expected") {
			line = min(line+1, len(s.lines)) // the library counts these from 0
		}
		column := 1
		if line >= 1 && line <= len(s.lines) {
			column += len(s.lines[line-1]) - len(strings.TrimLeft(s.lines[line-1], " "))
		}
		s.at(line, column, "%s", m[2])
	}
	if len(found) == 0 {
		s.at(1, 1, "%s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
}

// within says that something is wrong inside a text value, at a line (from 1)
// and a column (from 0) of that text.
func (s *source) within(n *yaml.Node, line, column int, format string, args ...any) {
	l, c := s.inside(n, line, column)
	s.at(l, c, format, args...)
}

// inside turns a place in a value into a place in the file. Where a value is
// folded or escaped the two differ, and the value's start is given.
func (s *source) inside(n *yaml.Node, line, column int) (int, int) {
	switch {
	case n.Style&yaml.LiteralStyle != 0:
		l := n.Line + line
		if l <= len(s.lines) {
			first := s.lines[min(n.Line, len(s.lines)-1)]
			return l, len(first) - len(strings.TrimLeft(first, " ")) + column + 1
		}
	case line == 1 && n.Line <= len(s.lines):
		text := []rune(s.lines[n.Line-1])
		start := n.Column - 1
		if n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 {
			start++
		}
		if start <= len(text) && strings.HasPrefix(string(text[start:]), n.Value) {
			return n.Line, start + column + 1
		}
	}
	return n.Line, n.Column
}
