package does

import (
	"fmt"
	"strings"
	"testing"

	"diapason.dev/diapason"
)

func TestAnIdentifierInALinkToAnotherSiteIsADecoration(t *testing.T) {
	page := func(c *diapason.Capture, html string) {
		c.Pages = append(c.Pages, diapason.Page{URL: "https://nocturne.example/", HTML: html})
	}
	for name, c := range map[string]struct {
		fill func(c *diapason.Capture, profile, before int)
		want string
	}{
		"that lies in a cookie": {func(c *diapason.Capture, profile, _ int) {
			jar(c, "nocturne.example", "nid", id(1, profile), 365)
			page(c, `<a href="https://label.example/shop?item=7&amp;v=`+id(1, profile)+`">Shop</a>`)
		}, "nocturne.example label.example v label.example cookie nid @ nocturne.example"},
		"hashed": {func(c *diapason.Capture, profile, _ int) {
			jar(c, "nocturne.example", "nid", id(1, profile), 365)
			page(c, `<a href="https://label.example/?v=`+sha(id(1, profile))+`">Shop</a>`)
		}, "nocturne.example label.example v label.example cookie nid @ nocturne.example"},
		"that lies nowhere": {func(c *diapason.Capture, profile, _ int) {
			page(c, `<a href="https://label.example/#v=`+id(1, profile)+`">Shop</a>`)
		}, "nocturne.example label.example #v label.example "},
		"to which the tab went": {func(c *diapason.Capture, profile, _ int) {
			goes(c, "opened", "https://nocturne.example/", 0)
			goes(c, "input", "https://adsum.example/?click="+id(1, profile), 1)
		}, "nocturne.example adsum.example click adsum "},
		"with a value that all browsers get": {func(c *diapason.Capture, _, _ int) {
			page(c, `<a href="https://label.example/?campaign=`+id(1, 0)+`">Shop</a>`)
		}, ""},
		"with a value that is new every time": {func(c *diapason.Capture, profile, before int) {
			page(c, `<a href="https://label.example/?once=`+id(uint64(60+before), profile)+`">Shop</a>`)
		}, ""},
		"with a short value": {func(c *diapason.Capture, profile, _ int) {
			page(c, `<a href="https://label.example/?v=`+random(uint64(profile), 4, decimals)+`">Shop</a>`)
		}, ""},
		"with a value too short to be sure": {func(c *diapason.Capture, profile, _ int) {
			page(c, `<a href="https://label.example/?v=`+random(uint64(90+profile), 8, decimals)+`">Shop</a>`)
		}, ""},
		"within the service": {func(c *diapason.Capture, profile, _ int) {
			page(c, `<a href="/plans?v=`+id(1, profile)+`">Plans</a><a href="https://www.nocturne.example/?v=`+id(1, profile)+`">Home</a>`)
		}, ""},
		"that opens no page": {func(c *diapason.Capture, profile, _ int) {
			page(c, `<a href="mailto:help@label.example?subject=`+id(1, profile)+`">Write</a>`)
		}, ""},
		"that the visit opened": {func(c *diapason.Capture, profile, _ int) {
			goes(c, "opened", "https://nocturne.example/", 0)
			goes(c, "opened", "https://adsum.example/?click="+id(1, profile), 1)
		}, ""},
		"on another company's page": {func(c *diapason.Capture, profile, _ int) {
			page(c, "")
			c.Pages[0].URL, c.Pages[0].HTML = "https://gazette.example/", `<a href="https://label.example/?v=`+id(1, profile)+`">Shop</a>`
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var lines []string
			for _, d := range companies(t).Read(fourCaptures(c.fill)).Decorations {
				lines = append(lines, fmt.Sprintf("%s %s %s %s %s", d.From, d.To, d.Parameter, d.Party.ID, d.Identifier))
				if len(d.Evidence) != 4 || d.Score < 32 || strings.Contains(jsonOf(t, d), id(1, 0)) {
					t.Errorf("decoration %+v", d)
				}
			}
			if got := strings.Join(lines, "\n"); got != c.want {
				t.Errorf("decorations\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}
