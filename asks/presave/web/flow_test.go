package web_test

import (
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestTheCampaignPageSaysWhatIsAskedForBeforeAskingIt(t *testing.T) {
	s := newStage(t, nil)
	p := s.listener("listener-1").get("/c/paper-lanterns")
	if p.status != http.StatusOK || p.says() != "Save Paper Lanterns by Ada Quill when it comes out" {
		t.Fatalf("%d %q", p.status, p.says())
	}
	for _, want := range []string{
		"Friday 4 September 2026", "The one permission", "save items to your library and remove them",
		"Quiet Label Ltd", "1 Quay, Port", "privacy@label.example", "Thursday 28 January 2027",
		`<option value="Europe/Paris" selected>Paris (UTC+2)</option>`, `<option value="America/St_Johns">St Johns (UTC−2:30)</option>`,
	} {
		if !strings.Contains(html.UnescapeString(p.body), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if n := strings.Count(p.body, " selected"); n != 1 {
		t.Errorf("%d zones are selected", n)
	}
}

func TestNoPageRunsAScriptLoadsAnythingOrTellsWhereTheListenerWas(t *testing.T) {
	s := newStage(t, nil)
	l := s.listener("listener-1")
	receipt := l.presave("Europe/Paris")
	for _, path := range []string{"/c/paper-lanterns", receipt, "/nowhere"} {
		p := l.get(path)
		for _, never := range []string{"<script", " src=", "@import", "url(", "javascript:", " onclick", " style="} {
			if strings.Contains(p.body, never) {
				t.Errorf("%s holds %q", path, never)
			}
		}
		policy := p.header.Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'none'; style-src 'sha256-") || !strings.Contains(policy, "frame-ancestors 'none'") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "script-src") {
			t.Errorf("%s has the policy %q", path, policy)
		}
		for name, want := range map[string]string{"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Robots-Tag": "noindex", "X-Content-Type-Options": "nosniff"} {
			if got := p.header.Get(name); got != want {
				t.Errorf("%s has %s %q", path, name, got)
			}
		}
	}
}

func TestTheRequestIsForOneScopeWithAFreshStateAndAnS256Challenge(t *testing.T) {
	s := newStage(t, nil)
	l := s.listener("listener-1")
	first, second := l.start("", url.Values{"zone": {"Europe/Paris"}}), l.start("", url.Values{"zone": {"Europe/Paris"}})
	q, other := query(t, first), query(t, second)
	for name, want := range map[string]string{
		"scope": "user-library-modify", "response_type": "code", "show_dialog": "true", "code_challenge_method": "S256",
		"client_id": "campaign", "redirect_uri": s.front.URL + "/callback/spotify",
	} {
		if q.Get(name) != want {
			t.Errorf("%s is %q", name, q.Get(name))
		}
	}
	// 256 bits in base64url are 43 characters.
	if len(q.Get("state")) != 43 || len(q.Get("code_challenge")) != 43 || q.Get("state") == other.Get("state") || q.Get("code_challenge") == other.Get("code_challenge") {
		t.Errorf("state %q then %q, challenge %q then %q", q.Get("state"), other.Get("state"), q.Get("code_challenge"), other.Get("code_challenge"))
	}
	p := l.send("POST", "/c/paper-lanterns/start", url.Values{"zone": {"Europe/Paris"}})
	c := p.header.Get("Set-Cookie")
	for _, want := range []string{"__Host-presave=", "; Path=/", "; Max-Age=600", "; HttpOnly", "; Secure", "; SameSite=Lax"} {
		if !strings.Contains(c, want) {
			t.Errorf("the cookie is %q, without %q", c, want)
		}
	}
	if strings.Contains(c, "Domain") {
		t.Errorf("the cookie is for other hosts too: %q", c)
	}
}

func query(t *testing.T, address string) url.Values {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query()
}

func TestAReleaseThatTheGrantWouldNotLastForIsNotAskedFor(t *testing.T) {
	s := newStage(t, nil)
	c := campaign()
	c.ID, c.ReleaseDate = "later", c.ReleaseDate.AddDays(180) // 3 March 2027
	s.put(c)
	l := s.listener("listener-1")
	p := l.send("POST", "/c/later/start", url.Values{"zone": {"Europe/Paris"}})
	// Six months (180 days) less a week before it.
	if p.status != http.StatusConflict || p.header.Get("Set-Cookie") != "" || !strings.Contains(p.body, "Come back on Friday 11 September 2026") {
		t.Fatalf("%d %q %s", p.status, p.header.Get("Set-Cookie"), p.body)
	}
	s.clock.Set(time.Date(2026, time.September, 11, 0, 0, 0, 0, time.UTC))
	if p := l.send("POST", "/c/later/start", url.Values{"zone": {"Europe/Paris"}}); p.status != http.StatusSeeOther {
		t.Errorf("on the day: %d %s", p.status, p.body)
	}
}

func TestAZoneThatIsNoneIsAskedForAgain(t *testing.T) {
	s := newStage(t, nil)
	for _, zone := range []string{"", "Local", "Europe/Atlantis", "../../etc/passwd"} {
		if p := s.listener("listener-1").send("POST", "/c/paper-lanterns/start", url.Values{"zone": {zone}}); p.status != http.StatusBadRequest || p.header.Get("Set-Cookie") != "" {
			t.Errorf("%q is answered %d", zone, p.status)
		}
	}
}

func TestTheReceiptTellsTheStateAndCancelsWithoutSigningIn(t *testing.T) {
	s := newStage(t, nil)
	l := s.listener("listener-1")
	path := l.presave("Europe/Paris")
	p := l.get(path)
	if p.says() != "Paper Lanterns will be saved" || !strings.Contains(p.body, "Friday 4 September 2026 begins in Paris") {
		t.Fatalf("%d %q", p.status, p.says())
	}
	if got := l.receipt(path); got.State != "planned" || got.Given != "2026-08-01" || got.Cancel != s.front.URL+path+"/cancel" || got.Apps != "https://provider.example/apps" {
		t.Errorf("the receipt says %+v", got)
	}
	if body := l.get(path, "Accept", "application/ld+json").body; !strings.Contains(body, `"dct:created":"2026-08-01"`) {
		t.Errorf("the receipt was made on another day: %s", body)
	}
	anybody := s.listener("nobody") // another browser, without a cookie
	if p := anybody.send("POST", path+"/cancel", nil); p.status != http.StatusSeeOther || p.header.Get("Location") != path {
		t.Fatalf("cancel: %d", p.status)
	}
	s.clock.Set(august.AddDate(0, 0, 1))
	p = l.get(path)
	if p.says() != "Cancelled" || !strings.Contains(p.body, "https://provider.example/apps") || strings.Contains(p.body, "<form") {
		t.Errorf("%d %q %s", p.status, p.says(), p.body)
	}
	if got := l.receipt(path); got.State != "cancelled" || got.Given != "2026-08-01" || got.Day != "2026-08-01" {
		t.Errorf("the receipt says %+v", got)
	}
	if p := anybody.send("POST", path+"/cancel", nil); p.status != http.StatusSeeOther {
		t.Errorf("cancelling twice: %d", p.status)
	}
	_, stats := s.operate("GET", "/stats", "")
	if !strings.Contains(stats, `"waiting": 0`) || !strings.Contains(stats, `"cancelled": 1`) {
		t.Errorf("counted %s", stats)
	}
}

func TestTheDownloadedReceiptIsTheReceipt(t *testing.T) {
	s := newStage(t, nil)
	l := s.listener("listener-1")
	path := l.presave("Europe/Paris")
	file, asked := l.get(path+"/receipt.jsonld"), l.get(path, "Accept", "application/ld+json")
	if file.body != asked.body || !strings.HasPrefix(file.header.Get("Content-Disposition"), "attachment") {
		t.Errorf("%q and %q", file.body, asked.body)
	}
	if asked.header.Get("Vary") != "Accept" {
		t.Errorf("Vary is %q", asked.header.Get("Vary"))
	}
	if key := l.get("/receipt-key").body; strings.TrimSpace(key) != l.receipt(path).Key {
		t.Errorf("the service names the key %q", key)
	}
}

func TestSayingNoLeavesNothing(t *testing.T) {
	s := newStage(t, nil)
	l := s.listener("listener-1")
	p := l.send("POST", l.start("", url.Values{"zone": {"Europe/Paris"}}), url.Values{"user": {"listener-1"}, "choice": {"cancel"}})
	p = l.get(p.header.Get("Location"))
	if p.status != http.StatusOK || p.says() != "You said no" || !strings.Contains(p.body, `href="/c/paper-lanterns"`) {
		t.Errorf("%d %q", p.status, p.says())
	}
	if _, stats := s.operate("GET", "/stats", ""); !strings.Contains(stats, `"waiting": 0`) {
		t.Errorf("counted %s", stats)
	}
}
