package asks

import (
	"regexp"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// An addressForm is one shape of a provider's request address.
type addressForm struct {
	host  string
	path  []string
	pages bool // a page that carries a scope parameter and is no request; any path below counts
}

var locale = regexp.MustCompile(`^[a-zA-Z]{2,3}([-_][a-zA-Z]{2,4})?$`)

// pathPieces are the placeholders that an address form may hold, each for one
// segment of a path.
var pathPieces = map[string]*regexp.Regexp{
	"{locale}":  locale,
	"{version}": regexp.MustCompile(`^v\d{1,3}(\.\d{1,3})?$`),
	"{tenant}":  regexp.MustCompile(`^[\w.-]{1,255}$`),
}

func newAddressForm(text string, pages bool) addressForm {
	_, rest, _ := strings.Cut(text, "://")
	host, path, _ := strings.Cut(rest, "/")
	return addressForm{host: strings.ToLower(host), path: segments(path), pages: pages}
}

func segments(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
}

// matches tells whether the address has this shape: the exact host, and the
// path with any language where the shape has one.
func (f addressForm) matches(a *address) bool {
	if a.host != f.host || a.userinfo || a.port != "" && a.port != "443" {
		return false
	}
	path := segments(a.path)
	if len(path) < len(f.path) || !f.pages && len(path) > len(f.path) {
		return false
	}
	for i, want := range f.path {
		if piece := pathPieces[want]; piece != nil && piece.MatchString(path[i]) {
			continue
		}
		if path[i] != want {
			return false
		}
	}
	return true
}

// find returns the provider whose request the address is, and whether it is
// one of the pages that only carry a scope parameter.
func (c *Catalogue) find(a *address) (p *provider, pages bool) {
	if a.scheme != "https" && a.scheme != "http" {
		return nil, false
	}
	for _, p := range c.providers {
		for _, f := range p.forms {
			if f.matches(a) {
				return p, f.pages
			}
		}
	}
	return nil, false
}

// lookalike returns the provider that an address pretends to be: its name in
// the user part, in a host of somebody else's, or in letters that only look like it.
func (c *Catalogue) lookalike(a *address) *provider {
	for _, p := range c.providers {
		own := p.Domain
		if a.host == own || strings.HasSuffix(a.host, "."+own) {
			if a.userinfo {
				return p
			}
			continue
		}
		label, _, _ := strings.Cut(own, ".")
		for _, piece := range strings.FieldsFunc(skeleton(a.authority), func(r rune) bool { return strings.ContainsRune(".-_:@", r) }) {
			if piece == label || len(label) >= 6 && distance(piece, label, 2) < 2 {
				return p
			}
		}
	}
	return nil
}

// confusable maps letters of other scripts to the Latin letter that they look like.
var confusable = strings.NewReplacer(
	"а", "a", "в", "b", "е", "e", "к", "k", "м", "m", "н", "h", "о", "o", "р", "p", "с", "c", "т", "t",
	"у", "y", "х", "x", "ѕ", "s", "і", "i", "ј", "j", "ԁ", "d", "ɡ", "g", "ո", "n", "ѵ", "v", "ѡ", "w",
	"α", "a", "ε", "e", "ι", "i", "κ", "k", "ν", "v", "ο", "o", "ρ", "p", "τ", "t", "υ", "u", "χ", "x",
	"ı", "i", "ł", "l", "ø", "o", "đ", "d", "0", "o", "1", "l",
)

// skeleton reduces a host to the plain letters that a reader takes it for.
func skeleton(host string) string {
	if decoded, err := idna.Punycode.ToUnicode(host); err == nil {
		host = decoded
	}
	host = strings.ToLower(norm.NFKD.String(host))
	host = strings.Map(func(r rune) rune {
		if r >= 0x300 && r <= 0x36f { // combining accents
			return -1
		}
		return r
	}, host)
	return confusable.Replace(host)
}
