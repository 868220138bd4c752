package browse

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason"
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
			fetch("https://cdn.example/simple");
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
	s.text("cdn.example/simple", "text/plain", "simple")
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
		handshake := strings.HasSuffix(l.url, "/socket")
		if without != handshake || len(l.header.Values("Sec-GPC")) > 1 {
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
	if n := len(requestsFor(c, "https://cdn.example/simple")); n != 1 {
		t.Errorf("the header made the browser ask for leave: %d requests%s", n, list(c))
	}
	for _, r := range c.Requests {
		if r.From == "page" && r.Type != "preflight" && (value(r.Headers, "Sec-GPC") == "") != (r.Type == "websocket") {
			t.Errorf("the record of %s has the signal %q", r.URL, value(r.Headers, "Sec-GPC"))
		}
	}
}

func TestTheSignalLeavesCachesAndServiceWorkersAsTheyAre(t *testing.T) {
	s := newSite(t)
	s.page("shop.example/{$}", `<img src="/tagged"><img src="/long"><script>
		navigator.serviceWorker.register("/service.js").then(() => navigator.serviceWorker.ready).then(() => fetch("/own"));
	</script>`)
	s.script("/service.js", `addEventListener("install", () => skipWaiting()); addEventListener("activate", (e) => e.waitUntil(clients.claim()));
		addEventListener("fetch", (e) => { if (e.request.url.endsWith("/own")) e.respondWith(new Response("from the worker")); });`)
	s.HandleFunc("/own", func(http.ResponseWriter, *http.Request) {})
	s.HandleFunc("/tagged", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		w.Header().Set("ETag", `"made-up"`)
		w.Header().Set("Set-Cookie", "basket=full; Max-Age=3600; Secure")
		if r.Header.Get("If-None-Match") != "" {
			w.WriteHeader(http.StatusNotModified)
		}
	})
	s.HandleFunc("/long", func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Cache-Control", "max-age=86400") })
	b := s.browser(t)
	p, err := b.NewProfile()
	if err != nil {
		t.Fatal(err)
	}
	visit(t, b, Visit{URL: "https://shop.example/", GPC: true, Profile: p})
	before := len(s.requests())
	c := visit(t, b, Visit{ID: "A2", URL: "https://shop.example/", GPC: true, Profile: p})
	var tag string
	for _, l := range s.requests()[before:] {
		if strings.HasSuffix(l.url, "/long") || strings.HasSuffix(l.url, "/own") {
			t.Errorf("%s was sent although it is kept", l.url)
		}
		if strings.HasSuffix(l.url, "/tagged") {
			tag = l.header.Get("If-None-Match")
		}
	}
	if tag != `"made-up"` {
		t.Errorf("the kept tag was sent as %q", tag)
	}
	for url, want := range map[string]string{"/long": "disk", "/own": "service-worker", "/tagged": "disk"} {
		if r := requestsFor(c, "https://shop.example"+url); len(r) == 0 || r[0].FromCache != want {
			t.Errorf("%s: from %v, want %s%s", url, r, want, list(c))
		}
	}
	without := visit(t, b, Visit{ID: "A3", URL: "https://shop.example/", Profile: p})
	for _, url := range []string{"https://shop.example/", "https://shop.example/tagged"} {
		got, want := headerNames(one(t, c, url)), headerNames(one(t, without, url))
		if want = append(want, "sec-gpc"); !slices.Contains(want, "cookie") || !slices.Equal(got, slices.Sorted(slices.Values(want))) {
			t.Errorf("%s was sent with %v; without the signal, which is added here, with %v", url, got, want)
		}
	}
}

func headerNames(r diapason.Request) []string {
	var names []string
	for _, h := range r.Headers {
		names = append(names, strings.ToLower(h.Name))
	}
	slices.Sort(names)
	return names
}
