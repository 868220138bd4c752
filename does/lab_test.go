package does_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason"
	"diapason.dev/diapason/does"
	"diapason.dev/diapason/entity"
	"diapason.dev/diapason/internal/browse"
	"diapason.dev/diapason/internal/gate"
	"diapason.dev/diapason/lab"
)

// toured is what a whole tour of a service of the lab gave.
type toured struct {
	captures []*diapason.Capture
	reader   does.Reader
	facts    does.Facts
	flows    []diapason.Flow
}

// tour visits a service of the lab with a real Chromium, in full. A clean tour
// leaves no gap.
func tour(t *testing.T, s lab.Service) toured {
	t.Helper()
	l, err := lab.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	g, err := gate.Start(t.Context(), gate.Options{Dial: l.Dial()})
	if err != nil {
		t.Fatal(err)
	}
	b := &browse.Browser{Unsandboxed: true, Gate: g, PinSPKI: l.PinSPKI(), Work: t.TempDir(), Settle: browse.Brisk}
	plan := does.Plan{Start: []string{s.Origin + "/"}, Linkage: []string{s.Neighbour}, Respawn: true, AtOnce: 2, Journeys: map[string][]browse.Step{
		"sign-up": {
			{Open: s.Origin + "/join"},
			{Fill: []browse.Field{{Selector: "#email", Value: "bait.email"}, {Selector: "#name", Value: "bait.name"}, {Selector: "#password", Value: "bait.password"}}},
			{Click: "text=Create account"},
		},
	}}
	var told []*diapason.Capture
	captures, gaps, err := plan.Run(t.Context(), b, func(c *diapason.Capture) { told = append(told, c) })
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(told, captures) {
		t.Errorf("%d captures were told and %d returned, or in another order", len(told), len(captures))
	}
	for _, c := range captures {
		gaps = append(gaps, c.Gaps...)
		if !c.Complete {
			t.Errorf("visit %s did not run to its end: %s", c.ID, c.Settle)
		}
	}
	for _, gap := range gaps {
		t.Errorf("gap: %s: %s", gap.What, gap.Why)
	}
	return read(t, s, stored(t, captures))
}

// stored writes the captures down and reads them again: conclusions are drawn
// from the record, never from memory.
func stored(t testing.TB, captures []*diapason.Capture) []*diapason.Capture {
	t.Helper()
	raw, err := json.Marshal(captures)
	if err != nil {
		t.Fatal(err)
	}
	var again []*diapason.Capture
	if err := json.Unmarshal(raw, &again); err != nil {
		t.Fatal(err)
	}
	return again
}

func read(t *testing.T, s lab.Service, captures []*diapason.Capture) toured {
	t.Helper()
	companies, err := entity.New([]entity.Own{
		{Domain: "pulse.example", Name: "Pulse Analytics", Role: "analytics"}, {Domain: "adsum.example", Name: "Adsum", Role: "advertiser"},
	})
	if err != nil {
		t.Fatal(err)
	}
	r := does.Reader{
		Service:  diapason.Service{ID: s.ID, Name: s.Name, Domains: []string{strings.TrimPrefix(s.Origin, "https://")}},
		Entities: companies, Salt: []byte("salt"),
	}
	f := r.Read(captures)
	return toured{captures, r, f, r.Flows(f)}
}

func ids(captures []*diapason.Capture) string {
	var out []string
	for _, c := range captures {
		out = append(out, c.ID)
	}
	return strings.Join(out, " ")
}

const (
	everydayVisits = "A1 A2 B C respawn/D journey/sign-up/1 journey/sign-up/2 journey/sign-up/3 link/P/1 link/P/2 link/Q/1 link/Q/2 link/M/1"
	experiments    = " selftest/V0 selftest/1 selftest/2 selftest/3 respawn/V0 respawn/T1 respawn/T2 respawn/T3 respawn/T4 respawn/T5 respawn/T6 respawn/T7 respawn/T8 respawn/T9 respawn/T10" +
		" respawn/T11 respawn/T12 respawn/T13 respawn/T14 respawn/T15 respawn/T16 respawn/T17 respawn/T18 respawn/M1"
)

// Nocturne states in its own pages what is wrong with it. All of that is
// found, and nothing else.
func TestWhatNocturneStatesAboutItselfIsFound(t *testing.T) {
	t.Parallel()
	s := lab.Nocturne()
	got := tour(t, s)
	if visits := ids(got.captures); visits != everydayVisits+experiments {
		t.Errorf("visits %s", visits)
	}
	t.Run("identifiers", func(t *testing.T) { identifiersAreThoseOf(t, got, s.Truth) })
	t.Run("respawn", func(t *testing.T) { respawnsAreThoseOf(t, got, s.Truth) })
	t.Run("links", func(t *testing.T) { linksAreThoseOf(t, got, s.Truth) })
	t.Run("leaks", func(t *testing.T) { leaksAreThoseOf(t, got, s.Truth) })
	t.Run("decoys", func(t *testing.T) { decoysAreNoIdentifiers(t, got, s.Truth) })
	t.Run("pages", func(t *testing.T) {
		for _, v := range got.facts.Visits {
			if signUp := strings.HasPrefix(v.ID, "journey/"); v.Collects != signUp || signUp && v.PolicyLink {
				t.Errorf("visit %s collects %t, links to the policy %t", v.ID, v.Collects, v.PolicyLink)
			}
		}
	})
	t.Run("flows", func(t *testing.T) {
		var lines []string
		for _, f := range got.flows {
			lines = append(lines, fmt.Sprintf("%s %s %s %v", f.Phase, f.Recipient.Name, f.Data, f.Payload))
		}
		for _, want := range []string{
			"P0 Nocturne dia:CookieIdentifier [persistent-id]",
			"P0 Pulse Analytics dia:CookieIdentifier [page-address persistent-id]",
			"P6 Adsum pd:EmailAddress [hashed-seed]",
			"P6 Nocturne pd:EmailAddress [plain-seed]",
			"P6 Nocturne pd:Password [plain-seed]",
		} {
			if !slices.Contains(lines, want) {
				t.Errorf("no flow %q among\n%s", want, strings.Join(lines, "\n"))
			}
		}
	})
	t.Run("exported", func(t *testing.T) { exportsGiveTheSameFacts(t, s, got) })
	t.Run("as recordings", func(t *testing.T) { fourFilesGiveTheIdentifiers(t, s, got) })
	t.Run("again", func(t *testing.T) {
		slices.Reverse(got.captures)
		a, _ := json.Marshal(read(t, s, got.captures).facts)
		b, _ := json.Marshal(got.facts)
		if string(a) != string(b) {
			t.Error("the same captures gave other facts")
		}
	})
}

func identifiersAreThoseOf(t *testing.T, got toured, truth lab.Truth) {
	var found, want []string
	for _, i := range got.facts.Identifiers {
		found = append(found, fmt.Sprintf("%s @ %s", i.Store, i.Host))
		if i.Class != "identifier" || i.Score < 32 || len(i.Receivers) == 0 {
			t.Errorf("%s is called %s with %.0f bits, received by %d", i.ID, i.Class, i.Score, len(i.Receivers))
		}
	}
	for _, i := range truth.Identifiers {
		for _, store := range i.Stores {
			host := i.Host
			if store == "body" {
				continue // told by the cache tag of the same file
			}
			if store == "etag" {
				host = "static.nocturne.example"
			}
			want = append(want, store+" @ "+host)
		}
	}
	slices.Sort(found)
	slices.Sort(want)
	if !slices.Equal(found, want) {
		t.Errorf("identifiers %v, want %v", found, want)
	}
}

func respawnsAreThoseOf(t *testing.T, got toured, truth lab.Truth) {
	want := map[string][][]string{}
	for _, i := range truth.Identifiers {
		if len(i.Restored) > 0 {
			want[i.Name] = i.Restored
		}
	}
	if len(got.facts.Respawns) != len(want) {
		t.Errorf("%d identifiers came back, want %d", len(got.facts.Respawns), len(want))
	}
	for _, r := range got.facts.Respawns {
		if fmt.Sprint(r.Stores) != fmt.Sprint(want[r.Key]) || !r.Proved || !r.RecipeProved || r.Kind != "storage" || !r.Written || !r.Sent || len(r.NotLooked) > 0 {
			t.Errorf("respawn %+v, want stores %v", r, want[r.Key])
		}
		var recipe []string
		for _, set := range want[r.Key] {
			recipe = append(recipe, set...)
		}
		if !slices.Equal(r.Recipe, recipe) {
			t.Errorf("recipe %v, want %v", r.Recipe, recipe)
		}
	}
	for _, i := range got.facts.Identifiers {
		if i.Store == "etag" && !slices.Contains(i.Survives, "cookie-box") {
			t.Errorf("%s survives %v", i.ID, i.Survives)
		}
	}
}

func linksAreThoseOf(t *testing.T, got toured, truth lab.Truth) {
	if len(got.facts.Links) != len(truth.Links) {
		t.Errorf("%d links, want %d", len(got.facts.Links), len(truth.Links))
	}
	for i, l := range got.facts.Links {
		want := truth.Links[i]
		sites := slices.Sorted(slices.Values(want.Sites))
		if l.Level != "L3" || !strings.Contains(l.Identifier, want.Identifier+" @ "+want.Receiver) || !slices.Equal(l.Sites, sites) || l.Receiver.Relation != diapason.ThirdParty {
			t.Errorf("link %+v, want %+v", l, want)
		}
	}
}

func leaksAreThoseOf(t *testing.T, got toured, truth lab.Truth) {
	var others int
	for _, l := range got.facts.Leaks {
		if l.Recipient.Relation == diapason.FirstParty {
			continue
		}
		others++
		want := truth.Leaks[slices.IndexFunc(truth.Leaks, func(l lab.Leak) bool { return l.Scope == "" })]
		if l.Seed != strings.TrimPrefix(want.Field, "#") || l.Transform != "hash:sha256" || l.Submitted != want.Submitted || l.Scheme != "https" || l.Where != "url" ||
			!strings.HasPrefix(l.Evidence[0].URL, "https://"+want.Receiver+"/") || !strings.HasPrefix(l.Evidence[0].Quote, want.Parameter+"=") {
			t.Errorf("leak %+v, want %+v", l, want)
		}
	}
	typed := slices.DeleteFunc(slices.Clone(truth.Leaks), func(l lab.Leak) bool { return l.Scope != "" })
	if want := 3 * len(typed); others != want {
		t.Errorf("%d leaks to other companies in three runs, want %d", others, want)
	}
}

func decoysAreNoIdentifiers(t *testing.T, got toured, truth lab.Truth) {
	for _, d := range truth.Decoys {
		seen := false
		for _, c := range got.facts.Cookies {
			if c.Name == d.Name {
				seen = true
				if c.NX == "yes" || c.Class == "identifier" {
					t.Errorf("%s (%s) is called %s, consent %s", d.Name, d.Why, c.Class, c.NX)
				}
			}
		}
		if !seen {
			t.Errorf("%s was not seen", d.Name)
		}
	}
}

func TestTheCleanTwinHasNothingToFind(t *testing.T) {
	t.Parallel()
	s := lab.Clean()
	got := tour(t, s)
	if visits := ids(got.captures); visits != everydayVisits {
		t.Errorf("visits %s", visits)
	}
	f := got.facts
	if n := len(f.Syncs) + len(f.Cloaks) + len(f.Bounces) + len(f.Decorations); n > 0 {
		t.Errorf("syncs %+v, cloaks %+v, bounces %+v, decorations %+v", f.Syncs, f.Cloaks, f.Bounces, f.Decorations)
	}
	if n := len(f.Identifiers) + len(f.Respawns) + len(f.Links) + len(f.Probes); n > 0 {
		t.Errorf("identifiers %+v, respawns %+v, links %+v, probes %+v", f.Identifiers, f.Respawns, f.Links, f.Probes)
	}
	for _, a := range f.Accesses {
		if a.NX != "no" || a.Exemption == "" || a.Deciding == "" {
			t.Errorf("%s %s: %s, exempt as %q by %q", a.Kind, a.Name, a.NX, a.Exemption, a.Deciding)
		}
	}
	for _, c := range f.Cookies {
		if c.NX != "no" {
			t.Errorf("%s %s wants consent: %s", c.Store, c.Name, c.NX)
		}
	}
	for _, l := range f.Leaks {
		if l.Recipient.Relation != diapason.FirstParty || !l.Submitted || l.Scheme != "https" {
			t.Errorf("leak %+v", l)
		}
	}
	for _, v := range f.Visits {
		if v.Collects && !v.PolicyLink || v.UnsafeForms > 0 {
			t.Errorf("visit %+v", v)
		}
	}
	for _, flow := range got.flows {
		if flow.Recipient.Relation != diapason.FirstParty {
			t.Errorf("flow %+v", flow)
		}
	}
	if len(f.Leaks) == 0 || len(got.flows) == 0 {
		t.Error("the service itself received nothing that was typed: nothing was looked at")
	}
}
