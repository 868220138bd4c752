package asks

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// FindLinks returns the permission requests of known providers that a page
// carries, in document order and each once: in href and action, in any other
// attribute, and as absolute addresses in scripts. base is the page's own
// address. An address that a script puts together from pieces is returned as
// far as it stands there; Judge says that it cannot be inspected.
func FindLinks(page, base string) []string {
	return Default().links(page, base)
}

// links is FindLinks with the providers of this catalogue.
func (c *Catalogue) links(page, base string) []string {
	l := &linkFinder{catalogue: c, base: base}
	z := html.NewTokenizer(strings.NewReader(page))
	inScript := false
	for {
		kind := z.Next()
		switch kind {
		case html.ErrorToken:
			return l.found
		case html.TextToken:
			if inScript {
				l.search(string(z.Text()))
			}
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			token := z.Token()
			inScript = kind == html.StartTagToken && token.Data == "script"
			if kind != html.EndTagToken {
				l.element(token)
			}
		}
	}
}

type linkFinder struct {
	catalogue *Catalogue
	base      string
	found     []string
}

func (l *linkFinder) element(t html.Token) {
	for _, attr := range t.Attr {
		if t.Data == "base" && attr.Key == "href" {
			l.base = resolve(l.base, attr.Val)
			continue
		}
		if attr.Key == "href" || attr.Key == "action" || strings.HasPrefix(attr.Key, "data-") {
			if l.add(resolve(l.base, strings.TrimSpace(attr.Val))) {
				continue
			}
		}
		l.search(attr.Val)
	}
}

// add keeps an address if it is a request of a known provider.
func (l *linkFinder) add(address string) bool {
	p, pages := l.catalogue.find(readAddress(address))
	if p == nil || pages {
		return false
	}
	if !slices.Contains(l.found, address) {
		l.found = append(l.found, address)
	}
	return true
}

// resolve makes an address absolute. One that is absolute already stays as it
// was written, odd bytes included.
func resolve(base, address string) string {
	if scheme, _ := cutScheme(address); scheme != "" {
		return address
	}
	from, err := url.Parse(base)
	if err != nil {
		return address
	}
	if strings.HasPrefix(address, "//") && from.Scheme != "" {
		return from.Scheme + ":" + address
	}
	to, err := from.Parse(address)
	if err != nil {
		return address
	}
	return to.String()
}

var (
	absolute = regexp.MustCompile(`https?:(?:\\?/){2}`)
	jsEscape = regexp.MustCompile(`\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))`)
)

// search looks for absolute addresses in a script or an attribute. One that
// stands in quotes ends at the same quote; any other at white space, a quote
// or an angle bracket.
func (l *linkFinder) search(text string) {
	for from := 0; ; {
		at := absolute.FindStringIndex(text[from:])
		if at == nil {
			return
		}
		start := from + at[0]
		end := endOfAddress(text, start)
		l.add(unescapeJS(text[start:end]))
		from = max(start+at[1]-at[0], end)
	}
}

func endOfAddress(text string, start int) int {
	quote := byte(0)
	if start > 0 && strings.IndexByte("\"'`", text[start-1]) >= 0 {
		quote = text[start-1]
	}
	for i := start; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\':
			i++
		case quote != 0 && (c == quote || quote != '`' && c == '\n'):
			return i
		case quote == 0 && strings.IndexByte(" \t\r\n\"'`<>\\", c) >= 0:
			return i
		}
	}
	return len(text)
}

// unescapeJS undoes the escapes of a string literal. Those that stand for
// white space are undone to it, and an unknown one to the letter behind it.
func unescapeJS(s string) string {
	return jsEscape.ReplaceAllStringFunc(s, func(m string) string {
		if len(m) > 2 {
			n, err := strconv.ParseUint(m[2:], 16, 32)
			if err != nil {
				return m
			}
			return string(rune(n))
		}
		switch m[1] {
		case 'n':
			return "\n"
		case 't':
			return "\t"
		case 'r':
			return "\r"
		}
		return m[1:]
	})
}
