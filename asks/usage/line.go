package usage

import (
	"bytes"

	"diapason.dev/diapason/asks"
)

// A line is one call as a log tells it. Its texts are parts of the line that
// was read, valid until the next.
type line struct {
	method, url []byte
	status      int   // 0: the log does not tell
	at          int64 // nanoseconds since 1970 UTC
	client      []byte
	subject     []byte // whose data it is about: the log's own pseudonym
	granted     []byte // permissions, as one text
}

// The formats of logs.
const (
	formatHAR      = "HAR"
	formatJSON     = "JSON lines"
	formatCombined = "combined log"
)

// parsers read a line; they return why it cannot be read, or nothing.
var parsers = map[string]func(text []byte, l *line) string{formatJSON: parseJSON, formatCombined: parseCombined}

// formatOf tells what a log is by how it begins.
func formatOf(head []byte) string {
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n")
	if len(text) == 0 || text[0] != '{' {
		return formatCombined
	}
	if bytes.HasPrefix(bytes.TrimLeft(text[1:], " \t\r\n"), []byte(`"log"`)) {
		return formatHAR
	}
	return formatJSON
}

// providerIn looks for a provider among the first lines of a log. Where none of
// them is a line of a log, it tells which is the first that is not, and why.
func providerIn(c *asks.Catalogue, format string, head []byte) (id string, bad int, why string) {
	var l line
	number, readable := 0, false
	for text := range bytes.Lines(head) {
		number++
		text = bytes.TrimSpace(text)
		problem := parsers[format](text, &l)
		if problem == "" {
			readable = true
			if id, ok := c.ProviderOf(string(l.url)); ok {
				return id, 0, ""
			}
		} else if bad == 0 && len(text) > 0 {
			bad, why = number, problem
		}
	}
	if readable {
		return "", 0, ""
	}
	return "", bad, why
}

// parseCombined reads a line of the combined or common log format (Apache
// mod_log_config, NGINX ngx_http_log_module):
//
//	host ident user [10/Oct/2026:13:55:36 +0000] "GET /path HTTP/1.1" 200 2326 "referer" "agent"
func parseCombined(text []byte, l *line) string {
	*l = line{}
	open := bytes.IndexByte(text, '[')
	if open < 0 {
		return "no time in brackets"
	}
	end := bytes.IndexByte(text[open:], ']')
	if end < 0 {
		return "no time in brackets"
	}
	at, ok := clfTime(text[open+1 : open+end])
	if !ok {
		return "the time cannot be read"
	}
	l.at = at
	l.client, l.subject = clfClient(text[:open])
	rest := bytes.TrimLeft(text[open+end+1:], " ")
	if len(rest) == 0 || rest[0] != '"' {
		return "no request in quotes"
	}
	request, rest, ok := cutQuoted(rest[1:])
	if !ok {
		return "no request in quotes"
	}
	method, target, ok := bytes.Cut(request, []byte(" "))
	if !ok || len(method) == 0 {
		return "the request has no method and address"
	}
	if at := bytes.LastIndex(target, []byte(" HTTP/")); at >= 0 {
		target = target[:at]
	}
	if l.method, l.url = method, target; len(target) == 0 {
		return "the request has no method and address"
	}
	status, _, _ := bytes.Cut(bytes.TrimLeft(rest, " "), []byte(" "))
	if l.status, ok = number(status); !ok && string(status) != "-" {
		return "the status is no number"
	}
	return ""
}

// clfClient takes the user name of a line, where it has one: an interface logs
// who called it there. An address of the network is nobody's name.
func clfClient(head []byte) (client, subject []byte) {
	fields := 0
	for field := range bytes.FieldsSeq(head) {
		if fields++; fields == 3 && string(field) != "-" {
			return field, nil
		}
	}
	return nil, nil
}

// cutQuoted splits behind the quote that closes a text; a backslash escapes.
func cutQuoted(text []byte) (inner, rest []byte, ok bool) {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return text[:i], text[i+1:], true
		}
	}
	return nil, nil, false
}

// number reads a whole number of up to nine digits.
func number(text []byte) (int, bool) {
	if len(text) == 0 || len(text) > 9 {
		return 0, false
	}
	n := 0
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}
