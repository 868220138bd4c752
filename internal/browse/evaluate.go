package browse

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"

	"diapason.dev/diapason"
)

// evaluate runs an expression in a world of our own in a frame: it sees the
// page's document and storage, and the page sees nothing of it. What a promise
// gives is awaited.
func (w *walk) evaluate(ctx context.Context, session, frameID, expression string, out any) error {
	var world struct {
		ID int `json:"executionContextId"`
	}
	if err := w.conn.Call(ctx, session, "Page.createIsolatedWorld", map[string]any{"frameId": frameID, "worldName": "diapason"}, &world); err != nil {
		return err
	}
	var r struct {
		Result struct {
			Value json.RawMessage `json:"value"`
		} `json:"result"`
		Exception *struct {
			Text   string `json:"text"`
			Object struct {
				Description string `json:"description"`
			} `json:"exception"`
		} `json:"exceptionDetails"`
	}
	params := map[string]any{"expression": expression, "contextId": world.ID, "returnByValue": true, "awaitPromise": true}
	if err := w.conn.Call(ctx, session, "Runtime.evaluate", params, &r); err != nil {
		return err
	}
	if r.Exception != nil {
		return errors.New(r.Exception.Text + " " + r.Exception.Object.Description)
	}
	if out == nil {
		return nil
	}
	if len(r.Result.Value) == 0 {
		return errors.New("the expression has no value")
	}
	return json.Unmarshal(r.Result.Value, out)
}

// apply calls a JavaScript function with arguments in the tab's main frame.
func (w *walk) apply(ctx context.Context, function string, out any, args ...any) error {
	list, err := json.Marshal(append([]any{}, args...))
	if err != nil {
		return err
	}
	return w.evaluate(ctx, w.main, w.mainFrame(), fmt.Sprintf("(%s)(...%s)", function, list), out)
}

// mainFrame is the id of the tab's own frame: Chromium gives it that of the target.
func (w *walk) mainFrame() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if t := w.targets[w.main]; t != nil {
		return t.id
	}
	return ""
}

// page keeps the document as the browser has built it.
func (w *walk) page(ctx context.Context) {
	var p diapason.Page
	const take = `({url: location.href, title: document.title, html: document.documentElement ? document.documentElement.outerHTML : ""})`
	if err := w.evaluate(ctx, w.main, w.mainFrame(), take, &p); err != nil || p.URL == "about:blank" {
		return // the page is gone; the requests tell of it
	}
	p.Typed = w.typed
	if len(p.HTML) > maxPage {
		p.HTML = first(p.HTML[:maxPage])
		w.cutOff("pages that were shortened")
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if n := len(w.capture.Pages); n > 0 {
		if p.At = w.capture.Pages[n-1].At; w.capture.Pages[n-1] == p {
			return // nothing has changed
		}
	}
	p.At = time.Now().UTC()
	w.capture.Pages = append(w.capture.Pages, p)
}

// shoot takes a picture of the top of the page.
func (w *walk) shoot(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, shotTime)
	defer cancel()
	var r struct {
		Data []byte `json:"data"`
	}
	if w.windows() > 0 { // behind another window nothing is drawn
		_ = w.conn.Call(ctx, w.main, "Page.bringToFront", nil, nil)
	}
	if err := w.conn.Call(ctx, w.main, "Page.captureScreenshot", map[string]any{"format": "png"}, &r); err == nil {
		w.capture.Shot = r.Data
	}
}

func (w *walk) windows() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.popups
}

// hostPort is where an address leads, with the usual port of its scheme.
func hostPort(address string) (host, port string) {
	u, err := url.Parse(address)
	if err != nil {
		return "", ""
	}
	port = u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "wss": "443", "http": "80", "ws": "80"}[u.Scheme]
	}
	return u.Hostname(), port
}

// place is a host and port as one word.
func place(address string) string { return net.JoinHostPort(hostPort(address)) }

// rawValue is a JSON value that is not decoded yet.
type rawValue []byte

// UnmarshalJSON keeps the bytes.
func (r *rawValue) UnmarshalJSON(b []byte) error {
	*r = append((*r)[:0], b...)
	return nil
}

func (r *rawValue) into(out any) error { return json.Unmarshal(*r, out) }
