package filter

import (
	"regexp"
	"strings"
)

// A builder reads lists, line by line, into rules.
type builder struct {
	lists   []List
	counts  []Counts
	skipped []Skipped
	hosts   hostsBuilder
	regexes []*regexp.Regexp

	blocks, excepts []ranked
	bad             []ranked
}

// ranked is a rule with what a badfilter rule compares beyond it.
type ranked struct {
	rule
	except    bool
	important bool
	redirect  string
}

func newBuilder(lists []List) *builder {
	return &builder{
		lists: lists, counts: make([]Counts, len(lists)),
		hosts: hostsBuilder{known: map[string]uint32{}},
	}
}

// read takes all lines of a list.
func (b *builder) read(list int) {
	text := b.lists[list].Text
	var open conditions
	for start, n := 0, 1; start < len(text); n++ {
		line, _, _ := strings.Cut(text[start:], "\n")
		at := start
		start += len(line) + 1
		b.line(list, n, at, line, &open)
	}
}

// line takes one line that begins at byte at.
func (b *builder) line(list, n, at int, line string, open *conditions) {
	c := &b.counts[list]
	c.Lines++
	trimmed := strings.TrimLeft(line, " \t\ufeff")
	at += len(line) - len(trimmed)
	line = strings.TrimRight(trimmed, " \t\r")
	skip := func(reason string) {
		c.Skipped++
		b.skipped = append(b.skipped, Skipped{b.lists[list].Name, n, line, reason})
	}
	switch kind := kindOf(line); {
	case kind == directive:
		if reason := open.read(line); reason != "" {
			skip(reason)
		} else {
			c.Comments++
		}
	case kind == comment:
		c.Comments++
	case open.closed() != "":
		skip(open.closed())
	case kind == cosmetic:
		c.Cosmetic++
	default:
		p, reason := parse(line)
		if reason == "" {
			reason = b.finish(&p)
		}
		if reason != "" {
			skip(reason)
			return
		}
		p.list, p.line, p.start, p.size = uint16(list), uint32(n), uint32(at), uint32(len(line))
		b.place(p)
	}
}

// finish turns what a rule names into what the engine keeps.
func (b *builder) finish(p *parsed) (reason string) {
	if p.modifier {
		return ""
	}
	if p.isRegex {
		re, reason := compile(p.pattern, p.form&matchCase != 0)
		if reason != "" {
			return reason
		}
		b.regexes = append(b.regexes, re)
		p.regex = uint32(len(b.regexes))
	}
	p.rule.from, p.rule.to = b.hosts.add(p.from), b.hosts.add(p.to)
	return ""
}

// place puts a rule where it belongs.
func (b *builder) place(p parsed) {
	c := &b.counts[p.list]
	r := ranked{p.rule, p.except, p.important, p.redirect}
	switch {
	case p.modifier:
		c.Modifiers++
	case p.bad:
		c.Disabled++
		b.bad = append(b.bad, r)
	case p.except:
		c.Excepts++
		b.excepts = append(b.excepts, r)
	default:
		c.Blocks++
		b.blocks = append(b.blocks, r)
	}
}

// engine indexes what was read.
func (b *builder) engine() *Engine {
	e := &Engine{lists: b.lists, counts: b.counts, hosts: b.hosts.hostSets, regexes: b.regexes}
	bad := map[identity]bool{}
	for _, r := range b.bad {
		bad[r.identity()] = true
	}
	b.blocks, b.excepts = b.without(b.blocks, bad), b.without(b.excepts, bad)
	var important []rule
	for _, r := range b.blocks {
		if r.important {
			important = append(important, r.rule)
		}
	}
	e.blocks, e.excepts, e.important = newGroup(bare(b.blocks)), newGroup(bare(b.excepts)), newGroup(important)
	return e
}

func bare(rules []ranked) []rule {
	out := make([]rule, len(rules))
	for i := range rules {
		out[i] = rules[i].rule
	}
	return out
}
