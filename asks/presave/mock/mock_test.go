package mock_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"diapason.dev/diapason/asks"
	"diapason.dev/diapason/asks/presave/mock"
)

// noon is when the tests' provider starts.
var noon = time.Date(2026, 9, 3, 12, 0, 0, 0, time.UTC)

const (
	back      = "http://127.0.0.1:9/callback/spotify"
	verifier  = "a-verifier-that-is-long-enough-to-be-one-0123456789"
	challenge = "IdFsue1MJJJtybEPX0invmHHuW1I7Ai5LXVlXpENjsk"
	album     = "spotify:album:4aawyAB9vmqN3uQ7FjRGTy"
)

// A stage is a provider behind a server, with a clock that stands still.
type stage struct {
	t   *testing.T
	p   *mock.Provider
	srv *httptest.Server
	now time.Time
	log bytes.Buffer
}

func newStage(t *testing.T, change func(*mock.Options)) *stage {
	s := &stage{t: t, now: noon}
	o := mock.Options{
		Clients: []mock.Client{{ID: "campaign", Name: "Paper Lanterns", Redirects: []string{back}}},
		Now:     func() time.Time { return s.now }, Log: &s.log,
	}
	if change != nil {
		change(&o)
	}
	s.p = mock.New(o)
	s.srv = httptest.NewServer(s.p)
	t.Cleanup(s.srv.Close)
	return s
}

// agree gives the permission as an account would on the page, and returns
// what comes back to the app.
func (s *stage) agree(user, scope string, change url.Values) url.Values {
	s.t.Helper()
	q := url.Values{
		"client_id": {"campaign"}, "response_type": {"code"}, "redirect_uri": {back}, "scope": {scope},
		"state": {"seed-state"}, "code_challenge": {challenge}, "code_challenge_method": {"S256"},
	}
	for k, v := range change {
		q[k] = v
	}
	c := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r, err := c.PostForm(s.srv.URL+"/authorize?"+q.Encode(), url.Values{"user": {user}, "choice": {"agree"}})
	if err != nil {
		s.t.Fatal(err)
	}
	r.Body.Close()
	to, err := url.Parse(r.Header.Get("Location"))
	if err != nil || r.StatusCode != http.StatusSeeOther {
		s.t.Fatalf("agreeing: %d %v", r.StatusCode, err)
	}
	return to.Query()
}

type tokens struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
	Scope   string `json:"scope"`
	Error   string `json:"error"`
}

func (s *stage) token(form url.Values) tokens {
	s.t.Helper()
	r, err := http.PostForm(s.srv.URL+"/api/token", form)
	if err != nil {
		s.t.Fatal(err)
	}
	defer r.Body.Close()
	var got tokens
	if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
		s.t.Fatal(err)
	}
	return got
}

func (s *stage) exchange(code, verifier string) tokens {
	s.t.Helper()
	return s.token(url.Values{"grant_type": {"authorization_code"}, "client_id": {"campaign"}, "code": {code}, "redirect_uri": {back}, "code_verifier": {verifier}})
}

func (s *stage) renew(refresh string) tokens {
	s.t.Helper()
	return s.token(url.Values{"grant_type": {"refresh_token"}, "client_id": {"campaign"}, "refresh_token": {refresh}})
}

// signIn is agreeing and exchanging in one.
func (s *stage) signIn(user, scope string) tokens {
	s.t.Helper()
	got := s.exchange(s.agree(user, scope, nil).Get("code"), verifier)
	if got.Error != "" {
		s.t.Fatalf("no token: %s", got.Error)
	}
	return got
}

func (s *stage) call(method, path, token string) (int, string, http.Header) {
	s.t.Helper()
	req, err := http.NewRequest(method, s.srv.URL+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	r, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return r.StatusCode, string(body), r.Header
}

func (s *stage) save(token, uris string) int {
	s.t.Helper()
	status, _, _ := s.call("PUT", "/v1/me/library?uris="+url.QueryEscape(uris), token)
	return status
}

func TestACodeWorksOnceAndOnlyWithItsVerifier(t *testing.T) {
	s := newStage(t, nil)
	q := s.agree("listener-1", "user-library-modify", nil)
	if q.Get("state") != "seed-state" {
		t.Errorf("the state came back as %q", q.Get("state"))
	}
	if got := s.exchange(q.Get("code"), "another-verifier"); got.Error != "invalid_grant" {
		t.Errorf("a wrong verifier is answered %+v", got)
	}
	if got := s.exchange(q.Get("code"), verifier); got.Error != "invalid_grant" {
		t.Errorf("a code that failed once is answered %+v", got)
	}
	code := s.agree("listener-1", "user-library-modify", nil).Get("code")
	if got := s.exchange(code, verifier); got.Scope != "user-library-modify" || got.Refresh == "" {
		t.Errorf("the right verifier is answered %+v", got)
	}
	if got := s.exchange(code, verifier); got.Error != "invalid_grant" {
		t.Errorf("a used code is answered %+v", got)
	}
	code = s.agree("listener-1", "user-library-modify", nil).Get("code")
	s.now = s.now.Add(10 * time.Minute)
	if got := s.exchange(code, verifier); got.Error != "invalid_grant" {
		t.Errorf("a code of ten minutes ago is answered %+v", got)
	}
}

func TestWhatTheAuthorizePageRefuses(t *testing.T) {
	s := newStage(t, nil)
	for want, change := range map[string]url.Values{
		"invalid_request":           {"code_challenge_method": {"plain"}},
		"unsupported_response_type": {"response_type": {"token"}},
		"invalid_scope":             {"scope": {"user-library-modify user-read-mind"}},
	} {
		if got := s.agree("listener-1", "", change).Get("error"); got != want {
			t.Errorf("%v is answered %q, not %q", change, got, want)
		}
	}
	if got := s.agree("listener-1", "", url.Values{"code_challenge": nil}).Get("error"); got != "invalid_request" {
		t.Errorf("a public app without a challenge is answered %q", got)
	}
	for _, change := range []string{"client_id=stranger", "client_id=campaign&redirect_uri=" + url.QueryEscape(back+"/x")} {
		status, _, h := s.call("GET", "/authorize?response_type=code&"+change, "")
		if status != http.StatusBadRequest || h.Get("Location") != "" {
			t.Errorf("%s: %d, sent to %q", change, status, h.Get("Location"))
		}
	}
}

func TestTheConsentPagePrintsALineForEachScopeAndOneForNone(t *testing.T) {
	s := newStage(t, nil)
	status, body, _ := s.call("GET", "/authorize?response_type=code&client_id=campaign&code_challenge=x&code_challenge_method=S256&scope=user-library-modify+user-read-email&redirect_uri="+url.QueryEscape(back), "")
	if status != http.StatusOK || strings.Count(body, "<li>") != 3 {
		t.Fatalf("%d with %d lines", status, strings.Count(body, "<li>"))
	}
	for _, want := range []string{"Paper Lanterns", "save items to your library and remove them", "see your e-mail address", "your name and your picture", "6 months"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

func TestRefreshTokensRotateAndEndSixMonthsAfterTheAuthorization(t *testing.T) {
	s := newStage(t, nil)
	first := s.signIn("listener-1", "user-library-modify")
	second := s.renew(first.Refresh)
	if second.Error != "" || second.Refresh == first.Refresh {
		t.Fatalf("refreshed to %+v", second)
	}
	if got := s.renew(first.Refresh); got.Error != "invalid_grant" {
		t.Errorf("a replaced token is answered %+v", got)
	}
	s.now = noon.AddDate(0, 6, 0).Add(-time.Second)
	third := s.renew(second.Refresh)
	if third.Error != "" {
		t.Fatalf("a second before six months: %s", third.Error)
	}
	s.now = noon.AddDate(0, 6, 0)
	if got := s.renew(third.Refresh); got.Error != "invalid_grant" {
		t.Errorf("refreshing prolonged the grant: %+v", got)
	}
}

func TestARevokedGrantStopsRefreshingAtOnceAndItsAccessTokenWithinTheHour(t *testing.T) {
	s := newStage(t, nil)
	got := s.signIn("listener-1", "user-library-modify")
	s.p.Revoke("listener-1")
	if r := s.renew(got.Refresh); r.Error != "invalid_grant" {
		t.Errorf("refreshing is answered %+v", r)
	}
	if status := s.save(got.Access, album); status != http.StatusOK {
		t.Errorf("the access token of before is answered %d", status)
	}
	s.now = s.now.Add(time.Hour)
	if status := s.save(got.Access, album); status != http.StatusUnauthorized {
		t.Errorf("after an hour it is answered %d", status)
	}
}

func TestAnAccountEndsItsGrantsOnThePageOfApps(t *testing.T) {
	s := newStage(t, nil)
	first, second := s.signIn("listener-1", "user-library-modify"), s.signIn("listener-2", "user-library-modify")
	r, err := http.PostForm(s.srv.URL+"/apps", url.Values{"user": {"listener-1"}})
	if err != nil {
		t.Fatal(err)
	}
	if r.Body.Close(); r.StatusCode != http.StatusOK {
		t.Fatalf("the page answers %d", r.StatusCode)
	}
	if got := s.renew(first.Refresh); got.Error != "invalid_grant" {
		t.Errorf("an ended grant is answered %+v", got)
	}
	if got := s.renew(second.Refresh); got.Error != "" {
		t.Errorf("the grant of another account is answered %+v", got)
	}
}

func TestSavingNeedsTheScopeOfTheKindOfItem(t *testing.T) {
	s := newStage(t, nil)
	library := s.signIn("listener-1", "user-library-modify").Access
	follow := s.signIn("listener-2", "user-follow-modify").Access
	for _, c := range []struct {
		token, uri string
		want       int
	}{
		{library, album, 200},
		{library, "spotify:track:1", 200},
		{library, "spotify:user:1", 403},
		{library, "spotify:playlist:1", 403},
		{library, album + ",spotify:user:1", 403},
		{follow, "spotify:user:1", 200},
		{follow, album, 403},
		{library, "spotify:artist:1", 400},
		{library, "spotify:album:", 400},
		{library, "https://open.spotify.com/album/1", 400},
		{library, "", 400},
		{library, strings.TrimSuffix(strings.Repeat("spotify:track:1,", 40), ","), 200},
		{library, strings.TrimSuffix(strings.Repeat("spotify:track:1,", 41), ","), 400},
		{"stranger", album, 401},
	} {
		if got := s.save(c.token, c.uri); got != c.want {
			t.Errorf("saving %.60q is answered %d, not %d", c.uri, got, c.want)
		}
	}
	if got := s.p.Library("listener-1"); !slices.Equal(got, []string{album, "spotify:track:1"}) {
		t.Errorf("the library holds %q: what was refused is not in it, and nothing is twice", got)
	}
	if status, _, _ := s.call("GET", "/v1/me/library/contains?uris="+album, library); status != http.StatusForbidden {
		t.Errorf("a scope to save lets its holder look: %d", status)
	}
	if status, _, _ := s.call("DELETE", "/v1/me/library?uris="+album, library); status != http.StatusOK || len(s.p.Library("listener-1")) != 1 {
		t.Errorf("a scope to save lets its holder remove: %d", status)
	}
	s.p.Withdraw(album)
	if got := s.save(library, album); got != http.StatusNotFound {
		t.Errorf("an item that is not there is answered %d", got)
	}
}

func TestTheTierDecidesWhatAnAppLearnsAndForWhom(t *testing.T) {
	const all = "user-read-email user-read-private user-follow-modify"
	development := newStage(t, nil)
	extended := newStage(t, func(o *mock.Options) { o.Extended = true })
	for i, s := range []*stage{development, extended} {
		token := s.signIn("listener-1", all).Access
		_, body, _ := s.call("GET", "/v1/me", token)
		if told := strings.Contains(body, "listener-1@listeners.example") && strings.Contains(body, "premium"); told != (i == 1) {
			t.Errorf("extended %v: %s", i == 1, body)
		}
		want := []int{http.StatusForbidden, http.StatusNoContent}[i]
		if status, _, _ := s.call("PUT", "/v1/me/following?type=artist&ids=abc", token); status != want {
			t.Errorf("extended %v: following is answered %d", i == 1, status)
		}
		want = []int{http.StatusForbidden, http.StatusOK}[i]
		if status, _, _ := s.call("GET", "/v1/me", s.signIn("listener-6", all).Access); status != want {
			t.Errorf("extended %v: a sixth account is answered %d", i == 1, status)
		}
	}
	if got := extended.p.Following("listener-1"); !slices.Equal(got, []string{"abc"}) {
		t.Errorf("follows %q", got)
	}
	bare := extended.signIn("listener-2", "").Access
	if _, body, _ := extended.call("GET", "/v1/me", bare); strings.Contains(body, "@") || strings.Contains(body, "premium") {
		t.Errorf("without a scope the account tells %s", body)
	}
}

func TestTheTwoKindsOfTooManyRequests(t *testing.T) {
	s := newStage(t, func(o *mock.Options) { o.Rate = 2 })
	token := s.signIn("listener-1", "user-library-modify").Access
	s.save(token, album)
	s.now = s.now.Add(10 * time.Second)
	s.save(token, album)
	status, body, h := s.call("PUT", "/v1/me/library?uris="+album, token)
	if status != 429 || h.Get("Retry-After") != "20" || strings.Contains(body, "reason") {
		t.Errorf("a third call in 30 seconds: %d, after %q, %s", status, h.Get("Retry-After"), body)
	}
	s.now = s.now.Add(20 * time.Second)
	if status := s.save(token, album); status != http.StatusOK {
		t.Errorf("after the wait: %d", status)
	}
	s.p.Quota(0)
	status, body, h = s.call("PUT", "/v1/me/library?uris="+album, token)
	if status != 429 || h.Get("Retry-After") != "" || !strings.Contains(body, `"reason":"QUOTA_EXCEEDED"`) {
		t.Errorf("without quota: %d, after %q, %s", status, h.Get("Retry-After"), body)
	}
}

func TestTheLogNamesTheRealHostAndHoldsNoSecret(t *testing.T) {
	s := newStage(t, nil)
	q := s.agree("listener-1", "user-library-modify", nil)
	got := s.exchange(q.Get("code"), verifier)
	s.save(got.Access, album)
	var lines []mock.Line
	for dec := json.NewDecoder(bytes.NewReader(s.log.Bytes())); dec.More(); {
		var l mock.Line
		if err := dec.Decode(&l); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, l)
	}
	if len(lines) != 3 {
		t.Fatalf("%d lines for 3 requests", len(lines))
	}
	last := lines[2]
	if last.URL != "https://api.spotify.com/v1/me/library?uris="+url.QueryEscape(album) || last.Method != "PUT" || last.Status != 200 ||
		last.Client != "campaign" || !slices.Equal(last.Granted, []string{"user-library-modify"}) || last.Time != "2026-09-03T12:00:00Z" {
		t.Errorf("the saving is logged as %+v", last)
	}
	if last.Token == "" || last.Token != lines[1].Token {
		t.Errorf("one token is logged as %q and %q", lines[1].Token, last.Token)
	}
	for _, secret := range []string{q.Get("code"), got.Access, got.Refresh, verifier, challenge, "seed-state", "listener-1"} {
		if strings.Contains(s.log.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
}

// What the catalogue calls the smallest set is enough at the provider, and
// every other scope together is not.
func TestTheCataloguesSmallestSetIsWhatTheProviderAsksFor(t *testing.T) {
	s := newStage(t, func(o *mock.Options) { o.Extended = true })
	all := []string{"user-library-modify", "user-follow-modify", "user-library-read", "playlist-modify-public"}
	for purpose, call := range map[string][2]string{
		"save-to-library": {"PUT", "/v1/me/library?uris=" + album},
		"check-saved":     {"GET", "/v1/me/library/contains?uris=" + album},
		"follow-artist":   {"PUT", "/v1/me/following?type=artist&ids=abc"},
	} {
		req, _, _, err := asks.Default().Judge(asks.Ask{Provider: "spotify", Scopes: strings.Join(all, " "), For: []string{purpose}})
		if err != nil {
			t.Fatal(err)
		}
		minimal := req.Verdict.GlobalMinimum
		if status, _, _ := s.call(call[0], call[1], s.signIn("listener-1", strings.Join(minimal, " ")).Access); status >= 300 {
			t.Errorf("%s with %q is answered %d", purpose, minimal, status)
		}
		others := slices.DeleteFunc(slices.Clone(all), func(scope string) bool { return slices.Contains(minimal, scope) })
		if status, _, _ := s.call(call[0], call[1], s.signIn("listener-1", strings.Join(others, " ")).Access); status != http.StatusForbidden {
			t.Errorf("%s with %q is answered %d", purpose, others, status)
		}
	}
}
