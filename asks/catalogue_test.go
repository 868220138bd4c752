package asks

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"diapason.dev/diapason"
	"diapason.dev/diapason/vocab"
)

// sound is a catalogue file without a mistake, one thing a line.
const sound = `{
 "provider": "acme",
 "name": "Acme",
 "domain": "acme.example",
 "version": "2026-01-01",
 "sources": {"page": "https://acme.example/scopes"},
 "effects": {"profile": "learn tastes"},
 "penalties": [{"if": ["profile"], "add": 1}],
 "tiers": [{"name": "free"}, {"name": "paid", "default": true}],
 "request": {
  "authorize": ["https://acme.example/authorize"],
  "scope_param": "scope", "client_param": "client_id", "separator": " ",
  "pkce": "supported",
  "grant_life": "P6M",
  "revocation": {"by": "user", "url": "https://acme.example/apps"}},
 "terms": {
  "songs": {"label": "your songs", "weight": 1},
  "plays": {"label": "what you played", "weight": 2}},
 "scopes": [
  {"id": "songs", "kind": "oauth", "status": "current", "sentence": "see your songs", "reads": ["songs"], "confidence": "high"},
  {"id": "plays", "kind": "oauth", "status": "current", "sentence": "see what you played", "reads": ["plays"],
   "implies": ["songs"], "confidence": "high", "sources": ["page"]}],
 "operations": [
  {"op": "GET /songs",
   "need": {"any": [
    "songs",
    {"all": ["plays", "songs"]}]},
   "tiers": ["paid"]},
  {"op": "GET /plays", "need": {"when": "kind", "cases": [{"is": ["song"], "need": "plays"}]},
   "disputed": [{"need": "songs", "why": "an old page says so"}]}],
 "purposes": [
  {"id": "list-songs", "title": "list your songs", "doing": "Listing",
   "core": [{"op": "GET /songs"}]},
  {"id": "list-all", "aliases": ["everything"], "title": "list everything", "doing": "Listing",
   "core": ["list-songs", {"op": "GET /plays", "params": {"kind": "song"}}],
   "ends": {"event": "release", "grace": "P1D"}}]
}
`

func TestSoundCatalogueIsTaken(t *testing.T) {
	if _, err := Load(fstest.MapFS{"acme.json": {Data: []byte(sound)}}); err != nil {
		t.Fatal(err)
	}
}

// Each row spoils one line of the sound file. line is that line's number.
var spoilt = []struct {
	name, old, new string
	line           int
	problem        string
	next           string
}{
	{"not JSON", `"name": "Acme",`, `"name": "Acme"`, 4, "invalid character", "correct the JSON"},
	{"name given twice", `"name": "Acme",`, `"provider": "acme",`, 3, "duplicate object member name", "correct the JSON"},
	{"unknown field", `"name": "Acme",`, `"name": "Acme", "domian": "x",`, 3, `unknown field "domian"`, "did you mean domain?"},
	{"number in place of text", `"name": "Acme",`, `"name": 7,`, 3, `"name" is a number, expected a string`, "change the value"},
	{"text in place of a list", `"tiers": ["paid"]}`, `"tiers": "paid"}`, 28, `"tiers" is a string, expected an array`, "change the value"},
	{"no id", `"provider": "acme"`, `"provider": "Acme Inc"`, 2, `provider is "Acme Inc"`, "give the provider an id"},
	{"no name", `"name": "Acme"`, `"name": ""`, 3, "the provider has no name", "add name"},
	{"host in place of a domain", `"acme.example",`, `"www.acme.example",`, 4, `domain is "www.acme.example"`, "give the company's own domain"},
	{"version without a date", `"2026-01-01"`, `"1.2"`, 5, `version is "1.2"`, "give the day on which the facts were read"},
	{"unknown effect", `"effects": {"profile"`, `"effects": {"profil"`, 7, `unknown effect "profil"`, "did you mean profile?"},
	{"unknown effect in a penalty", `{"if": ["profile"]`, `{"if": ["tastes"]`, 8, `unknown effect "tastes"`, "use one of these words"},
	{"penalty that lowers reach", `"add": 1`, `"add": -1`, 8, "add is -1", "a penalty never lowers reach"},
	{"two default tiers", `{"name": "free"}`, `{"name": "free", "default": true}`, 9, "a second tier is the default", "remove default from the others"},
	{"tier without a name", `{"name": "free"}`, `{"note": "x"}`, 9, `tier "" has no name of its own`, "name it"},
	{"address without encryption", `"https://acme.example/authorize"`, `"http://acme.example/authorize"`, 11, `address is "http://acme.example/authorize"`, "leave out what follows the path"},
	{"unknown placeholder", `"https://acme.example/authorize"`, `"https://acme.example/{locle}/authorize"`, 11, `unknown placeholder "{locle}"`, "did you mean {locale}?"},
	{"no scope parameter", `"scope_param": "scope", `, ``, 10, "request has no scope_param", "say how a request is spelled; only a bundle goes without"},
	{"unknown word for PKCE", `"pkce": "supported"`, `"pkce": "suported"`, 13, `pkce is "suported"`, "did you mean supported?"},
	{"duration of two units", `"P6M"`, `"P1Y6M"`, 14, `duration is "P1Y6M"`, "write it so"},
	{"page that ends a grant without encryption", `"https://acme.example/apps"`, `"acme.example/apps"`, 15, `url is "acme.example/apps"`, "give the page where a person ends a grant"},
	{"term without a label", `"songs": {"label": "your songs", "weight": 1}`, `"songs": {"weight": 1}`, 17, `term "songs" has no label`, "add label"},
	{"weight below zero", `"weight": 2`, `"weight": -2`, 18, "weight is -2", "weigh it anew"},
	{"unknown term", `"reads": ["plays"]`, `"reads": ["play"]`, 21, `unknown term "play"`, "did you mean plays?"},
	{"scope given twice", `{"id": "plays"`, `{"id": "songs"`, 21, `scope "songs" is given twice`, "remove one of the two"},
	{"scope that nobody can spell", `{"id": "songs", "kind"`, `{"id": "my songs", "kind"`, 20, `scope "my songs" is no name`, "write it as the provider does"},
	{"scope without a sentence", `"sentence": "see your songs", `, ``, 20, `scope "songs" has no sentence`, "add sentence"},
	{"unknown kind of scope", `"kind": "oauth", "status": "current", "sentence": "see your`, `"kind": "oath", "status": "current", "sentence": "see your`, 20, `unknown kind "oath"`, "did you mean oauth?"},
	{"unknown status of a scope", `"status": "current", "sentence": "see what`, `"status": "curent", "sentence": "see what`, 21, `unknown status "curent"`, "did you mean current?"},
	{"unknown confidence", `"reads": ["songs"], "confidence": "high"`, `"reads": ["songs"], "confidence": "sure"`, 20, `unknown confidence "sure"`, "use one of these words"},
	{"implies an unknown scope", `"implies": ["songs"]`, `"implies": ["songs", "sogns"]`, 22, `implies unknown scope "sogns"`, "did you mean songs?"},
	{"scopes that imply each other", `"reads": ["songs"], "confidence"`, `"reads": ["songs"], "implies": ["plays"], "confidence"`, 20, "implies goes in a circle: songs, plays, songs", "remove one of these"},
	{"unknown source", `"sources": ["page"]`, `"sources": ["pages"]`, 22, `unknown source "pages"`, "add it to sources"},
	{"operation without a path", `"GET /songs",`, `"songs",`, 24, `operation is "songs"`, "write it so"},
	{"operation given twice", `{"op": "GET /plays", "need"`, `{"op": "GET /songs", "need"`, 29, `operation "GET /songs" is given twice`, "remove one of the two"},
	{"need of an unknown scope", "    \"songs\",\n", "    \"song\",\n", 26, `unknown scope "song"`, "did you mean songs?"},
	{"need of an unknown scope, deep inside", `{"all": ["plays", "songs"]}`, `{"all": ["plays", "tunes"]}`, 27, `unknown scope "tunes"`, "use one of these words"},
	{"unknown form of a need", `{"all": ["plays", "songs"]}`, `{"al": ["plays", "songs"]}`, 27, `unknown field "al"`, "did you mean all?"},
	{"need in two forms", `{"all": ["plays", "songs"]}`, `{"all": ["plays"], "any": ["songs"]}`, 27, "a need with none or several of its forms", "write it in one of these forms"},
	{"no need", `"need": {"when": "kind", "cases": [{"is": ["song"], "need": "plays"}]},`, ``, 29, `operation "GET /plays" has no need`, `say what the call takes; "none" if nothing`},
	{"case for no value", `{"is": ["song"], "need": "plays"}`, `{"is": [], "need": "plays"}`, 29, "a case for no value", "add is"},
	{"unknown tier of an operation", `"tiers": ["paid"]}`, `"tiers": ["payed"]}`, 28, `unknown tier "payed"`, "did you mean paid?"},
	{"dispute without grounds", `, "why": "an old page says so"`, ``, 30, "a dispute without why", "add why"},
	{"purpose without a title", `"title": "list your songs", `, ``, 32, `purpose "list-songs" has no title`, "add title"},
	{"name of a purpose taken twice", `"aliases": ["everything"]`, `"aliases": ["list-songs"]`, 34, `purpose "list-songs" is given twice`, "remove one of the two"},
	{"unknown operation", `"core": [{"op": "GET /songs"}]`, `"core": [{"op": "GET /song"}]`, 33, `unknown operation "GET /song"`, "did you mean GET /songs?"},
	{"unknown purpose", `"core": ["list-songs", `, `"core": ["list-sogns", `, 35, `unknown purpose "list-sogns"`, "did you mean list-songs?"},
	{"purposes that hold each other", `"core": [{"op": "GET /songs"}]`, `"core": ["list-all"]`, 33, "purposes go in a circle: list-songs, list-all, list-songs", "remove one of these"},
	{"value that the operation does not list", `"params": {"kind": "song"}`, `"params": {"kind": "sing"}`, 35, `"GET /plays" does not list the value "sing"`, "did you mean song?"},
	{"step in two forms", `{"op": "GET /songs"}`, `{"op": "GET /songs", "sdk": "player"}`, 33, "a step with none or several of its forms", "write it in one of these forms"},
	{"grace of no unit", `"grace": "P1D"`, `"grace": "1 day"`, 36, `duration is "1 day"`, "write it so"},
	{"purpose that no tier can serve", `"status": "current", "sentence": "see what`, `"status": "retired", "sentence": "see what`, 34, "purpose cannot be solved in any tier", "check the tiers of its calls, the values of its parameters and the status of the scopes that they need"},
}

func TestWrongCatalogueIsRefusedWithTheExactLine(t *testing.T) {
	for _, tc := range spoilt {
		t.Run(tc.name, func(t *testing.T) {
			data := strings.Replace(sound, tc.old, tc.new, 1)
			if data == sound {
				t.Fatal("the row changes nothing")
			}
			_, err := Load(fstest.MapFS{"acme.json": {Data: []byte(data)}})
			var m Mistake
			if !errors.As(err, &m) || !errors.Is(err, diapason.ErrUsage) || diapason.ExitCode(err) != diapason.ExitUsage {
				t.Fatalf("error %v, want a mistake of the catalogue", err)
			}
			if m.Line != tc.line || !strings.Contains(err.Error(), fmt.Sprintf("acme.json:%d: ", tc.line)) {
				t.Errorf("line %d, want %d: %v", m.Line, tc.line, err)
			}
			if !strings.Contains(err.Error(), tc.problem) {
				t.Errorf("error %v, want one that says %q", err, tc.problem)
			}
			var hint *diapason.Hint
			if !errors.As(err, &hint) || !strings.HasPrefix(hint.Next, tc.next) {
				t.Errorf("hint %+v, want %q", hint, tc.next)
			}
		})
	}
}

func TestEveryMistakeIsToldInTheOrderOfTheLines(t *testing.T) {
	data := strings.NewReplacer(`"weight": -2`, `"weight": 2`, `"reads": ["plays"]`, `"reads": ["play"]`,
		`"label": "your songs", `, ``, `"GET /songs"}]`, `"GET /song"}]`).Replace(sound)
	other := strings.Replace(sound, "acme.example/apps", "acme.example/apps\x7f", 1)
	mistakes, err := CheckCatalogue(fstest.MapFS{"acme.json": {Data: []byte(data)}, "same.json": {Data: []byte(other)}, "twin.json": {Data: []byte(sound)}, "uno.json": {Data: []byte(sound)}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range mistakes {
		got = append(got, fmt.Sprintf("%s:%d %s", m.File, m.Line, m.At))
	}
	want := []string{
		"acme.json:17 /terms/songs", "acme.json:21 /scopes/1/reads/0", "acme.json:33 /purposes/0/core/0/op",
		"same.json:15 /request/revocation/url", "uno.json:2 /provider",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

func TestCatalogueWithoutAFileIsRefused(t *testing.T) {
	for name, fsys := range map[string]fstest.MapFS{"empty": {}, "no JSON file": {"readme.txt": {}}} {
		if _, err := Load(fsys); !errors.Is(err, diapason.ErrUsage) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	if _, err := Load(fstest.MapFS{"acme.json": {Data: []byte("")}}); !errors.Is(err, diapason.ErrUsage) || !strings.Contains(err.Error(), "acme.json:1: ") {
		t.Errorf("an empty file: error %v", err)
	}
	if _, err := Load(fstest.MapFS{"acme.json": {Data: []byte(sound + "{}")}}); !errors.Is(err, diapason.ErrUsage) || !strings.Contains(err.Error(), "acme.json:38: ") {
		t.Errorf("text behind the object: error %v", err)
	}
}

// The catalogue that is built in names only terms that the vocabulary knows,
// and every source that it lists stands behind some fact.
func TestBuiltInCatalogueSpeaksTheVocabularyAndUsesItsSources(t *testing.T) {
	tree := vocab.Default()
	for _, p := range Default().providers {
		for name, term := range p.Terms {
			if term.Vocab != nil && tree.Kind(diapason.Term(*term.Vocab)) != "pd" {
				t.Errorf("%s: term %s is %s, which the vocabulary does not know as personal data", p.Provider, name, *term.Vocab)
			}
		}
		for _, u := range p.Purposes {
			if u.Vocab != "" && tree.Kind(diapason.Term(u.Vocab)) != "purpose" {
				t.Errorf("%s: purpose %s is %s", p.Provider, u.ID, u.Vocab)
			}
		}
		data, err := os.ReadFile(filepath.Join("catalogue", p.Provider+".json"))
		if err != nil {
			t.Fatal(err)
		}
		for name := range p.Sources {
			if strings.Count(string(data), `"`+name+`"`) < 2 {
				t.Errorf("%s: nothing rests on the source %s", p.Provider, name)
			}
		}
	}
}
