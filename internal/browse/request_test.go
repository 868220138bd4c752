package browse

import (
	"bufio"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason"
)

func TestEveryRequestOfPagesFramesAndWorkersIsInTheCapture(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.page("shop.example/{$}", `<!doctype html><title>Shop</title><script src="/a.js"></script>
		<link rel="stylesheet" href="/style.css"><img src="https://cdn.example/p.gif?a=b&c=d">
		<iframe src="https://track.example/frame"></iframe><iframe src="/own-frame"></iframe>
		<div style="height:4000px"></div><footer>the end</footer>
		<script>new IntersectionObserver((seen) => seen[0].isIntersecting && fetch("/scrolled")).observe(document.querySelector("footer"))</script>`)
	s.script("/a.js", `
		new Worker("/worker.js");
		new SharedWorker("/shared.js");
		navigator.serviceWorker.register("/service.js");
		addEventListener("pagehide", () => { navigator.sendBeacon("https://track.example/bye?sent", "left"); fetch("/bye?kept", {method: "POST", body: "left", keepalive: true}) });
		fetch("/data", {headers: {"X-Own": "1"}});
		const x = new XMLHttpRequest(); x.open("GET", "https://cdn.example/xhr"); x.setRequestHeader("X-Asks", "first"); x.send();
		import("/module.js");
		new EventSource("/stream");`)
	s.script("/worker.js", `fetch("/from-worker"); new Worker("/nested.js")`)
	s.script("/nested.js", `fetch("https://track.example/from-nested", {mode: "no-cors"})`)
	s.script("/shared.js", `fetch("/from-shared")`)
	s.script("/service.js", `fetch("/from-service"); importScripts("/imported.js")`)
	s.script("/imported.js", ``)
	s.script("/module.js", `fetch("/from-module")`)
	s.page("track.example/frame", `<script>fetch("/in-frame"); addEventListener("pagehide", () => navigator.sendBeacon("/bye?frame", "left"))</script><iframe src="https://cdn.example/deep"></iframe>`)
	s.page("cdn.example/deep", `<script>new Worker(URL.createObjectURL(new Blob(["fetch('https://cdn.example/from-blob')"])))</script>`)
	s.page("/own-frame", `<script>addEventListener("unload", () => navigator.sendBeacon("/bye?own-frame", "left"))</script>`)
	s.text("/style.css", "text/css", `@import "/more.css"; body { background: url(/bg.gif) }`)
	s.text("/more.css", "text/css", ``)
	s.HandleFunc("/stream", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		io.WriteString(w, "data: good evening\n\n")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	s.HandleFunc("cdn.example/xhr", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Allow-Headers", "X-Asks")
	})
	for _, p := range []string{"/from-worker", "/from-nested", "/from-shared", "/from-service", "/from-module", "/from-blob", "/data", "/in-frame", "/p.gif", "/scrolled", "/bg.gif", "/bye"} {
		s.page(p, "")
	}

	c := visit(t, s.browser(t), Visit{URL: "https://shop.example/"})
	s.holdAgainst(t, c)
	if c.Settle != "idle" || !c.Complete || len(c.Gaps) > 0 || len(c.Cut) > 0 {
		t.Errorf("settle %q, complete %v, gaps %v, cut %v", c.Settle, c.Complete, c.Gaps, c.Cut)
	}
	if len(s.requests()) < 28 {
		t.Errorf("the page itself did not do what it should: the server saw %d requests", len(s.requests()))
	}
	for _, want := range []struct{ url, target, kind, frame, initiator string }{
		{"https://shop.example/", "page", "document", "", ""},
		{"https://shop.example/data", "page", "fetch", "https://shop.example/", "https://shop.example/a.js"},
		{"https://shop.example/scrolled", "page", "fetch", "https://shop.example/", "https://shop.example/"},
		{"https://shop.example/from-worker", "worker", "fetch", "https://shop.example/worker.js", "https://shop.example/worker.js"},
		{"https://track.example/from-nested", "worker", "fetch", "https://shop.example/nested.js", "https://shop.example/nested.js"},
		{"https://shop.example/from-shared", "shared_worker", "fetch", "https://shop.example/shared.js", "https://shop.example/shared.js"},
		{"https://shop.example/from-service", "service_worker", "fetch", "https://shop.example/service.js", "https://shop.example/service.js"},
		{"https://track.example/frame", "page", "document", "https://shop.example/", "https://shop.example/"},
		{"https://track.example/in-frame", "iframe", "fetch", "https://track.example/frame", "https://track.example/frame"},
		{"https://cdn.example/deep", "iframe", "document", "https://track.example/frame", "https://track.example/frame"},
		{"https://track.example/bye?sent", "page", "ping", "https://shop.example/", "https://shop.example/a.js"},
		{"https://track.example/bye?frame", "iframe", "ping", "https://track.example/frame", "https://track.example/frame"},
	} {
		r := one(t, c, want.url)
		if r.Target != want.target || r.Type != want.kind || r.Frame != want.frame || r.Initiator != want.initiator || r.From != "page" || r.Page != "https://shop.example/" {
			t.Errorf("%s: target %s, type %s, frame %s, initiator %s, from %s, page %s; expected %+v", r.URL, r.Target, r.Type, r.Frame, r.Initiator, r.From, r.Page, want)
		}
	}
	for _, r := range c.Requests {
		if r.Failed != "" && r.From == "page" {
			t.Errorf("%s is said to have failed: %s", r.URL, r.Failed)
		}
	}
	if got := requestsFor(c, "https://cdn.example/xhr"); len(got) != 2 || !slices.ContainsFunc(got, func(r diapason.Request) bool { return r.Type == "preflight" && r.Method == "OPTIONS" }) {
		t.Errorf("expected a request and its preflight, got %+v", got)
	}
	if got := one(t, c, "https://shop.example/stream").ResponseBody; got.Text != "good evening" || got.Size != 12 {
		t.Errorf("what the stream said: %+v", got)
	}
	if d := one(t, c, "https://shop.example/data"); value(d.Headers, "X-Own") != "1" || value(d.Headers, "Host") != "shop.example" || d.Address != s.server.Listener.Addr().String() {
		t.Errorf("the request as sent: headers %v, address %s", d.Headers, d.Address)
	}
}

func TestTheBrowsersOwnConnectionsAreNotThePages(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.page("shop.example/{$}", `hello`)
	c := visit(t, s.browser(t), Visit{URL: "https://shop.example/"})
	known := map[string]bool{}
	for _, l := range s.requests() {
		known[place(l.url)] = true
	}
	for _, r := range c.Requests {
		if known[place(r.URL)] != (r.From == "page") {
			t.Errorf("%s is from %q", r.URL, r.From)
		}
	}
	for _, d := range c.Dials {
		if d.Host != "shop.example" && d.Refused == "" {
			t.Errorf("the gate dialled %s", d.Host)
		}
	}
}

func TestARedirectChainIsOneRequestForEachHop(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.page("shop.example/{$}", `<img src="https://track.example/1">`)
	for i, to := range []string{"/2", "https://cdn.example/3", "/2"} {
		s.HandleFunc(fmt.Sprintf("/%d", i+1), func(w http.ResponseWriter, r *http.Request) {
			if r.URL.RawQuery == "end" {
				return
			}
			w.Header().Set("Set-Cookie", fmt.Sprintf("hop%d=v; SameSite=None; Secure", i+1))
			if i == 2 {
				to = "/2?end"
			}
			http.Redirect(w, r, to, http.StatusFound)
		})
	}
	c := visit(t, s.browser(t), Visit{URL: "https://shop.example/"})
	s.holdAgainst(t, c)
	var last string
	for i, u := range []string{"https://track.example/1", "https://track.example/2", "https://cdn.example/3", "https://cdn.example/2?end"} {
		r := one(t, c, u)
		if r.Redirect != last {
			t.Errorf("%s comes from %q, expected %q", u, r.Redirect, last)
		}
		if want := fmt.Sprintf("hop%d=v; SameSite=None; Secure", i+1); i < 3 && (r.Status != 302 || value(r.ResponseHeaders, "Set-Cookie") != want) {
			t.Errorf("%s: status %d, cookie %q, expected 302 and %q", u, r.Status, value(r.ResponseHeaders, "Set-Cookie"), want)
		}
		last = r.ID
	}
}

func TestWhatIsPostedIsKeptWhole(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.page("shop.example/{$}", `<script>
		const post = (to, body) => fetch("/post/" + to, {method: "POST", body});
		post("string", "a=1&b=ü");
		post("blob", new Blob(["from a blob"]));
		const f = new FormData(); f.append("field", "value"); f.append("file", new File(["in a file"], "f.txt")); post("form", f);
		post("bytes", new Uint8Array([0, 255, 1, 254]));
		post("large", "x".repeat(1500000));
		new Worker(URL.createObjectURL(new Blob(['fetch("https://shop.example/post/worker", {method: "POST", body: new Blob(["from a worker"])})'])));
		navigator.sendBeacon("/post/beacon", new URLSearchParams({q: "beacon"}));
	</script>`)
	s.page("/post/", "thanks")
	c := visit(t, s.browser(t), Visit{URL: "https://shop.example/"})
	s.holdAgainst(t, c)
	sent := 0
	for _, l := range s.requests() {
		if l.method != "POST" {
			continue
		}
		sent++
		want := requestBody(l.body, l.header.Get("Content-Type"))
		if got := one(t, c, l.url).Body; got != want {
			t.Errorf("%s: body %.200q %s (absent %q), the server got %.200q", l.url, got.Text, got.SHA256, got.Absent, want.Text)
		}
	}
	if sent != 7 {
		t.Errorf("the page posted %d times, expected 7", sent)
	}
	if got, want := one(t, c, "https://shop.example/post/bytes").Body.Text, base64.StdEncoding.EncodeToString([]byte{0, 255, 1, 254}); got != want {
		t.Errorf("bytes that are no text: %q, expected base64 %q", got, want)
	}
	if got := one(t, c, "https://shop.example/post/large").Body; len(got.Text) != maxBody || got.Size != 1500000 {
		t.Errorf("a large body: %d bytes kept of %d", len(got.Text), got.Size)
	}
	if got := one(t, c, "https://shop.example/post/string").ResponseBody; got.Text != "thanks" || got.Mime != "text/html" {
		t.Errorf("the answer's body: %+v", got)
	}
}

func TestAWebSocketTellsWhatWasSentAndWhatCameBack(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.page("shop.example/{$}", `<script>const w = new WebSocket("wss://track.example/live?id=7"); w.onmessage = (m) => { w.send("heard " + m.data) }</script>`)
	heard := make(chan string, 1)
	s.HandleFunc("/live", func(w http.ResponseWriter, r *http.Request) {
		sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")) // RFC 6455, 4.2.2
		conn, rw, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		fmt.Fprintf(rw, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", base64.StdEncoding.EncodeToString(sum[:]))
		rw.Write([]byte{0x81, 4, 'p', 'i', 'n', 'g'})
		rw.Flush()
		heard <- readFrame(rw.Reader)
		io.Copy(io.Discard, rw)
	})
	c := visit(t, s.browser(t), Visit{URL: "https://shop.example/"})
	if got := <-heard; got != "heard ping" {
		t.Fatalf("the server heard %q", got)
	}
	s.holdAgainst(t, c)
	r := one(t, c, "wss://track.example/live?id=7")
	if !slices.Equal(r.Messages, []string{"heard ping"}) || r.ResponseBody.Text != "ping" || r.Type != "websocket" || r.Status != 101 || r.Page != "https://shop.example/" {
		t.Errorf("type %s, status %d, messages %q, page %s", r.Type, r.Status, r.Messages, r.Page)
	}
	if value(r.Headers, "Origin") != "https://shop.example" {
		t.Errorf("headers of the handshake: %v", r.Headers)
	}
}

// readFrame reads one short masked frame (RFC 6455, 5.2).
func readFrame(r *bufio.Reader) string {
	head := make([]byte, 6)
	if _, err := io.ReadFull(r, head); err != nil {
		return err.Error()
	}
	b := make([]byte, head[1]&0x7f)
	io.ReadFull(r, b)
	for i := range b {
		b[i] ^= head[2+i%4]
	}
	return string(b)
}

func TestTheRenderedPageAndItsPictureAreKept(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.page("shop.example/{$}", `<!doctype html><title>Shop</title><body><script>document.body.append("made by a script")</script>`)
	c := visit(t, s.browser(t), Visit{URL: "https://shop.example/"})
	if len(c.Pages) != 1 || c.Pages[0].Title != "Shop" || c.Pages[0].URL != "https://shop.example/" || !strings.Contains(c.Pages[0].HTML, "made by a script</body>") {
		t.Errorf("pages %+v", c.Pages)
	}
	if !strings.HasPrefix(string(c.Shot), "\x89PNG") {
		t.Errorf("the picture begins with %q", c.Shot[:min(8, len(c.Shot))])
	}
}
