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
		return []command{{"Page.addScriptToEvaluateOnNewDocument", map[string]any{"source": gpcScript, "runImmediately": true}}}
	}
	return []command{{"Runtime.evaluate", map[string]any{"expression": gpcScript}}}
}

// gate of the header: every request of every target stops at the browser and
// goes on with the header. Only a visit that shows the signal is intercepted.
func (w *walk) sayGPC() error {
	if !w.GPC {
		return nil
	}
	w.capture.GPC = true
	return w.conn.Call(w.ctx, "", "Fetch.enable", nil, nil)
}

type wirePaused struct {
	RequestID string `json:"requestId"`
	Request   struct {
		Headers headers `json:"headers"`
	} `json:"request"`
}

// paused lets a request go on with the header of Global Privacy Control.
func (w *walk) paused(session string, p wirePaused) {
	list := []diapason.Header{{Name: "Sec-GPC", Value: "1"}}
	for _, h := range p.Request.Headers {
		if !strings.EqualFold(h.Name, "Sec-GPC") {
			list = append(list, h)
		}
	}
	w.send(session, "Fetch.continueRequest", map[string]any{"requestId": p.RequestID, "headers": list})
}
