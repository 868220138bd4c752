package export

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"
)

func write(t *testing.T, o Options) (*zip.Reader, []byte, Truth) {
	t.Helper()
	var b bytes.Buffer
	truth, err := Write(&b, o)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	return z, b.Bytes(), truth
}

// contents reads the members, which must be JSON.
func contents(t *testing.T, z *zip.Reader) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if !json.Valid(b) {
			t.Errorf("%s is not JSON", f.Name)
		}
		all[f.Name] = string(b)
	}
	return all
}

func TestTheSameSeedGivesTheSameBytes(t *testing.T) {
	o := Options{Seed: 7, Plays: 300, Every: true, Segments: []string{"1P_Tea"}, Duplicate: 3, Malformed: 2}
	_, a, ta := write(t, o)
	_, b, tb := write(t, o)
	if !bytes.Equal(a, b) || !reflect.DeepEqual(ta, tb) {
		t.Error("two exports of one seed differ")
	}
	o.Seed = 8
	if _, c, _ := write(t, o); bytes.Equal(a, c) {
		t.Error("another seed changes nothing")
	}
	o.Seed, o.Deflate = 7, true
	if z, c, _ := write(t, o); len(c) >= len(a) {
		t.Error("deflate does not pack")
	} else if za, _, _ := write(t, Options{Seed: 7, Plays: 300, Every: true, Segments: []string{"1P_Tea"}, Duplicate: 3, Malformed: 2}); !reflect.DeepEqual(contents(t, z), contents(t, za)) {
		t.Error("packing changes the members")
	}
}

func TestTheTruthIsWhatTheFilesHold(t *testing.T) {
	z, _, truth := write(t, Options{Seed: 3, Plays: 16_000, Every: true, Segments: []string{"1P_Tea", "3P_Religious Podcasts"}, Duplicate: 40, Malformed: 6})
	artists, plays, bad, searches := map[string]int{}, map[string]int{}, 0, 0
	newest := time.Time{}
	for name, content := range contents(t, z) {
		switch {
		case strings.Contains(name, "Streaming_History"):
			var list []struct {
				TS     string `json:"ts"`
				Artist string `json:"master_metadata_album_artist_name"`
				URI    string `json:"spotify_track_uri"`
			}
			if err := json.Unmarshal([]byte(content), &list); err != nil {
				t.Fatal(err)
			}
			for _, p := range list {
				at, err := time.Parse(time.RFC3339, p.TS)
				if err != nil {
					bad++
					continue
				}
				if at.After(newest) {
					newest = at
				}
				key := p.TS + p.URI
				if plays[key]++; plays[key] == 1 {
					artists[p.Artist]++
				}
			}
		case strings.Contains(name, "SearchQueries"):
			searches = strings.Count(content, "searchTime")
		case strings.Contains(name, "Inferences"):
			for s := range truth.Segments {
				if !strings.Contains(content, s) {
					t.Errorf("segment %s is not there", s)
				}
			}
		}
	}
	twice := 0
	for _, n := range plays {
		if n > 1 {
			twice++
		}
	}
	if len(plays) != truth.Plays || truth.Plays != 16_000 || twice != 40 || bad != 6 || truth.Duplicates != 40 || truth.Malformed != 6 {
		t.Errorf("%d plays, %d twice, %d malformed; told %d, %d, %d", len(plays), twice, bad, truth.Plays, truth.Duplicates, truth.Malformed)
	}
	if !reflect.DeepEqual(artists, truth.Artists) {
		t.Error("plays by artist differ from the truth")
	}
	if searches != truth.Searches || len(truth.Segments) != 2 || !newest.Equal(truth.Newest) {
		t.Errorf("%d searches, %d segments, newest %v; told %+v", searches, len(truth.Segments), newest, truth.Newest)
	}
}

func TestEveryCanaryStandsInTheExport(t *testing.T) {
	z, _, truth := write(t, Options{Seed: 5, Plays: 30, Every: true})
	all := strings.Builder{}
	for _, c := range contents(t, z) {
		all.WriteString(c)
	}
	for path, value := range truth.Canaries {
		if len(value) < 5 || !strings.Contains(all.String(), value) {
			t.Errorf("%s: %q is not in the export", path, value)
		}
		if _, ok := truth.Holds[path]; !ok {
			t.Errorf("%s has no term", path)
		}
	}
}

// The listener does not exist: addresses come from the ranges for
// documentation, mail goes nowhere.
func TestNobodysDataIsInIt(t *testing.T) {
	z, _, truth := write(t, Options{Seed: 6, Plays: 100, Every: true})
	if !strings.HasSuffix(truth.Canaries["user $.email"], "@example.invalid") {
		t.Errorf("mail %s", truth.Canaries["user $.email"])
	}
	for name, content := range contents(t, z) {
		for _, part := range strings.Split(content, `"ip_addr":"`)[1:] {
			if !strings.HasPrefix(part, "203.0.113.") && !strings.HasPrefix(part, "198.51.100.") {
				t.Errorf("%s: address %.15s", name, part)
			}
		}
	}
}

func TestACleanExportHoldsWhatAnHonestPolicyTells(t *testing.T) {
	z, _, truth := write(t, Options{Seed: 9, Plays: 400, Clean: true})
	for name, content := range contents(t, z) {
		if strings.Contains(name, "Inferences") || strings.Contains(name, "Marquee") {
			t.Errorf("it holds %s", name)
		}
		for _, part := range strings.Split(content, `"searchTime":"`)[1:] {
			at, err := time.Parse("2006-01-02T15:04:05.000Z", part[:24])
			if err != nil || truth.Newest.Sub(at) > 90*24*time.Hour {
				t.Errorf("a search of %v, %v before the newest stamp", at, truth.Newest.Sub(at))
			}
		}
	}
	told := map[string]bool{}
	for _, term := range truth.Holds {
		told[term] = true
	}
	want := []string{"dia:ListeningHistory", "dia:PlaybackDetail", "dia:PlaybackDevice", "dia:SearchQuery", "dia:Playlist", "dia:Library", "dia:AccountData", "pd:IPAddress", "pd:Country", "pd:Username", "pd:EmailAddress", "pd:BirthDate"}
	for _, w := range want {
		if !told[w] {
			t.Errorf("it does not hold %s", w)
		}
	}
	if len(told) != len(want) {
		t.Errorf("it holds %v, more than %v", told, want)
	}
	if _, _, open := write(t, Options{Seed: 9, Plays: 400}); open.Searches <= truth.Searches {
		t.Error("the other service keeps no older searches")
	}
}

func TestOptionsThatCannotBeAreRefused(t *testing.T) {
	day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, o := range []Options{
		{Service: "gramophone"}, {Plays: -1}, {Plays: 1, Duplicate: 2}, {Malformed: -1}, {Plays: 1, From: day, Until: day},
	} {
		if _, err := Write(io.Discard, o); err == nil {
			t.Errorf("%+v is written", o)
		}
	}
}

func TestMembersCanBearOtherNames(t *testing.T) {
	z, _, _ := write(t, Options{Plays: 3, Rename: map[string]string{"Account Data/Userdata.json": "Daten/Konto.json"}})
	if _, err := z.Open("Daten/Konto.json"); err != nil {
		t.Error(err)
	}
}
