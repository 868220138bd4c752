package browse

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/internal/cdp"
	"diapason.dev/diapason/internal/gate"
)

// heard gives the requests that these events tell of, without a browser.
func heard(t *testing.T, events []cdp.Event) []diapason.Request {
	t.Helper()
	return recorded(t, events).Requests
}

// cutOf gives the counts of what these events leave out.
func cutOf(t *testing.T, events []cdp.Event) map[string]int {
	t.Helper()
	return recorded(t, events).Cut
}

func recorded(t *testing.T, events []cdp.Event) *diapason.Capture {
	t.Helper()
	w := newWalk(Visit{ID: "A1", URL: "https://shop.example/"}, Brisk, usualLimits())
	g, err := gate.Start(t.Context(), gate.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	w.ctx, w.conn, w.main = t.Context(), &cdp.Conn{}, "S"
	if w.door, err = g.Session("A1"); err != nil {
		t.Fatal(err)
	}
	w.targets["S"] = &target{id: "F", kind: "page", url: "https://shop.example/"}
	for _, e := range events {
		w.handle(e)
	}
	w.record(nil, nil)
	return w.capture
}

func event(session, method, params string, args ...any) cdp.Event {
	return cdp.Event{Session: session, Method: "Network." + method, Params: json.RawMessage(fmt.Sprintf(params, args...))}
}

// A hop over a redirect, an inner redirect without ExtraInfo, and an answer
// out of the cache: five kinds of events for three hops.
func chain() (main, extra []cdp.Event) {
	const sent = `{"requestId":"1","request":{"url":"%s","method":"GET","headers":{"A":"guess"}},"wallTime":1795555555.5,"type":"Image"%s}`
	const moved = `,"redirectHasExtraInfo":%v,"redirectResponse":{"url":"x","status":%d,"headers":{"Location":"guess"}}`
	main = []cdp.Event{
		event("S", "requestWillBeSent", sent, "http://a.example/1", ""),
		event("S", "requestWillBeSent", sent, "https://a.example/1", fmt.Sprintf(moved, false, 307)),
		event("S", "requestWillBeSent", sent, "https://b.example/2", fmt.Sprintf(moved, true, 302)),
		event("S", "responseReceived", `{"requestId":"1","hasExtraInfo":true,"response":{"status":200,"headers":{},"mimeType":"image/gif","fromDiskCache":true}}`),
		event("S", "loadingFailed", `{"requestId":"1","errorText":"net::ERR_ABORTED"}`),
	}
	extra = []cdp.Event{
		event("S", "requestWillBeSentExtraInfo", `{"requestId":"1","headers":{"Z":"2","A":"sent 2"},"associatedCookies":[{"blockedReasons":["SameSiteLax"],"cookie":{"name":"held"}},{"blockedReasons":["NotOnPath"],"cookie":{"name":"other"}},{"blockedReasons":[],"cookie":{"name":"went"}}]}`),
		event("S", "requestWillBeSentExtraInfo", `{"requestId":"1","headers":{"If-None-Match":"3"}}`),
		event("S", "responseReceivedExtraInfo", `{"requestId":"1","statusCode":302,"headers":{"Set-Cookie":"a=1\nb=2"},"blockedCookies":[{"blockedReasons":["UserPreferences"],"cookieLine":"b=2"}]}`),
		event("S", "responseReceivedExtraInfo", `{"requestId":"1","statusCode":304,"headers":{"ETag":"3"}}`),
	}
	return main, extra
}

func TestEventsOfOneRequestAreJoinedInAnyInterleaving(t *testing.T) {
	main, extra := chain()
	want := heard(t, append(slices.Clone(main), extra...))
	if len(want) != 3 {
		t.Fatalf("%d requests", len(want))
	}
	first, second, third := want[0], want[1], want[2]
	if first.Status != 307 || value(first.Headers, "A") != "guess" {
		t.Errorf("the inner redirect: %+v", first)
	}
	if second.Status != 302 || !reflect.DeepEqual(second.Headers, []diapason.Header{{Name: "Z", Value: "2"}, {Name: "A", Value: "sent 2"}}) ||
		!reflect.DeepEqual(second.ResponseHeaders, []diapason.Header{{Name: "Set-Cookie", Value: "a=1"}, {Name: "Set-Cookie", Value: "b=2"}}) || second.Redirect != first.ID {
		t.Errorf("the redirect: %+v", second)
	}
	if third.Status != 304 || !third.Revalidated || third.FromCache != "disk" || value(third.Headers, "If-None-Match") != "3" || third.Redirect != second.ID {
		t.Errorf("the answer: %+v", third)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		events := interleave(random, main, interleave(random, extra[:2], extra[2:]))
		if got := heard(t, events); !reflect.DeepEqual(got, want) {
			t.Fatalf("another order gives another record:\n%+v\n%+v", got, want)
		}
	}
}

// interleave mixes two lists; the order within each stays.
func interleave(random *rand.Rand, a, b []cdp.Event) []cdp.Event {
	var out []cdp.Event
	for len(a)+len(b) > 0 {
		if random.IntN(len(a)+len(b)) < len(a) {
			out, a = append(out, a[0]), a[1:]
		} else {
			out, b = append(out, b[0]), b[1:]
		}
	}
	return out
}

func TestARequestThatTwoSessionsTellOfIsOne(t *testing.T) {
	main, extra := chain()
	var again []cdp.Event
	for _, e := range main {
		e.Session = "child"
		again = append(again, e)
	}
	want := heard(t, append(slices.Clone(main), extra...))
	for name, events := range map[string][]cdp.Event{
		"one after the other": slices.Concat(main, again, extra),
		"side by side":        slices.Concat(main[:1], again[:1], main[1:2], again[1:2], main[2:3], again[2:3], main[3:], again[3:], extra),
		"handed over":         slices.Concat(main[:2], again[2:], extra),
	} {
		if got := heard(t, events); len(got) != len(want) || got[1].Status != 302 || got[2].Redirect != got[1].ID {
			t.Errorf("%s: %d requests, expected %d", name, len(got), len(want))
		}
	}
}

func TestARefusedCookieIsToldWithItsReasonAndAddress(t *testing.T) {
	main, extra := chain()
	w := newWalk(Visit{}, Brisk, usualLimits())
	w.targets["S"], w.ctx = &target{kind: "page"}, t.Context()
	for _, e := range append(main, extra...) {
		w.handle(e)
	}
	w.exchanges["1"].settle()
	want := []diapason.Blocked{{Kind: "cookie-send", Name: "held", Reason: "SameSiteLax"}, {Kind: "cookie-set", Name: "b", Reason: "UserPreferences"}}
	if got := w.hops[1].blocked; !reflect.DeepEqual(got, want) {
		t.Errorf("refused %+v, expected %+v", got, want)
	}
}

func TestARequestOfWhichOnlyHeadersWereToldIsCounted(t *testing.T) {
	_, extra := chain()
	if got := cutOf(t, extra); got["requests of which only headers were told"] != 1 {
		t.Errorf("counts %v", got)
	}
	main, _ := chain()
	if got := cutOf(t, append(main, extra...)); len(got) != 0 {
		t.Errorf("counts %v", got)
	}
}

func TestAnEventThatCannotBeReadIsCounted(t *testing.T) {
	w := newWalk(Visit{}, Brisk, usualLimits())
	w.handle(event("S", "responseReceived", `{"requestId":7}`))
	w.handle(event("S", "policyUpdated", `7`)) // not used, so not read
	if want := map[string]int{"events that could not be read: Network.responseReceived": 1}; !reflect.DeepEqual(w.cut, want) {
		t.Errorf("counts %v", w.cut)
	}
}

func TestTheBinaryBehindAStartScriptIsFound(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
		return file
	}
	script := write("google-chrome", "#!/bin/bash\nexec \"$HERE/chrome\" \"$@\"\n")
	own := write("start", "#!/bin/sh\nexec nothing known\n")
	if got := unwrap(script); got != script {
		t.Errorf("with no binary beside it: %s", got)
	}
	real := write("chrome", "\x7fELF")
	if got := unwrap(script); got != real {
		t.Errorf("a script beside its binary: %s", got)
	}
	if got := unwrap(own); got != own {
		t.Errorf("a script of the operator's: %s", got)
	}
	if err := os.Symlink(script, filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	if got := unwrap(filepath.Join(dir, "link")); got != real {
		t.Errorf("a link to a script: %s", got)
	}
	installed, err := find(t.Context(), "")
	if err != nil {
		t.Fatalf("these tests need Chromium: %v", err)
	}
	if text, err := scriptText(installed.path); err != nil || text != "" {
		t.Errorf("%s is a script", installed.path)
	}
}

func TestConnectionsThatNobodyAskedForAreTheBrowsers(t *testing.T) {
	at := time.Date(2026, 11, 24, 20, 0, 0, 0, time.UTC)
	dials := []diapason.Dial{
		{Host: "shop.example", Port: 443, At: at},
		{Host: "update.example", Port: 443, Refused: "unknown name", At: at},
		{Host: "update.example", Port: 443, Refused: "unknown name", At: at},
		{Host: "update.example", Port: 80, At: at},
		{Host: "reports.example", Port: 8443, Address: "192.0.2.1:8443", At: at},
	}
	reports := reportHosts([]diapason.Header{{Name: "report-to", Value: `{"endpoints":[{"url":"https://reports.example:8443/r"}]}`}, {Name: "Reporting-Endpoints", Value: `a="https://two.example/r"`}, {Name: "Link", Value: "<https://no.example/>"}})
	if !slices.Equal(reports, []string{"reports.example", "two.example"}) {
		t.Errorf("hosts for reports: %q", reports)
	}
	got := noise(dials, map[string]bool{"shop.example:443": true}, reports)
	want := []diapason.Request{
		{ID: "g1", URL: "https://update.example/", Method: "CONNECT", Type: "other", At: at, From: "browser", Failed: "unknown name"},
		{ID: "g2", URL: "http://update.example/", Method: "CONNECT", Type: "other", At: at, From: "browser"},
		{ID: "g3", URL: "https://reports.example:8443/", Method: "CONNECT", Type: "other", At: at, From: "report-upload", Address: "192.0.2.1:8443"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v\nexpected %+v", got, want)
	}
}

func TestABodyKeepsItsFirstMebibyteAndTheHashOfAll(t *testing.T) {
	long := strings.Repeat("ü", maxBody/2) + "x"
	for _, test := range []struct {
		name string
		body diapason.Body
		text int
		size int64
	}{
		{"nothing sent", requestBody("", "a/b"), 0, 0},
		{"text", requestBody("a=1", "a/b"), 3, 3},
		{"long text", responseBody(long, "text/plain"), maxBody, int64(len(long))},
		{"cut within a letter", responseBody("x"+long, "text/plain"), maxBody - 1, int64(len(long)) + 1},
		{"bytes sent", requestBody("\xff\xfe", ""), 4, 2},
		{"bytes received", responseBody("\xff\xfe", "image/png"), 0, 2},
	} {
		if len(test.body.Text) != test.text || test.body.Size != test.size || (test.body.SHA256 == "") != (test.size == 0) {
			t.Errorf("%s: %d bytes of text, size %d", test.name, len(test.body.Text), test.body.Size)
		}
	}
}
