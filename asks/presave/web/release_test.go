package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"diapason.dev/diapason/asks/presave"
	"diapason.dev/diapason/asks/presave/mock"
)

// midnight is when 4 September begins in Paris; a row is worked on within ten
// minutes after it.
var midnight = time.Date(2026, time.September, 3, 22, 0, 0, 0, time.UTC)

const jitter = presave.Jitter

func TestAReleaseIsSavedWhenItsDayBeginsWhereTheListenerIs(t *testing.T) {
	s := newStage(t, nil)
	paris, tokyo := s.listener("listener-1"), s.listener("listener-2")
	inParis, inTokyo := paris.presave("Europe/Paris"), tokyo.presave("Asia/Tokyo")

	s.at(midnight.Add(-time.Second))
	if got := s.provider.Library("listener-1"); len(got) > 0 {
		t.Errorf("a second before midnight in Paris it holds %q", got)
	}
	if got := s.provider.Library("listener-2"); !slices.Equal(got, []string{album}) {
		t.Errorf("seven hours after midnight in Tokyo it holds %q", got)
	}
	s.at(midnight.Add(jitter))
	if got := s.provider.Library("listener-1"); !slices.Equal(got, []string{album}) {
		t.Errorf("after midnight in Paris it holds %q", got)
	}
	for l, path := range map[*listener]string{paris: inParis, tokyo: inTokyo} {
		p := l.get(path)
		if p.says() != "Paper Lanterns is in your library" || !strings.Contains(p.body, "One thing is left at Spotify") {
			t.Errorf("%q", p.says())
		}
		if got := l.receipt(path); got.State != "saved" || got.Day != "2026-09-03" || got.Given != "2026-08-01" || got.Title != "save Paper Lanterns by Ada Quill on 2026-09-04" {
			t.Errorf("the receipt says %+v", got)
		}
	}
	_, stats := s.operate("GET", "/stats", "")
	_, metrics := s.operate("GET", "/metrics", "")
	if !strings.Contains(stats, `"done": 2`) || !strings.Contains(metrics, `presave_ended_total{campaign="paper-lanterns",state="done"} 2`) {
		t.Errorf("counted %s %s", stats, metrics)
	}
}

func TestAPermissionThatEndedAtTheProviderIsToldAndDeleted(t *testing.T) {
	s := newStage(t, nil)
	l := s.listener("listener-1")
	path := l.presave("Europe/Paris")
	s.provider.Revoke("listener-1")
	s.at(midnight.Add(jitter))
	if p := l.get(path); p.says() != "The permission had ended" {
		t.Errorf("%q", p.says())
	}
	if got := l.receipt(path); got.State != "gone" {
		t.Errorf("the receipt says %+v", got)
	}
	s.waiting("0")
}

func TestAnAlbumThatIsNotThereIsWaitedForAndThenGivenUp(t *testing.T) {
	s := newStage(t, nil)
	paris, lisbon := s.listener("listener-1"), s.listener("listener-2")
	inParis, inLisbon := paris.presave("Europe/Paris"), lisbon.presave("Europe/Lisbon")
	s.provider.Withdraw(album)
	s.at(midnight.Add(jitter))
	_, stats := s.operate("GET", "/stats", "")
	_, metrics := s.operate("GET", "/metrics", "")
	if !strings.Contains(stats, "answer 404") || !strings.Contains(metrics, `presave_paused{kind="campaign",id="paper-lanterns"} 1`) {
		t.Errorf("the operator is not told: %s %s", stats, metrics)
	}
	if p := paris.get(inParis); p.says() != "Paper Lanterns will be saved" {
		t.Errorf("%q", p.says())
	}
	s.at(midnight.Add(49*time.Hour + jitter))
	if p := paris.get(inParis); p.says() != "It could not be done" {
		t.Errorf("after two days: %q", p.says())
	}
	s.provider.Restore(album)
	s.at(midnight.Add(51 * time.Hour))
	if got := lisbon.receipt(inLisbon); got.State != "failed" && got.State != "saved" {
		t.Errorf("the other receipt says %+v", got)
	}
	s.waiting("0")
}

func TestAMovedReleaseIsSavedOnItsNewDay(t *testing.T) {
	s := newStage(t, nil)
	l := s.listener("listener-1")
	path := l.presave("Europe/Paris")
	if status, body := s.operate("POST", "/campaigns/paper-lanterns/move", `{"release_date": "2026-09-11"}`); status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	s.at(midnight.Add(jitter))
	if got := s.provider.Library("listener-1"); len(got) > 0 {
		t.Errorf("on the old day it holds %q", got)
	}
	if p := l.get(path); !strings.Contains(p.body, "Friday 11 September 2026 begins in Paris") {
		t.Errorf("the receipt's page does not tell the new day: %s", p.body)
	}
	s.at(midnight.AddDate(0, 0, 7).Add(jitter))
	if got := s.provider.Library("listener-1"); !slices.Equal(got, []string{album}) {
		t.Errorf("on the new day it holds %q", got)
	}
	for body, want := range map[string]int{`{"release_date": "soon"}`: 400, `{}`: 400, `{"release_date": "2026-09-11", "uri": "spotify:album:other"}`: 400} {
		if status, _ := s.operate("POST", "/campaigns/paper-lanterns/move", body); status != want {
			t.Errorf("%s: %d", body, status)
		}
	}
	if status, _ := s.operate("POST", "/campaigns/nobody/move", `{"release_date": "2026-09-11"}`); status != http.StatusNotFound {
		t.Errorf("a campaign that is not there: %d", status)
	}
}

// The hour of a release: everybody is due at once, the provider lets a few
// through, faults and runs out of quota.
func TestAStormAtTheHourOfTheReleaseLosesNobodyAndSavesNobodyTwice(t *testing.T) {
	const fans = 40
	s := newStage(t, func(s *stage, o *mock.Options) {
		for i := range fans {
			o.Users = append(o.Users, fmt.Sprintf("fan-%d", i))
		}
	})
	var paths []string
	for i := range fans {
		paths = append(paths, s.listener(fmt.Sprintf("fan-%d", i)).presave("Europe/Paris"))
	}
	s.provider.Limit(10)
	s.provider.Fail(503, 500, 502)
	now := midnight
	for range 400 {
		s.at(now)
		if _, stats := s.operate("GET", "/stats", ""); strings.Contains(stats, `"waiting": 0,`) {
			break
		}
		now = now.Add(15 * time.Second)
		if now.Equal(midnight.Add(3 * time.Minute)) {
			s.provider.Quota(0)
		}
		if now.Equal(midnight.Add(20 * time.Minute)) {
			s.provider.Quota(-1)
		}
	}
	for i, path := range paths {
		if got := s.provider.Library(fmt.Sprintf("fan-%d", i)); !slices.Equal(got, []string{album}) {
			t.Errorf("fan %d has %q", i, got)
		}
		if got := s.listener("anybody").receipt(path); got.State != "saved" {
			t.Errorf("fan %d's receipt says %s", i, got.State)
		}
	}
	saved := strings.Count(s.used.String(), `"PUT","url":"https://api.spotify.com/v1/me/library?uris=`+url.QueryEscape(album)+`","status":200`)
	if saved != fans {
		t.Errorf("%d calls saved for %d fans", saved, fans)
	}
}

func TestFollowingIsAskedForAfterwardsWithABoxThatIsEmpty(t *testing.T) {
	s := newStage(t, nil)
	l := s.listener("listener-1")
	first := l.presave("Europe/Paris")
	p := l.get(first)
	if !strings.Contains(p.body, `type="checkbox" id="follow" name="agree" value="yes" required>`) || strings.Contains(p.body, `checked>`) {
		t.Fatalf("the box is not there, or ticked: %s", p.body)
	}
	if strings.Contains(l.get("/c/paper-lanterns").body, "ollow Ada") {
		t.Error("the first page offers it")
	}
	if p := l.send("POST", "/c/paper-lanterns/start/follow", url.Values{}); p.status != http.StatusBadRequest {
		t.Errorf("with an empty box: %d", p.status)
	}
	authorize := l.start("/follow", url.Values{"agree": {"yes"}})
	if got := query(t, authorize).Get("scope"); got != "user-follow-modify" {
		t.Errorf("it asks for %q", got)
	}
	second := l.get(l.agree(authorize)).header.Get("Location")
	if second == first || !strings.HasPrefix(second, "/r/paper-lanterns.follow.") {
		t.Fatalf("its receipt is %q", second)
	}
	s.at(august.Add(time.Minute))
	if got := s.provider.Following("listener-1"); !slices.Equal(got, []string{"6qqNVTkY8uBg9cP3Jd7DAH"}) {
		t.Errorf("follows %q", got)
	}
	if got := l.receipt(second); got.State != "saved" || got.Title != "follow Ada Quill" {
		t.Errorf("its receipt says %+v", got)
	}
	if got := l.receipt(first); got.State != "planned" {
		t.Errorf("the first receipt says %+v", got)
	}
	for _, option := range []string{"email", "save", "nothing"} { // not offered, or none
		if p := l.send("POST", "/c/paper-lanterns/start/"+option, url.Values{"agree": {"yes"}}); p.status != http.StatusNotFound {
			t.Errorf("%s: %d", option, p.status)
		}
	}
}

// A clock that is wrong would save before the day.
func TestAClockThatDiffersFromTheProvidersSavesNothing(t *testing.T) {
	var ahead time.Duration
	s := newStage(t, func(s *stage, o *mock.Options) { o.Now = func() time.Time { return s.clock.Now().Add(ahead) } })
	l := s.listener("listener-1")
	path := l.presave("Europe/Paris")
	ahead = -8 * time.Second
	s.at(midnight.Add(jitter))
	if got := s.provider.Library("listener-1"); len(got) > 0 {
		t.Errorf("with a clock that is 8 seconds fast it holds %q", got)
	}
	if _, stats := s.operate("GET", "/stats", ""); !strings.Contains(stats, "clock differs") {
		t.Errorf("the operator is not told: %s", stats)
	}
	ahead = -4 * time.Second
	s.at(midnight.Add(jitter + 2*time.Minute))
	if got := l.receipt(path); got.State != "saved" {
		t.Errorf("once it is right the receipt says %s", got.State)
	}
}
