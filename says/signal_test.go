package says

import (
	"strings"
	"testing"

	"diapason.dev/diapason"
	"diapason.dev/diapason/lab"
)

func TestWhatASiteSaysAboutTheSignalIsTrueFalseOrUnknown(t *testing.T) {
	const kind = "application/json"
	for name, c := range map[string]struct {
		status     int
		mime, body string
		says       diapason.Polarity // empty: nothing
		why        string            // empty: it could be read
		dated      string
	}{
		"a promise":                    {200, kind, `{"gpc": true, "lastUpdate": "2026-09-01"}`, diapason.Asserted, "", "2026-09-01"},
		"a promise with a time":        {200, kind + "; charset=utf-8", `{"lastUpdate":"2026-09-01T23:30:00-02:00","gpc":true,"more":[1]}`, diapason.Asserted, "", "2026-09-02"},
		"an escaped name":              {200, kind, `{"g\u0070c": true}`, diapason.Asserted, "", ""},
		"a refusal":                    {200, kind, `{"gpc": false}`, diapason.Denied, "", ""},
		"no valid date":                {200, kind, `{"gpc": true, "lastUpdate": "September"}`, diapason.Asserted, "", ""},
		"a word for true":              {200, kind, `{"gpc": "true"}`, "", "its member “gpc” is neither true nor false", ""},
		"a number for true":            {200, kind, `{"gpc": 1}`, "", "its member “gpc” is neither true nor false", ""},
		"no member":                    {200, kind, `{"GPC2": true}`, "", "it has no member “gpc”", ""},
		"a list":                       {200, kind, `[{"gpc": true}]`, "", "it is no object of JSON", ""},
		"a broken object":              {200, kind, `{"gpc": true`, "", "it is no object of JSON", ""},
		"another type":                 {200, "text/plain", `{"gpc": true}`, "", `it was sent as "text/plain" and has to be application/json to count`, ""},
		"no such file":                 {404, "text/html", `<h1>Not found</h1>`, "", "", ""},
		"a page for every address":     {200, "text/html", `<!doctype html><h1>Music</h1>`, "", "", ""},
		"a server that has a bad day":  {503, kind, `{"gpc": true}`, "", "the server answered 503", ""},
		"a file that somebody has got": {0, "", `{"gpc": true}`, diapason.Asserted, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			source, ok := SignalSource("gpc", "https://music.example:8443/plans?x=1")
			if !ok || source.URL != "https://music.example:8443/.well-known/gpc.json" {
				t.Fatalf("source %+v", source)
			}
			doc, ps := Read(Text{Source: source, URL: source.URL, Status: c.status, Mime: c.mime, Raw: []byte(c.body)})
			if doc.Kind != KindGPC || !doc.Current || doc.Analysable != (c.why == "") || doc.Why != c.why || doc.Dated != c.dated {
				t.Errorf("document %+v", doc)
			}
			if (len(ps) == 1) != (c.says != "") {
				t.Fatalf("practices %+v", ps)
			}
			for _, p := range ps {
				if p.Kind != KindGPC || p.Polarity != c.says || p.Data != "" || p.Document != "gpc" || len(p.Evidence) != 1 || c.body[p.Start:p.End] != p.Quote && p.Start < p.End {
					t.Errorf("practice %+v", p)
				}
			}
			if flows := Flows(ps, diapason.Service{ID: "music"}); len(flows) != 0 {
				t.Errorf("a promise about a signal moves data: %+v", flows)
			}
		})
	}
}

func TestOnlyPagesOfTheWebHaveAFileAboutTheSignal(t *testing.T) {
	for _, page := range []string{"", "music.example", "file:///etc/passwd", "https:///x", "::"} {
		if s, ok := SignalSource("gpc", page); ok {
			t.Errorf("%q: %+v", page, s)
		}
	}
}

// The sites of the lab that ask for a choice, or should, publish what their truth says.
func TestWhatTheLabsSitesPublishAboutTheSignalIsRead(t *testing.T) {
	client := inLab(t)
	for _, f := range lab.Consents() {
		source, _ := SignalSource("gpc", f.Origin+"/")
		text, err := Fetch(t.Context(), client, source)
		if err != nil {
			t.Fatal(err)
		}
		doc, ps := Read(text)
		want := map[string]diapason.Polarity{"true": diapason.Asserted, "false": diapason.Denied}[f.Truth.Consent.Promise]
		var got diapason.Polarity
		if len(ps) == 1 {
			got = ps[0].Polarity
		}
		if got != want || doc.Analysable == strings.HasPrefix(f.Truth.Consent.Promise, `"`) {
			t.Errorf("%s: %q %q, its truth is %q", f.Name, got, doc.Why, f.Truth.Consent.Promise)
		}
	}
}
