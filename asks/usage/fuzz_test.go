package usage

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/asks"
)

// Whatever a line is, reading it ends; where encoding/json reads it as an
// object, the same method, address, client and time come out.
func FuzzLine(f *testing.F) {
	for _, s := range []string{
		`{"time":"2026-09-04T00:00:12.5+02:00","method":"PUT","url":"/v1/me?x=\u0026","status":200,"client":"a","granted":["b","c"]}`,
		`{"time":1788480000,"method":"GET","url":"/","status":null,"x":{"a":[1,{"b":"}"}]},"subject":"\"","token":"t"}`,
		`10.0.0.7 - app [04/Sep/2026:02:00:05 +0200] "GET https://api.spotify.com/v1/me HTTP/1.1" 200 12 "-" "a \" b"`,
		`10.0.0.7 - - [29/Feb/2028:23:59:60 -0000] "CONNECT api.spotify.com:443 HTTP/1.1" -`, "{", "", "[]", `{"method":"GET","method":"PUT","url":"x","time":"2026-02-30T00:00:00Z"}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if bytes.ContainsAny(text, "\n") {
			return
		}
		var c, j line
		if why := parseCombined(text, &c); why == "" && (len(c.method) == 0 || len(c.url) == 0) {
			t.Errorf("a combined line without method or address: %+v", c)
		}
		why := parseJSON(text, &j)
		var want map[string]json.RawMessage
		if json.Unmarshal(text, &want) != nil || want == nil || !exactKeys(text) {
			return
		}
		method, url := textOf(want["method"]), textOf(want["url"])
		at, timed := timeOf(want["time"])
		if why != "" {
			status := strings.TrimSpace(string(want["status"]))
			if _, ok := number([]byte(status)); method != "" && url != "" && timed && (want["status"] == nil || ok || status == "null") {
				t.Errorf("not read: %s", why)
			}
			return
		}
		if !same(j.method, method) || !same(j.url, url) || !same(j.client, textOf(want["client"])) || timed && j.at != at {
			t.Errorf("read %q %q %q %d, want %q %q %d", j.method, j.url, j.client, j.at, method, url, at)
		}
	})
}

// same compares as encoding/json does, which replaces what is no UTF-8.
func same(got []byte, want string) bool {
	return strings.ToValidUTF8(string(got), "\ufffd") == strings.ToValidUTF8(want, "\ufffd") || !json.Valid([]byte(`"`+string(got)+`"`)) || strings.Contains(want, "\ufffd")
}

// exactKeys tells whether no member that matters is named twice: encoding/json
// and this package both take the last, but of a value of another kind not alike.
func exactKeys(text []byte) bool {
	for _, key := range []string{`"method"`, `"url"`, `"client"`, `"time"`, `"status"`} {
		if bytes.Count(text, []byte(key)) > 1 {
			return false
		}
	}
	return !bytes.Contains(text, []byte(`\u`))
}

func textOf(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

// timeOf reads a time as the time package does.
func timeOf(raw json.RawMessage) (int64, bool) {
	at, err := time.Parse(time.RFC3339Nano, textOf(raw))
	if err != nil || at.Year() < 1678 || at.Year() > 2261 {
		return 0, false
	}
	return at.UnixNano(), true
}

// Whatever a log is, reading ends, its ledger sums, and nothing is called
// unused after anything that could not be read.
func FuzzLog(f *testing.F) {
	har, err := os.ReadFile("testdata/session.har")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(har)
	f.Add(har[:len(har)/2])
	f.Add([]byte(`{"time":"2026-09-04T00:00:12Z","method":"PUT","url":"/v1/me/library?uris=spotify:album:1,spotify%3Auser%3A2","status":200,"granted":["user-library-modify"]}` + "\n{\n"))
	f.Add([]byte("10.0.0.7 - - [04/Sep/2026:02:00:05 +0200] \"GET https://api.spotify.com/v1/me HTTP/1.1\" 403 12\n"))
	event := asks.Event{Name: "release", At: time.Date(2026, 9, 4, 0, 0, 13, 0, time.UTC)}
	f.Fuzz(func(t *testing.T, text []byte) {
		k, err := Read(asks.Default(), bytes.NewReader(text), Log{Name: "any.log", Provider: "spotify", Vantage: asks.ClientEgress})
		if err != nil && !errors.Is(err, diapason.ErrUsage) && !errors.Is(err, diapason.ErrIncomplete) || (k == nil) != errors.Is(err, diapason.ErrUsage) {
			t.Fatalf("calls %v, error %v", k != nil, err)
		}
		if k == nil {
			return
		}
		u := k.Conclude(Grant{Requested: []string{"user-library-modify", "user-read-email", "user-read-playback-state", "user-read-currently-playing"}, Event: event})
		if !u.Ledger.Sums() {
			t.Errorf("the ledger does not sum: %+v", u.Ledger)
		}
		for _, g := range u.Granted {
			if g.Use == asks.NotExercised && (err != nil || len(u.Doubts) > 0) {
				t.Errorf("%s is called unused, with %q and %v", g.Scope, u.Doubts, err)
			}
		}
	})
}
