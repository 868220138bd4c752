package browse

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"diapason.dev/diapason"
)

// What is counted where it could not be kept.
const (
	moreCalls = "calls of scripts beyond those that are kept"
	tooOften  = "interfaces that a page called so often that listening to them ended"
	unheard   = "windows in which calls were not listened to"
)

// restTime is how long the last numbers may take to be told.
const restTime = 2 * time.Second

// A scene is a document or worker in which scripts call.
type scene struct {
	frame string             // id; empty for a worker
	told  map[string]telling // of equal calls
}

// A telling is how many equal calls were told, and whose the last one was.
type telling struct {
	count int
	last  callKey
}

type sceneID struct {
	session string
	context int
}

// A callKey tells equal calls.
type callKey struct{ call, script, frame, target string }

type wireContext struct {
	Context struct {
		ID  int `json:"id"`
		Aux struct {
			FrameID string `json:"frameId"`
			Default bool   `json:"isDefault"`
		} `json:"auxData"`
	} `json:"context"`
}

// contextMade remembers where the scripts of a context run.
func (w *walk) contextMade(session string, p wireContext) {
	w.scenes[sceneID{session, p.Context.ID}] = &scene{frame: p.Context.Aux.FrameID, told: map[string]telling{}}
}

type wireConsole struct {
	Type string `json:"type"`
	Args []struct {
		Value json.RawMessage `json:"value"`
	} `json:"args"`
	Context   int        `json:"executionContextId"`
	Timestamp float64    `json:"timestamp"` // milliseconds since 1970
	Stack     *wireStack `json:"stackTrace"`
}

// word is the argument at a place, when it is a string.
func (p *wireConsole) word(i int) string {
	var s string
	if i < len(p.Args) {
		_ = json.Unmarshal(p.Args[i].Value, &s) // what is no string is not ours
	}
	return s
}

// console takes what the listener in a page says. What the page itself says is
// its own business.
func (w *walk) console(session string, p wireConsole) {
	if w.ear == nil || p.Type != "debug" || p.word(0) != w.ear.token+session {
		return
	}
	if len(p.Args) == 2 {
		if b := w.ear.take(session, p.word(1)); b != "" {
			w.cut[tooOften]++
			w.send(session, "Debugger.removeBreakpoint", map[string]any{"breakpointId": b})
		}
		return
	}
	s, t := w.scenes[sceneID{session, p.Context}], w.targets[session]
	var n int
	if s == nil || t == nil || json.Unmarshal(p.Args[len(p.Args)-1].Value, &n) != nil {
		return
	}
	if len(p.Args) == 3 {
		old := s.told[p.word(1)]
		s.told[p.word(1)] = telling{n, old.last}
		w.called(old.last, diapason.Call{}, n-old.count)
		return
	}
	key := p.word(4)
	c := diapason.Call{API: p.word(1), Name: p.word(2), Value: p.word(3), Stack: p.Stack.addresses(), Frame: t.url, Target: t.kind, At: instant(p.Timestamp / 1000)}
	if address := w.document(s.frame); address != "" {
		c.Frame = address
	}
	if len(c.Stack) > 0 {
		c.Script, c.Stack = c.Stack[0], c.Stack[1:]
	}
	k := callKey{key, c.Script, c.Frame, c.Target}
	w.called(k, c, n-s.told[key].count)
	s.told[key] = telling{n, k}
}

// tellRest asks all documents and workers for the numbers of calls that were not told one by one.
func (w *walk) tellRest(ctx context.Context) {
	if w.ear == nil {
		return
	}
	w.mu.Lock()
	var all []sceneID
	for id, s := range w.scenes {
		if len(s.told) > 0 && w.targets[id.session] != nil {
			all = append(all, id)
		}
	}
	w.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, restTime)
	defer cancel()
	for _, id := range all {
		_ = w.conn.Call(ctx, id.session, "Runtime.evaluate", map[string]any{"contextId": id.context, "expression": w.ear.name + ".rest()"}, nil) // what is gone tells no more
	}
}

// called keeps a call, or counts it to one that was equal.
func (w *walk) called(k callKey, c diapason.Call, more int) {
	if i, ok := w.calls[k]; ok {
		w.capture.Calls[i].Count += more
		return
	}
	if len(w.capture.Calls) >= w.limits.calls || c.API == "" {
		w.cut[moreCalls] += more
		return
	}
	c.Count = more
	w.calls[k] = len(w.capture.Calls)
	w.capture.Calls = append(w.capture.Calls, c)
}

// document is the address of a frame's document, or where that has none of its
// own, of the document that it stands in.
func (w *walk) document(frameID string) string {
	for range maxFrames {
		f := w.frames[frameID]
		if f == nil {
			break
		}
		if f.parent == "" || strings.HasPrefix(f.url, "http") {
			return f.url
		}
		frameID = f.parent
	}
	return ""
}

// addresses are those of the scripts of a stack, innermost first, each once.
func (s *wireStack) addresses() []string {
	var all []string
	for ; s != nil; s = s.Parent {
		for _, f := range s.CallFrames {
			if f.URL != "" && !slices.Contains(all, f.URL) {
				all = append(all, f.URL)
			}
		}
	}
	return all
}

// writer is the script that wrote a cookie, as far as its calls tell: the last
// that wrote the value, or else the name.
func (w *walk) writer(name, value, domain string) string {
	host := func(c diapason.Call) string { h, _ := hostPort(c.Frame); return h }
	script, at, exact := "", time.Time{}, false
	for _, c := range w.capture.Calls {
		if c.API != "document.cookie=" && c.API != "cookieStore.set" || c.Name != name || !within(host(c), domain) {
			continue
		}
		pair, _, _ := strings.Cut(c.Value, ";")
		same := strings.TrimSpace(pair) == name+"="+value
		if same && !exact || same == exact && !c.At.Before(at) {
			script, at, exact = c.Script, c.At, same
		}
	}
	return script
}

// within tells whether a host belongs to a cookie's domain.
func within(host, domain string) bool { return host == domain || strings.HasSuffix(host, "."+domain) }
