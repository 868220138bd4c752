package lab_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason/lab"
)

func TestEverySiteThatAsksStatesHowAndInWhichPhasesItTracks(t *testing.T) {
	phases := []string{"P0", "P1", "P2", "P3", "P4.0", "P4.1", "P4.2"}
	flaws := map[string][]string{}
	for _, f := range lab.Consents() {
		c := f.Truth.Consent
		if c == nil {
			t.Fatalf("%s states nothing about consent", f.Name)
		}
		for _, p := range slices.Concat(c.Tracked, c.Counts) {
			if !slices.Contains(phases, p) {
				t.Errorf("%s: there is no phase %s", f.Name, p)
			}
		}
		if c.Banner != (c.Accept.Clicks > 0) || !c.Banner && len(c.Counts) > 0 || (c.Reject.Clicks > 0) != slices.Contains(c.Counts, "P1") {
			t.Errorf("%s: banner %v, accept %+v, reject %+v, counts in %v", f.Name, c.Banner, c.Accept, c.Reject, c.Counts)
		}
		for _, flaw := range c.Flaws {
			flaws[flaw] = append(flaws[flaw], f.Name)
		}
		if f.Truth.Clean && len(c.Flaws) > 0 {
			t.Errorf("%s is clean and has %v", f.Name, c.Flaws)
		}
	}
	for _, flaw := range []string{"tracks before the choice", "refusal ignored", "withdrawal ignored", "gpc ignored", "gpc promise broken", "no refusal", "no withdrawal", "refusal is further away", "refusal is disguised", "ticked boxes"} {
		if len(flaws[flaw]) == 0 {
			t.Errorf("no site shows %q", flaw)
		}
	}
}

func TestASiteHasWhatItsTruthSays(t *testing.T) {
	c := reader(t, start(t))
	for _, f := range lab.Consents() {
		_, body := get(t, c, f.Origin+"/")
		asks := strings.Contains(body, `class="ask"`) || strings.Contains(body, "<iframe")
		back := strings.Contains(body, `id="back"`) || f.Name == "wall" // it stands there after the choice
		if truth := f.Truth.Consent; asks != truth.Banner || back != (truth.Withdraw.Clicks > 0) {
			t.Errorf("%s: asks %v, a way back %v, truth %+v", f.Name, asks, back, truth)
		}
	}
	if _, body := get(t, c, "https://asker.example/ask"); !strings.Contains(body, "data-choice") || strings.Contains(body, "harbour") {
		t.Error("the company that asks for others does not ask, or shows more than that")
	}
}

func TestTheWallKeepsTheChoiceAndLeadsToAnotherPage(t *testing.T) {
	c := reader(t, start(t))
	_, asks := get(t, c, "https://wall.consent.example/")
	res, err := c.PostForm("https://wall.consent.example/choose", url.Values{"choice": {"yes"}})
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(res.Header.Get("Set-Cookie"), "choice=yes;") {
		t.Errorf("%s, %v", res.Status, res.Header)
	}
	_, after := get(t, c, "https://wall.consent.example/")
	if !strings.Contains(asks, "Before you read on") || strings.Contains(after, "Before you read on") || !strings.Contains(after, "Withdraw consent") {
		t.Error("the wall does not go away with the choice")
	}
}

func TestTheSignalAloneEndsTheSharingWhereItIsObeyed(t *testing.T) {
	c := reader(t, start(t))
	for site, want := range map[string][2]string{
		"gpc-obeyed":  {"tracks = () => true", "tracks = () => false"},
		"gpc-ignored": {"tracks = () => true", "tracks = () => true"},
	} {
		for i, header := range []string{"", "Sec-GPC"} {
			if _, body := asked(t, c, "GET", "https://"+site+".consent.example/", header, "1"); !strings.Contains(body, want[i]) {
				t.Errorf("%s with header %q: want %q", site, header, want[i])
			}
		}
	}
}

func TestASitePromisesToObeyTheSignalAsItsTruthSays(t *testing.T) {
	c := reader(t, start(t))
	promises := map[string]int{}
	for _, f := range lab.Consents() {
		res, body := get(t, c, f.Origin+"/.well-known/gpc.json")
		promise := f.Truth.Consent.Promise
		promises[promise]++
		if (res.StatusCode == http.StatusOK) != (promise != "") || promise != "" && !strings.Contains(body, `"gpc": `+promise+",") {
			t.Errorf("%s: %s %s, and its truth is %q", f.Name, res.Status, body, promise)
		}
		if broken := slices.Contains(f.Truth.Consent.Flaws, "gpc promise broken"); broken != (promise == "true" && slices.ContainsFunc(f.Truth.Consent.Tracked, func(p string) bool { return p == "P4.0" || p == "P4.1" })) {
			t.Errorf("%s: states a broken promise: %v", f.Name, broken)
		}
	}
	if promises["true"] < 2 || promises["false"] == 0 || promises[`"yes"`] == 0 || promises[""] == 0 {
		t.Errorf("the sites differ in %v", promises)
	}
}

func TestTheAdvertiserNamesABrowserOnce(t *testing.T) {
	c := reader(t, start(t))
	one, _ := get(t, c, "https://adsum.example/seen?site=a")
	two, _ := get(t, c, "https://adsum.example/seen?site=b")
	name := func(r *http.Response) string {
		v, _, _ := strings.Cut(strings.TrimPrefix(r.Header.Get("Set-Cookie"), "aid="), ";")
		return v
	}
	if len(name(one)) != 32 || name(one) != name(two) {
		t.Errorf("%q and %q", name(one), name(two))
	}
	other, _ := get(t, reader(t, start(t)), "https://adsum.example/seen?site=a")
	if other.Header.Get("Set-Cookie") == one.Header.Get("Set-Cookie") {
		t.Error("two browsers have one name")
	}
}
