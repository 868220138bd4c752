// Package cdptest shows pages of ours to a real Chromium in tests, and uses
// them as a person does: with a keyboard, on a phone, on paper, in the dark.
package cdptest

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"diapason.dev/diapason/internal/cdp"
)

// A Tab is one page in a real Chromium. What goes wrong fails its test.
type Tab struct {
	t       *testing.T
	conn    *cdp.Conn
	session string
	loaded  chan struct{}
}

// answerTime is how long the browser may take to answer, or a page to come.
const answerTime = 30 * time.Second

// Open starts the browser with an empty page; it ends with the test. It
// reaches nothing beyond this machine. The page notes in window.violations
// what its own policy refused.
func Open(t *testing.T) *Tab {
	t.Helper()
	b := &Tab{t: t, loaded: make(chan struct{}, 64)}
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
	b.Do("Page.enable", nil)
	b.Do("Page.addScriptToEvaluateOnNewDocument", map[string]any{
		"source": `window.violations = []; document.addEventListener("securitypolicyviolation", e => violations.push(e.violatedDirective + " " + e.blockedURI));`,
	})
	return b
}

func (b *Tab) call(session, method string, params, result any) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), answerTime)
	defer cancel()
	if err := b.conn.Call(ctx, session, method, params, result); err != nil {
		b.t.Fatal(err)
	}
}

// Ask gives a command of the debugging protocol and decodes the answer.
func (b *Tab) Ask(method string, params, result any) {
	b.t.Helper()
	b.call(b.session, method, params, result)
}

// Do gives a command of the debugging protocol.
func (b *Tab) Do(method string, params any) {
	b.t.Helper()
	b.Ask(method, params, nil)
}

// Go goes to an address as a person does who types it.
func (b *Tab) Go(address string) {
	b.t.Helper()
	b.Do("Page.navigate", map[string]any{"url": address})
	b.Arrive()
}

// Arrive waits for the page that is on its way.
func (b *Tab) Arrive() {
	b.t.Helper()
	select {
	case <-b.loaded:
	case <-time.After(answerTime):
		b.t.Fatalf("no page came in %s; still at %s", answerTime, Eval[string](b, "location.href"))
	}
}

// Eval runs a script in the page, waits for it, and decodes what it comes to.
func Eval[T any](b *Tab, script string) T {
	b.t.Helper()
	var r struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct {
			Text      string
			Exception struct{ Description string }
		}
	}
	b.Ask("Runtime.evaluate", map[string]any{"expression": script, "returnByValue": true, "awaitPromise": true}, &r)
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

// Press presses one key and lets it go. text is what the key writes, if anything.
func (b *Tab) Press(key, text string, code int) {
	b.t.Helper()
	for _, kind := range []string{"keyDown", "keyUp"} {
		p := map[string]any{"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code}
		if kind == "keyDown" && text != "" {
			p["text"] = text
		}
		b.Do("Input.dispatchKeyEvent", p)
	}
}

// PressTab presses the Tab key.
func (b *Tab) PressTab() { b.t.Helper(); b.Press("Tab", "", 9) }

// PressEnter presses Enter.
func (b *Tab) PressEnter() { b.t.Helper(); b.Press("Enter", "\r", 13) }

// Media sets "print", or features such as "prefers-color-scheme=dark", and
// takes back what was set before.
func (b *Tab) Media(features ...string) {
	b.t.Helper()
	list, kind := []map[string]string{}, ""
	for _, f := range features {
		if f == "print" {
			kind = f
			continue
		}
		name, value, _ := strings.Cut(f, "=")
		list = append(list, map[string]string{"name": name, "value": value})
	}
	b.Do("Emulation.setEmulatedMedia", map[string]any{"media": kind, "features": list})
}

// Width makes the window so many CSS pixels wide.
func (b *Tab) Width(n int) {
	b.t.Helper()
	b.Do("Emulation.setDeviceMetricsOverride", map[string]any{"width": n, "height": 800, "deviceScaleFactor": 1, "mobile": false})
}
