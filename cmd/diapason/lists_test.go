package main

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"diapason.dev/diapason"
	"diapason.dev/diapason/internal/filter"
	"diapason.dev/diapason/internal/gate"
)

func TestAnUpdateTriesEveryListAndTellsWhatBecameOfEach(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/easy.txt", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("! Title: Easy\n||ads.example^\n"))
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	o := gate.Options{Dial: map[string]string{"lists.example:80": server.Listener.Addr().String()}}
	sources, err := listSources([]string{"http://lists.example/gone.txt", "http://lists.example/easy.txt"})
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for _, word := range []string{"new", "unchanged"} {
		done, err := updateLists(t.Context(), sources, folder, o)
		if !errors.Is(err, diapason.ErrIncomplete) || len(done) != 2 {
			t.Fatalf("%v, %v", done, err)
		}
		if s := done[0].String(); !strings.HasPrefix(s, "failed") || !strings.Contains(s, "404") {
			t.Errorf("%s", s)
		}
		if s := done[1].String(); !strings.HasPrefix(s, word) {
			t.Errorf("%s, expected %s", s, word)
		}
	}
	shown, err := readLists(filter.Stored(folder))
	if err != nil || len(shown) != 1 {
		t.Fatalf("%+v, %v", shown, err)
	}
	var out strings.Builder
	printLists(&out, shown)
	for _, words := range []string{"Easy\n", "from      http://lists.example/easy.txt on 2", filepath.Join(folder, "easy.txt"), "2 = 1 block"} {
		if !strings.Contains(out.String(), words) {
			t.Errorf("%q is not told:\n%s", words, out.String())
		}
	}
}

func TestWithoutWordsEveryListThatHasANameIsFetched(t *testing.T) {
	sources, err := listSources(nil)
	if err != nil || len(sources) != len(filter.Sources) {
		t.Errorf("%v, %v", sources, err)
	}
}
