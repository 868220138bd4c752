package browse

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/internal/cdp"
	"diapason.dev/diapason/internal/gate"
)

// A walk is one visit under way. Events arrive on one goroutine and change it
// under its lock; the visit itself waits and looks.
type walk struct {
	Visit
	settle  Settle
	limits  limits
	door    *gate.Session
	conn    *cdp.Conn
	stop    context.CancelCauseFunc
	ctx     context.Context // ends when the visit has to
	capture *diapason.Capture
	fetches sync.WaitGroup
	slots   chan struct{}

	mu         sync.Mutex
	targets    map[string]*target // by session
	count      int                // of targets, ever
	main       string             // session of the tab
	ready      chan struct{}      // closed when the tab is attached
	frames     map[string]*frame
	exchanges  map[string]*exchange
	hops       []*hop              // in the order in which they were sent
	active     map[string]*pending // exchanges under way
	changed    time.Time           // when one last began or ended
	fetching   int
	kept       int64 // bytes of bodies
	loads      int   // load events of the tab
	moves      int   // documents of the tab
	popups     int
	leaving    bool
	opened     bool                  // the document that comes next is one that the visit opens
	opening    bool                  // the next document of the tab is the one that the visit opens
	acted      bool                  // the visit clicked or typed since the tab's last document
	lost       map[string][]sentInfo // ExtraInfo that came before its request
	gained     map[string][]gotInfo
	downloads  map[string]bool
	partings   []parting
	signalled  map[string]bool                  // requests that went on with the header of Global Privacy Control, by method and address
	stores     map[string][]diapason.StoreEntry // by origin, as last seen
	firstJar   []wireCookie
	shown      []string // certificates of the tab's connection that the browser did not trust, and why
	distrust   string
	rested     string // only the walk itself uses these five
	died       error  // what brought page or browser down
	typed      bool   // something was typed into a page
	incomplete bool
	broken     bool              // the profile cannot be trusted to be on disk
	values     map[string]string // bait by kind, the same for the whole visit
	cut        map[string]int
	ear        *ear // nil: calls are not listened to
	scenes     map[sceneID]*scene
	calls      map[callKey]int // place in the capture
}

// pending is an exchange under way.
type pending struct {
	since time.Time // it was sent
	heard time.Time // something of the answer came; zero: nothing yet
}

// Reasons for which a visit ends before its time.
var (
	errCrashed  = errors.New("the page crashed")
	errGone     = errors.New("the browser ended by itself")
	errMemory   = errors.New("the page took more memory than a visit may")
	errTime     = errors.New("the visit took longer than a visit may")
	errRunaway  = errors.New("the page went on to other pages without end")
	errNoTarget = errors.New("the browser did not open a tab")
)

func newWalk(v Visit, s Settle, l limits) *walk {
	w := &walk{
		Visit: v, settle: s, limits: l, slots: make(chan struct{}, 4), ready: make(chan struct{}),
		targets: map[string]*target{}, frames: map[string]*frame{}, exchanges: map[string]*exchange{},
		active: map[string]*pending{}, changed: time.Now(), downloads: map[string]bool{}, signalled: map[string]bool{}, stores: map[string][]diapason.StoreEntry{},
		values: map[string]string{}, lost: map[string][]sentInfo{}, gained: map[string][]gotInfo{}, cut: map[string]int{},
		scenes: map[sceneID]*scene{}, calls: map[callKey]int{},
	}
	if l.calls > 0 && !v.Unheard {
		w.ear = newEar()
	}
	w.capture = &diapason.Capture{
		ID: v.ID, Site: v.URL, Phase: v.Phase, Run: v.Run, Mode: diapason.Auto, Journey: v.Journey,
		Started: time.Now().UTC(), Source: "chromium", Settle: "failed",
	}
	return w
}

// gap records that something was not looked at.
func (w *walk) gap(why, next string) { w.addGap(diapason.Gap{Why: why, Next: next}) }

func (w *walk) addGap(g diapason.Gap) {
	g.Channel = diapason.Does
	g.What = fmt.Sprintf("visit %s of %s", w.ID, w.capture.Site)
	w.capture.Gaps = append(w.capture.Gaps, g)
}

// pause waits; it tells false when the visit ended meanwhile.
func (w *walk) pause(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-w.ctx.Done():
		return false
	}
}

// until waits for a condition, which is asked under the lock.
func (w *walk) until(d time.Duration, done func() bool) bool {
	deadline := time.Now().Add(d)
	for {
		w.mu.Lock()
		ok := done()
		w.mu.Unlock()
		if ok {
			return true
		}
		if time.Now().After(deadline) || !w.pause(10*time.Millisecond) {
			return false
		}
	}
}

// begin prepares the browser and the tab. On our own page every reply is
// awaited before the first navigation: sent back to back, the browser began to
// navigate before it listened.
func (w *walk) begin() error {
	setup := []command{
		{"Target.setAutoAttach", autoAttach},
		{"Browser.setDownloadBehavior", map[string]any{"behavior": "deny", "eventsEnabled": true}},
	}
	for _, c := range setup {
		if err := w.conn.Call(w.ctx, "", c.method, c.params, nil); err != nil {
			return err
		}
	}
	select {
	case <-w.ready:
	case <-w.ctx.Done():
		return context.Cause(w.ctx)
	case <-time.After(20 * time.Second):
		return errNoTarget
	}
	for _, c := range append(w.instruments("page"), w.signals("page")...) {
		if err := w.conn.Call(w.ctx, w.main, c.method, c.params, nil); err != nil {
			return err
		}
	}
	if err := w.sayGPC(); err != nil {
		return err
	}
	var jar struct{ Cookies []wireCookie }
	if err := w.conn.Call(w.ctx, "", "Storage.getCookies", nil, &jar); err != nil {
		return err
	}
	w.firstJar = jar.Cookies
	w.capture.Profile.Cookies = len(jar.Cookies)
	return nil
}

// guard ends the visit when the browser is gone or takes too much.
func (w *walk) guard() {
	tick := time.NewTicker(2 * time.Second)
	defer tick.Stop()
	for {
		select {
		case <-w.ctx.Done():
			return
		case <-w.conn.Gone():
			w.stop(errGone)
			return
		case <-tick.C:
			if w.conn.Memory() > w.limits.memory {
				w.stop(errMemory)
				return
			}
		}
	}
}

// handle takes one event.
func (w *walk) handle(e cdp.Event) {
	h := handlers[e.Method]
	if h == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	h(w, e)
}

// on decodes an event's parameters for a handler. What does not decode is
// counted: nothing is lost silently.
func on[T any](f func(w *walk, session string, p T)) func(*walk, cdp.Event) {
	return func(w *walk, e cdp.Event) {
		var p T
		if err := json.Unmarshal(e.Params, &p); err != nil {
			w.cut["events that could not be read: "+e.Method]++
			return
		}
		f(w, e.Session, p)
	}
}
