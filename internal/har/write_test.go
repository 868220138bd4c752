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

func TestExportThenImportGivesEqualRequests(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := &diapason.Capture{ID: "B", Site: "https://a.example/", Phase: "P0", Run: 2, Journey: "sign-up", Complete: true}
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
		if got.ID != c.ID || got.Site != c.Site || got.Phase != c.Phase || got.Run != c.Run || got.Journey != c.Journey {
			t.Fatalf("of the capture came back %+v", got)
		}
		var again bytes.Buffer
		got.Mode, got.Source = c.Mode, c.Source // a capture that was read is a recorded one
		if err := Write(&again, got); err != nil || !bytes.Equal(again.Bytes(), file.Bytes()) {
			t.Fatalf("the second export differs: %v", err)
		}
	})
}
