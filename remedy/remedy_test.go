package remedy

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"diapason.dev/diapason"
	"diapason.dev/diapason/does"
)

func TestTextsAreFilled(t *testing.T) {
	words := map[string]string{"n": "1", "m": "7", "who": "tally"}
	for text, want := range map[string]string{
		"{who} asks for {m} {m|thing|things}": "Tally asks for 7 things",
		"{n} {n|thing|things}":                "1 thing",
		"nothing{none}":                       "Nothing",
		"https://x.example/ is {who}":         "https://x.example/ is tally",
		"x.example asks":                      "x.example asks",
		"émile":                               "Émile",
		"":                                    "",
	} {
		parsed, err := ParseText(text)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if got := parsed.Sentence(words); got != want {
			t.Errorf("%q gave %q, want %q", text, got, want)
		}
	}
}

func TestBrokenTextsAreRefused(t *testing.T) {
	for _, text := range []string{"{", "}", "{a", "a}", "{}", "{A}", "{a b}", "{a|x}", "{a|x|y|z}", "{{a}"} {
		if _, err := ParseText(text); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}

func TestWordsAreJoined(t *testing.T) {
	for want, words := range map[string][]string{"": nil, "a": {"a"}, "a and b": {"a", "b"}, "a, b and c": {"a", "b", "c"}} {
		if got := And(words); got != want {
			t.Errorf("%v: %q", words, got)
		}
	}
	if got := Or([]string{"a", "b", "c"}); got != "a, b or c" {
		t.Errorf("got %q", got)
	}
}

func TestBoxesFollowTheBrowsersPage(t *testing.T) {
	both := []string{siteDataBox, cacheBox}
	for _, c := range []struct {
		stores, want []string
		ok           bool
	}{
		{[]string{"Cache", "Cookies", "Local Storage"}, both, true},
		{[]string{"Favicons", "IndexedDB"}, both, true},
		{[]string{"Cookies", "WebStorage", "Service Worker", "File System"}, []string{siteDataBox}, true},
		{[]string{"TransportSecurity"}, []string{cacheBox}, true},
		{[]string{"Reporting and NEL", "Preferences"}, []string{siteDataBox}, true},
		{[]string{"Cookies", "Attic"}, nil, false},
	} {
		got, ok := Boxes(c.stores)
		if ok != c.ok || !slices.Equal(got, c.want) {
			t.Errorf("%v: %v %v", c.stores, got, ok)
		}
	}
}

func TestADeletionWantsAProof(t *testing.T) {
	r := does.Respawn{
		Target: "Cookies", Recipe: []string{"Cache", "Local Storage"}, RecipeProved: true,
		Tests: []does.Test{
			{Visit: "T1", Kept: []string{"Cache", "IndexedDB"}, Returned: true},
			{Visit: "T2"},
			{Visit: "T9", Kept: []string{"IndexedDB"}},
			{Visit: "T10", Kept: []string{"Cache"}},
		},
	}
	boxes, proof := Deletion(r)
	if boxes != "“Cookies and other site data” and “Cached images and files”" || proof != "T9" {
		t.Errorf("%q, %q", boxes, proof)
	}
	for name, change := range map[string]func(*does.Respawn){
		"not proved":    func(r *does.Respawn) { r.RecipeProved = false },
		"unknown store": func(r *does.Respawn) { r.Recipe = []string{"Attic"} },
		"no such visit": func(r *does.Respawn) { r.Tests = r.Tests[:1] },
	} {
		changed := r
		change(&changed)
		if boxes, proof := Deletion(changed); boxes != "" || proof != "" {
			t.Errorf("%s: %q, %q", name, boxes, proof)
		}
	}
}

func TestAStepIsPrintedOnlyWithItsProof(t *testing.T) {
	b := Default()
	words := map[string]string{"boxes": "“A”", "proof": "respawn/T9", "name": "nid"}
	steps := b.For("respawn", "respawn", words).Person
	if !steps[0].Proved || steps[0].Proof != "respawn/T9" || !strings.Contains(steps[0].Text, "“A”") {
		t.Errorf("with a proof: %+v", steps[0])
	}
	for _, missing := range []string{"boxes", "proof"} {
		fewer := map[string]string{"boxes": "“A”", "proof": "respawn/T9"}
		delete(fewer, missing)
		for _, s := range b.For("respawn", "respawn", fewer).Person {
			if s.Proved || strings.Contains(s.Text, "tick") {
				t.Errorf("without %s: %+v", missing, s)
			}
		}
	}
}

func TestANarrowedLinkIsCopiedAsItIs(t *testing.T) {
	link := "https://accounts.example/authorize?scope=one&state=x"
	r := Default().For("permissions", "permissions", map[string]string{"narrowed": link, "ids": "two and three"})
	if r.Person[0].Copy != link || r.Operator[1].Copy != link {
		t.Errorf("%+v", r)
	}
	r = Default().For("permissions", "permissions", map[string]string{"ids": "two"})
	if len(r.Person) != 1 || len(r.Operator) != 2 || r.Person[0].Copy != "" {
		t.Errorf("without a link: %+v", r)
	}
}

var unfilled = regexp.MustCompile(`\{[a-z]|[a-z]\}`)

func TestEveryRecipeLoadsAndReads(t *testing.T) {
	b := Default()
	if len(b.IDs()) < 25 {
		t.Errorf("only %d recipes", len(b.IDs()))
	}
	for _, id := range b.IDs() {
		words := map[string]string{}
		for _, operator := range []bool{false, true} {
			for _, w := range b.Wants(id, operator) {
				words[w] = "word"
			}
		}
		r := b.For(id, id, words)
		if b.Person(id) != (len(r.Person) > 0) || b.Operator(id) != (len(r.Operator) > 0) {
			t.Errorf("%s: %+v", id, r)
		}
		for _, s := range slices.Concat(r.Person, r.Operator) {
			if !strings.HasSuffix(s.Text, ".") || unfilled.MatchString(s.Text+s.Copy) || strings.Contains(s.Text, "illegal") {
				t.Errorf("%s reads %q", id, s.Text)
			}
		}
	}
	if r := b.For("nothing", "nothing", nil); len(r.Person)+len(r.Operator) != 0 || r.Person == nil {
		t.Errorf("an unknown recipe gave %+v", r)
	}
}

func TestBrokenRecipesAreRefused(t *testing.T) {
	good := "id: a\nproved: never\nperson: [{text: Do it.}]\n"
	if _, err := Load(fstest.MapFS{"a.yaml": {Data: []byte(good)}}); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"unknown key":     strings.Replace(good, "text", "txt", 1),
		"another name":    strings.Replace(good, "id: a", "id: b", 1),
		"no steps":        "id: a\nproved: never\n",
		"no text":         strings.Replace(good, "Do it.", `""`, 1),
		"broken text":     strings.Replace(good, "Do it.", `"Do {it."`, 1),
		"broken copy":     strings.Replace(good, "Do it.", `x, copy: "{"`, 1),
		"broken proof":    strings.Replace(good, "Do it.", `x, proof: "{"`, 1),
		"proof untold":    strings.Replace(good, "Do it.", `x, proof: "{proof}"`, 1),
		"proof only told": strings.Replace(good, "never", "run", 1),
		"not YAML":        "id: [",
	} {
		if _, err := Load(fstest.MapFS{"a.yaml": {Data: []byte(text)}}); !errors.Is(err, diapason.ErrUsage) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
