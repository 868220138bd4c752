package report

import (
	"strings"
	"unicode"

	eastasian "golang.org/x/text/width"
)

// clean makes text safe for a terminal: control characters, and marks that
// turn the direction of writing, are left out; every kind of space becomes
// one.
func clean(text string) string {
	text = strings.ToValidUTF8(text, "�")
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r):
			return -1
		}
		return r
	}, text)
	return strings.TrimSpace(text)
}

// width is how many columns a text takes.
func width(text string) int {
	n := 0
	for _, r := range text {
		switch k := eastasian.LookupRune(r).Kind(); {
		case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r):
		case k == eastasian.EastAsianWide || k == eastasian.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

// wrap breaks a text into lines of at most n columns, between words where
// there are any.
func wrap(text string, n int) []string {
	n = max(n, 10)
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && width(line)+1+width(word) > n {
			lines, line = append(lines, line), ""
		}
		for width(word) > n {
			head := prefix(word, n)
			lines, word = append(lines, head), word[len(head):]
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}

// prefix is the longest start of a word that takes at most n columns.
func prefix(word string, n int) string {
	used := 0
	for i, r := range word {
		if used += width(string(r)); used > n && i > 0 {
			return word[:i]
		}
	}
	return word
}
