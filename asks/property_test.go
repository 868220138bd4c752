package asks

import (
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// A drawn request is one of any provider that has purposes and gives
// its permissions one by one.
type drawn struct {
	provider         *provider
	scopes, purposes []string
}

func drawRequest(t *rapid.T, leastPurposes int) drawn {
	var with []string
	for _, p := range Default().providers {
		bundle := slices.ContainsFunc(p.Scopes, func(s *scope) bool { return s.Kind == "bundle" }) // one of it is all of it
		if len(p.Purposes) > 0 && !bundle {
			with = append(with, p.Provider)
		}
	}
	d := drawn{provider: Default().byID(rapid.SampledFrom(with).Draw(t, "provider"))}
	var scopes, purposes []string
	for _, s := range d.provider.Scopes {
		if s.Status == "current" {
			scopes = append(scopes, s.ID)
		}
	}
	for _, u := range d.provider.Purposes {
		purposes = append(purposes, u.ID)
	}
	d.scopes = rapid.SliceOfNDistinct(rapid.SampledFrom(scopes), 0, min(12, len(scopes)), rapid.ID).Draw(t, "scopes")
	d.purposes = rapid.SliceOfNDistinct(rapid.SampledFrom(purposes), leastPurposes, min(4, len(purposes)), rapid.ID).Draw(t, "purposes")
	return d
}

func (d drawn) verdict(t *rapid.T) Verdict {
	v, err := Default().Verdict(Ask{Provider: d.provider.Provider, Scopes: strings.Join(d.scopes, d.provider.Request.Separator), For: d.purposes})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

func TestOrderOfScopesIsIrrelevant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawRequest(t, 0)
		a := d.verdict(t)
		d.scopes = rapid.Permutation(d.scopes).Draw(t, "permuted")
		b := d.verdict(t)
		if !slices.Equal(a.Minimal, b.Minimal) || !slices.Equal(sorted(a.Excess), sorted(b.Excess)) || a.Reach != b.Reach ||
			!slices.Equal(a.Missing, b.Missing) || len(a.Redundant) != len(b.Redundant) {
			t.Fatalf("%+v\n%+v", a, b)
		}
	})
}

func TestFurtherPurposeNeverLowersReach(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawRequest(t, 1)
		more := d.verdict(t).Reach
		d.purposes = d.purposes[:len(d.purposes)-1]
		fewer := d.verdict(t).Reach
		if more.Minimal < fewer.Minimal || more.GlobalMinimum < fewer.GlobalMinimum {
			t.Fatalf("%+v with one purpose more than %q, %+v without", more, d.purposes, fewer)
		}
	})
}

// A request that lacks nothing lacks nothing with one scope more. Where it does
// lack something, what it lacks may be another, cheaper scope then, but no need
// that was served is left open.
func TestFurtherScopeNeverCreatesMissing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawRequest(t, 1)
		if len(d.scopes) == 0 {
			return
		}
		more := d.verdict(t)
		d.scopes = d.scopes[:len(d.scopes)-1]
		if fewer := d.verdict(t); len(fewer.Missing) == 0 && len(more.Missing) > 0 {
			t.Fatalf("%q is missing only with one scope more than %q", more.Missing, d.scopes)
		}
	})
}

// Where the request lacks something, the set takes from it what it can and adds
// the rest, and what was added may make something of it needless; so the second
// half is about requests that lack nothing.
func TestMinimalSetServesEveryPurposeAndNothingOfItCanBeLeftOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawRequest(t, 1)
		v := d.verdict(t)
		serves := func(scopes []string) bool {
			one := d
			one.scopes = scopes
			return len(one.verdict(t).Missing) == 0
		}
		if !serves(v.Minimal) {
			t.Fatalf("%q does not serve %q", v.Minimal, d.purposes)
		}
		for i := range v.Minimal {
			if len(v.Missing) > 0 {
				break
			}
			if less := slices.Delete(slices.Clone(v.Minimal), i, i+1); serves(less) {
				t.Fatalf("%q serves %q without %s", less, d.purposes, v.Minimal[i])
			}
		}
	})
}

func TestEveryScopeHasExactlyOneClass(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scopes := append(drawScopes(t, "scopes"), "no-such-scope", "STREAMING", "openid")
		tier := rapid.SampledFrom([]string{"development", "extended"}).Draw(t, "tier")
		req, list, _, err := Default().Judge(Ask{
			Provider: "spotify", Scopes: strings.Join(scopes, " "), Tier: tier,
			For: drawPurposes(t, "for", 1), Also: drawPurposes(t, "also", 0),
		})
		if err != nil {
			t.Fatal(err)
		}
		v := req.Verdict
		var needed []string
		for _, s := range list {
			if s.Class == classNeeded {
				needed = append(needed, s.ID)
			}
		}
		all := slices.Concat(needed, v.Excess, v.Optional, v.Unknown, v.NotCurrent, v.CaseMismatch, v.Dormant, v.Disputed)
		if !slices.Equal(sorted(all), sorted(scopes)) || v.Requested != len(scopes) {
			t.Fatalf("classes hold %q, the request %q", sorted(all), sorted(scopes))
		}
		again, _, _, _ := Default().Judge(Ask{
			Provider: "spotify", Scopes: strings.Join(scopes, " "), Tier: tier, For: v.Purposes, Also: v.Also,
		})
		if !reflect.DeepEqual(req, again) {
			t.Fatal("the same request gave another verdict")
		}
	})
}

// Ten permissions that open what three of them open: of which of the ten one
// leaves out, as long as the three stay, a person gets nothing back.
func TestFewerPermissionsAreNotNarrowerWhereOneOpensWhatTheOthersOpen(t *testing.T) {
	all, err := Default().Verdict(caseByID(t, "O01").ask())
	if err != nil {
		t.Fatal(err)
	}
	three, err := Default().Verdict(Ask{Provider: "google", Scopes: "drive calendar gmail.modify"})
	if err != nil {
		t.Fatal(err)
	}
	if all.Requested != 10 || three.Requested != 3 || len(all.Redundant) != 7 || len(three.Redundant) != 0 {
		t.Errorf("%d permissions with %d redundant, and %d with %d", all.Requested, len(all.Redundant), three.Requested, len(three.Redundant))
	}
	p := Default().byID("google")
	if got, want := callsOf(p, three), callsOf(p, all); !slices.Equal(got, want) {
		t.Errorf("three open %d calls, ten open %d", len(got), len(want))
	}
	for _, r := range all.Redundant {
		if !slices.Contains([]string{"drive", "calendar", "gmail.modify"}, r.By) {
			t.Errorf("%s is covered by %s, which is no more than itself", r.Scope, r.By)
		}
	}
}

// callsOf lists the calls that the permissions of a verdict open.
func callsOf(p *provider, v Verdict) []string {
	var all []string
	for _, s := range v.Scopes {
		all = append(all, p.calls[p.byName[s.ID]]...)
	}
	return slices.Compact(sorted(all))
}

// The smallest set of all for a playlist of unknown visibility is one of two
// scopes that weigh the same. The request asks for the one that comes later in
// name order: nothing is missing.
func TestScopeOfEqualReachThatIsAskedForServesAsWellAsTheOneThatIsNot(t *testing.T) {
	v, err := Default().Verdict(caseByID(t, "S18").ask())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(v.Minimal, []string{"playlist-modify-public"}) || len(v.Missing) != 0 {
		t.Errorf("minimal %q, missing %q", v.Minimal, v.Missing)
	}
	if !slices.Equal(v.GlobalMinimum, []string{"playlist-modify-private"}) || v.Reach.GlobalMinimum != v.Reach.Minimal {
		t.Errorf("global minimum %q of reach %d, want the other one of the reach %d", v.GlobalMinimum, v.Reach.GlobalMinimum, v.Reach.Minimal)
	}
	without, err := Default().Verdict(Ask{Provider: "spotify", Scopes: "user-read-email", For: []string{"add-to-some-playlist"}})
	if err != nil || !slices.Equal(without.Missing, v.GlobalMinimum) {
		t.Errorf("a request with neither lacks %q, want %q (%v)", without.Missing, v.GlobalMinimum, err)
	}
}

func TestNarrowingChangesOnlyTheListAndNeverWidensItForAnyProvider(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawRequest(t, 1)
		f := d.provider.Request
		head := f.Authorize[0] + "?" + f.ClientParam + "=1&" + f.ScopeParam + "="
		const tail = "&state=%7B%7D&x=+%2520#here"
		list := url.QueryEscape(strings.Join(d.scopes, f.Separator))
		a := Ask{URL: head + list + tail, For: d.purposes}
		once, err := Narrow(Default(), a)
		if err != nil {
			t.Fatal(err)
		}
		value, ok := strings.CutPrefix(once, head)
		value, ends := strings.CutSuffix(value, tail)
		if !ok || !ends || len(value) > len(list) {
			t.Fatalf("%s became %s", a.URL, once)
		}
		if twice, err := Narrow(Default(), Ask{URL: once, For: a.For}); err != nil || twice != once {
			t.Fatalf("once %s, twice %s, %v", once, twice, err)
		}
		before, _ := Default().Verdict(a)
		after, err := Default().Verdict(Ask{URL: once, For: a.For})
		if err != nil || len(after.Excess) > 0 || after.Reach.Requested > before.Reach.Requested || !slices.Equal(after.Missing, before.Missing) {
			t.Fatalf("excess %q, reach %d of %d, missing %q of %q, %v", after.Excess, after.Reach.Requested, before.Reach.Requested, after.Missing, before.Missing, err)
		}
	})
}
