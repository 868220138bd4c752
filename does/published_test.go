package does

import (
	"math"
	"strconv"
	"strings"
	"testing"
)

// Two published rules for cookies that hold an identifier, as their authors
// gave them. Both compare one machine's crawl with another's, so they are
// asked about A1, A2 and B; C is for ours alone.

// acar2014 is the rule of Acar, Eubank, Englehardt, Juarez, Narayanan, Diaz,
// "The Web Never Forgets", CCS 2014, section 4.1: drop cookies that expire
// within a month of being placed; parse values at common delimiters (":" and
// "&"); drop fields that do not stay the same throughout a crawl; drop fields
// that differ in length between two unrelated crawls or are more than 33 %
// similar by Ratcliff and Obershelp. The authors' program
// (github.com/citp/TheWebNeverForgets, analysis/extract_cookie_ids.py) keeps
// the whole value beside its key=value parts and asks for 6 to 100 characters.
func acar2014(s sample) bool {
	return s.days >= 30 && anyField(s, acarFields, func(a, b string) bool {
		return len(a) >= 6 && len(a) <= 100 && len(a) == len(b) && similarity(a, b) <= .33
	})
}

func acarFields(value string) map[string]string {
	out := map[string]string{"": value}
	for _, delimiter := range []string{":", "&"} {
		for _, part := range strings.Split(value, delimiter) {
			if kv := strings.Split(part, "="); len(kv) == 2 && kv[0] != "" && kv[1] != "" {
				out[kv[0]] = kv[1]
			}
		}
	}
	return out
}

// englehardt2016 is the rule of Englehardt and Narayanan, "Online Tracking: A
// 1-million-site Measurement and Analysis", CCS 2016, section 4: the cookie
// expires over 90 days in the future; the parameter's value has 8 to 100
// characters, stays the same throughout the measurement, and on another machine
// is different and less than 66 % similar by Ratcliff and Obershelp. Parameters
// are (name=)value, divided by any character except a-z, A-Z, 0-9, "_", "-", "=".
func englehardt2016(s sample) bool {
	return s.days > 90 && anyField(s, englehardtFields, func(a, b string) bool {
		return len(a) >= 8 && len(a) <= 100 && a != b && similarity(a, b) < .66
	})
}

func englehardtFields(value string) map[string]string {
	out := map[string]string{}
	parts := strings.FieldsFunc(value, func(r rune) bool { return r >= 128 || !isLetter(r) && !strings.ContainsRune("_-=", r) })
	for i, part := range parts {
		if k, v, ok := strings.Cut(part, "="); ok && k != "" && v != "" {
			out[k] = v
		} else {
			out[strconv.Itoa(i)] = part
		}
	}
	return out
}

// anyField tells whether a field that stayed the same in A passes beside the
// field of the same name in B.
func anyField(s sample, fields func(string) map[string]string, passes func(a, b string) bool) bool {
	first, again, other := fields(s.values[0]), fields(s.values[1]), fields(s.values[2])
	for k, a := range first {
		if b, ok := other[k]; ok && again[k] == a && passes(a, b) {
			return true
		}
	}
	return false
}

// similarity is twice the number of characters in the matching blocks of
// Ratcliff and Obershelp, divided by those of both texts (Dr. Dobb's Journal,
// July 1988): the longest common block, the earliest of several, then the same
// to its left and right. It equals the ratio of Python's difflib, which both
// papers' programs use, for texts below 200 characters: from there on difflib
// leaves out frequent ones.
func similarity(a, b string) float64 {
	if len(a)+len(b) == 0 {
		return 1
	}
	return 2 * float64(matching(a, b)) / float64(len(a)+len(b))
}

func matching(a, b string) int {
	i, j, n := longestBlock(a, b)
	if n == 0 {
		return 0
	}
	return n + matching(a[:i], b[:j]) + matching(a[i+n:], b[j+n:])
}

func longestBlock(a, b string) (atA, atB, longest int) {
	before := make([]int, len(b)+1) // lengths of blocks that end at the character of a before
	for i := range len(a) {
		here := make([]int, len(b)+1)
		for j := range len(b) {
			if a[i] != b[j] {
				continue
			}
			here[j+1] = before[j] + 1
			if n := here[j+1]; n > longest {
				atA, atB, longest = i-n+1, j-n+1, n
			}
		}
		before = here
	}
	return atA, atB, longest
}

func TestSimilarityIsThatOfDifflib(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want float64
	}{ // as difflib.SequenceMatcher(None, a, b).ratio() of Python 3.11 gives it
		{"abcd", "bcde", 0.750000},
		{"", "", 1.000000},
		{"abc", "", 0.000000},
		{"grafik", "graphik", 0.769231},
		{"qabxcd", "abycdf", 0.666667},
		{"private Thread currentThread;", "private volatile Thread currentThread;", 0.865672},
		{"0a1b2c3d4e5f6071", "98fe7d6c5ba4938f", 0.187500},
		{"1234567890", "1234509876", 0.600000},
		{"aaaaaaaa", "aaaa", 0.666667},
		{"abxabyab", "ababab", 0.857143},
		{"tide", "diet", 0.250000},
		{"diet", "tide", 0.500000},
	} {
		if got := similarity(c.a, c.b); math.Abs(got-c.want) > 1e-6 {
			t.Errorf("%q and %q: %.6f, want %.6f", c.a, c.b, got, c.want)
		}
	}
}

func TestThePublishedRulesFollowTheirPapers(t *testing.T) {
	const x, y = "0a1b2c3d4e5f6071", "98fe7d6c5ba4938f"
	for name, c := range map[string]struct {
		a1, a2, b        string
		days             float64
		acar, englehardt bool
	}{
		"a long random value":           {x, x, y, 365, true, true},
		"living two months":             {x, x, y, 60, true, false},
		"living for three weeks":        {x, x, y, 21, false, false},
		"of another length":             {x, x, y + "00", 365, false, true},
		"half alike":                    {"abcdefghQRSTUVWX", "abcdefghQRSTUVWX", "abcdefghIJKLMNOP", 365, false, true},
		"three quarters alike":          {"abcdefghijklUVWX", "abcdefghijklUVWX", "abcdefghijklQRST", 365, false, false},
		"new on return":                 {x, y, "5d5d5d5d5d5d5d5d", 365, false, false},
		"the same elsewhere":            {x, x, x, 365, false, false},
		"seven characters":              {"abcdefg", "abcdefg", "hijklmn", 365, true, false},
		"five characters":               {"abcde", "abcde", "fghij", 365, false, false},
		"a field among constants":       {"lang=english-language-of-all&uid=" + x, "lang=english-language-of-all&uid=" + x, "lang=english-language-of-all&uid=" + y, 365, true, true},
		"an element between full stops": {"constant-constant." + x, "constant-constant." + x, "constant-constant." + y, 365, false, true},
	} {
		s := sample{[4]string{c.a1, c.a2, c.b, ""}, c.days}
		if got := acar2014(s); got != c.acar {
			t.Errorf("%s: Acar et al. say %t", name, got)
		}
		if got := englehardt2016(s); got != c.englehardt {
			t.Errorf("%s: Englehardt and Narayanan say %t", name, got)
		}
	}
}
