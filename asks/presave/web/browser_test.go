package web_test

import (
	"strings"
	"testing"

	"diapason.dev/diapason/asks/presave/mock"
)

// From the campaign's page to the receipt, and to cancelling, with a keyboard
// and nothing else, in a real Chromium.
func TestTheWholeWayInARealBrowserByKeyboardAlone(t *testing.T) {
	s := newPlainStage(t, func(_ *stage, o *mock.Options) { o.Extended = false })
	b := chromium(t)
	b.width(1280)
	b.open(s.site.Base + "/c/paper-lanterns")
	b.readable("campaign")

	b.open(s.site.Base + "/c/paper-lanterns")
	b.width(360)
	b.tabTo("SELECT", "")
	for _, r := range "Tokyo" { // a list jumps to what is typed
		b.press(strings.ToUpper(string(r)), string(r), int(strings.ToUpper(string(r))[0]))
	}
	if got := eval[string](b, `document.getElementById("zone").value`); got != "Asia/Tokyo" {
		t.Errorf("typing chooses %q", got)
	}
	b.tabTo("BUTTON", "Continue to Spotify")
	b.enter()
	b.arrives()
	if got := eval[string](b, "location.origin + location.pathname"); got != s.accounts.URL+"/authorize" {
		t.Fatalf("the button leads to %s", got)
	}
	if got := eval[string](b, "document.referrer"); got != "" {
		t.Errorf("the provider is told where the listener was: %q", got)
	}
	b.tabTo("INPUT", "")
	b.tabTo("BUTTON", "Agree")
	b.enter()
	b.arrives()
	if got := eval[string](b, `document.querySelector("h1").textContent`); got != "Paper Lanterns will be saved" {
		t.Fatalf("it comes back to %q", got)
	}
	if !strings.Contains(eval[string](b, "document.body.textContent"), "begins in Tokyo") {
		t.Error("the receipt does not know the zone that was typed")
	}
	if got := eval[string](b, "document.cookie"); got != "" {
		t.Errorf("a script could read %q", got)
	}
	address := eval[string](b, "location.href")
	b.readable("receipt")
	b.media("print", "")
	if got := eval[[]string](b, `[...document.querySelectorAll("h2")].filter(e => e.checkVisibility()).map(e => e.textContent)`); strings.Join(got, "; ") != "Keep this address; End it at Spotify; Who answers for this" {
		t.Errorf("printed are %q: what cannot be pressed on paper is left out, and the rest is not", got)
	}
	b.media("", "light")

	b.open(address)
	b.tabTo("BUTTON", "Cancel and delete")
	b.enter()
	b.arrives()
	if got := eval[string](b, `document.querySelector("h1").textContent + " " + (location.href)`); got != "Cancelled "+address {
		t.Errorf("cancelling leads to %q", got)
	}
	b.readable("cancelled")
	s.waiting("0")
}
