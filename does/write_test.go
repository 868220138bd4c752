package does

import (
	"fmt"
	"testing"

	"diapason.dev/diapason"
)

// writes adds a call that writes.
func writes(c *diapason.Capture, api, name, value, script string) {
	c.Calls = append(c.Calls, diapason.Call{API: api, Name: name, Value: value, Script: script, Frame: c.Site, Target: "page", Count: 1, At: c.Started})
}

func TestThreeFactsOfACookieAndWhoWroteIt(t *testing.T) {
	const tag, own = "https://pulse.example/tag.js", "https://nocturne.example/app.js"
	all := fourCaptures(func(c *diapason.Capture, profile, _ int) {
		jar(c, "nocturne.example", "kept", id(1, profile), 30)
		writes(c, "document.cookie=", "kept", "kept="+id(1, profile)+"; max-age=2592000", tag)
		writes(c, "document.cookie=", "wide", "wide=1; Domain=.Nocturne.Example", own)
		jar(c, ".nocturne.example", "wide", "1", 30)
		writes(c, "cookieStore.set", "refused", "refused=1", tag)
		writes(c, "document.cookie=", "gone", "gone=; max-age=0", tag)
		writes(c, "document.cookie=", "past", "past=; expires=Thu, 01 Jan 1970 00:00:00 GMT", tag)
		writes(c, "localStorage.setItem", "note", id(2, profile), tag+"?v="+id(3, profile))
		keep(c, "localStorage", "https://nocturne.example", "note", id(2, profile))
		q := ask(c, "document", "https://nocturne.example/", "Cookie", "kept="+id(1, profile))
		q.ResponseHeaders = []diapason.Header{{Name: "Set-Cookie", Value: "answered=1"}}
		writes(c, "document.cookie=", "answered", "answered=2", tag)
	})
	got := map[string]string{}
	for _, k := range reader(t).Read(all).Cookies {
		got[k.Store+" "+k.Name+" @ "+k.Host] = fmt.Sprint(k.Attempted, k.Stored, k.Sent, " ", k.Setter)
	}
	want := map[string]string{
		"cookie kept @ nocturne.example":       "true true true " + tag,
		"cookie wide @ nocturne.example":       "true true false " + own,
		"cookie refused @ nocturne.example":    "true false false " + tag,
		"cookie answered @ nocturne.example":   "true false false ",
		"localStorage note @ nocturne.example": "true true false " + tag + "?v=" + hidden,
	}
	for k, w := range want {
		if got[k] != w {
			t.Errorf("%s: %q, want %q", k, got[k], w)
		}
	}
	if len(got) != len(want) {
		t.Errorf("told of %v", got)
	}
}
