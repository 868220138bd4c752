package browse

import (
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

func TestWhatAPageSendsWhenAClickLeavesItIsInTheCapture(t *testing.T) {
	s := newSite(t)
	s.page("/leave", `<a id="same" href="/next">Same site</a><a id="other" href="https://track.example/next">Other site</a><script>
		addEventListener("pagehide", () => { navigator.sendBeacon("/bye?beacon", "left"); fetch("/bye?kept", {method: "POST", body: "left", keepalive: true}) })</script>`)
	s.page("/next", ``)
	s.page("/bye", ``)
	br := s.browser(t)
	for _, where := range []string{"same", "other"} {
		c := visit(t, br, Visit{URL: "https://shop.example/leave?" + where, Steps: []Step{{Click: "#" + where}}})
		t.Logf("%s: cut %v, %s", where, c.Cut, list(c))
	}
	c := visit(t, br, Visit{URL: "https://shop.example/leave?opened", Steps: []Step{{Open: "https://track.example/next"}}})
	t.Logf("opened: cut %v, %s", c.Cut, list(c))
	for _, r := range s.requests() {
		t.Log(r.method, r.url)
	}
}
