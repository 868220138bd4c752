package says

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A span is a piece of the stored text, in bytes.
type span struct{ start, end int }

// A token is a word or a mark of the text, with its place.
type token struct {
	word  string // lower case, ligatures of typography undone: ’ is '
	stem  string // singular, for nouns
	start int
	end   int
	upper bool // begins with a capital letter
	mark  bool // punctuation
}

// Most words that are read as one sentence. A text without full stops is cut
// at this length, so that reading takes time in proportion to its length.
const maxSentence = 400

// invisible tells runes that are shown as nothing and would split words:
// soft hyphens, zero-width and bidirectional controls.
func invisible(r rune) bool {
	return r == 0xad || r == 0xfeff || (r >= 0x200b && r <= 0x200f) || (r >= 0x202a && r <= 0x202e) || (r >= 0x2060 && r <= 0x2069)
}

// tokenize cuts a piece of the stored text into tokens. Marks of Markdown
// (emphasis, targets of links, escapes, line breaks written as tags) are left
// out; the tokens keep their places in the text as it is stored.
func tokenize(text string, s span) []token {
	ts := make([]token, 0, (s.end-s.start)/5+1)
	for i := s.start; i < s.end; {
		if n := markup(text[i:s.end]); n > 0 {
			i += n
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:s.end])
		switch {
		case inWord(r) || (r == '$' && i+1 < s.end):
			j := wordEnd(text, i, s.end)
			ts = appendWord(ts, text, i, max(j, i+size))
			i = max(j, i+size)
		case unicode.IsSpace(r) || invisible(r) || r == '*' || r == '`' || r == '_' || r == '-' || r == '\u2010' || r == '\u2011':
			i += size
		default:
			ts = append(ts, token{word: plainMark(r, text[i:i+size]), start: i, end: i + size, mark: true})
			i += size
		}
	}
	return ts
}

// plainMark writes the many dashes and quotation marks in one way each.
func plainMark(r rune, as string) string {
	switch r {
	case '—', '–', '―':
		return "—"
	case '“', '”', '«', '»', '„', '‘', '’', '\'':
		return "\""
	case '…':
		return "."
	}
	return as
}

// markup is the length of the Markdown mark at the beginning of s that is not
// part of any word.
func markup(s string) int {
	switch s[0] {
	case '\\':
		return 1
	case ']':
		if len(s) > 1 && s[1] == '(' {
			if end := strings.IndexByte(s[:min(len(s), 2000)], ')'); end > 0 {
				return end + 1
			}
		}
		return 1
	case '[':
		return 1
	case '!':
		if len(s) > 1 && s[1] == '[' {
			return 2
		}
	case '<':
		if len(s) > 1 && (s[1] == '/' || isLetter(s[1])) {
			if end := strings.IndexByte(s[:min(len(s), 300)], '>'); end > 0 {
				return end + 1
			}
		}
	}
	return 0
}

func isLetter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }

func inWord(r rune) bool {
	if r < utf8.RuneSelf {
		return isLetter(byte(r)) || (r >= '0' && r <= '9')
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

// wordEnd is where the word that begins at i ends. Dots and underscores inside
// addresses and names of cookies, and commas and dots inside numbers, belong
// to the word.
func wordEnd(text string, i, end int) int {
	for j := i; j < end; {
		r, size := utf8.DecodeRuneInString(text[j:end])
		if inWord(r) || invisible(r) {
			j += size
			continue
		}
		inside := r == '.' || r == '_' || r == '@' || r == ',' || r == '\'' || r == '’' || r == '/'
		next, _ := utf8.DecodeRuneInString(text[min(j+size, end):end])
		prev := text[max(j-1, 0)]
		switch {
		case !inside || !inWord(next) || j == i:
			return j
		case r == ',' && (prev < '0' || prev > '9' || next < '0' || next > '9'):
			return j
		case r == '/':
			return j
		}
		j += size
	}
	return end
}

// appendWord appends a word, taken apart at its apostrophe: we'll is we and
// 'll, device's is device and 's. A negation such as don't stays one word.
func appendWord(ts []token, text string, i, j int) []token {
	raw := text[i:j]
	word := plainWord(raw)
	r, _ := utf8.DecodeRuneInString(raw)
	t := token{word: word, start: i, end: j, upper: unicode.IsUpper(r)}
	at := strings.IndexByte(word, '\'')
	if at <= 0 || strings.HasSuffix(word, "n't") || word[:at] == "o" {
		t.stem = singular(t.word)
		return append(ts, t)
	}
	rawAt := strings.IndexAny(raw, "'’")
	tail := token{word: word[at:], stem: word[at:], start: i + rawAt, end: j}
	t.word, t.end = word[:at], i+rawAt
	t.stem = singular(t.word)
	return append(ts, t, tail)
}

func plainWord(raw string) string {
	plain := true
	for i := 0; i < len(raw); i++ {
		if raw[i] >= utf8.RuneSelf {
			plain = false
			break
		}
	}
	if plain {
		return strings.ToLower(raw)
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '’' || r == '‘':
			return '\''
		case invisible(r):
			return -1
		}
		if l, ok := lookalike[r]; ok {
			return l
		}
		return unicode.ToLower(r)
	}, raw)
}

// lookalike maps the letters of other alphabets that are drawn as Latin ones,
// so that a word that was disguised is read as people read it.
var lookalike = map[rune]rune{
	'а': 'a', 'е': 'e', 'о': 'o', 'р': 'p', 'с': 'c', 'у': 'y', 'х': 'x', 'і': 'i', 'ѕ': 's', 'ј': 'j', 'ԁ': 'd', 'ո': 'n',
	'А': 'a', 'В': 'b', 'Е': 'e', 'К': 'k', 'М': 'm', 'Н': 'h', 'О': 'o', 'Р': 'p', 'С': 'c', 'Т': 't', 'Х': 'x',
	'α': 'a', 'ο': 'o', 'ν': 'v', 'Α': 'a', 'Ο': 'o',
}

// singular undoes the regular plural of a noun. The same is done to the words
// of the lexicon, so a wrong singular does no harm as long as it is the same.
func singular(w string) string {
	n := len(w)
	switch {
	case n < 4 || w[n-1] != 's' || strings.HasSuffix(w, "ss") || strings.HasSuffix(w, "us") || strings.HasSuffix(w, "is"):
		return w
	case strings.HasSuffix(w, "ies") && n > 4:
		return w[:n-3] + "y"
	case strings.HasSuffix(w, "sses"), strings.HasSuffix(w, "xes"), strings.HasSuffix(w, "ches"), strings.HasSuffix(w, "shes"):
		return w[:n-2]
	}
	return w[:n-1]
}
