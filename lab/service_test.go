package lab_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"diapason.dev/diapason/lab"
)

// written is the folder of a service, by file.
func written(t *testing.T, s lab.Service) map[string][]byte {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "new")
	if err := s.Write(dir); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[e.Name()] = content
	}
	return all
}

func TestAServiceWritesTheSameFolderEveryTime(t *testing.T) {
	for _, s := range []lab.Service{lab.Nocturne(), lab.Clean()} {
		one, two := written(t, s), written(t, s)
		if got := slices.Sorted(maps.Keys(one)); !slices.Equal(got, []string{"diapason.yaml", "export.zip", "phone.har", "truth.json"}) {
			t.Errorf("%s wrote %v", s.Name, got)
		}
		for name, content := range one {
			if !bytes.Equal(content, two[name]) {
				t.Errorf("%s: %s differs from one time to the next", s.Name, name)
			}
		}
	}
}

func TestTheTruthStandsBesideWhatItIsAbout(t *testing.T) {
	for _, s := range []lab.Service{lab.Nocturne(), lab.Clean()} {
		var beside struct {
			Service lab.Truth
			Export  struct {
				Plays int
				Holds map[string]string
			}
		}
		if err := json.Unmarshal(written(t, s)["truth.json"], &beside); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(beside.Service, s.Truth) {
			t.Errorf("%s: truth.json says %+v, the service %+v", s.Name, beside.Service, s.Truth)
		}
		if segments := beside.Export.Holds["inferences $.inferences[]"] != ""; segments != (len(s.Truth.Segments) > 0) || beside.Export.Plays == 0 {
			t.Errorf("%s: the export's own record has segments: %v, plays: %d", s.Name, segments, beside.Export.Plays)
		}
	}
}

func TestAFolderThatCannotBeWrittenIsNamed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := lab.Clean().Write(filepath.Join(file, "below")); err == nil || !strings.Contains(err.Error(), "write service serenade") {
		t.Errorf("error %v, want one that names the service", err)
	}
}

func TestTheConfigurationNamesOnlyWhatTheLabServes(t *testing.T) {
	l := start(t)
	c := reader(t, l)
	for _, s := range []lab.Service{lab.Nocturne(), lab.Clean()} {
		config := string(written(t, s)["diapason.yaml"])
		for _, want := range []string{"id: " + s.ID, "name: " + s.Name, s.Neighbour, "Europe/Paris", "respawn: true", `"#email": bait.email`, `click: "text=Create account"`} {
			if !strings.Contains(config, want) {
				t.Errorf("%s: diapason.yaml lacks %s", s.Name, want)
			}
		}
		var visited int
		for _, word := range strings.FieldsFunc(config, func(r rune) bool { return strings.ContainsRune(" \n\"[]{},", r) }) {
			if strings.HasPrefix(word, "https://") {
				visited++
				if res, _ := get(t, c, word); res.StatusCode != 200 && res.StatusCode != http.StatusSeeOther {
					t.Errorf("%s: diapason.yaml names %s, which answers %s", s.Name, word, res.Status)
				}
			}
		}
		if visited < 7 {
			t.Errorf("%s: diapason.yaml names %d addresses", s.Name, visited)
		}
	}
}

// A har is as much of HAR 1.2 as the tests read.
type har struct {
	Log struct {
		Version string
		Creator struct{ Name, Version string }
		Entries []struct {
			StartedDateTime time.Time
			Time            *float64
			Request         struct {
				Method, URL, HTTPVersion string
				Cookies, QueryString     *[]map[string]string
				Headers                  []map[string]string
				PostData                 *struct{ MimeType, Text string }
				HeadersSize, BodySize    *int
			}
			Response struct {
				Status                int
				HTTPVersion           string
				Content               *struct{ Size int }
				RedirectURL           *string
				HeadersSize, BodySize *int
			}
			Cache   *struct{}
			Timings *struct{ Send, Wait, Receive *float64 }
		}
		Truth lab.Truth `json:"_truth"`
	}
}

func readHAR(t *testing.T, s lab.Service) har {
	t.Helper()
	var h har
	if err := json.Unmarshal(written(t, s)["phone.har"], &h); err != nil {
		t.Fatal(err)
	}
	return h
}

func TestThePhoneRecordingIsHAROfVersion12(t *testing.T) {
	for _, s := range []lab.Service{lab.Nocturne(), lab.Clean()} {
		h := readHAR(t, s)
		if h.Log.Version != "1.2" || h.Log.Creator.Name == "" || h.Log.Creator.Version == "" || len(h.Log.Entries) == 0 {
			t.Errorf("%s: version %q by %+v with %d entries", s.Name, h.Log.Version, h.Log.Creator, len(h.Log.Entries))
		}
		last := time.Time{}
		for i, e := range h.Log.Entries {
			q, a := e.Request, e.Response
			whole := e.Time != nil && q.Method != "" && q.HTTPVersion != "" && q.Cookies != nil && q.QueryString != nil && q.HeadersSize != nil && q.BodySize != nil &&
				a.Status != 0 && a.HTTPVersion != "" && a.Content != nil && a.RedirectURL != nil && a.HeadersSize != nil && a.BodySize != nil &&
				e.Cache != nil && e.Timings != nil && e.Timings.Wait != nil
			if !whole {
				t.Errorf("%s: entry %d lacks a field that HAR wants: %+v", s.Name, i, e)
			}
			if q.PostData != nil && *q.BodySize != len(q.PostData.Text) {
				t.Errorf("%s: entry %d says %d bytes and sends %d", s.Name, i, *q.BodySize, len(q.PostData.Text))
			}
			if e.StartedDateTime.Before(last) {
				t.Errorf("%s: entry %d is before the one above it", s.Name, i)
			}
			last = e.StartedDateTime
		}
	}
}

// nightly counts what every host got between midnight and six in Paris.
func nightly(t *testing.T, h har, device string) (requests, named map[string]int, hours map[int]bool) {
	t.Helper()
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	requests, named, hours = map[string]int{}, map[string]int{}, map[int]bool{}
	for _, e := range h.Log.Entries {
		address, err := url.Parse(e.Request.URL)
		if err != nil {
			t.Fatal(err)
		}
		hour := e.StartedDateTime.In(paris).Hour()
		if hour >= 6 {
			continue
		}
		hours[hour] = true
		requests[address.Host]++
		sent := e.Request.URL
		if e.Request.PostData != nil {
			sent += e.Request.PostData.Text
		}
		if strings.Contains(sent, device) {
			named[address.Host]++
		}
	}
	return requests, named, hours
}

func TestNocturnesPhoneTellsTwoCompaniesWhichOneItIsAtThreeAtNight(t *testing.T) {
	s := lab.Nocturne()
	h := readHAR(t, s)
	device := ""
	for _, e := range h.Log.Entries {
		if address, _ := url.Parse(e.Request.URL); address.Query().Get("did") != "" {
			device = address.Query().Get("did")
		}
	}
	if len(device) != 32 {
		t.Fatalf("the device is %q, want 128 bits in hexadecimal", device)
	}
	requests, named, hours := nightly(t, h, device)
	if len(h.Log.Truth.Nights) != 2 || len(requests) != 2 || len(hours) != 1 {
		t.Errorf("%d receivers by the truth, %v by the recording, at hours %v", len(h.Log.Truth.Nights), requests, hours)
	}
	for _, n := range s.Truth.Nights {
		if requests[n.Receiver] != n.Requests || named[n.Receiver] != n.Identifiers || !hours[n.Hour] || n.Zone != "Europe/Paris" {
			t.Errorf("%s: truth %+v; recorded %d, with the device %d, at %v", n.Receiver, n, requests[n.Receiver], named[n.Receiver], hours)
		}
	}
}

func TestSerenadesPhoneSleepsAndTalksToSerenadeOnly(t *testing.T) {
	h := readHAR(t, lab.Clean())
	if requests, _, _ := nightly(t, h, "none"); len(requests) != 0 || !h.Log.Truth.Clean {
		t.Errorf("at night it talks to %v; its truth says clean: %v", requests, h.Log.Truth.Clean)
	}
	for _, e := range h.Log.Entries {
		if address, _ := url.Parse(e.Request.URL); !strings.HasSuffix(address.Host, ".serenade.example") {
			t.Errorf("it talks to %s", address.Host)
		}
	}
}

// inferences is what an export says that the service guesses.
func inferences(t *testing.T, s lab.Service) []string {
	t.Helper()
	content := written(t, s)["export.zip"]
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	var guesses struct{ Inferences []string }
	for _, f := range z.File {
		if !strings.HasSuffix(f.Name, "Inferences.json") {
			continue
		}
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if err := json.NewDecoder(in).Decode(&guesses); err != nil {
			t.Fatal(err)
		}
		in.Close()
	}
	slices.Sort(guesses.Inferences)
	return guesses.Inferences
}

func TestTheExportHoldsTheSegmentsThatTheTruthNames(t *testing.T) {
	s := lab.Nocturne()
	var named, hints []string
	for _, g := range s.Truth.Segments {
		named = append(named, g.Name)
		if g.Sensitive {
			hints = append(hints, g.Name)
		}
	}
	if got := inferences(t, s); len(got) == 0 || !slices.Equal(got, named) {
		t.Errorf("the export guesses %v, the truth says %v", got, named)
	}
	if !slices.Contains(hints, "Religious Podcast Listener") {
		t.Errorf("hints at what Article 9 protects: %v", hints)
	}
	if got := inferences(t, lab.Clean()); len(got) != 0 {
		t.Errorf("Serenade's export guesses %v", got)
	}
}

func TestNocturneDoesEveryWrongAndSerenadeNone(t *testing.T) {
	bad, good := lab.Nocturne().Truth, lab.Clean().Truth
	if bad.Clean || len(bad.Identifiers) != 2 || len(bad.Links) != 1 || len(bad.Leaks) != 2 || len(bad.Returns) != 1 || len(bad.Nights) != 2 || len(bad.Segments) == 0 || !bad.Unlinked || len(bad.Permissions.Asked) != 7 {
		t.Errorf("Nocturne: %+v", bad)
	}
	if !good.Clean || len(good.Identifiers)+len(good.Links)+len(good.Leaks)+len(good.Returns)+len(good.Nights)+len(good.Segments) != 0 || good.Unlinked || len(good.Permissions.Asked) != 1 {
		t.Errorf("Serenade: %+v", good)
	}
	for _, i := range bad.Identifiers {
		if i.Name == "nid" && (len(i.Restored) != 2 || !slices.Equal(i.Restored[0], []string{"Cache"}) || !slices.Equal(i.Restored[1], []string{"Local Storage"})) {
			t.Errorf("nid is restored by %v", i.Restored)
		}
	}
}
