package usage

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
)

// parseJSON reads one JSON object: method, url, status and time; client,
// token or subject, and granted or scope_granted where there are such. Other members are
// passed over. The usual line is read without allocating.
func parseJSON(text []byte, l *line) string {
	*l = line{}
	const odd = "it is no JSON object"
	p := scanner{text: bytes.TrimPrefix(text, []byte("\ufeff"))}
	timed := false
	if !p.take('{') {
		return odd
	}
	for first := true; !p.take('}'); first = false {
		if !first && !p.take(',') {
			return odd
		}
		key, ok := p.str()
		if !ok || !p.take(':') {
			return odd
		}
		value, text, ok := p.value()
		if !ok {
			return odd
		}
		if why := l.member(key, value, text); why != "" {
			return why
		}
		timed = timed || string(key) == "time"
	}
	p.space()
	switch {
	case p.at != len(p.text):
		return odd
	case len(l.method) == 0 || len(l.url) == 0:
		return "it has no method and url"
	case !timed:
		return "it has no time"
	}
	return ""
}

// member takes one member of the object; text tells that its value is a text.
func (l *line) member(key, value []byte, text bool) (why string) {
	ok := true
	switch string(key) {
	case "method":
		l.method = only(value, text)
	case "url":
		l.url = only(value, text)
	case "client":
		l.client = only(value, text)
	case "subject":
		l.subject = only(value, text)
	case "token":
		if l.subject == nil {
			l.subject = only(value, text)
		}
	case "granted", "scope_granted":
		l.granted = value // a text, or a list of texts
	case "status":
		if l.status, ok = number(value); !ok && string(value) != "null" {
			return "the status is no number"
		}
	case "time":
		if l.at, ok = jsonTime(value, text); !ok {
			return "the time cannot be read"
		}
	}
	return ""
}

// only gives a value that is a text, and nothing for any other.
func only(value []byte, text bool) []byte {
	if text {
		return value
	}
	return nil
}

// jsonTime reads RFC 3339, or seconds (or, from 10^11 on, milliseconds) since 1970.
func jsonTime(value []byte, text bool) (int64, bool) {
	if text {
		return isoTime(value)
	}
	seconds, err := strconv.ParseFloat(string(value), 64)
	if math.Abs(seconds) >= 1e11 {
		seconds /= 1000
	}
	if err != nil || math.Abs(seconds) > math.MaxInt64/1e9 {
		return 0, false
	}
	return int64(seconds * 1e9), true
}

// A scanner reads the tokens of one line of JSON.
type scanner struct {
	text []byte
	at   int
}

func (p *scanner) space() {
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case ' ', '\t', '\r', '\n':
			p.at++
		default:
			return
		}
	}
}

func (p *scanner) take(c byte) bool {
	p.space()
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

// str reads a text. One without escapes is a part of the line.
func (p *scanner) str() ([]byte, bool) {
	if !p.take('"') {
		return nil, false
	}
	from := p.at
	for ; p.at < len(p.text); p.at++ {
		switch c := p.text[p.at]; {
		case c == '"':
			p.at++
			return p.text[from : p.at-1], true
		case c == '\\':
			return p.escaped(from)
		case c < ' ':
			return nil, false
		}
	}
	return nil, false
}

func (p *scanner) escaped(from int) ([]byte, bool) {
	for ; p.at < len(p.text); p.at++ {
		switch p.text[p.at] {
		case '\\':
			p.at++
		case '"':
			p.at++
			var text string
			if json.Unmarshal(p.text[from-1:p.at], &text) != nil {
				return nil, false
			}
			return []byte(text), true
		}
	}
	return nil, false
}

// value reads any value; text tells that it was one in quotes. Of an object or
// a list only the end is looked for.
func (p *scanner) value() (value []byte, text, ok bool) {
	p.space()
	if p.at >= len(p.text) {
		return nil, false, false
	}
	from := p.at
	switch p.text[p.at] {
	case '"':
		value, ok = p.str()
		return value, true, ok
	case '{', '[':
		ok = p.nested()
		return p.text[from:p.at], false, ok
	}
	for p.at < len(p.text) && bytes.IndexByte([]byte(",}] \t\r\n"), p.text[p.at]) < 0 {
		p.at++
	}
	return p.text[from:p.at], false, p.at > from
}

func (p *scanner) nested() bool {
	for depth := 0; p.at < len(p.text); {
		switch p.text[p.at] {
		case '"':
			if _, ok := p.str(); !ok {
				return false
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		if p.at++; depth == 0 {
			return true
		}
	}
	return false
}
