package browse

import (
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason"
)

func TestWhatABrowserFetchesInAdvanceIsInTheCapture(t *testing.T) {
	s := newSite(t)
	s.page("shop.example/{$}", `<!doctype html><title>Shop</title>
		<link rel="preload" as="image" href="/preloaded.gif"><link rel="modulepreload" href="/module.js"><link rel="prefetch" href="/prefetched">
		<link rel="preconnect" href="https://track.example"><link rel="dns-prefetch" href="https://cdn.example">
		<script type="speculationrules">{"prerender": [{"urls": ["/prerendered"], "eagerness": "immediate"}], "prefetch": [{"urls": ["/speculated"], "eagerness": "immediate"}]}</script>
		<object data="/object"></object><video src="/film.webm" preload="auto"></video><img srcset="/large.gif 2x, /small.gif 1x">
		<script>fetch("/aborted", {signal: AbortSignal.timeout(50)}).catch(() => 0)</script>`)
	s.page("/prerendered", `<script>fetch("/from-prerendered")</script>`)
	s.script("/module.js", `import "./deeper.js"`)
	s.script("/deeper.js", ``)
	for _, p := range []string{"/preloaded.gif", "/prefetched", "/speculated", "/from-prerendered", "/object", "/film.webm", "/small.gif", "/large.gif", "/aborted"} {
		s.page(p, "")
	}
	c := visit(t, s.browser(t), Visit{URL: "https://shop.example/"})
	s.holdAgainst(t, c)
	if n := len(s.requests()); n < 10 {
		t.Errorf("the server saw only %d requests: the page did not do what it should %s", n, list(c))
	}
	for _, r := range c.Requests {
		if r.Method == "CONNECT" && r.From == "page" {
			t.Errorf("a connection without a request is told as the page's: %s", r.URL)
		}
	}
}

func TestWhatAPageSendsWhenItIsLeftIsInTheCaptureOrItIsSaidThatItIsNot(t *testing.T) {
	s := newSite(t)
	s.page("/leave", `<a id="same" href="/next">Same site</a> <a id="other" href="https://track.example/next">Other site</a><script>
		addEventListener("pagehide", () => { navigator.sendBeacon("/bye?beacon", "left"); fetch("/bye?kept", {method: "POST", body: "left", keepalive: true}) })</script>`)
	s.page("/next", ``)
	s.page("/bye", ``)
	br := s.browser(t)
	for _, test := range []struct {
		step Step
		told bool // what is sent on leaving is in the capture; else it is said that it is not
	}{
		{Step{Click: "#same"}, true},
		{Step{Open: "https://track.example/next"}, true},
		{Step{Click: "#other"}, false},
	} {
		before := len(s.requests())
		c := visit(t, br, Visit{URL: "https://shop.example/leave", Steps: []Step{test.step}})
		log := s.requests()[before:]
		sent := slices.DeleteFunc(slices.Clone(log), func(l seen) bool { return l.method != "POST" })
		if len(sent) != 2 {
			t.Errorf("%+v: the page sent %v on leaving", test.step, sent)
		}
		if test.told {
			holdAgainst(t, log, c)
		}
		if !test.told != (c.Cut[leftByItself] == 1) || !c.Complete {
			t.Errorf("%+v: cut %v, complete %v", test.step, c.Cut, c.Complete)
		}
		if n := len(unheardTo(c, "https://shop.example/leave")); (n > 0) == test.told {
			t.Errorf("%+v: %d hosts got something that was not told %s", test.step, n, list(c))
		}
	}
}

// unheardTo lists the hosts that got something when a page was left, by what
// the gate counted.
func unheardTo(c *diapason.Capture, page string) []string {
	var all []string
	for _, r := range c.Requests {
		if r.From == "left" && r.Page == page && r.Body.Size > 0 && r.Address != "" {
			all = append(all, r.URL)
		}
	}
	slices.Sort(all)
	return all
}

func TestWhoGetsWhatAPageSendsWhenItIsLeftForAnotherSiteIsCountedByTheGate(t *testing.T) {
	s := newSiteWith(t, true) // the test before it speaks HTTP/1.1
	const leave = `<a id="other" href="https://track.example/next">Other site</a><script>addEventListener("pagehide", () => { SEND })</script>`
	sends := map[string]string{ // what a page sends on leaving, and what it loads before
		"own":     `navigator.sendBeacon("/bye", "left")`,
		"far":     `navigator.sendBeacon("https://cdn.example/bye", "left")`,
		"known":   `navigator.sendBeacon("https://cdn.example/bye", "left")`,
		"both":    `navigator.sendBeacon("/bye", "left"); fetch("https://cdn.example/bye", {method: "POST", body: "left".repeat(500), keepalive: true, mode: "no-cors"})`,
		"nothing": ``,
	}
	for name, send := range sends {
		html := strings.ReplaceAll(leave, "SEND", send)
		if name == "known" {
			html += `<img src="https://cdn.example/before.gif">`
		}
		s.page("/"+name, html)
	}
	s.page("/next", `<link rel="preconnect" href="https://cdn.example"><img src="https://track.example/after.gif"><script>navigator.sendBeacon("/here", "stays")</script>`)
	for _, path := range []string{"/bye", "/here", "/before.gif", "/after.gif"} {
		s.page(path, ``)
	}
	br := s.browser(t)
	for name, want := range map[string][]string{
		"own": {"https://shop.example/"}, "far": {"https://cdn.example/"}, "known": {"https://cdn.example/"},
		"both": {"https://cdn.example/", "https://shop.example/"}, "nothing": nil,
	} {
		before := len(s.requests())
		c := visit(t, br, Visit{URL: "https://shop.example/" + name, Steps: []Step{{Click: "#other"}}})
		sent := 0
		for _, l := range s.requests()[before:] {
			if strings.HasSuffix(l.url, "/bye") {
				sent += len(l.body)
			}
		}
		if (sent > 0) != (len(want) > 0) {
			t.Errorf("%s: the page sent %d bytes on leaving", name, sent)
		}
		if got := unheardTo(c, "https://shop.example/"+name); !slices.Equal(got, want) || strings.Contains(c.Gaps[0].Why, "the gate saw") != (len(want) > 0) {
			t.Errorf("%s: %q got something when the page was left, want %q %s", name, got, want, list(c))
		}
		for _, r := range c.Requests {
			if r.From == "left" && r.URL == "https://cdn.example/" && name == "both" && r.Body.Size < 2000 {
				t.Errorf("the gate counted %d bytes of a body of 2000", r.Body.Size)
			}
		}
	}
}
