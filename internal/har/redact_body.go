package har

import (
	"bytes"
	"regexp"
	"strings"

	"diapason.dev/diapason"
	"github.com/go-json-experiment/json/jsontext"
)

// body goes through a body's text. A changed one loses its hash.
func (x *redactor) body(b diapason.Body) diapason.Body {
	if b.Text == "" {
		return b
	}
	s := x.content(strings.ToLower(b.Mime), b.Text)
	if s != b.Text {
		b.Text, b.SHA256 = s, ""
	}
	return b
}

// content goes through a text by what it is; the type is a hint only, because
// beacons send JSON as text/plain.
func (x *redactor) content(mime, s string) string {
	head := strings.TrimLeft(s, " \t\r\n\ufeff")
	switch {
	case head == "":
		return s
	case head[0] == '{' || head[0] == '[' || head[0] == '"':
		if out, ok := x.json(s, "", 1); ok {
			return out
		}
	case strings.HasPrefix(mime, "multipart/"), strings.HasPrefix(head, "--") && strings.Contains(head, "Content-Disposition: form-data"):
		return x.multipart(s)
	case strings.Contains(mime, "x-www-form-urlencoded"), formLike.MatchString(head):
		return x.query(s, "", 1)
	case !strings.ContainsAny(head, " \t\r\n<") && len(head) < 8<<10:
		s = x.value("", s, "", 1)
	}
	return x.text(s, strings.Contains(mime, "script"))
}

// maxNesting is how deep JSON is taken apart; deeper it is searched as text.
const maxNesting = 64

// json goes through one or more JSON values. It is false where the text is no
// JSON to its end. What does not change keeps its spelling.
func (x *redactor) json(s, kind string, depth int) (string, bool) {
	if depth > maxDepth+1 {
		return "", false
	}
	dec := jsontext.NewDecoder(strings.NewReader(s), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	var values []jsontext.Value
	for {
		v, err := dec.ReadValue()
		if err != nil {
			if len(values) == 0 || strings.TrimSpace(s[dec.InputOffset():]) != "" {
				return "", false
			}
			break
		}
		values = append(values, bytes.Clone(v))
	}
	before, out := x.total(), make([][]byte, len(values))
	for i, v := range values {
		out[i] = x.node("", v, kind, depth, 0)
	}
	if x.total() == before {
		return s, true
	}
	return string(bytes.Join(out, []byte("\n"))), true
}

// total is how many commitments were made.
func (x *redactor) total() int {
	n := 0
	for _, k := range x.counts {
		n += k
	}
	return n
}

// node goes through one JSON value under a name.
func (x *redactor) node(name string, v jsontext.Value, kind string, depth, nesting int) []byte {
	switch v.Kind() {
	case '{', '[':
		if nesting >= maxNesting {
			return quoted(x.text(string(v), false))
		}
		if k := nameKind(name); k == passwordKind || k == cardKind || k == tokenKind || k == ibanKind {
			kind = k // "credentials": {…} hides what is in it
		}
		return x.members(name, v, kind, depth, nesting)
	case '"':
		raw, _ := jsontext.AppendUnquote(nil, v)
		if s := x.value(name, string(raw), kind, depth); s != string(raw) {
			return quoted(s)
		}
	case '0':
		if s := x.numeral(name, string(v), kind); s != string(v) {
			return quoted(s)
		}
	}
	return v
}

// numeral is a number that may be a secret: a pin, a card, a position, an id.
func (x *redactor) numeral(name, v, kind string) string {
	if k := nameKind(name); k != "" && held(k, v) {
		kind = k
	}
	if kind == "" && isCard(v) {
		kind = cardKind
	}
	if kind == "" && random(v) {
		kind = identifierKind
	}
	if kind == "" {
		return v
	}
	return x.whole(kind, v)
}

func quoted(s string) []byte {
	b, _ := jsontext.AppendQuote(nil, s)
	return b
}

// members goes through an object or a list. In {"name": "password", "value":
// "…"} it is the first member that names the second.
func (x *redactor) members(name string, v jsontext.Value, kind string, depth, nesting int) []byte {
	dec := jsontext.NewDecoder(bytes.NewReader(v), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	open, _ := dec.ReadToken()
	object := open.Kind() == '{'
	var keys []string
	var values []jsontext.Value
	title := ""
	for k := dec.PeekKind(); k != '}' && k != ']' && k > 0; k = dec.PeekKind() {
		key := name
		if object {
			t, _ := dec.ReadToken()
			key = t.String()
		}
		value, err := dec.ReadValue()
		if err != nil {
			break
		}
		if b := bare(key); object && value.Kind() == '"' && (b == "name" || b == "key" || b == "field") {
			raw, _ := jsontext.AppendUnquote(nil, value)
			title = string(raw)
		}
		keys, values = append(keys, key), append(values, bytes.Clone(value))
	}
	out := []byte{byte(open.Kind())}
	for i, value := range values {
		if i > 0 {
			out = append(out, ',')
		}
		under := keys[i]
		if object {
			out = append(append(out, quoted(x.scan(under))...), ':')
		}
		if object && title != "" && bare(under) == "value" {
			under = title
		}
		if object && title != "" && under == "key" && string(value) == string(quoted(title)) {
			under = "" // "key" here is the word for a name
		}
		out = append(out, x.node(under, value, kind, depth, nesting+1)...)
	}
	if object {
		return append(out, '}')
	}
	return append(out, ']')
}

var partName = regexp.MustCompile(`(?i)\bname="([^"]*)"`)

// multipart goes through the fields of a form; what is not shaped like one is text.
func (x *redactor) multipart(s string) string {
	line, _, ok := strings.Cut(strings.TrimLeft(s, "\r\n"), "\n")
	boundary := strings.TrimRight(line, "\r")
	if !ok || !strings.HasPrefix(boundary, "--") || len(boundary) < 3 {
		return x.text(s, false)
	}
	parts := strings.Split(s, boundary)
	for i, p := range parts {
		head, body, eol := cutHead(p)
		if eol == "" {
			parts[i] = x.scan(p)
			continue
		}
		name := ""
		if m := partName.FindStringSubmatch(head); m != nil {
			name = m[1]
		}
		value := strings.TrimSuffix(strings.TrimSuffix(body, "\n"), "\r")
		changed := x.value(name, value, "", 1)
		if changed == value {
			changed = x.content("", value)
		}
		parts[i] = x.scan(head) + eol + eol + changed + body[len(value):]
	}
	return strings.Join(parts, boundary)
}

func cutHead(part string) (head, body, eol string) {
	for _, eol := range []string{"\r\n", "\n"} {
		if head, body, ok := strings.Cut(part, eol+eol); ok {
			return head, body, eol
		}
	}
	return part, "", ""
}

var (
	assigned = regexp.MustCompile(`([A-Za-z_][\w.\[\]-]{0,63})\\*["']?\s*[:=]\s*(\\"[^"\\]*|"(?:[^"\\]|\\.)*|'(?:[^'\\]|\\.)*|[^\s"'<>&;,{}\\]+)`)
	element  = regexp.MustCompile(`<([A-Za-z][\w:.-]*)(?:\s[^<>]*)?>([^<>]+)</`)
	tag      = regexp.MustCompile(`(?i)<(?:input|meta|option|button|textarea)\b[^>]*>`)
	tagName  = regexp.MustCompile(`(?i)\b(?:name|id|property)\s*=\s*["']?([^"'\s>]+)`)
	tagValue = regexp.MustCompile(`(?i)\b(?:value|content)\s*=\s*("[^"]*|'[^']*|[^"'\s>]+)`)
)

// text goes through free text, markup and scripts: what looks like a secret,
// and what a telling name is set to. In a script a name without quotes around
// its value is set to other names mostly.
func (x *redactor) text(s string, script bool) string {
	s = x.scan(s)
	if strings.Contains(s, "<") {
		s = tag.ReplaceAllStringFunc(s, func(t string) string {
			m := tagName.FindStringSubmatch(t)
			if m == nil || nameKind(m[1]) == "" {
				return t
			}
			return x.assign(tagValue, t, func([]string) string { return m[1] })
		})
		s = x.assign(element, s, func(m []string) string {
			return m[1][strings.LastIndexByte(m[1], ':')+1:]
		})
	}
	return x.assign(assigned, s, func(m []string) string {
		if script && !strings.ContainsAny(m[2], `"'`) && !strings.ContainsAny(m[2], "0123456789") {
			return ""
		}
		return m[1]
	})
}

// assign replaces the last group of each match by what stands for it under
// the name that naming gives; an empty name leaves it.
func (x *redactor) assign(find *regexp.Regexp, s string, naming func([]string) string) string {
	var b strings.Builder
	at := 0
	for _, m := range find.FindAllStringSubmatchIndex(s, -1) {
		groups := make([]string, len(m)/2)
		for i := range groups {
			groups[i] = s[m[2*i]:m[2*i+1]]
		}
		raw := groups[len(groups)-1]
		v := strings.TrimLeft(raw, `\"'`)
		from, to := m[len(m)-2]+len(raw)-len(v), m[len(m)-1]
		name := naming(groups)
		kind := nameKind(name)
		if kind == "" || v == "" || !held(kind, v) || isCommitment(v) || v == "true" || v == "false" || v == "null" {
			continue
		}
		b.WriteString(s[at:from])
		b.WriteString(x.commit(kind, v))
		at = to
	}
	b.WriteString(s[at:])
	return b.String()
}
