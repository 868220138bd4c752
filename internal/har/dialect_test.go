package har

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason"
)

// seen is what a request of a file is for those who judge it.
func seen(r diapason.Request) string {
	parts := []string{fmt.Sprint(r.At.UTC().Format("15:04:05.000"), " ", r.Type, " ", r.Method, " ", r.URL, " ", r.Status)}
	for _, kv := range [][2]string{
		{"page", r.Page},
		{"by", r.Initiator},
		{"cache", r.FromCache},
		{"after", r.Redirect},
		{"at", r.Address},
		{"failed", r.Failed},
		{"sent", r.Body.Text},
		{"got", r.ResponseBody.Text},
		{"messages", strings.Join(r.Messages, "|")},
	} {
		if kv[1] != "" {
			parts = append(parts, kv[0]+" "+kv[1])
		}
	}
	for _, h := range slices.Concat(r.Headers, r.ResponseHeaders) {
		if slices.Contains([]string{"cookie", "set-cookie", "location"}, strings.ToLower(h.Name)) || h.Name[0] == ':' {
			parts = append(parts, h.Name+": "+h.Value)
		}
	}
	if b := r.ResponseBody; b.Text == "" && b.Size > 0 {
		parts = append(parts, fmt.Sprintf("%d bytes of %s", b.Size, b.Mime))
	}
	return strings.Join(parts, "; ")
}

// The samples have the shapes in which these programs write, and nothing that
// anybody recorded.
func TestEveryProgramsFilesAreRead(t *testing.T) {
	for name, want := range map[string][]string{
		"chrome": {
			`12:00:00.123 fetch POST https://in.beacon.example/v2?a=1 200; page https://music.example/; by https://music.example/a.js; at 2001:db8::1; sent {"x":1}; got {}`,
			"12:00:01.000 websocket GET wss://in.beacon.example/s 101; page https://music.example/; failed Connection closed before receiving a handshake response; got AQI=; messages hello",
			"12:00:02.000 script GET https://blocked.example/t.js 0; page https://music.example/; by https://music.example/; cache disk; failed net::ERR_BLOCKED_BY_CLIENT",
		},
		"firefox": {
			"12:00:00.000 document GET https://music.example/ 302; page https://music.example/; at 192.0.2.7; Cookie: who=k3v9q2m8; location: /home",
			"12:00:00.100 document GET https://music.example/home 200; page https://music.example/; after e1; at 192.0.2.7; 30000 bytes of text/html; charset=utf-8",
			"12:00:01.000 image GET https://in.beacon.example/p.gif 0; page https://music.example/",
		},
		"safari": {
			"12:00:00.500 stylesheet GET https://music.example/a.css 200; page https://music.example/; cache disk; got body{color:}; Set-Cookie: who=k3v9q2m8; Path=/; Domain=.music.example; Expires=Wed, 24 Nov 2027 12:00:00 GMT",
		},
		"mitmproxy": {
			"12:00:00.123 image POST https://in.beacon.example/v2 200; at 192.0.2.9; sent d=1&e=2; cookie: sid=abc; set-cookie: sid=abd; Path=/; HttpOnly; 4 bytes of image/gif",
			"12:00:01.000 websocket GET https://in.beacon.example/s 101; got welcome; messages d=1",
		},
		"charles": {
			"12:00:00.250 other CONNECT https://in.beacon.example 0; at 192.0.2.9; failed SSL handshake with client failed",
			"12:00:01.000 other GET https://in.beacon.example/p?u=1 301; Cookie: sid=abc; lang=fr; Location: https://in.beacon.example/q",
		},
		"proxyman": {`12:00:00.500 other POST https://in.beacon.example/v2 204; at 192.0.2.9; sent {"did":"x"}`},
		"httptoolkit": {
			"12:00:01.000 xhr POST https://in.beacon.example/v2 200; sent \n\x04user\x12\x02x1; got \b\x01",
			"12:00:02.000 websocket GET wss://in.beacon.example/s 101; got pong; messages ping me",
		},
		"phone": {
			"12:00:00.500 other GET http://in.beacon.example:8080/ping?ifa=1 200; got ok",
			"13:00:02.000 other GET https://in.beacon.example/late 0",
		},
	} {
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join("testdata", "dialect", name+".har"))
			if err != nil {
				t.Fatal(err)
			}
			c, l := readText(t, string(text))
			var got []string
			for _, r := range c.Requests {
				got = append(got, seen(r))
			}
			if !slices.Equal(got, want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			if c.Complete != (name != "phone") {
				t.Errorf("complete %v, ledger %+v", c.Complete, l)
			}
		})
	}
}
