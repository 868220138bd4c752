package does_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason"
	"diapason.dev/diapason/does"
	"diapason.dev/diapason/entity"
	"diapason.dev/diapason/lab"
)

// The quick plan shows in three visits that a name in a cache tag outlives the
// deletion of cookies and site data. It does not see the one in local storage,
// and says that it did not look there.
func TestTheQuickPlanTellsWhatOutlivesTheBoxForCookiesAndWhatItDidNotLookAt(t *testing.T) {
	t.Parallel()
	var visits []string
	captures, gaps, err := does.Plan{Start: []string{lab.Together("local", "tag")}, Respawn: true, Quick: true, AtOnce: 2}.
		Run(t.Context(), onTheLab(t), func(c *diapason.Capture) {
			if kept := c.Profile.Kept; !strings.HasPrefix(c.ID, "selftest/") {
				visits = append(visits, fmt.Sprint(c.ID, kept))
			}
		})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(visits, " "), "A1[] A2[] B[] C[] respawn/V0[] respawn/T1[Cache TransportSecurity Favicons] respawn/T2[]"; got != want {
		t.Errorf("visits %s, want %s", got, want)
	}
	if len(gaps) != 1 || !gaps[0].Minor || !strings.Contains(gaps[0].Why, "quick plan") || !strings.Contains(gaps[0].Why, "local storage") || !strings.Contains(gaps[0].Next, "full plan") {
		t.Errorf("gaps %+v", gaps)
	}
	companies, err := entity.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	facts := does.Reader{Service: diapason.Service{ID: "respawn", Domains: []string{"respawn.example"}}, Entities: companies, Salt: []byte("salt")}.Read(stored(t, captures))
	if len(facts.Respawns) != 1 {
		t.Fatalf("respawns %+v", facts.Respawns)
	}
	r := facts.Respawns[0]
	if r.Identifier != "cookie id @ tag.respawn.example" || r.Kind != "storage" || !r.Written || r.Proved || r.RecipeProved || len(r.Stores)+len(r.Recipe) > 0 || len(r.NotLooked) != 3 {
		t.Errorf("respawn %+v", r)
	}
	for _, i := range facts.Identifiers {
		if survives := slices.Contains(i.Survives, "cookie-box"); survives != strings.Contains(i.ID, "tag.") {
			t.Errorf("%s outlives the box for cookies: %t", i.ID, survives)
		}
	}
}
