package asks

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// An address is a permission request's URL, read leniently. The raw text is
// kept as it was found: every value knows which bytes of it it came from.
type address struct {
	raw       string
	scheme    string // lower case
	authority string
	host      string // lower case, without user, port and final dot
	port      string
	userinfo  bool
	path      string
	params    []param
	flags     flags
}

// A param is one query parameter. start and end span its raw value.
type param struct {
	name, value string
	start, end  int
}

var (
	// htmlEntity matches the character references that appear where an address was
	// copied out of markup. Only the closed forms count: "&region=" is no
	// registered sign.
	htmlEntity = regexp.MustCompile(`&(?:amp|quot|lt|gt|apos|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});`)
	entityAmp  = regexp.MustCompile(`^&(?:amp|#0*38|#[xX]0*26);`)
)

// marked tells whether a text can hold a character reference at all: all of
// them end in a semicolon.
func marked(text string) bool { return strings.IndexByte(text, ';') >= 0 }

// readAddress takes an address apart. It never fails: what is odd is flagged,
// and what is no address has no host.
func readAddress(raw string) *address {
	a := &address{raw: raw}
	text := strings.TrimFunc(raw, unicode.IsSpace)
	if text != raw {
		a.flags.add("irregular-whitespace")
	}
	if marked(text) && htmlEntity.MatchString(text) {
		a.flags.add("html-entities")
	}
	offset := strings.Index(raw, text)
	rest := a.readScheme(text)
	end := strings.IndexAny(rest, `/\?#`)
	if end < 0 {
		end = len(rest)
	}
	a.readAuthority(rest[:end])
	rest = rest[end:]
	query := strings.IndexAny(rest, "?#")
	if query < 0 || rest[query] == '#' {
		a.path, _, _ = strings.Cut(rest, "#")
		return a
	}
	a.path = rest[:query]
	a.readParams(offset + len(text) - len(rest) + query + 1)
	return a
}

// readScheme returns the text behind "scheme://". An address without a scheme
// is taken as a browser takes it when it is typed.
func (a *address) readScheme(text string) string {
	if strings.HasPrefix(text, "//") {
		a.scheme = "https"
		return text[2:]
	}
	scheme, rest := cutScheme(text)
	if rest, ok := strings.CutPrefix(rest, "//"); ok && scheme != "" {
		a.scheme = strings.ToLower(scheme)
		return rest
	}
	a.scheme = "https"
	return text
}

// cutScheme splits "scheme:rest"; a text without one is all rest.
func cutScheme(text string) (scheme, rest string) {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
		case i > 0 && ('0' <= c && c <= '9' || c == '+' || c == '.' || c == '-'):
		case i > 0 && c == ':':
			return text[:i], text[i+1:]
		default:
			return "", text
		}
	}
	return "", text
}

func (a *address) readAuthority(authority string) {
	a.authority = authority
	host := authority
	if at := strings.LastIndex(host, "@"); at >= 0 {
		a.userinfo, host = true, host[at+1:]
	}
	if colon := strings.LastIndex(host, ":"); colon >= 0 && !strings.HasSuffix(host, "]") {
		host, a.port = host[:colon], host[colon+1:]
	}
	a.host = strings.ToLower(strings.TrimSuffix(host, "."))
}

// readParams splits the query that begins at start. An ampersand that is
// spelled as a character reference separates as a plain one does; any other
// reference belongs to the value.
func (a *address) readParams(start int) {
	end := len(strings.TrimRightFunc(a.raw, unicode.IsSpace))
	a.params = make([]param, 0, 1+strings.Count(a.raw[start:], "&"))
	for from := start; from <= end; {
		stop, next := a.nextParam(from, end)
		a.addParam(from, stop)
		from = next
	}
}

// nextParam returns where the parameter at from ends and the next one begins.
func (a *address) nextParam(from, end int) (stop, next int) {
	for i := from; i < end; i++ {
		switch a.raw[i] {
		case '#':
			return i, end + 1
		case '&':
			tail := a.raw[i:end]
			if !marked(tail) {
				return i, i + 1
			}
			if m := entityAmp.FindString(tail); m != "" {
				return i, i + len(m)
			}
			if loc := htmlEntity.FindStringIndex(tail); loc != nil && loc[0] == 0 {
				i += loc[1] - 1
				continue
			}
			return i, i + 1
		}
	}
	return end, end + 1
}

func (a *address) addParam(from, stop int) {
	if from >= stop {
		return
	}
	name, value, _ := strings.Cut(a.raw[from:stop], "=")
	start := min(from+len(name)+1, stop)
	a.params = append(a.params, param{
		name: strings.TrimSpace(unescape(name)), value: unescape(value), start: start, end: stop,
	})
}

// escaped tells whether a text can look different once form encoding is undone.
func escaped(s string) bool {
	return strings.IndexByte(s, '%') >= 0 || strings.IndexByte(s, '+') >= 0
}

// unescape undoes character references and one layer of percent-encoding.
// What is not a valid escape stays as it is.
func unescape(s string) string {
	if marked(s) {
		s = htmlEntity.ReplaceAllStringFunc(s, html.UnescapeString)
	}
	if !escaped(s) {
		return s
	}
	var plain strings.Builder
	plain.Grow(len(s))
	for e := (encoded{s, 1}); e.text != ""; {
		n := 0
		for n < len(e.text) && e.text[n] != '%' && e.text[n] != '+' {
			n++
		}
		plain.WriteString(e.text[:n])
		if e.text = e.text[n:]; e.text != "" {
			plain.WriteByte(e.next())
		}
	}
	return plain.String()
}

// get returns the value of the first parameter of that name.
func (a *address) get(name string) (string, bool) {
	for _, p := range a.params {
		if p.name == name {
			return p.value, true
		}
	}
	return "", false
}

// index is the place of the first parameter of that name, or -1.
func (a *address) index(name string) int {
	return slices.IndexFunc(a.params, func(p param) bool { return p.name == name })
}

// all returns every parameter of that name.
func (a *address) all(name string) []param {
	var found []param
	for _, p := range a.params {
		if p.name == name {
			found = append(found, p)
		}
	}
	return found
}

// An encoded text is read byte by byte while layers of form encoding are
// undone: none, one, or two where it was applied twice.
type encoded struct {
	text   string
	layers int
}

// next takes the first byte off.
func (e *encoded) next() byte {
	if b := e.text[0]; e.layers == 0 || b != '%' && b != '+' {
		e.text = e.text[1:]
		return b
	}
	outer := encoded{e.text, e.layers - 1}
	b := outer.next()
	e.text = outer.text
	switch {
	case b == '+':
		return ' '
	case b == '%' && len(outer.text) >= 2:
		if high := outer.next(); isHex(high) && outer.text != "" {
			if low := outer.next(); isHex(low) {
				e.text = outer.text
				return unhex(high)<<4 | unhex(low)
			}
		}
	}
	return b
}

func isHex(b byte) bool {
	return '0' <= b && b <= '9' || 'a' <= b && b <= 'f' || 'A' <= b && b <= 'F'
}

func unhex(b byte) byte {
	switch {
	case b <= '9':
		return b - '0'
	case b <= 'F':
		return b - 'A' + 10
	}
	return b - 'a' + 10
}

// flags is a list of machine words, each once, in the order in which they were found.
type flags []string

func (f *flags) add(words ...string) {
	for _, w := range words {
		if !f.has(w) {
			*f = append(*f, w)
		}
	}
}

// words is the list as a verdict holds it: empty, not null, where there is none.
func (f flags) words() []string {
	if f == nil {
		return []string{}
	}
	return f
}

func (f *flags) has(word string) bool {
	for _, w := range *f {
		if w == word {
			return true
		}
	}
	return false
}
