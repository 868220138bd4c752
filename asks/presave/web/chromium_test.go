package web_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"diapason.dev/diapason/internal/cdp"
)

// A tab is one page in a real Chromium.
type tab struct {
	t       *testing.T
	conn    *cdp.Conn
	session string
	loaded  chan struct{}
}

// chromium starts the browser with an empty page. The test fails where there
// is none.
func chromium(t *testing.T) *tab {
	t.Helper()
	b := &tab{t: t, loaded: make(chan struct{}, 64)}
	path := "chromium"
	for _, name := range []string{"google-chrome-stable", "google-chrome", "chromium-browser", "chromium"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
		}
	}
	conn, err := cdp.Start(t.Context(), cdp.Options{
		Path: path, Unsandboxed: os.Geteuid() == 0,
		Flags: []string{
			"--headless=new", "--disable-gpu", "--no-first-run", "--disable-background-networking",
			"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--user-data-dir=" + t.TempDir(), "about:blank",
		},
		Event: func(e cdp.Event) {
			if e.Method == "Page.loadEventFired" {
				b.loaded <- struct{}{}
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := conn.Close(10 * time.Second); err != nil {
			t.Log(err)
		}
	})
	b.conn = conn
	var target struct{ TargetID string }
	b.call("", "Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	b.call("", "Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	b.session = attached.SessionID
	b.do("Page.enable", nil)
	b.call(b.session, "Page.addScriptToEvaluateOnNewDocument", map[string]any{
		"source": `window.violations = []; document.addEventListener("securitypolicyviolation", e => violations.push(e.violatedDirective + " " + e.blockedURI));`,
	}, nil)
	return b
}

func (b *tab) call(session, method string, params, result any) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := b.conn.Call(ctx, session, method, params, result); err != nil {
		b.t.Fatal(err)
	}
}

func (b *tab) do(method string, params any) {
	b.t.Helper()
	b.call(b.session, method, params, nil)
}

// open goes to an address as a person does who types it.
func (b *tab) open(address string) {
	b.t.Helper()
	b.do("Page.navigate", map[string]any{"url": address})
	b.arrives()
}

// arrives waits for the page that is on its way.
func (b *tab) arrives() {
	b.t.Helper()
	select {
	case <-b.loaded:
	case <-time.After(30 * time.Second):
		b.t.Fatalf("no page came; still at %s", eval[string](b, "location.href"))
	}
}

// eval runs script in the page and decodes what it comes to.
func eval[T any](b *tab, script string) T {
	b.t.Helper()
	var r struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct {
			Text      string
			Exception struct{ Description string }
		}
	}
	b.call(b.session, "Runtime.evaluate", map[string]any{"expression": script, "returnByValue": true}, &r)
	if r.ExceptionDetails != nil {
		b.t.Fatalf("%s: %s %s", script, r.ExceptionDetails.Text, r.ExceptionDetails.Exception.Description)
	}
	var v T
	if len(r.Result.Value) > 0 {
		if err := json.Unmarshal(r.Result.Value, &v); err != nil {
			b.t.Fatalf("%s: %v", script, err)
		}
	}
	return v
}

// press presses one key and lets it go.
func (b *tab) press(key, text string, code int) {
	b.t.Helper()
	for _, kind := range []string{"keyDown", "keyUp"} {
		p := map[string]any{"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code}
		if kind == "keyDown" && text != "" {
			p["text"] = text
		}
		b.do("Input.dispatchKeyEvent", p)
	}
}

func (b *tab) enter() { b.t.Helper(); b.press("Enter", "\r", 13) }

// A focused is what has the keyboard.
type focused struct{ Tag, Name, Text, Outline string }

const focus = `(e => ({tag: e.tagName, name: e.name || e.id, text: e.textContent.trim().slice(0, 60), outline: getComputedStyle(e).outlineStyle}))(document.activeElement)`

// tabTo presses Tab until something has the focus, and fails where a stop on
// the way does not show that it has it.
func (b *tab) tabTo(tag, text string) {
	b.t.Helper()
	for range 20 {
		b.press("Tab", "", 9)
		got := eval[focused](b, focus)
		if got.Tag != "BODY" && got.Outline == "none" {
			b.t.Errorf("%s %q takes the focus and does not show it", got.Tag, got.Text)
		}
		if got.Tag == tag && (text == "" || got.Text == text) {
			return
		}
	}
	b.t.Fatalf("no %s %q by keyboard at %s", tag, text, eval[string](b, "location.href"))
}

// media sets "print", or a scheme of colours.
func (b *tab) media(kind, scheme string) {
	b.t.Helper()
	features := []map[string]string{}
	if scheme != "" {
		features = append(features, map[string]string{"name": "prefers-color-scheme", "value": scheme})
	}
	b.do("Emulation.setEmulatedMedia", map[string]any{"media": kind, "features": features})
}

func (b *tab) width(n int) {
	b.t.Helper()
	b.do("Emulation.setDeviceMetricsOverride", map[string]any{"width": n, "height": 780, "deviceScaleFactor": 1, "mobile": false})
}

// shots is a folder into which the pictures of a run are put, for a person to
// look at; without it none is taken.
const shots = "DIAPASON_SHOTS"

func (b *tab) shot(name string) {
	b.t.Helper()
	dir := os.Getenv(shots)
	if dir == "" {
		return
	}
	var r struct{ Data string }
	b.call(b.session, "Page.captureScreenshot", map[string]any{"format": "png", "captureBeyondViewport": true}, &r)
	data, err := base64.StdEncoding.DecodeString(r.Data)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), data, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// contrast finds the least contrast of any visible text of the page with what
// lies under it, by the formula of WCAG 2.2, and says where.
const contrast = `(() => {
  const lum = c => { const f = c.map(v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * f[0] + 0.7152 * f[1] + 0.0722 * f[2]; };
  const rgb = s => { const m = s.match(/[\d.]+/g).map(Number); return {c: m.slice(0, 3), a: m.length > 3 ? m[3] : 1}; };
  const under = e => { for (; e; e = e.parentElement) { const b = rgb(getComputedStyle(e).backgroundColor); if (b.a === 1) return b.c; } return [255, 255, 255]; };
  let least = {ratio: 99, where: "", texts: 0};
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n; n = walk.nextNode();) {
    const e = n.parentElement;
    if (!n.data.trim() || !e.checkVisibility() || ["OPTION", "OPTGROUP"].includes(e.tagName)) continue;
    const a = lum(rgb(getComputedStyle(e).color).c), b = lum(under(e));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    least.texts++;
    if (ratio < least.ratio) { least.ratio = ratio; least.where = e.tagName + "." + e.className + ": " + n.data.trim().slice(0, 60); }
  }
  return least;
})()`

type least struct {
	Ratio float64
	Where string
	Texts int
}

// readable checks one page in both schemes, on a phone and on paper.
func (b *tab) readable(name string) {
	b.t.Helper()
	if v := eval[[]string](b, "violations"); len(v) > 0 {
		b.t.Errorf("%s: its policy refused %q", name, v)
	}
	if got := eval[string](b, `getComputedStyle(document.querySelector("main")).maxWidth`); got == "none" {
		b.t.Errorf("%s: the style is not applied", name)
	}
	if got := eval[string](b, `[document.documentElement.lang, document.title !== "", document.querySelectorAll("h1").length, document.querySelectorAll("main").length].join(" ")`); got != "en true 1 1" {
		b.t.Errorf("%s: language, title, headings, main are %s", name, got)
	}
	if got := eval[[]string](b, `[...document.querySelectorAll("input, select")].filter(e => !e.labels.length).map(e => e.name)`); len(got) > 0 {
		b.t.Errorf("%s: without a label: %q", name, got)
	}
	if got := eval[[]string](b, `performance.getEntriesByType("resource").map(e => e.name)`); len(got) > 0 {
		b.t.Errorf("%s: loaded %q", name, got)
	}
	for _, look := range []struct{ kind, scheme string }{{"", "light"}, {"", "dark"}, {"print", ""}} {
		b.media(look.kind, look.scheme)
		if got := eval[least](b, contrast); got.Ratio < 4.5 || got.Texts < 4 {
			b.t.Errorf("%s %v: least contrast %.2f at %q, of %d texts", name, look, got.Ratio, got.Where, got.Texts)
		}
		if got := eval[int](b, `[...document.querySelectorAll("button, input, select")].filter(e => e.checkVisibility()).length`); look.kind == "print" && got > 0 {
			b.t.Errorf("%s: %d controls are printed", name, got)
		}
		b.shot(name + "-" + look.kind + look.scheme)
	}
	b.media("", "light")
	for _, width := range []int{320, 360, 1280} {
		b.width(width)
		if got := eval[int](b, `document.documentElement.scrollWidth`); got > width {
			b.t.Errorf("%s: at %d pixels it is %d wide", name, width, got)
		}
		if got := eval[[]string](b, `[...document.querySelectorAll("button, select")].filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 44).map(e => e.textContent.slice(0, 20))`); len(got) > 0 {
			b.t.Errorf("%s: at %d pixels too small for a finger: %q", name, width, got)
		}
		b.shot(fmt.Sprintf("%s-%d", name, width))
	}
}
