package filter

import (
	"strings"
	"testing"
	"unsafe"
)

func TestImportantOutranksAnExceptionAndAnExceptionOutranksABlock(t *testing.T) {
	for _, c := range []struct {
		rules   []string
		verdict Verdict
		rule    string
	}{
		{nil, Unlisted, ""},
		{[]string{"||b.example^"}, Unlisted, ""},
		{[]string{"||ads.example^"}, Blocked, "||ads.example^"},
		{[]string{"@@||ads.example^"}, Unlisted, ""},
		{[]string{"||ads.example^", "@@||ads.example/ok/"}, Excepted, "@@||ads.example/ok/"},
		{[]string{"||ads.example^", "@@||ads.example/no/"}, Blocked, "||ads.example^"},
		{[]string{"||ads.example^", "@@||ads.example/ok/$image"}, Blocked, "||ads.example^"},
		{[]string{"||ads.example^", "@@||ads.example/ok/", "/ok/$important"}, Blocked, "/ok/$important"},
		{[]string{"/ok/$important", "@@||ads.example/ok/"}, Blocked, "/ok/$important"},
		{[]string{"/ok/$important,image", "@@||ads.example/ok/"}, Unlisted, ""},
		{[]string{"/ok/$important"}, Blocked, "/ok/$important"},
	} {
		e := load(t, c.rules...)
		v, hit := e.Match(NewRequest("https://ads.example/ok/x.js", "https://page.example/", "script", "GET"))
		if v != c.verdict || hit.Rule != c.rule {
			t.Errorf("%q: %s by %q, expected %s by %q", c.rules, v, hit.Rule, c.verdict, c.rule)
		}
	}
}

func TestABadfilterRuleTakesBackTheRuleThatSaysTheSame(t *testing.T) {
	for _, c := range []struct {
		rule, bad string
		want      Verdict
	}{
		{"||ads.example^", "||ads.example^$badfilter", Unlisted},
		{"||ads.example^$script,third-party", "||ads.example^$3p,badfilter,script", Unlisted},
		{"||ads.example^$domain=page.example|b.example", "||ads.example^$domain=b.example|page.example,badfilter", Unlisted},
		{"||ads.example^$script", "||ads.example^$badfilter", Blocked},
		{"||ads.example^", "||ads.example^$important,badfilter", Blocked},
		{"||ads.example^$important", "||ads.example^$badfilter", Blocked},
		{"||ads.example^$redirect=noop.js", "||ads.example^$badfilter", Blocked},
		{"||ads.example^", "@@||ads.example^$badfilter", Blocked},
		{"||ads.example^$match-case", "||ads.example^$badfilter", Blocked},
		{`/\/x\.js/`, `/\/x\.js/$badfilter`, Unlisted},
		{`/\/x\.js/`, `\/x\.js$badfilter`, Blocked},
	} {
		// It may stand before or after, and in another list.
		for _, lists := range [][]List{
			{NewList("a", c.rule+"\n"+c.bad)},
			{NewList("a", c.bad), NewList("b", c.rule)},
		} {
			e, skipped, err := Load(lists...)
			if err != nil || len(skipped) > 0 {
				t.Fatal(skipped, err)
			}
			if v, _ := e.Match(NewRequest("https://ads.example/x.js", "https://page.example/", "script", "GET")); v != c.want {
				t.Errorf("%s with %s: %s, expected %s", c.rule, c.bad, v, c.want)
			}
		}
	}
}

func TestAHitTellsListLineAndRule(t *testing.T) {
	e, _, err := Load(
		NewList("one", "! Title: First list\r\n||b.example^\r\n  ||ads.example^$script \r\n"),
		NewList("two.txt", "@@||ads.example/x\n/x.js\n"),
	)
	if err != nil {
		t.Fatal(err)
	}
	r := NewRequest("https://ads.example/x.js", "https://page.example/", "script", "GET")
	want := []Hit{{"First list", 3, "||ads.example^$script"}, {"two.txt", 1, "@@||ads.example/x"}, {"two.txt", 2, "/x.js"}}
	hits := e.All(r)
	if len(hits) != len(want) {
		t.Fatalf("%v, expected %v", hits, want)
	}
	for i := range want {
		if hits[i] != want[i] {
			t.Errorf("%v, expected %v", hits[i], want[i])
		}
	}
	if v, hit := e.Match(r); v != Excepted || hit != want[1] {
		t.Errorf("%s by %v", v, hit)
	}
}

func TestARuleThatAppliesTwiceIsOneHit(t *testing.T) {
	e := load(t, "/banner/$important", "*$script,domain=page.example")
	if hits := e.All(NewRequest("https://a.example/banner/banner/banner/", "https://page.example/", "script", "GET")); len(hits) != 2 {
		t.Errorf("%v", hits)
	}
}

func TestMatchingAllocatesNothing(t *testing.T) {
	e := load(t, "||ads.example^", "@@||ads.example/ok/", "/ok/$important,image", "/pixel*id=$domain=page.example|music.*", `/\/p[0-9]+\/x/`,
		"*$xhr,domain=page.example,to=c.*,denyallow=d.example", "|https://e.", ".gif|", "^f^")
	for _, url := range []string{
		"https://ads.example/", "https://ads.example/ok/", "https://b.example/pixel?id=1", "https://b.example/p12/x", "https://c.co.uk/y",
		"https://z.example/" + strings.Repeat("a-b/", 500), "https://b.example/g.gif", "data:image/png;base64,AAAA",
	} {
		for _, kind := range []string{"script", "image", "xhr", "document"} {
			r := NewRequest(url, "https://page.example/", kind, "GET")
			// The fewest of some runs: package regexp keeps its machines in a
			// pool, which the collector may empty, and the race detector does.
			n := 1.0
			for range 20 {
				n = min(n, testing.AllocsPerRun(1, func() { e.Match(r) }))
			}
			if n != 0 {
				t.Errorf("%s %.60s: %v allocations", kind, url, n)
			}
		}
	}
}

func TestARuleTakesAtMost64Bytes(t *testing.T) {
	if n := unsafe.Sizeof(rule{}); n > 64 {
		t.Errorf("a rule takes %d bytes", n)
	}
}
