package cdp

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"diapason.dev/diapason"
)

// start launches the installed browser on an empty profile.
func start(t *testing.T, event func(Event)) (*Conn, string) {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatalf("these tests need Chromium: %v", err)
	}
	dir := t.TempDir()
	c, err := Start(t.Context(), Options{
		Path: path, Unsandboxed: true, Event: event,
		Flags: []string{"--headless", "--no-first-run", "--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND", "--user-data-dir=" + dir, "about:blank"},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Kill)
	return c, dir
}

// soon bounds a wait for something that should come at once.
func soon(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func closed(t *testing.T, what string, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(30 * time.Second):
		t.Fatalf("%s did not end", what)
	}
}

func TestARealBrowserAnswersRefusesAndEndsInOrder(t *testing.T) {
	c, dir := start(t, nil)
	var v struct{ Product string }
	if err := c.Call(soon(t), "", "Browser.getVersion", nil, &v); err != nil || !strings.Contains(v.Product, "Chrome/") {
		t.Fatalf("version %+v: %v", v, err)
	}
	var refused *Error
	if err := c.Call(soon(t), "", "Browser.makeCoffee", nil, nil); !errors.As(err, &refused) || refused.Method != "Browser.makeCoffee" || refused.Code != -32601 {
		t.Errorf("an unknown command: %v", err)
	}
	if err := c.Call(soon(t), "no-such-session", "Page.enable", nil, nil); !errors.As(err, &refused) {
		t.Errorf("an unknown session: %v", err)
	}
	if err := c.Call(soon(t), "", "Browser.getVersion", nil, &struct{ Product int }{}); err == nil || !strings.Contains(err.Error(), "decode reply") {
		t.Errorf("a reply of another shape: %v", err)
	}
	if err := c.Call(soon(t), "", "Browser.getVersion", make(chan int), nil); err == nil || !strings.Contains(err.Error(), "encode") {
		t.Errorf("parameters that are no JSON: %v", err)
	}
	if m := c.Memory(); m < 10<<20 {
		t.Errorf("the browser and its children take %d bytes", m)
	}
	if err := c.Close(20 * time.Second); err != nil {
		t.Error(err)
	}
	closed(t, "the connection", c.Gone())
	closed(t, "the events", c.Drained())
	if _, err := os.Stat(filepath.Join(dir, "Local State")); err != nil {
		t.Errorf("the profile was not written: %v", err)
	}
	if err := c.Call(soon(t), "", "Browser.getVersion", nil, nil); !errors.Is(err, ErrClosed) {
		t.Errorf("a call after the end: %v", err)
	}
}

func TestEventsComeInOrderToAHandlerThatMayCall(t *testing.T) {
	var mu sync.Mutex
	var methods []string
	var answer error
	seen := make(chan struct{})
	var c *Conn
	ready := make(chan struct{})
	c, _ = start(t, func(e Event) {
		<-ready
		mu.Lock()
		defer mu.Unlock()
		methods = append(methods, e.Method)
		var p struct {
			SessionID  string
			TargetInfo struct{ URL string }
		}
		if err := json.Unmarshal(e.Params, &p); err != nil {
			answer = err
		}
		if e.Method == "Target.attachedToTarget" && p.TargetInfo.URL == "data:,second" {
			answer = errors.Join(answer, c.Call(context.Background(), p.SessionID, "Runtime.runIfWaitingForDebugger", nil, nil))
			close(seen)
		}
	})
	close(ready)
	if err := c.Call(soon(t), "", "Target.setDiscoverTargets", map[string]any{"discover": true}, nil); err != nil {
		t.Fatal(err)
	}
	if err := c.Call(soon(t), "", "Target.setAutoAttach", map[string]any{"autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true}, nil); err != nil {
		t.Fatal(err)
	}
	if err := c.Send("", "Target.createTarget", map[string]any{"url": "data:,second"}); err != nil {
		t.Fatal(err)
	}
	closed(t, "the second tab's start", seen)
	mu.Lock()
	defer mu.Unlock()
	if answer != nil {
		t.Error(answer)
	}
	created, attached := slices.Index(methods, "Target.targetCreated"), slices.Index(methods, "Target.attachedToTarget")
	if created < 0 || attached < created {
		t.Errorf("events %q", methods)
	}
}

func TestACallEndsWithItsContextAndWithTheBrowser(t *testing.T) {
	c, _ := start(t, nil)
	var target struct{ TargetID string }
	var session struct{ SessionID string }
	if err := c.Call(soon(t), "", "Target.createTarget", map[string]any{"url": "about:blank"}, &target); err != nil {
		t.Fatal(err)
	}
	if err := c.Call(soon(t), "", "Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &session); err != nil {
		t.Fatal(err)
	}
	never := map[string]any{"expression": "new Promise(() => {})", "awaitPromise": true}
	short, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := c.Call(short, session.SessionID, "Runtime.evaluate", never, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a call that is not answered in time: %v", err)
	}
	c.mu.Lock()
	waiting := len(c.waiting)
	c.mu.Unlock()
	if waiting != 0 {
		t.Errorf("%d calls are still waited for", waiting)
	}
	done := make(chan error, 1)
	go func() { done <- c.Call(context.Background(), session.SessionID, "Runtime.evaluate", never, nil) }()
	time.Sleep(50 * time.Millisecond)
	c.Kill()
	if err := <-done; !errors.Is(err, ErrClosed) {
		t.Errorf("a call while the browser is killed: %v", err)
	}
	closed(t, "the connection", c.Gone())
	closed(t, "the events", c.Drained())
	if err := syscall.Kill(-c.Pid(), 0); err == nil && c.Memory() > 0 {
		t.Error("children of the browser are alive")
	}
	c.Kill() // once more does no harm
}

func TestABrowserThatDoesNotEndIsKilledAndThatIsSaid(t *testing.T) {
	c, _ := start(t, nil)
	if err := c.Call(soon(t), "", "Browser.getVersion", nil, nil); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(c.Pid(), syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(300 * time.Millisecond); !errors.Is(err, diapason.ErrIncomplete) {
		t.Errorf("error %v", err)
	}
	closed(t, "the connection", c.Gone())
}

func TestAMessageBeyondTheLimitIsDroppedAndCounted(t *testing.T) {
	c, _ := start(t, nil)
	var target struct{ TargetID string }
	var session struct{ SessionID string }
	if err := c.Call(soon(t), "", "Target.createTarget", map[string]any{"url": "about:blank"}, &target); err != nil {
		t.Fatal(err)
	}
	if err := c.Call(soon(t), "", "Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &session); err != nil {
		t.Fatal(err)
	}
	if err := c.Send(session.SessionID, "Runtime.evaluate", map[string]any{"expression": `"x".repeat(33 << 20)`, "returnByValue": true}); err != nil {
		t.Fatal(err)
	}
	var r struct{ Result struct{ Value int } }
	if err := c.Call(soon(t), session.SessionID, "Runtime.evaluate", map[string]any{"expression": "6*7"}, &r); err != nil || r.Result.Value != 42 {
		t.Errorf("the call after it: %+v, %v", r, err)
	}
	if n := c.Dropped(); n != 1 {
		t.Errorf("%d messages were dropped", n)
	}
}

func TestFramesAreCutAtZeroBytesAndAtTheLimit(t *testing.T) {
	in := "short\x00" + strings.Repeat("l", 40) + "\x00" + "\x00" + strings.Repeat("m", 20) + "\x00" + "half"
	r := bufio.NewReaderSize(strings.NewReader(in), 16)
	for _, want := range []struct {
		text string
		over bool
		end  bool
	}{{"short", false, false}, {"", true, false}, {"", false, false}, {strings.Repeat("m", 20), false, false}, {"", false, true}} {
		b, over, err := frame(r, 30)
		if string(b) != want.text || over != want.over || (err != nil) != want.end {
			t.Errorf("frame %q, over %v, %v; expected %+v", b, over, err, want)
		}
	}
}

func TestWhatIsNoJSONIsCounted(t *testing.T) {
	c := &Conn{waiting: map[int64]chan reply{}, events: newQueue()}
	c.take([]byte("{"))
	c.take([]byte(`{"id":9,"result":{}}`)) // nobody waits for it
	if c.Dropped() != 1 {
		t.Errorf("%d dropped", c.Dropped())
	}
}

func TestRootIsToldThatChromiumWantsAnOrdinaryUser(t *testing.T) {
	for _, test := range []struct {
		uid         int
		unsandboxed bool
		refused     bool
	}{{0, false, true}, {0, true, false}, {1000, false, false}, {1000, true, false}} {
		err := allowed(test.uid, test.unsandboxed)
		var hint *diapason.Hint
		if errors.Is(err, diapason.ErrUsage) != test.refused || test.refused && (!errors.As(err, &hint) || !strings.Contains(hint.Next, "--unsandboxed")) {
			t.Errorf("%+v: %v", test, err)
		}
	}
	if os.Geteuid() == 0 {
		if _, err := Start(t.Context(), Options{Path: "chromium"}); !errors.Is(err, diapason.ErrUsage) {
			t.Errorf("start as root: %v", err)
		}
	}
}

func TestAMissingBrowserIsNamedWithWhatToDo(t *testing.T) {
	_, err := Start(t.Context(), Options{Path: "/nowhere/chromium", Unsandboxed: true})
	var hint *diapason.Hint
	if !errors.Is(err, diapason.ErrNoBrowser) || !errors.As(err, &hint) || !strings.Contains(err.Error(), `"/nowhere/chromium": there is no such program`) {
		t.Errorf("error %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Start(ended, Options{Path: "/nowhere/chromium", Unsandboxed: true}); !errors.Is(err, context.Canceled) || !errors.Is(err, diapason.ErrIncomplete) {
		t.Errorf("a start that was stopped: %v", err)
	}
}

func TestAProgramThatIsNoBrowserEndsTheConnection(t *testing.T) {
	path := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(path, []byte("#!/bin/sh\necho a library is missing >&2\nexit 1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	c, err := Start(t.Context(), Options{Path: path, Unsandboxed: true})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Kill()
	closed(t, "the connection", c.Gone())
	if err := c.Call(soon(t), "", "Browser.getVersion", nil, nil); !errors.Is(err, ErrClosed) {
		t.Errorf("error %v", err)
	}
	c.Kill()
	if c.Stderr() != "a library is missing\n" {
		t.Errorf("standard error %q", c.Stderr())
	}
}

func TestTheTailOfStandardErrorIsBounded(t *testing.T) {
	var s tail
	s.Write([]byte(strings.Repeat("a", 20<<10)))
	s.Write([]byte("end\xff"))
	if got := s.String(); len(got) != 16<<10 || !strings.HasSuffix(got, "aend?") {
		t.Errorf("%d bytes, ending in %q", len(got), got[len(got)-6:])
	}
}
