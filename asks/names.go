package asks

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A scopeName is one permission as a request spells it. start and end span its
// raw text inside the value that it was read from; gap is the raw text between
// it and the one before.
type scopeName struct {
	id         string
	gap        string
	start, end int
}

// readNames splits the raw value of a scope parameter into names, the first of
// each, and says what was odd about the spelling. encoded tells that the value
// stands in an address, so that percent-encoding is undone, twice where it was
// applied twice.
func readNames(raw, separator string, encoded bool) ([]scopeName, int, flags) {
	text, odd := decodeNames(raw, encoded)
	var found []scopeName
	seen := map[string]bool{}
	total, last := 0, 0
	for i := 0; i < len(text.bytes); {
		gap := i
		for i < len(text.bytes) {
			r, size := utf8.DecodeRune(text.bytes[i:])
			if !separates(r) {
				break
			}
			i += size
		}
		judgeGap(string(text.bytes[gap:i]), separator, gap == 0 || i == len(text.bytes), &odd)
		start := i
		for i < len(text.bytes) {
			r, size := utf8.DecodeRune(text.bytes[i:])
			if separates(r) {
				break
			}
			i += size
		}
		if start == i {
			break
		}
		total++
		id := visible(string(text.bytes[start:i]))
		between := raw[last:text.from[start]]
		last = text.to[i-1]
		if seen[id] {
			odd.add("duplicate-scope")
			continue
		}
		seen[id] = true
		found = append(found, scopeName{id, between, text.from[start], last})
	}
	return found, total, odd
}

func decodeNames(raw string, encoded bool) (spannedText, flags) {
	var odd flags
	text := spanned(raw)
	if !encoded {
		return text, odd
	}
	text = percentDecode(text)
	if twice := percentDecode(text); len(twice.bytes) < len(text.bytes) {
		odd.add("double-encoded")
		text = twice
	}
	return text, odd
}

// separates tells whether a rune stands between two names. No provider uses a
// plus sign in a name; one that is still there after decoding was meant as a space.
func separates(r rune) bool { return r == ',' || r == '+' || unicode.IsSpace(r) }

// judgeGap says what is odd about the text between two names.
func judgeGap(gap, separator string, edge bool, odd *flags) {
	if gap == "" {
		return
	}
	if edge {
		odd.add("leading-or-trailing-space")
	}
	blanks := 0
	for _, r := range gap {
		if unicode.IsSpace(r) {
			blanks++
		}
		if unicode.IsSpace(r) && r != ' ' {
			odd.add("irregular-whitespace")
		}
	}
	if blanks > 1 {
		odd.add("irregular-whitespace")
	}
	switch foreign := strings.ContainsAny(gap, ",+"); {
	case separator == " " && foreign:
		odd.add("separator-not-space")
	case separator == "," && !strings.Contains(gap, ",") && !edge:
		odd.add("separator-not-comma")
	}
}

// visible makes text from outside safe to show: control characters and those
// that turn the direction of writing are spelled out.
func visible(s string) string {
	if !strings.ContainsFunc(s, hidden) && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if hidden(r) {
			fmt.Fprintf(&b, `\u{%X}`, r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func hidden(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029'
}

// nearest returns the candidate that is spelled most like text, or "" where
// none is near: at most one edit for every five letters, two at least, or the
// same letters with other punctuation.
func nearest(text string, candidates []string) string {
	best, bestDistance := "", max(2, len(text)/5)+1
	for _, c := range candidates {
		if c == "" || c == text {
			continue
		}
		if letters(c) == letters(text) {
			return c
		}
		if d := distance(text, c, bestDistance); d < bestDistance && d < len(c) {
			best, bestDistance = c, d
		}
	}
	return best
}

func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// distance is the number of insertions, deletions and replacements between two
// texts, or limit where it is that or more.
func distance(a, b string, limit int) int {
	if d := len(a) - len(b); d >= limit || -d >= limit {
		return limit
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			diagonal, row[j] = row[j], min(row[j]+1, row[j-1]+1, diagonal+cost)
		}
	}
	return min(row[len(b)], limit)
}
