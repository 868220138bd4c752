package says

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"sort"
	"strings"
	"time"

	"github.com/ledongthuc/pdf"
)

// maxPages is how many pages of a PDF are read.
const maxPages = 300

// longest is how long the reading of a PDF may take. A file can be made so that
// the library never ends; a policy takes well under a second.
const longest = 30 * time.Second

// readPDF takes the words of a PDF line by line. The library can panic on a
// broken file, or not end; both are caught and told.
func readPDF(raw []byte) reading {
	if len(raw) > maxPDF {
		return unread(fmt.Sprintf("the PDF is larger than %d MB", maxPDF>>20))
	}
	done := make(chan reading, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done <- unread("the PDF is broken")
			}
		}()
		done <- openPDF(raw)
	}()
	select {
	case r := <-done:
		return r
	case <-time.After(longest):
		return unread("the PDF cannot be read to its end")
	}
}

func unread(why string) reading { return reading{root: &node{}, why: why} }

func openPDF(raw []byte) reading {
	doc, err := pdf.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if errors.Is(err, pdf.ErrInvalidPassword) {
		return unread("the PDF is locked with a password")
	}
	if err != nil {
		return unread("the PDF is broken")
	}
	var out strings.Builder
	for i := 1; i <= min(doc.NumPage(), maxPages); i++ {
		writePage(&out, doc.Page(i))
	}
	if strings.TrimSpace(out.String()) == "" {
		return unread("the PDF holds pictures of a text, not a text")
	}
	return reading{text: strings.ToValidUTF8(out.String(), "\uFFFD"), cut: doc.NumPage() > maxPages}.withRoot()
}

// writePage writes the lines of a page from top to bottom, and an empty line
// where the space between two lines is wider than usual. Columns are not told
// apart.
func writePage(out *strings.Builder, p pdf.Page) {
	if p.V.IsNull() {
		return
	}
	glyphs := p.Content().Text
	sort.SliceStable(glyphs, func(i, j int) bool {
		if above(glyphs[i], glyphs[j]) || above(glyphs[j], glyphs[i]) {
			return glyphs[i].Y > glyphs[j].Y
		}
		return glyphs[i].X < glyphs[j].X
	})
	for i, g := range glyphs {
		if i > 0 {
			out.WriteString(between(glyphs[i-1], g))
		}
		out.WriteString(g.S)
	}
	out.WriteString("\n\n")
}

// above tells whether two glyphs stand on different lines.
func above(a, b pdf.Text) bool { return math.Abs(a.Y-b.Y) > max(a.FontSize, 1)/3 }

// between is the white space between two glyphs that follow one another.
func between(a, b pdf.Text) string {
	gap := a.Y - b.Y
	switch {
	case above(a, b) && gap > 1.8*max(b.FontSize, 1):
		return "\n\n"
	case above(a, b):
		return "\n"
	case b.X-(a.X+a.W) > max(b.FontSize, 1)/6 && !strings.HasSuffix(a.S, " ") && !strings.HasPrefix(b.S, " "):
		return " "
	}
	return ""
}
