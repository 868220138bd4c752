package browse

import (
	"slices"
	"testing"
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
	}
}
