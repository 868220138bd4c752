package lab_test

import (
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason/lab"
)

// script fetches the script that carries Nocturne's identifier, as a browser
// does that kept what is given, and returns the identifier that it carries.
func script(t *testing.T, c *http.Client, tag, cookie string) (status int, etag, carried string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://static.nocturne.example/ear.js", nil)
	if err != nil {
		t.Fatal(err)
	}
	if tag != "" {
		req.Header.Set("If-None-Match", tag)
	}
	if cookie != "" {
		req.Header.Set("Cookie", "nid="+cookie)
	}
	res, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if m := regexp.MustCompile(`carried = "([^"]*)"`).FindSubmatch(body); m != nil {
		carried = string(m[1])
	}
	if got := res.Header.Get("Cache-Control"); got != "private, no-cache" {
		t.Errorf("Cache-Control is %q: a browser would not ask again", got)
	}
	return res.StatusCode, res.Header.Get("ETag"), carried
}

func TestTheEntityTagIsTheVisitorsIdentifier(t *testing.T) {
	c := reader(t, start(t))
	status, tag, id := script(t, c, "", "")
	if status != http.StatusOK || tag != `"`+id+`"` || !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(id) {
		t.Fatalf("a new visitor: status %d, tag %s, identifier %q", status, tag, id)
	}
	other := strings.Repeat("0123456789abcdef", 2)
	for _, given := range []struct {
		name, tag, cookie string
		status            int
		same              bool // as the first identifier
	}{
		{"the tag comes back", tag, "", http.StatusNotModified, true},
		{"the tag comes back weak", "W/" + tag, "", http.StatusNotModified, true},
		{"tag and cookie agree", tag, id, http.StatusNotModified, true},
		{"only the cookie comes back", "", id, http.StatusOK, true},
		{"the cookie outranks another tag", `"` + other + `"`, id, http.StatusOK, true},
		{"nothing comes back", "", "", http.StatusOK, false},
		{"a tag that Nocturne never gave", `"7-5f3c"`, "", http.StatusOK, false},
	} {
		t.Run(given.name, func(t *testing.T) {
			status, now, carried := script(t, c, given.tag, given.cookie)
			if status != given.status {
				t.Errorf("status %d, want %d", status, given.status)
			}
			if (now == tag) != given.same {
				t.Errorf("the tag is the first visitor's: %v, want %v", now == tag, given.same)
			}
			if status == http.StatusOK && `"`+carried+`"` != now {
				t.Errorf("the script carries %q under the tag %s", carried, now)
			}
		})
	}
}

func TestNoTwoVisitorsShareAnIdentifierThoughTheyShareAnAddress(t *testing.T) {
	c := reader(t, start(t))
	seen := map[string]bool{}
	for range 200 {
		_, _, id := script(t, c, "", "")
		seen[id] = true
	}
	if len(seen) != 200 {
		t.Errorf("200 visitors have %d identifiers", len(seen))
	}
}

func TestTheAnalyticsCookieIsForThirdPartiesAndNotPartitioned(t *testing.T) {
	l := start(t)
	c := reader(t, l)
	res, first := get(t, c, "https://pulse.example/tag.js")
	set := res.Header.Get("Set-Cookie")
	for _, want := range []string{"pid=", "Max-Age=31536000", "HttpOnly", "Secure", "SameSite=None"} {
		if !strings.Contains(set, want) {
			t.Errorf("Set-Cookie %q lacks %s", set, want)
		}
	}
	if strings.Contains(set, "Partitioned") {
		t.Errorf("Set-Cookie %q keeps sites apart", set)
	}
	if got := res.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control is %q: the cache could restore the identifier, which the truth does not tell", got)
	}
	if _, again := get(t, c, "https://pulse.example/tag.js"); again != first {
		t.Error("the same browser got another identifier")
	}
	if _, stranger := get(t, reader(t, l), "https://pulse.example/tag.js"); stranger == first {
		t.Error("another browser got the same identifier")
	}
}

func TestSignUpSetsACookieForTheTimeThatTheBrowserIsOpen(t *testing.T) {
	l := start(t)
	form := url.Values{"email": {"made-up@example.invalid"}, "name": {"Made Up"}, "password": {"made-up-1"}}
	for _, site := range []string{"nocturne", "serenade"} {
		c := reader(t, l)
		_, page := get(t, c, "https://"+site+".example/join")
		if m := regexp.MustCompile(`name="guard" value="([^"]+)"`).FindStringSubmatch(page); m != nil {
			form.Set("guard", m[1])
		}
		res, err := c.PostForm("https://"+site+".example/join", form)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		set := res.Header.Get("Set-Cookie")
		if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/welcome" {
			t.Errorf("%s: %s to %q", site, res.Status, res.Header.Get("Location"))
		}
		if !strings.HasPrefix(set, "session=") || strings.Contains(set, "Max-Age") || strings.Contains(set, "Expires") || !strings.Contains(set, "HttpOnly") {
			t.Errorf("%s sets %q, want a session cookie that scripts cannot read", site, set)
		}
	}
}

func TestAFormThatIsIncompleteOrForgedIsRefused(t *testing.T) {
	l := start(t)
	c := reader(t, l)
	_, page := get(t, c, "https://serenade.example/join")
	guard := regexp.MustCompile(`name="guard" value="([^"]+)"`).FindStringSubmatch(page)[1]
	for _, f := range []struct {
		name, site, email, guard string
		status                   int
	}{
		{"no address at Nocturne", "nocturne", "", "", http.StatusBadRequest},
		{"no address at Serenade", "serenade", "", guard, http.StatusBadRequest},
		{"no guard", "serenade", "made-up@example.invalid", "", http.StatusForbidden},
		{"a guard of somebody's own", "serenade", "made-up@example.invalid", guard[:64] + "x", http.StatusForbidden},
	} {
		res, err := c.PostForm("https://"+f.site+".example/join", url.Values{"email": {f.email}, "password": {"made-up-1"}, "guard": {f.guard}})
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != f.status || res.Header.Get("Set-Cookie") != "" {
			t.Errorf("%s: %s, sets %q; want %d and no cookie", f.name, res.Status, res.Header.Get("Set-Cookie"), f.status)
		}
	}
	_, again := get(t, c, "https://serenade.example/join")
	if strings.Contains(again, guard) {
		t.Error("the guard is the same on the next load: it would name the browser")
	}
}

// permissionLink is the address that a campaign page sends people to.
func permissionLink(t *testing.T, page string) *url.URL {
	t.Helper()
	m := regexp.MustCompile(`href="(https://accounts\.spotify\.com/[^"]+)"`).FindAllStringSubmatch(page, -1)
	if len(m) != 1 {
		t.Fatalf("the page has %d permission links, want one", len(m))
	}
	address, err := url.Parse(html.UnescapeString(m[0][1]))
	if err != nil {
		t.Fatal(err)
	}
	return address
}

func TestTheCampaignsAskForWhatTheirTruthSays(t *testing.T) {
	l := start(t)
	c := reader(t, l)
	for _, site := range []struct {
		name  string
		asked int
		safe  bool
	}{{"nocturne", 7, false}, {"serenade", 1, true}} {
		_, page := get(t, c, "https://"+site.name+".example/campaign")
		_, again := get(t, c, "https://"+site.name+".example/campaign")
		truth, err := lab.PageTruth(page)
		if err != nil {
			t.Fatal(err)
		}
		one, two := permissionLink(t, page).Query(), permissionLink(t, again).Query()
		asked := strings.Fields(one.Get("scope"))
		if len(asked) != site.asked || !slices.Equal(asked, truth.Permissions.Asked) || !slices.Equal(truth.Permissions.Needed, []string{"user-library-modify"}) {
			t.Errorf("%s asks for %v; its truth says %v, needed %v", site.name, asked, truth.Permissions.Asked, truth.Permissions.Needed)
		}
		fresh := one.Get("state") != two.Get("state") && len(one.Get("state")) == 43
		proof := one.Get("code_challenge_method") == "S256" && len(one.Get("code_challenge")) == 43 && one.Get("code_challenge") != two.Get("code_challenge")
		if fresh != site.safe || proof != site.safe {
			t.Errorf("%s: state new and long %v, proof key new %v; want %v", site.name, fresh, proof, site.safe)
		}
	}
	for _, h := range l.Log() {
		if strings.Contains(h.Host, "spotify") {
			t.Errorf("the lab serves %s", h.Host)
		}
	}
}

func TestAPolicyContainsWhatItsTruthSaysAndNothingOfWhatIsUntold(t *testing.T) {
	c := reader(t, start(t))
	dates := map[string]string{}
	for _, page := range []string{"nocturne.example/privacy", "nocturne.example/privacy/2025", "serenade.example/privacy", "serenade.example/privacy/2025"} {
		_, body := get(t, c, "https://"+page)
		truth, err := lab.PageTruth(body)
		if err != nil {
			t.Fatal(err)
		}
		text := readable(body)
		for _, d := range truth.Policy.Denied {
			if !strings.Contains(text, d.Quote) {
				t.Errorf("%s does not say %q", page, d.Quote)
			}
			if d.False != strings.HasPrefix(page, "nocturne") {
				t.Errorf("%s: the denial is marked false: %v", page, d.False)
			}
		}
		for _, cookie := range truth.Policy.Cookies {
			if !strings.Contains(text, cookie.Name) {
				t.Errorf("%s does not name the cookie %s", page, cookie.Name)
			}
		}
		for _, word := range []string{"Pulse", "Adsum", "analytics", "nid", "restore", "segment", "infer", "hash"} {
			if regexp.MustCompile(`(?i)\b` + word).MatchString(text) {
				t.Errorf("%s says something of %q", page, word)
			}
		}
		dates[page] = truth.Policy.Dated
	}
	for _, site := range []string{"nocturne.example", "serenade.example"} {
		if now, then := dates[site+"/privacy"], dates[site+"/privacy/2025"]; now <= then {
			t.Errorf("%s: the present policy is of %s, the earlier one of %s", site, now, then)
		}
	}
}

// readable is the text of a page without markup, scripts and styles.
func readable(page string) string {
	page = regexp.MustCompile(`(?s)<(script|style)\b.*?</(script|style)>`).ReplaceAllString(page, " ")
	return regexp.MustCompile(`<[^>]*>`).ReplaceAllString(page, " ")
}

func TestOnlyNocturnesSignUpHidesThePolicy(t *testing.T) {
	c := reader(t, start(t))
	for _, address := range pages {
		if !strings.Contains(address, "nocturne.example") && !strings.Contains(address, "serenade.example") {
			continue
		}
		_, body := get(t, c, address)
		truth, err := lab.PageTruth(body)
		if err != nil {
			t.Fatal(err)
		}
		if linked := strings.Contains(body, `href="/privacy"`); linked == truth.Unlinked {
			t.Errorf("%s links to the policy: %v; its truth says unlinked: %v", address, linked, truth.Unlinked)
		}
		if collects := strings.Contains(body, `type="email"`); collects != truth.Collects {
			t.Errorf("%s has a form for personal data: %v; its truth says %v", address, collects, truth.Collects)
		}
	}
}

func TestTruthReadsTheSameAfterJSON(t *testing.T) {
	for _, s := range []lab.Service{lab.Nocturne(), lab.Clean()} {
		text, err := json.Marshal(s.Truth)
		if err != nil {
			t.Fatal(err)
		}
		var back lab.Truth
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatal(err)
		}
		if again, _ := json.Marshal(back); string(again) != string(text) {
			t.Errorf("%s: truth changes by reading it back", s.Name)
		}
	}
}
