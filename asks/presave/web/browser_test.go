package web_test

import (
	"strings"
	"testing"

	"diapason.dev/diapason/asks/presave/mock"
	"diapason.dev/diapason/internal/cdp/cdptest"
)

// From the campaign's page to the receipt, and to cancelling, with a keyboard
// and nothing else, in a real Chromium.
func TestTheWholeWayInARealBrowserByKeyboardAlone(t *testing.T) {
	s := newPlainStage(t, func(_ *stage, o *mock.Options) { o.Extended = false })
	b := cdptest.Open(t)
	b.Width(1280)
	b.Go(s.site.Base + "/c/paper-lanterns")
	readable(t, b, "campaign")

	b.Go(s.site.Base + "/c/paper-lanterns")
	b.Width(360)
	tabTo(t, b, "SELECT", "")
	for _, r := range "Tokyo" { // a list jumps to what is typed
		b.Press(strings.ToUpper(string(r)), string(r), int(strings.ToUpper(string(r))[0]))
	}
	if got := cdptest.Eval[string](b, `document.getElementById("zone").value`); got != "Asia/Tokyo" {
		t.Errorf("typing chooses %q", got)
	}
	tabTo(t, b, "BUTTON", "Continue to Spotify")
	b.PressEnter()
	b.Arrive()
	if got := cdptest.Eval[string](b, "location.origin + location.pathname"); got != s.accounts.URL+"/authorize" {
		t.Fatalf("the button leads to %s", got)
	}
	if got := cdptest.Eval[string](b, "document.referrer"); got != "" {
		t.Errorf("the provider is told where the listener was: %q", got)
	}
	tabTo(t, b, "INPUT", "")
	tabTo(t, b, "BUTTON", "Agree")
	b.PressEnter()
	b.Arrive()
	if got := cdptest.Eval[string](b, `document.querySelector("h1").textContent`); got != "Paper Lanterns will be saved" {
		t.Fatalf("it comes back to %q", got)
	}
	if !strings.Contains(cdptest.Eval[string](b, "document.body.textContent"), "begins in Tokyo") {
		t.Error("the receipt does not know the zone that was typed")
	}
	if got := cdptest.Eval[string](b, "document.cookie"); got != "" {
		t.Errorf("a script could read %q", got)
	}
	address := cdptest.Eval[string](b, "location.href")
	readable(t, b, "receipt")
	b.Media("print")
	if got := cdptest.Eval[[]string](b, `[...document.querySelectorAll("h2")].filter(e => e.checkVisibility()).map(e => e.textContent)`); strings.Join(got, "; ") != "Keep this address; End it at Spotify; Who answers for this" {
		t.Errorf("printed are %q: what cannot be pressed on paper is left out, and the rest is not", got)
	}
	b.Media("prefers-color-scheme=light")

	b.Go(address)
	tabTo(t, b, "BUTTON", "Cancel and delete")
	b.PressEnter()
	b.Arrive()
	if got := cdptest.Eval[string](b, `document.querySelector("h1").textContent + " " + (location.href)`); got != "Cancelled "+address {
		t.Errorf("cancelling leads to %q", got)
	}
	readable(t, b, "cancelled")
	s.waiting("0")
}
