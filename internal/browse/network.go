package browse

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"diapason.dev/diapason/internal/cdp"
)

// handlers lists the events that are understood. All others are left alone.
var handlers = map[string]func(*walk, cdp.Event){
	"Target.attachedToTarget":                    on((*walk).attached),
	"Target.detachedFromTarget":                  on((*walk).detached),
	"Security.visibleSecurityStateChanged":       on((*walk).secured),
	"Page.frameAttached":                         on((*walk).frameAttached),
	"Page.frameNavigated":                        on((*walk).navigated),
	"Page.frameDetached":                         on((*walk).frameDetached),
	"Page.loadEventFired":                        on((*walk).loaded),
	"Page.javascriptDialogOpening":               on((*walk).dialog),
	"Inspector.targetCrashed":                    on((*walk).crashed),
	"Browser.downloadWillBegin":                  on((*walk).download),
	"Fetch.requestPaused":                        on((*walk).paused),
	"Debugger.paused":                            on((*walk).stopped),
	"Runtime.executionContextCreated":            on((*walk).contextMade),
	"Runtime.consoleAPICalled":                   on((*walk).console),
	"Network.requestWillBeSent":                  on((*walk).willBeSent),
	"Network.requestWillBeSentExtraInfo":         on((*walk).sentExtra),
	"Network.responseReceived":                   on((*walk).received),
	"Network.responseReceivedExtraInfo":          on((*walk).gotExtra),
	"Network.dataReceived":                       on((*walk).data),
	"Network.requestServedFromCache":             on((*walk).servedFromCache),
	"Network.loadingFinished":                    on((*walk).finished),
	"Network.loadingFailed":                      on((*walk).failed),
	"Network.webSocketCreated":                   on((*walk).socketCreated),
	"Network.webSocketWillSendHandshakeRequest":  on((*walk).socketAsks),
	"Network.webSocketHandshakeResponseReceived": on((*walk).socketAnswers),
	"Network.webSocketFrameSent":                 on((*walk).socketSent),
	"Network.webSocketFrameReceived":             on((*walk).socketReceived),
	"Network.webSocketFrameError":                on((*walk).socketError),
	"Network.eventSourceMessageReceived":         on((*walk).streamed),
}

// exchange finds or makes the exchange of a request id, with the ExtraInfo
// that came before it.
func (w *walk) exchange(id string) *exchange {
	x := w.exchanges[id]
	if x == nil {
		x = &exchange{told: map[string]int{}, sent: w.lost[id], got: w.gained[id]}
		delete(w.lost, id)
		delete(w.gained, id)
		w.exchanges[id] = x
	}
	return x
}

// add keeps a new hop, if the visit may still keep one.
func (w *walk) add(id string, x *exchange, h *hop) bool {
	w.active[id] = &pending{since: time.Now()}
	w.changed = time.Now()
	if len(w.hops) >= w.limits.requests {
		u, _ := url.Parse(h.URL)
		host := ""
		if u != nil {
			host = u.Hostname()
		}
		w.cut["requests to "+host]++
		if len(x.hops) == 0 {
			delete(w.exchanges, id)
		}
		return false
	}
	h.ID = "r" + strconv.Itoa(len(w.hops)+1)
	h.From, h.started = "page", time.Now()
	w.hops = append(w.hops, h)
	x.hops = append(x.hops, h)
	return true
}

// willBeSent takes the start of a request or of its next hop.
func (w *walk) willBeSent(session string, p wireSent) {
	if !strings.HasPrefix(p.Request.URL, "http://") && !strings.HasPrefix(p.Request.URL, "https://") {
		return // data:, blob:, about: nothing leaves the browser
	}
	x := w.exchange(p.RequestID)
	if len(x.hops) > 0 {
		if x.duplicate(session, p.RedirectResponse != nil) {
			return
		}
	} else {
		x.told[session] = 1
	}
	h := w.newHop(session, p)
	if p.RedirectResponse != nil && len(x.hops) > 0 {
		last := x.last()
		last.answer(p.RedirectResponse, p.RedirectHasExtraInfo)
		h.Redirect = last.ID
	}
	if !w.add(p.RequestID, x, h) {
		return
	}
	body, whole := p.Request.post()
	if whole {
		h.Body = requestBody(string(body), headers(h.Headers).get("Content-Type"))
		return
	}
	h.posted = true
	w.fetch(h, "Network.getRequestPostData", p.RequestID)
}

// newHop describes a request as the browser announces it.
func (w *walk) newHop(session string, p wireSent) *hop {
	h := &hop{session: session}
	h.URL, h.Method, h.At = p.Request.URL, p.Request.Method, instant(p.WallTime)
	h.Type = strings.ToLower(p.Type)
	if p.Initiator.Type == "preflight" {
		h.Type = "preflight"
	}
	h.Headers = p.Request.Headers
	h.Initiator = p.Initiator.address()
	h.Page, h.Frame = w.top(p.FrameID, session), p.DocumentURL
	if t := w.targets[session]; t != nil {
		h.Target = t.kind
		if t.kind != "page" && t.kind != "iframe" {
			h.Frame = t.url
		}
	}
	f := w.frames[p.FrameID]
	switch {
	case h.Type != "document":
	case f == nil || f.parent == "":
		h.main, h.Page, h.Frame = true, h.URL, ""
		if session == w.main {
			h.Cause = w.why(p.RedirectResponse != nil)
		}
	case w.frames[f.parent] != nil:
		h.Frame = w.frames[f.parent].url
	}
	if session == w.main && h.Page == "about:blank" && f == nil {
		h.Page = p.DocumentURL
	}
	return h
}

// why tells what made the tab ask for its next document.
func (w *walk) why(redirected bool) string {
	if redirected {
		return "redirect"
	}
	cause := "page"
	switch {
	case w.opening:
		cause = "opened"
	case w.acted:
		cause = "input"
	}
	w.opening, w.acted = false, false
	return cause
}

// answer takes a response.
func (h *hop) answer(r *wireResponse, extra bool) {
	h.answered, h.extra = true, extra
	h.Status, h.ResponseHeaders = r.Status, r.Headers
	h.FromCache = r.cached()
	if h.memory && h.FromCache == "" {
		h.FromCache = "memory"
	}
	h.ResponseBody.Mime = r.MimeType
}

func (w *walk) sentExtra(_ string, p wireSentExtra) {
	if x := w.exchanges[p.RequestID]; x != nil {
		x.sent = append(x.sent, p.info())
		return
	}
	w.lost[p.RequestID] = append(w.lost[p.RequestID], p.info())
}

func (w *walk) gotExtra(_ string, p wireGotExtra) {
	if x := w.exchanges[p.RequestID]; x != nil {
		x.got = append(x.got, p.info())
		return
	}
	w.gained[p.RequestID] = append(w.gained[p.RequestID], p.info())
}

func (w *walk) received(session string, p wireReceived) {
	x := w.exchanges[p.RequestID]
	if x == nil || x.last().answered {
		return
	}
	h := x.last()
	h.session = session // the document's own, when the request was told by the parent's
	h.answer(&p.Response, p.HasExtraInfo)
	w.data("", wireID{p.RequestID})
	if p.Response.MimeType == "text/event-stream" || p.Type == "EventSource" {
		h.stream = true
		w.over(p.RequestID)
	}
}

type wireID struct {
	RequestID string `json:"requestId"`
}

// data notes that an answer goes on.
func (w *walk) data(_ string, p wireID) {
	if a := w.active[p.RequestID]; a != nil {
		a.heard = time.Now()
	}
}

func (w *walk) servedFromCache(_ string, p wireID) {
	if x := w.exchanges[p.RequestID]; x != nil {
		h := x.last()
		h.memory = true
		if h.FromCache == "" {
			h.FromCache = "memory"
		}
	}
}

// over notes that a request keeps the page busy no longer.
func (w *walk) over(id string) {
	if _, ok := w.active[id]; ok {
		delete(w.active, id)
		w.changed = time.Now()
	}
}

func (w *walk) finished(session string, p wireID) {
	w.over(p.RequestID)
	x := w.exchanges[p.RequestID]
	if x == nil || x.ended {
		return
	}
	x.ended = true
	if h := x.last(); !h.socket && !h.stream && h.Type != "preflight" && h.Method != "HEAD" && h.Status != 204 {
		w.fetch(h, "Network.getResponseBody", p.RequestID)
	}
}

func (w *walk) failed(_ string, p wireFailed) {
	w.over(p.RequestID)
	x := w.exchanges[p.RequestID]
	if x == nil || x.ended {
		return
	}
	x.ended = true
	h := x.last()
	if (w.leaving || h.answered) && p.ErrorText == "net::ERR_ABORTED" { // it was sent, and nobody stayed for the rest
		h.ResponseBody.Absent = "the page did not read it to its end"
		return
	}
	h.Failed = p.ErrorText
	if p.BlockedReason != "" {
		h.Failed = strings.TrimPrefix(h.Failed+": "+p.BlockedReason, ": ")
	}
	if h.Failed == "" {
		h.Failed = "canceled"
	}
	if h.answered {
		h.ResponseBody.Absent = "the answer was not read to its end: " + h.Failed
	}
}
