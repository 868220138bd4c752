package filter

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// load reads rules that must all be taken.
func load(t testing.TB, rules ...string) *Engine {
	t.Helper()
	e, skipped, err := Load(NewList("test", strings.Join(rules, "\n")))
	if err != nil || len(skipped) > 0 {
		t.Fatalf("%q: %v %v", rules, skipped, err)
	}
	return e
}

// names tells whether a rule alone names an address that a script of another
// site asks for.
func names(t testing.TB, rule, url string) bool {
	t.Helper()
	return len(load(t, rule).All(NewRequest(url, "https://page.example/", "script", "GET"))) == 1
}

func TestAPatternNamesAnAddress(t *testing.T) {
	for _, c := range []struct {
		rule, url string
		want      bool
	}{
		// A piece of text, wherever it stands.
		{"/ads/", "https://a.example/x/ads/y", true},
		{"/ads/*", "https://a.example/x/ads/", true},
		{"*/ads.", "https://a.example/x/ads.js", true},
		{"/ads/*$image,script", "https://a.example/x/ads/y", true},
		{"-ad-banner.", "https://a.example/ad-banner.js", false},
		{"/Ads/", "https://a.example/aDs/", true},
		{"/Ads/$match-case", "https://a.example/ads/", false},
		{"/Ads/$match-case", "https://a.example/Ads/", true},
		// || at a label of the host, nowhere else.
		{"||ads.example^", "https://ads.example/", true},
		{"||ads.example^", "https://ads.example", true},
		{"||ads.example^", "https://ads.example:8443/x", true},
		{"||ads.example^", "https://x.ADS.example/", true},
		{"||ads.example^", "wss://x.ads.example/", true},
		{"||ads.example^", "https://badads.example/", false},
		{"||ads.example^", "https://ads.example.evil.example/", false},
		{"||ads.example^", "https://a.example/?u=https://ads.example/", false},
		{"||ads.example^", "https://ads.example@a.example/", false},
		{"||ads.example^", "https://me:word@ads.example/", true},
		{"||ads.example^", "https://ads.example./x", true},
		{"||ads.example", "https://ads.example.evil.example/", true},
		{"||ads.example/a/*.js", "https://x.ads.example/a/b/c.js", true},
		{"||ads.example/a/*.js|", "https://x.ads.example/a/b/c.js?1", false},
		{"||ads.example^*/pixel", "https://ads.example/a/b/pixel.gif", true},
		{"||ads.*/pixel", "https://x.ads.example/pixel.gif", true},
		{"||ads.", "https://x.ads.example/", true},
		{"||mple^", "https://a.example/", false},
		{"||*/pixel", "https://a.example/pixel", true},
		{"||*//", "https://a.example/", false},
		{"||[2001:db8::1]^", "http://[2001:db8::1]:80/x", true},
		{"||198.51.100.7^", "http://198.51.100.7/", true},
		{"||bücher.example^", "https://xn--bcher-kva.example/", true},
		{"||bücher.example^", "https://bücher.example/", true},
		{"/größe.", "https://a.example/gr%C3%B6%C3%9Fe.js", true},
		{"/größe.", "https://a.example/größe.js", true},
		// | at the beginning and at the end.
		{"|https://a.", "https://a.example/", true},
		{"|https://a.", "https://b.example/?https://a.", false},
		{"|ws://", "wss://a.example/", false},
		{".swf|", "https://a.example/x.swf", true},
		{".swf|", "https://a.example/x.swf?y", false},
		{"|https://a.example/|", "https://a.example/", true},
		{"|https://a.example/|", "https://a.example/b", false},
		{"*.swf|", "https://a.example/x.swf", true},
		// ^ is a separator, or the end.
		{"^ad^", "https://a.example/ad/", true},
		{"^ad^", "https://a.example/ad", true},
		{"^ad^", "https://a.example/ad%2f", false},
		{"^ad^", "https://a.example/ad_1", false},
		{"^ad^", "https://a.example/x?ad=1", true},
		{"?id=7^", "https://a.example/?id=7", true},
		{"?id=7^|", "https://a.example/?id=7", true},
		{"?id=7^|", "https://a.example/?id=7&", true},
		{"?id=7^|", "https://a.example/?id=7&x", false},
		{"example^^x", "https://a.example//x", true},
		{"example^x", "https://a.example", false},
		// * is any text.
		{"/a*b*c", "https://a.example/a1b2c", true},
		{"/a*b*c", "https://a.example/a1c2b", false},
		{"|https://*/x*y|", "https://a.example/x/z/y", true},
		// Regular expressions.
		{`/\/ads?[0-9]{2}\.js$/`, "https://a.example/ad42.js", true},
		{`/\/ads?[0-9]{2}\.js$/`, "https://a.example/ad42.js?", false},
		{`/\/AD[0-9]/`, "https://a.example/ad4", true},
		{`/\/AD[0-9]/$match-case`, "https://a.example/ad4", false},
		{`/^https:\/\/[a-z]{4}\.example\/$/$script`, "https://abcd.example/", true},
		{"data:text", "data:text/html,x", true},
	} {
		if got := names(t, c.rule, c.url); got != c.want {
			t.Errorf("%s names %s: %v, expected %v", c.rule, c.url, got, c.want)
		}
	}
}

// reference is the meaning of a pattern as a regular expression, piece by
// piece as Adblock Plus documents it.
func reference(pattern string) *regexp.Regexp {
	const separator = `(?:[^a-z0-9_.%-]|$)`
	body, start := strings.CutPrefix(pattern, "||")
	prefix := ""
	if start {
		prefix = `^[a-z]+://(?:[a-z0-9.-]+\.)?`
	} else if body, start = strings.CutPrefix(pattern, "|"); start {
		prefix = "^"
	}
	body, end := strings.CutSuffix(body, "|")
	expr := regexp.QuoteMeta(body)
	expr = strings.ReplaceAll(strings.ReplaceAll(expr, `\*`, `.*`), `\^`, separator)
	if end {
		expr += "$"
	}
	return regexp.MustCompile("(?i)" + prefix + "(?:" + expr + ")")
}

// pieces are few, so that patterns and addresses have much in common.
var pieces = []string{"ads", "a", "b", "ad", "x1", "track", "example", "com", "co.uk", "js", "%2f"}

func drawAddress(t *rapid.T) string {
	host := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"ads", "bads", "a", "b", "track", "example", "com", "co.uk"}), 1, 4).Draw(t, "labels"), ".")
	path := rapid.SliceOfN(rapid.SampledFrom(append([]string{"/", ".", "-", "_", "?", "=", "&", "/", "A"}, pieces...)), 0, 9).Draw(t, "path")
	scheme := rapid.SampledFrom([]string{"http", "https", "wss"}).Draw(t, "scheme")
	port := rapid.SampledFrom([]string{"", "", ":8080"}).Draw(t, "port")
	return scheme + "://" + host + port + "/" + strings.Join(path, "")
}

func drawPattern(t *rapid.T) string {
	middle := rapid.SliceOfN(rapid.SampledFrom(append([]string{"/", ".", "^", "*", "-", "?", "=", "^", "*"}, pieces...)), 1, 6).Draw(t, "middle")
	start := rapid.SampledFrom([]string{"", "", "|", "||", "||", "|https://"}).Draw(t, "start")
	end := rapid.SampledFrom([]string{"", "", "", "|", "^", "^|"}).Draw(t, "end")
	return start + strings.Join(middle, "") + end
}

func TestPatternsMeanWhatTheirRegularExpressionsMean(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pattern := drawPattern(t)
		e, skipped, err := Load(NewList("test", pattern+"$all"))
		if err != nil {
			t.Fatal(err)
		}
		if len(skipped) > 0 || len(e.blocks.rules) == 0 || isRegex(pattern) {
			t.Skip(pattern) // /x/ is a regular expression, a comment no rule
		}
		re := reference(pattern)
		for range 8 {
			url := drawAddress(t)
			got := len(e.All(NewRequest(url, "", "script", "GET"))) == 1
			if want := re.MatchString(url); got != want {
				t.Fatalf("%s names %s: %v; %s says %v", pattern, url, got, re, want)
			}
		}
	})
}

func TestARegularExpressionStandsUnderWordsThatItsAddressesHave(t *testing.T) {
	for _, c := range []struct{ source, want string }{
		{`^https?:\/\/tmx\.(td|tdbank)\.com\/[a-z0-9]{14,18}\.js.*`, "tmx com"},
		{`(https?:\/\/)104\.154\..{100,}`, "104 154"},
		{`/ads?/x/`, "x"},
		{`/a|/b/`, ""},
		{`(/one/)+two/`, "one"},
		{`(/one/)?/two/`, "two"},
		{`/Wörter/x/Kanne/`, "x kanne"},
		{"/Kelvin\u212a/", ""},
	} {
		var found []string
		for _, l := range literals(c.source) {
			for _, w := range wordsOf(nil, l, false, false) {
				found = append(found, l[w.at:w.at+w.length])
			}
		}
		if got := strings.Join(found, " "); got != c.want {
			t.Errorf("%s: %q, expected %q", c.source, got, c.want)
		}
	}
}
