package importer

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason"
	"diapason.dev/diapason/asks"
)

func TestOpenAPICallsAreImportedOrCountedWithAReason(t *testing.T) {
	d, r := imported(t, OpenAPI, source(t, "testdata/acme.yaml"), Options{Provider: "acme", Semantics: Any})
	if r.Ledger.Read != 9 || r.Ledger.Imported != 6 || r.Ledger.Scopes != 5 || r.Ledger.Several != 2 {
		t.Errorf("%s: want 9 read, 6 imported, 5 scopes, 2 with several", r.Ledger)
	}
	same(t, "skipped", skips(r.Ledger), map[string]int{
		"asks for no permission": 1, "lists no scope": 1, "its path is described in another file": 1,
	})
	if d.Version != day || d.Domain != "acme.example" || !slices.Equal(d.API, []string{"https://eu.api.acme.example/v2"}) ||
		!slices.Equal(d.Token, []string{"https://login.acme.example/token"}) || !strings.Contains(string(d.Request), "https://login.acme.example/authorize") {
		t.Errorf("head: %s %s %q %q %s", d.Version, d.Domain, d.API, d.Token, d.Request)
	}
	if s := d.scope(t, "songs.write"); s.Do != "create or change songs, and delete songs" || !slices.Equal(s.Effects, []string{"delete", "act"}) {
		t.Errorf("songs.write: does %q with effects %q", s.Do, s.Effects)
	}
	if s := d.scope(t, "songs.read"); s.See != "search, songs and the account itself" {
		t.Errorf("songs.read: sees %q", s.See)
	}
	d.scope(t, "profile") // listed by a call and declared by no scheme
}

func TestOpenAPIListMeansWhatIsToldOnTheCommandLine(t *testing.T) {
	src := source(t, "testdata/acme.yaml")
	const purposes = `{"purposes": [{"id": "replace", "title": "fill your list", "doing": "filling", "core": [{"op": "PUT /lists/{id}/songs"}]}]}`
	for _, tc := range []struct {
		semantics         Semantics
		minimal, disputed []string
	}{
		{Any, []string{"lists.private"}, nil},
		{All, []string{"lists.private", "lists.public"}, nil},
		{Conditional, []string{"lists.private"}, []string{"lists.public"}},
	} {
		_, r := imported(t, OpenAPI, src, Options{Provider: "acme", Semantics: tc.semantics, Overlay: Source{"over.json", []byte(purposes)}})
		req, _, _, err := catalogue(t, r).Judge(asks.Ask{Provider: "acme", Scopes: "lists.private lists.public songs.read", For: []string{"replace"}})
		if err != nil {
			t.Fatal(err)
		}
		if v := req.Verdict; !slices.Equal(v.Minimal, tc.minimal) || !slices.Equal(v.Disputed, append([]string{}, tc.disputed...)) || !slices.Contains(v.Excess, "songs.read") {
			t.Errorf("%s: minimal %q, disputed %q, excess %q", tc.semantics, v.Minimal, v.Disputed, v.Excess)
		}
	}
}

func TestOpenAPIAlternativesAndSchemesAreJoined(t *testing.T) {
	d, _ := imported(t, OpenAPI, source(t, "testdata/acme.yaml"), Options{Provider: "acme", Semantics: All})
	for op, want := range map[string]string{
		"GET /me":               `{"any":["songs.read","profile"]}`, // the key of the first alternative is no scope
		"GET /search":           `"none"`,                           // one alternative asks for nothing
		"GET /songs":            "",                                 // from the whole description
		"PUT /lists/{id}/songs": "",
		"DELETE /songs/{id}":    "",
	} {
		if got := d.needOf(t, op); got != want {
			t.Errorf("%s needs %s, want %s", op, got, want)
		}
	}
}

func TestSwagger2IsReadToo(t *testing.T) {
	swagger := "{\n\t\"swagger\": \"2.0\", \"info\": {\"version\": \"2026-03-01\"}, \"host\": \"api.acme.example\", \"basePath\": \"/v1\",\n" +
		`"securityDefinitions": {"a": {"type": "oauth2", "flow": "accessCode", "authorizationUrl": "https://acme.example/auth", "tokenUrl": "https://acme.example/token", "scopes": {"x": "", "x-y": ""}}},
 "paths": {"/things": {"get": {"security": [{"a": ["x"]}]}, "parameters": []}}}`
	d, r := imported(t, OpenAPI, Source{"acme.json", []byte(swagger)}, Options{Provider: "acme", Semantics: Any})
	if r.Ledger.Imported != 1 || r.Ledger.Scopes != 1 || d.Version != "2026-03-01" || !slices.Equal(d.API, []string{"https://api.acme.example/v1"}) {
		t.Errorf("%s; version %s, at %q", r.Ledger, d.Version, d.API)
	}
}

func TestMeaningOfListsHasNoDefault(t *testing.T) {
	for _, word := range []string{"", "some", "ANY"} {
		_, err := ReadSemantics(word)
		var hint *diapason.Hint
		if !errors.Is(err, diapason.ErrUsage) || !errors.As(err, &hint) || !strings.Contains(hint.Next, "conditional") {
			t.Errorf("%q: error %v", word, err)
		}
	}
}
