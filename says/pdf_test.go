package says

import (
	"fmt"
	"strings"
	"testing"
)

// onePage makes a PDF of one page with a line of text for each string.
func onePage(lines ...string) []byte {
	var content strings.Builder
	content.WriteString("BT /F1 12 Tf 72 720 Td ")
	for _, l := range lines {
		fmt.Fprintf(&content, "(%s) Tj 0 -14 Td ", strings.NewReplacer("(", "\\(", ")", "\\)").Replace(l))
	}
	content.WriteString("ET")
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", content.Len(), content.String()),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
	}
	var b strings.Builder
	b.WriteString("%PDF-1.4\n")
	var at []int
	for i, o := range objects {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, n := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, xref)
	return []byte(b.String())
}

func TestThePracticesOfAPDFAreReadInReadingOrder(t *testing.T) {
	text := Text{Source: Source{ID: "privacy", Kind: "policy"}, Raw: onePage(
		"We collect your e-mail address and",
		"your telephone number.",
		"We do not sell your personal data.",
	)}
	doc, ps := Read(text)
	if !doc.Analysable {
		t.Fatalf("not analysable: %s; text %q", doc.Why, text.Plain())
	}
	var got []string
	for _, p := range ps {
		got = append(got, short(p))
		if text.Plain()[p.Start:p.End] != p.Quote {
			t.Errorf("the quote %q is not at its place", p.Quote)
		}
	}
	if want := "collect EmailAddress; collect TelephoneNumber; denied sell PersonalData→OtherParty"; strings.Join(got, "; ") != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAPDFWithoutWordsSaysSo(t *testing.T) {
	doc, _ := Read(Text{Source: Source{ID: "privacy", Kind: "policy"}, Raw: onePage()})
	if doc.Analysable || !strings.Contains(doc.Why, "pictures of a text") {
		t.Errorf("analysable %v: %q", doc.Analysable, doc.Why)
	}
}

func FuzzNoPDFStopsTheProgram(f *testing.F) {
	f.Add(onePage("We collect your name."))
	f.Add([]byte("%PDF-1.4\ntrailer<</Root 1 0 R>>startxref 0"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		r := readPDF(raw)
		if r.root == nil {
			t.Error("no structure")
		}
	})
}
