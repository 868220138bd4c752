package does

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"diapason.dev/diapason"
)

// toured makes the four visits of Nocturne and those of the linkage, each
// filled by fill, which is told the site that a page of it is on, the profile
// and how often the browser was started before in it.
func toured(fill func(c *diapason.Capture, profile int, site string, started int)) []*diapason.Capture {
	all := fourCaptures(func(c *diapason.Capture, profile, before int) { fill(c, profile, "nocturne.example", before) })
	for profile, order := range [][]string{{"nocturne.example", "gazette.example"}, {"gazette.example", "nocturne.example"}} {
		for i, site := range order {
			c := visit(fmt.Sprintf("link/%s/%d", []string{"P", "Q"}[profile], i+1), diapason.P0, profile+1)
			c.Site = "https://" + site + "/"
			fill(c, 3+profile, site, i)
			all = append(all, c)
		}
	}
	m := visit("link/M/1", diapason.P0, 3)
	for _, site := range []string{"nocturne.example", "gazette.example"} {
		m.Site = "https://" + site + "/"
		fill(m, 5, site, 0)
	}
	m.Site = "https://nocturne.example/"
	return append(all, m)
}

// token is a value that lasts as long as what its parts name.
func token(parts ...any) string { return sha(fmt.Sprint(parts...))[:32] }

func linkLines(all []Link) string {
	var lines []string
	for _, l := range all {
		line := fmt.Sprintf("%s %s %q %v", l.Level, l.Receiver.ID, l.Identifier, l.Sites)
		if l.MemoryOnly {
			line += " until the browser quits"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func TestTheLevelOfALinkTellsWhatTheReceiverHasOnBothSites(t *testing.T) {
	const both = " [gazette.example nocturne.example]"
	pulse := func(c *diapason.Capture, site, query string) {
		ask(c, "image", "https://pulse.example/p.gif?s="+site+query)
	}
	for name, c := range map[string]struct {
		fill func(c *diapason.Capture, profile int, site string, started int)
		want string
	}{
		"one value": {func(c *diapason.Capture, profile int, site string, _ int) {
			pulse(c, site, "&u="+token(profile))
		}, `L3 pulse "url u @ pulse.example"` + both},
		"a value for each site": {func(c *diapason.Capture, profile int, site string, _ int) {
			pulse(c, site, "&u="+token(profile, site))
		}, `L1 pulse "url u @ pulse.example"` + both},
		"one value in one run of the browser": {func(c *diapason.Capture, profile int, site string, started int) {
			pulse(c, site, "&u="+token(profile, started))
		}, `L3 pulse "url u @ pulse.example"` + both + " until the browser quits"},
		"a value that is new on each page": {func(c *diapason.Capture, profile int, site string, started int) {
			pulse(c, site, "&u="+token(profile, site, started))
		}, "L0 pulse \"\"" + both},
		"nothing": {func(c *diapason.Capture, _ int, site string, _ int) {
			pulse(c, site, "")
		}, "L0 pulse \"\"" + both},
		"nothing, and the site unknown": {func(c *diapason.Capture, _ int, _ string, _ int) {
			ask(c, "image", "https://pulse.example/p.gif")
		}, ""},
		"a value that all browsers have": {func(c *diapason.Capture, _ int, site string, _ int) {
			pulse(c, site, "&u="+token())
		}, "L0 pulse \"\"" + both},
		"nothing, at one that only delivers files": {func(c *diapason.Capture, _ int, site string, _ int) {
			ask(c, "image", "https://files.example/p.gif?s="+site)
		}, ""},
		"nothing, at the service": {func(c *diapason.Capture, _ int, site string, _ int) {
			ask(c, "image", "https://static.nocturne.example/p.gif?s="+site)
		}, ""},
		"the hour of the visit": {func(c *diapason.Capture, profile int, site string, _ int) {
			pulse(c, site, fmt.Sprintf("&t=%d", noon.Unix()+int64(profile)*7919))
		}, "L0 pulse \"\"" + both},
		"one value behind names of the sites": {func(c *diapason.Capture, profile int, site string, _ int) {
			q := ask(c, "image", "https://m."+site+"/p.gif?u="+token(profile))
			q.CNAME = []string{site + ".stranger.example"}
		}, `L3 stranger.example "url u @ m.gazette.example"` + both},
		"nothing behind names of the sites": {func(c *diapason.Capture, _ int, site string, _ int) {
			q := ask(c, "image", "https://m."+site+"/p.gif")
			q.CNAME = []string{site + ".stranger.example"}
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := companies(t).Read(toured(c.fill))
			if got := linkLines(f.Links); got != c.want {
				t.Errorf("links\n%s\nwant\n%s", got, c.want)
			}
			for _, l := range f.Links {
				if len(l.Evidence) != 2 || (l.Level == "L0") != (l.Score == 0) {
					t.Errorf("link %+v", l)
				}
			}
		})
	}
}

// What links two sites is the same whatever the receiver calls its field, and
// in whatever order captures and requests come.
func TestALevelSurvivesRenamingAndReordering(t *testing.T) {
	kinds := map[string]func(profile int, site string, started int) string{
		"L3": func(profile int, _ string, _ int) string { return token(profile) },
		"L1": func(profile int, site string, _ int) string { return token(profile, site) },
		"L0": func(profile int, site string, started int) string { return token(profile, site, started) },
	}
	for want, value := range kinds {
		for seed := range uint64(15) {
			x := rand.New(rand.NewPCG(seed, 5))
			field := random(seed, 1+x.IntN(12), base36)
			all := toured(func(c *diapason.Capture, profile int, site string, started int) {
				ask(c, "image", "https://pulse.example/p.gif?s="+site+"&f"+field+"="+value(profile, site, started))
				ask(c, "image", "https://pulse.example/q.gif?lang=en", "Referer", "https://"+site+"/")
			})
			for _, c := range all {
				x.Shuffle(len(c.Requests), func(i, j int) { c.Requests[i], c.Requests[j] = c.Requests[j], c.Requests[i] })
			}
			x.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
			links := companies(t).Read(all).Links
			if len(links) != 1 || links[0].Level != want {
				t.Fatalf("field f%s: links %s, want %s", field, linkLines(links), want)
			}
		}
	}
}
