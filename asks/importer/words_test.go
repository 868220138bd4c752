package importer

import (
	"encoding/json"
	"io/fs"
	"strings"
	"testing"
)

func TestNamesOfCodeBecomeWords(t *testing.T) {
	for name, want := range map[string]string{
		"calendarList": "calendar list", "READ_MEDIA_AUDIO": "read media audio", "playlistURLs": "playlist urls",
		"user.birthday.read": "user birthday read", "batchGet": "batch get", "HTTPServer": "http server", "v1": "v1",
	} {
		if got := words(name); got != want {
			t.Errorf("words(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestActOfACall(t *testing.T) {
	for _, tc := range []struct {
		method, name string
		want         act
	}{
		{"GET", "list", see},
		{"POST", "batchGet", see},
		{"POST", "search", see},
		{"POST", "create", change},
		{"DELETE", "delete", remove},
		{"POST", "batchDelete", remove},
		{"POST", "trash", remove},
		{"PATCH", "", change},
		{"POST", "listen", change},
		{"get", "", see},
	} {
		if got := actOf(tc.method, tc.name); got != tc.want {
			t.Errorf("%s %s: act %d, want %d", tc.method, tc.name, got, tc.want)
		}
	}
}

// eights are the runs of eight words in a text.
func eights(text string) []string {
	fields := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9')
	})
	var runs []string
	for i := 0; i+8 <= len(fields); i++ {
		runs = append(runs, strings.Join(fields[i:i+8], " "))
	}
	return runs
}

// overlap returns what a catalogue file has in common with texts of its source.
func overlap(t *testing.T, catalogue []byte, texts []string) []string {
	t.Helper()
	theirs := map[string]bool{}
	for _, text := range texts {
		for _, run := range eights(text) {
			theirs[run] = true
		}
	}
	if len(theirs) == 0 {
		t.Fatal("the source has no text to compare with")
	}
	var file draft
	if err := json.Unmarshal(catalogue, &file); err != nil {
		t.Fatal(err)
	}
	var ours []string
	for _, s := range file.Scopes {
		ours = append(ours, s.Sentence, s.See, s.Do, strings.Join(s.Notes, ". "))
	}
	for _, term := range file.Terms {
		ours = append(ours, term.Label)
	}
	ours = append(ours, file.About)
	var common []string
	for _, text := range ours {
		for _, run := range eights(text) {
			if theirs[run] {
				common = append(common, run)
			}
		}
	}
	return common
}

func TestNoEightWordsOfGooglesDescriptionsAreInTheCatalogue(t *testing.T) {
	docs := discoveryDocuments(t)
	var texts []string
	err := fs.WalkDir(docs, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, "-api.json") {
			return err
		}
		data, err := fs.ReadFile(docs, path)
		if err != nil {
			return err
		}
		var doc struct {
			Description string
			Auth        struct {
				OAuth2 struct {
					Scopes map[string]struct{ Description string }
				}
			}
		}
		if err := json.Unmarshal(data, &doc); err != nil {
			return err
		}
		texts = append(texts, doc.Description)
		for _, s := range doc.Auth.OAuth2.Scopes {
			texts = append(texts, s.Description)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := wholeGoogle()
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range [][]byte{r.Catalogue, source(t, "../catalogue/google.json").Data} {
		if common := overlap(t, file, texts); len(common) > 0 {
			t.Errorf("taken over from descriptions: %q", common)
		}
	}
	taken, _ := json.Marshal(map[string]string{"about": "It can " + texts[0]})
	if len(eights(texts[0])) == 0 || len(overlap(t, taken, texts)) == 0 {
		t.Errorf("the comparison does not find %q", texts[0])
	}
}
