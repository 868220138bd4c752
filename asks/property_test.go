package asks

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func drawnVerdict(t *rapid.T, scopes, purposes []string) Verdict {
	req, _, _, err := Default().Judge(Ask{Provider: "spotify", Scopes: strings.Join(scopes, " "), For: purposes})
	if err != nil {
		t.Fatal(err)
	}
	return req.Verdict
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

func TestOrderOfScopesIsIrrelevant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scopes, purposes := drawScopes(t, "scopes"), drawPurposes(t, "purposes", 0)
		a := drawnVerdict(t, scopes, purposes)
		b := drawnVerdict(t, rapid.Permutation(scopes).Draw(t, "permuted"), purposes)
		if !slices.Equal(a.Minimal, b.Minimal) || !slices.Equal(sorted(a.Excess), sorted(b.Excess)) || a.Reach != b.Reach ||
			!slices.Equal(a.Missing, b.Missing) || len(a.Redundant) != len(b.Redundant) {
			t.Fatalf("%+v\n%+v", a, b)
		}
	})
}

func TestFurtherPurposeNeverLowersReach(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scopes, purposes := drawScopes(t, "scopes"), drawPurposes(t, "purposes", 1)
		more := drawnVerdict(t, scopes, purposes).Reach
		fewer := drawnVerdict(t, scopes, purposes[:len(purposes)-1]).Reach
		if more.Minimal < fewer.Minimal || more.GlobalMinimum < fewer.GlobalMinimum {
			t.Fatalf("%+v with %q, %+v without the last", more, purposes, fewer)
		}
	})
}

func TestFurtherScopeNeverCreatesMissing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scopes, purposes := drawScopes(t, "scopes"), drawPurposes(t, "purposes", 1)
		if len(scopes) == 0 {
			return
		}
		more := drawnVerdict(t, scopes, purposes).Missing
		fewer := drawnVerdict(t, scopes[:len(scopes)-1], purposes).Missing
		for _, id := range more {
			if !slices.Contains(fewer, id) {
				t.Fatalf("%s is missing only with %s", id, scopes[len(scopes)-1])
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
