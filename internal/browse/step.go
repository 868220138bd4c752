package browse

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"diapason.dev/diapason"
)

// A Step is one thing to do on the way through a page. Open, Fill, Click,
// StopBefore and Wait are done in this order; empty ones are left out.
type Step struct {
	Open       string        // address, absolute or relative to the page
	Fill       []Field       // typed key by key, not submitted
	Click      string        // CSS selector, or "text=" and the words on it
	StopBefore string        // the element must be there; the journey ends without touching it
	Wait       time.Duration // after the rest
}

// A Field is one form field and what is typed into it.
type Field struct {
	Selector string
	Value    string // the text, or bait.email, bait.name, bait.password, bait.text, bait.phone: made up for the visit
}

// check finds mistakes before a browser is started.
func (s Step) check() error {
	for _, f := range s.Fill {
		if _, ok := lureFor(f.Value); !ok && strings.HasPrefix(f.Value, baitPrefix) {
			return fmt.Errorf("fill %s: %q is no bait: there is bait.email, bait.name, bait.password, bait.text, bait.phone", f.Selector, f.Value)
		}
	}
	return nil
}

// errStep is a step that could not be done on the page as it is.
type errStep struct{ what, why string }

// Error names the step and the reason.
func (e *errStep) Error() string { return e.what + ": " + e.why }

// step does one step. It tells whether the journey goes on.
func (w *walk) step(s Step) (more bool, err error) {
	if s.Open != "" {
		if err := w.openFrom(s.Open); err != nil {
			return false, err
		}
		w.page(w.ctx)
	}
	if len(s.Fill) > 0 {
		if err := w.fill(s.Fill); err != nil {
			return false, err
		}
	}
	if s.Click != "" {
		if err := w.click(s.Click); err != nil {
			return false, err
		}
		w.readAll(w.ctx)
		w.page(w.ctx)
	}
	if s.StopBefore != "" {
		var found bool
		if err := w.await(s.StopBefore, `(sel) => find(sel) !== null`, &found, s.StopBefore); err != nil {
			return false, &errStep{"stop before " + s.StopBefore, err.Error()}
		}
		return false, nil
	}
	if s.Wait > 0 && !w.pause(s.Wait) {
		return false, context.Cause(w.ctx)
	}
	return true, nil
}

// openFrom opens an address, relative to the page where the tab is. The page
// is left first: what it sends then would be lost when the new document gets
// another process.
func (w *walk) openFrom(address string) error {
	w.mu.Lock()
	at := w.top("", w.main)
	w.mu.Unlock()
	base, err := url.Parse(at)
	if err != nil || base.Host == "" {
		base = &url.URL{}
	}
	u, err := base.Parse(address)
	if err != nil {
		return &errStep{"open " + address, "it is no address"}
	}
	w.readAll(w.ctx)
	tab := ""
	if !w.capture.Cleared.IsZero() {
		tab = w.main // the pages beside are kept open for what they share
	}
	w.leave(w.ctx, tab)
	w.mu.Lock()
	w.leaving = false
	w.mu.Unlock()
	return w.open(u.String())
}

// fill types into fields, takes the focus away as a person does who goes on
// to the next field, and waits without submitting.
func (w *walk) fill(fields []Field) error {
	w.typed = true
	for _, f := range fields {
		if err := w.typeInto(f); err != nil {
			return err
		}
	}
	if !w.pause(w.settle.Typed) {
		return context.Cause(w.ctx)
	}
	w.quiet()
	w.page(w.ctx)
	return nil
}

func (w *walk) typeInto(f Field) error {
	var at struct {
		URL     string `json:"url"`
		Focused bool   `json:"focused"`
	}
	const focus = `(sel) => {
		const e = find(sel);
		if (!e) return null;
		e.scrollIntoView({block: "center", behavior: "instant"});
		e.focus();
		if (e.select) try { e.select() } catch {}
		return {url: location.href, focused: document.activeElement === e || (e.contains && e.contains(document.activeElement))};
	}`
	if err := w.await(f.Selector, focus, &at, f.Selector); err != nil {
		return &errStep{"fill " + f.Selector, err.Error()}
	}
	if !at.Focused {
		return &errStep{"fill " + f.Selector, "the field takes no text"}
	}
	text := f.Value
	if l, ok := lureFor(f.Value); ok {
		if w.values[l.id] == "" {
			w.values[l.id] = l.make()
		}
		text = w.values[l.id]
		w.mu.Lock()
		w.capture.Baits = append(w.capture.Baits, diapason.Bait{
			ID: l.id, Data: l.data, Value: text, Selector: f.Selector, URL: at.URL, At: time.Now().UTC(),
		})
		w.mu.Unlock()
	}
	for _, r := range text {
		if err := w.key(string(r)); err != nil {
			return &errStep{"fill " + f.Selector, err.Error()}
		}
	}
	return w.apply(w.ctx, `() => { const e = document.activeElement; if (e) e.blur(); }`, nil)
}

// key presses and releases one key, so that a page sees what it would see of a person.
func (w *walk) key(char string) error {
	down := map[string]any{"type": "keyDown", "text": char, "unmodifiedText": char, "key": char}
	if err := w.input("Input.dispatchKeyEvent", down); err != nil {
		return err
	}
	return w.input("Input.dispatchKeyEvent", map[string]any{"type": "keyUp", "key": char})
}

// input sends one event of a keyboard or mouse. The page answers for it, and a
// page that hangs does not.
func (w *walk) input(method string, params map[string]any) error {
	w.act()
	ctx, cancel := context.WithTimeout(w.ctx, inputTime)
	defer cancel()
	return w.conn.Call(ctx, w.main, method, params, nil)
}

const inputTime = 10 * time.Second

// act notes that the visit did what a person would do on the page: the tab's
// next document may be its consequence.
func (w *walk) act() {
	w.mu.Lock()
	w.acted = true
	w.mu.Unlock()
}

// click clicks an element where a person would, and waits for what follows.
func (w *walk) click(selector string) error {
	var at struct {
		X       float64 `json:"x"`
		Y       float64 `json:"y"`
		Covered bool    `json:"covered"`
	}
	const aim = `(sel) => {
		const e = find(sel);
		if (!e) return null;
		e.scrollIntoView({block: "center", behavior: "instant"});
		const r = e.getBoundingClientRect();
		const x = r.left + r.width / 2, y = r.top + r.height / 2;
		const hit = document.elementFromPoint(x, y);
		return {x, y, covered: !(hit && (hit === e || e.contains(hit) || hit.contains(e)))};
	}`
	if err := w.await(selector, aim, &at, selector); err != nil {
		return &errStep{"click " + selector, err.Error()}
	}
	pressed := time.Now().UTC()
	w.touch()
	w.act()
	if at.Covered { // something lies over it
		if err := w.apply(w.ctx, withFind(`(sel) => { find(sel).click(); return true }`), nil, selector); err != nil {
			return &errStep{"click " + selector, err.Error()}
		}
	} else {
		for _, kind := range []string{"mouseMoved", "mousePressed", "mouseReleased"} {
			p := map[string]any{"type": kind, "x": at.X, "y": at.Y}
			if kind != "mouseMoved" {
				p["button"], p["clickCount"] = "left", 1
			}
			if err := w.input("Input.dispatchMouseEvent", p); err != nil {
				return &errStep{"click " + selector, err.Error()}
			}
		}
	}
	err := w.comeToRest()
	w.submitted(pressed)
	return err
}

// submitted marks the bait that had been typed when a click made the page
// send something off: a new document, or data from a script.
func (w *walk) submitted(pressed time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, h := range w.hops {
		sent := h.main || h.Method != "GET" && (h.Type == "xhr" || h.Type == "fetch")
		if !sent || h.started.Before(pressed) {
			continue
		}
		for i := range w.capture.Baits {
			if b := &w.capture.Baits[i]; b.Submitted.IsZero() {
				b.Submitted = pressed
			}
		}
		return
	}
}

// await calls a function that looks for an element until it gives something
// but null or false, for at most a quarter of the load time.
func (w *walk) await(selector, function string, out any, args ...any) error {
	deadline := time.Now().Add(w.settle.Load / 4)
	for {
		var got *rawValue
		err := w.apply(w.ctx, withFind(function), &got, args...)
		if err == nil && got != nil && string(*got) != "false" {
			return got.into(out)
		}
		if w.ctx.Err() != nil {
			return context.Cause(w.ctx)
		}
		if err != nil && strings.Contains(err.Error(), "SyntaxError") {
			return fmt.Errorf("%q is no selector", selector)
		}
		if time.Now().After(deadline) {
			return errors.New("there is no such element on the page")
		}
		w.pause(50 * time.Millisecond)
	}
}

// withFind gives a function the search that all steps share: by CSS selector,
// or by the words that a visitor reads, whole words first.
func withFind(function string) string {
	return `(...args) => {
		const find = (sel) => {
			if (!sel.startsWith("text=")) return document.querySelector(sel);
			const clean = (s) => (s || "").replace(/\s+/g, " ").trim().toLowerCase();
			const want = clean(sel.slice(5));
			const words = (e) => clean(e.innerText || e.value || e.getAttribute("aria-label"));
			const list = [...document.querySelectorAll("button, a, input[type=submit], input[type=button], [role=button], summary, label")].filter(e => e.getClientRects().length);
			return list.find(e => words(e) === want) || list.find(e => words(e).includes(want)) || null;
		};
		return (` + function + `)(...args);
	}`
}
