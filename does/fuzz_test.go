package does

import (
	"slices"
	"strings"
	"testing"
	"time"
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

func FuzzLeaves(f *testing.F) {
	for _, s := range []string{
		"", "GA1.2.1234567890.1795000000", `{"a":{"b":[1,"x=y"]}}`, "%257B%2522a%2522%253A1%257D", "eyJpZCI6IngifQ==", "redacted:0a1b2c3d4e5f6071|redacted:",
		"CQPQPQAQPQPQAAKAxAENBCCwAP_AAH_AAAAAJ.YAAAAAAAAAAA", "q+W8/Zt0aB3c+kLmNoPqRs==", "2026-11-24T12:00:00Z.x", "{3f2504e0-4f89-41d3-9a0c-0305e82c3301}",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		all := leaves(s)
		size := 0
		for _, l := range all {
			if size += len(l.value); l.value == "" {
				t.Errorf("an empty leaf at %q", l.path)
			}
		}
		// A byte that is no text becomes three in JSON; the times of a choice are written out.
		if len(all) > mostLeaves || size > 4*len(s)+64 {
			t.Errorf("%d leaves with %d bytes of %d", len(all), size, len(s))
		}
		if again := leaves(s); !slices.Equal(all, again) {
			t.Errorf("%v, then %v", all, again)
		}
	})
}

func FuzzIsTime(f *testing.F) {
	for _, s := range []string{"", "1795521600", "1795521600000", "6b05d2c0", "mibcfk00", "2026-11-24", "2026-11-24T12:00:00Z", "-1", "9223372036854775807", "-9223372036854775808"} {
		f.Add(s, int64(1795521600))
	}
	f.Fuzz(func(t *testing.T, s string, at int64) {
		visit := time.Unix(at%(1<<33), 0).UTC()
		if isTime(s, visit) && !moveWith([3]string{s, s, s}, [3]time.Time{visit, visit, visit}) {
			t.Errorf("%q is the time of %s and does not move with it", s, visit)
		}
		for _, now := range []string{visit.Format(time.RFC3339), visit.Format(time.DateOnly), visit.Format(time.RFC1123)} {
			if year := visit.Year(); year > 0 && year < 10000 && !isTime(now, visit) {
				t.Errorf("%q is not the time of %s", now, visit)
			}
		}
	})
}

func FuzzBits(f *testing.F) {
	f.Add("0123456789abcdef", "fedcba9876543210", "")
	f.Add("abc", "cab", "bca")
	f.Add("redacted:0a1b2c3d4e5f6071", "redacted:98fe7d6c5ba4938f", "x")
	f.Add("é-é", "\xff\x00", "~~~~")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		got := bits(a, b, c)
		if got < 0 || got > mostBits || got != got {
			t.Errorf("%q, %q, %q: %v bits", a, b, c, got)
		}
		if other := bits(c, a, b); other != got {
			t.Errorf("%q, %q, %q: %v bits, in another order %v", a, b, c, got, other)
		}
		if got > 0 && (a == b || b == c || a == c) {
			t.Errorf("%q, %q, %q: %v bits between equal values", a, b, c, got)
		}
		if permuted(a, b) && got > mostUnsure {
			t.Errorf("%q and %q are one text in two orders: %v bits", a, b, got)
		}
	})
}
