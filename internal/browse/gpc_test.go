package browse

import (
	"net/http"
	"strings"
	"testing"
)

// signalled tells the server what a document or worker sees of the signal.
const signalled = `
	const tell = (who) => {
		const owner = Object.getPrototypeOf(navigator), d = Object.getOwnPropertyDescriptor(owner, "globalPrivacyControl");
		return fetch("/signal/" + who + "?" + [navigator.globalPrivacyControl, !!d, d && d.enumerable, d && typeof d.get, Object.hasOwn(navigator, "globalPrivacyControl")].join());
	};`

func TestASignalOfPrivacyReachesEveryRequestAndEveryScriptBeforeItRuns(t *testing.T) {
	s := newSite(t)
	s.page("shop.example/{$}", `<link rel="stylesheet" href="/style.css"><script>`+signalled+`tell("page")</script>
		<iframe src="https://track.example/frame"></iframe><iframe src="/inner"></iframe><iframe srcdoc="<script>parent.seen = navigator.globalPrivacyControl</script>" onload="fetch('/signal/srcdoc?' + window.seen)"></iframe>
		<script>
			new Worker("/work.js"); new SharedWorker("/shared.js"); navigator.serviceWorker.register("/service.js");
			new WebSocket("wss://track.example/socket");
			navigator.sendBeacon("/beacon", "x");
			fetch("https://cdn.example/cross", {headers: {"X-Made-Up": "1"}});
			fetch("/moved");
		</script>`)
	s.page("track.example/frame", `<script>`+signalled+`tell("frame")</script>`)
	s.page("shop.example/inner", `<script>`+signalled+`tell("inner")</script>`)
	s.text("/style.css", "text/css", "h1 { color: red }")
	s.script("/work.js", signalled+`tell("worker"); fetch("/from-worker")`)
	s.script("/shared.js", signalled+`tell("shared")`)
	s.script("/service.js", signalled+`tell("service"); addEventListener("install", () => self.skipWaiting())`)
	s.HandleFunc("/signal/{who}", func(http.ResponseWriter, *http.Request) {})
	s.HandleFunc("/beacon", func(http.ResponseWriter, *http.Request) {})
	s.HandleFunc("/from-worker", func(http.ResponseWriter, *http.Request) {})
	s.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/arrived", http.StatusFound) })
	s.HandleFunc("/arrived", func(http.ResponseWriter, *http.Request) {})
	s.HandleFunc("cdn.example/cross", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Allow-Headers", "*")
	})
	c := visit(t, s.browser(t), Visit{URL: "https://shop.example/", GPC: true})
	if !c.GPC || !c.Complete {
		t.Fatalf("GPC %v, complete %v%s", c.GPC, c.Complete, list(c))
	}
	s.holdAgainst(t, c)
	told := map[string]string{}
	for _, l := range s.requests() {
		without := l.header.Get("Sec-GPC") == ""
		handshake, preflight := strings.HasSuffix(l.url, "/socket"), l.method == http.MethodOptions
		t.Logf("%s %s %q", l.method, l.url, l.header["Sec-Gpc"])
		if without != (handshake || preflight) || len(l.header.Values("Sec-GPC")) > 1 {
			t.Errorf("%s %s came with %q", l.method, l.url, l.header.Values("Sec-GPC"))
		}
		if _, who, ok := strings.Cut(l.url, "/signal/"); ok {
			who, seen, _ := strings.Cut(who, "?")
			told[who] = seen
		}
	}
	for _, who := range []string{"page", "frame", "inner", "worker", "shared", "service"} {
		if told[who] != "true,true,true,function,false" {
			t.Errorf("the %s sees %q", who, told[who])
		}
	}
	if told["srcdoc"] != "true" {
		t.Errorf("the frame without an address sees %q", told["srcdoc"])
	}
	for _, r := range c.Requests {
		if r.From == "page" && r.Type != "preflight" && (value(r.Headers, "Sec-GPC") == "") != (r.Type == "websocket") {
			t.Errorf("the record of %s has the signal %q", r.URL, value(r.Headers, "Sec-GPC"))
		}
	}
}
