package importer

import (
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason/asks"
)

func TestGraphNeedsDependOnHowTheAppSignedIn(t *testing.T) {
	d, r := imported(t, Graph, source(t, "testdata/permissions.json"), Options{})
	if r.Ledger.Read != 7 || r.Ledger.Imported != 6 || r.Ledger.Scopes != 7 || r.Ledger.Several != 1 {
		t.Errorf("%s: want 7 read, 6 imported, 7 permissions, 1 call with several", r.Ledger)
	}
	same(t, "skipped", skips(r.Ledger), map[string]int{"no way of signing in reaches it": 1})
	for op, want := range map[string]string{
		"GET /me/songs":                 `{"when":"scheme","cases":[{"is":["DelegatedWork"],"need":{"any":["Song.Read","Song.Read.All"]}},{"is":["DelegatedPersonal"],"need":"Song.Read"},{"is":["Application"],"need":"Song.Read.All"}]}`,
		"POST /songs/send":              `{"all":["Song.Send","User.Read"]}`,
		"POST /songs/send/preview":      `"Song.Send"`,
		"POST /users/{id}/songs/export": `{"when":"scheme","cases":[{"is":["Application"],"need":{"all":["Song.Read.All",{"all":[{"any":["User.Read","User.Read.All"]},"Group.Read"]}]}}]}`,
	} {
		if got := d.needOf(t, op); got != want {
			t.Errorf("%s needs %s, want %s", op, got, want)
		}
	}
	for _, o := range d.Operations {
		if o.Op == "GET /me/songs" && !slices.Equal(o.Least, []string{"Song.Read"}) {
			t.Errorf("least privileged of %s is %q", o.Op, o.Least)
		}
	}
}

func TestGraphLevelConsentAndSchemesStandBesideThePermission(t *testing.T) {
	d, _ := imported(t, Graph, source(t, "testdata/permissions.json"), Options{})
	all := d.scope(t, "Song.Read.All")
	if all.Review == nil || !all.Review.Admin || all.Review.Level != 3 || !slices.Equal(all.DormantIn, []string{"DelegatedPersonal"}) {
		t.Errorf("Song.Read.All: review %+v, dormant in %q", all.Review, all.DormantIn)
	}
	if !slices.Equal(all.Notes, []string{"Application: level 4, an administrator must agree."}) {
		t.Errorf("notes %q", all.Notes)
	}
	if all.See != "song data of the whole organisation" || len(all.Writes) != 0 {
		t.Errorf("Song.Read.All lets see %q and do %q", all.See, all.Do)
	}
	if w := d.Terms["song"].Weight; w == nil || *w != 1 {
		t.Error("a term weighs as the lowest level that opens it")
	}
}

// A permission may also require one of another interface, which the file does
// not describe: it stays visible, and the call is not taken as free of it.
func TestGraphPermissionOfAnotherInterfaceStaysVisible(t *testing.T) {
	file := `{"permissions": {"Song.Read": {"schemes": {"Application": {"privilegeLevel": 1}},
 "pathSets": [{"schemeKeys": ["Application"], "methods": ["GET"], "paths": {"/songs": "least=Application;alsoRequires=Shop.Read"}}]}}}`
	d, r := imported(t, Graph, Source{"permissions.json", []byte(file)}, Options{})
	if got := d.needOf(t, "GET /songs"); !strings.Contains(got, `{"all":["Song.Read","Shop.Read"]}`) {
		t.Errorf("GET /songs needs %s", got)
	}
	if s := d.scope(t, "Shop.Read"); len(s.Notes) != 1 || r.Ledger.Scopes != 1 {
		t.Errorf("Shop.Read: notes %q; %s", s.Notes, r.Ledger)
	}
}

// Without terms that were written by hand, levels make the cover the one that
// Microsoft marks as the least privileged.
func TestGraphCoverIsWhatIsMarkedAsLeast(t *testing.T) {
	const purpose = `{"purposes": [{"id": "list", "title": "list your songs", "doing": "listing", "core": [{"op": "GET /me/songs", "params": {"scheme": "DelegatedWork"}}]}]}`
	_, r := imported(t, Graph, source(t, "testdata/permissions.json"), Options{Overlay: Source{"over.json", []byte(purpose)}})
	req, _, _, err := catalogue(t, r).Judge(asks.Ask{
		Provider: "microsoft-graph", Scopes: "https://graph.microsoft.com/Song.Read.All song.read", For: []string{"list"},
	})
	if err != nil {
		t.Fatal(err)
	}
	v := req.Verdict
	if !slices.Equal(v.GlobalMinimum, []string{"Song.Read"}) {
		t.Errorf("global minimum %q, want the permission marked as least", v.GlobalMinimum)
	}
	if len(v.CaseMismatch) != 1 || len(v.AdminConsent) != 1 || len(v.Privilege) != 1 {
		t.Errorf("case %q, admin %q, privilege %v", v.CaseMismatch, v.AdminConsent, v.Privilege)
	}
	if !strings.HasPrefix(r.Ledger.String(), "Graph permissions: read 7 operations") {
		t.Errorf("ledger %q", r.Ledger)
	}
}
