package har

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"diapason.dev/diapason"
	"pgregory.net/rapid"
)

// anyRequest makes any request that a visit can leave behind.
func anyRequest(t *rapid.T, id string) diapason.Request {
	text := rapid.StringN(0, 40, 200)
	word := rapid.StringMatching(`[a-z]{0,8}`)
	address := rapid.StringMatching(`(https?|wss?)://[a-z]{1,8}\.example(:[1-9][0-9]{1,3})?/[a-z0-9/]{0,9}(\?[a-z]=[a-z0-9%]{0,0}[a-z0-9]{0,9}(&b=%20)?)?(#[a-z]{0,4})?`)
	headers := func(label string) []diapason.Header {
		var hs []diapason.Header
		for range rapid.IntRange(0, 4).Draw(t, label) {
			name := rapid.SampledFrom([]string{"Cookie", "Set-Cookie", "Location", "Accept", "ETag", "X-Any"}).Draw(t, "name")
			hs = append(hs, diapason.Header{Name: name, Value: text.Draw(t, "value")})
		}
		return hs
	}
	body := func(label string) diapason.Body {
		switch s := text.Draw(t, label); rapid.IntRange(0, 3).Draw(t, "kind of body") {
		case 0:
			return diapason.Body{}
		case 1:
			return diapason.Body{Absent: "why " + s, Size: 9, Mime: word.Draw(t, "mime")}
		case 2: // cut, as a long one is
			return diapason.Body{Text: s, SHA256: fmt.Sprintf("%x", sha256.Sum256([]byte(s+"more"))), Size: int64(len(s)) + 4, Mime: "text/plain"}
		default:
			if s == "" {
				return diapason.Body{}
			}
			return diapason.Body{Text: s, SHA256: fmt.Sprintf("%x", sha256.Sum256([]byte(s))), Size: int64(len(s)), Mime: "text/plain"}
		}
	}
	r := diapason.Request{
		ID: id, URL: address.Draw(t, "url"), Method: rapid.SampledFrom([]string{"GET", "POST", "OPTIONS"}).Draw(t, "method"),
		Type: word.Draw(t, "type"), At: time.Unix(rapid.Int64Range(0, 1<<32).Draw(t, "at"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns")).UTC(),
		Page: rapid.SampledFrom([]string{"", "https://a.example/", "https://b.example/x"}).Draw(t, "page"), Frame: word.Draw(t, "frame"),
		Target: word.Draw(t, "target"), Initiator: word.Draw(t, "initiator"), From: word.Draw(t, "from"), Redirect: word.Draw(t, "redirect"), Cause: word.Draw(t, "cause"),
		Headers: headers("headers"), Body: body("body"), Status: rapid.SampledFrom([]int{0, 200, 204, 302, 304, 404}).Draw(t, "status"),
		ResponseHeaders: headers("answer"), ResponseBody: body("answer"), FromCache: word.Draw(t, "cache"), Revalidated: rapid.Bool().Draw(t, "304"),
		Address: rapid.SampledFrom([]string{"", "192.0.2.1:443", "[2001:db8::1]:443"}).Draw(t, "address"), Failed: word.Draw(t, "failed"),
	}
	for range rapid.IntRange(0, 2).Draw(t, "aliases") {
		r.CNAME = append(r.CNAME, word.Draw(t, "alias"))
	}
	for range rapid.IntRange(0, 2).Draw(t, "messages") {
		r.Messages = append(r.Messages, text.Draw(t, "message"))
	}
	return r
}

// anyCapture makes what a visit leaves behind, without its requests.
func anyCapture(t *rapid.T) *diapason.Capture {
	word := rapid.StringN(0, 12, 40)
	at := time.Unix(rapid.Int64Range(0, 1<<32).Draw(t, "started"), 0).UTC()
	c := &diapason.Capture{
		ID: "B", Site: "https://a.example/", Phase: "P0", Run: 2, Journey: "sign-up", Mode: diapason.Auto, Source: "chromium", Started: at, Ended: at.Add(time.Minute),
		Complete: rapid.Bool().Draw(t, "complete"), Settle: word.Draw(t, "settle"), Zone: word.Draw(t, "zone"), GPC: rapid.Bool().Draw(t, "gpc"),
		Browser: diapason.Browser{Product: word.Draw(t, "product"), Flags: []string{word.Draw(t, "flag")}}, Profile: diapason.Profile{State: word.Draw(t, "state"), Cookies: 3},
	}
	for range rapid.IntRange(0, 2).Draw(t, "of each kind") {
		c.Cookies = append(c.Cookies, diapason.Cookie{Name: word.Draw(t, "cookie"), Value: word.Draw(t, "cookie's value"), Domain: "a.example", Expires: at.AddDate(1, 0, 0)})
		c.Stores = append(c.Stores, diapason.StoreEntry{Kind: "localStorage", Origin: "https://a.example", Key: word.Draw(t, "key"), Value: word.Draw(t, "value")})
		c.Blocked = append(c.Blocked, diapason.Blocked{Kind: "cookie-set", Name: word.Draw(t, "refused"), URL: "https://b.example/", Reason: "ThirdPartyPhaseout"})
		c.Dials = append(c.Dials, diapason.Dial{Host: word.Draw(t, "host"), Port: 443, At: at})
		c.Baits = append(c.Baits, diapason.Bait{ID: "email", Value: word.Draw(t, "bait"), At: at, Submitted: at.Add(time.Second)})
		c.Pages = append(c.Pages, diapason.Page{URL: "https://a.example/", HTML: word.Draw(t, "page"), Typed: true})
		c.Calls = append(c.Calls, diapason.Call{API: "document.cookie=", Name: word.Draw(t, "name"), Value: word.Draw(t, "written"), Stack: []string{"https://a.example/a.js"}, Count: 2, At: at})
		c.Gaps = append(c.Gaps, diapason.Gap{Channel: diapason.Does, What: word.Draw(t, "what"), Why: "why", Next: "next"})
		c.Weights = append(c.Weights, diapason.Weight{Store: "cookie", Key: word.Draw(t, "weighed"), Class: "time", Forms: map[string][]string{"redacted:0123456789abcdef": {"hash:md5"}}})
		c.Banner, c.Cut = &diapason.Banner{URL: "https://a.example/", Found: true, Text: word.Draw(t, "banner")}, map[string]int{word.Draw(t, "cut"): 2}
		c.Dialogs = append(c.Dialogs, word.Draw(t, "dialog"))
	}
	return c
}

func text(c *diapason.Capture) string {
	b, _ := json.MarshalIndent(c, "", " ")
	return string(b)
}

func TestExportThenImportGivesAnEqualCapture(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyCapture(t)
		for i := range rapid.IntRange(0, 5).Draw(t, "requests") {
			c.Requests = append(c.Requests, anyRequest(t, fmt.Sprint(i)))
		}
		var file bytes.Buffer
		if err := Write(&file, c); err != nil {
			t.Fatal(err)
		}
		got, l, err := Read(bytes.NewReader(file.Bytes()), "b.har")
		if err != nil || l.Skipped > 0 {
			t.Fatalf("read back: %+v, %v\n%s", l, err, file.Bytes())
		}
		want, _ := json.MarshalIndent(c.Requests, "", " ")
		have, _ := json.MarshalIndent(got.Requests, "", " ")
		if !bytes.Equal(want, have) {
			t.Fatalf("exported\n%s\nimported\n%s", want, have)
		}
		if got.Mode != diapason.Manual || got.Source != "har" {
			t.Fatalf("a capture that was read is %s by %s", got.Mode, got.Source)
		}
		got.Mode, got.Source = c.Mode, c.Source
		if want, have := text(c), text(got); want != have {
			t.Fatalf("exported\n%s\nimported\n%s", want, have)
		}
		var again bytes.Buffer
		if err := Write(&again, got); err != nil || !bytes.Equal(again.Bytes(), file.Bytes()) {
			t.Fatalf("the second export differs: %v", err)
		}
	})
}
