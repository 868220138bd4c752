package says

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/ledongthuc/pdf"
)

// maxPages is how many pages of a PDF are read.
const maxPages = 300

// readPDF takes the words of a PDF line by line. The library can panic on a
// broken file; that is caught and told.
func readPDF(raw []byte) (r reading) {
	defer func() {
		if p := recover(); p != nil {
			r = reading{root: &node{}, why: "the PDF is broken"}
		}
	}()
	if len(raw) > maxPDF {
		return reading{root: &node{}, why: fmt.Sprintf("the PDF is larger than %d MB", maxPDF>>20), cut: true}
	}
	doc, err := pdf.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if errors.Is(err, pdf.ErrInvalidPassword) {
		return reading{root: &node{}, why: "the PDF is locked with a password"}
	}
	if err != nil {
		return reading{root: &node{}, why: "the PDF is broken"}
	}
	var out strings.Builder
	for i := 1; i <= min(doc.NumPage(), maxPages); i++ {
		writePage(&out, doc.Page(i))
	}
	if strings.TrimSpace(out.String()) == "" {
		return reading{root: &node{}, why: "the PDF holds pictures of a text, not a text"}
	}
	r = reading{text: out.String(), cut: doc.NumPage() > maxPages}.withRoot()
	return r
}

// writePage writes the lines of a page. A gap of more than a line and a half
// between two lines begins a new paragraph.
func writePage(out *strings.Builder, p pdf.Page) {
	if p.V.IsNull() {
		return
	}
	rows, err := p.GetTextByRow()
	if err != nil {
		return
	}
	var last, pitch int64
	for _, row := range rows {
		var line strings.Builder
		for _, word := range row.Content {
			line.WriteString(word.S)
		}
		gap := last - row.Position
		if last != 0 && pitch != 0 && gap > pitch*3/2 {
			out.WriteString("\n")
		}
		if last != 0 && gap > 0 && (pitch == 0 || gap < pitch) {
			pitch = gap
		}
		last = row.Position
		out.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	out.WriteString("\n")
}
