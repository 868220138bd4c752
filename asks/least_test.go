package asks

import (
	"strings"
	"testing"
	"testing/fstest"
)

// markedListing is a catalogue file of a provider that marks for each call which of
// the scopes that do is the least privileged; nobody has weighed its terms.
const markedListing = `{
 "provider": "acme", "name": "Acme", "domain": "acme.example", "version": "2026-01-01", "listed_means": "any",
 "request": {"authorize": ["https://acme.example/authorize"], "scope_param": "scope", "client_param": "client_id", "separator": " ", "pkce": "supported", "case_sensitive": false},
 "terms": {"songs": {"label": "your songs", "weight": null}},
 "scopes": [
  {"id": "Songs.Read", "kind": "oauth", "status": "current", "sentence": "see your songs", "reads": ["songs"], "review": {"level": 1}, "confidence": "medium"},
  {"id": "Songs.ReadWrite", "kind": "oauth", "status": "current", "sentence": "see and change your songs", "reads": ["songs"], "review": {"level": 3, "admin": true}, "confidence": "medium"}],
 "operations": [
  {"op": "GET /songs", "listed": ["Songs.Read", "Songs.ReadWrite"], "least": ["Songs.Read"]},
  {"op": "PUT /songs", "listed": ["Songs.ReadWrite"], "least": ["Songs.ReadWrite"]}],
 "purposes": [
  {"id": "list", "title": "list your songs", "doing": "Listing", "core": [{"op": "GET /songs"}]},
  {"id": "tidy", "title": "tidy your songs", "doing": "Tidying", "core": ["list", {"op": "PUT /songs"}]}]
}`

func TestProvidersOwnMarkOfTheLeastPrivilegedIsTold(t *testing.T) {
	c, err := Load(fstest.MapFS{"acme.json": {Data: []byte(markedListing)}})
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ scopes, purpose, narrower string }{
		{"Songs.ReadWrite", "list", "Songs.Read"},
		{"Songs.Read", "list", ""},
		{"Songs.ReadWrite", "tidy", ""}, // one of its calls takes no less
	} {
		_, scopes, _, err := c.Judge(Ask{Provider: "acme", Scopes: tc.scopes, For: []string{tc.purpose}})
		if err != nil || scopes[0].Class != "needed" || scopes[0].Narrower != tc.narrower {
			t.Errorf("%s for %s: class %s, narrower %q, want %q (%v)", tc.scopes, tc.purpose, scopes[0].Class, scopes[0].Narrower, tc.narrower, err)
		}
	}
}

func TestLetterCaseLevelAndAdministratorFollowTheProvider(t *testing.T) {
	c, err := Load(fstest.MapFS{"acme.json": {Data: []byte(markedListing)}})
	if err != nil {
		t.Fatal(err)
	}
	req, _, _, err := c.Judge(Ask{Provider: "acme", Scopes: "songs.READWRITE", For: []string{"tidy"}})
	v := req.Verdict
	if err != nil || len(v.CaseMismatch)+len(v.Missing)+len(v.Unknown) != 0 || strings.Join(v.Minimal, " ") != "songs.READWRITE" {
		t.Errorf("case mismatch %q, missing %q, minimal %q, %v", v.CaseMismatch, v.Missing, v.Minimal, err)
	}
	if v.Privilege["songs.READWRITE"] != 3 || strings.Join(v.AdminConsent, " ") != "songs.READWRITE" {
		t.Errorf("level %v, administrator %q", v.Privilege, v.AdminConsent)
	}
	text := strings.Join(req.Text, "\n")
	for _, want := range []string{"An administrator of your organisation must agree to it.", "Acme puts it at level 3 of 4."} {
		if !strings.Contains(text, want) {
			t.Errorf("the text does not say %q:\n%s", want, text)
		}
	}
}
