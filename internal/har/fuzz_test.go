package har

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"testing"

	"diapason.dev/diapason"
)

// Whatever bytes are given, reading ends, the ledger sums, and what was read
// comes back the same after it was written.
func FuzzRead(f *testing.F) {
	for _, s := range []string{
		"", "{}", `{"log":{"entries":[]}}`, "\ufeff" + fileText(entryText()), fileText(entryText(), `7`, entryText("GET", "CONNECT")),
		fileText(entryText(`"time":12`, `"time":-1,"_webSocketMessages":[{"type":"send","opcode":1,"data":"a"},{"type":"receive","opcode":2,"data":"AQ=="}]`)),
		fileText(entryText(`"mimeType":"x-unknown"`, `"mimeType":"text/html","encoding":"base64","text":"aGVsbG8="`, `"status":204`, `"status":302,"redirectURL":"/x"`)),
		fileText(entryText(`"bodySize":0}`, `"bodySize":-1,"cookies":[{"name":"a","value":"1"}],"postData":{"mimeType":"a/b","params":[{"name":"q","value":"a b"}]}}`)),
		fileText(entryText(`"time":12`, `"time":1e3,"pageref":"p","_diapason":{"id":"r1","page":"https://a.example/","cname":["b"],"body":{"size":3}}`))[:300],
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, l, err := Read(bytes.NewReader(data), "any.har")
		sums(t, l)
		if (c == nil) != errors.Is(err, diapason.ErrUsage) || err != nil && !errors.Is(err, diapason.ErrUsage) && !errors.Is(err, diapason.ErrIncomplete) {
			t.Fatalf("capture %v, error %v", c != nil, err)
		}
		if l.Bytes != int64(len(data)) && err == nil {
			t.Errorf("%d of %d bytes were read, and no error", l.Bytes, len(data))
		}
		if c == nil {
			return
		}
		if len(c.Requests) != l.Kept || err != nil && c.Complete {
			t.Errorf("%d requests, ledger %+v, complete %v, error %v", len(c.Requests), l, c.Complete, err)
		}
		writesBack(t, c)
		Redact(c, salt)
	})
}

// writesBack checks that a capture is the same after it was written and read.
func writesBack(t *testing.T, c *diapason.Capture) {
	t.Helper()
	var file bytes.Buffer
	if err := Write(&file, c); err != nil {
		t.Fatalf("written: %v", err)
	}
	again, l, err := Read(bytes.NewReader(file.Bytes()), "any.har")
	if err != nil || l.Skipped > 0 {
		t.Fatalf("read back: %v, %+v\n%s", err, l, file.Bytes())
	}
	want, _ := json.MarshalIndent(c.Requests, "", " ")
	have, _ := json.MarshalIndent(again.Requests, "", " ")
	if !bytes.Equal(want, have) && len(c.Requests)+len(again.Requests) > 0 {
		t.Errorf("written\n%s\nread back\n%s", want, have)
	}
}

// A secret that stands where secrets stand is taken out, whatever stands
// around it, and nothing is changed when that is done again.
func FuzzRedact(f *testing.F) {
	f.Add("theme", "dark", uint8(0))
	f.Add(`a"b`, `{"n":[1,2`, uint8(3))
	f.Add("next", "https://a.example/?b=%7B%22c%22%3A1%7D#d", uint8(4))
	f.Add("e", "YT1iJmM9ZA==", uint8(5))
	f.Add("data", "redacted:0123456789abcdef|x", uint8(6))
	f.Add("card", "4111 1111 1111 1111", uint8(1))
	f.Add("<input", "name=token value=x>", uint8(2))
	f.Fuzz(func(t *testing.T, name, value string, place uint8) {
		drawn := sha256.Sum256([]byte(name + "\x00" + value))
		secret := "Zq" + hex.EncodeToString(drawn[:7]) + "Xw"
		r := diapason.Request{ID: "1", URL: "https://a.example/", Method: "POST", Type: "xhr"}
		plant(&r, name, value, secret, place)
		c := &diapason.Capture{ID: "A1", Site: "https://a.example/", Requests: []diapason.Request{r}}
		redacted, counts := Redact(c, salt)
		record, _ := json.Marshal(redacted)
		if strings.Contains(string(record), secret) || len(counts) == 0 {
			t.Fatalf("%s is still there, counted %v: %s", secret, counts, record)
		}
		again, _ := Redact(redacted, salt)
		if more, _ := json.Marshal(again); strings.Contains(string(more), secret) || strings.Count(string(more), committed) < strings.Count(string(record), committed) {
			t.Errorf("again: %s\nonce: %s", more, record)
		}
	})
}

// plant puts a secret beside a name and a value into one place of a request.
func plant(r *diapason.Request, name, value, secret string, place uint8) {
	object, _ := json.Marshal(map[string]any{name: value, "password": secret, "more": []any{value, 1}})
	query := url.Values{name: {value}, "access_token": {secret}}.Encode()
	switch place % 8 {
	case 0:
		r.URL += "?" + query
	case 1:
		r.Body = diapason.Body{Text: string(object), Mime: "application/json"}
	case 2:
		r.ResponseBody = diapason.Body{Text: query, Mime: "application/x-www-form-urlencoded"}
	case 3:
		r.Headers = []diapason.Header{{Name: "Cookie", Value: url.QueryEscape(name) + "=" + url.QueryEscape(value) + "; sid=" + secret}}
	case 4:
		r.ResponseHeaders = []diapason.Header{{Name: "X-" + strings.ToUpper(name), Value: value}, {Name: "Authorization", Value: "Bearer " + secret}}
	case 5:
		r.Messages = []string{value, string(object)}
	case 6:
		r.URL += "#" + query
	case 7:
		r.URL += "?next=" + url.QueryEscape("https://b.example/?"+query)
	}
}
