package filter

import "strings"

// A lineKind is what a line of a list is.
type lineKind uint8

const (
	network lineKind = iota
	comment
	directive // !#if and the like
	cosmetic
)

// kindOf tells what a line is, before it is read as a rule.
func kindOf(line string) lineKind {
	if line == "" {
		return comment
	}
	switch line[0] {
	case '!':
		if strings.HasPrefix(line, "!#") {
			return directive
		}
		return comment
	case '[':
		if line[len(line)-1] == ']' && !strings.Contains(line, "#") { // [Adblock Plus 2.0]
			return comment
		}
	}
	hash := strings.IndexByte(line, '#')
	switch {
	case hash < 0:
		return network
	case isCosmetic(line[hash+1:]):
		return cosmetic
	case hash == 0: // as lists of hosts mark their comments
		return comment
	}
	return network
}

// isCosmetic tells whether a text that follows a # goes on to another one, with
// nothing but marks of a kind of cosmetic rule between: ## #@# #?# #$# #%# and
// so on.
func isCosmetic(s string) bool {
	for i := range min(len(s), 4) {
		switch s[i] {
		case '#':
			return true
		case '@', '?', '$', '%':
		default:
			return false
		}
	}
	return false
}

// conditions are the !#if that are open. A list tells by them which program a
// part is for.
type conditions struct {
	stack []condition
}

type condition struct {
	text   string
	holds  bool
	orElse bool // past its !#else
	unread bool // then neither part is for us
}

// read takes a directive. A reason says why a part of the list may be missing.
func (o *conditions) read(line string) (reason string) {
	word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	switch word {
	case "!#if":
		holds, ok := evaluate(rest)
		o.stack = append(o.stack, condition{text: line, holds: holds, unread: !ok})
	case "!#else":
		if n := len(o.stack); n > 0 && !o.stack[n-1].orElse {
			c := &o.stack[n-1]
			c.holds, c.orElse, c.text = !c.holds, true, "!#else of "+c.text
		}
	case "!#endif":
		if n := len(o.stack); n > 0 {
			o.stack = o.stack[:n-1]
		}
	case "!#include":
		return "a part that stands in another file"
	}
	return ""
}

// closed says why the part of the list that follows is not for us; empty if it
// is.
func (o *conditions) closed() (reason string) {
	for _, c := range o.stack {
		switch {
		case c.unread:
			return "a condition that cannot be read: " + c.text
		case !c.holds:
			return "for another program: " + c.text
		}
	}
	return ""
}

// We read a list as uBlock Origin in a desktop Chromium reads it.
var holding = map[string]bool{"true": true, "ext_ublock": true, "env_chromium": true}

// evaluate evaluates a condition: names, !, && and ||; && binds closer. It does
// not read parentheses, but around the whole.
func evaluate(s string) (holds, ok bool) {
	s = strings.TrimSpace(s)
	if inner, found := strings.CutPrefix(s, "("); found && strings.HasSuffix(inner, ")") {
		s = inner[:len(inner)-1]
	}
	if s == "" || strings.ContainsAny(s, "()") {
		return false, false
	}
	for either := range strings.SplitSeq(s, "||") {
		all := true
		for name := range strings.SplitSeq(either, "&&") {
			name, negated := strings.CutPrefix(strings.TrimSpace(name), "!")
			all = all && holding[strings.TrimSpace(name)] != negated
		}
		holds = holds || all
	}
	return holds, true
}
