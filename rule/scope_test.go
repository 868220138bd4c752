package rule

import (
	"strings"
	"testing"

	"diapason.dev/diapason"
)

func TestWhatWasNotAskedForDoesNotApplyAndSaysSo(t *testing.T) {
	p := mustLoad(t, costLimit, map[string]string{"XX-01.yaml": good})
	in := seenIn(0)
	for _, c := range []struct {
		name    string
		only    *Scope
		outcome diapason.Outcome
		why     string
	}{
		{"everything was asked for, and the visit is missing", nil, diapason.Inconclusive, "none ran to its end"},
		{"the visit was asked for, and is missing", &Scope{Channels: []diapason.Channel{diapason.Does}, Phases: []diapason.Phase{diapason.P0}}, diapason.Inconclusive, "none ran to its end"},
		{"no visit was asked for", &Scope{Channels: []diapason.Channel{diapason.Does}}, diapason.NotApplicable, "Not asked for: the rule needs a visit"},
		{"another voice was asked for", &Scope{Channels: []diapason.Channel{diapason.Holds}, Phases: []diapason.Phase{diapason.P0}}, diapason.NotApplicable, "Not asked for: the rule needs what the service does"},
	} {
		in.Only = c.only
		if v, _ := judgeOne(t, p, in); v.Outcome != c.outcome || !strings.Contains(v.Why, c.why) {
			t.Errorf("%s: %s %q, want %s %q", c.name, v.Outcome, v.Why, c.outcome, c.why)
		}
	}
}

func TestAFindingInWhatWasAskedForIsStillOne(t *testing.T) {
	in := seenIn(3, 1, 2, 3)
	in.Only = &Scope{Channels: []diapason.Channel{diapason.Does}, Phases: []diapason.Phase{diapason.P0}}
	if v, _ := judgeOne(t, mustLoad(t, costLimit, map[string]string{"XX-01.yaml": good}), in); v.Outcome != diapason.Fail {
		t.Errorf("got %s %q", v.Outcome, v.Why)
	}
}
