package does_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"diapason.dev/diapason"
	"diapason.dev/diapason/does"
	"diapason.dev/diapason/internal/browse"
	"diapason.dev/diapason/internal/gate"
)

// The browser is killed under A1 and twice under B, by the page's own server.
func TestAVisitThatCameDownIsMadeOnceMoreInANewProfile(t *testing.T) {
	t.Parallel()
	work := t.TempDir()
	var opened atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		n := opened.Add(1)
		if n == 1 || n == 4 || n == 5 {
			killBrowser(t, work)
			return
		}
		if _, err := r.Cookie("visitor"); err != nil {
			http.SetCookie(w, &http.Cookie{Name: "visitor", Value: fmt.Sprint("v", n), MaxAge: 3600})
		}
		fmt.Fprint(w, "<!doctype html><title>Shop</title>")
	}))
	defer server.Close()
	g, err := gate.Start(t.Context(), gate.Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	if err != nil {
		t.Fatal(err)
	}
	b := &browse.Browser{Unsandboxed: true, Gate: g, Work: work, Settle: browse.Brisk}
	plan := does.Plan{Start: []string{server.URL + "/"}, AtOnce: 1}
	captures, gaps, err := plan.Run(t.Context(), b, func(*diapason.Capture) {})
	if err != nil || len(gaps) > 0 {
		t.Fatalf("error %v, gaps %v", err, gaps)
	}
	var told []string
	for _, c := range captures {
		missing := ""
		for _, g := range c.Gaps {
			missing += fmt.Sprintf(" %s (minor %t)", g.Why, g.Minor)
		}
		told = append(told, fmt.Sprintf("%s: %s, complete %t, %d requests%s", c.ID, c.Profile.State, c.Complete, min(1, len(c.Requests)), missing))
	}
	const (
		gone    = "the browser ended by itself"
		unheard = " the page or the browser came down while it was listened to, and the visit was made again without (minor true)"
	)
	want := []string{
		"ended-early/A1: fresh, complete false, 1 requests " + gone + " (minor true)",
		"A1: fresh, complete true, 1 requests" + unheard,
		"A2: returned, complete true, 1 requests",
		"ended-early/B: fresh, complete false, 1 requests " + gone + " (minor true)",
		"B: fresh, complete false, 1 requests " + gone + " (minor false)" + unheard,
		"C: fresh, complete true, 1 requests",
	}
	if strings.Join(told, "\n") != strings.Join(want, "\n") {
		t.Errorf("visits\n%s\nexpected\n%s", strings.Join(told, "\n"), strings.Join(want, "\n"))
	}
	for _, c := range captures[1:3] {
		if len(c.Cookies) != 1 || c.Cookies[0].Value != "v2" {
			t.Errorf("%s: cookies %+v, expected what the second visit was given", c.ID, c.Cookies)
		}
	}
	if left, _ := os.ReadDir(work); len(left) > 0 {
		t.Errorf("%d profiles were left behind", len(left))
	}
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
