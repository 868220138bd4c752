package report

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"diapason.dev/diapason/audit"
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
	b := &tab{t: t, loaded: make(chan struct{}, 16)}
	path := "chromium"
	for _, name := range []string{"google-chrome-stable", "google-chrome", "chromium-browser", "chromium"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
		}
	}
	conn, err := cdp.Start(t.Context(), cdp.Options{
		Path: path, Unsandboxed: os.Geteuid() == 0,
		Flags: []string{"--headless=new", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--user-data-dir=" + t.TempDir(), "about:blank"},
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
	b.call(b.session, "Page.enable", nil, nil)
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

// open shows a page as a person opens the file.
func (b *tab) open(page []byte) {
	b.t.Helper()
	file := filepath.Join(b.t.TempDir(), "report.html")
	if err := os.WriteFile(file, page, 0o600); err != nil {
		b.t.Fatal(err)
	}
	b.do("Page.navigate", map[string]any{"url": "file://" + file})
	select {
	case <-b.loaded:
	case <-time.After(30 * time.Second):
		b.t.Fatal("the page did not load in 30 s")
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
	b.call(b.session, "Runtime.evaluate", map[string]any{"expression": script, "returnByValue": true, "awaitPromise": true}, &r)
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

func (b *tab) media(features ...string) {
	b.t.Helper()
	list := []map[string]string{}
	kind := ""
	for _, f := range features {
		if f == "print" {
			kind = f
			continue
		}
		name, value, _ := strings.Cut(f, "=")
		list = append(list, map[string]string{"name": name, "value": value})
	}
	b.do("Emulation.setEmulatedMedia", map[string]any{"media": kind, "features": list})
}

func (b *tab) width(n int) {
	b.t.Helper()
	b.do("Emulation.setDeviceMetricsOverride", map[string]any{"width": n, "height": 800, "deviceScaleFactor": 1, "mobile": false})
}

func pageOf(t testing.TB, r *audit.Result) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := HTML(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
