package filter

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// bruteForce tries every rule of an engine, without the index.
func bruteForce(e *Engine, r *Request) (hits, blocks, excepts, important []Hit) {
	try := func(rules []rule) (hits []Hit) {
		for i := range rules {
			if e.applies(&rules[i], r, nowhere) {
				hits = append(hits, e.hit(&rules[i]))
			}
		}
		return hits
	}
	blocks, excepts, important = try(e.blocks.rules), try(e.excepts.rules), try(e.important.rules)
	hits = append(slices.Clone(blocks), excepts...)
	slices.SortFunc(hits, func(a, b Hit) int { return a.Line - b.Line })
	return hits, blocks, excepts, important
}

// disagreement compares the index with brute force; empty if they are one.
func disagreement(e *Engine, r *Request) string {
	hits, blocks, excepts, important := bruteForce(e, r)
	if all := e.All(r); !slices.Equal(all, hits) {
		return fmt.Sprintf("all: %v, brute force %v", all, hits)
	}
	want, by := Unlisted, []Hit{{}}
	switch {
	case len(blocks) > 0 && len(excepts) == 0:
		want, by = Blocked, blocks
	case len(important) > 0:
		want, by = Blocked, important
	case len(blocks) > 0:
		want, by = Excepted, excepts
	}
	if v, hit := e.Match(r); v != want || !slices.Contains(by, hit) {
		return fmt.Sprintf("%s by %v, brute force %s by %v", v, hit, want, by)
	}
	return ""
}

// drawRule draws a rule of the pieces that addresses are made of.
func drawRule(t *rapid.T) string {
	rule := rapid.SampledFrom([]string{"", "", "", "@@"}).Draw(t, "exception")
	switch rapid.IntRange(0, 9).Draw(t, "kind") {
	case 0, 1, 2:
		rule += "||" + drawHost(t) + "^"
	case 3:
		rule += `/` + rapid.SampledFrom([]string{`\/ads?\/`, `track[0-9]*\.js$`, `^https?:\/\/a\.(b|example)\/`, `(\/x1)+`, `A|B`}).Draw(t, "regex") + `/`
	case 4:
		rule += "*"
	default:
		rule += drawPattern(t)
	}
	options := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{
		"script", "image", "~script", "third-party", "~third-party", "important", "match-case", "domain=example.com|~a.example.com",
		"domain=~b.example", "domain=ads.*", "to=track.*", "to=~ads.com", "denyallow=a.b", "strict1p", "method=post", "document", "popup",
	}), 0, 3, rapid.ID).Draw(t, "options")
	if len(options) > 0 {
		rule += "$" + strings.Join(options, ",")
	}
	return rule
}

func drawHost(t *rapid.T) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"ads", "bads", "a", "b", "track", "example", "com", "co.uk"}), 1, 3).Draw(t, "host"), ".")
}

func TestTheIndexFindsWhatTryingEveryRuleFinds(t *testing.T) {
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		rules := rapid.SliceOfN(rapid.Custom(drawRule), 1, 40).Draw(t, "rules")
		e, _, err := Load(NewList("list", strings.Join(rules, "\n")))
		if err != nil {
			t.Fatal(err)
		}
		for range 10 {
			url, page := drawAddress(t), drawAddress(t)
			kind := rapid.SampledFrom([]string{"script", "image", "document", "popup", "fetch"}).Draw(t, "type")
			r := NewRequest(url, page, kind, rapid.SampledFrom([]string{"GET", "POST", ""}).Draw(t, "method"))
			if d := disagreement(e, r); d != "" {
				t.Fatalf("%s (%s from %s): %s", url, kind, page, d)
			}
			found += len(e.All(r))
		}
	})
	if found == 0 {
		t.Error("no rule ever applied: the test tells nothing")
	}
}

func TestTheOrderOfTheListsChangesNoVerdict(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules := rapid.SliceOfN(rapid.Custom(drawRule), 1, 20).Draw(t, "rules")
		shuffled := rapid.Permutation(rules).Draw(t, "shuffled")
		a, _, errA := Load(NewList("list", strings.Join(rules, "\n")))
		b, _, errB := Load(NewList("list", strings.Join(shuffled, "\n")))
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		for range 5 {
			r := NewRequest(drawAddress(t), drawAddress(t), "script", "GET")
			if va, _ := a.Match(r); va.String() != func() string { vb, _ := b.Match(r); return vb.String() }() {
				t.Fatalf("%s: another verdict in another order", r.URL)
			}
		}
	})
}

func TestAnAddressIsReadAsABrowserSendsIt(t *testing.T) {
	for _, c := range []struct{ url, sent, host string }{
		{"https://A.Example/X", "https://A.Example/X", "a.example"},
		{"https://a.example", "https://a.example", "a.example"},
		{"https://a.example.:80?x", "https://a.example.:80?x", "a.example"},
		{"https://me:pass@a.example:80/@b", "https://me:pass@a.example:80/@b", "a.example"},
		{"https://a.example?q=@b.example", "https://a.example?q=@b.example", "a.example"},
		{"http://[::1]:80/", "http://[::1]:80/", "[::1]"},
		{"https://bücher.example/é?ü", "https://xn--bcher-kva.example/%C3%A9?%C3%BC", "xn--bcher-kva.example"},
		{"data:text/html,//x/", "data:text/html,//x/", ""},
		{"about:blank", "about:blank", ""},
		{"", "", ""},
		{"https://", "https://", ""},
	} {
		r := NewRequest(c.url, c.url, "script", "GET")
		if r.URL != c.sent || r.host != c.host {
			t.Errorf("%s: %s with host %q, expected %s with %q", c.url, r.URL, r.host, c.sent, c.host)
		}
	}
}
