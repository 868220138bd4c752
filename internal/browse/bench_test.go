package browse

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/internal/cdp"
)

// serving names the variable that makes the test's program the server of the
// benchmarks: in a process of its own it does not count as ours.
const serving = "DIAPASON_BENCH_SERVER"

func TestMain(m *testing.M) {
	if os.Getenv(serving) != "" {
		if err := serveBench(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// serveBench serves until its standard input closes.
func serveBench() error {
	s, err := startSite(false)
	if err != nil {
		return err
	}
	s.quiet = true
	s.benchPages()
	if err := json.NewEncoder(os.Stdout).Encode(s.place()); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// benchPages are pages of 48 requests each beside the document, half of them
// pictures of another host, with bodies as large as such files usually are
// (10 and 20 KiB), and one page that asks for as much as it is told, each time
// for another 2 KiB.
func (s *site) benchPages() {
	var html strings.Builder
	html.WriteString("<!doctype html><title>Bench</title>")
	for i := range 24 {
		fmt.Fprintf(&html, `<img src="https://cdn.example/i?%d"><script src="/s?%d"></script>`, i, i)
	}
	s.page("shop.example/page/{n}", html.String())
	s.page("shop.example/many/{n}", `<!doctype html><title>Many</title><script>(async () => {
		const n = Number(location.pathname.split("/").pop());
		const ask = async (from) => { for (let i = from; i < n; i += 20) await (await fetch("/item?" + i)).text() };
		await Promise.all([...Array(20).keys()].map(ask));
		document.title = "All";
	})()</script>`)
	s.HandleFunc("/item", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"items": ["%s"]}`, strings.Repeat(r.URL.RawQuery+" ", 2<<10/(len(r.URL.RawQuery)+1)))
	})
	picture := append(dot[:len(dot):len(dot)], make([]byte, 10<<10)...)
	s.HandleFunc("/i", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/png")
		w.Write(picture)
	})
	s.script("/s", "window.n = (window.n || 0) + 1\n//"+strings.Repeat("a script has some length; ", 20<<10/26))
}

// served starts the server of the benchmarks.
func served(b *testing.B) premises {
	b.Helper()
	c := exec.Command(os.Args[0], "-test.run=^$")
	c.Env = append(os.Environ(), serving+"=1")
	c.Stderr = os.Stderr
	in, err := c.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := c.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		in.Close()
		if err := c.Wait(); err != nil {
			b.Error(err)
		}
	})
	var p premises
	if err := json.NewDecoder(bufio.NewReader(out)).Decode(&p); err != nil {
		b.Fatal(err)
	}
	return p
}

// BenchmarkPages compares visits with bare browsers: the same pages of 49
// requests, five after one another in each new profile, the same proxy, and
// the same rule for going on, which is the load event and then half a second
// of quiet. One visit at a time, and several. The bare browser is as it is
// installed, driven by the same client without instruments, and nothing of it
// is kept. The server
// is a process of its own, so own-cpu-s/page is what observing costs this one.
func BenchmarkPages(b *testing.B) {
	for _, atOnce := range []int{1, 2, 4, 6} {
		b.Run(strconv.Itoa(atOnce)+"-at-once", func(b *testing.B) { benchPages(b, atOnce) })
	}
}

// BenchmarkVisits makes visits as an audit makes them, with the usual waiting
// times, one and several at a time. As long as s/visit stays what it is for
// one, more at a time pay; where it grows, pages wait for the machine.
func BenchmarkVisits(b *testing.B) {
	for _, atOnce := range []int{1, 2, 4, 6, 8} {
		b.Run(strconv.Itoa(atOnce)+"-at-once", func(b *testing.B) {
			br := served(b).browser(b)
			br.Settle = Settle{}
			var all time.Duration
			for b.Loop() {
				all += together(atOnce, func() { benchVisit(b, br, Visit{ID: "A1", URL: "https://shop.example/page/1"}) })
			}
			b.ReportMetric(float64(b.N*atOnce)/all.Minutes(), "visits/min")
			b.ReportMetric(all.Seconds()/float64(b.N), "s/visit")
		})
	}
}

const pagesPerVisit = 5

func benchPages(b *testing.B, atOnce int) {
	br := served(b).browser(b)
	// Ours waits once before and once after it scrolls: half of it each time.
	br.Settle.Quiet, br.Settle.Favicons, br.Settle.Leave = 250*time.Millisecond, time.Millisecond, time.Millisecond
	v := Visit{ID: "A1", URL: "https://shop.example/page/1"}
	addresses := []string{v.URL}
	for i := 2; i <= pagesPerVisit; i++ {
		addresses = append(addresses, fmt.Sprintf("https://shop.example/page/%d", i))
		v.Steps = append(v.Steps, Step{Open: addresses[i-1]})
	}
	bin, err := find(b.Context(), "")
	if err != nil {
		b.Fatal(err)
	}
	bin.hash() // once a process, not once a visit
	var ours, bare, own, tree, bareTree time.Duration
	for b.Loop() {
		used, theirs := cpu(syscall.RUSAGE_SELF), cpu(syscall.RUSAGE_CHILDREN)
		ours += together(atOnce, func() { benchVisit(b, br, v) })
		own += cpu(syscall.RUSAGE_SELF) - used
		tree += cpu(syscall.RUSAGE_CHILDREN) - theirs
		theirs = cpu(syscall.RUSAGE_CHILDREN)
		bare += together(atOnce, func() { bareVisit(b, br, addresses) })
		bareTree += cpu(syscall.RUSAGE_CHILDREN) - theirs
	}
	pages := float64(b.N * atOnce * pagesPerVisit)
	b.ReportMetric(pages/ours.Minutes(), "pages/min")
	b.ReportMetric(pages/bare.Minutes(), "bare-pages/min")
	b.ReportMetric(100*float64(bare)/float64(ours), "%-of-bare")
	b.ReportMetric(own.Seconds()/pages, "own-cpu-s/page")
	b.ReportMetric(tree.Seconds()/pages, "browser-cpu-s/page")
	b.ReportMetric(float64(tree+own)/float64(bareTree), "cpu-times-bare")
}

func benchVisit(b *testing.B, br *Browser, v Visit) {
	c, err := br.Visit(b.Context(), v)
	if err != nil || !c.Complete || len(c.Requests) < 49 {
		b.Errorf("%d requests, gaps %v, error %v", len(c.Requests), c.Gaps, err)
	}
}

// together does the same several times at once and tells how long that took.
func together(n int, f func()) time.Duration {
	begun := time.Now()
	var all sync.WaitGroup
	for range n {
		all.Go(f)
	}
	all.Wait()
	return time.Since(begun)
}

// cpu is the processor time that this process has used, or the browsers that
// have ended.
func cpu(whose int) time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(whose, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// bareVisit opens pages one after the other in a new profile and looks at nothing.
func bareVisit(b *testing.B, br *Browser, addresses []string) {
	if err := bareWalk(b, br, addresses); err != nil {
		b.Error(err)
	}
}

func bareWalk(b *testing.B, br *Browser, addresses []string) error {
	bin, err := find(b.Context(), "")
	if err != nil {
		return err
	}
	p, err := br.NewProfile()
	if err != nil {
		return err
	}
	defer p.Remove()
	if err := p.writePolicy("allow"); err != nil {
		return err
	}
	door, err := br.Gate.Session("bare")
	if err != nil {
		return err
	}
	defer door.Close()
	loaded := make(chan struct{}, 100)
	conn, err := cdp.Start(b.Context(), cdp.Options{
		Path: bin.path, Flags: bareFlags(br, p.dir, door.Addr()), Unsandboxed: true,
		Event: func(e cdp.Event) {
			if e.Method == "Page.loadEventFired" {
				loaded <- struct{}{}
			}
		},
	})
	if err != nil {
		return err
	}
	defer conn.Kill()
	var target struct{ TargetID string }
	var session struct{ SessionID string }
	if err := conn.Call(b.Context(), "", "Target.createTarget", map[string]any{"url": "about:blank"}, &target); err != nil {
		return err
	}
	if err := conn.Call(b.Context(), "", "Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &session); err != nil {
		return err
	}
	if err := conn.Call(b.Context(), session.SessionID, "Page.enable", nil, nil); err != nil {
		return err
	}
	for _, a := range addresses {
		if err := conn.Call(b.Context(), session.SessionID, "Page.navigate", map[string]any{"url": a}, nil); err != nil {
			return err
		}
		<-loaded
		time.Sleep(500 * time.Millisecond)
	}
	return conn.Close(closeTime)
}

// bareFlags are the switches without which a browser as it is installed would
// not reach the pages of the benchmark.
func bareFlags(br *Browser, profile, proxy string) []string {
	return []string{
		"--headless", "--no-first-run", "--window-size=1280,900", "--user-data-dir=" + profile,
		"--proxy-server=http://" + proxy, "--proxy-bypass-list=<-loopback>",
		"--ignore-certificate-errors-spki-list=" + strings.Join(br.PinSPKI, ","), "about:blank",
	}
}

// BenchmarkTenThousandRequests makes one visit to a page that asks for as much
// as a visit keeps, and says how much resident memory this process held at its
// worst, with the proxy in it, and how much of that the capture is.
func BenchmarkTenThousandRequests(b *testing.B) {
	br := served(b).browser(b)
	unhurried := usualLimits()
	unhurried.visit = 10 * time.Minute
	br.limits = &unhurried
	br.Settle = Settle{Load: 5 * time.Minute, Most: 5 * time.Minute}
	for b.Loop() {
		var c *diapason.Capture
		used := cpu(syscall.RUSAGE_SELF)
		peak := peakOf(b, func() {
			var err error
			c, err = br.Visit(b.Context(), Visit{ID: "A1", URL: "https://shop.example/many/9990"})
			if err != nil || len(c.Requests) < 9991 || len(c.Cut) > 0 {
				b.Fatalf("%d requests, cut %v, gaps %v, error %v", len(c.Requests), c.Cut, c.Gaps, err)
			}
		})
		b.ReportMetric((cpu(syscall.RUSAGE_SELF) - used).Seconds(), "own-cpu-s")
		b.ReportMetric(c.Ended.Sub(c.Started).Seconds(), "s/visit")
		b.ReportMetric(peak, "peak-MiB")
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.HeapAlloc)/(1<<20), "heap-after-MiB")
		runtime.KeepAlive(c)
	}
}

// peakOf is the most resident memory that this process had while f ran, in
// MiB, as Linux keeps it (VmHWM, proc_pid_status(5)); it is reset before.
func peakOf(b *testing.B, f func()) float64 {
	b.Helper()
	debug.FreeOSMemory()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		b.Fatal(err)
	}
	f()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Fatal(err)
	}
	var kib float64
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	if _, err := fmt.Sscan(rest, &kib); err != nil {
		b.Fatal(err)
	}
	return kib / 1024
}
