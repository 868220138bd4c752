package asks

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestLinesOfAConsentPageAreTheInnermostItemsOfItsLists(t *testing.T) {
	seen := time.Date(2026, 9, 4, 12, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		name, page string
		want       []string
	}{
		{"HTML", `<nav><ul><li>Help</li></ul></nav><h2>Account</h2><ul><li>Your  <b>e-mail</b></li><li>Actions<ul><li>Save</li><li>Remove</li></ul></li></ul><footer><ul><li>Imprint</li></ul></footer><script>"<li>x</li>"</script>`, []string{"Your e-mail", "Save", "Remove"}},
		{"roles in place of elements", `<div role="list"><div role="listitem">Your name</div></div>`, []string{"Your name"}},
		{"bullets", "Acme wants to:\n - see your name\n • save items\n", []string{"see your name", "save items"}},
		{"lines", "See your name\n\nSave items\n", []string{"See your name", "Save items"}},
		{"no list", "<p>Continue?</p>", []string{}},
		{"what a terminal would obey", "<ul><li>see \x1b[2J\u202eit</li></ul>", []string{`see \u{1B}[2J\u{202E}it`}},
	} {
		if got := ReadConsentPage(tc.page, seen); !slices.Equal(got.Lines, tc.want) || !got.Seen.Equal(seen) {
			t.Errorf("%s: %q, want %q", tc.name, got.Lines, tc.want)
		}
	}
}

func TestObservedLinesStandInForTheEstimateWithTheirDate(t *testing.T) {
	page := &ConsentPage{Lines: make([]string, 17), Seen: time.Date(2026, 9, 4, 0, 0, 0, 0, time.UTC)}
	for i := range page.Lines {
		page.Lines[i] = strings.Repeat("x", i+1)
	}
	a := caseByID(t, "S08").ask()
	a.Consent = page
	req, scopes := judge(t, a)
	if want := (Lines{Count: 17, Basis: "observed", Date: "2026-09-04"}); req.Verdict.Lines != want {
		t.Errorf("lines %+v, want %+v", req.Verdict.Lines, want)
	}
	if req.Verdict.Requested != 7 || len(scopes) != 7 || len(req.Verdict.Minimal) != 1 {
		t.Errorf("seventeen lines became %d permissions", req.Verdict.Requested)
	}
	text := strings.Join(req.Text, "\n")
	if !strings.Contains(text, "printed 17 lines for 7 permissions on 2026-09-04: lines are not permissions.") {
		t.Errorf("the text does not tell both counts:\n%s", text)
	}
	page.Seen = time.Time{}
	if req, _ := judge(t, a); req.Verdict.Lines.Date != "" || strings.Contains(strings.Join(req.Text, "\n"), "0001") {
		t.Errorf("a page without a date: %+v", req.Verdict.Lines)
	}
}
