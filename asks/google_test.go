package asks

import (
	"slices"
	"strings"
	"testing"
)

func TestTenGoogleScopesOpenTheCallsOfThreeOfThem(t *testing.T) {
	pc := caseByID(t, "O01")
	req, _, _, err := Default().Judge(pc.ask())
	if err != nil {
		t.Fatal(err)
	}
	rest := slices.Clone(pc.Scopes)
	for _, r := range req.Verdict.Redundant {
		if r.Basis != "operations" {
			t.Errorf("%s is covered by %s on the basis %q, want operations", r.Scope, r.By, r.Basis)
		}
		rest = slices.DeleteFunc(rest, func(id string) bool { return id == r.Scope })
	}
	var want []string
	for _, id := range pc.Expect["operation_equivalent_subset"].([]any) {
		want = append(want, id.(string))
	}
	if !slices.Equal(rest, want) || len(req.Verdict.Redundant) != int(pc.Expect["redundant"].(float64)) {
		t.Errorf("%q open what all open and %d are redundant, want %q and %v", rest, len(req.Verdict.Redundant), want, pc.Expect["redundant"])
	}
}

// A list beside a call of Google's means any of them, and what a parameter
// decides is in the catalogue: the smallest set is not the first or the shortest.
func TestGooglePurposesTakeTheNarrowestScope(t *testing.T) {
	for purpose, want := range map[string]string{
		"sign-in": "openid", "read-email-address": "email", "read-mail": "gmail.readonly", "list-mail": "gmail.metadata",
		"send-mail": "gmail.send", "save-file": "drive.file", "read-drive": "drive.readonly", "keep-settings": "drive.appdata",
		"edit-sheet": "drive.file", "add-event": "calendar.events.owned", "find-free-time": "calendar.events.freebusy",
		"check-age": "user.birthday.read", "read-steps": "fitness.activity.read", "add-task": "tasks",
	} {
		req, _, _, err := Default().Judge(Ask{Provider: "google", Scopes: "https://www.googleapis.com/auth/contacts", For: []string{purpose}})
		if err != nil {
			t.Fatal(err)
		}
		if got := req.Verdict.GlobalMinimum; !slices.Equal(got, []string{want}) {
			t.Errorf("%s needs %q, want %s", purpose, got, want)
		}
	}
}

func TestWritingScopeOfFitIsDisputedForReadingAndNotExcess(t *testing.T) {
	req, _, _, err := Default().Judge(Ask{
		Provider: "google", Scopes: "fitness.activity.read fitness.activity.write fitness.sleep.read", For: []string{"read-steps"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if v := req.Verdict; !slices.Equal(v.Disputed, []string{"fitness.activity.write"}) || !slices.Equal(v.Excess, []string{"fitness.sleep.read"}) {
		t.Errorf("disputed %q, excess %q", v.Disputed, v.Excess)
	}
}

func TestNamesOfGooglePlusAreLegacyHoweverTheyAreSpelled(t *testing.T) {
	const prefix = "https://www.googleapis.com/auth/"
	names := []string{"plus.profile.emails.read", "profile.emails.read", prefix + "plus.profile.emails.read", prefix + "profile.emails.read"}
	req, _, _, err := Default().Judge(Ask{Provider: "google", Scopes: strings.Join(names, " "), For: []string{"sign-in"}})
	if err != nil {
		t.Fatal(err)
	}
	if v := req.Verdict; !slices.Equal(v.NotCurrent, names) || len(v.LegacyAPIOnly) != 4 {
		t.Errorf("not current %q, of a retired interface only %q: want all four", v.NotCurrent, v.LegacyAPIOnly)
	}
}
