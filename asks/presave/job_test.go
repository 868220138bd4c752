package presave_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"diapason.dev/diapason/asks/presave"
	"diapason.dev/diapason/asks/presave/mock"
)

func TestTheReleaseIsSavedWithinTenMinutesOfMidnightAndNeverBefore(t *testing.T) {
	s := newStage(t, nil)
	listeners := []string{"listener-1", "listener-2", "listener-3", "listener-4", "listener-5"}
	secrets := s.enrol(listeners...)
	s.at(midnight.Add(-time.Nanosecond))
	if s.calls() != 0 {
		t.Fatalf("%d requests before midnight", s.calls())
	}
	s.counts(presave.Counts{Waiting: 5})
	s.at(midnight.Add(presave.Jitter))
	s.counts(presave.Counts{Done: 5})
	for i, who := range listeners {
		s.saved(who, true)
		if got := s.state(secrets[i]); got != presave.Done {
			t.Errorf("receipt of %s says %s", who, got)
		}
	}
	if s.calls() != 10 {
		t.Errorf("%d requests for 5 rows, want a refresh and a save each", s.calls())
	}
}

func TestRowsOfOneMidnightAreSpreadOverTenMinutes(t *testing.T) {
	s := newStage(t, nil)
	early, late := 0, 0
	for i := range 60 {
		row, err := s.Store.Find(ctx, presave.CancelHash(s.enrol(fmt.Sprint("listener-", i))[0]))
		must(t, err)
		switch d := row.NextAt.Sub(row.DueAt); {
		case !row.DueAt.Equal(midnight) || d < 0 || d >= presave.Jitter:
			t.Fatalf("due at %v, next at %v", row.DueAt, row.NextAt)
		case d < presave.Jitter/2:
			early++
		default:
			late++
		}
	}
	if early < 10 || late < 10 {
		t.Fatalf("%d in the first half, %d in the second", early, late)
	}
}

func TestZonesAreServedInTheOrderOfTheirMidnights(t *testing.T) {
	s := newStage(t, nil)
	first := time.Date(2026, 9, 3, 10, 0, 0, 0, time.UTC)
	for who, zone := range map[string]string{"listener-1": "Pacific/Kiritimati", "listener-2": "Etc/GMT+12"} {
		_, _, err := s.Enrol(ctx, presave.Consent{Campaign: "low-tide", Option: presave.Save, URI: album, Zone: zone, Refresh: s.provider.Grant(who, "campaign", scope)})
		must(t, err)
	}
	s.at(first.Add(presave.Jitter))
	s.saved("listener-1", true)
	s.saved("listener-2", false)
	s.at(first.Add(26*time.Hour - 1))
	s.saved("listener-2", false)
	s.at(first.Add(26*time.Hour + presave.Jitter))
	s.saved("listener-2", true)
}

func TestARotatedTokenIsStoredBeforeItIsUsed(t *testing.T) {
	s := newStage(t, nil) // tokens work once
	secret := s.enrol("listener-1")[0]
	s.meddle = answer("/library", http.StatusServiceUnavailable, "")
	now := midnight.Add(presave.Jitter)
	for range 5 {
		s.at(now)
		row, err := s.Store.Find(ctx, presave.CancelHash(secret))
		must(t, err)
		now = row.NextAt
	}
	s.meddle = nil
	s.at(now)
	s.counts(presave.Counts{Done: 1})
}

func TestCancellingDuringAJobSavesNothingMore(t *testing.T) {
	s := newStage(t, nil)
	secret := s.enrol("listener-1")[0]
	s.meddle = func(_ http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/token") { // the worker has the row
			if err := s.Cancel(ctx, secret); err != nil {
				t.Error(err)
			}
		}
		return false
	}
	s.at(midnight.Add(presave.Jitter))
	s.counts(presave.Counts{Cancelled: 1})
	s.saved("listener-1", false)
	if got := s.state(secret); got != presave.Cancelled {
		t.Fatal(got)
	}
	must(t, s.Cancel(ctx, secret)) // twice is no error
}

func TestCancellingWhileItIsSavedCountsOnce(t *testing.T) {
	s := newStage(t, nil)
	secret := s.enrol("listener-1")[0]
	s.meddle = func(_ http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/library") {
			if err := s.Cancel(ctx, secret); err != nil {
				t.Error(err)
			}
		}
		return false
	}
	s.at(midnight.Add(presave.Jitter))
	s.counts(presave.Counts{Cancelled: 1})
}

func TestAMovedReleaseIsSavedOnItsNewDayOnly(t *testing.T) {
	s := newStage(t, nil)
	s.enrol("listener-1", "listener-2")
	must(t, s.Move(ctx, "low-tide", presave.Date{Year: 2026, Month: 9, Day: 11}))
	s.at(midnight.AddDate(0, 0, 7).Add(-1))
	s.counts(presave.Counts{Waiting: 2})
	must(t, s.Move(ctx, "low-tide", presave.Date{Year: 2026, Month: 9, Day: 10}))
	s.at(midnight.AddDate(0, 0, 7).Add(-1))
	s.counts(presave.Counts{Done: 2})
}

func TestAReleaseThatMovesDuringAJobIsNotSaved(t *testing.T) {
	s := newStage(t, nil)
	s.enrol("listener-1")
	moved := false
	s.meddle = func(_ http.ResponseWriter, r *http.Request) bool {
		if !moved {
			moved = true
			c := theCampaign()
			c.ReleaseDate = c.ReleaseDate.AddDays(7)
			if err := s.Store.PutCampaign(ctx, c); err != nil { // and killed before it moved the rows
				t.Error(err)
			}
		}
		return false
	}
	s.at(midnight.Add(presave.Jitter))
	s.saved("listener-1", false)
	s.at(midnight.AddDate(0, 0, 7).Add(presave.Jitter))
	s.counts(presave.Counts{Done: 1})
}

func TestNewTimeZoneDataMovesTheRows(t *testing.T) {
	s := newStage(t, nil)
	secret := s.enrol("listener-1")[0]
	row, err := s.Store.Find(ctx, presave.CancelHash(secret))
	must(t, err)
	schedules, err := s.Store.Schedules(ctx)
	must(t, err)
	// As an older release of the data had it: an hour later.
	must(t, s.Store.Reschedule(ctx, schedules[0], row.ReleaseDate, row.DueAt.Add(time.Hour), presave.Jitter))
	must(t, s.Store.SetZoneinfo(ctx, "2019a"))
	must(t, s.Tend(ctx))
	again, err := s.Store.Find(ctx, presave.CancelHash(secret))
	must(t, err)
	version, err := s.Store.Zoneinfo(ctx)
	must(t, err)
	if !again.DueAt.Equal(row.DueAt) || version != presave.ZoneinfoVersion() {
		t.Fatalf("due %v with %s, want %v", again.DueAt, version, row.DueAt)
	}
}

func TestNothingIsSavedWhileTheClockIsMoreThan5SecondsOff(t *testing.T) {
	now := midnight.Add(presave.Jitter)
	for _, c := range []struct {
		off  time.Duration
		save bool
	}{{6 * time.Second, false}, {-7 * time.Second, false}, {5 * time.Second, true}, {-5 * time.Second, true}} {
		s := newStage(t, nil)
		s.enrol("listener-1")
		off := c.off
		s.provider = mock.New(mock.Options{
			Clients: []mock.Client{{ID: "campaign", Secret: "app-secret"}}, Extended: true,
			Now: func() time.Time { return s.clock.Now().Add(off) },
		})
		s.enrol("listener-2")
		s.at(now)
		s.saved("listener-2", c.save)
		if c.save {
			continue
		}
		if !strings.Contains(s.log.String(), "clock differs") {
			t.Fatalf("no alert:\n%s", s.log)
		}
		off = 0
		s.at(now.Add(time.Minute))
		s.saved("listener-2", true) // with the token that was rotated meanwhile
	}
}

func TestASwappedRowOrReleaseDoesNotOpen(t *testing.T) {
	s := newStage(t, nil)
	secrets := s.enrol("listener-1", "listener-2")
	first, err := s.Store.Find(ctx, presave.CancelHash(secrets[0]))
	must(t, err)
	second, err := s.Store.Find(ctx, presave.CancelHash(secrets[1]))
	must(t, err)
	for name, change := range map[string]func(*presave.Row){
		"another row":      func(r *presave.Row) { r.ID = second.ID },
		"another token":    func(r *presave.Row) { r.SealedRefresh = second.SealedRefresh },
		"another release":  func(r *presave.Row) { r.URI += "x" },
		"another campaign": func(r *presave.Row) { r.Campaign = "ebb" },
		"a changed byte":   func(r *presave.Row) { r.SealedRefresh = append([]byte{}, r.SealedRefresh...); r.SealedRefresh[20] ^= 1 },
	} {
		r := first
		change(&r)
		if refresh, err := s.Ring.Unseal(r); err == nil || refresh != "" {
			t.Errorf("%s opens", name)
		}
	}
	if _, err := s.Ring.Unseal(first); err != nil {
		t.Fatal(err)
	}
	swapped := first
	swapped.SealedRefresh = second.SealedRefresh
	must(t, s.Store.Reseal(ctx, swapped)) // as who can write to the database would
	s.at(midnight.Add(presave.Jitter))
	s.saved("listener-1", false)
	s.saved("listener-2", true)
	if !strings.Contains(s.log.String(), "row cannot be used") {
		t.Fatalf("no alert:\n%s", s.log)
	}
	s.at(midnight.Add(50 * time.Hour))
	s.counts(presave.Counts{Done: 1, Failed: 1})
}

func TestFollowingIsARowOfItsOwnAndDueAtOnce(t *testing.T) {
	s := newStage(t, nil)
	s.enrol("listener-1")
	_, secret, err := s.Enrol(ctx, presave.Consent{
		Campaign: "low-tide", Option: presave.Follow, URI: "spotify:artist:heron", Zone: "Europe/Berlin",
		Refresh: s.provider.Grant("listener-1", "campaign", "user-follow-modify"),
	})
	must(t, err)
	s.at(s.clock.Now())
	if got := s.provider.Following("listener-1"); !slices.Equal(got, []string{"heron"}) {
		t.Fatalf("follows %v; log:\n%s", got, s.log)
	}
	if got := s.state(secret); got != presave.Done {
		t.Fatal(got)
	}
	s.counts(presave.Counts{Waiting: 1, Done: 1})
}

func TestAKeyIsDestroyedSevenDaysAfterTheLastRowEnded(t *testing.T) {
	s := newStage(t, nil)
	s.enrol("listener-1", "listener-2")
	now := midnight.Add(presave.Jitter)
	s.at(now)
	keys, err := s.Ring.Keys()
	must(t, err)
	if len(keys) != 1 {
		t.Fatalf("keys %v", keys)
	}
	backup := presave.Row{ID: "r", Campaign: "low-tide", URI: album, KeyID: keys[0]}
	backup.SealedRefresh, err = s.Ring.Seal(backup, "token")
	must(t, err)
	s.clock.Set(now.Add(presave.KeyLife))
	must(t, s.Tend(ctx))
	if _, err := s.Ring.Unseal(backup); err != nil {
		t.Fatalf("destroyed too early: %v", err)
	}
	s.clock.Set(now.Add(presave.KeyLife + time.Second))
	must(t, s.Tend(ctx))
	if _, err := s.Ring.Unseal(backup); err == nil {
		t.Fatal("a backup of the row still opens")
	}
	if keys, err := s.Ring.Keys(); err != nil || len(keys) != 0 {
		t.Fatalf("keys %v, %v", keys, err)
	}
	s.enrol("listener-3") // a late listener gets a new one
	s.at(s.clock.Now())
	s.counts(presave.Counts{Done: 3})
}

func TestAReceiptIsForgottenAfter30Days(t *testing.T) {
	s := newStage(t, nil)
	secret := s.enrol("listener-1")[0]
	now := midnight.Add(presave.Jitter)
	s.at(now)
	s.clock.Set(now.AddDate(0, 0, 30))
	must(t, s.Tend(ctx))
	if got := s.state(secret); got != presave.Done {
		t.Fatal(got)
	}
	s.clock.Set(now.AddDate(0, 0, 31))
	must(t, s.Tend(ctx))
	if _, _, err := s.Status(ctx, secret); err == nil {
		t.Fatal("the receipt is still there")
	}
}

func TestSeveralWorkersRunUntilTheyAreToldToStop(t *testing.T) {
	s := newStage(t, nil)
	for i := range 40 {
		s.enrol(fmt.Sprint("listener-", i))
	}
	running, stop := context.WithCancel(ctx)
	var all sync.WaitGroup
	for range 3 {
		other := *s.Service
		other.Log = slog.New(slog.DiscardHandler)
		all.Go(func() {
			if err := other.Run(running); err != nil {
				t.Error(err)
			}
		})
	}
	s.clock.Set(midnight.Add(presave.Jitter)) // wakes them
	for {
		c, err := s.Store.Counts(ctx, "low-tide")
		must(t, err)
		if c.Done == 40 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	stop()
	all.Wait()
	if s.calls() != 80 {
		t.Fatalf("%d requests for 40 rows, want a refresh and a save each", s.calls())
	}
}

func TestARowThatIsUnderWayIsFinishedWhenTheServiceStops(t *testing.T) {
	s := newStage(t, nil)
	s.Workers = 1
	s.enrol("listener-1", "listener-2", "listener-3")
	running, stop := context.WithCancel(ctx)
	s.meddle = func(http.ResponseWriter, *http.Request) bool { stop(); return false }
	s.clock.Set(midnight.Add(presave.Jitter))
	must(t, s.Run(running))
	s.counts(presave.Counts{Waiting: 2, Done: 1})
	s.at(s.clock.Now()) // the others were given back at once
	s.counts(presave.Counts{Done: 3})
}
