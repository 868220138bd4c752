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

// usualNames is how many names of a request are made room for.
const usualNames = 8

// A nameList collects the names of one request, the first of each.
type nameList struct {
	names []scopeName
	total int // names read, repeats included
	odd   flags
}

// read splits the raw value of a scope parameter into names and says what was
// odd about the spelling. inAddress tells that the value stands in an address,
// so that percent-encoding is undone, twice where it was applied twice.
func (l *nameList) read(raw, separator string, inAddress bool) {
	text := encoded{text: raw}
	if inAddress {
		text.layers = 1
		if twiceEncoded(raw) {
			text.layers = 2
			l.odd.add("double-encoded")
		}
	}
	last := 0
	for first := true; text.text != ""; first = false {
		between := text.readGap()
		start := len(raw) - len(text.text)
		id := text.readName()
		end := len(raw) - len(text.text)
		between.judge(separator, first || start == end, &l.odd)
		if start == end {
			return
		}
		l.add(scopeName{id: id, gap: raw[last:start], start: start, end: end})
		last = end
	}
}

func (l *nameList) add(one scopeName) {
	if l.total++; l.total > maxScopes {
		return // it will be refused
	}
	for i := range l.names {
		if l.names[i].id == one.id {
			l.odd.add("duplicate-scope")
			return
		}
	}
	if l.names == nil {
		l.names = make([]scopeName, 0, usualNames)
	}
	l.names = append(l.names, one)
}

// twiceEncoded tells whether there is still something to decode after one
// layer has been undone.
func twiceEncoded(raw string) bool {
	if strings.IndexByte(raw, '%') < 0 {
		return false
	}
	for e := (encoded{raw, 1}); e.text != ""; {
		if e.next() != '%' {
			continue
		}
		if after := e; len(after.text) >= 2 && isHex(after.next()) && after.text != "" && isHex(after.next()) {
			return true
		}
	}
	return false
}

// nextRune decodes one character and returns what is behind it.
func (e encoded) nextRune() (rune, encoded) {
	var buf [utf8.UTFMax]byte
	behind := e
	buf[0] = behind.next()
	if buf[0] < utf8.RuneSelf {
		return rune(buf[0]), behind
	}
	n := 1
	for rest := behind; n < len(buf) && rest.text != ""; n++ {
		buf[n] = rest.next()
	}
	r, size := utf8.DecodeRune(buf[:n])
	for range size - 1 {
		behind.next()
	}
	return r, behind
}

// skipLetters takes off what is surely part of a name.
func (e *encoded) skipLetters() {
	n := 0
	for ; n < len(e.text); n++ {
		c := e.text[n]
		if (c|0x20 < 'a' || c|0x20 > 'z') && (c < '-' || c > ':') && c != '_' { // - . / digits :
			break
		}
	}
	e.text = e.text[n:]
}

// readName takes the text up to the next separator off, safe to show.
func (e *encoded) readName() string {
	raw := e.text
	for e.skipLetters(); e.text != ""; e.skipLetters() {
		r, behind := e.nextRune()
		if separates(r) {
			break
		}
		*e = behind
	}
	raw = raw[:len(raw)-len(e.text)]
	if e.layers > 0 && escaped(raw) {
		plain := make([]byte, 0, len(raw))
		for inner := (encoded{raw, e.layers}); inner.text != ""; {
			plain = append(plain, inner.next())
		}
		raw = string(plain)
	}
	return visible(raw)
}

// A gap is what stands between two names.
type gap struct {
	marks  int  // commas and plus signs
	commas bool // there is a comma
	blanks int
	odd    bool // a blank that is no space
}

// readGap takes the separators off that stand before the next name.
func (e *encoded) readGap() gap {
	var g gap
	for e.text != "" {
		r, behind := e.nextRune()
		if !separates(r) {
			break
		}
		*e = behind
		switch {
		case r == ',' || r == '+':
			g.marks++
			g.commas = g.commas || r == ','
		default:
			g.blanks++
			g.odd = g.odd || r != ' '
		}
	}
	return g
}

// judge says what is odd about a gap; at the edge no name is on its other side.
func (g gap) judge(separator string, edge bool, odd *flags) {
	if g.marks+g.blanks == 0 {
		return
	}
	if edge {
		odd.add("leading-or-trailing-space")
	}
	if g.odd || g.blanks > 1 {
		odd.add("irregular-whitespace")
	}
	switch {
	case separator == " " && g.marks > 0:
		odd.add("separator-not-space")
	case separator == "," && !g.commas && !edge:
		odd.add("separator-not-comma")
	}
}

// separates tells whether a rune stands between two names. No provider uses a
// plus sign in a name; one that is still there after decoding was meant as a space.
func separates(r rune) bool { return r == ',' || r == '+' || unicode.IsSpace(r) }

// visible makes text from outside safe to show: control characters and those
// that turn the direction of writing are spelled out.
func visible(s string) string {
	if printable(s) || !strings.ContainsFunc(s, hidden) && utf8.ValidString(s) {
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

// printable tells whether a text is of ASCII letters, digits, marks and spaces only.
func printable(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// unshowable tells whether a rune must not reach a terminal as it is, white
// space between words aside.
func unshowable(r rune) bool { return hidden(r) && !unicode.IsSpace(r) }

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
