package does

import (
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason"
)

// planned lists the visits of a plan's chains as "id choice signal".
func planned(chains []chain) string {
	var all []string
	for _, c := range chains {
		for _, v := range c.visits {
			line := v.ID
			if v.Choose != "" {
				line += " " + v.Choose
			}
			if v.GPC {
				line += " signal"
			}
			all = append(all, line)
		}
	}
	return strings.Join(all, "; ")
}

func TestOnlyWhatIsOfferedIsChosen(t *testing.T) {
	offers := func(accept, reject int) []*diapason.Capture {
		c := visit("B", diapason.P0, 2)
		c.Banner = &diapason.Banner{Found: true, Accept: diapason.Control{Clicks: accept}, Reject: diapason.Control{Clicks: reject}}
		return append(quiet(), c)
	}
	nothing := quiet()
	nothing[0].Banner = &diapason.Banner{Accept: diapason.Control{Clicks: -1}, Reject: diapason.Control{Clicks: -1}}
	const refused, agreed = "consent/P1/1 reject; consent/P1/2 reject; consent/P1/3 reject", "consent/P2/1 accept; consent/P2/2 accept; consent/P2/3 accept"
	const back = "consent/P3/1 withdraw; consent/P3/2 withdraw; consent/P3/3 withdraw"
	for name, c := range map[string]struct {
		captures []*diapason.Capture
		gpc      bool
		want     string
	}{
		"nothing asks":           {nothing, true, ""},
		"both ways":              {offers(1, 2), false, refused + "; " + agreed + "; " + back},
		"no way to refuse":       {offers(1, -1), false, agreed + "; " + back},
		"only a way to refuse":   {offers(-1, 1), false, refused},
		"no refusal, and signal": {offers(1, -1), true, agreed + "; " + back + "; gpc/P4.2/1 accept signal; gpc/P4.2/2 accept signal; gpc/P4.2/3 accept signal"},
	} {
		t.Run(name, func(t *testing.T) {
			p := Plan{Start: []string{page}, Consent: true, GPC: c.gpc}
			if got := planned(p.choices(offeredIn(c.captures))); got != c.want {
				t.Errorf("got %s", got)
			}
		})
	}
}

func TestVisitsLookAndSignalOnlyWhereThePlanWantsThat(t *testing.T) {
	for _, c := range []struct {
		plan Plan
		want string
	}{
		{Plan{}, "A1; A2; B; C"},
		{Plan{Consent: true}, "A1 look; A2; B look; C look"},
		{Plan{GPC: true}, "A1; A2; B; C; gpc/P4.0/1 signal; gpc/P4.0/2 signal; gpc/P4.0/3 signal"},
	} {
		c.plan.Start = []string{page}
		if got := planned(c.plan.chains()); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

func TestAVisitAfterAChoiceOpensEveryPageOrTheOneAgain(t *testing.T) {
	for _, c := range []struct{ start, steps []string }{
		{[]string{page}, []string{page}},
		{[]string{page, page + "plans"}, []string{page + "plans"}},
	} {
		var steps []string
		for _, s := range (Plan{Start: c.start}).choosing(diapason.P1)[0].visits[0].Steps {
			steps = append(steps, s.Open)
		}
		if !slices.Equal(steps, c.steps) {
			t.Errorf("steps %v, want %v", steps, c.steps)
		}
	}
}

// What visits show of the choice: one that did not make it counts for nothing.
func TestAVisitCountsOnlyIfItsChoiceWasSeenToCount(t *testing.T) {
	for name, c := range map[string]struct {
		phase  diapason.Phase
		banner *diapason.Banner
		want   bool
	}{
		"no choice to make":                       {diapason.P0, nil, true},
		"refused, and kept":                       {diapason.P1, &diapason.Banner{Found: true, Chosen: "reject", Registered: true, Since: noon}, true},
		"refused, and not kept":                   {diapason.P1, &diapason.Banner{Found: true, Chosen: "reject", Since: noon}, false},
		"no banner this time":                     {diapason.P1, &diapason.Banner{}, false},
		"nobody looked":                           {diapason.P2, nil, false},
		"agreed, and the way back was looked for": {diapason.P3, &diapason.Banner{Found: true, Chosen: "accept", Registered: true, Since: noon, Withdraw: diapason.Control{Clicks: -1}}, true},
		"agreed, and the way back not followed":   {diapason.P3, &diapason.Banner{Found: true, Chosen: "accept", Registered: true, Since: noon, Withdraw: diapason.Control{Clicks: 2}}, false},
		"taken back":                              {diapason.P3, &diapason.Banner{Found: true, Chosen: "withdraw", Registered: true, Since: noon}, true},
	} {
		t.Run(name, func(t *testing.T) {
			v := visit("x", c.phase, 1)
			v.Banner = c.banner
			f := reader(t).Read(append(quiet(), v))
			i := slices.IndexFunc(f.Visits, func(v Visit) bool { return v.ID == "x" })
			if f.Visits[i].Complete != c.want {
				t.Errorf("counts: %t", f.Visits[i].Complete)
			}
			if (len(f.Banners) == 1) != (c.banner != nil) {
				t.Errorf("%d looks at a banner are told", len(f.Banners))
			}
		})
	}
}

func TestASignalThatAReceiverCouldNotGetIsNotIgnoredByIt(t *testing.T) {
	var all []*diapason.Capture
	for run := 1; run <= 3; run++ {
		c := visit("gpc/P4.0/"+string(rune('0'+run)), diapason.P40, run)
		c.GPC = true
		ask(c, "document", page, "Sec-GPC", "1")
		ask(c, "image", "https://adsum.example/p.gif", "Sec-GPC", "1", "Referer", page)
		ask(c, "websocket", "wss://live.pulse.example/", "Cookie", "pid="+id(4, run))
		all = append(all, c)
	}
	r := reader(t)
	f := r.Read(append(everyday(), all...))
	for _, a := range f.Accesses {
		if a.Phase == diapason.P40 && (a.Unsignalled != (a.Name == "live.pulse.example") || a.Kind == "read") {
			t.Errorf("%s %s, could not be told: %t", a.Kind, a.Name, a.Unsignalled)
		}
	}
	for _, flow := range r.Flows(f) {
		if flow.Phase == diapason.P40 && (flow.Recipient.ID != "adsum" || flow.Consent != diapason.ConsentAbsent) {
			t.Errorf("%s %s, consent %s", flow.Phase, flow.Recipient.ID, flow.Consent)
		}
	}
}
