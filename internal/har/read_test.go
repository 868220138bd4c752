package har

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"diapason.dev/diapason"
)

// entryText is one entry of a file; a change replaces its parts.
func entryText(changes ...string) string {
	s := `{"startedDateTime":"2026-11-17T03:00:01.5+01:00","time":12,"request":{"method":"GET","url":"https://px.pulse.example/beat?id=1",` +
		`"headers":[{"name":"Accept","value":"*/*"}],"bodySize":0},` +
		`"response":{"status":204,"headers":[],"content":{"size":0,"mimeType":"x-unknown"}}}`
	return strings.NewReplacer(changes...).Replace(s)
}

func fileText(entries ...string) string {
	return `{"log":{"version":"1.2","creator":{"name":"proxy","version":"3"},"entries":[` + strings.Join(entries, ",\n") + `]}}`
}

func readText(t *testing.T, text string) (*diapason.Capture, Ledger) {
	t.Helper()
	c, l, err := Read(strings.NewReader(text), "phone.har")
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	sums(t, l)
	return c, l
}

func sums(t *testing.T, l Ledger) {
	t.Helper()
	n := 0
	for _, k := range l.Reasons {
		n += k
	}
	if l.Read != l.Kept+l.Skipped || n != l.Skipped {
		t.Errorf("the ledger does not sum: %+v", l)
	}
}

func TestAnEntryBecomesARequest(t *testing.T) {
	const base = "https://music.example/"
	for _, c := range []struct {
		name    string
		changes []string
		check   func(r diapason.Request) string // what is wrong
	}{
		{"the time keeps its offset", nil, func(r diapason.Request) string {
			if got := r.At.Format(time.RFC3339Nano); got != "2026-11-17T03:00:01.5+01:00" {
				return got
			}
			return ""
		}},
		{"an offset without colon", []string{"+01:00", "+0100"}, func(r diapason.Request) string {
			if _, off := r.At.Zone(); off != 3600 {
				return r.At.String()
			}
			return ""
		}},
		{"cookies that are no header", []string{`"bodySize":0}`, `"bodySize":0,"cookies":[{"name":"a","value":"1"},{"name":"b","value":"2"}]}`}, func(r diapason.Request) string {
			if got := r.Headers[len(r.Headers)-1]; got != (diapason.Header{Name: "Cookie", Value: "a=1; b=2"}) {
				return fmt.Sprint(r.Headers)
			}
			return ""
		}},
		{"a cookie that was set", []string{`"status":204,`, `"status":204,"cookies":[{"name":"nid","value":"x","path":"/"}],`}, func(r diapason.Request) string {
			if got := r.ResponseHeaders; len(got) != 1 || got[0] != (diapason.Header{Name: "Set-Cookie", Value: "nid=x; Path=/"}) {
				return fmt.Sprint(got)
			}
			return ""
		}},
		{"a form of fields", []string{`"bodySize":0}`, `"bodySize":9,"postData":{"mimeType":"application/x-www-form-urlencoded","params":[{"name":"q","value":"a b"}]}}`}, func(r diapason.Request) string {
			if r.Body.Text != "q=a+b" || r.Body.Size != 5 {
				return fmt.Sprint(r.Body)
			}
			return ""
		}},
		{"a body that the file leaves out", []string{`"bodySize":0}`, `"bodySize":70}`}, func(r diapason.Request) string {
			if r.Body.Size != 70 || r.Body.Absent == "" || r.Body.SHA256 != "" {
				return fmt.Sprint(r.Body)
			}
			return ""
		}},
		{"a body in base64", []string{`"mimeType":"x-unknown"`, `"mimeType":"application/json","encoding":"base64","text":"` + base64.StdEncoding.EncodeToString([]byte(`{"é":1}`)) + `"`}, func(r diapason.Request) string {
			if r.ResponseBody.Text != `{"é":1}` || r.ResponseBody.SHA256 != fmt.Sprintf("%x", sha256.Sum256([]byte(`{"é":1}`))) || r.Type != "xhr" {
				return fmt.Sprint(r.ResponseBody, r.Type)
			}
			return ""
		}},
		{"a picture keeps its hash only", []string{`"mimeType":"x-unknown"`, `"mimeType":"image/gif","encoding":"base64","text":"` + base64.StdEncoding.EncodeToString([]byte("\xff\xfe\x00")) + `"`}, func(r diapason.Request) string {
			if r.ResponseBody.Text != "" || r.ResponseBody.Size != 3 || r.ResponseBody.SHA256 != fmt.Sprintf("%x", sha256.Sum256([]byte("\xff\xfe\x00"))) || r.Type != "image" {
				return fmt.Sprint(r.ResponseBody, r.Type)
			}
			return ""
		}},
		{"a tunnel of a proxy", []string{`"GET"`, `"CONNECT"`, "https://px.pulse.example/beat?id=1", "px.pulse.example:443"}, func(r diapason.Request) string {
			if r.URL != "https://px.pulse.example:443" {
				return r.URL
			}
			return ""
		}},
		{"the initiator stands in the stack", []string{`"time":12`, `"time":12,"_initiator":{"type":"script","stack":{"callFrames":[{"url":"` + base + `a.js"},{"url":"` + base + `b.js"}]}}`}, func(r diapason.Request) string {
			if r.Initiator != base+"a.js" {
				return r.Initiator
			}
			return ""
		}},
		{"a socket's messages", []string{`"time":12`, `"time":12,"_webSocketMessages":[{"type":"send","data":"hello"},{"type":"receive","data":"you"}]`, "https:", "wss:"}, func(r diapason.Request) string {
			if strings.Join(r.Messages, " ") != "hello" || r.ResponseBody.Text != "you" || r.ResponseBody.Size != 3 || r.Type != "websocket" {
				return fmt.Sprint(r.Messages, r.ResponseBody, r.Type)
			}
			return ""
		}},
		{"a beacon", []string{`"time":12`, `"time":12,"_resourceType":"beacon"`}, func(r diapason.Request) string {
			if r.Type != "ping" {
				return r.Type
			}
			return ""
		}},
		{"served by a service worker", []string{`"time":12`, `"time":12,"_fetchedViaServiceWorker":true`}, func(r diapason.Request) string {
			if r.FromCache != "service-worker" {
				return r.FromCache
			}
			return ""
		}},
		{"what the fetch was for", []string{"Accept", "Sec-Fetch-Dest", "*/*", "script"}, func(r diapason.Request) string {
			if r.Type != "script" {
				return r.Type
			}
			return ""
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, l := readText(t, fileText(entryText(c.changes...)))
			if l.Kept != 1 || !got.Complete {
				t.Fatalf("not kept: %+v", l)
			}
			if wrong := c.check(got.Requests[0]); wrong != "" {
				t.Errorf("got %s", wrong)
			}
		})
	}
}

func TestABadEntryIsSkippedAndCounted(t *testing.T) {
	bad := map[string]string{
		"it has no method":            entryText(`"method":"GET"`, `"method":null`),
		"it has no address":           entryText(`"url":"https://px.pulse.example/beat?id=1"`, `"url":{"a":[1,2]}`),
		"its address is not absolute": entryText("https://px.pulse.example", ""),
		"its address cannot be read":  entryText("px.pulse.example", "px.%zz"),
		"its address has no host":     entryText("px.pulse.example", ""),
		"its start is no time":        entryText("2026-11-17T03:00:01.5+01:00", "yesterday"),
		"it is not an object":         `["a",{"b":1}]`,
		"its request is not an object": entryText(
			`"request":{"method"`, `"request":7,"x":{"method"`),
	}
	for why, text := range bad {
		t.Run(why, func(t *testing.T) {
			c, l := readText(t, fileText(entryText(), text, entryText()))
			if l.Kept != 2 || l.Reasons[why] != 1 {
				t.Fatalf("ledger %+v, want 2 kept and the reason %q", l, why)
			}
			if c.Complete || len(c.Gaps) != 1 || !strings.Contains(c.Gaps[0].What, "1 of 3 entries of phone.har") || !strings.Contains(c.Gaps[0].Why, why+" (1, the first in line 2)") {
				t.Errorf("complete %v, gaps %+v", c.Complete, c.Gaps)
			}
		})
	}
}

func TestWhatNoNetworkIsAskedForIsNoGap(t *testing.T) {
	c, l := readText(t, fileText(entryText("https://px.pulse.example/beat?id=1", "data:image/gif;base64,R0lG"), entryText()))
	if l.Kept != 1 || l.Reasons[notSent] != 1 || !c.Complete || len(c.Gaps) != 0 {
		t.Errorf("ledger %+v, complete %v, gaps %v", l, c.Complete, c.Gaps)
	}
}

func TestAFileThatIsNoHARIsUsage(t *testing.T) {
	for _, c := range []struct{ name, text, says string }{
		{"empty", "", "the file is empty"},
		{"a page", "\n\n  <html>", "line 3, column 3"},
		{"other JSON", `{"log":{"version":"1.2"}}`, "no list log.entries"},
		{"a list", `[1,2]`, "no list log.entries"},
		{"entries of another shape", `{"log":{"entries":{}}}`, "no list log.entries"},
		{"a missing comma", "{\"log\":{\n\"version\":\"1.2\" \"entries\":[]}}", "line 2, column 17"},
		{"UTF-16", "\xff\xfe{\x00}\x00", "UTF-16"},
		{"an endless number", `{"log":{"version":` + strings.Repeat("1", 1<<20) + `}}`, "1024 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, _, err := Read(strings.NewReader(c.text), "phone.har")
			if !errors.Is(err, diapason.ErrUsage) || got != nil {
				t.Fatalf("Read = %v, %v, want ErrUsage and no capture", got, err)
			}
			if !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "phone.har") {
				t.Errorf("error %q does not say %q", err, c.says)
			}
		})
	}
}

func TestAFileCutAnywhereGivesWhatWasRead(t *testing.T) {
	whole := fileText(entryText(), entryText("id=1", "id=2"), entryText("id=1", "id=3"))
	first := strings.Index(whole, `"entries":[`) + len(`"entries":[`)
	for n := first; n < len(whole); n++ {
		c, l, err := Read(strings.NewReader(whole[:n]), "phone.har")
		if !errors.Is(err, diapason.ErrIncomplete) || c == nil {
			t.Fatalf("cut at %d: %v, %v", n, c, err)
		}
		if want := fmt.Sprintf("at byte %d,", n); !strings.Contains(err.Error(), want) {
			t.Fatalf("cut at %d: error %q does not say %q", n, err, want)
		}
		if c.Complete || len(c.Requests) != l.Kept || l.Kept != strings.Count(whole[:n], "x-unknown\"}}}") {
			t.Fatalf("cut at %d: complete %v, %d requests, ledger %+v", n, c.Complete, len(c.Requests), l)
		}
		sums(t, l)
	}
}

func TestAFileThatBreaksInTheMiddleKeepsWhatCameBefore(t *testing.T) {
	text := fileText(entryText(), entryText()) + "\n"
	at := strings.LastIndex(text, `"time":12`)
	c, l, err := Read(strings.NewReader(text[:at]+"?"+text[at:]), "phone.har")
	if !errors.Is(err, diapason.ErrIncomplete) || errors.Is(err, diapason.ErrUsage) || c == nil || len(c.Requests) != 1 || c.Complete {
		t.Fatalf("Read = %+v, %+v, %v", c, l, err)
	}
	if !strings.Contains(err.Error(), "line 2, column 50") {
		t.Errorf("error %q does not name the place", err)
	}
	sums(t, l)
}

func TestADiskErrorIsNotTheFilesFault(t *testing.T) {
	broken := errors.New("disk on fire")
	_, _, err := Read(io.MultiReader(strings.NewReader(fileText(entryText())[:300]), iotest.ErrReader(broken)), "phone.har")
	if !errors.Is(err, broken) || !errors.Is(err, diapason.ErrIncomplete) {
		t.Errorf("error %v", err)
	}
}

func TestPagesAndRedirectsAreJoined(t *testing.T) {
	text := `{"log":{"browser":{"name":"Firefox","version":"150.0"},"creator":{"name":"x","version":"1"},"entries":[` +
		entryText(`"time":12`, `"time":12,"pageref":"p1"`, "https://px.pulse.example/beat?id=1", "https://music.example/", `"mimeType":"x-unknown"`, `"mimeType":"text/html"`, `"status":204`, `"status":302,"redirectURL":"/home"`) + "," +
		entryText(`"time":12`, `"time":12,"pageref":"p1"`, "https://px.pulse.example/beat?id=1", "https://music.example/home", "01.5", "02.5") + "," +
		entryText(`"time":12`, `"time":12,"pageref":"p2"`) +
		`],"pages":[{"id":"p1","title":"Music"},{"id":"p2","title":"https://other.example/x"}]}}`
	c, _ := readText(t, "\ufeff"+text)
	rs := c.Requests
	if rs[0].Page != "https://music.example/" || rs[1].Page != rs[0].Page || rs[2].Page != "https://other.example/x" {
		t.Errorf("pages %q %q %q", rs[0].Page, rs[1].Page, rs[2].Page)
	}
	if rs[1].Redirect != rs[0].ID || rs[2].Redirect != "" {
		t.Errorf("redirects %q %q", rs[1].Redirect, rs[2].Redirect)
	}
	if c.Site != "https://music.example/" || c.Mode != diapason.Manual || c.Source != "har" {
		t.Errorf("site %q, mode %q, source %q", c.Site, c.Mode, c.Source)
	}
	if got := c.Ended.Sub(c.Started); got != time.Second+12*time.Millisecond {
		t.Errorf("it lasted %v", got)
	}
}

// A long body is hashed whole although only its beginning is kept, however it
// is spelled and wherever the reader's chunks end.
func TestALongBodyIsHashedWholeAndCut(t *testing.T) {
	plain := strings.Repeat("déjà vu \"𝄞\"\n", 3<<17)
	quoted, err := json.Marshal(plain)
	if err != nil {
		t.Fatal(err)
	}
	escaped := strings.NewReplacer("é", `\u00e9`, "𝄞", `\ud834\udd1e`, "à", `\u00E0`).Replace(string(quoted))
	sum := fmt.Sprintf("%x", sha256.Sum256([]byte(plain)))
	for name, text := range map[string]string{
		"as it is":  `"text":` + string(quoted),
		"escaped":   `"text":` + escaped,
		"in base64": `"encoding":"base64","text":"` + base64.StdEncoding.EncodeToString([]byte(plain)) + `"`,
	} {
		t.Run(name, func(t *testing.T) {
			file := fileText(entryText(`"mimeType":"x-unknown"`, `"mimeType":"text/plain",`+text), entryText())
			c, l, err := Read(iotest.HalfReader(strings.NewReader(file)), "phone.har")
			if err != nil {
				t.Fatal(err)
			}
			b := c.Requests[0].ResponseBody
			if b.SHA256 != sum || b.Size != int64(len(plain)) {
				t.Errorf("hash %s size %d, want %s %d", b.SHA256, b.Size, sum, len(plain))
			}
			if len(b.Text) > maxBody || len(b.Text) < maxBody-4 || !strings.HasPrefix(plain, b.Text) {
				t.Errorf("%d bytes of text were kept", len(b.Text))
			}
			if l.Kept != 2 || l.Bytes != int64(len(file)) {
				t.Errorf("ledger %+v", l)
			}
			_, _, err = Read(strings.NewReader(file[:len(file)-40]), "phone.har")
			if want := fmt.Sprintf("at byte %d,", len(file)-40); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("error %v does not say %q", err, want)
			}
			_, _, err = Read(strings.NewReader(strings.Replace(file, "\n{", "\n?{", 1)), "phone.har")
			if err == nil || !strings.Contains(err.Error(), "line 2, column 1:") {
				t.Errorf("error %v does not name line 2, column 1", err)
			}
		})
	}
}

func TestEqualReadersReadEqually(t *testing.T) {
	text := fileText(entryText(), entryText("id=1", "id=2"), `"no entry"`)
	c, _ := readText(t, text)
	slow, _, err := Read(iotest.OneByteReader(strings.NewReader("\ufeff"+text)), "phone.har")
	if err != nil {
		t.Fatal(err)
	}
	a, _ := json.Marshal(c)
	b, _ := json.Marshal(slow)
	if !bytes.Equal(a, b) {
		t.Errorf("byte by byte:\n%s\nat once:\n%s", b, a)
	}
}
