package har

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"diapason.dev/diapason"
	"pgregory.net/rapid"
)

var salt = []byte("the salt of one run, 32 bytes ..")

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJub2JvZHkifQ.c2lnbmF0dXJlLW9mLW5vYm9keQ"

// seeds are secrets, each with the place in a request where it stands. %s in
// the place is the secret as it is written there.
var seeds = []struct {
	kind   string // under which Redact counts it
	secret string
	at     string // url, header NAME, body MIME, answer MIME, answer-header NAME, message
	place  string
}{
	{passwordKind, "correct horse battery", "body application/x-www-form-urlencoded", "user_password=%q&go=1"},
	{passwordKind, "hunter2", "body application/json", `{"login":{"Password":"%s"},"n":1}`},
	{passwordKind, "tr0ub4dor", "body application/json", `[{"name":"password","value":"%s"}]`},
	{passwordKind, "9041", "body application/json", `{"pin":%s}`},
	{passwordKind, "multi-pass-wörd", "body multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"pwd\"\r\n\r\n%s\r\n--x--\r\n"},
	{passwordKind, "brokenjson1", "answer application/json", `{"a":[1,2],"password":"%s","rest":"is cut he`},
	{passwordKind, "brokenend77", "answer application/json", `{"a":[1,2],"password":"%s`},
	{passwordKind, "xmlpass-3", "body text/xml", `<s:Envelope><wsse:Password type="t">%s</wsse:Password></s:Envelope>`},
	{passwordKind, "quoted\\\"inside", "body application/json", `{"passwd":"%s"}`},
	{authKind, "dXNlcjpvcGVuIHNlc2FtZQ==", "header Authorization", "Basic %s"},
	{authKind, "mF_9.B5f-4.1JqM", "header Proxy-Authorization", "Bearer %s"},
	{authKind, "ab12cd34ef56gh78", "answer text/html", "<p>use <code>curl -H 'X: Bearer %s'</code>"},
	{authKind, "anna:openup", "url", "https://%s@api.music.example/v1"},
	{cookieKind, "s3ss10n-value-one", "header Cookie", "theme=dark; login=%s"},
	{cookieKind, "set-by-the-server-7", "answer-header Set-Cookie", "nid=%s; Path=/; Max-Age=9; HttpOnly"},
	{cookieKind, "short1", "header Cookie", `prefs={"a":"%s"}`},
	{jwtKind, jwt, "url", "https://api.music.example/play?ticket=%s"},
	{jwtKind, jwt, "header X-Anything", "%s"},
	{jwtKind, jwt, "url", "https://api.music.example/verify/%s/now"},
	{tokenKind, "ya29-like-but-not", "url", "https://music.example/cb#access_token=%s&token_type=Bearer"},
	{tokenKind, "AQDOauthCode77", "url", "https://music.example/cb?code=%s&scope=x"},
	{tokenKind, "nested-secret-1", "url", "https://music.example/go?next=https%%3A%%2F%%2Fa.example%%2Fcb%%3Fapi_key%%3D%s"},
	{tokenKind, "AKIAIOSFODNN7EXAMPLE", "answer text/javascript", `var cfg=["%s"]`},
	{tokenKind, "ghp_aaaaBBBBccccDDDDeeee1111ffff", "body text/plain", "note to self: %s please"},
	{tokenKind, "sk_live_4eC39HqLyjWDarjtT1zdp7dc", "header X-Trace", "a %s b"},
	{tokenKind, "csrf-4711-xyz", "answer text/html", `<form><input type="hidden" name="csrf_token" value="%s"></form>`},
	{tokenKind, "csrf-0815-abc", "answer text/html", `<meta content='%s' name='csrf-token'>`},
	{tokenKind, "sess4711x", "url", "https://music.example/a;jsessionid=%s/b"},
	{tokenKind, "amz-sec-tok-1", "header X-Amz-Security-Token", "%s"},
	{tokenKind, "apikey-000111", "header X-Api-Key", "%s"},
	{tokenKind, "wssecret99", "message", `{"op":"auth","sessionId":"%s"}`},
	{tokenKind, "deepsecret", "body application/json", `{"data":"{\"inner\":\"{\\\"client_secret\\\":\\\"%s\\\"}\"}"}`},
	{tokenKind, "inherited-xx", "body application/json", `{"credentials":{"a":["%s"]}}`},
	{keyKind, "-----BEGIN PRIVATE KEY-----\\nMIIEvQ\\n-----END PRIVATE KEY-----", "body application/json", `{"pem":"%s"}`},
	{cardKind, "4111 1111 1111 1111", "body text/plain", "charge %s today"},
	{cardKind, "378282246310005", "body application/json", `{"n":%s}`},
	{cardKind, "5555-5555-5555-4444", "url", "https://shop.example/pay?x=%s"},
	{passwordKind, "737", "body application/json", `{"pin":"%s"}`},
	{ibanKind, "DE89 3704 0044 0532 0130 00", "body application/json", `{"to":"%s"}`},
	{emailKind, "anna.bee+x@post.example", "url", "https://px.pulse.example/i?u=%q"},
	{emailKind, "berta@post.example", "body application/json", `{"data":"` + "%b" + `"}`},
	{emailKind, "carl@post.example", "answer text/html", `<a href="mailto:%s">mail</a>`},
	{emailKind, "dora@post.example", "url", "https://px.pulse.example/u/%s/x"},
	{emailKind, "5f2c0b1e9d8a7c6b5f2c0b1e9d8a7c6b5f2c0b1e9d8a7c6b5f2c0b1e9d8a7c6b", "url", "https://px.pulse.example/i?em=%s"},
	{phoneKind, "+33 6 12 34 56 78", "body application/json", `{"x":"%s"}`},
	{phoneKind, "0612345678", "url", "https://px.pulse.example/i?phone_number=%s"},
	{placeKind, "48.8566", "url", "https://px.pulse.example/i?lat=%s&z=2"},
	{placeKind, "2.3522", "body application/json", `{"geo":{"lng":%s}}`},
	{personKind, "Ada Byron", "body application/x-www-form-urlencoded", "first_name=%q"},
	{identifierKind, "3f2b8c9e-1d4a-4b6c-8e7f-0a1b2c3d4e5f", "url", "https://px.pulse.example/beat?x=%s"},
	{identifierKind, "8b0d6a1f5c3e4d2b", "url", "https://px.pulse.example/sync?did=%s&app=m"},
	{identifierKind, "1357913579.1600000000", "url", "https://px.pulse.example/c?cid=%s"},
	{identifierKind, "a8f5f167f44f4964", "answer-header ETag", `W/"%s"`},
	{identifierKind, "b8f5f167f44f4964", "header If-None-Match", `"%s"`},
	{identifierKind, "12345678901234567890", "body application/json", `{"n":%s}`},
	{networkKind, "00:1A:2B:3C:4D:5E", "body text/plain", "wifi %s seen"},
	{networkKind, "192.0.2.99", "header X-Forwarded-For", "%s"},
}

// seeded puts a secret into a request of a file.
func seeded(i int) string {
	s := seeds[i]
	place := strings.NewReplacer("%%", "%", "%s", s.secret, "%q", url.QueryEscape(s.secret), "%b", b64(`{"u":"`+s.secret+`"}`)).Replace(s.place)
	kind, rest, _ := strings.Cut(s.at, " ")
	e := map[string]any{"startedDateTime": "2026-11-17T03:00:00Z", "_resourceType": "xhr"}
	request := map[string]any{"method": "POST", "url": "https://api.music.example/a", "headers": []any{}}
	response := map[string]any{"status": 200, "headers": []any{}, "content": map[string]any{"size": 1}}
	header := []map[string]string{{"name": rest, "value": place}}
	switch kind {
	case "url":
		request["url"] = place
		e["_initiator"] = map[string]string{"url": place}
		request["headers"] = []map[string]string{{"name": "Referer", "value": place}}
		response["headers"] = []map[string]string{{"name": "Location", "value": place}}
	case "header":
		request["headers"] = header
	case "answer-header":
		response["headers"] = header
	case "body":
		request["postData"] = map[string]any{"mimeType": rest, "text": place}
	case "answer":
		response["content"] = map[string]any{"size": len(place), "mimeType": rest, "text": place}
	case "message":
		e["_webSocketMessages"] = []map[string]string{{"type": "send", "data": place}}
	}
	e["request"], e["response"] = request, response
	text, err := json.Marshal(e)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// spellings are the ways in which a secret could still be read.
func spellings(s string) []string {
	quoted, _ := json.Marshal(s)
	return []string{s, url.QueryEscape(s), url.PathEscape(s), strings.Trim(string(quoted), `"`)}
}

// unwrapped is a text with everything in it that base64 hides.
func unwrapped(s string) string {
	out := s
	for _, w := range regexp.MustCompile(`[A-Za-z0-9+/]{16,}={0,2}`).FindAllString(s, -1) {
		for cut := range 4 {
			if raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(w, "=")[:len(strings.TrimRight(w, "="))-cut]); err == nil {
				out += "\n" + string(raw)
			}
		}
	}
	return out
}

func outputs(t *testing.T, c *diapason.Capture) string {
	t.Helper()
	record, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := Write(&file, c); err != nil {
		t.Fatal(err)
	}
	return unwrapped(string(record) + file.String())
}

func TestNoSeededSecretIsInAnyOutput(t *testing.T) {
	kinds := map[string]bool{}
	for i, s := range seeds {
		kinds[s.kind] = true
		t.Run(fmt.Sprintf("%d %s in %s", i, s.kind, s.at), func(t *testing.T) {
			c, _ := readText(t, fileText(seeded(i)))
			raw, _ := json.Marshal(c)
			found := false
			for _, w := range spellings(s.secret) {
				found = found || strings.Contains(unwrapped(string(raw)), w)
			}
			if !found {
				t.Fatalf("the secret is not in the capture to begin with: %s", raw)
			}
			redacted, counts := Redact(c, salt)
			out := outputs(t, redacted)
			for _, w := range spellings(s.secret) {
				if strings.Contains(out, w) {
					t.Errorf("%q is still there: %s", w, out)
				}
			}
			if counts[s.kind] == 0 {
				t.Errorf("counted %v, want a %s", counts, s.kind)
			}
			if !strings.Contains(out, committed) {
				t.Error("it cannot be seen that something was there")
			}
			again, more := Redact(redacted, salt)
			if len(more) > 0 || outputs(t, again) != out {
				t.Errorf("redacting again changed it: %v", more)
			}
			if after, _ := json.Marshal(c); !bytes.Equal(raw, after) {
				t.Error("the capture itself was changed")
			}
		})
	}
	if n := len(kinds); n < 13 || len(seeds) < 40 {
		t.Errorf("%d kinds, %d seeds: too few to show anything", n, len(seeds))
	}
}

// All secrets in one capture, in the places that only a browser's capture has.
func TestNoSecretStaysInWhatABrowserKeeps(t *testing.T) {
	secret := "Zq83kfPw01LmNvB7"
	c := &diapason.Capture{
		ID: "A1", Site: "https://u:" + secret + "@a.example/",
		Requests: []diapason.Request{{URL: "https://a.example/", Page: "https://a.example/?sid=" + secret, Frame: "https://a.example/?token=" + secret, Failed: "net::ERR at https://x:" + secret + "@a.example"}},
		Cookies:  []diapason.Cookie{{Name: "nid", Value: secret}}, Stores: []diapason.StoreEntry{{Kind: "localStorage", Key: "k", Value: `{"v":"` + secret + `"}`}},
		Blocked: []diapason.Blocked{{URL: "https://a.example/?key=" + secret}}, Dialogs: []string{"your token: " + secret},
		Calls: []diapason.Call{
			{API: "document.cookie=", Name: "nid", Value: "nid=" + secret + "; max-age=9", Script: "https://a.example/s?sid=" + secret, Frame: "https://a.example/?token=" + secret, Stack: []string{"https://b.example/?token=" + secret}},
			{API: "localStorage.setItem", Name: "k", Value: secret},
			{API: "HTMLCanvasElement.toDataURL", Name: "9x9", Value: "data:image/png;base64," + strings.Repeat(secret, 9)},
		},
		Pages:  []diapason.Page{{URL: "https://a.example/#access_token=" + secret, HTML: `<input name=token value=` + secret + `>`}},
		Banner: &diapason.Banner{URL: "https://a.example/?token=" + secret, Text: "token: " + secret},
	}
	got, counts := Redact(c, salt)
	record, _ := json.Marshal(got)
	if strings.Contains(string(record), secret) {
		t.Errorf("still there: %s", record)
	}
	if n := strings.Count(string(record), committed); n != 18 {
		t.Errorf("%d commitments, want 18: %s", n, record)
	}
	if counts[cookieKind] != 2 || counts[storedKind] != 2 {
		t.Errorf("counts %v", counts)
	}
}

// A script or a page may hold without any name what a cookie is.
func TestWhatOnePlaceShowsToBeASecretIsTakenOutEverywhere(t *testing.T) {
	secret, word := "k3v9q2m8w1x7", "darkmode"
	c := &diapason.Capture{
		Requests: []diapason.Request{{
			URL: "https://k3v9q2m8w1x7.example/" + secret + "?a=" + secret, Headers: []diapason.Header{{Name: "Cookie", Value: "nid=" + secret + "; theme=" + word}},
			ResponseBody: diapason.Body{Text: "ear(['" + secret + "'])." + word, SHA256: "ab", Size: 9}, Messages: []string{"hello " + secret + "!"},
		}},
		Pages: []diapason.Page{{HTML: "<p class=" + word + ">" + secret + "</p>"}},
	}
	got, counts := Redact(c, salt)
	record, _ := json.Marshal(got)
	if strings.Contains(strings.ReplaceAll(string(record), secret+".example", ""), secret) || !strings.Contains(string(record), "https://"+secret+".example/") {
		t.Errorf("still there, or its host is gone: %s", record)
	}
	if b := got.Requests[0].ResponseBody; b.Text != "ear(['"+Commit(salt, secret)+"'])."+word || b.SHA256 != "" {
		t.Errorf("the script is %+v", b)
	}
	if n := strings.Count(string(record), committed); n != 7 || counts[identifierKind] != 5 {
		t.Errorf("%d commitments, counted %v", n, counts)
	}
	if again, more := Redact(got, salt); len(more) > 0 || !reflect.DeepEqual(again, got) {
		t.Errorf("redacting again changed it: %v", more)
	}
}

func TestEqualValuesStayComparable(t *testing.T) {
	x := &redactor{salt: salt, counts: map[string]int{}}
	id := "8b0d6a1f5c3e4d2b9b0d6a1f5c3e4d2b"
	want := x.commit(identifierKind, id)
	for name, got := range map[string]string{
		"in a cookie":         x.header("cookie", "a=1; nid="+id),
		"set as a cookie":     x.header("set-cookie", "nid="+id+"; Path=/"),
		"in a query":          x.address("https://px.example/i?x=" + id + "&y=2"),
		"in a path":           x.address("https://px.example/u/" + id),
		"in JSON":             x.content("application/json", `{"device_id":"`+id+`","on":true}`),
		"in a form":           x.content("application/x-www-form-urlencoded", "did="+id),
		"as an entity tag":    x.header("etag", `"`+id+`"`),
		"part of a cookie":    x.header("cookie", "_ga=GA1.2."+id+".1600000000"),
		"wrapped twice":       x.address("https://px.example/i?r=" + url.QueryEscape("https://a.example/?uid="+id)),
		"stored as a JSON":    x.value("k", `{"id":"`+id+`"}`, storedKind, 0),
		"escaped in a cookie": x.header("cookie", "j=%7B%22id%22%3A%22"+id+"%22%7D"),
	} {
		plain, _ := url.QueryUnescape(got)
		if !strings.Contains(plain, want) || strings.Contains(plain, id) {
			t.Errorf("%s: %s does not have %s", name, got, want)
		}
	}
	other := &redactor{salt: []byte("another run"), counts: map[string]int{}}
	if other.commit(identifierKind, id) == want {
		t.Error("another salt gives the same commitment: runs could be joined")
	}
	if x.commit(identifierKind, id+"0") == want {
		t.Error("another value gives the same commitment")
	}
}

func TestShapesAndNamesStay(t *testing.T) {
	mark := regexp.MustCompile(`redacted:[0-9a-f]{16}`)
	for in, want := range map[string]string{
		"https://px.example/i?did=8b0d6a1f5c3e4d2b&app=m#top":       "https://px.example/i?did=R&app=m#top",
		"https://px.example/a/b.3f9a8c7d6e5f.js?v=1.2.3":            "https://px.example/a/b.3f9a8c7d6e5f.js?v=1.2.3",
		"https://px.example/track/page-view-2026?ts=1763344800123":  "https://px.example/track/page-view-2026?ts=1763344800123",
		"https://px.example/?lang=fr&country=FR&code=FR&token=1":    "https://px.example/?lang=fr&country=FR&code=FR&token=1",
		"https://px.example/?token_type=Bearer&expires_in=3600":     "https://px.example/?token_type=Bearer&expires_in=3600",
		"https://px.example/?q=a+b%20c&empty=&flag":                 "https://px.example/?q=a+b%20c&empty=&flag",
		"https://px.example/?cid=1357913579.1600000000":             "https://px.example/?cid=R.R",
		"https://px.example/?uid=":                                  "https://px.example/?uid=",
		"/relative?sid=abcdef123456":                                "/relative?sid=R",
		"wss://px.example/socket?access_token=abcdef123456#x?y=1":   "wss://px.example/socket?access_token=R#x?y=1",
		"https://px.example/a%2Fb?next=https%3A%2F%2Fb.example%2Fx": "https://px.example/a%2Fb?next=https%3A%2F%2Fb.example%2Fx",
	} {
		x := &redactor{salt: salt, counts: map[string]int{}}
		if got := mark.ReplaceAllString(x.address(in), "R"); got != want {
			t.Errorf("address %s\n got %s\nwant %s", in, got, want)
		}
	}
	for in, want := range map[string]string{
		`{"user":{"email":"a@b.example","n":[1,2.50,true,null]},"é":"ok"}`: `{"user":{"email":"R","n":[1,2.50,true,null]},"é":"ok"}`,
		`{ "nothing" : [ "here", 1700000000000, "2026-11-17" ] }`:          `{ "nothing" : [ "here", 1700000000000, "2026-11-17" ] }`,
		`{"max_tokens":100,"password_policy":"strong","status":"ok"}`:      `{"max_tokens":100,"password_policy":"strong","status":"ok"}`,
		"{\"a\":1}\n{\"pin\":12}":                                          "{\"a\":1}\n{\"pin\":\"R\"}",
	} {
		x := &redactor{salt: salt, counts: map[string]int{}}
		if got := mark.ReplaceAllString(x.content("application/json", in), "R"); got != want {
			t.Errorf("JSON %s\n got %s\nwant %s", in, got, want)
		}
	}
	for _, h := range [][3]string{
		{"cookie", "a=; b=12345678;c=9", "a=; b=R;c=R"},
		{"set-cookie", "nid=12345678; Expires=Tue, 17 Nov 2026 03:00:00 GMT; Path=/", "nid=R; Expires=Tue, 17 Nov 2026 03:00:00 GMT; Path=/"},
		{"authorization", "Bearer abcdefgh1", "Bearer R"},
		{"if-none-match", `W/"3f9a8c7d6e5f", "ok"`, `W/"R", "ok"`},
		{"user-agent", "Nocturne/7.2 (Android 16; SM-G991B Build/TP1A.220624.014)", "Nocturne/7.2 (Android 16; SM-G991B Build/TP1A.220624.014)"},
		{"content-type", "application/json; charset=utf-8", "application/json; charset=utf-8"},
		{"x-app", "nocturne 7.2", "nocturne 7.2"},
	} {
		x := &redactor{salt: salt, counts: map[string]int{}}
		if got := mark.ReplaceAllString(x.header(h[0], h[1]), "R"); got != h[2] {
			t.Errorf("header %s: %s\n got %s\nwant %s", h[0], h[1], got, h[2])
		}
	}
}

func TestAChangedBodyLosesItsHashAndKeepsItsSize(t *testing.T) {
	c := &diapason.Capture{Requests: []diapason.Request{{
		Body: diapason.Body{Text: `{"pin":12}`, SHA256: "ab", Size: 10}, ResponseBody: diapason.Body{Text: `{"a":12}`, SHA256: "cd", Size: 8},
	}}}
	got, _ := Redact(c, salt)
	if b := got.Requests[0].Body; b.SHA256 != "" || b.Size != 10 {
		t.Errorf("changed: %+v", b)
	}
	if b := got.Requests[0].ResponseBody; b.SHA256 != "cd" {
		t.Errorf("unchanged: %+v", b)
	}
}

func TestErrorsHoldNothingOfTheFile(t *testing.T) {
	text := fileText(entryText("id=1", "password=hunter2"), entryText("id=1", "password=hunter2", `"method":"GET"`, `"method":`))
	_, _, err := Read(strings.NewReader(text), "phone.har")
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("error %v", err)
	}
	var hint *diapason.Hint
	if !errors.As(err, &hint) || hint.Next == "" {
		t.Error("the error does not say what to do next")
	}
}

// However a secret is wrapped, up to the depth that is promised, it is found.
func TestAWrappedSecretIsFound(t *testing.T) {
	wraps := []func(string) string{
		func(s string) string { b, _ := json.Marshal(map[string]any{"n": 1, "data": s}); return string(b) },
		func(s string) string { b, _ := json.Marshal([]any{true, map[string]string{"x": s}}); return string(b) },
		func(s string) string { return "a=1&payload=" + url.QueryEscape(s) },
		func(s string) string { return "https://a.example/p?next=" + url.QueryEscape(s) + "#top" },
	}
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.StringMatching(`[A-Za-z0-9]{8,20}`).Draw(t, "secret") + "zq"
		name := rapid.SampledFrom([]string{"password", "access_token", "userPassword", "client-secret", "api_key"}).Draw(t, "name")
		text := rapid.SampledFrom([]string{`{"` + name + `":"` + secret + `"}`, name + "=" + secret, `{"list":[{"` + name + `":["` + secret + `"]}]}`}).Draw(t, "field")
		for range rapid.IntRange(0, 3).Draw(t, "wraps") {
			if rapid.Bool().Draw(t, "base64") && strings.HasPrefix(text, "{") {
				text = `{"b":"` + b64(text) + `"}`
				continue
			}
			text = wraps[rapid.IntRange(0, len(wraps)-1).Draw(t, "wrap")](text)
		}
		var r diapason.Request
		switch rapid.IntRange(0, 3).Draw(t, "place") {
		case 0:
			r.URL = "https://a.example/?v=" + url.QueryEscape(text)
		case 1:
			r.Body.Text = text
		case 2:
			r.Headers = []diapason.Header{{Name: "Cookie", Value: "c=" + url.QueryEscape(text)}}
		case 3:
			r.Messages = []string{text}
		}
		got, _ := Redact(&diapason.Capture{Requests: []diapason.Request{r}}, salt)
		record, _ := json.Marshal(got)
		out := string(record)
		for range 4 {
			if plain, err := url.PathUnescape(out); err == nil {
				out = plain
			}
			out = unwrapped(out)
		}
		if strings.Contains(out, secret) {
			t.Fatalf("%q in %s", secret, record)
		}
	})
}

func TestAnyTextCanBeRedacted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := anyRequest(t, "1")
		s := seeds[rapid.IntRange(0, len(seeds)-1).Draw(t, "seed")]
		r.Body.Text = s.place + r.Body.Text
		got, _ := Redact(&diapason.Capture{Requests: []diapason.Request{r}}, salt)
		again, _ := Redact(&diapason.Capture{Requests: []diapason.Request{r}}, salt)
		a, _ := json.Marshal(got)
		b, _ := json.Marshal(again)
		if !bytes.Equal(a, b) || len(got.Requests[0].Headers) != len(r.Headers) || got.Requests[0].Status != r.Status {
			t.Fatalf("once  %s\nagain %s", a, b)
		}
	})
}
