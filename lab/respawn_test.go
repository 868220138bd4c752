package lab_test

import (
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason/lab"
)

func TestEveryFixtureStatesHowItsNameComesBackAndHowToEndIt(t *testing.T) {
	l := start(t)
	c := reader(t, l)
	for _, f := range lab.Respawns() {
		res, body := get(t, c, f.Origin+"/?as="+strings.Repeat("a", 32))
		truth, err := lab.PageTruth(body)
		if err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s, %v", f.Name, res.Status, err)
		}
		name := truth.Identifiers[0]
		if name.Name != "id" || "https://"+name.Host != f.Origin || name.Bits < 12 || !slices.Contains(name.Stores, "cookie") {
			t.Errorf("%s: its first identifier is %+v", f.Name, name)
		}
		ways := map[bool]int{true: 1}
		if n := ways[len(name.Restored) > 0] + ways[len(name.MadeOf) > 0] + ways[name.Account] + ways[name.Memory]; n > 1 || (n == 0) != (f.Name == "clean") {
			t.Errorf("%s states %d ways in which its name comes back", f.Name, n)
		}
		if (len(name.Restored) == 0) != (len(name.Recipes) == 0) {
			t.Errorf("%s: restored by %v, ended by %v", f.Name, name.Restored, name.Recipes)
		}
		for _, r := range name.Recipes {
			ends := func(r []string) bool {
				return !slices.ContainsFunc(name.Restored, func(set []string) bool {
					return !slices.ContainsFunc(set, func(s string) bool { return slices.Contains(r, s) })
				})
			}
			if !ends(r) || len(r) != len(name.Recipes[0]) {
				t.Errorf("%s: the recipe %v does not hit every one of %v, or is larger than another", f.Name, r, name.Restored)
			}
			for i := range r {
				if ends(slices.Delete(slices.Clone(r), i, i+1)) {
					t.Errorf("%s: the recipe %v is larger than needed", f.Name, r)
				}
			}
		}
	}
}

func TestOnePageEmbedsTheFixturesThatAreAskedForAndStatesAllOfTheirTruth(t *testing.T) {
	c := reader(t, start(t))
	_, body := get(t, c, lab.Together("pair", "clean", "nothing of the kind"))
	truth, err := lab.PageTruth(body)
	if err != nil {
		t.Fatal(err)
	}
	var hosts []string
	for _, i := range truth.Identifiers {
		if i.Name == "id" {
			hosts = append(hosts, i.Host)
		}
	}
	if !slices.Equal(hosts, []string{"clean.respawn.example", "pair.respawn.example"}) || truth.Clean || strings.Count(body, "<iframe") != 2 {
		t.Errorf("the page states %v and embeds %d frames", hosts, strings.Count(body, "<iframe"))
	}
	_, overview := get(t, c, lab.Together())
	for _, f := range lab.Respawns() {
		if !strings.Contains(overview, f.Origin+"/") {
			t.Errorf("the overview does not lead to %s", f.Origin)
		}
	}
}

// asked fetches an address with headers, as a browser does that kept what is
// given, and returns the answer and its body.
func asked(t *testing.T, c *http.Client, method, address, header, value string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	if header != "" {
		req.Header.Set(header, value)
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
	return res, string(body)
}

func TestTheCacheHoldsTheNameInEachOfThreeWays(t *testing.T) {
	c := reader(t, start(t))
	name := strings.Repeat("0123456789abcdef", 2)
	res, body := asked(t, c, "GET", "https://tag.respawn.example/tag", "Cookie", "id="+name)
	if body != name || res.Header.Get("ETag") != `"`+name+`"` || res.Header.Get("Cache-Control") != "private, no-cache" {
		t.Errorf("tag: %q, %v", body, res.Header)
	}
	if res, _ := asked(t, c, "GET", "https://tag.respawn.example/tag", "If-None-Match", `"`+name+`"`); res.StatusCode != http.StatusNotModified {
		t.Errorf("tag that comes back: %s", res.Status)
	}
	if res, body = asked(t, c, "GET", "https://body.respawn.example/body", "Cookie", "id="+name); body != name || !strings.Contains(res.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("body: %q, %v", body, res.Header)
	}
	if res, _ = asked(t, c, "GET", "https://moved.respawn.example/who", "Cookie", "id="+name); res.StatusCode != http.StatusMovedPermanently || res.Header.Get("Location") != "/who/"+name {
		t.Errorf("redirect: %s to %s", res.Status, res.Header.Get("Location"))
	}
	for _, address := range []string{"https://tag.respawn.example/tag", "https://body.respawn.example/body"} {
		_, one := asked(t, c, "GET", address, "", "")
		if _, two := asked(t, c, "GET", address, "", ""); one == two || len(one) != 32 {
			t.Errorf("%s gives %q and %q to two who bring nothing", address, one, two)
		}
	}
}

func TestAFilesDateKnowsItsVisitor(t *testing.T) {
	c := reader(t, start(t))
	name := strings.Repeat("0123456789abcdef", 2)
	one, body := asked(t, c, "GET", "https://dated.respawn.example/dated", "Cookie", "id="+name)
	if body != name || one.Header.Get("Last-Modified") == "" || one.Header.Get("ETag") != "" {
		t.Errorf("%q, %v", body, one.Header)
	}
	if back, _ := asked(t, c, "GET", "https://dated.respawn.example/dated", "If-Modified-Since", one.Header.Get("Last-Modified")); back.StatusCode != http.StatusNotModified {
		t.Errorf("the date that comes back: %s", back.Status)
	}
	if _, other := asked(t, c, "GET", "https://dated.respawn.example/dated", "If-Modified-Since", "Tue, 03 Nov 1998 08:15:30 GMT"); other == name || len(other) != 32 {
		t.Errorf("a date that nobody was given: %q", other)
	}
}

func TestWhatTheCleanTwinHasABrowserKeepIsTheSameForEverybody(t *testing.T) {
	c := reader(t, start(t))
	for address, kept := range map[string][]string{
		"/":         {"Strict-Transport-Security", "Accept-CH", "Report-To"},
		"/same":     {"ETag", "Last-Modified"},
		"/glossary": {"Use-As-Dictionary", "Cache-Control"},
	} {
		one, body := asked(t, c, "GET", "https://clean.respawn.example"+address, "Cookie", "id="+strings.Repeat("a", 32))
		two, again := asked(t, c, "GET", "https://clean.respawn.example"+address, "", "")
		if address != "/" && body != again {
			t.Errorf("%s gives %q and %q", address, body, again)
		}
		for _, k := range kept {
			if one.Header.Get(k) == "" || one.Header.Get(k) != two.Header.Get(k) {
				t.Errorf("%s: %s is %q and %q", address, k, one.Header.Get(k), two.Header.Get(k))
			}
		}
	}
}

func TestADictionaryKnowsItsVisitor(t *testing.T) {
	c := reader(t, start(t))
	name := strings.Repeat("0123456789abcdef", 2)
	given, words := asked(t, c, "GET", "https://dictionary.respawn.example/words", "Cookie", "id="+name)
	if given.Header.Get("Use-As-Dictionary") != `match="/word"` || !strings.Contains(words, name) || !strings.Contains(given.Header.Get("Cache-Control"), "max-age") {
		t.Errorf("%q, %v", words, given.Header)
	}
	sum := sha256.Sum256([]byte(words))
	hash := ":" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
	if back, got := asked(t, c, "GET", "https://dictionary.respawn.example/word", "Available-Dictionary", hash); got != name || back.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("whoever has the dictionary is called %q, %v", got, back.Header)
	}
	if _, got := asked(t, c, "GET", "https://dictionary.respawn.example/word", "Available-Dictionary", ":AAAA:"); got != "" {
		t.Errorf("a dictionary that nobody was given is of %q", got)
	}
}

func TestToWhoseAddressAReportComesTellsWhoLoadedThePage(t *testing.T) {
	c := reader(t, start(t))
	name, load := strings.Repeat("0123456789abcdef", 2), strings.Repeat("f", 32)
	page, _ := asked(t, c, "GET", "https://reports.respawn.example/", "", "")
	if page.Header.Get("Content-Security-Policy-Report-Only") == "" || page.Header.Get("Report-To") != "" {
		t.Errorf("the page: %v", page.Header)
	}
	given, _ := asked(t, c, "GET", "https://reports.respawn.example/address", "Cookie", "id="+name)
	if !strings.Contains(given.Header.Get("Report-To"), "https://reports.respawn.example/report/"+name) {
		t.Errorf("reports go to %s", given.Header.Get("Report-To"))
	}
	if _, got := asked(t, c, "GET", "https://reports.respawn.example/heard/"+load, "", ""); got != "" {
		t.Errorf("before any report the page was loaded by %q", got)
	}
	for body, want := range map[string]int{
		`[{"type": "csp-violation", "body": {"blockedURL": "https://reports.respawn.example/load/` + load + `"}}, {"type": "other", "body": {}}]`: http.StatusNoContent,
		`no reports`: http.StatusBadRequest,
	} {
		res, err := c.Post("https://reports.respawn.example/report/"+name, "application/reports+json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%s: %s", body, res.Status)
		}
	}
	if _, got := asked(t, c, "GET", "https://reports.respawn.example/heard/"+load, "", ""); got != name {
		t.Errorf("the page was loaded by %q", got)
	}
}

func TestATicketGivesTheNameBackThreeTimes(t *testing.T) {
	c := reader(t, start(t))
	name := strings.Repeat("0123456789abcdef", 2)
	_, ticket := asked(t, c, "POST", "https://brief.respawn.example/ticket", "Cookie", "id="+name)
	if len(ticket) != 32 || ticket == name {
		t.Fatalf("ticket %q", ticket)
	}
	for i, want := range []string{name, name, name, "", ""} {
		if _, got := asked(t, c, "GET", "https://brief.respawn.example/ticket/"+ticket, "", ""); got != want {
			t.Errorf("time %d: %q, want %q", i+1, got, want)
		}
	}
	if _, got := asked(t, c, "GET", "https://brief.respawn.example/ticket/"+name, "", ""); got != "" {
		t.Errorf("a ticket that was never given: %q", got)
	}
}

func TestAnAccountsNameIsTheSameForWhoeverSignsIn(t *testing.T) {
	l := start(t)
	names := map[string]string{}
	for _, email := range []string{"one@example.invalid", "two@example.invalid", "one@example.invalid", "one"} {
		res, err := reader(t, l).PostForm("https://account.respawn.example/sign-in", url.Values{"email": {email}, "password": {"made-up-1"}})
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		name, _, _ := strings.Cut(strings.TrimPrefix(res.Header.Get("Set-Cookie"), "id="), ";")
		if (len(name) == 32) != strings.Contains(email, "@") {
			t.Errorf("%s gets %q, %s", email, name, res.Status)
		}
		if names[email] != "" && names[email] != name {
			t.Errorf("%s is called %s and %s", email, names[email], name)
		}
		names[email] = name
	}
	if names["one@example.invalid"] == names["two@example.invalid"] {
		t.Error("two accounts have one name")
	}
}
