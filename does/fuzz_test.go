package does

import (
	"strings"
	"testing"
)

func FuzzDecodersEndAndStayBounded(f *testing.F) {
	for _, s := range []string{"", "%", "%7B%22a%22%3A1%7D", `{"a":[{"b":"c"}]}`, "a=b&c=d", "eyJhIjoxfQ==", zipped("hello, hello, hello"), "GA1.2.1.2", "\x78\x9c\x00", "++--//"} {
		f.Add(s)
	}
	x := formsOf(baited)
	f.Fuzz(func(t *testing.T, s string) {
		if n := len(leaves(s)); n > mostLeaves {
			t.Errorf("%d leaves", n)
		}
		ls := layers(s)
		if len(ls) > mostLayers {
			t.Errorf("%d layers", len(ls))
		}
		if _, _, ok := x.find(ls); ok != seenIn(ls) {
			t.Errorf("bait found: %t", ok)
		}
		_, query, _ := strings.Cut(redactURL("https://a.example/x?"+s), "?")
		for _, kv := range strings.Split(query, "&") {
			if _, value, ok := strings.Cut(kv, "="); ok && value != hidden {
				t.Errorf("%q is shown", value)
			}
		}
	})
}

// seenIn is the plain truth of the fuzzer's own inputs: they hold no hash.
func seenIn(ls []layer) bool {
	for _, l := range ls {
		if strings.Contains(strings.ReplaceAll(strings.ToLower(l.text), ".", ""), strings.ReplaceAll(strings.ToLower(baited), ".", "")) {
			return true
		}
	}
	return false
}
