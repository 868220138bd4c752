package rule

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"diapason.dev/diapason"
	"diapason.dev/diapason/accord"
	"diapason.dev/diapason/asks"
	"diapason.dev/diapason/does"
	"diapason.dev/diapason/holds"
	"diapason.dev/diapason/says"
	"pgregory.net/rapid"
)

func mustLoad(t testing.TB, limit uint64, rules map[string]string) *Pack {
	t.Helper()
	p, err := load(packOf(rules), limit)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func judgeOne(t testing.TB, p *Pack, in Input) (diapason.Verdict, []diapason.Finding) {
	t.Helper()
	vs, fs, err := p.Judge(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return vs[0], fs
}

// seenIn is an input in which an access was seen in the given runs of a phase
// that was repeated total times.
func seenIn(total int, runs ...int) Input {
	in := Input{
		Service:  diapason.Service{ID: "nocturne", Name: "Nocturne", Jurisdictions: []string{"EU"}},
		Examined: map[diapason.Channel]bool{diapason.Does: true},
		Phases:   map[diapason.Phase]int{diapason.P0: total},
	}
	for n := range total {
		in.Does.Visits = append(in.Does.Visits, does.Visit{ID: fmt.Sprint("V", n+1), Phase: diapason.P0, Run: n + 1, Source: "chromium", Complete: true})
	}
	for _, n := range runs {
		in.Does.Accesses = append(in.Does.Accesses, does.Access{
			Kind: "set", Phase: diapason.P0, Run: n, Visit: fmt.Sprint("V", n), Name: "nid", NX: "yes", Data: cookieData,
			Recipient: diapason.Party{ID: "nocturne", Relation: diapason.FirstParty},
		})
	}
	return in
}

func TestRunsDecideBetweenFailDoubtAndPass(t *testing.T) {
	p := mustLoad(t, costLimit, map[string]string{"XX-01.yaml": good})
	for _, c := range []struct {
		name    string
		in      Input
		outcome diapason.Outcome
		why     string
		seen    string
	}{
		{"three of three", seenIn(3, 1, 2, 3), diapason.Fail, "", "3 of 3 runs"},
		{"two of three", seenIn(3, 1, 3), diapason.Fail, "", "2 of 3 runs"},
		{"one of three", seenIn(3, 2), diapason.Inconclusive, "Seen in 1 of 3 runs: too few to be sure.", ""},
		{"twice in one run", seenIn(3, 2, 2), diapason.Inconclusive, "Seen in 1 of 3 runs: too few to be sure.", ""},
		{"none of three", seenIn(3), diapason.Pass, "", ""},
		{"two of two", seenIn(2, 1, 2), diapason.Fail, "", "2 of 2 runs"},
		{"one of two", seenIn(2, 1), diapason.Inconclusive, "Seen in 1 of 2 runs: too few to be sure.", ""},
		{"none of two", seenIn(2), diapason.Inconclusive, "Nothing was seen in 2 runs before any choice was made; a pass wants 3.", ""},
		{"one of one", seenIn(1, 1), diapason.Inconclusive, "Seen in 1 of 1 runs: too few to be sure.", ""},
		{"no run", seenIn(0), diapason.Inconclusive, "This needs a visit before any choice was made, and none ran to its end.", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, fs := judgeOne(t, p, c.in)
			if v.Outcome != c.outcome || v.Why != c.why {
				t.Errorf("got %s %q, want %s %q", v.Outcome, v.Why, c.outcome, c.why)
			}
			if c.seen != "" && (len(fs) != 1 || fs[0].SeenIn != c.seen) {
				t.Errorf("findings %+v, want one seen in %s", fs, c.seen)
			}
		})
	}
}

func TestAnIncompleteVisitIsNoRun(t *testing.T) {
	in := seenIn(3, 1, 2)
	in.Does.Visits[1].Complete = false
	in.Phases[diapason.P0] = 2
	v, _ := judgeOne(t, mustLoad(t, costLimit, map[string]string{"XX-01.yaml": good}), in)
	if v.Outcome != diapason.Inconclusive {
		t.Errorf("got %s", v.Outcome)
	}
}

func TestARecordingIsJudgedOnce(t *testing.T) {
	in := seenIn(3, 1)
	in.Does.Visits = append(in.Does.Visits, does.Visit{ID: "phone/1", Source: "har", Complete: true, Run: 1})
	in.Does.Accesses[0].Visit = "phone/1"
	v, fs := judgeOne(t, mustLoad(t, costLimit, map[string]string{"XX-01.yaml": good}), in)
	if v.Outcome != diapason.Fail || len(fs) != 1 || fs[0].SeenIn != "" {
		t.Errorf("got %s, %+v", v.Outcome, fs)
	}
}

func TestReceiversAreCountedApart(t *testing.T) {
	in := seenIn(3, 1, 2)
	in.Does.Accesses[1].Recipient = diapason.Party{ID: "tally.example"}
	v, _ := judgeOne(t, mustLoad(t, costLimit, map[string]string{"XX-01.yaml": good}), in)
	if v.Outcome != diapason.Inconclusive {
		t.Errorf("two receivers in a run each gave %s", v.Outcome)
	}
}

func TestALawThatDoesNotHoldIsNoCase(t *testing.T) {
	p := mustLoad(t, costLimit, map[string]string{"XX-01.yaml": good})
	for place, want := range map[string]diapason.Outcome{"EU": diapason.Fail, "FR": diapason.Fail, "UK": diapason.NotApplicable, "CA": diapason.NotApplicable} {
		in := seenIn(3, 1, 2, 3)
		in.Service.Jurisdictions = []string{place}
		if v, _ := judgeOne(t, p, in); v.Outcome != want {
			t.Errorf("%s: got %s, want %s (%s)", place, v.Outcome, want, v.Why)
		}
	}
}

func TestATooCostlyRuleIsUndecided(t *testing.T) {
	text := strings.Replace(good, `a.nx == "yes"`, "accesses.exists(b, accesses.exists(c, b.name + c.name == a.name))", 1)
	in := seenIn(3, 1, 2, 3)
	for range 60 {
		in.Does.Accesses = append(in.Does.Accesses, in.Does.Accesses[0])
	}
	v, fs := judgeOne(t, mustLoad(t, 10_000, map[string]string{"XX-01.yaml": text}), in)
	if v.Outcome != diapason.Inconclusive || len(fs) != 0 || !strings.Contains(v.Why, "stopped after 10000 steps") {
		t.Errorf("got %s %q", v.Outcome, v.Why)
	}
	if v, _ := judgeOne(t, mustLoad(t, costLimit, map[string]string{"XX-01.yaml": text}), in); v.Outcome != diapason.Pass {
		t.Errorf("with room enough: %s %q", v.Outcome, v.Why)
	}
}

func TestAnExpressionThatCannotBeWorkedOutIsUndecided(t *testing.T) {
	text := strings.Replace(good, "name: it.name", "name: all.map(a, a.name)[9]", 1)
	v, _ := judgeOne(t, mustLoad(t, costLimit, map[string]string{"XX-01.yaml": text}), seenIn(3, 1, 2, 3))
	if v.Outcome != diapason.Inconclusive || !strings.Contains(v.Why, "could not be worked out") {
		t.Errorf("got %s %q", v.Outcome, v.Why)
	}
}

func TestAnEndedContextEndsTheJudging(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := Default().Judge(ctx, seenIn(3, 1, 2, 3)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestARuleMayRestOnAnother(t *testing.T) {
	other := strings.NewReplacer("id: XX-01", "id: AA-01", `a.nx == "yes"`, `failed("XX-01")`).Replace(good)
	p := mustLoad(t, costLimit, map[string]string{"XX-01.yaml": good, "AA-01.yaml": other})
	for runs, want := range map[int]diapason.Outcome{0: diapason.Pass, 3: diapason.Fail} {
		in := seenIn(3, 1, 2, 3)
		for i := range in.Does.Accesses {
			if i >= runs {
				in.Does.Accesses[i].NX = "no"
			}
		}
		if v, _ := judgeOne(t, p, in); v.Rule != "AA-01" || v.Outcome != want {
			t.Errorf("%d runs: %s is %s, want %s", runs, v.Rule, v.Outcome, want)
		}
	}
}

func TestAWitnessMayMakeAConfirmedRuleAutomatic(t *testing.T) {
	text := strings.Replace(good, "mode: auto", "mode: confirm", 1)
	certain := strings.Replace(text, "    words:", "    certain: it.name == \"nid\"\n    words:", 1)
	doubted := strings.Replace(certain, "mode: confirm", "mode: confirm\nconfirm: accesses != []", 1)
	for _, c := range []struct {
		name, text string
		proposed   bool
		certainty  diapason.Certainty
	}{{"confirm", text, true, diapason.Likely}, {"certain", certain, false, diapason.Certain}, {"doubted", doubted, true, diapason.Certain}} {
		v, fs := judgeOne(t, mustLoad(t, costLimit, map[string]string{"XX-01.yaml": c.text}), seenIn(3, 1, 2, 3))
		if v.Outcome != diapason.Fail || v.Proposed != c.proposed || fs[0].Proposed != c.proposed || fs[0].Certainty != c.certainty {
			t.Errorf("%s: %+v, finding %s proposed %v", c.name, v, fs[0].Certainty, fs[0].Proposed)
		}
	}
}

func TestStatementsOfAnEarlierTextDoNotCount(t *testing.T) {
	_, in := readSample(t, "pack/samples/HD-02/pass.yaml")
	in.Says.Practices[0].Document = "privacy-2024"
	in.Says.Documents = append(in.Says.Documents, says.Document{ID: "privacy-2024", Kind: "policy"})
	_, fs, err := Default().Judge(t.Context(), in)
	if err != nil || len(fs) != 1 || fs[0].Rule != "HD-02" {
		t.Errorf("findings %+v, error %v", fs, err)
	}
}

func TestWhatHappensOnAnotherSiteIsNotTheServices(t *testing.T) {
	p := mustLoad(t, costLimit, map[string]string{"XX-01.yaml": good})
	in := seenIn(3, 1, 2, 3)
	in.Service.Domains = []string{"nocturne.example"}
	for i, c := range []struct {
		site string
		want diapason.Outcome
	}{
		{"https://harbour.example/", diapason.Pass},
		{"https://notnocturne.example/", diapason.Pass},
		{"https://nocturne.example/join", diapason.Fail},
		{"https://www.nocturne.example/", diapason.Fail},
		{"nocturne.example", diapason.Fail},
	} {
		for v := range in.Does.Visits {
			in.Does.Visits[v].Site = c.site
		}
		if v, _ := judgeOne(t, p, in); v.Outcome != c.want {
			t.Errorf("%d: %s gave %s, want %s", i, c.site, v.Outcome, c.want)
		}
	}
}

func TestAnUnprovedRecipeIsNotPrinted(t *testing.T) {
	_, in := readSample(t, "pack/samples/EV-01/fail.yaml")
	in.Does.Respawns[0].RecipeProved = false
	_, fs, err := Default().Judge(t.Context(), in)
	if err != nil || len(fs) != 1 {
		t.Fatalf("%d findings, %v", len(fs), err)
	}
	for _, s := range fs[0].Remedy.Person {
		if s.Proved || s.Proof != "" || strings.Contains(s.Text, "tick") {
			t.Errorf("printed %+v", s)
		}
	}
}

func TestNoticeLeavesARespawnToAPerson(t *testing.T) {
	_, in := readSample(t, "pack/samples/EV-01/fail.yaml")
	in.Does.Respawns[0].Notice = true
	vs, fs, err := Default().Judge(t.Context(), in)
	if err != nil || len(fs) != 1 || !fs[0].Proposed || fs[0].Mode != diapason.Manual {
		t.Errorf("%+v %v", fs, err)
	}
	for _, v := range vs {
		if v.Rule == "EV-01" && !v.Proposed {
			t.Errorf("%+v", v)
		}
	}
}

func TestFindingsComeWorstFirst(t *testing.T) {
	_, fs, err := Default().Judge(t.Context(), everything(t))
	if err != nil || len(fs) < 15 {
		t.Fatalf("%d findings, error %v", len(fs), err)
	}
	for i := 1; i < len(fs); i++ {
		if fs[i-1].Severity.Rank() < fs[i].Severity.Rank() {
			t.Errorf("%s %s stands before %s %s", fs[i-1].Severity, fs[i-1].Rule, fs[i].Severity, fs[i].Rule)
		}
	}
	seen := map[string]string{}
	for _, f := range fs {
		if other, ok := seen[f.Fingerprint]; ok {
			t.Errorf("fingerprint %s of %q and %q", f.Fingerprint, other, f.Sentence)
		}
		seen[f.Fingerprint] = f.Sentence
	}
}

// everything joins all failing samples into one input.
func everything(t testing.TB) Input {
	var all Input
	for i, file := range sampleFiles(t.(*testing.T)) {
		if !strings.Contains(file, "fail") {
			continue
		}
		_, in := readSample(t.(*testing.T), file)
		if i == 0 || all.Service.ID == "" {
			all = in
			all.Service.OnlinePlatform, all.Service.MinorAccount = true, true
			continue
		}
		all.Pairs = append(all.Pairs, in.Pairs...)
		d, e := &all.Does, in.Does
		d.Accesses, d.Cookies, d.Identifiers = append(d.Accesses, e.Accesses...), append(d.Cookies, e.Cookies...), append(d.Identifiers, e.Identifiers...)
		d.Links, d.Respawns, d.Leaks = append(d.Links, e.Links...), append(d.Respawns, e.Respawns...), append(d.Leaks, e.Leaks...)
		d.Probes, d.Nights, d.Visits = append(d.Probes, e.Probes...), append(d.Nights, e.Nights...), append(d.Visits, e.Visits...)
		d.Banners = append(d.Banners, e.Banners...)
		all.Asks.Requests, all.Asks.Scopes = append(all.Asks.Requests, in.Asks.Requests...), append(all.Asks.Scopes, in.Asks.Scopes...)
		all.Asks.Grants = append(all.Asks.Grants, in.Asks.Grants...)
		all.Says.Practices, all.Says.Changes = append(all.Says.Practices, in.Says.Practices...), append(all.Says.Changes, in.Says.Changes...)
		all.Holds.Items, all.Holds.Claims = append(all.Holds.Items, in.Holds.Items...), append(all.Holds.Claims, in.Holds.Claims...)
		all.Holds.Answers = append(all.Holds.Answers, in.Holds.Answers...)
	}
	return all
}

func TestTheOrderOfFactsNeverMatters(t *testing.T) {
	in := everything(t)
	want := judged(t, in)
	rapid.Check(t, func(rt *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		got := judged(t, shuffled(r, in))
		if got != want {
			rt.Fatalf("another order gave another result:\n%s\n%s", got, want)
		}
	})
}

func judged(t *testing.T, in Input) string {
	t.Helper()
	vs, fs, err := Default().Judge(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(map[string]any{"verdicts": vs, "findings": fs})
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func shuffled(r *rand.Rand, in Input) Input {
	in.Flows, in.Pairs, in.Gaps = mixed(r, in.Flows), mixed(r, in.Pairs), mixed(r, in.Gaps)
	d := in.Does
	in.Does = does.Facts{
		Visits: mixed(r, d.Visits), Accesses: mixed(r, d.Accesses), Cookies: mixed(r, d.Cookies), Identifiers: mixed(r, d.Identifiers),
		Links: mixed(r, d.Links), Respawns: mixed(r, d.Respawns), Leaks: mixed(r, d.Leaks), Probes: mixed(r, d.Probes), Nights: mixed(r, d.Nights),
		Banners: mixed(r, d.Banners),
	}
	in.Asks = asks.Facts{Requests: mixed(r, in.Asks.Requests), Scopes: mixed(r, in.Asks.Scopes), Grants: mixed(r, in.Asks.Grants)}
	in.Says = says.Facts{Documents: mixed(r, in.Says.Documents), Practices: mixed(r, in.Says.Practices), Changes: mixed(r, in.Says.Changes)}
	in.Holds = holds.Facts{Exports: mixed(r, in.Holds.Exports), Items: mixed(r, in.Holds.Items), Claims: mixed(r, in.Holds.Claims), Answers: mixed(r, in.Holds.Answers)}
	return in
}

func mixed[T any](r *rand.Rand, list []T) []T {
	out := append([]T(nil), list...)
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// BenchmarkJudge judges 3,000 flows against 400 statements.
func BenchmarkJudge(b *testing.B) {
	in := seenIn(3, 1, 2, 3)
	in.Examined[diapason.Says] = true
	in.Says.Documents = []says.Document{{ID: "privacy", Current: true, Analysable: true}}
	for i := range 400 {
		in.Says.Practices = append(in.Says.Practices, says.Practice{ID: fmt.Sprint(i), Document: "privacy", Polarity: diapason.Asserted, Data: "pd:EmailAddress", Recipient: "dia:Service", Operation: diapason.Collect})
	}
	for i := range 3000 {
		f := diapason.Flow{ID: fmt.Sprint(i), Channel: diapason.Does, Data: cookieData, Recipient: diapason.Party{ID: fmt.Sprint("p", i%100)}, Phase: diapason.P0}
		in.Flows = append(in.Flows, f)
		in.Pairs = append(in.Pairs, accord.Pair{Flow: f, Verdict: accord.Omitted})
	}
	p := Default()
	for b.Loop() {
		if _, _, err := p.Judge(b.Context(), in); err != nil {
			b.Fatal(err)
		}
	}
}
