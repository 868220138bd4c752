package does

import (
	"net/url"
	"slices"
	"strings"

	"diapason.dev/diapason"
)

// A look is one part of a request in which a value can travel.
type look struct {
	request diapason.Request
	where   string // url, path, cookie, header, body
	key     string // header name
	layers  []layer
}

// looksAt takes the requests of a visit apart, once for all values that are
// looked for.
func looksAt(c *diapason.Capture) []look {
	var all []look
	for _, r := range sent(c) {
		add := func(where, key, text string) {
			if text != "" {
				all = append(all, look{r, where, key, layers(text)})
			}
		}
		if u, err := url.Parse(r.URL); err == nil {
			add("path", "", u.EscapedPath())
			add("url", "", u.RawQuery)
		}
		for _, h := range r.Headers {
			switch name := strings.ToLower(h.Name); {
			case name == "cookie":
				add("cookie", name, h.Value)
			case name == "available-dictionary":
				add("header", name, dictionaryHash(h.Value))
			case name == "referer" || !usualHeaders[name] && !strings.HasPrefix(name, "sec-ch-ua") && !strings.HasPrefix(name, ":"):
				add("header", name, h.Value)
			}
		}
		add("body", "", r.Body.Text)
		for _, m := range r.Messages {
			add("body", socketMessage, m)
		}
	}
	return all
}

// message tells whether this went out on a socket, which was opened earlier. When
// it went is not recorded: where something was submitted, it counts as later.
func (l look) message() bool { return l.key == socketMessage }

const socketMessage = "message"

// field names the part of a request that holds a text, for a reader: the
// query's or form's key, or the header.
func (l look) field(seen string) string {
	if l.key != "" {
		return l.key
	}
	text := l.request.Body.Text
	if l.where == "url" {
		_, text, _ = strings.Cut(l.request.URL, "?")
	}
	var parts []leaf
	for _, kv := range pairs(text) {
		if len(kv[0]) <= 40 && !strings.ContainsAny(kv[0], "{}<> ") {
			parts = append(parts, leaf{kv[0], kv[1]})
		}
	}
	parts = append(parts, leaves(text)...)
	for _, in := range []func(leaf) bool{
		func(p leaf) bool { return strings.Contains(p.value, seen) },
		func(p leaf) bool {
			return slices.ContainsFunc(layers(p.value), func(l layer) bool { return strings.Contains(l.text, seen) })
		},
	} {
		if i := slices.IndexFunc(parts, in); i >= 0 {
			return parts[i].path
		}
	}
	return ""
}
