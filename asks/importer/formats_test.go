package importer

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"diapason.dev/diapason"
	"diapason.dev/diapason/asks"
)

// day is the date of reading in tests.
const day = "2026-11-25"

// imported runs an import that must succeed and takes its result apart.
func imported(t *testing.T, read func(Source, Options) (Result, error), src Source, o Options) (draft, Result) {
	t.Helper()
	o.Date = day
	r, err := read(src, o)
	if err != nil {
		t.Fatal(err)
	}
	again, err := read(src, o)
	if err != nil || string(again.Catalogue) != string(r.Catalogue) {
		t.Error("the same file does not give the same catalogue again")
	}
	sums(t, r.Ledger)
	var d draft
	if err := json.Unmarshal(r.Catalogue, &d); err != nil {
		t.Fatal(err)
	}
	calls := 0
	for _, o := range d.Operations {
		calls += 1 + len(o.Same)
	}
	if r.Ledger.Unit == "operations" && calls != r.Ledger.Imported {
		t.Errorf("the catalogue has %d operations, the account says %d", calls, r.Ledger.Imported)
	}
	return d, r
}

func (d draft) scope(t *testing.T, id string) *scope {
	t.Helper()
	at := slices.IndexFunc(d.Scopes, func(s *scope) bool { return s.ID == id })
	if at < 0 {
		t.Fatalf("the catalogue has no scope %s", id)
	}
	return d.Scopes[at]
}

// needOf is the need of a call as JSON; "" where it follows from the list.
func (d draft) needOf(t *testing.T, op string) string {
	t.Helper()
	for _, o := range d.Operations {
		if o.Op != op && !slices.Contains(o.Same, op) {
			continue
		}
		if o.Need == nil {
			return ""
		}
		return string(o.Need.Raw)
	}
	t.Fatalf("the catalogue has no operation %s", op)
	return ""
}

func skips(l Ledger) map[string]int {
	m := map[string]int{}
	for _, s := range l.Skipped {
		m[s.Reason] = s.Count
	}
	return m
}

func same[V comparable](t *testing.T, what string, got, want map[string]V) {
	t.Helper()
	for k, v := range want {
		if got[k] != v {
			t.Errorf("%s: %s is %v, want %v", what, k, got[k], v)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// catalogue loads an import as the program would, with purposes laid over it.
func catalogue(t *testing.T, r Result) *asks.Catalogue {
	t.Helper()
	c, err := asks.Load(fstest.MapFS{"x.json": {Data: r.Catalogue}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestMistakesNameFileLineAndNextStep(t *testing.T) {
	acme := Options{Provider: "acme", Semantics: Any, Date: day}
	plain := Options{Date: day}
	lines := func(ls ...string) []byte { return []byte(strings.Join(ls, "\n")) }
	for _, tc := range []struct {
		name, at string
		read     func(Source, Options) (Result, error)
		data     []byte
		o        Options
	}{
		{"broken YAML", ":2: ", OpenAPI, lines("openapi: 3.0.0", " a: [", "b"), acme},
		{"broken JSON", ":3: ", OpenAPI, lines("{", `"openapi": "3.0.0",`, `"paths": }`), acme},
		{"no description", ":1: ", OpenAPI, lines("a: b"), acme},
		{"no paths", ":1: ", OpenAPI, lines("openapi: 3.0.0"), acme},
		{"scheme of nowhere", ":5: ", OpenAPI, lines("openapi: 3.0.0", "paths:", "  /a:", "    get:", "      security: [{x: []}]"), acme},
		{"reference to nowhere", ":4: ", OpenAPI, lines("openapi: 3.0.0", "paths:", "  /a:", "    $ref: '#/components/x'"), acme},
		{"reference in a circle", ":2: ", OpenAPI, lines("paths:", "  /a: {$ref: '#/paths/~1a'}", "openapi: 3.0.0"), acme},
		{"path without slash", ":4: ", OpenAPI, lines("openapi: 3.0.0", "paths:", "  a:", "    get: {}"), acme},
		{"empty file", "", OpenAPI, nil, acme},
		{"no provider", "", OpenAPI, lines("openapi: 3.0.0"), Options{Semantics: Any}},
		{"no meaning of lists", "", OpenAPI, lines("openapi: 3.0.0"), Options{Provider: "acme"}},
		{"no permissions", ":1: ", Graph, lines("{}"), plain},
		{"permissions as a list", ":2: ", Graph, lines("{", `"permissions": []}`), plain},
		{"unknown scheme", ":3: ", Graph, lines("{", `"permissions": {`, `"A.Read": {"schemes": {"Family": {}}}}}`), plain},
		{"level beyond the scale", ":1: ", Graph, lines(`{"permissions": {"A.Read": {"schemes": {"Application": {"privilegeLevel": 9}}}}}`), plain},
		{"mark without a value", ":3: ", Graph, lines(`{"permissions": {"A.Read": {"schemes": {"Application": {}},`,
			`"pathSets": [{"schemeKeys": ["Application"], "methods": ["GET"], "paths": {`, `"/a": "least"}}]}}}`), plain},
		{"open parenthesis", ":1: ", Graph, lines(`{"permissions": {"A.Read": {"schemes": {"Application": {}}, "pathSets": [{"alsoRequires": "(A.Read"}]}}}`), plain},
		{"compiled manifest", ":1: ", Android, []byte{3, 0, 8, 0, 1}, plain},
		{"broken XML", ":2: ", Android, lines("<manifest>", "<permission </manifest>"), plain},
		{"entity of a document type", ":2: ", Android, lines(`<!DOCTYPE m [<!ENTITY e "x">]><manifest>`, "&e;</manifest>"), plain},
		{"another document", ":1: ", Android, lines("<html/>"), plain},
		{"permission without a name", ":2: ", Android, lines("<manifest>", "<permission/></manifest>"), plain},
		{"no extension", ":1: ", WebExtension, lines("{}"), plain},
		{"bad host pattern", ":2: ", WebExtension, lines(`{"manifest_version": 3, "permissions": [`, `"https://a.*.example/x"]}`), plain},
		{"permissions as a word", ":2: ", WebExtension, lines(`{"manifest_version": 3,`, `"permissions": "tabs"}`), plain},
		{"nothing asked for", "", WebExtension, lines(`{"manifest_version": 3}`), plain},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := tc.read(Source{"given.txt", tc.data}, tc.o)
			if !errors.Is(err, diapason.ErrUsage) {
				t.Fatalf("error %v, want one about the input", err)
			}
			if tc.at != "" && !strings.Contains(err.Error(), "given.txt"+tc.at) {
				t.Errorf("error %q, want given.txt%s", err, tc.at)
			}
		})
	}
}

func TestLargeFileIsRefusedBeforeItIsRead(t *testing.T) {
	large := Source{"given.json", make([]byte, MaxFile+1)}
	for name, read := range map[string]func(Source, Options) (Result, error){
		"openapi": OpenAPI, "graph": Graph, "android": Android, "webext": WebExtension,
	} {
		_, err := read(large, Options{Provider: "acme", Semantics: Any, Date: day})
		var hint *diapason.Hint
		if !errors.Is(err, diapason.ErrUsage) || !errors.As(err, &hint) || !strings.Contains(err.Error(), "given.json") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// A small YAML file whose aliases stand for billions of values is read as what
// it is: small.
func TestAliasesAreNotWrittenOut(t *testing.T) {
	var b strings.Builder
	b.WriteString("openapi: 3.0.0\na0: &a0 [x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 30; i++ {
		n, p := string(rune('a'+i%26))+string(rune('a'+i/26)), string(rune('a'+(i-1)%26))+string(rune('a'+(i-1)/26))
		if i == 1 {
			p = "a0"
		}
		b.WriteString(n + ": &" + n + " [" + strings.Repeat("*"+p+", ", 8) + "*" + p + "]\n")
	}
	b.WriteString("paths: {}\n")
	_, err := OpenAPI(Source{"bomb.yaml", []byte(b.String())}, Options{Provider: "acme", Semantics: Any, Date: day})
	if !errors.Is(err, diapason.ErrUsage) {
		t.Errorf("error %v, want that no permission was found", err)
	}
}

func TestEveryFormatKeepsItsWordsToItself(t *testing.T) {
	for _, tc := range []struct {
		file string
		read func(Source, Options) (Result, error)
		text string
	}{
		{"acme.yaml", OpenAPI, "Lets an application look through every song that the person keeps in the music library"},
		{"permissions.json", Graph, "Allows the app to read every song that the signed-in person keeps in the library."},
		{"AndroidManifest.xml", Android, "Adds something to the voice mail of the person who owns this phone"},
	} {
		src := source(t, filepath.Join("testdata", tc.file))
		if !strings.Contains(string(src.Data), tc.text) {
			t.Fatalf("%s does not hold the text %q", tc.file, tc.text)
		}
		_, r := imported(t, tc.read, src, Options{Provider: "acme", Semantics: Any})
		if common := overlap(t, r.Catalogue, []string{tc.text}); len(common) > 0 {
			t.Errorf("%s: taken over from a description: %q", tc.file, common)
		}
	}
}

func TestOverlayStandsInPlaceOfWhatWasImported(t *testing.T) {
	src := source(t, "testdata/acme.yaml")
	overlay := `{"name": "Acme", "terms": {"songs": {"label": "your songs", "weight": 3}},
 "scopes": [{"id": "songs.read", "see": "your songs", "reads": ["songs"], "effects": ["profile"], "confidence": "high"}],
 "operations": [{"op": "PUT /lists/{id}/songs", "need": {"when": "kind", "cases": [{"is": ["own"], "need": "lists.private"}, {"is": ["open"], "need": "lists.public"}]}}],
 "purposes": [{"id": "edit-list", "title": "edit your list", "doing": "editing a list", "core": [{"op": "PUT /lists/{id}/songs", "params": {"kind": "own"}}]}]}`
	d, r := imported(t, OpenAPI, src, Options{Provider: "acme", Semantics: Any, Overlay: Source{"over.json", []byte(overlay)}})
	if s := d.scope(t, "songs.read"); s.See != "your songs" || !slices.Equal(s.Reads, []string{"songs"}) || s.Confidence != "high" {
		t.Errorf("songs.read = %+v, want the hand-written entry", s)
	}
	req, _, _, err := catalogue(t, r).Judge(asks.Ask{Provider: "acme", Scopes: "lists.public lists.private", For: []string{"edit-list"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := req.Verdict.Minimal; !slices.Equal(got, []string{"lists.private"}) {
		t.Errorf("minimal = %q, want what the overlay says", got)
	}
	for name, text := range map[string]string{
		"over.json:2: ": "{\n\"scopes\": [{\"id\": \"song.read\", \"see\": \"x\"}]}", "over.json:1: ": `{"operations": [{"op": "GET /nothing"}]}`,
		"over.json:3: ": "{\n\"name\": \"a\",\n\"colour\": 1}",
	} {
		_, err := OpenAPI(src, Options{Provider: "acme", Semantics: Any, Date: day, Overlay: Source{"over.json", []byte(text)}})
		if !errors.Is(err, diapason.ErrUsage) || !strings.Contains(err.Error(), name) {
			t.Errorf("overlay %s: error %v, want %s", text, err, name)
		}
	}
}
