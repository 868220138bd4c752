package does

import (
	"testing"

	"diapason.dev/diapason"
)

func TestPagesAreReadAsAPersonWouldFillThemIn(t *testing.T) {
	for name, c := range map[string]struct {
		html             string
		collects, linked bool
		unsafe           int
	}{
		"a sign-up without a link":   {`<form action="/join"><input type="email"></form>`, true, false, 0},
		"a sign-up with a link":      {`<form><input name="Full-Name"></form><a href="/legal">Privacy notice</a>`, true, true, 0},
		"a link in another language": {`<a href="/daten">Datenschutzerklärung</a>`, false, true, 0},
		"a search field":             {`<form action="/s"><input type="search" name="q"></form><a href="/privacy">x</a>`, false, true, 0},
		"a hidden field":             {`<form><input type="hidden" name="email"></form>`, false, false, 0},
		"a form in clear":            {`<form action="http://nocturne.example/join"><input name="email"></form>`, true, false, 1},
		"two forms to one address":   {`<form action="http://a.example/"><input></form><form action="http://a.example/"><input></form>`, false, false, 1},
		"a base in clear":            {`<base href="http://nocturne.example/"><form action="join"><input></form>`, false, false, 1},
		"a button alone":             {`<form action="http://nocturne.example/out"><input type="submit"></form>`, false, false, 0},
		"an empty page":              {``, false, false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			v := visit("A1", diapason.P0, 1)
			v.Pages = []diapason.Page{{URL: "https://nocturne.example/join", HTML: c.html}}
			got := reader(t).Read([]*diapason.Capture{v}).Visits[0]
			if got.Collects != c.collects || got.PolicyLink != c.linked || got.UnsafeForms != c.unsafe {
				t.Errorf("collects %t, links %t, unsafe %d", got.Collects, got.PolicyLink, got.UnsafeForms)
			}
		})
	}
}

func TestTheLinkMustStandOnThePageThatAsks(t *testing.T) {
	v := visit("A1", diapason.P0, 1)
	v.Pages = []diapason.Page{
		{URL: "https://nocturne.example/", HTML: `<a href="/privacy">Privacy</a>`},
		{URL: "https://nocturne.example/join?ref=abc", HTML: `<input type=email>`},
	}
	got := reader(t).Read([]*diapason.Capture{v}).Visits[0]
	if !got.Collects || got.PolicyLink || got.URL != "https://nocturne.example/join?ref=…" {
		t.Errorf("visit %+v", got)
	}
}
