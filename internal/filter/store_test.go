package filter

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"diapason.dev/diapason"
	"diapason.dev/diapason/internal/gate"
)

// publisher serves lists on this machine. Its client reaches it as
// lists.example through a gate, and nobody else.
func publisher(t *testing.T, answers map[string]string) *http.Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, ok := answers[r.URL.Path]
		switch {
		case !ok:
			http.NotFound(w, r)
		case text == "cut":
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte("||a.example^\n"))
		default:
			_, _ = w.Write([]byte(text))
		}
	}))
	t.Cleanup(server.Close)
	g, err := gate.Start(t.Context(), gate.Options{Dial: map[string]string{"lists.example:80": server.Listener.Addr().String()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	return &http.Client{Transport: &http.Transport{DialContext: g.DialContext}}
}

func TestAnUpdateKeepsTheListAndWhereItCameFrom(t *testing.T) {
	answers := map[string]string{"/easy.txt": "! Title: Easy\n||ads.example^\n"}
	client, folder := publisher(t, answers), filepath.Join(t.TempDir(), "new", "lists")
	s, err := SourceOf("http://lists.example/easy.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		text    string
		changed bool
	}{{"", true}, {"", false}, {"! Title: Easy\n||ads.example^\n/more/\n", true}} {
		if step.text != "" {
			answers["/easy.txt"] = step.text
		}
		l, changed, err := Update(t.Context(), client, folder, s)
		if err != nil || changed != step.changed || l.Text != answers["/easy.txt"] {
			t.Fatalf("%q: %+v, changed %v, %v", step.text, l, changed, err)
		}
		files := Stored(folder)
		if len(files) != 1 || filepath.Base(files[0]) != "easy.txt" {
			t.Fatalf("kept %v", files)
		}
		kept, err := Open(files[0])
		if err != nil || kept != l || kept.URL != s.URL || kept.Fetched.IsZero() || kept.Name != "Easy" {
			t.Errorf("kept %+v, %v, fetched %+v", kept, err, l)
		}
	}
}

func TestAListThatWasChangedByHandIsNotTheOneThatWasFetched(t *testing.T) {
	client, folder := publisher(t, map[string]string{"/easy.txt": "||ads.example^\n"}), t.TempDir()
	if _, _, err := Update(t.Context(), client, folder, Source{"easy", "http://lists.example/easy.txt"}); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, "easy.txt")
	if err := os.WriteFile(file, []byte("||mine.example^\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if l, err := Open(file); err != nil || l.URL != "" || !l.Fetched.IsZero() {
		t.Errorf("%+v, %v", l, err)
	}
}

func TestAnUpdateThatFailsLeavesTheFolderAsItIs(t *testing.T) {
	const good = "||ads.example^\n"
	answers := map[string]string{"/easy.txt": good}
	client, folder := publisher(t, answers), t.TempDir()
	s := Source{"easy", "http://lists.example/easy.txt"}
	if _, _, err := Update(t.Context(), client, folder, s); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		text, words string
		kind        error
	}{
		{"", "it has no rule about requests", diapason.ErrIncomplete},
		{"! only a comment\n##.ad\n", "it has no rule about requests", diapason.ErrIncomplete},
		{"<!DOCTYPE html>", "it is a web page, not a list", diapason.ErrUsage},
		{"cut", "the answer broke off", diapason.ErrIncomplete},
		{strings.Repeat("x", maxFetch+1), "it is larger than 64 MiB", diapason.ErrIncomplete},
	} {
		answers["/easy.txt"] = c.text
		if _, _, err := Update(t.Context(), client, folder, s); !errors.Is(err, c.kind) || !strings.Contains(err.Error(), c.words) {
			t.Errorf("%.20q: %v", c.text, err)
		}
	}
	delete(answers, "/easy.txt")
	if _, _, err := Update(t.Context(), client, folder, s); !errors.Is(err, diapason.ErrIncomplete) || !strings.Contains(err.Error(), "404") {
		t.Errorf("no such list: %v", err)
	}
	if l, err := Open(filepath.Join(folder, "easy.txt")); err != nil || l.Text != good || l.URL != s.URL {
		t.Errorf("%+v, %v", l, err)
	}
	if entries, _ := os.ReadDir(folder); len(entries) != 2 {
		t.Errorf("left behind: %v", entries)
	}
}

func TestAListIsNotWrittenOverAnotherOne(t *testing.T) {
	client, folder := publisher(t, map[string]string{"/a/easy.txt": "||a.example^\n", "/b/easy.txt": "||b.example^\n"}), t.TempDir()
	if _, _, err := Update(t.Context(), client, folder, Source{"easy", "http://lists.example/a/easy.txt"}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "mine.txt"), []byte("||c.example^\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"easy", "mine"} {
		if _, _, err := Update(t.Context(), client, folder, Source{name, "http://lists.example/b/easy.txt"}); !errors.Is(err, diapason.ErrUsage) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnAddressThatTheGateRefusesIsIncompleteAndItsKeyIsNotTold(t *testing.T) {
	client := publisher(t, nil)
	_, _, err := Update(context.Background(), client, t.TempDir(), Source{"x", "http://127.0.0.1:1/x.txt?key=hunter2"})
	if !errors.Is(err, diapason.ErrIncomplete) || strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), "this machine") {
		t.Errorf("%v", err)
	}
}

func TestAListIsNamedOrAnAddress(t *testing.T) {
	for word, want := range map[string]Source{
		"easylist":                         {"easylist", "https://easylist.to/easylist/easylist.txt"},
		"https://l.example/a/b%20c.txt?x":  {"b-c", "https://l.example/a/b%20c.txt?x"},
		"https://l.example/":               {"l.example", "https://l.example/"},
		"http://l.example/../..":           {"l.example", "http://l.example/../.."},
		"http://l.example/..\\evil.txt":    {"..-evil", "http://l.example/..\\evil.txt"},
		"https://l.example/filters.min.js": {"filters.min.js", "https://l.example/filters.min.js"},
	} {
		if got, err := SourceOf(word); err != nil || got != want {
			t.Errorf("%s: %+v %v, expected %+v", word, got, err, want)
		}
	}
	for _, word := range []string{"", "fanboy", "ftp://l.example/a.txt", "https://", "/etc/passwd", "file:///etc/passwd"} {
		if s, err := SourceOf(word); !errors.Is(err, diapason.ErrUsage) {
			t.Errorf("%q: %+v %v", word, s, err)
		}
	}
}
