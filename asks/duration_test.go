package asks

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"diapason.dev/diapason"
)

func instant(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestGrantOfSixMonthsIsHeldAgainstTheReleaseThatItWaitsFor(t *testing.T) {
	for _, tc := range []struct {
		name, agreed, release string
		grantEnds, purposeEnd string
		over                  float64
		cannot                bool
		says                  string
	}{
		{
			"released in time", "2026-06-02T12:00:00Z", "2026-09-04T00:00:00+02:00", "2026-12-02T12:00:00Z", "2026-09-05T00:00:00+02:00", 88.6, false,
			"Agreed to on 2026-06-02, it can last until 2026-12-02. What it is for is over on 2026-09-05, 89 days earlier.",
		},
		{
			"released too late", "2026-06-02T12:00:00Z", "2027-01-15T00:00:00Z", "2026-12-02T12:00:00Z", "2027-01-16T00:00:00Z", 0, true,
			"This grant cannot work: agreed to on 2026-06-02, it ends on 2026-12-02 at the latest, before the release on 2027-01-15.",
		},
		{
			"released at the last moment", "2026-06-02T12:00:00Z", "2026-12-02T12:00:00Z", "2026-12-02T12:00:00Z", "2026-12-03T12:00:00Z", 0, false,
			"it can last until 2026-12-02.",
		},
		{
			"released already", "2026-06-02T12:00:00Z", "2026-05-01T00:00:00Z", "2026-12-02T12:00:00Z", "2026-05-02T00:00:00Z", 183, false,
			"What it is for was over on 2026-05-02 already.",
		},
		{
			"agreed to on a day that the last month lacks", "2026-08-31T12:00:00Z", "2026-09-04T00:00:00Z", "2027-02-28T12:00:00Z", "2026-09-05T00:00:00Z", 176.5, false,
			"it can last until 2027-02-28.",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := Ask{
				URL: good(), For: []string{"save-release"}, Authorized: instant(t, tc.agreed),
				Event: Event{Name: "release", At: instant(t, tc.release)},
			}
			req, _, grants, err := Default().Judge(a)
			if err != nil {
				t.Fatal(err)
			}
			d := req.Duration
			if !d.GrantEnds.Equal(instant(t, tc.grantEnds)) || !d.PurposeEnd.Equal(instant(t, tc.purposeEnd)) || d.Over != tc.over || d.CannotWork != tc.cannot {
				t.Errorf("grant ends %v, purpose %v, over %v, cannot work %v", d.GrantEnds, d.PurposeEnd, d.Over, d.CannotWork)
			}
			if text := strings.Join(req.Text, "\n"); !strings.Contains(text, tc.says) {
				t.Errorf("the text does not say %q:\n%s", tc.says, text)
			}
			if found := slices.ContainsFunc(req.Verdict.Findings, func(f Finding) bool { return f.ID == "asks.duration.cannot-work" }); found != tc.cannot {
				t.Errorf("findings %v", req.Verdict.Findings)
			}
			wantEnds := daysBetween(d.Authorized, d.GrantEnds)
			wantPurpose := max(0, daysBetween(d.Authorized, d.PurposeEnd))
			if len(grants) != 1 || grants[0].Ends != wantEnds || grants[0].PurposeEnds != wantPurpose {
				t.Errorf("grants %+v, want an end after %v days and one of the purpose after %v", grants, wantEnds, wantPurpose)
			}
		})
	}
}

func TestPurposeWithoutAnEndLeavesTheEndOfAllUnknown(t *testing.T) {
	req, _, grants, err := Default().Judge(Ask{
		URL: good(), For: []string{"save-release", "now-playing"}, Authorized: instant(t, "2026-06-02T12:00:00Z"),
		Event: Event{Name: "release", At: instant(t, "2027-01-15T00:00:00Z")},
	})
	if err != nil || !req.Duration.PurposeEnd.IsZero() || req.Duration.Over != 0 || grants[0].PurposeEnds != 0 {
		t.Errorf("%+v, %+v, %v", req.Duration, grants, err)
	}
	if !req.Duration.CannotWork {
		t.Error("the release is after the end of the grant, whatever else it is for")
	}
}

func TestGrantThatIsNotRenewedHasNoKnownEnd(t *testing.T) {
	req, _, grants, err := Default().Judge(Ask{
		URL: good("response_type", "token"), For: []string{"save-release"}, Authorized: instant(t, "2026-06-02T12:00:00Z"),
		Event: Event{Name: "release", At: instant(t, "2027-01-15T00:00:00Z")},
	})
	if err != nil || !req.Duration.GrantEnds.IsZero() || req.Duration.CannotWork || grants[0].Ends != 0 {
		t.Errorf("%+v, %+v, %v", req.Duration, grants, err)
	}
}

func TestEventThatNoPurposeWaitsForIsRefused(t *testing.T) {
	agreed := instant(t, "2026-06-02T12:00:00Z")
	for _, tc := range []struct {
		name string
		ask  Ask
		want string
	}{
		{"another name", Ask{For: []string{"save-release"}, Authorized: agreed, Event: Event{Name: "relase"}}, `waits for "relase"`},
		{"a purpose that waits for nothing", Ask{For: []string{"now-playing"}, Authorized: agreed, Event: Event{Name: "release"}}, `waits for "release"`},
		{"no purpose", Ask{Authorized: agreed, Event: Event{Name: "release"}}, `waits for "release"`},
		{"no authorization", Ask{For: []string{"save-release"}, Event: Event{Name: "release", At: agreed}}, "no time of the authorization"},
	} {
		tc.ask.URL = good()
		if _, err := Default().Verdict(tc.ask); !errors.Is(err, diapason.ErrUsage) || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: error %v, want one that says %q", tc.name, err, tc.want)
		}
	}
}
