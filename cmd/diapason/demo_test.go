package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"diapason.dev/diapason"
	"diapason.dev/diapason/audit"
	"diapason.dev/diapason/does"
	"diapason.dev/diapason/lab"
	"diapason.dev/diapason/rule"
)

// A demonstration is one finished audit of a service of the lab.
type demonstration struct {
	dir    string
	status int
	result audit.Result
	raw    any // report.json as it stands
}

// demonstrate audits a service of the lab with a real browser.
func demonstrate(t *testing.T, dir string, args ...string) *demonstration {
	t.Helper()
	d := &demonstration{dir: dir}
	d.status = run(context.Background(), append([]string{"demo", "--out", dir}, args...))
	b, err := os.ReadFile(filepath.Join(dir, "report.json"))
	if err != nil {
		t.Fatalf("the demonstration wrote no report: %v", err)
	}
	for _, into := range []any{&d.result, &d.raw} {
		if err := json.Unmarshal(b, into); err != nil {
			t.Fatalf("report.json: %v", err)
		}
	}
	return d
}

// Three audits serve all tests: two of Nocturne, one of its twin.
var demos struct {
	once                 sync.Once
	first, second, clean *demonstration
}

func demonstrations(t *testing.T) (first, second, clean *demonstration) {
	t.Helper()
	demos.once.Do(func() {
		dir, err := os.MkdirTemp("", "diapason-test-")
		if err != nil {
			t.Fatal(err)
		}
		t.Setenv("XDG_CONFIG_HOME", filepath.Join(dir, "config"))
		demos.first = demonstrate(t, filepath.Join(dir, "first"))
		demos.second = demonstrate(t, filepath.Join(dir, "second"))
		demos.clean = demonstrate(t, filepath.Join(dir, "clean"), "--clean", "--fail-on", "low")
	})
	if demos.clean == nil {
		t.Fatal("the demonstrations did not run to their end")
	}
	return demos.first, demos.second, demos.clean
}

func findings(d *demonstration, rule string) []diapason.Finding {
	return slices.DeleteFunc(slices.Clone(d.result.Findings), func(f diapason.Finding) bool { return f.Rule != rule })
}

// finding is the one that a test is about: of a rule, with words in its sentence.
func finding(t *testing.T, d *demonstration, rule string, words ...string) diapason.Finding {
	t.Helper()
	for _, f := range findings(d, rule) {
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(f.Sentence, w) }) {
			return f
		}
	}
	t.Fatalf("no finding of %s with %q; those of the rule: %+v", rule, words, findings(d, rule))
	return diapason.Finding{}
}

func quote(f diapason.Finding, ch diapason.Channel) diapason.Quote {
	for _, q := range f.Quotes {
		if q.Channel == ch {
			return q
		}
	}
	return diapason.Quote{Absent: true}
}

func TestTheCookieThatCameBackIsSeenProvedAndUndone(t *testing.T) {
	d, _, _ := demonstrations(t)
	var want lab.Identifier
	for _, i := range lab.Nocturne().Truth.Identifiers {
		if len(i.Restored) > 0 {
			want = i
		}
	}
	f := finding(t, d, "EV-01", want.Name, "Cache", "Local Storage", "either alone")
	if f.Proposed || f.Certainty != diapason.Certain {
		t.Errorf("proved by experiment, and yet proposed=%v, %s", f.Proposed, f.Certainty)
	}
	step := f.Remedy.Person[0]
	if !step.Proved || step.Proof == "" || !strings.Contains(step.Text, "Cached images and files") || !strings.Contains(step.Text, "Cookies and other site data") {
		t.Errorf("the recipe is not proved: %+v", step)
	}
	for _, r := range d.result.Facts.Does.Respawns {
		if r.Key == want.Name && r.Kind == "storage" {
			if !slices.EqualFunc(r.Stores, want.Restored, slices.Equal) {
				t.Errorf("restoring stores %v, truth %v", r.Stores, want.Restored)
			}
			last := r.Tests[len(r.Tests)-1]
			if !r.RecipeProved || len(r.Tests) < 14 {
				t.Errorf("recipe proved: %v, by %d visits, the last %+v", r.RecipeProved, len(r.Tests), last)
			}
		}
	}
}

func TestTheSharedIdentifierIsSeenOnBothSites(t *testing.T) {
	d, _, _ := demonstrations(t)
	want := lab.Nocturne().Truth.Links[0]
	f := finding(t, d, "EV-08", "Pulse Analytics")
	for _, site := range want.Sites {
		if !strings.Contains(f.Sentence, site) {
			t.Errorf("the finding does not name %s: %s", site, f.Sentence)
		}
	}
}

func TestThePreSaveLinkIsSeenAndNarrowed(t *testing.T) {
	d, _, _ := demonstrations(t)
	want := lab.Nocturne().Truth.Permissions
	r := d.result.Facts.Asks.Requests[0]
	if !slices.Equal(r.Verdict.Minimal, want.Needed) || r.Verdict.Requested != len(want.Asked) || len(want.Asked) != 7 || len(want.Needed) != 1 {
		t.Errorf("%d asked, %v needed; truth: %v asked, %v needed", r.Verdict.Requested, r.Verdict.Minimal, want.Asked, want.Needed)
	}
	f := finding(t, d, "AK-02", "7", "1")
	narrowed := ""
	for _, s := range f.Remedy.Person {
		if strings.Contains(s.Copy, "authorize") {
			narrowed = s.Copy
		}
	}
	if !strings.Contains(narrowed, "scope="+want.Needed[0]) || strings.Contains(narrowed, want.Asked[len(want.Asked)-1]+"%20") {
		t.Errorf("the narrowed link is %q", narrowed)
	}
}

func TestTheBrokenPromiseShowsTheSentenceAndTheRequest(t *testing.T) {
	d, _, _ := demonstrations(t)
	denial := lab.Nocturne().Truth.Policy.Denied[0].Quote
	f := finding(t, d, "SD-02", strings.TrimSuffix(denial, "."), "Adsum")
	if f.Proposed {
		t.Error("a made-up address that arrived is certain, and nobody needs to confirm it")
	}
	if q := quote(f, diapason.Says); !strings.Contains(q.Text, denial) {
		t.Errorf("the policy is quoted as %q", q.Text)
	}
	if q := quote(f, diapason.Does); q.Absent || !strings.Contains(q.Text+q.Source+q.Ref.URL, "adsum.example") {
		t.Errorf("the request is quoted as %+v", q)
	}
}

func TestTheUntoldSegmentsShowTheirPathInTheExport(t *testing.T) {
	d, _, _ := demonstrations(t)
	path := lab.Nocturne().Truth.Segments[0].Path
	_, inner, _ := strings.Cut(path, " ")
	for _, f := range findings(d, "HD-02") {
		if q := quote(f, diapason.Holds); strings.Contains(q.Text+q.Source+q.Ref.At, inner) {
			return
		}
	}
	t.Errorf("no finding shows %q: %+v", path, findings(d, "HD-02"))
}

func TestTheNightTrafficIsSeen(t *testing.T) {
	d, _, _ := demonstrations(t)
	finding(t, d, "SD-13", "03")
	for _, want := range lab.Nocturne().Truth.Nights {
		found := false
		for _, n := range d.result.Facts.Does.Nights {
			if slices.Contains(n.Hosts, want.Receiver) {
				found = n.Hours[want.Hour] == want.Requests && n.Known && n.Zone == want.Zone
			}
		}
		if !found {
			t.Errorf("%s at %d h: %d requests in truth; facts: %+v", want.Receiver, want.Hour, want.Requests, d.result.Facts.Does.Nights)
		}
	}
}

func TestWhatAPermissionOpenedIsSeenToLeave(t *testing.T) {
	d, _, clean := demonstrations(t)
	for _, want := range lab.Nocturne().Truth.Returns {
		finding(t, d, "AK-08", "nocturne.example", "Pulse Analytics")
		seen := 0
		for _, r := range d.result.Facts.Does.Returns {
			if r.Parameter == want.Parameter && reached(r, r.Scripts, want.Scripts) && reached(r, r.Receivers, want.Receivers) {
				seen++
			}
		}
		if seen != 3 {
			t.Errorf("%+v was seen in %d of 3 visits: %+v", want, seen, d.result.Facts.Does.Returns)
		}
	}
	for _, r := range clean.result.Facts.Does.Returns {
		if len(r.Scripts)+len(r.Receivers) > 0 {
			t.Errorf("the clean twin: %+v", r)
		}
	}
	for _, want := range lab.Nocturne().Truth.Leaks {
		if want.Scope != "" {
			finding(t, d, "AK-04", "Adsum", want.Scope)
		}
	}
	if len(clean.result.Facts.Does.Returns) != 3 {
		t.Errorf("the clean twin's return was visited %d times", len(clean.result.Facts.Does.Returns))
	}
}

// reached tells whether there are as many parties as hosts, and the evidence
// points at a request to each host.
func reached(r does.Return, parties []diapason.Party, hosts []string) bool {
	return len(parties) == len(hosts) && !slices.ContainsFunc(hosts, func(h string) bool {
		return !slices.ContainsFunc(r.Evidence, func(e diapason.Ref) bool { return strings.HasPrefix(e.URL, "https://"+h+"/") })
	})
}

func TestTheCleanTwinGivesNoFindingAndNoGap(t *testing.T) {
	_, _, d := demonstrations(t)
	for _, f := range d.result.Findings {
		t.Errorf("finding %s: %s", f.Rule, f.Sentence)
	}
	for _, g := range d.result.Gaps {
		t.Errorf("gap: %s: %s", g.What, g.Why)
	}
	for _, v := range d.result.Verdicts {
		if v.Outcome != diapason.Pass && v.Outcome != diapason.NotApplicable {
			t.Errorf("rule %s is %s: %s", v.Rule, v.Outcome, v.Why)
		}
	}
	for _, row := range d.result.Table.Rows {
		if !row.Agrees {
			t.Errorf("out of tune: %s: %s", row.Label, row.Why)
		}
	}
	if d.status != diapason.ExitClean {
		t.Errorf("exit status %d", d.status)
	}
	for ch, examined := range d.result.Run.Channels {
		if !examined {
			t.Errorf("silence proves nothing: %s was not examined", ch)
		}
	}
}

func TestJudgingAgainGivesTheSameFindingsWithoutABrowser(t *testing.T) {
	d, _, clean := demonstrations(t)
	t.Setenv("PATH", "")
	for _, one := range []*demonstration{d, clean} {
		r, same, err := audit.Judge(t.Context(), one.dir, rule.Default())
		if err != nil || !same {
			t.Errorf("%s: same findings: %v, %v", r.Service.Name, same, err)
		}
	}
}

func TestOneByteChangedInAnyFileIsSeen(t *testing.T) {
	d, _, _ := demonstrations(t)
	if checks, err := audit.Verify(t.Context(), d.dir); err != nil {
		t.Fatalf("untouched, and yet %v: %+v", err, checks)
	}
	files := 0
	err := filepath.WalkDir(d.dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		files++
		whole, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, at := range []int{0, len(whole) / 2, len(whole) - 1} {
			if at < 0 {
				continue
			}
			b := slices.Clone(whole)
			b[at] ^= 1
			if err := os.WriteFile(path, b, 0o600); err != nil {
				return err
			}
			if _, err := audit.Verify(t.Context(), d.dir); !errors.Is(err, diapason.ErrAltered) {
				t.Errorf("byte %d of %s was changed, and verify says: %v", at, path, err)
			}
		}
		return os.WriteFile(path, whole, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 50 {
		t.Errorf("only %d files were tried", files)
	}
	if _, err := audit.Verify(t.Context(), d.dir); err != nil {
		t.Errorf("put back, and yet %v", err)
	}
}
