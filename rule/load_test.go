package rule

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"diapason.dev/diapason"
)

// good is a rule that loads; tests break it in one place at a time.
const good = `id: XX-01
version: 1.0.0
title: A test
severity: high
mode: auto
certainty: likely
needs: {channels: [does], phases: [P0]}
runs: {want: 3, fail: 2}
find:
  access:
    where: accesses.filter(a, a.nx == "yes")
    words:
      name: it.name
key: [recipient]
basis:
  - {where: EU, cite: "A directive"}
say:
  fail: "{recipient} used {name} {n|time|times}."
  means: "It means something."
remedy: {person: consent, operator: consent}
`

const goodNumbers = `name: test
version: 0.1.0
thresholds:
  id_score: {num: 32, why: test}
  year: {span: 12 months, why: test}
`

func packOf(rules map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{thresholdsName: {Data: []byte(goodNumbers)}}
	for name, text := range rules {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

func TestAGoodPackLoads(t *testing.T) {
	p, err := Load(packOf(map[string]string{"XX-01.yaml": good}))
	if err != nil {
		t.Fatal(err)
	}
	if v := p.Version(); !strings.HasPrefix(v, "test 0.1.0 sha256:") || len(p.Digest()) != 64 {
		t.Errorf("version %q", v)
	}
}

func TestAMistakeIsShownWithItsPlaceAndACaret(t *testing.T) {
	for _, c := range []struct {
		name, old, new string
		want           string
	}{
		{
			"wrong YAML", "mode: auto", "mode: [auto",
			"XX-01.yaml:5:1: did not find expected ',' or ']'",
		},
		{
			"unknown key", "severity: high", "severty: high",
			"XX-01.yaml:4:1: unknown key \"severty\": did you mean severity?\n  severty: high\n  ^",
		},
		{
			"unknown key inside", "{want: 3, fail: 2}", "{want: 3, fale: 2}",
			"XX-01.yaml:8:17: unknown key \"fale\": did you mean fail?\n  runs: {want: 3, fale: 2}\n                  ^",
		},
		{
			"unknown field", `a.nx == "yes"`, `a.nix == "yes"`,
			"XX-01.yaml:11:32: undefined field 'nix'\n      where: accesses.filter(a, a.nix == \"yes\")\n                                 ^",
		},
		{
			"unknown variable", "accesses.filter", "acesses.filter",
			"XX-01.yaml:11:12: undeclared reference to 'acesses' (did you mean 'accesses'?)\n",
		},
		{
			"wrong type", `a.nx == "yes"`, `a.nx == 3`,
			"XX-01.yaml:11:36: found no matching overload for '_==_' applied to '(string, int)'",
		},
		{
			"syntax", `a.nx == "yes")`, `a.nx == )`,
			"XX-01.yaml:11:39: Syntax error",
		},
		{
			"unknown threshold", `a.nx == "yes"`, `a.lifetime > num("id_scor")`,
			"XX-01.yaml:11:48: unknown threshold \"id_scor\": did you mean id_score?",
		},
		{
			"a span is not a num", `a.nx == "yes"`, `a.lifetime > num("year")`,
			"unknown threshold \"year\"",
		},
		{
			"a list is wanted", `accesses.filter(a, a.nx == "yes")`, `accesses.exists(a, a.nx == "yes")`,
			"XX-01.yaml:11:12: find wants a list of facts, this is bool",
		},
		{
			"unknown placeholder", "used {name}", "used {nome}",
			"XX-01.yaml:18:28: unknown placeholder {nome}: did you mean name?\n    fail: \"{recipient} used {nome} {n|time|times}.\"\n                             ^",
		},
		{
			"broken placeholder", "used {name}", "used {name",
			"XX-01.yaml:18:9: ",
		},
		{
			"one form only", "{n|time|times}", "{n|time}",
			"{n|time} wants two forms",
		},
		{
			"unknown remedy", "person: consent", "person: consnt",
			"XX-01.yaml:20:18: unknown remedy \"consnt\": did you mean consent?",
		},
		{
			"a remedy's word is missing", "operator: consent", "operator: respawn",
			"",
		},
		{
			"unknown channel", "channels: [does]", "channels: [dos]",
			"unknown channel \"dos\"",
		},
		{
			"unknown phase", "phases: [P0]", "phases: [P9]",
			"unknown phase \"P9\"",
		},
		{
			"unknown key field", "key: [recipient]", "key: [receiver]",
			"XX-01.yaml:14:7: unknown key field \"receiver\"",
		},
		{
			"unknown place", "where: EU", "where: MARS",
			"wants a known place",
		},
		{
			"unknown severity", "severity: high", "severity: awful",
			"XX-01.yaml:4:11: severity is \"awful\"",
		},
		{
			"no meaning", `means: "It means something."`, `unknown: "x"`,
			"say.means is missing",
		},
		{
			"another name than the file", "id: XX-01", "id: XX-02",
			"differs from the file's name",
		},
		{
			"a condition that is none", "mode: auto", "mode: auto\nunknown: accesses.size()",
			"XX-01.yaml:6:10: this wants true or false, not int",
		},
		{
			"a rule that is not there", "mode: auto", "mode: auto\nconfirm: failed(\"XX-09\")",
			"failed(\"XX-09\"): no such rule: did you mean XX-01?",
		},
		{
			"a rule that asks for itself", "mode: auto", "mode: auto\nconfirm: failed(\"XX-01\")",
			"failed(\"XX-01\") leads back to itself",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(good, c.old) {
				t.Fatalf("nothing to replace: %q", c.old)
			}
			_, err := Load(packOf(map[string]string{"XX-01.yaml": strings.Replace(good, c.old, c.new, 1)}))
			if c.want == "" {
				if err != nil {
					t.Fatalf("refused: %v", err)
				}
				return
			}
			if err == nil {
				t.Fatal("loaded")
			}
			if !errors.Is(err, diapason.ErrUsage) {
				t.Errorf("%v is not wrong usage", err)
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("got\n%s\nwant\n%s", err, c.want)
			}
		})
	}
}

func TestAllMistakesAreToldAtOnce(t *testing.T) {
	bad := strings.NewReplacer("severity: high", "severty: high", "a.nx ==", "a.nix ==", "used {name}", "used {nome}").Replace(good)
	_, err := Load(packOf(map[string]string{"XX-01.yaml": bad}))
	for _, want := range []string{"severty", "nix", "nome"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("nothing is said of %s: %v", want, err)
		}
	}
	var place *SourceError
	if !errors.As(err, &place) || place.File != "XX-01.yaml" {
		t.Errorf("no place in %v", err)
	}
}

func TestTheCaretStandsInABlockOfSeveralLines(t *testing.T) {
	text := strings.Replace(good, `where: accesses.filter(a, a.nx == "yes")`, "where: |\n      accesses.filter(a,\n        a.nix == \"yes\")", 1)
	_, err := Load(packOf(map[string]string{"XX-01.yaml": text}))
	want := "XX-01.yaml:13:10: undefined field 'nix'\n          a.nix == \"yes\")\n           ^"
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

func TestThresholdsAreChecked(t *testing.T) {
	for text, want := range map[string]string{
		"thresholds: {a: {num: 1, span: 2 days, why: x}}": "threshold a wants either num: or span:",
		"thresholds: {a: {why: x}}":                       "threshold a wants either num: or span:",
		"thresholds: {a: {span: 2 fortnights, why: x}}":   "unknown unit",
		"thresholds: {a: {span: soon, why: x}}":           "is not a span",
		"thresholds: {a: {number: 2}}":                    "unknown key \"number\"",
		"thresholds: [":                                   "thresholds.yaml:1",
	} {
		fsys := packOf(map[string]string{"XX-01.yaml": good})
		fsys[thresholdsName].Data = []byte(text)
		if _, err := Load(fsys); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
	if _, err := Load(fstest.MapFS{}); !errors.Is(err, diapason.ErrUsage) {
		t.Errorf("an empty folder gave %v", err)
	}
	if _, err := Load(packOf(nil)); err == nil || !strings.Contains(err.Error(), "no rules") {
		t.Errorf("a folder without rules gave %v", err)
	}
}

func TestTheDigestChangesWithAnyFile(t *testing.T) {
	seen := map[string]bool{}
	for _, rules := range []map[string]string{
		{"XX-01.yaml": good},
		{"XX-01.yaml": strings.Replace(good, "A test", "The test", 1)},
		{"XX-01.yaml": good, "words.yaml": "a: b\n"},
	} {
		p, err := Load(packOf(rules))
		if err != nil {
			t.Fatal(err)
		}
		if seen[p.Digest()] {
			t.Errorf("digest %s twice", p.Digest())
		}
		seen[p.Digest()] = true
	}
}
