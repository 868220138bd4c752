package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"diapason.dev/diapason/asks/presave/mock"
)

func (s *stage) waiting(want string) {
	s.t.Helper()
	if _, stats := s.operate("GET", "/stats", ""); !strings.Contains(stats, `"waiting": `+want+`,`) {
		s.t.Errorf("expected %s waiting, counted %s", want, stats)
	}
}

// Login CSRF: an attacker agrees with an account of their own and lets
// somebody else's browser open the answer.
func TestAnAnswerThatAnotherBrowserBeganIsRefused(t *testing.T) {
	s := newStage(t, nil)
	attacker, victim := s.listener("listener-2"), s.listener("listener-1")
	answer := attacker.agree(attacker.start("", url.Values{"zone": {"Europe/Paris"}}))
	if p := victim.get(answer); p.status != http.StatusBadRequest || p.says() != "This answer is not for this browser" {
		t.Errorf("without a cookie: %d %q", p.status, p.says())
	}
	victim.start("", url.Values{"zone": {"Europe/Paris"}}) // has a cookie now, of another request
	if p := victim.get(answer); p.status != http.StatusBadRequest {
		t.Errorf("with a cookie of another request: %d", p.status)
	}
	s.waiting("0")
}

// Code injection: the code of one authorization in the answer to another.
func TestACodeOfAnotherAuthorizationDoesNotFitItsVerifier(t *testing.T) {
	s := newStage(t, nil)
	victim, attacker := s.listener("listener-1"), s.listener("listener-2")
	stolen := query(t, victim.agree(victim.start("", url.Values{"zone": {"Europe/Paris"}}))).Get("code")
	own := attacker.agree(attacker.start("", url.Values{"zone": {"Europe/Paris"}}))
	q := query(t, own)
	q.Set("code", stolen)
	if p := attacker.get("/callback/spotify?" + q.Encode()); p.status != http.StatusBadGateway || p.says() != "Spotify did not confirm it" {
		t.Errorf("%d %q", p.status, p.says())
	}
	s.waiting("0")
}

func TestAnAnswerIsGoodOnceAndForTenMinutes(t *testing.T) {
	s := newStage(t, nil)
	l := s.listener("listener-1")
	p := l.send("POST", "/c/paper-lanterns/start", url.Values{"zone": {"Europe/Paris"}})
	set, _, _ := strings.Cut(p.header.Get("Set-Cookie"), ";")
	answer := l.agree(p.header.Get("Location"))
	if p := l.get(answer); p.status != http.StatusSeeOther || !strings.Contains(p.header.Get("Set-Cookie"), "__Host-presave=; Path=/; Max-Age=0") {
		t.Fatalf("the first time: %d, cookie %q", p.status, p.header.Get("Set-Cookie"))
	}
	if p := l.get(answer, "Cookie", set); p.status != http.StatusBadRequest {
		t.Errorf("a second time with the same cookie: %d", p.status)
	}
	s.waiting("1")
	late := l.agree(l.start("", url.Values{"zone": {"Europe/Paris"}}))
	s.clock.Set(august.Add(10*time.Minute + time.Second))
	if p := l.get(late); p.status != http.StatusBadRequest {
		t.Errorf("after ten minutes: %d", p.status)
	}
	s.waiting("1")
}

// Mix-up: an answer of one provider at the callback of another, whose token
// endpoint would be told the code.
func TestAnAnswerBelongsToTheProviderThatWasAsked(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("the other provider is told %s", r.PostFormValue("code"))
	}))
	t.Cleanup(other.Close)
	s := newStage(t, func(s *stage, _ *mock.Options) {
		p := *s.service.Providers["spotify"]
		p.ID, p.TokenURL = "other", other.URL
		s.service.Providers["other"] = &p
	})
	l := s.listener("listener-1")
	q := query(t, l.agree(l.start("", url.Values{"zone": {"Europe/Paris"}})))
	for provider, want := range map[string]int{"other": http.StatusBadRequest, "nobody": http.StatusNotFound} {
		if p := l.get("/callback/" + provider + "?" + q.Encode()); p.status != want {
			t.Errorf("at the callback of %s: %d", provider, p.status)
		}
	}
	s.waiting("0")
}

// The address is the listener's to change: what comes back is compared.
func TestMoreOrLessThanWasAskedForIsThrownAway(t *testing.T) {
	for _, scope := range []string{"user-library-modify user-read-email", "user-read-email", ""} {
		s := newStage(t, nil)
		l := s.listener("listener-1")
		u, err := url.Parse(l.start("", url.Values{"zone": {"Europe/Paris"}}))
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		q.Set("scope", scope)
		u.RawQuery = q.Encode()
		p := l.get(l.agree(u.String()))
		if p.status != http.StatusConflict || p.says() != "We threw it away" || !strings.Contains(p.body, "https://provider.example/apps") {
			t.Errorf("%q: %d %q", scope, p.status, p.says())
		}
		s.waiting("0")
	}
}

// A preview of a link in a messenger, or a mail scanner.
func TestLookingAtALinkCancelsNothing(t *testing.T) {
	s := newStage(t, nil)
	path := s.listener("listener-1").presave("Europe/Paris")
	robot := s.listener("robot")
	for _, method := range []string{"GET", "HEAD", "OPTIONS"} {
		for _, address := range []string{path, path + "/cancel"} {
			robot.send(method, address, nil)
		}
	}
	s.waiting("1")
}

func TestAFormOfAnotherSiteIsRefused(t *testing.T) {
	s := newStage(t, nil)
	l := s.listener("listener-1")
	path := l.presave("Europe/Paris")
	for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}, {"Origin", "null"}} {
		for _, to := range []string{path + "/cancel", "/c/paper-lanterns/start"} {
			if p := l.send("POST", to, url.Values{"zone": {"Europe/Paris"}}, header...); p.status != http.StatusForbidden {
				t.Errorf("%v to %s: %d", header, to, p.status)
			}
		}
	}
	// A page without referrers names no origin; the browser says where it was all the same.
	if p := l.send("POST", path+"/cancel", nil, "Origin", "null", "Sec-Fetch-Site", "same-origin"); p.status != http.StatusSeeOther {
		t.Errorf("our own form: %d", p.status)
	}
}

// Whoever finds a receipt learns no account and can do nothing but cancel.
func TestALeakedReceiptTellsNobodyAndOnlyCancels(t *testing.T) {
	s := newStage(t, nil)
	path := s.listener("listener-1").presave("Europe/Paris")
	finder := s.listener("finder")
	for _, p := range []page{finder.get(path), finder.get(path, "Accept", "application/ld+json")} {
		for _, secret := range []string{"listener-1", "listeners.example"} {
			if strings.Contains(p.body, secret) {
				t.Errorf("it tells %q", secret)
			}
		}
	}
	for _, method := range []string{"PUT", "PATCH", "DELETE", "POST"} {
		if p := finder.send(method, path, url.Values{"zone": {"Asia/Tokyo"}}); p.status < 400 {
			t.Errorf("%s: %d", method, p.status)
		}
	}
	s.waiting("1")
	for _, other := range []string{strings.Replace(path, "2026-08-01", "2026-08-02", 1), path + "x", "/r/paper-lanterns.save.2026-08-01.x"} {
		if p := finder.get(other); p.status != http.StatusNotFound {
			t.Errorf("%s: %d", other, p.status)
		}
	}
}

// Campaign admin swapping the release.
func TestTheReleaseCannotBeSwappedUnderThoseWhoAgreed(t *testing.T) {
	s := newStage(t, nil)
	s.listener("listener-1").presave("Europe/Paris")
	c := campaign()
	c.URI = "spotify:album:other"
	status, body := s.operate("PUT", "/campaigns/paper-lanterns", asJSON(t, c))
	if status != http.StatusConflict {
		t.Errorf("%d %s", status, body)
	}
}

// Between being asked and coming back.
func TestAReleaseThatWasSwappedMeanwhileNeedsNewConsent(t *testing.T) {
	s := newStage(t, nil)
	l := s.listener("listener-1")
	answer := l.agree(l.start("", url.Values{"zone": {"Europe/Paris"}}))
	c := campaign()
	c.URI = "spotify:album:other"
	s.put(c)
	if p := l.get(answer); p.status != http.StatusConflict || p.says() != "The campaign changed meanwhile" {
		t.Errorf("%d %q", p.status, p.says())
	}
	s.waiting("0")
}

func TestTheOperatorsSideIsNotForBrowsers(t *testing.T) {
	s := newStage(t, nil)
	for name, value := range map[string]string{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site", "Host": "evil.example"} {
		req, err := http.NewRequest("GET", s.admin.URL+"/stats", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set(name, value)
		if name == "Host" {
			req.Host = value
		}
		r, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if r.Body.Close(); r.StatusCode != http.StatusForbidden {
			t.Errorf("%s %s: %d", name, value, r.StatusCode)
		}
	}
	if p := s.listener("listener-1").get("/stats"); p.status != http.StatusNotFound {
		t.Errorf("the listeners' side answers it: %d", p.status)
	}
}

// Seeds that only the provider and the listener may know, sought in
// everything that is written down and in every page.
func TestLogsPagesReceiptsAndDatabaseHoldNoSecret(t *testing.T) {
	seen := &seeds{}
	s := newStage(t, func(s *stage, _ *mock.Options) { s.accounts.Config.Handler = seen.watch(s.accounts.Config.Handler) })
	l := s.listener("listener-1")
	authorize := l.start("", url.Values{"zone": {"Europe/Paris"}})
	answer := l.agree(authorize)
	path := l.get(answer).header.Get("Location")
	pages := l.get(path).body + l.get(path, "Accept", "application/ld+json").body
	l.send("POST", path+"/cancel", nil)
	pages += l.get(path).body

	secrets := append(seen.tokens(), query(t, answer).Get("code"), query(t, answer).Get("state"), query(t, authorize).Get("code_challenge"), "listener-1")
	if len(secrets) != 6 {
		t.Fatalf("%d seeds", len(secrets))
	}
	link := strings.TrimPrefix(path, "/r/")
	where := map[string]string{"the service's log": s.log.String(), "the provider's log": s.used.String(), "pages and receipts": pages}
	err := filepath.WalkDir(s.dir, func(file string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(file)
		where[filepath.Base(file)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range where {
		if text == "" && !strings.HasSuffix(name, "-shm") && !strings.HasSuffix(name, "-wal") {
			t.Errorf("%s is empty", name)
		}
		for _, secret := range secrets {
			if strings.Contains(text, secret) {
				t.Errorf("%s holds %q", name, secret)
			}
		}
		if name != "pages and receipts" && strings.Contains(text, link) {
			t.Errorf("%s holds the receipt's link", name)
		}
	}
	if !strings.Contains(s.log.String(), `"route":"GET /r/{token}"`) || strings.Contains(s.log.String(), "?") {
		t.Errorf("the log has no routes, or a query: %s", s.log)
	}
}
