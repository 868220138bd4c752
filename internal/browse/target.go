package browse

import (
	"slices"
	"strings"

	"diapason.dev/diapason/entity"
)

// A target is something in the browser that runs pages or scripts.
type target struct {
	id     string
	kind   string // page, iframe, worker, shared_worker, service_worker
	url    string
	parent string // session that brought it; empty: the browser
	heard  bool   // it was stopped to listen to its calls
}

// document tells whether the target shows documents.
func (t *target) document() bool { return t.kind == "page" || t.kind == "iframe" }

// A frame is a place for documents.
type frame struct {
	parent string // frame id; empty for the frame of a tab
	url    string
}

// A command is one message to the browser.
type command struct {
	method string
	params any
}

// wanted leaves out what holds no page: the browser itself, the tab around a page.
var wanted = []map[string]any{
	{"type": "browser", "exclude": true},
	{"type": "browser_ui", "exclude": true},
	{"type": "tab", "exclude": true},
	{},
}

// autoAttach stops each new target before its first request, so that none is missed.
var autoAttach = map[string]any{"autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true, "filter": wanted}

// instruments are the commands that make a target tell what it does.
func (w *walk) instruments(kind string) []command {
	list := []command{
		{"Network.enable", map[string]any{
			"maxTotalBufferSize": 200 << 20, "maxResourceBufferSize": maxFetch, "maxPostDataSize": maxBody, "enableDurableMessages": true,
		}},
		{"Target.setAutoAttach", autoAttach},
	}
	if kind == "page" || kind == "iframe" {
		list = append(list, command{"Page.enable", nil}, command{"Inspector.enable", nil})
	}
	if w.ear != nil {
		list = append(list, w.ear.commands(kind)...)
	}
	return list
}

type wireAttached struct {
	SessionID  string `json:"sessionId"`
	Waiting    bool   `json:"waitingForDebugger"`
	TargetInfo struct {
		TargetID string `json:"targetId"`
		Type     string `json:"type"`
		Subtype  string `json:"subtype"` // "prerender": a page that is made ready in advance
		URL      string `json:"url"`
	} `json:"targetInfo"`
}

// attached makes a new target tell what it does, and lets it run. Nothing is
// awaited: a service worker answers only once it runs.
func (w *walk) attached(session string, p wireAttached) {
	kind := p.TargetInfo.Type
	w.count++
	if w.main == "" && kind == "page" {
		w.main = p.SessionID
		w.targets[p.SessionID] = &target{id: p.TargetInfo.TargetID, kind: kind, url: p.TargetInfo.URL}
		w.send(p.SessionID, "Runtime.runIfWaitingForDebugger", nil)
		close(w.ready)
		return
	}
	if kind == "page" && p.TargetInfo.Subtype == "" {
		w.popups++
	}
	if w.count > w.limits.targets || w.popups > w.limits.popups && kind == "page" {
		w.cut["targets: "+kind]++
		w.send("", "Target.closeTarget", map[string]any{"targetId": p.TargetInfo.TargetID})
		w.send(p.SessionID, "Runtime.runIfWaitingForDebugger", nil) // it ends only when it runs
		return
	}
	w.targets[p.SessionID] = &target{id: p.TargetInfo.TargetID, kind: kind, url: p.TargetInfo.URL, parent: session}
	for _, c := range slices.Concat(w.instruments(kind), w.signals(kind), w.ear.stop(kind)) {
		w.send(p.SessionID, c.method, c.params)
	}
	w.send(p.SessionID, "Runtime.runIfWaitingForDebugger", nil)
}

// send posts a command; when the browser is gone the guard tells so.
func (w *walk) send(session, method string, params any) { _ = w.conn.Send(session, method, params) }

type wireDetached struct {
	SessionID string `json:"sessionId"`
}

func (w *walk) detached(_ string, p wireDetached) {
	w.overheard(p.SessionID)
	delete(w.targets, p.SessionID)
}

type wireFrame struct {
	Frame struct {
		ID       string `json:"id"`
		ParentID string `json:"parentId"`
		URL      string `json:"url"`
	} `json:"frame"`
}

// navigated follows where frames are.
func (w *walk) navigated(session string, p wireFrame) {
	if w.leaving && p.Frame.URL == "about:blank" {
		return // what is sent now is still the old page's
	}
	f := w.frames[p.Frame.ID]
	if f == nil {
		f = &frame{}
		w.frames[p.Frame.ID] = f
	}
	if session == w.main && p.Frame.ParentID == "" {
		if !w.opened && elsewhere(f.url, p.Frame.URL) {
			w.cut[leftByItself]++
			w.parted(f.url)
		}
		w.opened = false
	}
	f.url = p.Frame.URL
	if p.Frame.ParentID != "" {
		f.parent = p.Frame.ParentID
	}
	if t := w.targets[session]; t != nil && p.Frame.ID == t.id {
		t.url = p.Frame.URL
	}
	if session != w.main || p.Frame.ParentID != "" || p.Frame.URL == "about:blank" {
		return
	}
	w.moves++
	if w.moves > w.limits.navigations {
		w.cut["navigations"]++
		w.send(w.main, "Page.stopLoading", nil)
		w.stop(errRunaway)
	}
}

// leftByItself counts pages that were left for another site by a click or a
// script, and not by a visit that opens an address: the new page has another
// process, and the browser tells no more of the old one.
const leftByItself = "pages that were left for another site by themselves: what they sent on leaving was not told"

// elsewhere tells whether a document is replaced by one of another site.
func elsewhere(from, to string) bool {
	host := func(address string) string { h, _ := hostPort(address); return h }
	return strings.HasPrefix(from, "http") && strings.HasPrefix(to, "http") && entity.RegistrableDomain(host(from)) != entity.RegistrableDomain(host(to))
}

type wireFrameAttached struct {
	FrameID  string `json:"frameId"`
	ParentID string `json:"parentFrameId"`
}

func (w *walk) frameAttached(_ string, p wireFrameAttached) {
	if w.frames[p.FrameID] == nil {
		w.frames[p.FrameID] = &frame{}
	}
	w.frames[p.FrameID].parent = p.ParentID
}

type wireFrameDetached struct {
	FrameID string `json:"frameId"`
	Reason  string `json:"reason"`
}

func (w *walk) frameDetached(_ string, p wireFrameDetached) {
	if p.Reason != "swap" { // a swapped frame goes on in another process
		delete(w.frames, p.FrameID)
	}
}

type nothing struct{}

func (w *walk) loaded(session string, _ nothing) {
	if session == w.main {
		w.loads++
	}
}

func (w *walk) crashed(session string, _ nothing) {
	if w.ctx.Err() != nil {
		return // the browser is ending
	}
	if session == w.main {
		w.stop(errCrashed)
		return
	}
	if t := w.targets[session]; t != nil && (t.kind == "page" || t.kind == "iframe") { // workers end with this word too
		w.cut["frames that crashed"]++
	}
}

type wireDialog struct {
	URL     string `json:"url"`
	Message string `json:"message"`
	Type    string `json:"type"`
}

// dialog records a dialog and closes it, as the page waits for that: it is
// dismissed, but nobody is kept from leaving.
func (w *walk) dialog(session string, p wireDialog) {
	w.capture.Dialogs = append(w.capture.Dialogs, p.Type+": "+p.Message)
	w.send(session, "Page.handleJavaScriptDialog", map[string]any{"accept": p.Type == "beforeunload"})
}

type wireDownload struct {
	URL  string `json:"url"`
	Name string `json:"suggestedFilename"`
}

// download marks the request of a file that the page wanted to store.
func (w *walk) download(_ string, p wireDownload) { w.downloads[p.URL] = true }

// depth counts the targets around a target.
func (w *walk) depth(session string) int {
	n := 0
	for t := w.targets[session]; t != nil && n < maxFrames; t = w.targets[t.parent] {
		n++
	}
	return n
}

// tabOf is the session of the tab that a target stands in.
func (w *walk) tabOf(session string) string {
	for range maxFrames {
		t := w.targets[session]
		if t == nil || t.parent == "" {
			break
		}
		session = t.parent
	}
	return session
}

// top is the address of the tab's document that a frame stands in.
func (w *walk) top(frameID, session string) string {
	for range maxFrames {
		f := w.frames[frameID]
		if f == nil {
			break
		}
		if f.parent == "" {
			return f.url
		}
		frameID = f.parent
	}
	for range maxFrames { // a worker, or a frame that is not known yet
		t := w.targets[session]
		if t == nil {
			break
		}
		if t.kind == "page" {
			return t.url
		}
		session = t.parent
	}
	if t := w.targets[w.main]; t != nil {
		return t.url
	}
	return ""
}
