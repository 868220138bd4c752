package usage_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/asks"
	"diapason.dev/diapason/asks/usage"
)

// declared are the fictional clients of the fixture. None exists.
const declared = `
clients:
  - {id: amber, for: [top-artists]}
  - {id: birch, for: [top-artists]}
  - {id: cedar, for: [top-artists]}
  - {id: dune, for: [top-artists]}
  - {id: ember, for: [top-artists], most: {subjects-per-hour: 900}}
  - {id: fjord, for: [top-artists]}
  - {id: chart-mill, for: [top-artists]}
  - {id: night-owl, for: [top-artists], most: {subjects-per-hour: 200}}
`

func clients(t testing.TB, text string) []usage.Client {
	t.Helper()
	list, err := usage.ReadClients(strings.NewReader(text), "clients.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// market is a log of three days of eight clients: six that show top artists by
// day, each in its own measure; chart-mill, which collects what thousands of
// people saved, follow and play around the clock, to sell it on; and night-owl,
// which is like the six but for one hour of one night. On the second evening a
// release brings everybody five times as many people.
func market(seed uint64) string {
	rng := rand.New(rand.NewPCG(seed, 7))
	from := time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)
	var b strings.Builder
	call := func(at time.Time, client, path string, subject int) {
		fmt.Fprintf(&b, `{"time":%q,"method":"GET","url":"/v1%s","status":200,"client":%q,"subject":"%s-%d"}`+"\n", at.Format(time.RFC3339), path, client, client[:2], subject)
	}
	for h := range 72 {
		at := from.Add(time.Duration(h) * time.Hour)
		for i, name := range []string{"amber", "birch", "cedar", "dune", "ember", "fjord", "night-owl"} {
			if h%24 < 7 && !(name == "night-owl" && h == 27) {
				continue
			}
			n := (20+8*i)/2 + rng.IntN(20+8*i)
			if h == 44 {
				n *= 5
			}
			if name == "night-owl" && h == 27 {
				n = 2_500
			}
			for range n {
				call(at.Add(time.Duration(rng.IntN(3600))*time.Second), name, "/me/top/artists", rng.IntN(20_000))
			}
		}
		for k := range 350 {
			call(at.Add(time.Duration(k*10)*time.Second), "chart-mill", []string{"/me/tracks", "/me/following?type=artist", "/me/player/recently-played", "/me/top/artists"}[k%4], h*250+k)
		}
	}
	return b.String()
}

func watch(t testing.TB, log, declared, zone string) *usage.Watched {
	t.Helper()
	z, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	w, err := usage.Watch(asks.Default(), strings.NewReader(log), usage.Log{Name: "api.log", Provider: "spotify"}, clients(t, declared), z)
	if err != nil {
		t.Fatal(err)
	}
	if !w.Ledger.Sums() {
		t.Errorf("the ledger does not sum: %+v", w.Ledger)
	}
	return w
}

// kinds lists the signs of each client.
func kinds(w *usage.Watched) map[string][]string {
	found := map[string][]string{}
	for _, c := range w.Clients {
		for _, s := range c.Signs {
			found[c.ID] = append(found[c.ID], s.Kind)
		}
	}
	return found
}

func of(t testing.TB, w *usage.Watched, id, kind string) usage.Sign {
	t.Helper()
	for _, c := range w.Clients {
		for _, s := range c.Signs {
			if c.ID == id && s.Kind == kind {
				return s
			}
		}
	}
	t.Fatalf("no sign %s of %s: %v", kind, id, kinds(w))
	return usage.Sign{}
}

func TestAHarvesterAndANightlySpikeAreToldAndNobodyElse(t *testing.T) {
	for seed := range uint64(4) {
		w := watch(t, market(seed), declared, "UTC")
		want := map[string][]string{"chart-mill": {usage.OutsidePurpose, usage.Bulk}, "night-owl": {usage.OverDeclared, usage.Spike}}
		if got := kinds(w); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("with seed %d: signs %v, want %v\n%s", seed, got, want, strings.Join(w.Text, "\n"))
		}
	}
}

func TestASignSaysWhatItWasHeldAgainst(t *testing.T) {
	w := watch(t, market(1), declared, "America/New_York")
	out := of(t, w, "chart-mill", usage.OutsidePurpose)
	if out.Count != 72*263 || !strings.Contains(out.Sentence, "listening history") || !strings.Contains(out.Basis, "top-artists") {
		t.Errorf("outside its purpose: %+v", out)
	}
	bulk := of(t, w, "chart-mill", usage.Bulk)
	if bulk.Value != 350 || bulk.Bound > 200 || !strings.Contains(bulk.Basis, "7 clients of the same purpose") {
		t.Errorf("bulk: %+v", bulk)
	}
	spike := of(t, w, "night-owl", usage.Spike)
	if spike.Count != 1 || spike.Night != 0 || !spike.First.Equal(time.Date(2026, 9, 2, 3, 0, 0, 0, time.UTC)) {
		t.Errorf("03:00 UTC is no night in New York: %+v", spike)
	}
	if s := of(t, watch(t, market(1), declared, "Europe/Paris"), "night-owl", usage.Spike); s.Night != 1 || !strings.Contains(s.Sentence, "at night in Europe/Paris") {
		t.Errorf("05:00 in Paris is night: %+v", s)
	}
	if over := of(t, w, "night-owl", usage.OverDeclared); over.Bound != 200 || over.Value < 2_000 {
		t.Errorf("over what it declared: %+v", over)
	}
}

func TestWhatAClientReadsIsToldByKindOfData(t *testing.T) {
	w := watch(t, market(1), declared, "UTC")
	at := slices.IndexFunc(w.Clients, func(c usage.WatchedClient) bool { return c.ID == "chart-mill" })
	reads := map[diapason.Term]bool{}
	for _, r := range w.Clients[at].Reads {
		reads[r.Data] = r.Within
	}
	for data, within := range map[diapason.Term]bool{"dia:TopItems": true, "dia:Library": false, "dia:ListeningHistory": false, "dia:FollowedArtist": false} {
		if got, there := reads[data]; !there || got != within {
			t.Errorf("%s: read %v, within its purpose %v, want %v", data, there, got, within)
		}
	}
}

func TestClientsAreNotComparedWithFewerThanFiveOthers(t *testing.T) {
	var few strings.Builder
	for line := range strings.Lines(market(1)) {
		if strings.Contains(line, `"amber"`) || strings.Contains(line, `"birch"`) || strings.Contains(line, `"chart-mill"`) {
			few.WriteString(line)
		}
	}
	w := watch(t, few.String(), declared, "UTC")
	if got := kinds(w); fmt.Sprint(got) != fmt.Sprint(map[string][]string{"chart-mill": {usage.OutsidePurpose}}) {
		t.Errorf("signs %v: calls outside the purpose are a fact, bulk needs peers", got)
	}
}

func TestSubjectsAreCountedExactlyAndThenWithinTheStatedError(t *testing.T) {
	for _, n := range []int{1, 500, 2_048, 2_049, 5_000, 12_000, 80_000} {
		var b strings.Builder
		for i := range n {
			for range 1 + i%2 {
				fmt.Fprintf(&b, `{"time":"2026-09-01T10:00:00Z","method":"GET","url":"/v1/me/top/artists","status":200,"client":"amber","subject":"person-%d"}`+"\n", i)
			}
		}
		w := watch(t, b.String(), declared, "UTC")
		c := w.Clients[0]
		if c.Exact != (n <= 2_048) || c.Exact && c.Subjects != n || math.Abs(float64(c.Subjects-n)) > 3*w.Error*float64(n) {
			t.Errorf("%d people are counted as %d, exactly %v", n, c.Subjects, c.Exact)
		}
	}
}

func TestRefusedAndUnknownCallsReadNothing(t *testing.T) {
	line := func(path string, status int) string {
		return fmt.Sprintf(`{"time":"2026-09-01T10:00:00Z","method":"GET","url":"/v1%s","status":%d,"client":"amber","subject":"x"}`+"\n", path, status)
	}
	w := watch(t, line("/me/tracks", 403)+line("/me/new-thing", 200)+line("/me/top/artists", 200), declared, "UTC")
	if len(kinds(w)) != 0 || w.Ledger.Unmatched != 1 || w.Ledger.Calls != 2 {
		t.Errorf("signs %v, ledger %+v", kinds(w), w.Ledger)
	}
	if !strings.Contains(strings.Join(w.Text, "\n"), "1 call is not in the catalogue") {
		t.Errorf("told %q", w.Text)
	}
}

func TestWhatCannotBeCountedIsToldAndSums(t *testing.T) {
	line := func(at, client string) string {
		return fmt.Sprintf(`{"time":%q,"method":"GET","url":"/v1/me/top/artists","status":200,"client":%q,"subject":"x"}`+"\n", at, client)
	}
	log := line("2026-09-01T10:00:00Z", "amber") + line("2026-09-01T15:00:00Z", "amber") + line("2026-09-01T14:59:00Z", "amber") +
		line("2026-09-01T11:00:00Z", "amber") + line("2026-09-01T15:00:00Z", "") + "{\n\n" + line("2026-09-01T15:00:00Z", "stranger")
	w, err := usage.Watch(asks.Default(), strings.NewReader(log), usage.Log{Name: "api.log", Provider: "spotify"}, clients(t, declared), time.UTC)
	if !errors.Is(err, diapason.ErrIncomplete) || !strings.Contains(err.Error(), "api.log:6: 3 of 8 lines") {
		t.Fatalf("error %v", err)
	}
	if l := w.Ledger; !l.Sums() || l.Skipped != 3 || l.Calls != 4 || l.Blank != 1 {
		t.Errorf("ledger %+v", l)
	}
	if len(w.Clients) != 2 || len(w.Clients[1].Declared) != 0 || !strings.Contains(strings.Join(w.Text, "\n"), "Nothing was declared for stranger") {
		t.Errorf("clients %+v, told %q", w.Clients, w.Text)
	}
}

func TestALogOfManyClientsIsWatchedInBoundedMemory(t *testing.T) {
	var b strings.Builder
	for i := range 2_300 {
		fmt.Fprintf(&b, `{"time":"2026-09-01T10:00:00Z","method":"GET","url":"/v1/me","status":200,"client":"c%d","subject":"x"}`+"\n", i)
	}
	w, err := usage.Watch(asks.Default(), strings.NewReader(b.String()), usage.Log{Name: "api.log", Provider: "spotify"}, nil, time.UTC)
	if !errors.Is(err, diapason.ErrIncomplete) || w.Ledger.Skipped != 300 || !w.Ledger.Sums() {
		t.Errorf("error %v, ledger %+v", err, w.Ledger)
	}
}

func TestNobodyIsToldOfByName(t *testing.T) {
	told, err := json.Marshal(watch(t, market(1), declared, "UTC"))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(told, []byte("ch-1")) || bytes.Contains(told, []byte("am-")) {
		t.Error("a subject of the log is told")
	}
}

func TestMistakesInWhatClientsDeclaredAreNamedWithTheirLine(t *testing.T) {
	for name, tc := range map[string]struct{ text, want string }{
		"nothing":         {"", "clients.yaml:1: it names no client"},
		"not YAML":        {"clients: [", "clients.yaml: "},
		"an unknown key":  {"clients:\n  - {id: a, for: [x]}\n  - {id: b, fro: [x]}", "clients.yaml:3: field fro not found"},
		"no id":           {"clients:\n  - {for: [x]}", "clients.yaml:2: a client has no id"},
		"no purpose":      {"clients:\n  - {id: a}", `clients.yaml:2: client "a" says nothing of what it is for`},
		"named twice":     {"clients:\n  - {id: a, for: [x]}\n  - {id: a, for: [x]}", "clients.yaml:3: client \"a\" is named twice"},
		"less than none":  {"clients:\n  - {id: a, for: [x], most: {requests-per-hour: -1}}", "clients.yaml:2: client \"a\": most is below zero"},
		"text for a rate": {"clients:\n  - {id: a, for: [x], most: {requests-per-hour: many}}", "clients.yaml:2: cannot unmarshal"},
	} {
		_, err := usage.ReadClients(strings.NewReader(tc.text), "clients.yaml")
		if !errors.Is(err, diapason.ErrUsage) || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: error %v, want %q", name, err, tc.want)
		}
	}
	unknown := clients(t, "clients:\n  - {id: a, for: [top-artist]}")
	_, err := usage.Watch(asks.Default(), strings.NewReader("x"), usage.Log{Name: "api.log", Provider: "spotify"}, unknown, time.UTC)
	var hint *diapason.Hint
	if !errors.Is(err, diapason.ErrUsage) || !errors.As(err, &hint) || !strings.Contains(hint.Next, "top-artists") {
		t.Errorf("unknown purpose: %v", err)
	}
}
