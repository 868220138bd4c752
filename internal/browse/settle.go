package browse

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"diapason.dev/diapason/internal/cdp"
)

// Settle holds the waiting times of a visit. A field that is zero means the
// usual time, as for a page on the internet.
type Settle struct {
	Load     time.Duration // at most, for the load event
	Quiet    time.Duration // without a request that starts or ends
	Most     time.Duration // at most, for the quiet time to come
	Long     time.Duration // a request that runs longer does not keep the page busy
	Favicons time.Duration // for icons, which the browser asks for last
	Leave    time.Duration // on about:blank, for what a page sends when it is left
	Typed    time.Duration // after typing, before anything is clicked
	Banner   time.Duration // at most, for a banner that asks for a choice to come up
}

// usual are the waiting times for pages on the internet.
var usual = Settle{
	Load: 30 * time.Second, Quiet: time.Second, Most: 20 * time.Second, Long: 5 * time.Second,
	Favicons: 2 * time.Second, Leave: 1500 * time.Millisecond, Typed: 3 * time.Second, Banner: 6 * time.Second,
}

// Brisk are short waiting times for pages on this machine, where nothing is far away.
var Brisk = Settle{
	Load: 20 * time.Second, Quiet: 300 * time.Millisecond, Most: 10 * time.Second, Long: 3 * time.Second,
	Favicons: 300 * time.Millisecond, Leave: 300 * time.Millisecond, Typed: 500 * time.Millisecond, Banner: 3 * time.Second,
}

// orUsual fills in the times that were not given.
func (s Settle) orUsual() Settle {
	return Settle{
		Load: cmp.Or(s.Load, usual.Load), Quiet: cmp.Or(s.Quiet, usual.Quiet), Most: cmp.Or(s.Most, usual.Most), Long: cmp.Or(s.Long, usual.Long),
		Favicons: cmp.Or(s.Favicons, usual.Favicons), Leave: cmp.Or(s.Leave, usual.Leave), Typed: cmp.Or(s.Typed, usual.Typed), Banner: cmp.Or(s.Banner, usual.Banner),
	}
}

// How a page came to rest, best first. The worst page of a visit counts.
const (
	idle        = "idle"
	busy        = "busy"
	loadTimeout = "load-timeout"
	failed      = "failed"
)

var restOrder = map[string]int{idle: 0, busy: 1, loadTimeout: 2, failed: 3}

// rest notes how a page came to rest.
func (w *walk) rest(how string) {
	if w.rested == "" || restOrder[how] > restOrder[w.rested] {
		w.rested = how
	}
}

// noAnswer stands for a server that took the request and said nothing.
const noAnswer = "no answer"

// aborted is the browser's word for a navigation that it gave up. One that the
// page's crash ended is told so first, and the crash only after it.
const (
	aborted    = "net::ERR_ABORTED"
	crashDelay = 500 * time.Millisecond
)

// errNavigation is what keeps a page from being opened, in the browser's word.
type errNavigation struct{ address, word string }

// Error names the address and the browser's word.
func (e *errNavigation) Error() string { return fmt.Sprintf("open %s: %s", e.address, e.word) }

// open goes to an address and waits until the page has come to rest.
func (w *walk) open(address string) error {
	loads := w.loadCount()
	w.mu.Lock()
	w.opening, w.opened = true, true
	w.mu.Unlock()
	begun := time.Now()
	ctx, cancel := context.WithTimeout(w.ctx, w.settle.Load)
	defer cancel()
	var r struct {
		ErrorText string `json:"errorText"`
		LoaderID  string `json:"loaderId"`
		Download  bool   `json:"isDownload"`
	}
	err := w.conn.Call(ctx, w.main, "Page.navigate", map[string]any{"url": address}, &r)
	w.mu.Lock()
	w.opening = false // its request was told of, if there was one
	w.mu.Unlock()
	switch {
	case w.ctx.Err() != nil:
		return context.Cause(w.ctx)
	case errors.Is(err, context.DeadlineExceeded):
		return &errNavigation{address, noAnswer}
	case errors.Is(err, cdp.ErrClosed):
		return err
	case err != nil:
		return &errNavigation{address, err.Error()}
	case r.Download:
		return &errNavigation{address, "download"}
	case r.ErrorText != "":
		if r.ErrorText == aborted && !w.pause(crashDelay) {
			return context.Cause(w.ctx)
		}
		return &errNavigation{address, r.ErrorText}
	}
	if r.LoaderID != "" && !w.until(w.settle.Load-time.Since(begun), func() bool { return w.loads > loads }) {
		w.rest(loadTimeout)
	}
	if dead := w.answeredByGate(); dead != "" {
		return &errNavigation{dead, "no connection"}
	}
	return w.comeToRest()
}

// answeredByGate gives the address of the tab's document when it is the gate's
// own word that a host without encryption could not be reached.
func (w *walk) answeredByGate() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, h := range slices.Backward(w.hops) {
		if h.main {
			if h.Status >= 400 && strings.HasPrefix(h.URL, "http:") && w.door.Route(hostPort(h.URL)).Failed != "" {
				return h.URL
			}
			break
		}
	}
	return ""
}

func (w *walk) loadCount() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.loads
}

// comeToRest waits for quiet, scrolls so that late content is asked for, and
// waits for quiet again.
func (w *walk) comeToRest() error {
	first := w.quiet()
	w.scroll()
	w.touch()
	second := w.quiet()
	w.tellRest(w.ctx)
	if w.ctx.Err() != nil {
		return context.Cause(w.ctx)
	}
	if first && second {
		w.rest(idle)
	} else {
		w.rest(busy)
	}
	return nil
}

// touch starts the quiet time anew.
func (w *walk) touch() {
	w.mu.Lock()
	w.changed = time.Now()
	w.mu.Unlock()
}

// quiet waits until no request has begun or ended for a while.
func (w *walk) quiet() bool {
	return w.until(w.settle.Most, func() bool {
		now := time.Now()
		for id, p := range w.active {
			if w.holds(id, p, now) {
				return false
			}
		}
		if w.fetching > 0 && now.Sub(w.changed) < w.settle.Long {
			return false
		}
		return now.Sub(w.changed) >= w.settle.Quiet
	})
}

// holds tells whether a request keeps the page busy. One that runs long does
// not, unless it is the page itself; nor does an answer that a script began to
// get and does not read: it would never end.
func (w *walk) holds(id string, p *pending, now time.Time) bool {
	if !p.heard.IsZero() && now.Sub(p.heard) >= w.settle.Quiet {
		return false
	}
	x := w.exchanges[id]
	return now.Sub(p.since) < w.settle.Long || x != nil && len(x.hops) > 0 && x.last().main
}

// scroll goes down the page screen by screen, at most ten, and back.
func (w *walk) scroll() {
	const down = `(async () => {
		for (let i = 0; i < 10; i++) {
			const before = scrollY;
			scrollBy({top: innerHeight, behavior: "instant"});
			if (scrollY === before) break;
			await new Promise(r => setTimeout(r, 50));
		}
		scrollTo({top: 0, behavior: "instant"});
	})()`
	ctx, cancel := context.WithTimeout(w.ctx, 5*time.Second)
	defer cancel()
	_ = w.evaluate(ctx, w.main, w.mainFrame(), down, nil) // a page that went away cannot be scrolled
}

// A leaving is one frame with a process of its own, and how deep it stands.
type leaving struct {
	session, frame string
	depth          int
}

// leave goes to an empty page: what a page sends when it is left belongs to
// the visit. Frames go first and each goes by itself, in its own process, as
// the browser tells no more of a frame whose process is changed. With a tab,
// the pages of others stay.
func (w *walk) leave(ctx context.Context, tab string) {
	w.mu.Lock()
	w.leaving = true
	var list []leaving
	for session, t := range w.targets {
		if t.document() && (tab == "" || w.tabOf(session) == tab) {
			list = append(list, leaving{session, t.id, w.depth(session)})
		}
	}
	w.mu.Unlock()
	slices.SortFunc(list, func(a, b leaving) int { return cmp.Or(b.depth-a.depth, cmp.Compare(a.session, b.session)) })
	for _, l := range list {
		ctx, cancel := context.WithTimeout(ctx, time.Second)                          // a frame that went with its parent never answers
		_ = w.evaluate(ctx, l.session, l.frame, `location.href = "about:blank"`, nil) // what is gone has been left
		cancel()
	}
	if w.pause(w.settle.Leave) {
		w.until(w.settle.Leave, func() bool { return w.fetching == 0 })
	}
}

// explain turns the reason why a page could not be opened into a sentence and
// what to do next.
func (w *walk) explain(err error) (why, next string) {
	var nav *errNavigation
	if !errors.As(err, &nav) {
		return ended(err)
	}
	host, port := hostPort(nav.address)
	unreached := w.unreached(host, port)
	switch {
	case unreached != "":
		return fmt.Sprintf("%s could not be reached: %s", host, unreached), "check the address, and that the host answers from here"
	case strings.HasPrefix(nav.word, "net::ERR_CERT_"), strings.HasPrefix(nav.word, "net::ERR_SSL_"):
		return fmt.Sprintf("the browser does not trust the connection to %s (%s)%s", host, nav.word, w.keepCertificate(host, nav.word)), "have the certificate put right; it is never ignored, because a browser that does so keeps no cache"
	case nav.word == "net::ERR_INVALID_AUTH_CREDENTIALS":
		return host + " asks for a name and a password, and none was given", "give an address that needs none"
	case nav.word == noAnswer:
		return host + " took the connection and sent no answer in time", "check that the host answers from here, and audit again"
	case nav.word == "download", nav.word == aborted && w.downloading(nav.address):
		return "the address is a file to download, not a page", "give the address of a page"
	case nav.word == "net::ERR_TOO_MANY_REDIRECTS":
		return "the address redirects without end", "open the address in a browser, and give the one where it should lead"
	}
	return fmt.Sprintf("the browser could not open the page (%s)", nav.word), "open the address in a browser, and audit again"
}

// unreached says why the gate has no connection to a host.
func (w *walk) unreached(host, port string) string {
	for _, d := range slices.Backward(w.door.Dials()) {
		if d.Host == host && strconv.Itoa(d.Port) == port && d.Refused != "" {
			return d.Refused
		}
	}
	return w.door.Route(host, port).Failed
}

func (w *walk) downloading(address string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.downloads[address]
}

// ended explains why a visit ended before its time.
func ended(err error) (why, next string) {
	switch {
	case errors.Is(err, errTime):
		return err.Error() + " (120 s)", "audit again; if it happens again, shorten the journey"
	case errors.Is(err, errMemory):
		return err.Error() + " (3 GiB)", "look at the page in a browser: it would do the same to a visitor"
	case errors.Is(err, errRunaway):
		return err.Error(), "look at the page in a browser: it reloads or redirects itself"
	case errors.Is(err, context.Canceled):
		return "the visit was stopped before its end", "audit again and let it finish"
	case errors.Is(err, errCrashed), errors.Is(err, errGone):
		return err.Error(), "audit again; if it happens again, give the browser more memory or another version"
	}
	return err.Error(), "audit again"
}
