package rule

import (
	"math"
	"testing"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/does"
	"diapason.dev/diapason/says"
	"diapason.dev/diapason/vocab"
)

func TestLongerAllowsADayOrFivePercent(t *testing.T) {
	for _, c := range []struct {
		a, b float64
		want bool
	}{
		{366, 365, false}, {383, 365, false}, {384, 365, true}, {2, 1, false}, {2.1, 1, true}, {1, 0, false}, {1.01, 0, true}, {-1, 365, true}, {-1, -1, false}, {400, -1, false},
	} {
		if got := longer(c.a, c.b); got != c.want {
			t.Errorf("longer(%v, %v) is %v", c.a, c.b, got)
		}
	}
}

func TestSpansAreDays(t *testing.T) {
	for text, want := range map[string]float64{"24 h": 1, "2 weeks": 14, "13 months": 395.679, "1 year": 365.2425, "0": 0} {
		if got, err := parseSpan(text); err != nil || math.Abs(got-want) > 0.001 {
			t.Errorf("%s is %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "x days", "-1 days", "3 moons", "NaN days", "Inf days"} {
		if _, err := parseSpan(text); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}

func TestDurationsReadWell(t *testing.T) {
	for days, want := range map[float64]string{
		-1: "without end", 0: "until the browser is closed", 1.0 / 24: "1 hour", 0.5: "12 hours", 1: "1 day", 30: "30 days", 90: "3 months", 400: "13 months", 730.5: "2 years",
	} {
		if got := duration(days); got != want {
			t.Errorf("%v days: %q, want %q", days, got, want)
		}
	}
}

func TestVaguenessGrowsTowardsTheRoot(t *testing.T) {
	at := func(x, y diapason.Term) float64 { return vagueness(x, y) }
	if got := at("pd:EmailAddress", "pd:EmailAddress"); got != 0 {
		t.Errorf("itself: %v", got)
	}
	contact, personal := at("pd:EmailAddress", "pd:Contact"), at("pd:EmailAddress", "dpv:PersonalData")
	if contact >= 0.5 || personal < 0.5 || personal >= 1 {
		t.Errorf("under contact %v, under personal data %v", contact, personal)
	}
	if got := at("pd:EmailAddress", "dia:ListeningHistory"); got != 1 {
		t.Errorf("elsewhere: %v", got)
	}
}

func TestSharingWantsAnAdvertiserAndSomethingThatSinglesOut(t *testing.T) {
	ad := diapason.Party{ID: "adsum.example", Role: diapason.RoleAdvertiser, Relation: diapason.ThirdParty}
	own := diapason.Party{ID: "nocturne", Role: diapason.RoleAdvertiser, Relation: diapason.FirstParty}
	for _, c := range []struct {
		who     diapason.Party
		payload []string
		want    bool
	}{
		{ad, []string{"persistent-id"}, true},
		{ad, []string{"page-address"}, true},
		{ad, nil, false},
		{own, []string{"persistent-id"}, false},
		{diapason.Party{ID: "t", Role: diapason.RoleAnalytics, Relation: diapason.ThirdParty}, []string{"persistent-id"}, false},
	} {
		if got := sharing(diapason.Flow{Recipient: c.who, Payload: c.payload}); got != c.want {
			t.Errorf("%s with %v: %v", c.who.Role, c.payload, got)
		}
	}
}

func TestAStatementCoversDataReceiverAndDeed(t *testing.T) {
	ad := diapason.Party{ID: "adsum.example", Name: "Adsum", Role: diapason.RoleAdvertiser, Relation: diapason.ThirdParty}
	flow := diapason.Flow{Data: "pd:EmailAddress", Recipient: ad, Operation: diapason.Share}
	good := says.Practice{Data: "pd:Contact", Recipient: "dia:OtherParty", Operation: diapason.Share}
	for _, c := range []struct {
		name   string
		change func(*says.Practice)
		want   bool
	}{
		{"all above", func(*says.Practice) {}, true},
		{"other data", func(p *says.Practice) { p.Data = "dia:ListeningHistory" }, false},
		{"other receiver", func(p *says.Practice) { p.Recipient = "dia:Processor" }, false},
		{"no one in particular", func(p *says.Practice) { p.Recipient = vocab.RootParty }, false},
		{"by name", func(p *says.Practice) { p.RecipientName = "adsum" }, true},
		{"another's name", func(p *says.Practice) { p.RecipientName = "Tally" }, false},
		{"other deed", func(p *says.Practice) { p.Operation = diapason.Collect }, false},
		{"selling is handing on", func(p *says.Practice) { p.Operation = diapason.Sell }, true},
	} {
		p := good
		c.change(&p)
		if got := coversFlow(p, flow); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	access := does.Access{Kind: "set", Data: cookieData, Recipient: diapason.Party{ID: "n", Relation: diapason.FirstParty}}
	if !coversAccess(says.Practice{Data: cookieData, Recipient: "dia:Service", Operation: diapason.Use}, access) {
		t.Error("a use of cookies by the service does not cover a cookie of the service")
	}
}

func TestAMissingTimeIsNotKnown(t *testing.T) {
	if given(time.Time{}) || given(time.Unix(0, 0)) || !given(time.Unix(1, 0)) {
		t.Error("a missing time is taken for one")
	}
}
