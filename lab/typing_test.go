package lab_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"diapason.dev/diapason/lab"
)

// A tab is one page of a browser, told what to do over the debugging pipe.
type tab struct {
	t       *testing.T
	browser *exec.Cmd
	to      *os.File
	in      *os.File
	from    *bufio.Reader
	session string
	sent    int
}

// openTab starts a browser with a profile and opens an address in it.
func openTab(t *testing.T, l *lab.Lab, profile, address string) *tab {
	t.Helper()
	readHere, writeThere, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	readThere, writeHere, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	browser := exec.Command(chromium(t), append(flags(l, profile), "--remote-debugging-pipe", "about:blank")...)
	browser.ExtraFiles = []*os.File{readThere, writeThere} // 3 and 4, as the switch wants them
	if err := browser.Start(); err != nil {
		t.Fatal(err)
	}
	readThere.Close()
	writeThere.Close()
	p := &tab{t: t, browser: browser, to: writeHere, in: readHere, from: bufio.NewReader(readHere)}
	t.Cleanup(p.close)
	var target struct{ TargetID string }
	p.read(p.call("Target.createTarget", map[string]any{"url": address}), &target)
	var attached struct{ SessionID string }
	p.read(p.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}), &attached)
	p.session = attached.SessionID
	return p
}

// loaded waits until the page and all that it embeds have come.
func (p *tab) loaded() {
	p.t.Helper()
	eventually(p.t, "the page to load", func() bool { return p.run(`location.href !== "about:blank" && document.readyState`) == "complete" })
}

// close ends the browser as a person does, so that it writes down what it keeps.
func (p *tab) close() {
	if p.browser == nil {
		return
	}
	p.session = ""
	p.send("Browser.close", nil)
	stuck := time.AfterFunc(10*time.Second, func() { _ = p.browser.Process.Kill() })
	_, _ = io.Copy(io.Discard, p.from) // answered or not, the pipe ends with the browser
	_ = p.browser.Wait()
	stuck.Stop()
	p.to.Close()
	p.in.Close()
	p.browser = nil
}

// send sends one command.
func (p *tab) send(method string, params map[string]any) {
	p.t.Helper()
	p.sent++
	message := map[string]any{"id": p.sent, "method": method, "params": params}
	if p.session != "" {
		message["sessionId"] = p.session
	}
	text, err := json.Marshal(message)
	if err != nil {
		p.t.Fatal(err)
	}
	if _, err := p.to.Write(append(text, 0)); err != nil {
		p.t.Fatalf("%s: %v", method, err)
	}
}

// betweenDocuments is how the browser refuses to evaluate something while one
// document has gone and the next has not come.
const betweenDocuments = "Cannot find default execution context"

// call sends one command and waits for its answer; events are passed over.
func (p *tab) call(method string, params map[string]any) json.RawMessage {
	p.t.Helper()
	p.send(method, params)
	for {
		line, err := p.from.ReadBytes(0)
		if err != nil {
			p.t.Fatalf("%s: %v", method, err)
		}
		var answer struct {
			ID     int
			Result json.RawMessage
			Error  *struct{ Message string }
		}
		p.read(bytes.TrimSuffix(line, []byte{0}), &answer)
		if answer.ID == p.sent && answer.Error != nil && answer.Error.Message == betweenDocuments {
			time.Sleep(20 * time.Millisecond)
			return p.call(method, params) // the next document is on its way
		}
		if answer.ID == p.sent && answer.Error != nil {
			p.t.Fatalf("%s: %s", method, answer.Error.Message)
		}
		if answer.ID == p.sent {
			return answer.Result
		}
	}
}

func (p *tab) read(text []byte, into any) {
	p.t.Helper()
	if err := json.Unmarshal(text, into); err != nil {
		p.t.Fatal(err)
	}
}

// run evaluates an expression in the page and returns its value.
func (p *tab) run(expression string) any {
	p.t.Helper()
	var answer struct{ Result struct{ Value any } }
	p.read(p.call("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true}), &answer)
	return answer.Result.Value
}

// eventually waits until f holds, 45 seconds at most.
func eventually(t *testing.T, what string, f func() bool) {
	t.Helper()
	for deadline := time.Now().Add(45 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if f() {
			return
		}
	}
	t.Fatalf("waited 45 seconds for %s", what)
}

// find returns the first request to a path, and its place in the log.
func find(l *lab.Lab, method, host, path string) (lab.Hit, int) {
	for i, h := range l.Log() {
		if h.Method == method && h.Host == host && h.Path == path {
			return h, i
		}
	}
	return lab.Hit{}, -1
}

func TestSignUpSendsTheHashOfTheAddressToAnAdvertiserWhenTheFormIsSentAndNotBefore(t *testing.T) {
	t.Parallel()
	l := start(t)
	p := openTab(t, l, emptyProfile(t), "https://nocturne.example/join")
	p.loaded()
	p.run(`for (const [id, value] of [["email", "  Made.Up@Example.Invalid "], ["name", "Made Up"], ["password", "made-up-1"]]) {
		const field = document.getElementById(id); field.focus(); field.value = value;
		field.dispatchEvent(new Event("input", {bubbles: true})); field.blur(); }`)
	time.Sleep(500 * time.Millisecond) // a page that sends what is typed would have done so
	if hit, at := find(l, "GET", "adsum.example", "/match"); at >= 0 {
		t.Fatalf("the advertiser was told before the form was sent: %s", hit.URL())
	}
	p.run(`document.querySelector("#signup button").click()`)
	eventually(t, "the welcome page", func() bool { _, at := find(l, "GET", "nocturne.example", "/welcome"); return at >= 0 })
	match, told := find(l, "GET", "adsum.example", "/match")
	form, posted := find(l, "POST", "nocturne.example", "/join")
	if told < 0 || posted < 0 || told > posted {
		t.Fatalf("the advertiser was told at %d, the form came at %d: want both, in that order", told, posted)
	}
	query, err := url.ParseQuery(match.Query)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte("made.up@example.invalid"))
	leaks := lab.Nocturne().Truth.Leaks
	leak := leaks[slices.IndexFunc(leaks, func(l lab.Leak) bool { return l.Scope == "" })]
	if query.Get(leak.Parameter) != hex.EncodeToString(sum[:]) || query.Get("s") != "nocturne.example" {
		t.Errorf("the advertiser was sent %s", match.URL())
	}
	if !strings.Contains(string(form.Body), "Made.Up%40Example.Invalid") {
		t.Errorf("Nocturne itself was sent %s", form.Body)
	}
}

func TestSerenadesSignUpTellsNobodyElse(t *testing.T) {
	t.Parallel()
	l := start(t)
	p := openTab(t, l, emptyProfile(t), "https://serenade.example/join")
	p.loaded()
	p.run(`for (const [id, value] of [["email", "made.up@example.invalid"], ["name", "Made Up"], ["password", "made-up-1"]]) document.getElementById(id).value = value;
		document.querySelector("#signup button").click()`)
	eventually(t, "the welcome page", func() bool { _, at := find(l, "GET", "serenade.example", "/welcome"); return at >= 0 })
	for _, h := range l.Log() {
		if h.Host != "serenade.example" {
			t.Errorf("%s %s", h.Method, h.URL())
		}
	}
	if p.run(`document.cookie + Object.keys(localStorage).join()`) != "" {
		t.Error("a script can read what the page stored")
	}
}
