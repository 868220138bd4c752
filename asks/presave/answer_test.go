package presave_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"diapason.dev/diapason/asks/presave"
	"diapason.dev/diapason/asks/presave/mock"
)

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
