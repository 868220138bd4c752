package does

import (
	"fmt"
	"strings"
	"testing"

	"diapason.dev/diapason"
)

func linked(fill func(c *diapason.Capture, profile int, site string)) []*diapason.Capture {
	var all []*diapason.Capture
	for profile, order := range [][]string{{"nocturne.example", "gazette.example"}, {"gazette.example", "nocturne.example"}} {
		for i, site := range order {
			c := visit(fmt.Sprintf("link/%s/%d", []string{"P", "Q"}[profile], i+1), diapason.P0, profile+1)
			c.Site = "https://" + site + "/"
			fill(c, profile, site)
			all = append(all, c)
		}
	}
	return all
}

func TestOneValueOnTwoSitesIsALink(t *testing.T) {
	for name, c := range map[string]struct {
		fill func(c *diapason.Capture, profile int, site string)
		want string
	}{
		"a company's own cookie": {func(c *diapason.Capture, profile int, site string) {
			jar(c, "pulse.example", "pid", id(1, profile), 365)
			ask(c, "script", "https://pulse.example/tag.js", "Cookie", "pid="+id(1, profile), "Referer", "https://"+site+"/")
		}, "L3 pulse cookie pid @ pulse.example [gazette.example nocturne.example]"},
		"an address": {func(c *diapason.Capture, profile int, site string) {
			ask(c, "image", "https://pulse.example/p.gif?u="+id(1, profile)+"&s="+site)
		}, "L3 pulse url u @ pulse.example [gazette.example nocturne.example]"},
		"a hash of it": {func(c *diapason.Capture, profile int, site string) {
			v := id(1, profile)
			if site == "gazette.example" {
				v = sha(v)
			}
			ask(c, "image", "https://pulse.example/p.gif?u="+v+"&s="+site)
		}, "L2 pulse url u @ pulse.example [gazette.example nocturne.example]"},
		"another value on each site": {func(c *diapason.Capture, profile int, site string) {
			ask(c, "image", "https://pulse.example/p.gif?u="+random(uint64(profile*100+len(site)), 32, hexDigits)+"&s="+site)
		}, ""},
		"the same value in every profile": {func(c *diapason.Capture, profile int, site string) {
			ask(c, "image", "https://pulse.example/p.gif?u="+id(1, 0)+"&s="+site)
		}, ""},
		"one value for everyone beside one for each visit": {func(c *diapason.Capture, profile int, site string) {
			ask(c, "image", "https://pulse.example/p.gif?u="+id(1, 0)+"&s="+site)
			ask(c, "image", "https://pulse.example/p.gif?u="+random(uint64(profile*100+len(site)), 32, hexDigits)+"&s="+site)
		}, ""},
		"a receiver that cannot tell the sites": {func(c *diapason.Capture, profile int, site string) {
			ask(c, "image", "https://pulse.example/p.gif?u="+id(1, profile))
		}, ""},
		"only one site": {func(c *diapason.Capture, profile int, site string) {
			if site == "nocturne.example" {
				ask(c, "image", "https://pulse.example/p.gif?u="+id(1, profile)+"&s="+site)
			}
		}, ""},
		"too short to name a browser": {func(c *diapason.Capture, profile int, site string) {
			ask(c, "image", "https://pulse.example/p.gif?s="+site+"&u="+[]string{"aaaaaa-1", "aaaaaa-2"}[profile])
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var lines []string
			for _, l := range reader(t).Read(linked(c.fill)).Links {
				if !l.joins() {
					continue
				}
				lines = append(lines, fmt.Sprintf("%s %s %s %v", l.Level, l.Receiver.ID, l.Identifier, l.Sites))
				if l.Score < weakly || len(l.Evidence) != 2 || l.MemoryOnly {
					t.Errorf("link %+v", l)
				}
			}
			if got := strings.Join(lines, "; "); got != c.want {
				t.Errorf("links %q, want %q", got, c.want)
			}
		})
	}
}

func TestVisitsOfAnotherSiteTellNothingOfTheService(t *testing.T) {
	f := reader(t).Read(linked(func(c *diapason.Capture, profile int, site string) {
		jar(c, "gazette.example", "gid", id(1, profile), 365)
		ask(c, "script", "https://pulse.example/tag.js")
		c.Pages = []diapason.Page{{URL: c.Site, HTML: `<form><input type=email></form>`}}
	}))
	if len(f.Cookies)+len(f.Accesses) > 0 || len(f.Visits) != 4 {
		t.Errorf("%d cookies, %d accesses, %d visits", len(f.Cookies), len(f.Accesses), len(f.Visits))
	}
	for _, v := range f.Visits {
		if v.Collects != (v.Site == "https://nocturne.example/") {
			t.Errorf("%s collects: %t", v.Site, v.Collects)
		}
	}
}
