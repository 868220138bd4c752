package presave_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"diapason.dev/diapason/asks/presave"
	"diapason.dev/diapason/asks/presave/mock"
	"diapason.dev/diapason/asks/presave/store"
)

var ctx = context.Background()

const (
	album = "spotify:album:4aawyAB9vmqN3uQ7FjRGTy"
	scope = "user-library-modify"
)

// midnight is when 4 September 2026 begins in Berlin.
var midnight = time.Date(2026, 9, 3, 22, 0, 0, 0, time.UTC)

// A stage is a service with one campaign before a fictional provider, under
// one clock that stands still.
type stage struct {
	*presave.Service
	t        *testing.T
	provider *mock.Provider
	clock    *presave.Clock
	log      *bytes.Buffer
	// meddle, if set, sees each request to the provider before it does, and
	// answers in its place if it returns true.
	meddle func(w http.ResponseWriter, r *http.Request) bool
	calls  func() int // requests that arrived
}

func newStage(t *testing.T, change func(*mock.Options, *presave.Provider)) *stage {
	t.Helper()
	s := &stage{t: t, clock: &presave.Clock{}, log: &bytes.Buffer{}}
	s.clock.Set(midnight.AddDate(0, 0, -30))
	o := mock.Options{
		Clients: []mock.Client{{ID: "campaign", Secret: "app-secret"}}, Extended: true, Now: s.clock.Now,
	}
	p := &presave.Provider{ID: "mock", ClientID: "campaign", ClientSecret: "app-secret", Client: presave.NewClient(), Clock: s.clock}
	if change != nil {
		change(&o, p)
	}
	s.provider = mock.New(o)
	var mu sync.Mutex
	n := 0
	s.calls = func() int { mu.Lock(); defer mu.Unlock(); return n }
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		n++
		mu.Unlock()
		if s.meddle == nil || !s.meddle(w, r) {
			s.provider.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(srv.Close)
	p.TokenURL, p.API = srv.URL+"/api/token", srv.URL+"/v1"

	dir := t.TempDir()
	key := filepath.Join(dir, "master")
	must(t, os.WriteFile(key, []byte(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))), 0o600))
	master, err := presave.ReadMaster(key)
	must(t, err)
	ring, err := presave.OpenRing(filepath.Join(dir, "keys"), master)
	must(t, err)
	rows, err := store.Open(ctx, filepath.Join(dir, "rows.db"))
	must(t, err)
	t.Cleanup(func() { _ = rows.Close(); _ = ring.Close() })
	s.Service = &presave.Service{
		Store: rows, Ring: ring, Providers: map[string]*presave.Provider{"mock": p}, Clock: s.clock,
		Log: slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})), Workers: 4,
	}
	must(t, s.PutCampaign(ctx, theCampaign()))
	return s
}

func theCampaign() presave.Campaign {
	return presave.Campaign{
		ID: "low-tide", Provider: "mock", Title: "Low Tide", Artist: "The Herons", URI: album,
		ReleaseDate: presave.Date{Year: 2026, Month: 9, Day: 4}, Zone: "Europe/Berlin",
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// enrol lets listeners agree, in Berlin, and returns their receipts' secrets.
func (s *stage) enrol(listeners ...string) []string {
	s.t.Helper()
	var secrets []string
	for _, who := range listeners {
		_, secret, err := s.Enrol(ctx, presave.Consent{
			Campaign: "low-tide", Option: presave.Save, URI: album, Zone: "Europe/Berlin",
			Refresh: s.provider.Grant(who, "campaign", scope),
		})
		must(s.t, err)
		secrets = append(secrets, secret)
	}
	return secrets
}

// at sets the clock and works until nothing is due any more.
func (s *stage) at(t time.Time) {
	s.t.Helper()
	s.clock.Set(t)
	for range 50 {
		n, err := s.Round(ctx)
		must(s.t, err)
		if n == 0 {
			return
		}
	}
	s.t.Fatalf("at %v there is always something due; log:\n%s", t, s.log)
}

func (s *stage) counts(want presave.Counts) {
	s.t.Helper()
	got, err := s.Store.Counts(ctx, "low-tide")
	must(s.t, err)
	if got != want {
		s.t.Fatalf("counts %+v, want %+v; log:\n%s", got, want, s.log)
	}
}

func (s *stage) saved(listener string, want bool) {
	s.t.Helper()
	if got := slices.Contains(s.provider.Library(listener), album); got != want {
		s.t.Fatalf("saved for %s: %v, want %v; log:\n%s", listener, got, want, s.log)
	}
}

func (s *stage) state(secret string) presave.State {
	s.t.Helper()
	receipt, _, err := s.Status(ctx, secret)
	must(s.t, err)
	return receipt.State
}

// answer makes the provider answer calls to a path with a status and body.
func answer(path string, status int, body string, headers ...string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, path) {
			return false
		}
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		fmt.Fprint(w, body)
		return true
	}
}

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

func TestARevokedOrExpiredGrantEndsTheRow(t *testing.T) {
	s := newStage(t, nil)
	secrets := s.enrol("listener-1", "listener-2")
	s.provider.Revoke("listener-1")
	s.at(midnight.Add(presave.Jitter))
	s.counts(presave.Counts{Done: 1, Gone: 1})
	if got := s.state(secrets[0]); got != presave.Gone {
		t.Fatal(got)
	}
	s.saved("listener-1", false)

	moved := theCampaign()
	moved.ReleaseDate = moved.ReleaseDate.AddDays(190) // the grant lasts six months
	must(t, s.PutCampaign(ctx, moved))
	s.enrol("listener-3")
	s.at(midnight.AddDate(0, 0, 191))
	s.counts(presave.Counts{Done: 1, Gone: 2})
}

func TestA401IsTriedOnceMoreWithANewToken(t *testing.T) {
	for _, c := range []struct {
		times int
		want  presave.Counts
	}{{1, presave.Counts{Done: 1}}, {2, presave.Counts{Gone: 1}}} {
		s := newStage(t, nil)
		s.enrol("listener-1")
		left := c.times
		s.meddle = func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.HasSuffix(r.URL.Path, "/library") || left == 0 {
				return false
			}
			left--
			return answer("", http.StatusUnauthorized, `{"error":{"status":401}}`)(w, r)
		}
		s.at(midnight.Add(presave.Jitter))
		s.counts(c.want)
		if s.calls() != 4 {
			t.Errorf("%d requests, want two refreshes and two saves", s.calls())
		}
	}
}

func TestA403EndsTheRowAsFailed(t *testing.T) {
	s := newStage(t, func(o *mock.Options, _ *presave.Provider) { o.Extended = false }) // serves five accounts
	s.enrol("listener-1", "listener-6")
	s.at(midnight.Add(presave.Jitter))
	s.counts(presave.Counts{Done: 1, Failed: 1})
	s.saved("listener-6", false)
}

func TestAnAbsentAlbumPausesTheCampaignAndIsProbedOnceAnHour(t *testing.T) {
	for _, status := range []int{http.StatusNotFound, http.StatusBadRequest} {
		s := newStage(t, nil)
		s.Workers = 1
		s.enrol("listener-1", "listener-2", "listener-3")
		s.meddle = answer("/library", status, `{"error":{"status":0}}`)
		s.at(midnight.Add(presave.Jitter))
		s.counts(presave.Counts{Waiting: 3})
		if s.calls() != 2 {
			t.Fatalf("%d requests, want a refresh and a save for one row", s.calls())
		}
		if n := strings.Count(s.log.String(), "level=ERROR msg=paused kind=campaign id=low-tide"); n != 1 {
			t.Fatalf("%d alerts; log:\n%s", n, s.log)
		}
		now := midnight.Add(presave.Jitter + time.Hour)
		s.at(now)
		if s.calls() != 4 {
			t.Fatalf("%d requests after an hour, want one more row", s.calls())
		}
		s.meddle = nil
		s.at(now.Add(2 * time.Hour))
		s.at(now.Add(2 * time.Hour))
		s.counts(presave.Counts{Done: 3})
	}
}

func TestAnAlbumThatStaysAbsentEndsTheRowsAfter48Hours(t *testing.T) {
	s := newStage(t, nil)
	s.enrol("listener-1", "listener-2", "listener-3")
	s.provider.Withdraw(album)
	for hour := range 49 {
		s.at(midnight.Add(presave.Jitter + time.Duration(hour)*time.Hour))
		must(t, s.Tend(ctx))
		if hour < 47 {
			s.counts(presave.Counts{Waiting: 3})
		}
	}
	s.counts(presave.Counts{Failed: 3})
}

func TestTooManyRequestsWaitAsLongAsTheProviderSays(t *testing.T) {
	start := midnight.Add(presave.Jitter)
	for _, c := range []struct {
		name, body string
		headers    []string
		wait       time.Duration
	}{
		{"seconds", ``, []string{"Retry-After", "7"}, 7 * time.Second},
		{"a date", ``, []string{"Retry-After", start.Add(90 * time.Second).Format(http.TimeFormat)}, 90 * time.Second},
		{"nothing", ``, nil, 30 * time.Second},
		{"the quota", `{"error":{"status":429,"reason":"QUOTA_EXCEEDED"}}`, []string{"Retry-After", "7"}, time.Hour},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStage(t, nil)
			s.Workers = 1
			s.enrol("listener-1", "listener-2", "listener-3")
			s.meddle = answer("/library", http.StatusTooManyRequests, c.body, c.headers...)
			s.at(start)
			if s.calls() != 2 {
				t.Fatalf("%d requests, want those of one row", s.calls())
			}
			s.at(start.Add(c.wait - time.Millisecond))
			if s.calls() != 2 {
				t.Fatalf("%d requests before the wait is over", s.calls())
			}
			s.meddle = nil
			s.at(start.Add(c.wait))
			s.counts(presave.Counts{Done: 3})
		})
	}
}

func TestAQuotaThatIsStillUsedUpIsProbedOnceAnHourByOneRow(t *testing.T) {
	s := newStage(t, nil)
	s.enrol("listener-1", "listener-2", "listener-3", "listener-4")
	s.provider.Quota(0)
	start := midnight.Add(presave.Jitter)
	s.at(start)
	before := s.calls()
	for hour := 1; hour <= 5; hour++ {
		s.at(start.Add(time.Duration(hour) * time.Hour))
		if got := s.calls() - before; got != 2*hour {
			t.Fatalf("%d requests in %d hours, want a refresh and a save an hour", got, hour)
		}
	}
	s.counts(presave.Counts{Waiting: 4})
	s.provider.Quota(-1)
	s.at(start.Add(6 * time.Hour))
	s.counts(presave.Counts{Done: 4})
}

func TestAStormOfRetriesStaysBelowTheProvidersLimit(t *testing.T) {
	s := newStage(t, func(_ *mock.Options, p *presave.Provider) { p.Rate, p.Burst = 2, 10 })
	for i := range 60 {
		s.enrol(fmt.Sprint("listener-", i))
	}
	s.provider.Limit(75) // calls in 30 seconds; 2 rows a second and a burst of 10 are 70
	for second := range 40 {
		s.at(midnight.Add(presave.Jitter + time.Duration(second)*time.Second))
		if got := s.calls(); got > 2*(10+2*(second+1)) {
			t.Fatalf("%d requests in %d seconds", got, second)
		}
	}
	s.counts(presave.Counts{Done: 60})
	if strings.Contains(s.log.String(), "answer 429") {
		t.Fatalf("the provider had to refuse; log:\n%s", s.log)
	}
}

func TestAProviderThatFailsIsAskedAgainAtRandomTimesFor48Hours(t *testing.T) {
	s := newStage(t, nil)
	secrets := s.enrol("listener-1")
	s.meddle = answer("/library", http.StatusBadGateway, "")
	now, end := midnight.Add(presave.Jitter), midnight.Add(48*time.Hour)
	s.at(now)
	longest, tries := time.Duration(0), 1
	for now.Before(end) {
		row, err := s.Store.Find(ctx, presave.CancelHash(secrets[0]))
		must(t, err)
		wait := row.NextAt.Sub(now)
		if limit := 2 * time.Second << min(row.Attempts-1, 9); wait <= 0 || wait > min(limit, 15*time.Minute) {
			t.Fatalf("waits %v after attempt %d", wait, row.Attempts)
		}
		longest = max(longest, wait)
		now = row.NextAt
		s.at(now)
		tries++
	}
	s.counts(presave.Counts{Failed: 1})
	if longest < 10*time.Minute || tries < 200 {
		t.Fatalf("the longest of %d waits was %v", tries, longest)
	}
}

func TestNoAnswerIsWaitedForAgain(t *testing.T) {
	s := newStage(t, nil)
	s.enrol("listener-1")
	s.meddle = func(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) }
	s.at(midnight.Add(presave.Jitter))
	s.counts(presave.Counts{Waiting: 1})
	s.meddle = nil
	s.at(midnight.Add(presave.Jitter + 2*time.Second))
	s.counts(presave.Counts{Done: 1})
}

func TestAMistakeOfOursCostsNoRow(t *testing.T) {
	s := newStage(t, func(_ *mock.Options, p *presave.Provider) { p.ClientSecret = "wrong" })
	s.enrol("listener-1", "listener-2")
	for hour := range 60 {
		s.at(midnight.Add(presave.Jitter + time.Duration(hour)*time.Hour))
		must(t, s.Tend(ctx))
	}
	s.counts(presave.Counts{Waiting: 2})
	if !strings.Contains(s.log.String(), "invalid_client") {
		t.Fatalf("no alert:\n%s", s.log)
	}
	s.Providers["mock"].ClientSecret = "app-secret"
	s.at(midnight.Add(presave.Jitter + 60*time.Hour))
	s.counts(presave.Counts{Done: 2})
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
