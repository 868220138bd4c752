package asks

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"diapason.dev/diapason"
)

// listing is a catalogue file in which the calls bring only the provider's own lists.
const listing = `{
 "provider": "acme", "name": "Acme", "domain": "acme.example", "version": "2026-01-01", "listed_means": "MEANS",
 "request": {"authorize": ["https://acme.example/authorize"], "scope_param": "scope", "client_param": "client_id", "separator": " ",
  "scope_prefix": "https://acme.example/auth/", "pkce": "supported", "case_sensitive": true},
 "terms": {"songs": {"label": "your songs", "weight": 1}, "plays": {"label": "what you played", "weight": 2}},
 "scopes": [
  {"id": "songs", "kind": "oauth", "status": "current", "sentence": "see your songs", "reads": ["songs"], "confidence": "high"},
  {"id": "plays", "kind": "oauth", "status": "current", "sentence": "see what you played", "reads": ["plays"], "confidence": "high"}],
 "operations": [{"op": "GET /songs", "same": ["GET /songs/{id}"], "listed": ["plays", "songs"]}],
 "purposes": [{"id": "list-songs", "title": "list your songs", "doing": "listing songs", "core": [{"op": "GET /songs/{id}"}]}]
}`

func loadListing(t *testing.T, changes ...string) (*Catalogue, error) {
	t.Helper()
	return Load(fstest.MapFS{"acme.json": {Data: []byte(strings.NewReplacer(changes...).Replace(listing))}})
}

func TestListOfScopesIsReadAsTheProviderMeansIt(t *testing.T) {
	for means, want := range map[string][]string{"any": {"songs"}, "all": {"plays", "songs"}} {
		c, err := loadListing(t, "MEANS", means)
		if err != nil {
			t.Fatal(err)
		}
		req, _, _, err := c.Judge(Ask{Provider: "acme", Scopes: "songs plays", For: []string{"list-songs"}})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(req.Verdict.Minimal, want) {
			t.Errorf("a list that means %s: minimal = %q, want %q", means, req.Verdict.Minimal, want)
		}
	}
}

func TestPrefixBeforeANameMayBeLeftOut(t *testing.T) {
	c, err := loadListing(t, "MEANS", "any")
	if err != nil {
		t.Fatal(err)
	}
	const u = "https://acme.example/authorize?client_id=EXAMPLE&redirect_uri=https://app.example/back&response_type=code&scope="
	for _, name := range []string{"plays songs", "https://acme.example/auth/plays https://acme.example/auth/songs"} {
		req, _, _, err := c.Judge(Ask{URL: u + strings.ReplaceAll(name, " ", "%20"), For: []string{"list-songs"}})
		if err != nil {
			t.Fatal(err)
		}
		short := func(id string) string { return strings.TrimPrefix(id, "https://acme.example/auth/") }
		if v := req.Verdict; len(v.Unknown) != 0 || len(v.Excess) != 1 || short(v.Excess[0]) != "plays" {
			t.Errorf("%q: excess %q, unknown %q", name, v.Excess, v.Unknown)
		}
		if want := strings.Fields(name)[1]; !strings.HasSuffix(req.Narrowed, "scope="+want) {
			t.Errorf("%q: narrowed to %s, want the name as it was spelled", name, req.Narrowed)
		}
	}
	req, _, _, _ := c.Judge(Ask{Provider: "acme", Scopes: "https://acme.example/auth/Plays", For: []string{"list-songs"}})
	if got := req.Verdict.CaseMismatch; len(got) != 1 {
		t.Errorf("case mismatch = %q behind the prefix, want one", got)
	}
}

func TestListThatSaysNothingIsRefused(t *testing.T) {
	for name, changes := range map[string][]string{
		"unknown scope in a list": {"MEANS", "any", `["plays", "songs"]`, `["plays", "sogns"]`},
		"empty list":              {"MEANS", "any", `["plays", "songs"]`, `[]`},
		"unknown meaning":         {"MEANS", "most"},
		"operation given twice":   {"MEANS", "any", `["GET /songs/{id}"]`, `["GET /songs"]`},
	} {
		if _, err := loadListing(t, changes...); !errors.Is(err, diapason.ErrUsage) || !strings.Contains(err.Error(), "acme.json:") {
			t.Errorf("%s: error %v, want a refusal with the file and the line", name, err)
		}
	}
}

// extension is a catalogue file of a browser's permissions: nothing is asked at
// an address, and the browser joins lines.
const extension = `{
 "provider": "webext", "name": "Browser extension", "domain": "browser.example", "version": "2026-01-01",
 "request": {"case_sensitive": true, "separator": " "},
 "terms": {"history": {"label": "the pages you visited", "weight": 3}},
 "scopes": [
  {"id": "history", "kind": "webext", "status": "current", "sentence": "see the pages you visited", "reads": ["history"], "prints": ["history"], "confidence": "high"},
  {"id": "tabs", "kind": "webext", "status": "current", "sentence": "see your tabs", "reads": ["history"], "prints": ["tabs"], "confidence": "high"},
  {"id": "alarms", "kind": "webext", "status": "current", "sentence": "wake up at a time", "confidence": "high"}],
 "line_rules": [
  {"line": "history", "needs": ["history"], "takes": ["tabs"]},
  {"line": "tabs", "needs": ["tabs"]}]
}`

func TestLinesOfAnExtensionAreCountedByTheOrderedRules(t *testing.T) {
	c, err := Load(fstest.MapFS{"webext.json": {Data: []byte(extension)}})
	if err != nil {
		t.Fatal(err)
	}
	for scopes, want := range map[string]Lines{
		"tabs":                {Count: 1, Basis: "estimated", Date: "2026-01-01"},
		"tabs history":        {Count: 1, Basis: "estimated", Date: "2026-01-01"},
		"alarms":              {Basis: "estimated", Date: "2026-01-01"},
		"tabs alarms strange": {Basis: "unknown"},
	} {
		req, _, _, err := c.Judge(Ask{Provider: "webext", Scopes: scopes})
		if err != nil {
			t.Fatal(err)
		}
		if got := req.Verdict.Lines; got != want {
			t.Errorf("%q: lines %+v, want %+v", scopes, got, want)
		}
	}
	broken := strings.Replace(extension, `"prints": ["tabs"]`, `"prints": ["tab"]`, 1)
	if _, err := Load(fstest.MapFS{"webext.json": {Data: []byte(broken)}}); !errors.Is(err, diapason.ErrUsage) {
		t.Errorf("error %v for a scope that prints what no rule joins", err)
	}
}
