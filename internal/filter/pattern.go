package filter

import "strings"

// fits tells whether the address of a request has the pattern of a rule that
// is no regular expression. The word that the rule stands under was found at
// at, if that is not nowhere.
func (ru *rule) fits(r *Request, at int) bool {
	if ru.form&wholeHost != 0 {
		return inDomain(r.host, ru.pattern)
	}
	s := r.lower
	if ru.form&matchCase != 0 {
		s = r.URL
	}
	toEnd := ru.form&anchorEnd != 0
	switch {
	case ru.form&anchorHost != 0:
		return ru.fitsHost(s, r.hostStart, r.hostEnd)
	case ru.form&anchorStart != 0:
		return glob(ru.pattern, s, 0, true, toEnd)
	case ru.form&wild != 0:
		return glob(ru.pattern, s, 0, false, toEnd)
	case at != nowhere:
		return ru.fitsAt(s, at-int(ru.at))
	case toEnd:
		return strings.HasSuffix(s, ru.pattern)
	}
	return strings.Contains(s, ru.pattern)
}

// fitsAt tells whether a pattern without * and ^ stands at i.
func (ru *rule) fitsAt(s string, i int) bool {
	return i >= 0 && strings.HasPrefix(s[i:], ru.pattern) && (ru.form&anchorEnd == 0 || i+len(ru.pattern) == len(s))
}

// inDomain tells whether a host is a domain or stands in it.
func inDomain(host, domain string) bool {
	n := len(host) - len(domain)
	return n >= 0 && host[n:] == domain && (n == 0 || host[n-1] == '.')
}

// fitsHost tries a pattern at each label of the host.
func (ru *rule) fitsHost(s string, start, end int) bool {
	toEnd := ru.form&anchorEnd != 0
	for start < end {
		if glob(ru.pattern, s, start, true, toEnd) {
			return true
		}
		dot := strings.IndexByte(s[start:end], '.')
		if dot < 0 {
			return false
		}
		start += dot + 1
	}
	return false
}

// glob tells whether pattern p stands in s at i (fixed) or anywhere from i on,
// up to the end of s where toEnd says so. A * is any text, a ^ one separator
// or the end of s. Each piece between two * is taken where it stands first:
// no later place could leave more room for the rest.
func glob(p, s string, i int, fixed, toEnd bool) bool {
	for {
		piece, rest, more := strings.Cut(p, "*")
		switch {
		case fixed:
			i = pieceAt(piece, s, i)
		case !more && toEnd:
			return pieceAtEnd(piece, s, i)
		default:
			i = pieceFrom(piece, s, i)
		}
		if i < 0 {
			return false
		}
		if !more {
			return !toEnd || i == len(s)
		}
		p, fixed = rest, false
	}
}

// pieceAt returns where a piece that stands in s at i ends; -1 if it does not
// stand there.
func pieceAt(piece, s string, i int) int {
	for k := range len(piece) {
		c := piece[k]
		if i == len(s) {
			if c != '^' {
				return -1
			}
			continue // the end is a separator, as often as asked for
		}
		if c != s[i] && (c != '^' || !isSeparator(s[i])) {
			return -1
		}
		i++
	}
	return i
}

// pieceFrom returns where the first occurrence of a piece from i on ends.
func pieceFrom(piece, s string, i int) int {
	caret := strings.IndexByte(piece, '^')
	if caret < 0 {
		at := strings.Index(s[i:], piece)
		if at < 0 {
			return -1
		}
		return i + at + len(piece)
	}
	literal := piece[:caret]
	for ; i <= len(s); i++ {
		at := strings.Index(s[i:], literal)
		if at < 0 {
			return -1
		}
		i += at
		if end := pieceAt(piece, s, i); end >= 0 {
			return end
		}
	}
	return -1
}

// pieceAtEnd tells whether a piece stands at the very end, not before i.
// Separators at its end may be the end of s itself.
func pieceAtEnd(piece, s string, i int) bool {
	for n := len(piece); ; n-- {
		at := len(s) - n
		if at >= i && pieceAt(piece, s, at) == len(s) {
			return true
		}
		if n == 0 || piece[n-1] != '^' {
			return false
		}
	}
}
