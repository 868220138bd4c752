package audit

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/lab"
	"diapason.dev/diapason/rule"
)

// published is the material of an audit of a site of the lab, with what it
// publishes about Global Privacy Control, and made-up visits.
func published(t *testing.T, l *lab.Lab, site, config string, only []diapason.Channel, captures []*diapason.Capture) *Result {
	t.Helper()
	cfg, err := ParseConfig([]byte(strings.ReplaceAll(config, "SITE", site)), "diapason.yaml")
	if err != nil {
		t.Fatal(err)
	}
	began := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	f, err := createFolder(t.Context(), t.TempDir(), t.TempDir(), began)
	if err != nil {
		t.Fatal(err)
	}
	a := &run{Config: cfg, Options: Options{Dial: l.Dial(), Roots: l.Roots(), Only: only}, Folder: f, keep: t.Context()}
	if err := a.begin(began); err != nil {
		t.Fatal(err)
	}
	defer a.gate.Close()
	if err := a.signal(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := f.Finish(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	a.material.Captures = captures
	r, err := a.material.Conclude(t.Context(), rule.Default())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const withSignal = `service: {id: consent, name: Consent, domains: [consent.example, tremolo.example], jurisdictions: [EU, CA]}
parties: [{domain: adsum.example, name: Adsum, role: advertiser}]
does: {start: [https://SITE.consent.example/, https://SITE.consent.example/more], gpc: true}
`

func TestAPublishedPromiseIsHeldAgainstWhatHappensWithTheSignal(t *testing.T) {
	l, err := lab.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	obeys, ignores := tune{[]diapason.Phase{diapason.P0}, false, none}, tune{[]diapason.Phase{diapason.P0, diapason.P40}, false, none}
	for name, c := range map[string]struct {
		site   string
		config string
		tune   tune
		want   diapason.Outcome
		why    string
	}{
		"broken":                 {"gpc-ignored", withSignal, ignores, diapason.Fail, ""},
		"kept":                   {"gpc-obeyed", withSignal, obeys, diapason.Pass, ""},
		"of a word":              {"ignored", withSignal, obeys, diapason.Inconclusive, "means nothing"},
		"not given":              {"late", withSignal, ignores, diapason.NotApplicable, "publishes no promise"},
		"refused":                {"wall", withSignal, ignores, diapason.NotApplicable, "publishes no promise"},
		"of a site that is away": {"gone", withSignal, obeys, diapason.Inconclusive, "was not read"},
		"not asked for":          {"gpc-ignored", strings.Replace(withSignal, ", gpc: true", "", 1), ignores, diapason.NotApplicable, "Not asked for"},
	} {
		t.Run(name, func(t *testing.T) {
			r := published(t, l, c.site, c.config, []diapason.Channel{diapason.Does}, c.tune.visits())
			i := slices.IndexFunc(r.Verdicts, func(v diapason.Verdict) bool { return v.Rule == "US-06" })
			if v := r.Verdicts[i]; v.Outcome != c.want || !strings.Contains(v.Why, c.why) {
				t.Errorf("%s: %q, want %s with %q", v.Outcome, v.Why, c.want, c.why)
			}
			if r.Run.Channels[diapason.Says] {
				t.Error("a file about a signal is taken for a policy")
			}
			for _, p := range r.Pairs {
				if p.Verdict != "not analysable" {
					t.Errorf("%s is held against a file about a signal: %s", p.Flow.Data, p.Verdict)
				}
			}
			for _, f := range r.Findings {
				if q := f.Quotes[0]; f.Rule == "US-06" && (q.Text != `"gpc": true` || !strings.Contains(q.Source, "dated 2026-09-01") || q.Ref.Record != "document/gpc") {
					t.Errorf("the finding quotes %+v", q)
				}
			}
		})
	}
}

func TestEachOriginIsAskedOnceForItsPromise(t *testing.T) {
	l, err := lab.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	config := strings.Replace(withSignal, "SITE.consent.example/more", "gpc-obeyed.consent.example/", 1)
	r := published(t, l, "gpc-ignored", config, nil, nil)
	var got []string
	for _, d := range r.Facts.Says.Documents {
		got = append(got, d.ID+" "+d.Source)
	}
	if want := "[gpc https://gpc-ignored.consent.example/.well-known/gpc.json gpc-2 https://gpc-obeyed.consent.example/.well-known/gpc.json]"; fmt.Sprint(got) != want {
		t.Errorf("documents %v, want %s", got, want)
	}
}
