package rule

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason"
	"go.yaml.in/yaml/v3"
)

// A sample is an input with what a rule must make of it.
type sample struct {
	Expect struct {
		Outcome   diapason.Outcome   `yaml:"outcome"`
		Findings  int                `yaml:"findings"`
		Proposed  bool               `yaml:"proposed"`
		Why       string             `yaml:"why"`
		Sentence  string             `yaml:"sentence"`
		SeenIn    string             `yaml:"seen_in"`
		Certainty diapason.Certainty `yaml:"certainty"`
		Severity  diapason.Severity  `yaml:"severity"`
		Count     int                `yaml:"count"`
		Person    string             `yaml:"person"`
		Proof     string             `yaml:"proof"`
		Copy      string             `yaml:"copy"`
		Says      string             `yaml:"says"`
	} `yaml:"expect"`
	Input map[string]any `yaml:"input"`
}

// readSample reads a sample laid over the base that all share.
func readSample(t *testing.T, file string) (sample, Input) {
	t.Helper()
	var base map[string]any
	decode(t, "pack/samples/base.yaml", &base)
	var s sample
	decode(t, file, &s)
	raw, err := json.Marshal(lay(base, s.Input))
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	var in Input
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&in); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return s, in
}

func decode(t *testing.T, file string, to any) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	dec := yaml.NewDecoder(bytes.NewReader(raw))
	dec.KnownFields(true)
	if err := dec.Decode(to); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

func lay(base, over map[string]any) map[string]any {
	for k, v := range over {
		b, isMap := base[k].(map[string]any)
		if o, ok := v.(map[string]any); ok && isMap {
			v = lay(b, o)
		}
		base[k] = v
	}
	return base
}

func sampleFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("pack/samples/*/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no samples: %v", err)
	}
	return files
}

func TestEverySampleComesOutAsItSays(t *testing.T) {
	for _, file := range sampleFiles(t) {
		id := filepath.Base(filepath.Dir(file))
		t.Run(id+"/"+strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			s, in := readSample(t, file)
			if !strings.HasPrefix(filepath.Base(file), string(s.Expect.Outcome)) {
				t.Errorf("the file's name does not begin with its outcome %q", s.Expect.Outcome)
			}
			verdicts, findings, err := Default().Judge(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(verdicts, func(v diapason.Verdict) bool { return v.Rule == id })
			if i < 0 {
				t.Fatalf("no verdict of %s", id)
			}
			findings = slices.DeleteFunc(findings, func(f diapason.Finding) bool { return f.Rule != id })
			checkVerdict(t, s, verdicts[i])
			checkFindings(t, s, findings)
		})
	}
}

func checkVerdict(t *testing.T, s sample, v diapason.Verdict) {
	t.Helper()
	e := s.Expect
	if v.Outcome != e.Outcome || v.Findings != e.Findings || v.Proposed != e.Proposed {
		t.Errorf("got %s, %d findings, proposed %v; want %s, %d, %v (why: %s)", v.Outcome, v.Findings, v.Proposed, e.Outcome, e.Findings, e.Proposed, v.Why)
	}
	if v.Why != e.Why {
		t.Errorf("why:\n got %q\nwant %q", v.Why, e.Why)
	}
}

func checkFindings(t *testing.T, s sample, findings []diapason.Finding) {
	t.Helper()
	e := s.Expect
	if len(findings) != e.Findings {
		t.Fatalf("%d findings, want %d", len(findings), e.Findings)
	}
	if e.Findings == 0 {
		return
	}
	for _, f := range findings {
		checkWhole(t, f)
	}
	e.Sentence = labelled(e.Sentence)
	at := slices.IndexFunc(findings, func(f diapason.Finding) bool { return e.Sentence == "" || f.Sentence == e.Sentence })
	if at < 0 {
		for _, f := range findings {
			t.Errorf("sentence %q", f.Sentence)
		}
		t.Fatalf("none is the one wanted: %q", e.Sentence)
	}
	f := findings[at]
	same := func(what, got, want string) {
		if want != "" && got != want {
			t.Errorf("%s:\n got %q\nwant %q", what, got, want)
		}
	}
	same("seen in", f.SeenIn, e.SeenIn)
	same("certainty", string(f.Certainty), string(e.Certainty))
	same("severity", string(f.Severity), string(e.Severity))
	same("first step", f.Remedy.Person[0].Text, e.Person)
	same("proof", f.Remedy.Person[0].Proof, e.Proof)
	same("copy", f.Remedy.Person[0].Copy, e.Copy)
	same("says", f.Quotes[0].Text, e.Says)
	if e.Count != 0 && f.Count != e.Count {
		t.Errorf("count %d, want %d", f.Count, e.Count)
	}
}

var labelPlace = regexp.MustCompile(`\{(label|category) ([^}]+)\}`)

// labelled puts the vocabulary's own words into a sample's sentence, so that a
// better label does not break a rule's sample.
func labelled(sentence string) string {
	return labelPlace.ReplaceAllStringFunc(sentence, func(place string) string {
		m := labelPlace.FindStringSubmatch(place)
		if m[1] == "category" {
			return categoryLabel(diapason.Term(m[2]))
		}
		return label(diapason.Term(m[2]))
	})
}

// checkWhole checks what every finding must have.
func checkWhole(t *testing.T, f diapason.Finding) {
	t.Helper()
	if f.Sentence == "" || f.Means == "" || len(f.Basis) == 0 || len(f.Remedy.Person) == 0 || len(f.Remedy.Operator) == 0 {
		t.Errorf("finding of %s lacks a sentence, a meaning, a basis or a remedy: %+v", f.Rule, f)
	}
	if len(f.Quotes) != len(diapason.Channels) {
		t.Fatalf("%d quotes, want one for each voice", len(f.Quotes))
	}
	for i, q := range f.Quotes {
		if q.Channel != diapason.Channels[i] || q.Text == "" {
			t.Errorf("quote %d is of %q with the text %q", i, q.Channel, q.Text)
		}
	}
	for _, text := range []string{f.Sentence, f.Means} {
		if strings.Contains(text, "  ") || strings.Contains(text, "illegal") || strings.ContainsAny(text, "{}") {
			t.Errorf("sentence reads badly: %q", text)
		}
	}
	if f.Proposed != (f.Mode == diapason.Manual) {
		t.Errorf("proposed %v with mode %s", f.Proposed, f.Mode)
	}
}

// neverFails are rules that at worst cannot tell; they show that instead.
var neverFails = []string{"AK-03"}

func TestEveryRuleHasPassingAndFailingSamples(t *testing.T) {
	for _, id := range Default().Rules() {
		worst := "fail"
		if slices.Contains(neverFails, id) {
			worst = "inconclusive"
		}
		for _, kind := range []string{"pass", worst} {
			if _, err := os.Stat(filepath.Join("pack/samples", id, kind+".yaml")); err != nil {
				t.Errorf("rule %s: %v", id, err)
			}
		}
	}
}

func TestACleanServicePassesEveryRuleOrIsNoCaseForIt(t *testing.T) {
	var base map[string]any
	decode(t, "pack/samples/base.yaml", &base)
	raw, err := json.Marshal(base)
	if err != nil {
		t.Fatal(err)
	}
	var in Input
	if err := json.Unmarshal(raw, &in); err != nil {
		t.Fatal(err)
	}
	verdicts, findings, err := Default().Judge(t.Context(), in)
	if err != nil || len(findings) != 0 {
		t.Fatalf("%d findings, error %v", len(findings), err)
	}
	for _, v := range verdicts {
		if v.Outcome != diapason.Pass && v.Outcome != diapason.NotApplicable {
			t.Errorf("%s: %s, %s", v.Rule, v.Outcome, v.Why)
		}
	}
}

func TestNothingExaminedPassesNothing(t *testing.T) {
	verdicts, _, err := Default().Judge(t.Context(), Input{Service: diapason.Service{ID: "x", Name: "X", Jurisdictions: []string{"EU"}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range verdicts {
		if v.Outcome == diapason.Pass || v.Outcome == diapason.Fail || v.Why == "" {
			t.Errorf("%s: %s %q without any evidence", v.Rule, v.Outcome, v.Why)
		}
	}
}
