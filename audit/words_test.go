package audit

import (
	"testing"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/holds"
)

func TestFindingsOutrankIncompleteAndIncompleteOutranksClean(t *testing.T) {
	high := diapason.Finding{Severity: diapason.High}
	proposed := diapason.Finding{Severity: diapason.Critical, Proposed: true}
	gap, minor := diapason.Gap{What: "visit A1"}, diapason.Gap{What: "a favicon", Minor: true}
	unclear := diapason.Verdict{Rule: "CN-01", Outcome: diapason.Inconclusive}
	for name, c := range map[string]struct {
		r      Result
		failOn diapason.Severity
		want   int
	}{
		"nothing":                            {Result{}, diapason.High, diapason.ExitClean},
		"a finding":                          {Result{Findings: []diapason.Finding{high}}, diapason.High, diapason.ExitFindings},
		"a finding below the limit":          {Result{Findings: []diapason.Finding{high}}, diapason.Critical, diapason.ExitClean},
		"a finding where none is to fail":    {Result{Findings: []diapason.Finding{high}}, "", diapason.ExitClean},
		"a proposal that nobody confirmed":   {Result{Findings: []diapason.Finding{proposed}}, diapason.Low, diapason.ExitClean},
		"a gap":                              {Result{Gaps: []diapason.Gap{gap}}, diapason.High, diapason.ExitIncomplete},
		"a gap, where no finding is to fail": {Result{Gaps: []diapason.Gap{gap}}, "", diapason.ExitIncomplete},
		"a minor gap":                        {Result{Gaps: []diapason.Gap{minor}}, diapason.High, diapason.ExitClean},
		"a rule that could not be decided":   {Result{Verdicts: []diapason.Verdict{unclear}}, diapason.High, diapason.ExitIncomplete},
		"a finding and a gap":                {Result{Findings: []diapason.Finding{high}, Gaps: []diapason.Gap{gap}}, diapason.High, diapason.ExitFindings},
	} {
		if got := diapason.ExitCode(c.r.Err(c.failOn)); got != c.want {
			t.Errorf("%s: exit status %d, want %d", name, got, c.want)
		}
	}
}

func TestAnAnswerIsDueInOneMonthAndWithNoticeInThree(t *testing.T) {
	now := time.Date(2026, 4, 10, 12, 0, 0, 0, time.UTC)
	a := answer(holds.Export{ID: "1"}, HoldsConfig{Requested: "2026-03-01", Received: "2026-04-02"}, now)
	if got := a.MonthDue.Format(time.DateOnly); got != "2026-04-01" {
		t.Errorf("due on %s", got)
	}
	if got := a.LastDue.Format(time.DateOnly); got != "2026-06-01" {
		t.Errorf("with notice due on %s", got)
	}
	if a = answer(holds.Export{ID: "1"}, HoldsConfig{Requested: "2026-03-01"}, now); !a.Received.Equal(now.Truncate(24 * time.Hour)) {
		t.Errorf("an answer that has not come counts as of %s", a.Received)
	}
	if a = answer(holds.Export{ID: "1"}, HoldsConfig{}, now); !a.MonthDue.IsZero() {
		t.Error("without a date of the request nothing is due")
	}
}
