package says

import "strings"

// kind is what a piece of a text is.
type kind int

const (
	kindText kind = iota // the whole
	kindHeading
	kindParagraph
	kindList
	kindItem
	kindTable
	kindRow
	kindCell
)

// A node is a piece of a text's structure, with the place of its own words.
type node struct {
	kind kind
	// level of a heading: 1 to 6 as marked up; 7 for a line that is bold as a
	// whole. Of a cell: 1 if it is marked as a header.
	level int
	own   span
	kids  []*node
}

func (n *node) add(k *node) *node {
	n.kids = append(n.kids, k)
	return k
}

// maxDepth is how deep lists and cells may nest. What is deeper is read as if
// it stood at that depth.
const maxDepth = 24

// A reading is a text made legible: the words as they are stored, their
// structure, and what could not be read.
type reading struct {
	text  string // practices point into it
	root  *node
	title string
	why   string // not empty: it cannot be read, in a sentence
	cut   bool   // something was too long and is missing
	form  bool   // the page has a field for a password
}

// trim narrows a span to the words in it.
func trim(text string, s span) span {
	for s.start < s.end && strings.IndexByte(" \t\r\n", text[s.start]) >= 0 {
		s.start++
	}
	for s.end > s.start && strings.IndexByte(" \t\r\n", text[s.end-1]) >= 0 {
		s.end--
	}
	return s
}

// bold tells whether a line is bold as a whole, in Markdown's way.
func bold(line string) bool {
	return len(line) > 4 && strings.HasPrefix(line, "**") && strings.HasSuffix(line, "**") && !strings.Contains(line[2:len(line)-2], "**")
}
