package does

import (
	"fmt"
	"strings"
	"testing"

	"diapason.dev/diapason"
	"diapason.dev/diapason/internal/filter"
)

// behindNames makes a request to a host of Nocturne whose name stands for others.
func behindNames(c *diapason.Capture, address string, chain ...string) *diapason.Request {
	q := ask(c, "image", address)
	q.CNAME = chain
	return q
}

func TestAHostThatAnotherCompanyAnswersIsACloak(t *testing.T) {
	lists := func(t *testing.T) *filter.Engine {
		e, _, err := filter.Load(filter.List{Name: "made up", Text: "||shade.example^$third-party\n||nocturne.example/beat\n"})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	nid := func(c *diapason.Capture, profile int) string {
		jar(c, ".nocturne.example", "nid", id(1, profile), 365)
		return id(1, profile)
	}
	for name, c := range map[string]struct {
		fill   func(c *diapason.Capture, profile, before int)
		listed bool
		want   string
	}{
		"that gets the service's cookie": {func(c *diapason.Capture, profile, _ int) {
			q := behindNames(c, "https://m.nocturne.example/p.gif", "nocturne.pulse.example")
			q.Headers = []diapason.Header{{Name: "Cookie", Value: "nid=" + nid(c, profile)}}
		}, false, "m.nocturne.example [nocturne.pulse.example] pulse cloaked [cookie nid @ nocturne.example]"},
		"through who only delivers files": {func(c *diapason.Capture, profile, _ int) {
			behindNames(c, "https://m.nocturne.example/p.gif?u="+nid(c, profile), "nocturne.pulse.example", "pulse.files.example")
		}, false, "m.nocturne.example [nocturne.pulse.example pulse.files.example] pulse cloaked [cookie nid @ nocturne.example]"},
		"that stands on a list": {func(c *diapason.Capture, _, _ int) {
			behindNames(c, "https://m.nocturne.example/beat", "nocturne.pulse.example")
		}, true, "m.nocturne.example [nocturne.pulse.example] pulse cloaked [] made up, line 2: ||nocturne.example/beat"},
		"that nobody knows but a list, by its true name": {func(c *diapason.Capture, _, _ int) {
			behindNames(c, "https://m.nocturne.example/p.gif", "n.shade.example")
		}, true, "m.nocturne.example [n.shade.example] shade.example cloaked [] made up, line 1: ||shade.example^$third-party"},
		"that nobody knows at all": {func(c *diapason.Capture, profile, _ int) {
			behindNames(c, "https://m.nocturne.example/p.gif?u="+nid(c, profile), "n.stranger.example")
		}, true, ""},
		"that gets no identifier": {func(c *diapason.Capture, _, _ int) {
			behindNames(c, "https://m.nocturne.example/p.gif", "nocturne.pulse.example")
		}, true, ""},
		"that only delivers files": {func(c *diapason.Capture, profile, _ int) {
			behindNames(c, "https://img.nocturne.example/p.gif?u="+nid(c, profile), "n.files.example")
		}, true, ""},
		"that is the service again": {func(c *diapason.Capture, profile, _ int) {
			behindNames(c, "https://img.nocturne.example/p.gif?u="+nid(c, profile), "edge.nocturne.example")
		}, true, ""},
		"of another site": {func(c *diapason.Capture, profile, _ int) {
			behindNames(c, "https://m.gazette.example/p.gif?u="+nid(c, profile), "gazette.pulse.example")
		}, true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := companies(t)
			if c.listed {
				r.Lists = lists(t)
			}
			var lines []string
			for _, k := range r.Read(fourCaptures(c.fill)).Cloaks {
				lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %v %s %s %v %s", k.Host, k.Chain, k.Party.ID, k.Party.Relation, k.Identifiers, k.Listed)))
				if len(k.Visits) != 4 || len(k.Evidence) != 4 {
					t.Errorf("cloak %+v", k)
				}
			}
			if got := strings.Join(lines, "\n"); got != c.want {
				t.Errorf("cloaks\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}
