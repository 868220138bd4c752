package browse

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"diapason.dev/diapason"
)

func TestACheckForRobotsIsToldFromAPageByProof(t *testing.T) {
	for _, test := range []struct {
		name     string
		status   int
		header   string // "Name: value"
		document string
		want     string
	}{
		{"a header says so", 403, "cf-mitigated: challenge", "", "Cloudflare"},
		{"whatever the status", 200, "CF-Mitigated: challenge", "", "Cloudflare"},
		{"a challenge of a firewall", 202, "x-amzn-waf-action: challenge", "", "AWS WAF"},
		{"a captcha of a firewall", 405, "x-amzn-waf-action: captcha", "", "AWS WAF"},
		{"a script of the challenge", 503, "", `<script src="/cdn-cgi/challenge-platform/h/b/orchestrate"></script>`, "Cloudflare"},
		{"a frame of the challenge", 403, "", `<iframe src="https://geo.captcha-delivery.com/captcha/"></iframe>`, "DataDome"},
		{"a box to press", 403, "", `<div id="px-captcha"></div>`, "HUMAN"},
		{"an incident", 403, "", "Request unsuccessful. Incapsula incident ID: 1", "Imperva"},
		{"a captcha in place of the page", 429, "", `<script src="https://js.hcaptcha.com/1/api.js"></script>`, "hCaptcha"},
		{"words alone", 503, "", "<title>Just a moment...</title>", "its own words"},
		{"words in another spelling", 429, "", "Please VERIFY YOU ARE HUMAN", "its own words"},
		{"a form with a captcha", 200, "", `<form><script src="https://www.google.com/recaptcha/api.js"></script></form>`, ""},
		{"a page that writes about checks", 200, "", "How sites verify you are human", ""},
		{"an ordinary refusal", 403, "Server: nginx", "<h1>403 Forbidden</h1>", ""},
		{"an ordinary pause", 503, "Retry-After: 60", "We are back soon.", ""},
		{"a page behind a firewall", 200, "cf-mitigated: ", "Welcome", ""},
	} {
		name, value, _ := strings.Cut(test.header, ": ")
		if got := doorkeeperOf(test.status, headers{{Name: name, Value: value}}, test.document); got != test.want {
			t.Errorf("%s: %q, expected %q", test.name, got, test.want)
		}
	}
}

func TestACheckForRobotsIsNamedAndNotGotAround(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.HandleFunc("shop.example/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusForbidden)
		io.WriteString(w, "<title>Just a moment...</title>Verify you are human")
	})
	var asked atomic.Int64
	s.HandleFunc("shop.example/checked", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		if asked.Add(1) > 1 {
			io.WriteString(w, "<title>Shop</title>")
			return
		}
		w.WriteHeader(http.StatusServiceUnavailable)
		io.WriteString(w, "<title>Just a moment...</title><script>onload = () => location.reload()</script>")
	})
	c := visit(t, s.browser(t), Visit{URL: "https://shop.example/", Steps: []Step{{Open: "/checked"}}})
	var gaps []string
	for _, g := range c.Gaps {
		gaps = append(gaps, fmt.Sprintf("%s %t", g.Why, g.Minor))
	}
	want := []string{
		"shop.example answered with a check for robots (told by its own words, status 403) and not with its page; the picture of the visit shows it false",
	}
	if strings.Join(gaps, "\n") != strings.Join(want, "\n") || c.Complete || len(c.Shot) == 0 {
		t.Errorf("complete %v, %d bytes of picture, gaps\n%s\nexpected\n%s", c.Complete, len(c.Shot), strings.Join(gaps, "\n"), strings.Join(want, "\n"))
	}
	if last := c.Pages[len(c.Pages)-1]; last.Title != "Shop" || len(requestsFor(c, "https://shop.example/checked")) != 2 {
		t.Errorf("the check that let the visit in: %+v %s", last, list(c))
	}
}

func TestACertificateThatIsNotTrustedIsKeptAndNothingIsAsked(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.page("shop.example/{$}", `<title>Shop</title>`)
	b := s.browser(t)
	b.PinSPKI = nil
	c := visit(t, b, Visit{URL: "https://shop.example/"})
	der := s.server.TLS.Certificates[0].Certificate[0]
	sum := sha256.Sum256(der)
	if len(c.Certificates) != 1 {
		t.Fatalf("%d certificates, gaps %v", len(c.Certificates), c.Gaps)
	}
	k := c.Certificates[0]
	if k.Host != "shop.example" || k.Reason != "net::ERR_CERT_AUTHORITY_INVALID" || k.SHA256 != hex.EncodeToString(sum[:]) || string(k.DER) != string(der) ||
		strings.Join(k.Names, " ") != strings.Join(names, " ") || k.Until.Sub(k.From) != 25*time.Hour {
		t.Errorf("certificate %+v", k)
	}
	if why := c.Gaps[0].Why; c.Complete || !strings.Contains(why, "is for shop.example, cdn.example, track.example and valid from "+k.From.Format(time.DateOnly)) {
		t.Errorf("complete %v, gap %s", c.Complete, why)
	}
	if seen := s.requests(); len(seen) > 0 {
		t.Errorf("the server was asked for %v", seen)
	}
}

// What one visit is given for keeping, in every way that a page has, is not
// seen by another that goes on at the same time.
func TestTwoVisitsAtATimeShareNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	var visitors atomic.Int64
	s.HandleFunc("shop.example/{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		if _, err := r.Cookie("visitor"); err != nil {
			http.SetCookie(w, &http.Cookie{Name: "visitor", Value: fmt.Sprint("v", visitors.Add(1)), Path: "/", Secure: true})
		}
		io.WriteString(w, `<script src="/tag"></script><script>
			const known = localStorage.visitor || document.cookie;
			localStorage.visitor = known;
			new BroadcastChannel("c").postMessage(known);
			fetch("/known?" + known + "&" + tag);
		</script>`)
	})
	var tags atomic.Int64
	s.HandleFunc("shop.example/tag", func(w http.ResponseWriter, r *http.Request) {
		n := fmt.Sprintf(`"t%d"`, tags.Add(1))
		w.Header().Set("ETag", n)
		w.Header().Set("Cache-Control", "max-age=3600")
		w.Header().Set("Content-Type", "text/javascript")
		fmt.Fprintf(w, "const tag = %s", n)
	})
	s.page("/known", ``)
	b := s.browser(t)
	var captures [2]*diapason.Capture
	var both sync.WaitGroup
	for i := range captures {
		both.Go(func() {
			captures[i] = visit(t, b, Visit{ID: fmt.Sprint("B", i), URL: "https://shop.example/", Steps: []Step{{Open: "/?again"}}})
		})
	}
	both.Wait()
	seen := [2]map[string]bool{{}, {}}
	for i, c := range captures {
		for _, r := range c.Requests {
			_, what, found := strings.Cut(r.URL, "/known?")
			if found {
				seen[i][what] = true
			}
			if strings.HasSuffix(r.URL, "/tag") && value(r.Headers, "If-None-Match") != "" {
				t.Errorf("%s asked with the other's tag: %v", c.ID, r.Headers)
			}
		}
		if c.Profile.State != "fresh" || c.Profile.Cookies != 0 || len(c.Cookies) != 1 || len(seen[i]) != 1 {
			t.Errorf("%s: profile %+v, cookies %v, it was known as %v %s", c.ID, c.Profile, c.Cookies, seen[i], list(c))
		}
	}
	for what := range seen[0] {
		if seen[1][what] {
			t.Errorf("both were known as %s", what)
		}
	}
	if n := visitors.Load(); n != 2 {
		t.Errorf("the server counted %d visitors, expected 2", n)
	}
}
