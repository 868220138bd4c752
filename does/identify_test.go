package does

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"diapason.dev/diapason"
	"pgregory.net/rapid"
)

// A family is a way in which services make values.
type family struct {
	name  string
	class string
	// value is what a profile has on a visit at a time; seed differs between
	// simulations.
	value func(seed uint64, profile, before int, at time.Time) string
}

// perProfile is a value that a profile keeps.
func perProfile(make func(seed uint64) string) func(uint64, int, int, time.Time) string {
	return func(seed uint64, profile, _ int, _ time.Time) string { return make(seed*10 + uint64(profile)) }
}

// born is when a profile was first visited.
func born(profile int) time.Time {
	return noon.Add([]time.Duration{0, 2 * time.Minute, 3 * time.Minute}[profile])
}

var families = []family{
	{"128 bits in hexadecimal", classIdentifier, perProfile(func(s uint64) string { return random(s, 32, hexDigits) })},
	{"a UUID", classIdentifier, perProfile(func(s uint64) string {
		x := random(s, 32, hexDigits)
		return x[:8] + "-" + x[8:12] + "-4" + x[13:16] + "-a" + x[17:20] + "-" + x[20:]
	})},
	{"ten characters of letters and digits", classIdentifier, perProfile(func(s uint64) string { return random(s, 10, base62) })},
	{"twelve characters in JSON", classIdentifier, perProfile(func(s uint64) string { return `{"v":2,"visitor":{"id":"` + random(s, 12, base36) + `"}}` })},
	{"an id in URL-encoded JSON in base64", classIdentifier, perProfile(func(s uint64) string {
		return "eyJ" + strings.TrimPrefix(b64(`{"id":"`+random(s, 16, base36)+`"}`), "eyJ")
	})},
	{"a number and the time of its making", classIdentifier, func(seed uint64, profile, _ int, _ time.Time) string {
		return fmt.Sprintf("GA1.2.%d%s.%d", 1+(seed*10+uint64(profile))%9, random(seed*10+uint64(profile), 9, decimals), born(profile).Unix())
	}},
	{"seven digits", classWeakOrLess, perProfile(func(s uint64) string { return random(s, 7, decimals) })},
	{"a counter", classCounter, func(seed uint64, profile, _ int, _ time.Time) string {
		return fmt.Sprint(71820340 + int(seed%5)*10 + profile)
	}},
	{"the time of the first visit", classTime, func(_ uint64, profile, _ int, _ time.Time) string { return fmt.Sprint(born(profile).UnixMilli()) }},
	{"the time of this visit", classTime, func(_ uint64, _, _ int, at time.Time) string { return fmt.Sprint(at.Unix()) }},
	{"a date", classTime, func(_ uint64, profile, _ int, _ time.Time) string { return born(profile).Format(time.RFC3339) }},
	{"a token that is new on every visit", classToken, func(seed uint64, profile, before int, _ time.Time) string {
		return random(seed*100+uint64(profile*10+before), 32, hexDigits)
	}},
	{"a date that is drawn from seventeen years", classWeak, perProfile(func(s uint64) string {
		return noon.Add(-time.Duration(rand.New(rand.NewPCG(s, 3)).Int64N(1<<29)) * time.Second).Format(time.RFC1123)
	})},
	{"a version", classConstant, func(uint64, int, int, time.Time) string { return "v2026.11.3-f00dfeed12345678" }},
	{"a language", classConstant, func(uint64, int, int, time.Time) string { return "en-GB" }},
	{"a test group of two", classShared, func(_ uint64, profile, _ int, _ time.Time) string { return []string{"blue", "blue", "green"}[profile] }},
}

// classWeakOrLess stands for what must never be called an identifier.
const classWeakOrLess = "weak or less"

func simulate(f family, seed uint64) []*diapason.Capture {
	return fourCaptures(func(c *diapason.Capture, profile, before int) {
		jar(c, "nocturne.example", "k", f.value(seed, profile, before, c.Started), 365)
	})
}

func classIn(captures []*diapason.Capture, p place) verdict { return identify(fourVisits(captures))[p] }

func TestAValueIsClassedByHowItBehaves(t *testing.T) {
	for _, f := range families {
		t.Run(f.name, func(t *testing.T) {
			right := 0
			const draws = 200
			for seed := range uint64(draws) {
				got := classIn(simulate(f, seed), place{"cookie", "nocturne.example", "k"}).class
				if got == f.class || f.class == classWeakOrLess && got != classIdentifier && got != classConstant {
					right++
				}
			}
			if right < draws*98/100 {
				t.Errorf("%d of %d draws were taken for %s", right, draws, f.class)
			}
		})
	}
}

func TestRandomValuesScoreNoMoreThanTheyHold(t *testing.T) {
	for _, c := range []struct {
		values []string
		least  float64
		most   float64
	}{
		{[]string{"0000", "1111"}, 14, 15}, // 4 digits, 13.3 bits: 4 differ × 10/9
		{[]string{random(1, 8, decimals), random(2, 8, decimals), random(3, 8, decimals)}, 18, 30},
		{[]string{random(1, 8, base62), random(2, 8, base62), random(3, 8, base62)}, 40, 49},
		{[]string{random(1, 40, hexDigits), random(2, 40, hexDigits)}, 64, 64},
		{[]string{"abcdefghijklmnopqrst", "tsrqponmlkjihgfedcba"}, 31, 31}, // shuffled
		{[]string{"abcdefgh", "hgfedcba"}, 15.3, 15.3},                     // 8! orders
		{[]string{"aaaaaaaabbbbbbbb", "bbbbbbbbaaaaaaaa"}, 13.6, 13.7},     // 16!/(8! 8!) orders
		{[]string{"redacted:0a1b2c3d4e5f6071", "redacted:98fe7d6c5ba4938f"}, 31, 31},
		{[]string{"same", "same"}, 0, 0},
		{[]string{"alone"}, 0, 0},
	} {
		if got := bits(c.values...); got < c.least || got > c.most {
			t.Errorf("%q: %.1f bits, want %.0f to %.0f", c.values, got, c.least, c.most)
		}
	}
}

// Two visits that go on at a time make their values in one second.
func TestVisitsOfOneSecondMakeNoTimeOfACounterAndNoIdentifierOfATime(t *testing.T) {
	for name, c := range map[string]struct {
		values [3]string
		class  string
	}{
		"the second, twice the same":             {[3]string{"1793793600", "1793793600", "1793793601"}, classTime},
		"the same in hexadecimal":                {[3]string{"6aeb2940", "6aeb2940", "6aeb2941"}, classTime},
		"a counter that is a hexadecimal second": {[3]string{"71820340", "71820341", "71820343"}, classCounter},
		"a number and such a second":             {[3]string{"GA1.2.2345678901.1793793600", "GA1.2.9976543218.1793793600", "GA1.2.1020304050.1793793601"}, classIdentifier},
		"a test group of two":                    {[3]string{"blue", "blue", "green"}, classShared},
	} {
		values := c.values
		all := fourCaptures(func(c *diapason.Capture, profile, _ int) {
			c.Started = time.Unix(1793793600, int64(profile))
			jar(c, "nocturne.example", "k", values[profile], 365)
		})
		if got := classIn(all, place{"cookie", "nocturne.example", "k"}); got.class != c.class {
			t.Errorf("%s: %s with %.1f bits, want %s", name, got.class, got.score, c.class)
		}
	}
}

func TestThirtyTwoBitsAreTheBoundary(t *testing.T) {
	// Eight hexadecimal characters that all differ: 8 × 16/15 × 4 = 34.1 bits. With seven: 29.9.
	for value, want := range map[string]string{"89abcdef": classIdentifier, "89abcde0": classWeak} {
		c := fourCaptures(func(c *diapason.Capture, profile, _ int) {
			jar(c, "nocturne.example", "k", []string{"01234560", "12345671", value}[profile], 0)
		})
		if value == "89abcde0" {
			c = fourCaptures(func(c *diapason.Capture, profile, _ int) {
				jar(c, "nocturne.example", "k", []string{"0123456f", "1234567f", "89abcdef"}[profile], 0)
			})
		}
		if got := classIn(c, place{"cookie", "nocturne.example", "k"}); got.class != want {
			t.Errorf("%s: %s with %.1f bits, want %s", value, got.class, got.score, want)
		}
	}
}

func TestTheTimeOfItsMakingAddsToAValue(t *testing.T) {
	number := []string{"123450", "234561", "345672"} // six digits that all differ: 22.1 bits
	for name, c := range map[string]struct {
		time func(profile int, at time.Time) string
		want float64
	}{
		"in seconds":           {func(profile int, _ time.Time) string { return fmt.Sprint(born(profile).Unix()) }, 32.1},
		"in milliseconds":      {func(profile int, _ time.Time) string { return fmt.Sprint(born(profile).UnixMilli()) }, 42.1},
		"of this visit":        {func(_ int, at time.Time) string { return fmt.Sprint(at.Unix()) }, 22.1},
		"not a time":           {func(int, time.Time) string { return "7" }, 22.1},
		"of another year":      {func(profile int, _ time.Time) string { return "1600000000" }, 22.1},
		"the same in each one": {func(int, time.Time) string { return fmt.Sprint(noon.Unix()) }, 22.1},
	} {
		all := fourCaptures(func(k *diapason.Capture, profile, _ int) {
			jar(k, "nocturne.example", "k", number[profile]+"."+c.time(profile, k.Started), 9)
		})
		if got := classIn(all, place{"cookie", "nocturne.example", "k"}); math.Abs(got.score-c.want) > 0.11 || (got.class == classIdentifier) != (c.want >= identifying) {
			t.Errorf("%s: %s with %.1f bits, want %.1f", name, got.class, got.score, c.want)
		}
	}
}

func TestWhatAnotherProfileHasInTheSamePlaceNamesNobody(t *testing.T) {
	a, b, c, d := random(1, 24, base36), random(2, 24, base36), random(3, 24, base36), random(4, 24, base36)
	for name, x := range map[string]struct {
		lists [3]string // of the profiles
		want  string
	}{
		"in another order":    {[3]string{a + "|" + b + "|" + c, b + "|" + c + "|" + a, c + "|" + a + "|" + b}, classShared},
		"in another field":    {[3]string{"x=" + a, "y=" + a + "&x=" + b, "x=" + c}, classShared},
		"each its own":        {[3]string{a + "|lang", b + "|lang", c + "|lang"}, classIdentifier},
		"some of it, one own": {[3]string{a + "|" + d, b + "|" + d, c + "|" + d}, classIdentifier},
	} {
		all := fourCaptures(func(k *diapason.Capture, profile, _ int) { jar(k, "nocturne.example", "k", x.lists[profile], 30) })
		if got := classIn(all, place{"cookie", "nocturne.example", "k"}).class; got != x.want {
			t.Errorf("%s: %s, want %s", name, got, x.want)
		}
	}
}

func TestNothingIsSaidWithoutAllFourVisits(t *testing.T) {
	all := simulate(families[0], 1)
	for i := range all {
		if got := identify(fourVisits(slices.Delete(slices.Clone(all), i, i+1))); len(got) > 0 {
			t.Errorf("without %s: %v", fourIDs[i], got)
		}
	}
}

func TestTheRecordOfAChoiceIsNoOrdinaryIdentifier(t *testing.T) {
	all := fourCaptures(func(c *diapason.Capture, profile, _ int) {
		jar(c, "nocturne.example", "cookie_consent", random(uint64(profile), 32, hexDigits), 180)
		jar(c, "nocturne.example", "gdpr-consent", "accepted", 180)
		jar(c, "nocturne.example", "concentration", random(uint64(profile), 32, hexDigits), 180)
	})
	if got := classIn(all, place{"cookie", "nocturne.example", "cookie_consent"}).class; got != classConsent {
		t.Errorf("cookie_consent is called %s", got)
	}
	if got := classIn(all, place{"cookie", "nocturne.example", "gdpr-consent"}).class; got != classConstant {
		t.Errorf("gdpr-consent is called %s", got)
	}
	if got := classIn(all, place{"cookie", "nocturne.example", "concentration"}).class; got != classIdentifier {
		t.Errorf("concentration is called %s", got)
	}
}

func TestIdentifiersAreFoundWhereverTheyLie(t *testing.T) {
	all := fourCaptures(func(c *diapason.Capture, profile, before int) {
		id := func(n uint64) string { return random(n*10+uint64(profile), 24, base36) }
		keep(c, "localStorage", "https://nocturne.example", "who", id(1))
		keep(c, "indexedDB", "https://nocturne.example", "me", `{"id":"`+id(2)+`"}`)
		ask(c, "image", "https://pulse.example/p.gif?v=1&u="+id(3)+"&t="+random(uint64(profile*10+before), 20, base36))
		ask(c, "xhr", "https://pulse.example/beat", "X-Visitor", id(4))
		q := ask(c, "xhr", "https://pulse.example/beat")
		q.Method, q.Body = "POST", diapason.Body{Text: `{"context":{"visitor":"` + id(5) + `"}}`, Mime: "application/json"}
		q = ask(c, "script", "https://nocturne.example/e.js")
		q.ResponseHeaders = []diapason.Header{{Name: "ETag", Value: `W/"` + id(6) + `"`}}
		q.ResponseBody = diapason.Body{Text: "var me = '" + id(7) + "';"}
		if before > 0 {
			q.Headers = []diapason.Header{{Name: "If-None-Match", Value: `W/"` + id(6) + `"`}}
			q.Revalidated = true
		}
		q = ask(c, "script", "https://nocturne.example/f.js")
		q.ResponseBody = diapason.Body{Text: "var you = '" + id(8) + "';"}
		if before > 0 {
			q.FromCache = "disk"
		}
		q = ask(c, "script", "https://nocturne.example/fresh.js") // never kept
		q.ResponseBody = diapason.Body{Text: "var once = '" + id(9) + "';"}
	})
	got := identify(fourVisits(all))
	for _, p := range []place{
		{"localStorage", "nocturne.example", "who"},
		{"indexedDB", "nocturne.example", "me"},
		{"url", "pulse.example", "u"},
		{"header", "pulse.example", "x-visitor"},
		{"form", "pulse.example", ""},
		{"etag", "nocturne.example", "e.js"},
		{"body", "nocturne.example", "e.js"},
		{"body", "nocturne.example", "f.js"},
	} {
		if got[p].class != classIdentifier {
			t.Errorf("%v is called %q", p, got[p].class)
		}
	}
	for p, want := range map[place]string{
		{"url", "pulse.example", "t"}:                classToken,
		{"url", "pulse.example", "v"}:                classConstant,
		{"body", "nocturne.example", "fresh.js"}:     "",
		{"url", "pulse.example", "path segment 1"}:   "",
		{"etag", "nocturne.example", "fresh.js"}:     "",
		{"header", "pulse.example", "if-none-match"}: "",
	} {
		if got[p].class != want {
			t.Errorf("%v is called %q, want %q", p, got[p].class, want)
		}
	}
}

// Classes rest on behaviour: what a key is called, in which order requests
// went out and in which order visits are listed changes none of them.
func TestClassesSurviveRenamingAndReordering(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64Range(0, 1<<32).Draw(t, "seed")
		names := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z]{2,9}`), len(families), len(families), rapid.ID[string]).Draw(t, "names")
		names = slices.Clone(names)
		for i, n := range names {
			if isConsentRecord(n) {
				names[i] = fmt.Sprint("k", i)
			}
		}
		build := func(names []string) []*diapason.Capture {
			return fourCaptures(func(c *diapason.Capture, profile, before int) {
				for i, f := range families {
					v := f.value(seed+uint64(i), profile, before, c.Started)
					jar(c, "nocturne.example", names[i], v, 30)
					ask(c, "image", "https://pulse.example/p.gif?"+names[i]+"="+v)
				}
			})
		}
		plain := make([]string, len(families))
		for i := range plain {
			plain[i] = fmt.Sprint("k", i)
		}
		before, after := identify(fourVisits(build(plain))), build(names)
		r := rand.New(rand.NewPCG(seed, 1))
		for _, c := range after {
			r.Shuffle(len(c.Requests), func(i, j int) { c.Requests[i], c.Requests[j] = c.Requests[j], c.Requests[i] })
			r.Shuffle(len(c.Cookies), func(i, j int) { c.Cookies[i], c.Cookies[j] = c.Cookies[j], c.Cookies[i] })
		}
		r.Shuffle(len(after), func(i, j int) { after[i], after[j] = after[j], after[i] })
		renamed := identify(fourVisits(after))
		for i := range families {
			for _, store := range []string{"cookie", "url"} {
				host := map[string]string{"cookie": "nocturne.example", "url": "pulse.example"}[store]
				x, y := before[place{store, host, plain[i]}], renamed[place{store, host, names[i]}]
				if x.class != y.class || x.score != y.score {
					t.Fatalf("%s in %s: %s with %.1f bits became %s with %.1f", families[i].name, store, x.class, x.score, y.class, y.score)
				}
			}
		}
	})
}
