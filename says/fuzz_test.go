package says

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// check reads a text and holds what must be true of any text.
func check(t *testing.T, text Text) {
	t.Helper()
	plain := text.Plain()
	_, ps := Read(text)
	for _, p := range ps {
		if p.Start < 0 || p.End > len(plain) || p.Start >= p.End || plain[p.Start:p.End] != p.Quote {
			t.Fatalf("bytes %d to %d of %d are not %q", p.Start, p.End, len(plain), p.Quote)
		}
	}
	if len(Diff(text, text)) != 0 {
		t.Fatal("the text differs from itself")
	}
}

func FuzzAnyMarkdownIsReadWithItsQuotesInPlace(f *testing.F) {
	for _, g := range golden {
		f.Add(g.clause)
	}
	f.Add("| a | b |\n| --- | --- |\n| **your name**<br>* x | labels |\n\n1. We share:\n    * your photos")
	f.Add("**Your photos:** We [collect](x) \\*them\\* <br> unless you opt out…")
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			return
		}
		check(t, Text{Source: Source{ID: "p", Kind: "policy"}, Mime: "text/markdown", Raw: []byte("We collect personal data.\n\n" + s)})
	})
}

func FuzzAnyHTMLIsReadWithItsQuotesInPlace(f *testing.F) {
	f.Add("<p>We share your <b>e-mail</b> address with:<ul><li>labels<li>artists</ul>")
	f.Add("<table><tr><th>Data<th>Purpose<tr><td>Name<td>to bill</table><dl><dt>Photos<dd>We never sell them.")
	f.Fuzz(func(t *testing.T, s string) {
		check(t, Text{Source: Source{ID: "p", Kind: "policy"}, Mime: "text/html", Raw: []byte("<!doctype html><p>We collect personal data.</p>" + s)})
	})
}
