package har

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"

	"diapason.dev/diapason"
)

// Redact returns a copy of the capture in which commitments stand for
// secrets, and counts them by kind. What counts as one: cookies, stored
// values, authorization, passwords, tokens and keys, JSON Web Tokens, card and
// account numbers, e-mail addresses, telephone numbers, positions, personal
// details, and identifiers of devices, browsers and people. It looks at
// headers, addresses, forms, JSON and free text, also where one is wrapped in
// another, up to four times, by percent signs, base64 or quotes.
//
// A commitment is "redacted:" and 16 hexadecimal digits of an HMAC-SHA-256
// over the value with the salt of the run as its key. Equal values have equal
// commitments in one run, so that they can still be compared; nothing else can
// be told from them, and different runs cannot be joined. Field names and
// shapes stay, only values go: a compound cookie or identifier keeps its
// separators, and its parts of up to three characters where those are few. A
// body that was changed loses its hash, from which a short secret could be
// guessed.
//
// What one place shows to be a secret is taken out of all texts where it
// stands, if it is no word.
//
// A commitment is not committed to again. Baits are made up and stay.
func Redact(c *diapason.Capture, salt []byte) (*diapason.Capture, map[string]int) {
	x := &redactor{salt: salt, counts: map[string]int{}, known: map[string]string{}}
	out := *c
	out.Site = x.address(c.Site)
	out.Requests = slices.Clone(c.Requests)
	for i := range out.Requests {
		x.request(&out.Requests[i])
	}
	out.Cookies, out.Stores = x.kept(c.Cookies, c.Stores)
	if c.Banner != nil {
		b := *c.Banner
		b.URL, b.Text = x.address(b.URL), x.text(b.Text, false)
		b.Cookies, b.Stores = x.kept(b.Cookies, b.Stores)
		out.Banner = &b
	}
	out.Blocked = slices.Clone(c.Blocked)
	for i := range out.Blocked {
		out.Blocked[i].URL = x.address(out.Blocked[i].URL)
	}
	out.Pages = slices.Clone(c.Pages)
	for i := range out.Pages {
		p := &out.Pages[i]
		p.URL, p.Title, p.HTML = x.address(p.URL), x.scan(p.Title), x.text(p.HTML, false)
	}
	out.Calls = slices.Clone(c.Calls)
	for i := range out.Calls {
		x.call(&out.Calls[i])
	}
	out.Banner = x.banner(c.Banner)
	out.Dialogs = slices.Clone(c.Dialogs)
	for i := range out.Dialogs {
		out.Dialogs[i] = x.text(out.Dialogs[i], false)
	}
	x.knownEverywhere(&out)
	return &out, x.counts
}

// kept redacts what lies in a profile.
func (x *redactor) kept(cookies []diapason.Cookie, stores []diapason.StoreEntry) ([]diapason.Cookie, []diapason.StoreEntry) {
	cookies, stores = slices.Clone(cookies), slices.Clone(stores)
	for i := range cookies {
		k := &cookies[i]
		k.Value = x.value(k.Name, k.Value, cookieKind, 0)
	}
	for i := range stores {
		e := &stores[i]
		e.Key, e.Value = x.scan(e.Key), x.value(e.Key, e.Value, storedKind, 0)
	}
	return cookies, stores
}

// A redactor puts commitments in the place of values and counts them.
type redactor struct {
	salt   []byte
	counts map[string]int
	known  map[string]string // values that were taken out, by what stands for them; nil: they need not be known
}

const committed = "redacted:"

// Commit is what stands for a value in a run with this salt.
func Commit(salt []byte, value string) string {
	mac := hmac.New(sha256.New, salt)
	mac.Write([]byte(value))
	return committed + hex.EncodeToString(mac.Sum(nil)[:8])
}

var commitment = regexp.MustCompile(committed + `[0-9a-f]{16}`)

func isCommitment(v string) bool { return len(v) == len(committed)+16 && commitment.MatchString(v) }

// commit is what stands for a value.
func (x *redactor) commit(kind, v string) string {
	if v == "" {
		return v
	}
	x.counts[kind]++
	commitment := Commit(x.salt, v)
	x.know(v, commitment)
	return commitment
}

func (x *redactor) request(r *diapason.Request) {
	r.URL, r.Page, r.Frame, r.Initiator = x.address(r.URL), x.address(r.Page), x.address(r.Frame), x.address(r.Initiator)
	r.Headers, r.ResponseHeaders = x.headers(r.Headers), x.headers(r.ResponseHeaders)
	r.Body, r.ResponseBody = x.body(r.Body), x.body(r.ResponseBody)
	r.Failed = x.scan(r.Failed)
	r.Messages = slices.Clone(r.Messages)
	for i, m := range r.Messages {
		r.Messages[i] = x.content("", m)
	}
}

func (x *redactor) banner(b *diapason.Banner) *diapason.Banner {
	if b == nil {
		return nil
	}
	out := *b
	out.URL, out.Text, out.Why = x.address(b.URL), x.text(b.Text, false), x.scan(b.Why)
	return &out
}

func (x *redactor) headers(hs []diapason.Header) []diapason.Header {
	hs = slices.Clone(hs)
	for i := range hs {
		hs[i].Value = x.header(strings.ToLower(hs[i].Name), hs[i].Value)
	}
	return hs
}

// quiet headers speak about the browser, the server or the exchange: in them
// only what looks like a secret is one, not what looks drawn.
var quiet = regexp.MustCompile(`^(?:accept.*|user-agent|sec-.*|content-(?:type|length|encoding|language|disposition|range|security-policy.*)|date|expires|cache-control|pragma|vary|server|age|connection|host|keep-alive|transfer-encoding|access-control-.*|strict-transport-security|report-to|nel|priority|via|alt-svc|last-modified|if-modified-since|:authority|:method|:scheme|:status|cross-origin-.*|permissions-policy|x-(?:content-type-options|frame-options|xss-protection|powered-by))$`)

func (x *redactor) header(name, v string) string {
	switch name {
	case "cookie":
		return x.pairs(v)
	case "set-cookie":
		lines := strings.Split(v, "\n") // Chromium joins several with line ends
		for i, l := range lines {
			pair, attributes, more := strings.Cut(l, ";")
			if lines[i] = x.pairs(pair); more {
				lines[i] += ";" + x.scan(attributes)
			}
		}
		return strings.Join(lines, "\n")
	case "authorization", "proxy-authorization":
		scheme, rest, ok := strings.Cut(strings.TrimSpace(v), " ")
		if !ok {
			return x.whole(authKind, v)
		}
		return scheme + " " + x.whole(authKind, rest)
	case "referer", "location", "content-location", "origin", ":path", "x-original-url", "x-requested-url":
		return x.address(v)
	case "etag", "if-none-match", "if-match":
		return x.tags(v)
	}
	if quiet.MatchString(name) {
		return x.scan(v)
	}
	return x.value(name, v, "", 0)
}

// pairs goes through name=value; name=value of a cookie header. What has no
// name is a value.
func (x *redactor) pairs(v string) string {
	parts := strings.Split(v, ";")
	for i, p := range parts {
		name, value, ok := strings.Cut(p, "=")
		if !ok {
			name, value = p[:len(p)-len(strings.TrimLeft(p, " "))], strings.TrimLeft(p, " ")
		} else {
			name += "="
		}
		parts[i] = name + x.value(name, strings.TrimRight(value, " "), cookieKind, 0)
	}
	return strings.Join(parts, ";")
}

var entityTag = regexp.MustCompile(`"[^"]*"|[^\s,"]{8,}`)

// tags goes through entity tags; a server can name a browser by them.
func (x *redactor) tags(v string) string {
	return entityTag.ReplaceAllStringFunc(v, func(tag string) string {
		inner := strings.Trim(tag, `"`)
		if len(inner) < 8 {
			return tag
		}
		return strings.Replace(tag, inner, x.parts(identifierKind, inner), 1)
	})
}

// whole commits to a value unless that was done before, to it or to its parts.
func (x *redactor) whole(kind, v string) string {
	if strings.Contains(v, committed) && !slices.ContainsFunc(strings.FieldsFunc(commitment.ReplaceAllString(v, " "), isSeparator), func(p string) bool { return len(p) >= 4 }) {
		return v
	}
	return x.commit(kind, v)
}

// separators are where a compound value is taken apart, the same as where
// identifiers are looked for in one.
const separators = "|&;,:.+!~ "

// parts commits to each part of a compound value, so that an identifier in a
// cookie and the same one in an address stay equal. Short parts stay where
// they make up no more than a quarter of it. A part that is a commitment
// already was made by this: then short parts stay too.
func (x *redactor) parts(kind, v string) string {
	done := commitment.FindAllStringIndex(v, -1)
	short, long := 0, 0
	for _, p := range strings.FieldsFunc(v, isSeparator) {
		if len(p) < 4 {
			short += len(p)
		} else {
			long++
		}
	}
	if len(done) == 0 && (long == 0 || short*4 > len(v)) {
		return x.whole(kind, v)
	}
	return x.outside(v, func(s string) string {
		var b strings.Builder
		for s != "" {
			n := strings.IndexFunc(s, isSeparator)
			if n < 0 {
				n = len(s)
			}
			switch p := s[:n]; {
			case n == 0:
				n = 1
				b.WriteByte(s[0])
			case n < 4:
				b.WriteString(p)
			default:
				b.WriteString(x.commit(kind, p))
			}
			s = s[n:]
		}
		return b.String()
	})
}

func isSeparator(r rune) bool { return strings.ContainsRune(separators, r) }

// scan commits to everything in a text that looks like a secret.
func (x *redactor) scan(s string) string {
	for i := range patterns {
		if p := &patterns[i]; p.possible(s) {
			s = x.outside(s, func(s string) string { return x.replace(p, s) })
		}
	}
	return s
}

// outside works on what lies between the commitments that a text has already.
func (x *redactor) outside(s string, work func(string) string) string {
	if !strings.Contains(s, committed) {
		return work(s)
	}
	var b strings.Builder
	at := 0
	for _, m := range commitment.FindAllStringIndex(s, -1) {
		b.WriteString(work(s[at:m[0]]))
		b.WriteString(s[m[0]:m[1]])
		at = m[1]
	}
	b.WriteString(work(s[at:]))
	return b.String()
}

func (x *redactor) replace(p *pattern, s string) string {
	var b strings.Builder
	at := 0
	for _, m := range p.find.FindAllStringSubmatchIndex(s, -1) {
		from, to := m[len(m)-2], m[len(m)-1]
		if p.check != nil && !p.check(s[from:to]) {
			continue
		}
		b.WriteString(s[at:from])
		b.WriteString(x.commit(p.kind, strings.Replace(s[from:to], "%40", "@", 1)))
		at = to
	}
	b.WriteString(s[at:])
	return b.String()
}
