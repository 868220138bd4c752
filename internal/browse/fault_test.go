package browse

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"diapason.dev/diapason"
)

// minor tells whether all gaps are minor.
func minor(c *diapason.Capture) bool {
	return !slices.ContainsFunc(c.Gaps, func(g diapason.Gap) bool { return !g.Minor })
}

func TestAPageThatNeverGoesIdleIsAFullReport(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.page("shop.example/{$}", `<title>Busy</title><script>setInterval(() => fetch("/tick"), 100)</script>`)
	s.page("/tick", ``)
	b := s.browser(t)
	b.Settle.Most = 1500 * time.Millisecond
	c := visit(t, b, Visit{URL: "https://shop.example/"})
	if c.Settle != "busy" || !c.Complete || len(c.Gaps) != 1 || !minor(c) {
		t.Errorf("settle %s, complete %v, gaps %+v", c.Settle, c.Complete, c.Gaps)
	}
	if n := len(requestsFor(c, "https://shop.example/tick")); n < 10 {
		t.Errorf("%d ticks were seen", n)
	}
	s.holdAgainst(t, c)
}

func TestAnAnswerThatNobodyReadsKeepsNoPageBusy(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.page("shop.example/{$}", `<script>window.kept = fetch("/data")</script>`)
	s.page("/data", strings.Repeat("x", 1<<20))
	b := s.browser(t)
	b.Settle.Long = time.Hour
	c := visit(t, b, Visit{URL: "https://shop.example/"})
	if c.Settle != "idle" || one(t, c, "https://shop.example/data").Status != 200 {
		t.Errorf("settle %s %s", c.Settle, list(c))
	}
}

func TestWhatCannotBeOpenedIsToldWithTheReason(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.HandleFunc("/round", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/round", http.StatusFound) })
	s.HandleFunc("/file", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Disposition", "attachment; filename=a.zip")
		w.Header().Set("Content-Type", "application/zip")
		io.WriteString(w, "PK")
	})
	s.HandleFunc("/private", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("WWW-Authenticate", `Basic realm="staff"`)
		http.Error(w, "staff only", http.StatusUnauthorized)
	})
	s.HandleFunc("/hang", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	b := s.browser(t)
	hasty := s.browser(t)
	hasty.Settle.Load = 1500 * time.Millisecond
	stranger := s.browser(t)
	stranger.PinSPKI = nil
	for _, test := range []struct {
		b           *Browser
		url, settle string
		why         string
		attempts    int
	}{
		{b, "https://nowhere.example/", "failed", "nowhere.example could not be reached: unknown name", 1},
		{b, "http://nowhere.example/", "failed", "nowhere.example could not be reached: unknown name", 1},
		{b, "https://127.0.0.1/", "failed", "127.0.0.1 could not be reached: special-purpose address (this machine)", 1},
		{stranger, "https://shop.example/", "failed", "the browser does not trust the connection to shop.example (net::ERR_CERT_AUTHORITY_INVALID)", 1},
		{b, "https://shop.example/round", "failed", "the address redirects without end", 20},
		{b, "https://shop.example/private", "failed", "shop.example asks for a name and a password, and none was given", 1},
		{b, "https://shop.example/file", "failed", "the address is a file to download, not a page", 1},
		{hasty, "https://shop.example/hang", "load-timeout", "shop.example took the connection and sent no answer in time", 1},
	} {
		c := visit(t, test.b, Visit{URL: test.url})
		c.Gaps = slices.DeleteFunc(c.Gaps, func(g diapason.Gap) bool { return g.Minor })
		if c.Settle != test.settle || c.Complete || len(c.Gaps) != 1 || !strings.HasPrefix(c.Gaps[0].Why, test.why) || c.Gaps[0].Next == "" || c.Gaps[0].Channel != diapason.Does {
			t.Errorf("%s: settle %s, complete %v, gaps %+v, expected %q", test.url, c.Settle, c.Complete, c.Gaps, test.why)
		}
		if n := len(requestsFor(c, test.url)); n < test.attempts {
			t.Errorf("%s: %d attempts are in the capture, expected %d: %s", test.url, n, test.attempts, list(c))
		}
		if c.Browser.Product == "" || len(c.Browser.BinaryHash) != 64 {
			t.Errorf("%s: browser %+v", test.url, c.Browser)
		}
	}
}

func TestADeadThirdPartyIsAFactOfItsOwn(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.page("shop.example/{$}", `<img src="https://nowhere.example/p.gif"><script>fetch("http://127.0.0.1:8080/probe", {mode: "no-cors"}).catch(() => {})</script>`)
	c := visit(t, s.browser(t), Visit{URL: "https://shop.example/"})
	if r := one(t, c, "https://nowhere.example/p.gif"); r.Status != 0 || !strings.Contains(r.Failed, "unknown name") {
		t.Errorf("status %d, failed %q", r.Status, r.Failed)
	}
	if !c.Complete || c.Settle != "idle" {
		t.Errorf("settle %s, gaps %v", c.Settle, c.Gaps)
	}
	if r := one(t, c, "http://127.0.0.1:8080/probe"); r.Status != 0 || r.Address != "" || r.Failed != "special-purpose address (this machine)" {
		t.Errorf("the probe of this machine: status %d, address %q, failed %q, body %+v", r.Status, r.Address, r.Failed, r.ResponseBody)
	}
	if !slices.ContainsFunc(c.Dials, func(d diapason.Dial) bool { return d.Host == "127.0.0.1" && d.Port == 8080 && d.Refused != "" }) {
		t.Errorf("dials %+v", c.Dials)
	}
}

func TestDialogsAreRecordedAndKeepNobody(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.page("shop.example/{$}", `<button>Stay</button><script>
		alert("good evening"); document.title = "confirmed " + confirm("really?") + " " + prompt("your name?");
		document.querySelector("button").onclick = () => { addEventListener("beforeunload", (e) => e.preventDefault()); };
		addEventListener("pagehide", () => navigator.sendBeacon("/left"));</script>`)
	s.page("/left", ``)
	c := visit(t, s.browser(t), Visit{URL: "https://shop.example/", Steps: []Step{{Click: "button"}}})
	if want := []string{"alert: good evening", "confirm: really?", "prompt: your name?", "beforeunload: "}; !slices.Equal(c.Dialogs, want) {
		t.Errorf("dialogs %q, expected %q", c.Dialogs, want)
	}
	if c.Pages[0].Title != "confirmed false null" {
		t.Errorf("the page saw: %s", c.Pages[0].Title)
	}
	one(t, c, "https://shop.example/left")
}

func TestDownloadsAreDeniedAndTold(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.page("shop.example/{$}", `<title>Shop</title><script>onload = () => { location.href = "/file" }</script>`)
	s.HandleFunc("/file", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Disposition", "attachment; filename=a.zip")
		w.Header().Set("Content-Type", "application/zip")
		io.WriteString(w, strings.Repeat("P", 1234))
	})
	c := visit(t, s.browser(t), Visit{URL: "https://shop.example/"})
	r := one(t, c, "https://shop.example/file")
	if r.Failed != "download denied" || r.ResponseBody.Mime != "application/zip" || value(r.ResponseHeaders, "Content-Disposition") == "" || r.ResponseBody.Size != 1234 {
		t.Errorf("the file: %+v", r)
	}
	if !c.Complete || c.Pages[0].Title != "Shop" {
		t.Errorf("gaps %v, pages %v", c.Gaps, c.Pages)
	}
}

func TestAVisitHasBounds(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.page("shop.example/{$}", `<title>Much</title><script>for (let i = 0; i < 30; i++) fetch("https://cdn.example/n?" + i).then(r => r.text())</script>`)
	s.page("shop.example/reload", `<script>onload = () => location.reload()</script>`)
	s.page("shop.example/windows", `<button>Open</button><script>document.querySelector("button").onclick = () => { for (let i = 0; i < 4; i++) { open("/window?" + i) } }</script>`)
	s.page("/window", `window`)
	s.page("/n", strings.Repeat("x", 1000))
	tight := usualLimits()
	tight.requests, tight.bodies, tight.navigations, tight.popups = 20, 5000, 5, 0
	b := s.browser(t)
	b.limits = &tight
	t.Run("requests and bodies", func(t *testing.T) {
		c := visit(t, b, Visit{URL: "https://shop.example/"})
		sent := 0
		for _, r := range c.Requests {
			if r.From == "page" {
				sent++
			}
		}
		if cut := c.Cut["requests to cdn.example"]; sent != 20 || cut < 11 || c.Complete || len(c.Gaps) != 1 {
			t.Errorf("%d requests kept, %v cut, gaps %v", sent, c.Cut, c.Gaps)
		}
		if c.Cut["bodies beyond the limit of a visit"] == 0 {
			t.Errorf("cut %v", c.Cut)
		}
	})
	t.Run("reloads without end", func(t *testing.T) {
		c := visit(t, b, Visit{URL: "https://shop.example/reload"})
		if c.Complete || c.Cut["navigations"] == 0 || len(requestsFor(c, "https://shop.example/reload")) < 5 || !strings.Contains(c.Gaps[0].Why, "without end") {
			t.Errorf("gaps %v, cut %v %s", c.Gaps, c.Cut, list(c))
		}
	})
	t.Run("windows", func(t *testing.T) {
		c := visit(t, b, Visit{URL: "https://shop.example/windows", Steps: []Step{{Click: "button"}}})
		if c.Cut["targets: page"] == 0 || c.Complete {
			t.Errorf("cut %v %s", c.Cut, list(c))
		}
	})
	t.Run("time", func(t *testing.T) {
		short := usualLimits()
		short.visit = 8 * time.Second // a loaded machine needs some of them to begin
		b.limits = &short
		c := visit(t, b, Visit{URL: "https://shop.example/", Steps: []Step{{Wait: time.Minute}}})
		if c.Complete || len(c.Gaps) != 1 || !strings.Contains(c.Gaps[0].Why, "longer than a visit may") || len(c.Pages) == 0 {
			t.Errorf("gaps %v, %d pages", c.Gaps, len(c.Pages))
		}
	})
	t.Run("memory", func(t *testing.T) {
		small := usualLimits()
		small.memory = 1
		b.limits = &small
		c := visit(t, b, Visit{URL: "https://shop.example/", Steps: []Step{{Wait: time.Minute}}})
		if c.Complete || len(c.Gaps) == 0 || !strings.Contains(c.Gaps[0].Why, "more memory") {
			t.Errorf("gaps %v", c.Gaps)
		}
	})
}

func TestAWindowThatThePageOpensIsWatchedToo(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.page("shop.example/{$}", `<button>Open</button><script>document.querySelector("button").onclick = () => open("https://track.example/window")</script>`)
	s.page("/window", `<script>fetch("/in-window")</script>`)
	s.page("/in-window", ``)
	c := visit(t, s.browser(t), Visit{URL: "https://shop.example/", Steps: []Step{{Click: "text=Open"}}})
	s.holdAgainst(t, c)
	if r := one(t, c, "https://track.example/in-window"); r.Page != "https://track.example/window" {
		t.Errorf("page %s", r.Page)
	}
}

func TestAVisitThatIsStoppedKeepsWhatWasSeen(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.page("shop.example/{$}", `<title>Shop</title>`)
	ctx, cancel := context.WithCancel(t.Context())
	s.HandleFunc("shop.example/slow", func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	c, err := s.browser(t).Visit(ctx, Visit{ID: "A1", URL: "https://shop.example/", Steps: []Step{{Open: "/slow"}}})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	if c.Complete || c.Settle != "idle" || len(c.Gaps) != 1 || len(requestsFor(c, "https://shop.example/")) != 1 || len(c.Pages) == 0 {
		t.Errorf("settle %s, gaps %v %s", c.Settle, c.Gaps, list(c))
	}
	if c, err := s.browser(t).Visit(ctx, Visit{ID: "A2", URL: "https://shop.example/"}); !errors.Is(err, context.Canceled) || c == nil || len(c.Gaps) != 1 {
		t.Errorf("a visit that was stopped before it began: %v, %+v", err, c)
	}
}

func TestACrashIsToldAndWhatWasSeenIsKept(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.page("shop.example/{$}", `<title>Shop</title>`)
	b := s.browser(t)
	t.Run("of the page", func(t *testing.T) {
		c := visit(t, b, Visit{URL: "https://shop.example/", Steps: []Step{{Open: "chrome://crash"}}})
		if c.Complete || len(c.Gaps) == 0 || c.Gaps[0].Why != errCrashed.Error() || len(requestsFor(c, "https://shop.example/")) != 1 {
			t.Errorf("gaps %v", c.Gaps)
		}
	})
	t.Run("of the browser", func(t *testing.T) {
		s.HandleFunc("shop.example/kill", func(http.ResponseWriter, *http.Request) { killBrowser(t, b.Work) })
		c := visit(t, b, Visit{URL: "https://shop.example/", Steps: []Step{{Open: "/kill"}}})
		if c.Complete || len(c.Gaps) == 0 || c.Gaps[0].Why != errGone.Error() || len(requestsFor(c, "https://shop.example/")) != 1 {
			t.Errorf("gaps %v", c.Gaps)
		}
	})
}

// killBrowser ends the one browser whose profile is in a folder of ours.
func killBrowser(t *testing.T, work string) {
	lines, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range lines {
		line, _ := os.ReadFile(file)
		if !strings.Contains(string(line), "--user-data-dir="+work) || strings.Contains(string(line), "--type=") || strings.Contains(string(line), "crashpad") {
			continue
		}
		pid, _ := strconv.Atoi(strings.Split(file, "/")[2])
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Error(err)
		}
		return
	}
	t.Error("there is no browser to kill")
}

func TestFlagsAreToldWithoutWhatDiffersFromRunToRun(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.page("shop.example/{$}", ``)
	b := s.browser(t)
	c, d := visit(t, b, Visit{URL: "https://shop.example/"}), visit(t, b, Visit{URL: "https://shop.example/"})
	if !slices.Equal(c.Browser.Flags, d.Browser.Flags) {
		t.Errorf("flags %q and %q", c.Browser.Flags, d.Browser.Flags)
	}
	for _, want := range []string{"--user-data-dir=DIR", "--proxy-server=http://127.0.0.1:PORT", "--no-sandbox", "--ignore-certificate-errors-spki-list=" + s.pin} {
		if !slices.Contains(c.Browser.Flags, want) {
			t.Errorf("flags %q lack %q", c.Browser.Flags, want)
		}
	}
	agent := value(one(t, c, "https://shop.example/").Headers, "User-Agent")
	if agent != c.Browser.UserAgent || strings.Contains(agent, "Headless") || !strings.Contains(agent, fmt.Sprint("Chrome/", strings.Split(strings.Split(c.Browser.Product, "/")[1], ".")[0])) {
		t.Errorf("the server saw %q of %s", agent, c.Browser.Product)
	}
	if hints := value(one(t, c, "https://shop.example/").Headers, "sec-ch-ua"); strings.Contains(hints, "Headless") {
		t.Errorf("hints %s", hints)
	}
}
