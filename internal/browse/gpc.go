package browse

import (
	"strings"

	"diapason.dev/diapason"
)

// gpcScript gives navigator the property of Global Privacy Control, where the
// standard puts it (w3c/gpc): a getter on the prototype, in windows and workers.
const gpcScript = `Object.defineProperty(Object.getPrototypeOf(navigator), "globalPrivacyControl",
	Object.getOwnPropertyDescriptor({get globalPrivacyControl() { return true; }}, "globalPrivacyControl"))`

// signals are the commands by which a new target shows Global Privacy Control
// to its scripts before the first of them runs.
func (w *walk) signals(kind string) []command {
	switch {
	case !w.GPC:
		return nil
	case kind == "page" || kind == "iframe":
		return []command{
			{"Page.addScriptToEvaluateOnNewDocument", map[string]any{"source": gpcScript, "runImmediately": true}},
			{"Network.setExtraHTTPHeaders", map[string]any{"headers": map[string]string{"Sec-GPC": "1"}}},
		}
	}
	return []command{{"Runtime.evaluate", map[string]any{"expression": gpcScript}}}
}

// sayGPC has every request of every target stop at the browser and go on with
// the header. Measured on Chromium 156: it is then on documents, frames,
// subresources, redirects, beacons, the scripts of workers, shared workers and
// service workers and what these fetch, and on preflights. A document that a
// service worker leaves to the network is not stopped; it gets the header as an
// extra one of its target (see signals), which alone would not reach workers.
// The handshake of a WebSocket gets it in neither way: a receiver that got
// nothing else was not told, and the record of a handshake has no such header.
func (w *walk) sayGPC() error {
	if !w.GPC {
		return nil
	}
	w.capture.GPC = true
	return w.conn.Call(w.ctx, "", "Fetch.enable", nil, nil)
}

type wirePaused struct {
	RequestID string      `json:"requestId"`
	Request   wireRequest `json:"request"`
}

// paused lets a request go on with the header of Global Privacy Control.
func (w *walk) paused(session string, p wirePaused) {
	list := []diapason.Header{{Name: "Sec-GPC", Value: "1"}}
	for _, h := range p.Request.Headers {
		if !strings.EqualFold(h.Name, "Sec-GPC") {
			list = append(list, h)
		}
	}
	w.signalled[p.Request.Method+" "+p.Request.URL] = true
	w.send(session, "Fetch.continueRequest", map[string]any{"requestId": p.RequestID, "headers": list})
}

// signal adds the header to the record of a request that was sent with it,
// where the browser did not tell what it really sent.
func (w *walk) signal(h *hop) {
	if w.signalled[h.Method+" "+h.URL] && headers(h.Headers).get("Sec-GPC") == "" && h.Type != "websocket" && h.FromCache == "" {
		h.Headers = append(h.Headers, diapason.Header{Name: "Sec-GPC", Value: "1"})
	}
}
