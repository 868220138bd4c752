package browse

import (
	"errors"
	"fmt"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"diapason.dev/diapason"
)

const signUp = `<!doctype html><title>Join</title>
	<form method="post" action="/joined"><input id="email" name="email"><input id="name" name="name"><input type="password" id="pw" name="pw">
	<button>  Create
	account </button></form>
	<a href="#x">Create account later</a>
	<script>
		const events = [];
		for (const t of ["keydown", "keyup", "input", "change", "blur"]) document.querySelector("#email").addEventListener(t, (e) => events.push(e.isTrusted ? t : "forged"));
		document.querySelector("#email").addEventListener("change", (e) => fetch("https://track.example/early", {method: "POST", mode: "no-cors", body: e.target.value}));
		document.querySelector("form").addEventListener("submit", () => navigator.sendBeacon("https://track.example/late", JSON.stringify(events)));
	</script>`

func journeySite(t *testing.T) *site {
	s := newSite(t)
	s.page("shop.example/{$}", `<a href="/join">Join</a>`)
	s.page("/join", signUp)
	s.page("/joined", `<script>localStorage.joined = 1</script>welcome`)
	s.page("track.example/early", ``)
	s.page("track.example/late", ``)
	return s
}

func TestAJourneyTypesBaitKeyByKeyAndTellsWhenItWasSubmitted(t *testing.T) {
	t.Parallel()
	s := journeySite(t)
	c := visit(t, s.browser(t), Visit{ID: "journey/sign-up/1", URL: "https://shop.example/", Phase: diapason.P6, Journey: "sign-up", Steps: []Step{
		{Click: "text=join"},
		{Fill: []Field{{"#email", "bait.email"}, {"#name", "bait.name"}, {"#pw", "bait.password"}}},
		{Click: "text=Create account", Wait: 50 * time.Millisecond},
	}})
	if !c.Complete || len(c.Gaps) > 0 {
		t.Fatalf("gaps %v %s", c.Gaps, list(c))
	}
	s.holdAgainst(t, c)
	for address, want := range map[string]string{"https://shop.example/": "opened", "https://shop.example/join": "input", "https://shop.example/joined": "input", "https://track.example/early": ""} {
		if got := one(t, c, address).Cause; got != want {
			t.Errorf("%s was asked for because of %q, want %q", address, got, want)
		}
	}
	early, late, posted := one(t, c, "https://track.example/early"), one(t, c, "https://track.example/late"), one(t, c, "https://shop.example/joined")
	if len(c.Baits) != 3 {
		t.Fatalf("baits %+v", c.Baits)
	}
	form, err := url.ParseQuery(posted.Body.Text)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct {
		id, field string
		data      diapason.Term
	}{{"email", "email", "pd:EmailAddress"}, {"name", "name", "pd:Name"}, {"password", "pw", "pd:Password"}} {
		b := c.Baits[i]
		if b.ID != want.id || b.Data != want.data || b.URL != "https://shop.example/join" || form.Get(want.field) != b.Value || b.Value == "" {
			t.Errorf("bait %+v; the form sent %q", b, form.Get(want.field))
		}
		if b.Submitted.IsZero() || b.Submitted.Before(b.At) {
			t.Errorf("bait %s: typed at %s, submitted at %s", b.ID, b.At, b.Submitted)
		}
	}
	if early.Body.Text != c.Baits[0].Value || !early.At.After(c.Baits[0].At) || !early.At.Before(c.Baits[0].Submitted) {
		t.Errorf("sent before the form was: %+v, bait %+v", early, c.Baits[0])
	}
	if late.At.Before(c.Baits[0].Submitted) {
		t.Errorf("sent with the form at %s, which was submitted at %s", late.At, c.Baits[0].Submitted)
	}
	if n := strings.Count(late.Body.Text, "keydown"); n != len(c.Baits[0].Value) || strings.Count(late.Body.Text, "input") != n || strings.Contains(late.Body.Text, "forged") || !strings.Contains(late.Body.Text, "blur") {
		t.Errorf("the page saw the events %s for %d letters", late.Body.Text, len(c.Baits[0].Value))
	}
	var pages []string
	for _, p := range c.Pages {
		pages = append(pages, fmt.Sprint(p.URL, " ", p.Typed))
	}
	if want := []string{"https://shop.example/ false", "https://shop.example/join false", "https://shop.example/join true", "https://shop.example/joined true"}; !slices.Equal(pages, want) {
		t.Errorf("pages %q, expected %q", pages, want)
	}
	if !slices.ContainsFunc(c.Stores, func(e diapason.StoreEntry) bool { return e.Key == "joined" }) {
		t.Errorf("stores %+v", c.Stores)
	}
}

func TestTypedTextThatIsNotSubmittedStaysUnsubmitted(t *testing.T) {
	t.Parallel()
	s := journeySite(t)
	c := visit(t, s.browser(t), Visit{URL: "https://shop.example/join", Steps: []Step{
		{Fill: []Field{{"#email", "bait.email"}}},
		{StopBefore: "text=Create account"},
		{Click: "text=Create account"},
	}})
	if len(c.Baits) != 1 || !c.Baits[0].Submitted.IsZero() || !c.Complete {
		t.Errorf("baits %+v, gaps %v", c.Baits, c.Gaps)
	}
	if len(requestsFor(c, "https://shop.example/joined")) > 0 {
		t.Error("the journey went beyond its end")
	}
	one(t, c, "https://track.example/early")
}

func TestAStepThatCannotBeDoneIsTold(t *testing.T) {
	t.Parallel()
	s := journeySite(t)
	b := s.browser(t)
	b.Settle.Load = 4 * time.Second
	for _, test := range []struct {
		step Step
		why  string
	}{
		{Step{Click: "#nowhere"}, `step 1 of the journey could not be done: click #nowhere: there is no such element on the page`},
		{Step{Fill: []Field{{"input[", "x"}}}, `step 1 of the journey could not be done: fill input[: "input[" is no selector`},
		{Step{Open: "https://nowhere.example/"}, `nowhere.example could not be reached: unknown name`},
	} {
		c := visit(t, b, Visit{URL: "https://shop.example/join", Steps: []Step{test.step}})
		if c.Complete || len(c.Gaps) != 1 || c.Gaps[0].Why != test.why || c.Gaps[0].Next == "" {
			t.Errorf("gaps %+v, expected %q", c.Gaps, test.why)
		}
		if len(requestsFor(c, "https://shop.example/join")) != 1 || len(c.Shot) == 0 {
			t.Errorf("what was seen before is lost: %s", list(c))
		}
	}
}

func TestAJourneyMayBeginWithItsFirstStep(t *testing.T) {
	t.Parallel()
	s := journeySite(t)
	s.page("shop.example/home", `<script>addEventListener("pagehide", () => navigator.sendBeacon("https://track.example/late"))</script>`)
	s.page("cdn.example/next", ``)
	c := visit(t, s.browser(t), Visit{Steps: []Step{{Open: "https://shop.example/join"}, {Open: "/joined"}, {Open: "/home"}, {Open: "https://cdn.example/next"}}})
	s.holdAgainst(t, c)
	if c.Site != "https://shop.example/join" || len(requestsFor(c, "https://shop.example/joined")) != 1 || !c.Complete {
		t.Errorf("site %s, gaps %v", c.Site, c.Gaps)
	}
}

func TestMistakesAreFoundBeforeABrowserStarts(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser(t)
	for name, v := range map[string]Visit{
		"no address":    {URL: "shop.example"},
		"other scheme":  {URL: "file:///etc/passwd"},
		"nothing":       {},
		"unknown bait":  {URL: "https://shop.example/", Steps: []Step{{Fill: []Field{{"#a", "bait.iban"}}}}},
		"broken escape": {URL: "https://shop.example/%zz"},
	} {
		c, err := b.Visit(t.Context(), v)
		if !errors.Is(err, diapason.ErrUsage) || c == nil || len(c.Gaps) != 1 || c.Settle != "failed" {
			t.Errorf("%s: error %v, capture %+v", name, err, c)
		}
	}
	b.ThirdParty = "sometimes"
	if _, err := b.Visit(t.Context(), Visit{URL: "https://shop.example/"}); !errors.Is(err, diapason.ErrUsage) {
		t.Errorf("unknown policy: %v", err)
	}
	b.ThirdParty, b.Path = "", "/nowhere/chromium"
	if _, err := b.Visit(t.Context(), Visit{URL: "https://shop.example/"}); !errors.Is(err, diapason.ErrNoBrowser) {
		t.Errorf("no browser: %v", err)
	}
}

func TestBaitIsMadeUpPlausibleAndNeverTwiceTheSame(t *testing.T) {
	shape := map[string]string{
		"email":    `^[a-z][a-z0-9]{16}@mail\.example$`,
		"name":     `^[A-Z][a-z]{11} [A-Z][a-z]{13}$`,
		"password": `^Aa1![a-z0-9]{17}$`,
		"text":     `^I like [a-z]{12} and [a-z]{14}$`,
		"phone":    `^\+44 7700 900\d{3}$`,
	}
	for _, l := range lures {
		a, b := l.make(), l.make()
		if !regexp.MustCompile(shape[l.id]).MatchString(a) || a == b && l.id != "phone" {
			t.Errorf("%s: %q and %q", l.id, a, b)
		}
		if got, ok := lureFor("bait." + l.id); !ok || got.id != l.id {
			t.Errorf("bait.%s is not found", l.id)
		}
	}
	if bits := 13 * math.Log2(18*5); bits < 80 {
		t.Errorf("13 syllables are %.0f bits", bits)
	}
}
