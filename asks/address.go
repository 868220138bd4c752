package asks

import (
	"html"
	"regexp"
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
	schemeHead = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9+.-]*:`)
)

// readAddress takes an address apart. It never fails: what is odd is flagged,
// and what is no address has no host.
func readAddress(raw string) *address {
	a := &address{raw: raw}
	text := strings.TrimFunc(raw, unicode.IsSpace)
	if text != raw {
		a.flags.add("irregular-whitespace")
	}
	if htmlEntity.MatchString(text) {
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
	head := schemeHead.FindString(text)
	if rest, ok := strings.CutPrefix(text[len(head):], "//"); ok && head != "" {
		a.scheme = strings.ToLower(strings.TrimSuffix(head, ":"))
		return rest
	}
	a.scheme = "https"
	return text
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

// unescape undoes character references and one layer of percent-encoding.
// What is not a valid escape stays as it is.
func unescape(s string) string {
	if strings.Contains(s, "&") {
		s = htmlEntity.ReplaceAllStringFunc(s, html.UnescapeString)
	}
	if !strings.ContainsAny(s, "%+") {
		return s
	}
	return string(percentDecode(spanned(s)).bytes)
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

// A spannedText is text of which every byte knows which bytes of the raw text
// it was decoded from.
type spannedText struct {
	bytes    []byte
	from, to []int
}

func spanned(raw string) spannedText {
	s := spannedText{bytes: []byte(raw), from: make([]int, len(raw)), to: make([]int, len(raw))}
	for i := range s.bytes {
		s.from[i], s.to[i] = i, i+1
	}
	return s
}

// percentDecode undoes one layer of form encoding.
func percentDecode(s spannedText) spannedText {
	out := spannedText{bytes: make([]byte, 0, len(s.bytes)), from: make([]int, 0, len(s.bytes)), to: make([]int, 0, len(s.bytes))}
	for i := 0; i < len(s.bytes); i++ {
		b, to := s.bytes[i], s.to[i]
		from := s.from[i]
		switch {
		case b == '+':
			b = ' '
		case b == '%' && i+2 < len(s.bytes) && isHex(s.bytes[i+1]) && isHex(s.bytes[i+2]):
			b, to = unhex(s.bytes[i+1])<<4|unhex(s.bytes[i+2]), s.to[i+2]
			i += 2
		}
		out.bytes, out.from, out.to = append(out.bytes, b), append(out.from, from), append(out.to, to)
	}
	return out
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

func (f *flags) has(word string) bool {
	for _, w := range *f {
		if w == word {
			return true
		}
	}
	return false
}
