package does

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"diapason.dev/diapason"
)

// goes makes the tab go on to a document, for a reason, so many seconds after
// the one before.
func goes(c *diapason.Capture, cause, url string, after float64) *diapason.Request {
	at := c.Started
	if n := len(c.Requests); n > 0 {
		at = c.Requests[n-1].At
	}
	q := ask(c, "document", url)
	q.At, q.Cause, q.Page, q.Frame = at.Add(time.Duration(after*float64(time.Second))), cause, url, ""
	if cause == "redirect" {
		q.Redirect = fmt.Sprint("r", len(c.Requests)-1)
	}
	return q
}

const (
	here      = "https://nocturne.example/"
	middle    = "https://pulse.example/b?to=x"
	labelSite = "https://label.example/"
)

func TestASiteThatAPersonWasLedThroughIsABounce(t *testing.T) {
	for name, c := range map[string]struct {
		fill func(c *diapason.Capture)
		want string
	}{
		"by redirects, from a click": {func(c *diapason.Capture) {
			goes(c, "opened", here, 0)
			sets(goes(c, "input", middle, 20), "b", "1")
			goes(c, "redirect", labelSite, 0.1)
		}, "nocturne.example pulse.example label.example pulse [b]"},
		"and back again": {func(c *diapason.Capture) {
			goes(c, "opened", here, 0)
			goes(c, "page", middle, 20).Headers = []diapason.Header{{Name: "Cookie", Value: "b=1"}}
			goes(c, "page", here+"in", 2)
		}, "nocturne.example pulse.example nocturne.example pulse [b]"},
		"by a page of its own whose script writes": {func(c *diapason.Capture) {
			goes(c, "opened", here, 0)
			goes(c, "redirect", middle, 0.1)
			c.Calls = append(c.Calls, diapason.Call{API: "localStorage.setItem", Name: "kept", Frame: middle}, diapason.Call{API: "document.cookie=", Name: "c", Frame: middle})
			goes(c, "page", labelSite, 1)
		}, "nocturne.example pulse.example label.example pulse [c kept]"},
		"two in a row": {func(c *diapason.Capture) {
			goes(c, "opened", here, 0)
			sets(goes(c, "page", middle, 1), "b", "1")
			sets(goes(c, "page", "https://adsum.example/", 1), "a", "1")
			goes(c, "page", labelSite, 1)
		}, "nocturne.example adsum.example label.example adsum [a]\nnocturne.example pulse.example label.example pulse [b]"},
		"that touches nothing": {func(c *diapason.Capture) {
			goes(c, "opened", here, 0)
			goes(c, "page", middle, 1)
			goes(c, "page", labelSite, 1)
		}, ""},
		"that only takes back what it had": {func(c *diapason.Capture) {
			goes(c, "opened", here, 0)
			goes(c, "page", middle, 1).ResponseHeaders = []diapason.Header{{Name: "Set-Cookie", Value: "b=; Max-Age=-1"}}
			goes(c, "page", labelSite, 1)
		}, ""},
		"where the person stayed": {func(c *diapason.Capture) {
			goes(c, "opened", here, 0)
			sets(goes(c, "input", middle, 1), "b", "1")
			goes(c, "page", labelSite, 11)
		}, ""},
		"where the person clicked": {func(c *diapason.Capture) {
			goes(c, "opened", here, 0)
			sets(goes(c, "input", middle, 1), "b", "1")
			goes(c, "input", labelSite, 1)
		}, ""},
		"at which the person was asked for": {func(c *diapason.Capture) {
			sets(goes(c, "opened", middle, 0), "b", "1")
			goes(c, "redirect", here, 0.1)
		}, ""},
		"at which the person arrived": {func(c *diapason.Capture) {
			goes(c, "opened", here, 0)
			sets(goes(c, "input", middle, 1), "b", "1")
		}, ""},
		"of the service itself": {func(c *diapason.Capture) {
			goes(c, "opened", "http://nocturne.example/", 0)
			sets(goes(c, "redirect", "https://www.nocturne.example/", 0.1), "b", "1")
			goes(c, "redirect", labelSite, 0.1)
		}, ""},
		"of the company where it ends": {func(c *diapason.Capture) {
			goes(c, "opened", here, 0)
			sets(goes(c, "input", middle, 1), "b", "1")
			goes(c, "redirect", "https://pulse-ads.example/", 0.1)
		}, ""},
		"in a frame": {func(c *diapason.Capture) {
			goes(c, "opened", here, 0)
			q := ask(c, "document", middle)
			sets(q, "b", "1")
			ask(c, "document", labelSite).Redirect = q.ID
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var lines []string
			for _, b := range companies(t).Read(fourCaptures(func(v *diapason.Capture, _, _ int) { c.fill(v) })).Bounces {
				lines = append(lines, fmt.Sprintf("%s %s %s %s %v", b.From, b.Through, b.To, b.Party.ID, b.Touched))
				if len(b.Visits) != 4 || len(b.Evidence) != 4 {
					t.Errorf("bounce %+v", b)
				}
			}
			if got := strings.Join(lines, "\n"); got != c.want {
				t.Errorf("bounces\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestARecordingShowsBouncesByRedirects(t *testing.T) {
	c := visit("phone", diapason.P6, 1)
	c.Source, c.Mode = "har", diapason.Manual
	q := ask(c, "document", here)
	q.Frame = ""
	q = follow(c, q, "document", middle)
	sets(q, "b", "1")
	follow(c, q, "document", labelSite)
	f := companies(t).Read([]*diapason.Capture{c})
	if len(f.Bounces) != 1 || f.Bounces[0].Through != "pulse.example" || f.Bounces[0].To != "label.example" {
		t.Errorf("bounces %+v", f.Bounces)
	}
}
