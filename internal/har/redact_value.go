package har

import (
	"encoding/base64"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxDepth is how often a value may be wrapped in another.
const maxDepth = 4

// value is what stands for one field's value. The kind is given where the
// place alone makes it a secret (a cookie); else the name tells, or the look.
func (x *redactor) value(name, v, kind string, depth int) string {
	if v == "" {
		return v
	}
	told := nameKind(name)
	switch {
	case told == passwordKind, told == cardKind, told == ibanKind:
		return x.whole(told, v)
	case told == tokenKind && held(told, v):
		if jsonWebToken.FindString(v) == v {
			told = jwtKind
		}
		return x.whole(told, v)
	case depth > maxDepth:
		if kind == "" {
			kind = tokenKind
		}
		return x.whole(kind, v)
	}
	if s, ok := x.wrapped(name, v, kind, depth); ok {
		return s
	}
	if told != "" && held(told, v) && kind == "" {
		kind = told
	}
	if s := x.text(v, false); s != v { // what it looks like is told more exactly
		if kind == "" || isCommitment(s) {
			return s
		}
	}
	switch {
	case kind == cookieKind, kind == storedKind, kind == identifierKind:
		return x.parts(kind, v)
	case kind != "":
		return x.whole(kind, v)
	case random(commitment.ReplaceAllString(v, "")):
		return x.parts(identifierKind, v)
	}
	return v
}

var (
	formLike     = regexp.MustCompile(`^[\w.\[\]%-]{1,64}=[^&\s]*(?:&[\w.\[\]%-]{1,64}=[^&\s]*)*$`)
	escaped      = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)
	jsonWebToken = regexp.MustCompile(`eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*){1,3}`)
	base64Of     = regexp.MustCompile(`^[A-Za-z0-9+/_-]{12,}={0,2}$`)
)

// wrapped looks for a value inside the value: JSON, an address, a form, percent
// signs, base64. It is false where there is none in which something was found.
func (x *redactor) wrapped(name, v, kind string, depth int) (string, bool) {
	switch {
	case v[0] == '{' || v[0] == '[':
		return x.json(v, kind, depth+1)
	case strings.Contains(v, "://") && kind == "":
		return x.address(v), true
	case formLike.MatchString(v) && !base64Of.MatchString(v):
		return x.query(v, kind, depth+1), true
	case escaped.MatchString(v):
		plain, err := url.QueryUnescape(v)
		if err != nil || plain == v || !utf8.ValidString(plain) {
			return "", false
		}
		if s := x.value(name, plain, kind, depth+1); s != plain {
			return escape(s), true
		}
		return v, true
	case base64Of.MatchString(v):
		return x.base64(v, kind, depth)
	}
	return "", false
}

// base64 looks into a value that is readable text after base64.
func (x *redactor) base64(v, kind string, depth int) (string, bool) {
	code := base64.StdEncoding
	if strings.ContainsAny(v, "-_") {
		code = base64.URLEncoding
	}
	if !strings.HasSuffix(v, "=") {
		code = code.WithPadding(base64.NoPadding)
	}
	raw, err := code.DecodeString(v)
	if plain := string(raw); err == nil && readable(plain) {
		// A word that happens to decode is no wrapping: there must be a structure, or a secret of a certain look.
		structured := strings.ContainsAny(plain, "{[=")
		if kind != "" && !structured {
			return "", false
		}
		s := x.scan(plain)
		if structured {
			s = x.value("", plain, kind, depth+1)
		}
		if s != plain {
			return code.EncodeToString([]byte(s)), true
		}
		if commitment.MatchString(plain) { // by an earlier Redact
			return v, true
		}
	}
	return "", false
}

func readable(s string) bool {
	return utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) && !unicode.IsSpace(r) }) < 0
}

// escape is percent encoding that leaves commitments readable.
func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "%3A", ":") }

// query goes through name=value&name=value. What does not change keeps its spelling.
func (x *redactor) query(q, kind string, depth int) string {
	parts := strings.Split(q, "&")
	for i, p := range parts {
		name, raw, named := strings.Cut(p, "=")
		if !named {
			name, raw = "", p
		}
		v := unescaped(raw)
		s := x.value(unescaped(name), v, kind, depth)
		if s == v {
			continue
		}
		if parts[i] = escape(s); named {
			parts[i] = name + "=" + parts[i]
		}
	}
	return strings.Join(parts, "&")
}

// address goes through the parts of an address: user and password, path,
// query, fragment. It takes any text apart, also one that is no valid address.
func (x *redactor) address(s string) string {
	if strings.HasPrefix(s, "data:") {
		return x.scan(s)
	}
	rest, fragment, hasFragment := strings.Cut(s, "#")
	rest, query, hasQuery := strings.Cut(rest, "?")
	scheme, path := "", rest
	if i := strings.Index(rest, "://"); i >= 0 {
		scheme, path = rest[:i+3], rest[i+3:]
		authority, tail, slash := strings.Cut(path, "/")
		if at := strings.LastIndexByte(authority, '@'); at >= 0 {
			authority = x.whole(authKind, authority[:at]) + authority[at:]
		}
		scheme += authority
		if path = ""; slash {
			path = "/" + tail
		}
	}
	out := scheme + x.path(path)
	if hasQuery {
		out += "?" + x.query(query, "", 1)
	}
	switch {
	case hasFragment && strings.Contains(fragment, "="):
		out += "#" + x.fragment(fragment)
	case hasFragment:
		out += "#" + x.path(fragment)
	}
	return out
}

// fragment is a query, or a route with a query behind it.
func (x *redactor) fragment(f string) string {
	if route, query, ok := strings.Cut(f, "?"); ok {
		return x.path(route) + "?" + x.query(query, "", 1)
	}
	return x.query(f, "", 1)
}

// path goes through the segments of a path, and the parameters that some
// servers hang on them (;jsessionid=…). A segment with an extension is a
// file's name: what looks drawn in it is a build's hash.
func (x *redactor) path(p string) string {
	segments := strings.Split(p, "/")
	for i, s := range segments {
		name, parameters, more := strings.Cut(s, ";")
		segments[i] = x.segment(name)
		if more {
			segments[i] += ";" + x.query(parameters, "", 1)
		}
	}
	return strings.Join(segments, "/")
}

var extension = regexp.MustCompile(`\.[a-z][a-z0-9]{1,4}$`)

func (x *redactor) segment(raw string) string {
	v := raw
	if plain, err := url.PathUnescape(raw); err == nil {
		v = plain
	}
	s := x.scan(v)
	if s == v && !extension.MatchString(v) {
		if in, ok := x.base64Segment(v); ok {
			s = in
		} else if uuid.MatchString(v) || len(v) >= 20 && random(commitment.ReplaceAllString(v, "")) {
			s = x.parts(identifierKind, v)
		}
	}
	if s == v {
		return raw
	}
	return strings.ReplaceAll(url.PathEscape(s), "%3A", ":")
}

func (x *redactor) base64Segment(v string) (string, bool) {
	if !base64Of.MatchString(v) {
		return "", false
	}
	return x.base64(v, "", 1)
}
