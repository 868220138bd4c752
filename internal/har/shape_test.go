package har

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"diapason.dev/diapason"
)

// wanted are the members that HAR 1.2 requires of each of its objects.
var wanted = map[string]string{
	"log": "version creator entries", "creator": "name version", "pages": "startedDateTime id title pageTimings",
	"entries": "startedDateTime time request response cache timings", "timings": "send wait receive",
	"request":  "method url httpVersion cookies headers queryString headersSize bodySize",
	"response": "status statusText httpVersion cookies headers content redirectURL headersSize bodySize",
	"content":  "size mimeType", "postData": "mimeType text", "headers": "name value", "cookies": "name value", "queryString": "name value",
}

// complain lists what is missing in a decoded file, and members that neither
// the format knows nor an underscore marks.
func complain(name string, v any, out []string) []string {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			out = complain(name, e, out)
		}
	case map[string]any:
		for want := range strings.FieldsSeq(wanted[name]) {
			if _, ok := v[want]; !ok {
				out = append(out, name+" lacks "+want)
			}
		}
		optional := " browser pages comment pageref serverIPAddress connection postData text encoding params "
		for key, inner := range v {
			if strings.HasPrefix(key, "_") {
				continue
			}
			if name != "" && wanted[name] != "" && !strings.Contains(" "+wanted[name]+optional, " "+key+" ") && !strings.HasSuffix(wanted[name], key) {
				out = append(out, name+" has "+key)
			}
			out = complain(key, inner, out)
		}
	}
	return out
}

func TestAnExportIsHAR12WithoutItsExtensions(t *testing.T) {
	c := &diapason.Capture{ID: "A1", Browser: diapason.Browser{Product: "Chromium/156.0"}, Cut: map[string]int{"requests to px.example": 3}, Requests: []diapason.Request{
		{ID: "1", URL: "https://music.example/?a=1&b", Method: "GET", Type: "document", Page: "https://music.example/", Headers: []diapason.Header{{Name: "Cookie", Value: "a=1; b=2"}}},
		{
			ID: "2", URL: "https://music.example/x", Method: "POST", Type: "ping", Page: "https://music.example/", Body: diapason.Body{Text: "<&>", Size: 3}, Status: 302,
			ResponseHeaders: []diapason.Header{{Name: "Location", Value: "/y"}, {Name: "Set-Cookie", Value: "n=v; Path=/"}}, Messages: []string{"hello"}, Address: "[2001:db8::1]:443",
		},
	}}
	var file bytes.Buffer
	if err := Write(&file, c); err != nil {
		t.Fatal(err)
	}
	var root map[string]any
	if err := json.Unmarshal(file.Bytes(), &root); err != nil {
		t.Fatal(err)
	}
	if bad := complain("", root, nil); len(bad) > 0 {
		t.Errorf("%s\n%s", strings.Join(bad, "\n"), file.Bytes())
	}
	log := root["log"].(map[string]any)
	if got := log["comment"]; got != "2 requests; not kept: requests to px.example: 3; the capture is not complete" {
		t.Errorf("comment %q", got)
	}
	if n := len(log["pages"].([]any)); n != 1 {
		t.Errorf("%d pages", n)
	}
	entry := log["entries"].([]any)[1].(map[string]any)
	if entry["serverIPAddress"] != "2001:db8::1" || entry["response"].(map[string]any)["redirectURL"] != "https://music.example/y" {
		t.Errorf("entry %v", entry)
	}
	if text := entry["request"].(map[string]any)["postData"].(map[string]any)["text"]; text != "<&>" {
		t.Errorf("text %q", text)
	}
	if entry["pageref"] != log["pages"].([]any)[0].(map[string]any)["id"] {
		t.Errorf("the entry belongs to page %v", entry["pageref"])
	}
}

type full struct{}

var errFull = errors.New("no space left")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestAFullDiskIsTold(t *testing.T) {
	if err := Write(full{}, &diapason.Capture{ID: "A1"}); !errors.Is(err, errFull) || !strings.Contains(fmt.Sprint(err), "write capture A1") {
		t.Errorf("error %v", err)
	}
}
