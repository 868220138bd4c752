package says

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// page reads an HTML page into plain text with its structure. The text is what
// a person would read, so a quote from it is what stands on the page.
func page(source string) reading {
	doc, err := html.Parse(strings.NewReader(source))
	if err != nil {
		// The parser gives up where elements nest too deep. The words can
		// still be had without their structure.
		return reading{text: stripTags(source), cut: true}.withRoot()
	}
	w := &pageWriter{root: &node{}}
	w.stack = []*node{w.root}
	w.walk(doc, 0)
	w.flush()
	return reading{text: w.out.String(), root: w.root, title: w.title, form: w.form, cut: w.cut}
}

func (r reading) withRoot() reading {
	r.root = markdown(r.text)
	return r
}

// stripTags leaves the words, one line for each piece of text.
func stripTags(source string) string {
	var out strings.Builder
	z := html.NewTokenizer(strings.NewReader(source))
	hidden := 0
	for {
		switch z.Next() {
		case html.ErrorToken:
			return out.String()
		case html.StartTagToken, html.EndTagToken:
			t := z.Token()
			if t.DataAtom == atom.Script || t.DataAtom == atom.Style {
				hidden = 1
				if t.Type == html.EndTagToken {
					hidden = 0
				}
			}
		case html.TextToken:
			if s := strings.Join(strings.Fields(z.Token().Data), " "); s != "" && hidden == 0 {
				out.WriteString(s + "\n\n")
			}
		}
	}
}

// pageWriter writes the words of a page and builds the nodes over them.
type pageWriter struct {
	out   strings.Builder
	root  *node
	stack []*node // the node that blocks are added to is the last
	begin int     // where the block being written begins
	space bool    // a space is due before the next word
	marks int     // bytes of the block that are inside bold elements
	bold  int     // how many bold elements are open
	title string
	form  bool
	cut   bool
}

func (w *pageWriter) top() *node { return w.stack[len(w.stack)-1] }

// flush ends the block that is being written and adds it.
func (w *pageWriter) flush() {
	s := trim(w.out.String(), span{w.begin, w.out.Len()})
	if s.end > s.start {
		k := &node{kind: kindParagraph, own: s}
		line := w.out.String()[s.start:s.end]
		if n := marker(line); n > 0 && (line[0] < '0' || line[0] > '9') { // a list that is only drawn as one
			k.kind, k.own.start = kindItem, s.start+n
		} else if w.marks >= s.end-s.start {
			k.kind, k.level = kindHeading, 7
		}
		w.add(k)
	}
	if w.out.Len() > 0 && !strings.HasSuffix(w.tail(2), "\n\n") {
		w.out.WriteString("\n\n")
	}
	w.begin, w.space, w.marks = w.out.Len(), false, 0
}

func (w *pageWriter) tail(n int) string { s := w.out.String(); return s[max(0, len(s)-n):] }

// add puts a block where it belongs: the first words of an item are the
// item's own.
func (w *pageWriter) add(k *node) {
	t := w.top()
	if t.kind == kindItem && t.own.end == t.own.start && len(t.kids) == 0 {
		t.own = k.own
		return
	}
	if k.kind == kindItem {
		lastList(t).add(k)
		return
	}
	if t.kind == kindCell {
		if t.own.end == t.own.start {
			t.own.start = k.own.start
		}
		t.own.end = k.own.end
	}
	t.add(k)
}

// words adds text to the block. White space is kept as one space, and only
// where the page has some: "<b>address</b>." has none before its full stop.
func (w *pageWriter) words(s string) {
	due := w.space || startsWithSpace(s)
	for _, f := range strings.Fields(s) {
		if due && w.out.Len() > w.begin {
			w.out.WriteByte(' ')
		}
		before := w.out.Len()
		w.out.WriteString(f)
		if w.bold > 0 {
			w.marks += w.out.Len() - before + 1
		}
		due = true
	}
	w.space = endsWithSpace(s)
}

func startsWithSpace(s string) bool { return s != "" && strings.IndexByte(" \t\r\n\f", s[0]) >= 0 }

func endsWithSpace(s string) bool { return s != "" && strings.IndexByte(" \t\r\n\f", s[len(s)-1]) >= 0 }

// hiddenElements hold nothing that a person reads as the policy.
var hiddenElements = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Noscript: true, atom.Template: true, atom.Svg: true, atom.Nav: true,
	atom.Head: true, atom.Select: true, atom.Textarea: true, atom.Button: true, atom.Iframe: true, atom.Object: true,
}

func (w *pageWriter) walk(n *html.Node, depth int) {
	if n.Type == html.TextNode {
		w.text(n.Data)
		return
	}
	switch n.DataAtom {
	case atom.Head:
		w.title = titleOf(n)
	case atom.Input:
		for _, a := range n.Attr {
			w.form = w.form || (a.Key == "type" && a.Val == "password")
		}
	}
	if n.Type == html.CommentNode || hiddenElements[n.DataAtom] {
		return
	}
	w.element(n, depth)
}

func (w *pageWriter) kids(n *html.Node, depth int) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.walk(c, depth+1)
	}
}

func (w *pageWriter) element(n *html.Node, depth int) {
	switch n.DataAtom {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		w.heading(n, int(n.Data[1]-'0'), depth)
	case atom.Ul, atom.Ol:
		w.nest(n, kindList, depth)
	case atom.Li:
		w.nest(n, kindItem, depth)
	case atom.Table:
		w.nest(n, kindTable, depth)
	case atom.Tr:
		w.nest(n, kindRow, depth)
	case atom.Td, atom.Th:
		w.nest(n, kindCell, depth)
	case atom.Br:
		w.flush()
	case atom.B, atom.Strong, atom.Dt:
		w.emphasis(n, depth)
	default:
		block := blockElements[n.DataAtom]
		if block {
			w.flush()
		}
		w.kids(n, depth)
		if block {
			w.flush()
		}
	}
}

var blockElements = map[atom.Atom]bool{
	atom.P: true, atom.Div: true, atom.Section: true, atom.Article: true, atom.Main: true, atom.Header: true, atom.Footer: true,
	atom.Aside: true, atom.Blockquote: true, atom.Pre: true, atom.Dl: true, atom.Dd: true, atom.Address: true, atom.Figure: true,
	atom.Figcaption: true, atom.Details: true, atom.Summary: true, atom.Form: true, atom.Fieldset: true, atom.Caption: true, atom.Hr: true,
	atom.Body: true, atom.Thead: true, atom.Tbody: true, atom.Tfoot: true, atom.Label: true,
}

func (w *pageWriter) emphasis(n *html.Node, depth int) {
	if n.DataAtom == atom.Dt {
		w.flush()
	}
	w.bold++
	w.kids(n, depth)
	w.bold--
	if n.DataAtom == atom.Dt {
		w.flush()
	}
}

func (w *pageWriter) heading(n *html.Node, level, depth int) {
	w.flush()
	w.kids(n, depth)
	if s := trim(w.out.String(), span{w.begin, w.out.Len()}); s.end > s.start {
		w.top().add(&node{kind: kindHeading, level: level, own: s})
		if level == 1 {
			w.title = w.out.String()[s.start:s.end]
		}
		w.begin = w.out.Len()
	}
	w.flush()
}

// nest opens a node for an element that holds blocks. A part that stands
// outside its whole (an item without a list) is taken as a plain block.
func (w *pageWriter) nest(n *html.Node, k kind, depth int) {
	w.flush()
	t := w.top()
	within := map[kind]kind{kindItem: kindList, kindRow: kindTable, kindCell: kindRow}
	if need, ok := within[k]; (ok && t.kind != need) || len(w.stack) > maxDepth {
		w.cut = w.cut || len(w.stack) > maxDepth
		w.kids(n, depth)
		w.flush()
		return
	}
	in := t.add(&node{kind: k, own: span{w.begin, w.begin}})
	if k == kindCell && n.DataAtom == atom.Th {
		in.level = 1
	}
	w.stack = append(w.stack, in)
	w.kids(n, depth)
	w.flush()
	w.stack = w.stack[:len(w.stack)-1]
}

func (w *pageWriter) text(s string) {
	if strings.TrimSpace(s) == "" {
		w.space = w.space || s != ""
		return
	}
	w.words(s)
}

func titleOf(head *html.Node) string {
	for c := head.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom == atom.Title && c.FirstChild != nil {
			return strings.Join(strings.Fields(c.FirstChild.Data), " ")
		}
	}
	return ""
}
