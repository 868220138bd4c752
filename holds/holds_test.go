package holds

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason"
	"diapason.dev/diapason/lab/export"
)

// written writes a synthetic export and returns its path and the truth.
func written(tb testing.TB, o export.Options) (string, export.Truth) {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "export.zip")
	f, err := os.Create(path)
	if err != nil {
		tb.Fatal(err)
	}
	truth, err := export.Write(f, o)
	if err != nil {
		tb.Fatal(err)
	}
	if err := f.Close(); err != nil {
		tb.Fatal(err)
	}
	return path, truth
}

// packed writes a ZIP of members: name, content, name, content.
func packed(tb testing.TB, members ...string) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "export.zip")
	f, err := os.Create(path)
	if err != nil {
		tb.Fatal(err)
	}
	z := zip.NewWriter(f)
	for i := 0; i < len(members); i += 2 {
		w, err := z.Create(members[i])
		if err != nil {
			tb.Fatal(err)
		}
		if _, err := w.Write([]byte(members[i+1])); err != nil {
			tb.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	if err := f.Close(); err != nil {
		tb.Fatal(err)
	}
	return path
}

// A result is everything that reading an export yields.
type result struct {
	Export Export
	Items  []Item
	Gaps   []diapason.Gap
	Events []Event
}

func mustRead(t *testing.T, path string) result {
	t.Helper()
	var r result
	var err error
	r.Export, r.Items, r.Gaps, err = Read(t.Context(), path, func(e Event) error { r.Events = append(r.Events, e); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (r result) plays() []Event {
	return slices.DeleteFunc(slices.Clone(r.Events), func(e Event) bool { return e.Kind != "play" })
}

func (r result) item(t *testing.T, path string) Item {
	t.Helper()
	for _, i := range r.Items {
		if i.Path == path {
			return i
		}
	}
	var paths []string
	for _, i := range r.Items {
		paths = append(paths, i.Path)
	}
	t.Fatalf("no item %q among\n%s", path, strings.Join(paths, "\n"))
	return Item{}
}

// text is a value as it would be stored.
func text(t *testing.T, v any) string {
	t.Helper()
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// play is one record of the lifetime history, with some fields changed: a
// value of "-" leaves the field out.
func play(changes ...string) string {
	fields := [][2]string{
		{"ts", `"2024-05-01T10:00:00Z"`},
		{"platform", `"ios"`},
		{"ms_played", "200000"},
		{"conn_country", `"FR"`},
		{"ip_addr", `"192.0.2.7"`},
		{"master_metadata_track_name", `"Tune"`},
		{"master_metadata_album_artist_name", `"Singer"`},
		{"master_metadata_album_album_name", `"Record"`},
		{"spotify_track_uri", `"spotify:track:0000000000000000000001"`},
		{"episode_name", "null"},
		{"reason_end", `"trackdone"`},
		{"offline_timestamp", "null"},
	}
	for i := 0; i < len(changes); i += 2 {
		at := slices.IndexFunc(fields, func(f [2]string) bool { return f[0] == changes[i] })
		if at < 0 {
			fields = append(fields, [2]string{changes[i], changes[i+1]})
			continue
		}
		fields[at][1] = changes[i+1]
	}
	var parts []string
	for _, f := range fields {
		if f[1] != "-" {
			parts = append(parts, fmt.Sprintf("%q: %s", f[0], f[1]))
		}
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func list(records ...string) string { return "[" + strings.Join(records, ",\n") + "]" }
