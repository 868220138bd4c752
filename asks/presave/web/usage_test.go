package web_test

import (
	"strings"
	"testing"

	"diapason.dev/diapason/asks"
	"diapason.dev/diapason/asks/presave"
	"diapason.dev/diapason/asks/presave/web"
	"diapason.dev/diapason/asks/usage"
)

// What each option asks for is what the catalogue calls the smallest set.
func TestEachOptionAsksForTheSmallestSetOfItsPurpose(t *testing.T) {
	for option, purpose := range map[presave.Option]string{presave.Save: "save-release", presave.Follow: "follow-artist", presave.Email: "read-email"} {
		scopes := strings.Join(web.Scopes()[option], " ")
		r, _, _, err := asks.Default().Judge(asks.Ask{Provider: "spotify", Scopes: scopes, For: []string{purpose}})
		if err != nil {
			t.Fatal(err)
		}
		if v := r.Verdict; len(v.Excess)+len(v.Missing) > 0 || strings.Join(v.GlobalMinimum, " ") != scopes {
			t.Errorf("%s asks for %q: excess %q, missing %q, minimum %q", option, scopes, v.Excess, v.Missing, v.GlobalMinimum)
		}
	}
}

// sevenScopes are what careless campaigns ask for.
var sevenScopes = []string{
	"user-library-modify", "user-read-email", "user-read-private", "user-follow-read", "user-follow-modify",
	"playlist-read-private", "playlist-modify-private",
}

// The same campaign twice, from the first click to the saved album, once with
// the one scope and once with seven: the provider's log tells them apart.
func TestAfterAWholeCampaignTheLogShowsWhatWasUsed(t *testing.T) {
	for _, c := range []struct {
		scopes []string
		unused int
		text   string
	}{
		{web.Scopes()[presave.Save], 0, "The one permission we ask for"},
		{sevenScopes, 6, "The 7 permissions we ask for"},
	} {
		s := newStage(t, nil)
		s.site.Scopes[presave.Save] = c.scopes
		l := s.listener("listener-1")
		if !strings.Contains(l.get("/c/paper-lanterns").body, c.text) {
			t.Errorf("the page does not say %q", c.text)
		}
		path := l.presave("Europe/Paris")
		s.at(midnight.Add(jitter))
		if got := l.receipt(path); got.State != "saved" {
			t.Fatalf("the receipt says %s", got.State)
		}
		calls, err := usage.Read(asks.Default(), strings.NewReader(s.used.String()), usage.Log{Name: "mock.log", Provider: "spotify", Vantage: "mock"})
		if err != nil {
			t.Fatal(err)
		}
		u := calls.Conclude(usage.Grant{Request: "1", Requested: c.scopes, Event: asks.Event{Name: "release", At: midnight}})
		n := map[string]int{}
		for _, g := range u.Granted {
			n[g.Use]++
		}
		if len(u.Granted) != len(c.scopes) || n[asks.Exercised] != 1 || n[asks.NotExercised] != c.unused {
			t.Errorf("granted %d, exercised %d, not exercised %d: %q", len(u.Granted), n[asks.Exercised], n[asks.NotExercised], u.Text)
		}
	}
}
