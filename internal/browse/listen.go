package browse

import (
	"context"
	"crypto/rand"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"diapason.dev/diapason/internal/cdp"
)

// listenScript finds the functions to listen to and tells of each call. It
// runs before the first script of a document or worker.
//
//go:embed listen.js
var listenScript string

// armTime is how long a document waits at most until it is listened to.
const armTime = 10 * time.Second

// deepest is how many callers of a call are told.
const deepest = 32

// An ear listens to what scripts call, by breakpoints on the browser's own
// functions. Their condition tells of the call and is never true, so nothing
// stops and nothing of the page is replaced. What a page can notice is that a
// listened call takes some 35 microseconds of processor time longer.
type ear struct {
	name, token, arm string // words that no page can know

	mu sync.Mutex
	// set are the breakpoints of each session by the function's place in the list.
	set map[string]map[string]string
}

func newEar() *ear {
	return &ear{name: "n" + rand.Text(), token: "t" + rand.Text(), arm: "a" + rand.Text(), set: map[string]map[string]string{}}
}

func (e *ear) script() string {
	return strings.NewReplacer("NAME", e.name, "TOKEN", e.token, "ARM", e.arm).Replace(listenScript)
}

// commands make a target tell of calls. A document or worker stops once, before
// its first statement, until the breakpoints are set.
func (e *ear) commands(kind string) []command {
	list := []command{
		{"Runtime.enable", nil},
		{"Runtime.setMaxCallStackSizeToCapture", map[string]any{"size": deepest}},
		{"Debugger.enable", nil},
	}
	if kind == "page" || kind == "iframe" {
		// Two scripts: where a new document takes over the window of an empty
		// one, the first cannot run again, and need not.
		for _, source := range []string{e.script(), e.name + ".stop();"} {
			list = append(list, command{"Page.addScriptToEvaluateOnNewDocument", map[string]any{"source": source}})
		}
	}
	return list
}

func (e *ear) keep(session, function, breakpoint string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.set[session] == nil {
		e.set[session] = map[string]string{}
	}
	e.set[session][function] = breakpoint
}

func (e *ear) has(session, function string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.set[session][function] != ""
}

// forget drops all breakpoints of a session but one: they were another process's.
func (e *ear) forget(session, but string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.set[session] = map[string]string{but: e.set[session][but]}
}

// take gives a breakpoint away.
func (e *ear) take(session, function string) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	b := e.set[session][function]
	delete(e.set[session], function)
	return b
}

// stop holds a worker before its first statement. It comes last: whatever else
// is evaluated there must not be held.
func (e *ear) stop(kind string) []command {
	if e == nil || kind == "page" || kind == "iframe" {
		return nil
	}
	return []command{{"Debugger.pause", nil}}
}

type wireStop struct {
	CallFrames []struct {
		CallFrameID  string `json:"callFrameId"`
		FunctionName string `json:"functionName"`
	} `json:"callFrames"`
}

type wireObject struct {
	Result struct {
		ObjectID string `json:"objectId"`
	} `json:"result"`
}

// stopped sets the breakpoints of a new document or worker. Whatever else stops
// a page goes on at once.
func (w *walk) stopped(session string, p wireStop) {
	t := w.targets[session]
	if w.ear == nil || w.leaving || t == nil || len(p.CallFrames) == 0 {
		w.send(session, "Debugger.resume", nil)
		return
	}
	method, params := "Runtime.evaluate", map[string]any{"expression": fmt.Sprintf("%s\n%s.start(%q)", w.ear.script(), w.ear.name, session)}
	switch {
	case p.CallFrames[0].FunctionName == w.ear.arm:
		method, params = "Debugger.evaluateOnCallFrame", map[string]any{
			"callFrameId": p.CallFrames[0].CallFrameID, "expression": fmt.Sprintf("heard.start(%q)", session),
		}
	case t.document() || t.heard:
		w.send(session, "Debugger.resume", nil)
		return
	case w.heard(t.id):
		t.heard = true
		return // the other session of the same worker lets it go on
	}
	t.heard = true
	go func() {
		defer w.send(session, "Debugger.resume", nil)
		w.attend(session, method, params)
	}()
}

// heard tells whether a worker was stopped already to be listened to: a service
// worker is told of by the browser and by the page.
func (w *walk) heard(id string) bool {
	for _, t := range w.targets {
		if t.id == id && t.heard && !t.document() {
			return true
		}
	}
	return false
}

// overheard counts a window whose calls nobody listened to: one that a page
// opens to its own site keeps the window object of its empty document, and is
// not held before its first script.
func (w *walk) overheard(session string) {
	if t := w.targets[session]; w.ear != nil && t != nil && session != w.main && t.kind == "page" && !t.heard && strings.HasPrefix(t.url, "http") {
		w.cut[unheard]++
	}
}

// attend evaluates what gives the list of functions, and sets a breakpoint on each.
func (w *walk) attend(session, method string, params map[string]any) {
	ctx, cancel := context.WithTimeout(w.ctx, armTime)
	defer cancel()
	var list wireObject
	err := w.conn.Call(ctx, session, method, params, &list)
	if err == nil && list.Result.ObjectID != "" {
		err = w.setAll(ctx, session, list.Result.ObjectID)
	}
	if errors.Is(err, context.DeadlineExceeded) && w.ctx.Err() == nil {
		w.cutOff("documents and workers in which calls were not listened to")
	}
}

// A property is one entry of a list in the page.
type property struct {
	Name  string `json:"name"`
	Value struct {
		ObjectID string `json:"objectId"`
		Type     string `json:"type"`
	} `json:"value"`
}

// setAll sets a breakpoint on each function of a list. The browser keeps one
// for the function's code, which all documents of a process share, but puts it
// into use only in the documents that are there when one is set on any function
// that had none. So, where those of the process are set, it is enough to set
// one for a moment on the function that stands in the list for that.
func (w *walk) setAll(ctx context.Context, session, list string) error {
	var props struct {
		Result []property `json:"result"`
	}
	if err := w.conn.Call(ctx, session, "Runtime.getProperties", map[string]any{"objectId": list, "ownProperties": true}, &props); err != nil {
		return err
	}
	var all []property
	var wake property
	for _, p := range props.Result {
		switch {
		case p.Value.Type != "function": // not in this kind of document
		case p.Name == "wake":
			wake = p
		default:
			all = append(all, p)
		}
	}
	if len(all) == 0 {
		return nil
	}
	err := w.setOne(ctx, session, all[0])
	var known *cdp.Error
	switch {
	case err == nil: // the process is new
		w.ear.forget(session, all[0].place())
		all = all[1:]
	case errors.As(err, &known):
		all = slices.DeleteFunc(all[1:], func(p property) bool { return !p.each() && w.ear.has(session, p.place()) })
	default:
		return err
	}
	var sets sync.WaitGroup
	for _, p := range all {
		sets.Go(func() { _ = w.setOne(ctx, session, p) }) // a function that cannot be listened to is one less
	}
	sets.Wait()
	if err := w.setOne(ctx, session, wake); err != nil {
		return err
	}
	return w.conn.Call(ctx, session, "Debugger.removeBreakpoint", map[string]any{"breakpointId": w.ear.take(session, wake.place())}, nil)
}

// each tells whether every document has a function of its own.
func (p property) each() bool { return strings.HasSuffix(p.Name, "!") }

// place is the function's place in the list.
func (p property) place() string { return strings.TrimSuffix(p.Name, "!") }

func (w *walk) setOne(ctx context.Context, session string, p property) error {
	var r struct {
		BreakpointID string `json:"breakpointId"`
	}
	condition := "false"
	if p.Name != "wake" {
		condition = fmt.Sprintf("%s(%s, this, arguments, %q)", w.ear.name, p.place(), session)
	}
	err := w.conn.Call(ctx, session, "Debugger.setBreakpointOnFunctionCall", map[string]any{"objectId": p.Value.ObjectID, "condition": condition}, &r)
	if err == nil {
		w.ear.keep(session, p.place(), r.BreakpointID)
	}
	return err
}
