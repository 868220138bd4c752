package browse

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason"
)

// callsOf gives what was called, with names, from where.
func callsOf(c *diapason.Capture, apis ...string) []string {
	var all []string
	for _, k := range c.Calls {
		if len(apis) == 0 || slices.Contains(apis, k.API) {
			all = append(all, fmt.Sprintf("%s(%s) ×%d by %s in %s %s", k.API, k.Name, k.Count, k.Script, k.Target, k.Frame))
		}
	}
	slices.Sort(all)
	return all
}

func TestTheFirstStatementOfEveryDocumentAndWorkerIsListenedTo(t *testing.T) {
	s := newSite(t)
	s.page("shop.example/{$}", `<script>document.cookie = "first=1"</script>
		<iframe srcdoc="<script>document.cookie = 'srcdoc=1'</script>"></iframe>
		<iframe src="/own"></iframe><iframe src="https://track.example/frame"></iframe><iframe src="https://track.example/frame?again"></iframe>
		<script src="https://cdn.example/by.js"></script>
		<script>new Worker("/worker.js"); new SharedWorker("/shared.js"); navigator.serviceWorker.register("/service.js")</script>`)
	s.script("/by.js", `const f = document.createElement("iframe"); document.body.append(f); f.contentWindow.document.cookie = "blank=1";
		for (let i = 0; i < 30; i++) document.cookie = "by=" + i`)
	s.page("/own", `<script>document.cookie = "own=1"</script>`)
	s.page("track.example/frame", `<script>document.cookie = "frame=1; SameSite=None; Secure"</script>`)
	s.page("/next", `<script>document.cookie = "same-site=1"</script>`)
	s.page("track.example/next", `<script>document.cookie = "other-site=1"; localStorage.setItem("k", "v"); sessionStorage.setItem("s", "w"); cookieStore.set({name: "store", value: "2"})</script>`)
	s.script("/worker.js", `new OffscreenCanvas(20, 20).getContext("2d").getImageData(0, 0, 16, 16)`)
	s.script("/shared.js", `new OffscreenCanvas(20, 20).getContext("2d").getImageData(0, 0, 17, 17)`)
	s.script("/service.js", `cookieStore.set("service", "1")`)
	c := visit(t, s.browser(t), Visit{URL: "https://shop.example/", Steps: []Step{{Open: "https://shop.example/next"}, {Open: "https://track.example/next"}}})
	const shop, track, image = "https://shop.example/", "https://track.example/", "OffscreenCanvasRenderingContext2D.getImageData"
	want := []string{
		image + "(16x16) ×1 by " + shop + "worker.js in worker " + shop + "worker.js",
		image + "(17x17) ×1 by " + shop + "shared.js in shared_worker " + shop + "shared.js",
		"cookieStore.set(service) ×1 by " + shop + "service.js in service_worker " + shop + "service.js",
		"cookieStore.set(store) ×1 by " + track + "next in page " + track + "next",
		"document.cookie=(blank) ×1 by https://cdn.example/by.js in page " + shop,
		"document.cookie=(by) ×30 by https://cdn.example/by.js in page " + shop,
		"document.cookie=(first) ×1 by " + shop + " in page " + shop,
		"document.cookie=(frame) ×1 by " + track + "frame in iframe " + track + "frame",
		"document.cookie=(frame) ×1 by " + track + "frame?again in iframe " + track + "frame?again",
		"document.cookie=(other-site) ×1 by " + track + "next in page " + track + "next",
		"document.cookie=(own) ×1 by " + shop + "own in page " + shop + "own",
		"document.cookie=(same-site) ×1 by " + shop + "next in page " + shop + "next",
		"document.cookie=(srcdoc) ×1 by about:srcdoc in page " + shop,
		"localStorage.setItem(k) ×1 by " + track + "next in page " + track + "next",
		"sessionStorage.setItem(s) ×1 by " + track + "next in page " + track + "next",
	}
	if got := callsOf(c); !slices.Equal(got, want) {
		t.Errorf("calls\n%s\nexpected\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if !c.Complete || len(c.Cut) > 0 {
		t.Errorf("complete %v, gaps %v, cut %v", c.Complete, c.Gaps, c.Cut)
	}
	for _, k := range c.Cookies {
		if k.Name == "by" && k.Setter != "script https://cdn.example/by.js" {
			t.Errorf("%s was set by %q", k.Name, k.Setter)
		}
	}
	s.holdAgainst(t, c)
}

func TestListeningCannotBeSeenByThePage(t *testing.T) {
	s := newSite(t)
	var told []string
	s.HandleFunc("POST /told", func(_ http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		told = append(told, string(b))
	})
	s.page("shop.example/{$}", `<script>
		const out = [], seen = (what, x) => out.push(what + ": " + x);
		seen("globals", Object.getOwnPropertyNames(globalThis).length + " " + Reflect.ownKeys(document).length);
		const set = Object.getOwnPropertyDescriptor(Document.prototype, "cookie").set;
		seen("source", set.toString() + set.name + set.length + HTMLCanvasElement.prototype.toDataURL);
		let asked = 0;
		const trap = { toString() { asked++; return "t=" + new Error().stack.split("\n").length }, get name() { asked++; return "n" }, get value() { asked++; return "v" } };
		document.cookie = trap;
		seen("a value is asked for once", asked);
		asked = 0;
		Error.prepareStackTrace = () => { asked++ };
		String.prototype.slice = Reflect.apply = console.debug = JSON.stringify = Map.prototype.get = Array.prototype.push.call = () => { asked++ };
		Object.defineProperty(Object.prototype, "0", { set() { asked++ }, configurable: true });
		document.cookie = "plain=1";
		document.createElement("canvas").toDataURL();
		localStorage.setItem("k", "v");
		delete Object.prototype[0];
		seen("tools of the page that were used", asked);
		try { set.call({}, "x") } catch (e) { seen("error", e.message) }
		fetch("/told", {method: "POST", body: out.join("\n")});
	</script>`)
	br := s.browser(t)
	deaf := *br
	l := usualLimits()
	l.calls = 0
	deaf.limits = &l
	c := visit(t, br, Visit{URL: "https://shop.example/"})
	none := visit(t, &deaf, Visit{URL: "https://shop.example/"})
	if len(told) != 2 || told[0] != told[1] || !strings.Contains(told[0], "[native code]") {
		t.Errorf("with listening, and without, the page saw\n%s", strings.Join(told, "\n--\n"))
	}
	if len(c.Calls) < 4 || len(none.Calls) != 0 {
		t.Errorf("calls %v, and without listening %v", callsOf(c), callsOf(none))
	}
}

func TestAnInterfaceThatIsCalledWithoutEndIsNotListenedToForEver(t *testing.T) {
	s := newSite(t)
	s.page("shop.example/{$}", `<script>const x = document.createElement("canvas").getContext("2d");
		for (let i = 0; i < 30000; i++) x.save();
		for (let i = 0; i < 3000; i++) document.cookie = "n" + i + "=1"; x.restore()</script>`)
	br := s.browser(t)
	l := usualLimits()
	l.calls = 100
	br.limits = &l
	c := visit(t, br, Visit{URL: "https://shop.example/"})
	saved := 0
	for _, k := range c.Calls {
		if k.API == "CanvasRenderingContext2D.save" {
			saved = k.Count
		}
	}
	if saved < 1000 || saved >= 30000 || c.Cut[tooOften] != 1 || c.Cut[moreCalls] == 0 || len(c.Calls) != 100 {
		t.Errorf("%d calls of save are told, %d calls in all, cut %v", saved, len(c.Calls), c.Cut)
	}
	if !c.Complete || len(c.Gaps) != 1 || !c.Gaps[0].Minor {
		t.Errorf("complete %v, gaps %v", c.Complete, c.Gaps)
	}
}

func TestAWindowIsListenedToOrIsCounted(t *testing.T) {
	s := newSite(t)
	s.page("shop.example/{$}", `<button>Open</button><a href="#">Both</a><script>
		document.querySelector("button").onclick = () => open("https://track.example/window");
		document.querySelector("a").onclick = () => open("/window");
	</script>`)
	s.page("/window", `<script>document.cookie = "window=1"</script>`)
	c := visit(t, s.browser(t), Visit{URL: "https://shop.example/", Steps: []Step{{Click: "text=Open"}, {Click: "text=Both"}}})
	s.holdAgainst(t, c)
	want := []string{"document.cookie=(window) ×1 by https://track.example/window in page https://track.example/window"}
	if got := callsOf(c); !slices.Equal(got, want) || c.Cut[unheard] != 1 || !c.Complete {
		t.Errorf("calls %v, cut %v, complete %v", got, c.Cut, c.Complete)
	}
}
