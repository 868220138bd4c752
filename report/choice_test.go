package report

import (
	"strings"
	"testing"

	"diapason.dev/diapason"
	"diapason.dev/diapason/audit"
	"diapason.dev/diapason/does"
)

// chooses is a result with a banner and with what came of each choice.
func chooses(change func(*does.Facts)) *audit.Result {
	accept := diapason.Control{Words: "Accept all", Kind: "button", Clicks: 1, Layer: 1, Contrast: 8.64, Area: 9000, Keyboard: true}
	reject := diapason.Control{Words: "Manage", Kind: "link", Clicks: 2, Layer: 2, Contrast: 2.31, Area: 1000}
	f := does.Facts{
		Banners: []does.Banner{
			{Phase: diapason.P0, Run: 1, Visit: "A1", Found: true, Accept: accept, Reject: reject, Preset: []string{"Measure audiences"}},
			{Phase: diapason.P0, Run: 2, Visit: "B"},
			{Phase: diapason.P3, Run: 1, Visit: "consent/P3/1", Found: true, Accept: accept, Withdraw: diapason.Control{Clicks: -1}},
		},
		Visits: []does.Visit{
			{ID: "A1", Phase: diapason.P0, Complete: true},
			{ID: "consent/P1/1", Phase: diapason.P1, Complete: true},
			{ID: "consent/P1/2", Phase: diapason.P1},
			{ID: "consent/P2/1", Phase: diapason.P2, Complete: true},
			{ID: "respawn/V0", Phase: diapason.P2, Complete: true},
		},
		Accesses: []does.Access{
			{Kind: "set", Phase: diapason.P1, Visit: "consent/P1/1", Name: "aid", Recipient: adsum, NX: "yes"},
			{Kind: "read", Phase: diapason.P2, Visit: "consent/P2/1", Name: "aid", Recipient: adsum, NX: "yes"},
			{Kind: "contact", Phase: diapason.P0, Visit: "A1", Name: "pulse.example", Recipient: pulse, NX: "unknown"},
			{Kind: "set", Phase: diapason.P1, Visit: "consent/P1/1", Name: "choice", Recipient: nocturne, NX: "no"},
		},
	}
	if change != nil {
		change(&f)
	}
	r := sample()
	r.Facts.Does = f
	return r
}

func TestTheChoiceShowsHowItIsOfferedAndWhatCameOfIt(t *testing.T) {
	d := document(t, chooses(nil))
	if got := words(d.Find(`nav a[href="#choice"]`)); got != "The choice" {
		t.Errorf("table of contents: %q", got)
	}
	offers := d.Find(`[aria-label="How the choice is offered"] tbody tr`)
	for i, want := range []string{
		"Agree “Accept all” button 1 1 8.6 to 1 9,000 px² yes",
		"Refuse “Manage” link 2 2 2.3 to 1 1,000 px² no",
		"Take back no way was found",
	} {
		if got := words(offers.Eq(i)); got != want {
			t.Errorf("offer %d: %q, want %q", i, got, want)
		}
	}
	if boxes := d.Find(`svg[aria-label*="9.0 to 1"] rect`); boxes.Length() != 2 || boxes.Eq(0).AttrOr("width", "") != "200" || boxes.Eq(1).AttrOr("width", "") != "66" {
		t.Errorf("%d boxes", boxes.Length())
	}
	outcome := d.Find(`[aria-label="What came of the choice"]`)
	if got := words(outcome.Find("thead")); got != "Company Before any choice 1 of 1 visits count Refused 1 of 2 visits count Accepted 1 of 1 visits count" {
		t.Errorf("columns %q", got)
	}
	for i, want := range []string{"Adsum advertising – ≠ stored aid read aid", "Pulse Analytics audience measuring contacted – –"} {
		if got := words(outcome.Find("tbody tr").Eq(i)); got != want {
			t.Errorf("row %d: %q, want %q", i, got, want)
		}
	}
	text := words(d.Selection)
	for _, want := range []string{"Something asked for a choice in 1 of 2 visits.", "Ticked before anybody chose: Measure audiences."} {
		if !strings.Contains(text, want) {
			t.Errorf("nothing says %q", want)
		}
	}
}

func TestWhereNothingAsksTheChoiceSaysSo(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*does.Facts)
		want   string
	}{
		"no banner": {func(f *does.Facts) {
			f.Banners = []does.Banner{{Phase: diapason.P0, Visit: "A1"}, {Phase: diapason.P0, Visit: "B"}}
		}, "Nothing asked for a choice in 2 visits."},
		"the signal alone": {func(f *does.Facts) {
			f.Banners, f.Visits = nil, append(f.Visits, does.Visit{ID: "gpc/P4.0/1", Phase: diapason.P40})
		}, "this shows the signal alone"},
		"nothing was stored": {func(f *does.Facts) { f.Accesses = nil }, "In no state of the choice was anything stored"},
	} {
		if got := words(document(t, chooses(c.change)).Selection); !strings.Contains(got, c.want) {
			t.Errorf("%s: nothing says %q", name, c.want)
		}
	}
	if d := document(t, chooses(func(f *does.Facts) { f.Banners = nil })); d.Find("#choice").Length() != 0 {
		t.Error("a choice is shown that nobody looked for")
	}
}
