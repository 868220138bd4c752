package audit

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"diapason.dev/diapason"
)

func TestASecretOfAJourneyIsInNoRecord(t *testing.T) {
	const value = `p&ss "wörd"/1`
	t.Setenv("DIAPASON_TEST_SECRET", value)
	c, err := ParseConfig([]byte("service: {id: acme}\ndoes:\n  journeys:\n    in:\n      - fill: {\"#p\": secret.DIAPASON_TEST_SECRET, \"#e\": bait.email}\n"), "f.yaml")
	if err != nil {
		t.Fatal(err)
	}
	inJSON, _ := json.Marshal(map[string]string{"p": value})
	forms := []string{value, url.QueryEscape(value), url.PathEscape(value), string(inJSON), base64.StdEncoding.EncodeToString([]byte(value)), "p&amp;ss &quot;wörd&quot;/1"}
	all := strings.Join(forms, " ; ")
	body := diapason.Body{Text: all, SHA256: "0123"}
	capture := &diapason.Capture{
		Requests: []diapason.Request{{
			URL: "https://acme.example/?p=" + url.QueryEscape(value), Page: all, Frame: all, Initiator: all,
			Headers: []diapason.Header{{Name: "X", Value: all}}, ResponseHeaders: []diapason.Header{{Name: "Location", Value: all}},
			Body: body, ResponseBody: body, Messages: []string{all},
		}, {URL: "https://acme.example/", Body: diapason.Body{Text: "nothing", SHA256: "4567"}}},
		Cookies: []diapason.Cookie{{Name: "c", Value: all}},
		Stores:  []diapason.StoreEntry{{Key: all, Value: all}},
		Calls:   []diapason.Call{{Name: all, Value: all, Script: all, Frame: all, Stack: []string{all}}},
		Blocked: []diapason.Blocked{{URL: all}},
		Pages:   []diapason.Page{{URL: all, HTML: all}},
		Dialogs: []string{all},
	}
	hide(capture, c.secrets())
	record, err := json.Marshal(capture)
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range forms {
		quoted, _ := json.Marshal(form)
		if s := strings.Trim(string(quoted), `"`); strings.Contains(string(record), s) {
			t.Errorf("the record holds %q", form)
		}
	}
	if n := strings.Count(string(record), "[secret DIAPASON_TEST_SECRET]"); n < 90 {
		t.Errorf("the secret's name stands in %d places", n)
	}
	if capture.Requests[0].Body.SHA256 != "" || capture.Requests[1].Body.SHA256 != "4567" {
		t.Error("the hash of a body goes if a secret was in it, and only then")
	}
}
