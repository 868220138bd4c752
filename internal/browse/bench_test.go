package browse

import (
	"fmt"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"diapason.dev/diapason/internal/cdp"
)

// BenchmarkVisit compares a whole visit with a bare browser on the same page,
// profile and waiting times, driven by the same client without instruments.
func BenchmarkVisit(b *testing.B) {
	s := newSite(b)
	var html strings.Builder
	html.WriteString("<!doctype html><title>Bench</title>")
	for i := range 24 {
		fmt.Fprintf(&html, `<img src="https://cdn.example/i?%d"><script src="/s?%d"></script>`, i, i)
	}
	s.page("shop.example/{$}", html.String())
	s.HandleFunc("/i", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/png")
		w.Write(dot)
	})
	s.script("/s", "window.n = (window.n || 0) + 1")
	br := s.browser(b)
	var ours, bare, own time.Duration
	for b.Loop() {
		begun, used := time.Now(), cpu()
		c := visit(b, br, Visit{URL: "https://shop.example/"})
		ours += time.Since(begun)
		own += cpu() - used
		if len(c.Requests) < 49 || !c.Complete {
			b.Fatalf("%d requests, gaps %v", len(c.Requests), c.Gaps)
		}
		begun = time.Now()
		bareVisit(b, br, "https://shop.example/")
		bare += time.Since(begun)
	}
	b.ReportMetric(float64(ours)/float64(bare), "times-bare")
	b.ReportMetric(ours.Seconds()/float64(b.N), "s/visit")
	b.ReportMetric(bare.Seconds()/float64(b.N), "s/bare")
	b.ReportMetric(own.Seconds()/float64(b.N), "own-cpu-s/visit") // with the test's own server in it
}

// cpu is the processor time that this process has used, without the browser's.
func cpu() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// bareVisit loads a page and waits as a visit waits, and looks at nothing.
func bareVisit(b *testing.B, br *Browser, address string) {
	bin, err := find(b.Context(), "")
	if err != nil {
		b.Fatal(err)
	}
	p, err := br.NewProfile()
	if err != nil {
		b.Fatal(err)
	}
	defer p.Remove()
	door, err := br.Gate.Session("bare")
	if err != nil {
		b.Fatal(err)
	}
	defer door.Close()
	loaded := make(chan struct{}, 10)
	conn, err := cdp.Start(b.Context(), cdp.Options{
		Path: bin.path, Flags: br.flags(bin, p.dir, door.Addr()), Unsandboxed: true,
		Event: func(e cdp.Event) {
			if e.Method == "Page.loadEventFired" {
				loaded <- struct{}{}
			}
		},
	})
	if err != nil {
		b.Fatal(err)
	}
	var target struct{ TargetID string }
	var session struct{ SessionID string }
	for _, c := range []struct {
		method      string
		params, out any
	}{
		{"Target.createTarget", map[string]any{"url": "about:blank"}, &target},
		{"Target.attachToTarget", nil, &session},
		{"Page.enable", nil, nil},
		{"Page.navigate", map[string]any{"url": address}, nil},
	} {
		if c.method == "Target.attachToTarget" {
			c.params = map[string]any{"targetId": target.TargetID, "flatten": true}
		}
		if err := conn.Call(b.Context(), session.SessionID, c.method, c.params, c.out); err != nil {
			b.Fatal(err)
		}
	}
	<-loaded
	time.Sleep(2*br.Settle.Quiet + br.Settle.Favicons + br.Settle.Leave)
	if err := conn.Close(closeTime); err != nil {
		b.Fatal(err)
	}
}
