package asks

import (
	"regexp"
	"slices"
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

// pathPieces are the placeholders that an address form may hold, each for one
// segment of a path.
var pathPieces = map[string]*regexp.Regexp{
	"{locale}":  regexp.MustCompile(`^[a-zA-Z]{2,3}([-_][a-zA-Z]{2,4})?$`),
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
		if path[i] != want && !standsFor(want, []byte(path[i])) {
			return false
		}
	}
	return true
}

// standsFor tells whether a placeholder of an address form stands for a segment.
func standsFor(placeholder string, segment []byte) bool {
	piece := pathPieces[placeholder]
	return piece != nil && piece.Match(segment)
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
	seen := skeleton(a.authority)
	for _, p := range c.providers {
		if p.owns(a.host) {
			if a.userinfo {
				return p
			}
			continue
		}
		if !p.byManifest() && p.resembles(seen) {
			return p
		}
	}
	return nil
}

// owns tells whether a host is one of the provider's.
func (p *provider) owns(host string) bool {
	return slices.ContainsFunc(append([]string{p.Domain}, p.OtherDomains...), func(own string) bool {
		return host == own || strings.HasSuffix(host, "."+own)
	})
}

// resembles tells whether the plain letters of somebody else's host, user part
// included, hold the first label of the provider's domain. A short label is an
// everyday word too: it counts only where it stands alone between dots.
func (p *provider) resembles(seen string) bool {
	label, _, _ := strings.Cut(p.Domain, ".")
	marks := ".-_:@"
	if len(label) < shortLabel {
		marks = ".:@"
	}
	for _, piece := range strings.FieldsFunc(seen, func(r rune) bool { return strings.ContainsRune(marks, r) }) {
		if piece == label || len(label) >= shortLabel && distance(piece, label, 2) < 2 {
			return true
		}
	}
	return false
}

// shortLabel is the length below which the label of a domain is taken for a
// word that other hosts use in good faith.
const shortLabel = 6

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
