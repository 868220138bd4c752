package says

import "strings"

// markdown reads Markdown, and plain text as the Markdown that it is. The
// words stay where they are: a node's span is a piece of the text as stored.
func markdown(text string) *node {
	p := mdParser{text: text, root: &node{}}
	p.stack = []open{{node: p.root, indent: -1}}
	for at := 0; at < len(text); {
		end := strings.IndexByte(text[at:], '\n')
		if end < 0 {
			end = len(text)
		} else {
			end += at
		}
		p.line(span{at, end})
		at = end + 1
	}
	p.flush()
	return p.root
}

// open is a list item that following lines may belong to.
type open struct {
	node   *node
	indent int
}

type mdParser struct {
	text  string
	root  *node
	stack []open // the whole text, then the items that are open
	para  span   // lines of the paragraph so far
	item  *node  // the item whose own words are still being read
	table *node
}

func (p *mdParser) top() *node { return p.stack[len(p.stack)-1].node }

// flush ends the paragraph, the item or the table that is being read.
func (p *mdParser) flush() {
	s := trim(p.text, p.para)
	p.para = span{}
	p.table = nil
	if s.start == s.end {
		p.item = nil
		return
	}
	if p.item != nil {
		p.item.own = s
		p.item = nil
		return
	}
	k := &node{kind: kindParagraph, own: s}
	if bold(p.text[s.start:s.end]) {
		k.kind, k.level = kindHeading, 7
	}
	p.top().add(k)
}

func (p *mdParser) line(s span) {
	in := trim(p.text, s)
	line := p.text[in.start:in.end]
	indent := in.start - s.start
	switch {
	case line == "":
		p.flush()
	case line[0] == '|':
		p.row(in)
	case underline(line) && p.para.end > p.para.start && p.item == nil && indent == 0:
		p.heading(trim(p.text, p.para), 1+strings.IndexByte("=-", line[0]))
	case rule(line):
		p.flush()
	case line[0] == '#':
		p.flush()
		level := len(line) - len(strings.TrimLeft(line, "#"))
		p.para = span{in.start + level, in.end}
		p.heading(trim(p.text, p.para), min(level, 6))
	default:
		if n := marker(line); n > 0 {
			p.listItem(in, indent, n)
			return
		}
		p.words(s, in, indent)
	}
}

func (p *mdParser) heading(s span, level int) {
	p.para = span{}
	p.item = nil
	p.stack = p.stack[:1]
	if s.end > s.start {
		p.root.add(&node{kind: kindHeading, level: level, own: s})
	}
}

// words adds a line to what is being read, and ends it where the line asks
// for a break.
func (p *mdParser) words(s, in span, indent int) {
	if p.para.end == p.para.start {
		for len(p.stack) > 1 && indent <= p.stack[len(p.stack)-1].indent {
			p.stack = p.stack[:len(p.stack)-1]
		}
		p.para = in
	} else {
		p.para.end = in.end
	}
	if strings.HasSuffix(strings.TrimRight(p.text[s.start:s.end], "\r"), "  ") {
		p.flush()
	}
}

func (p *mdParser) listItem(in span, indent, n int) {
	p.flush()
	for len(p.stack) > 1 && indent <= p.stack[len(p.stack)-1].indent {
		p.stack = p.stack[:len(p.stack)-1]
	}
	if len(p.stack) > maxDepth {
		p.stack = p.stack[:maxDepth]
	}
	item := lastList(p.top()).add(&node{kind: kindItem, own: span{in.start + n, in.start + n}})
	p.stack = append(p.stack, open{item, indent})
	p.item = item
	p.para = span{in.start + n, in.end}
	if strings.HasPrefix(p.text[in.end:min(in.end+2, len(p.text))], "  ") {
		p.flush()
	}
}

// lastList is the list at the end of a node, begun if there is none.
func lastList(n *node) *node {
	if k := len(n.kids); k > 0 && n.kids[k-1].kind == kindList {
		return n.kids[k-1]
	}
	return n.add(&node{kind: kindList})
}

// underline tells a line that makes the one above it a heading.
func underline(line string) bool {
	return len(line) >= 3 && (strings.Trim(line, "=") == "" || strings.Trim(line, "-") == "")
}

// rule tells a line that only separates.
func rule(line string) bool {
	for _, c := range []string{"*", "-", "_"} {
		if bare := strings.ReplaceAll(line, " ", ""); len(bare) >= 3 && strings.Trim(bare, c) == "" {
			return true
		}
	}
	return false
}

// marker is the length of the mark that begins a list item, with its spaces.
func marker(line string) int {
	n := 0
	switch c := line[0]; {
	case (c == '*' || c == '+' || c == '-') && len(line) > 1 && line[1] == ' ':
		n = 1
	case strings.HasPrefix(line, "•"):
		n = len("•")
	case c >= '0' && c <= '9':
		for n < len(line) && n < 3 && line[n] >= '0' && line[n] <= '9' {
			n++
		}
		if n+1 >= len(line) || (line[n] != '.' && line[n] != ')') || line[n+1] != ' ' {
			return 0
		}
		n++
	}
	if n == 0 {
		return 0
	}
	for n < len(line) && line[n] == ' ' {
		n++
	}
	return n
}

func (p *mdParser) row(in span) {
	if p.table == nil {
		p.flush()
		p.table = p.top().add(&node{kind: kindTable})
	}
	line := p.text[in.start:in.end]
	if strings.Trim(line, "|-: ") == "" && strings.Contains(line, "-") {
		return // the line below the header
	}
	row := p.table.add(&node{kind: kindRow})
	at := in.start + 1
	for i := at; i <= in.end; i++ {
		if i < in.end && (p.text[i] != '|' || p.text[i-1] == '\\') {
			continue
		}
		if i < in.end || strings.TrimSpace(p.text[at:i]) != "" {
			row.add(p.cell(span{at, i}))
		}
		at = i + 1
	}
}

// cell reads what stands in a cell, where a line break is written <br>.
func (p *mdParser) cell(s span) *node {
	c := &node{kind: kindCell, own: trim(p.text, s)}
	stack := []open{{node: c, indent: -1}}
	for at := s.start; at < s.end; {
		end, next := s.end, s.end
		if i := strings.Index(p.text[at:s.end], "<br>"); i >= 0 {
			end, next = at+i, at+i+len("<br>")
		}
		stack = p.cellLine(stack, span{at, end})
		at = next
	}
	return c
}

func (p *mdParser) cellLine(stack []open, s span) []open {
	in := trim(p.text, s)
	if in.start == in.end {
		return stack
	}
	line, indent := p.text[in.start:in.end], in.start-s.start
	n := marker(line)
	if n == 0 {
		k := &node{kind: kindParagraph, own: in}
		if bold(line) {
			k.kind, k.level = kindHeading, 7
		}
		stack[0].node.add(k)
		return stack[:1]
	}
	for len(stack) > 1 && (indent <= stack[len(stack)-1].indent || len(stack) > maxDepth) {
		stack = stack[:len(stack)-1]
	}
	item := lastList(stack[len(stack)-1].node).add(&node{kind: kindItem, own: span{in.start + n, in.end}})
	return append(stack, open{item, indent})
}
