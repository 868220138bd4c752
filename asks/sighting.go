package asks

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"diapason.dev/diapason"
	"golang.org/x/net/html"
)

// A Sighting is a permission request as a dated capture holds it.
type Sighting struct {
	URL   string    // the address as found
	Page  string    // address of the page that carries the link, if one does
	At    time.Time // when it was seen
	Words string    // what the link or button says: what it is for, in the service's own words
	Lines []string  // what the consent page listed; nil where the capture does not hold that page
}

// Sightings finds the permission requests in a capture, in the order in which
// they were seen: links and buttons on pages, and addresses that were opened.
// A request that was seen in both ways, or several times, is one.
func (c *Catalogue) Sightings(cap *diapason.Capture) []Sighting {
	var seen []Sighting
	add := func(s Sighting) {
		for i := range seen {
			if c.sameRequest(seen[i].URL, s.URL) {
				seen[i].add(s)
				return
			}
		}
		seen = append(seen, s)
	}
	page := func(address, text string, at time.Time) {
		for _, link := range c.links(text, address) {
			add(Sighting{URL: link, Page: address, At: at, Words: linkWords(text, address, link)})
		}
	}
	for _, r := range cap.Requests {
		isPage := r.Type == "document" || strings.HasPrefix(r.ResponseBody.Mime, "text/html")
		if p, pages := c.find(readAddress(r.URL)); p != nil && !pages {
			s := Sighting{URL: r.URL, At: r.At}
			if isPage && r.ResponseBody.Text != "" {
				s.Lines = listItems(r.ResponseBody.Text)
			}
			add(s)
		} else if isPage {
			page(r.URL, r.ResponseBody.Text, r.At)
		}
	}
	for _, p := range cap.Pages {
		page(p.URL, p.HTML, cap.Started)
	}
	return seen
}

// add fills in what was not known of a request from a further sighting.
func (s *Sighting) add(more Sighting) {
	s.Page, s.Words = cmp.Or(s.Page, more.Page), cmp.Or(s.Words, more.Words)
	if s.Lines == nil {
		s.Lines = more.Lines
	}
}

// sameRequest tells whether two addresses ask the same provider for the same
// permissions in the name of the same client, with the answer to the same place.
func (c *Catalogue) sameRequest(a, b string) bool {
	if a == b {
		return true
	}
	left, right := reading{ask: Ask{URL: a}, format: &generic}, reading{ask: Ask{URL: b}, format: &generic}
	if c.read(&left) != nil || c.read(&right) != nil || left.provider != right.provider || left.app() != right.app() {
		return false
	}
	one, _ := left.address.get(left.format.ClientParam)
	other, _ := right.address.get(right.format.ClientParam)
	return one == other && slices.EqualFunc(left.list.names, right.list.names, func(a, b scopeName) bool { return a.id == b.id })
}

// maxWords bounds what is kept of a link's text, in bytes.
const maxWords = 300

// linkWords is what the element says that carries a link: its text, or its
// label where it has none.
func linkWords(page, base, link string) string {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return ""
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if n.Data == "base" {
			base = resolve(base, attribute(n, "href"))
			continue
		}
		for _, a := range n.Attr {
			if value := strings.TrimSpace(a.Val); value != "" && (value == link || resolve(base, value) == link) {
				return shortened(cmp.Or(textOf(n), attribute(n, "aria-label"), attribute(n, "title"), attribute(n, "value")))
			}
		}
	}
	return ""
}

// textOf is the text of an element without that of scripts, on one line.
func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode && d.Parent.Data != "script" && d.Parent.Data != "style" {
			b.WriteString(d.Data)
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return strings.TrimSpace(a.Val)
		}
	}
	return ""
}

// shortened makes text of a page safe to show and bounds its length.
func shortened(text string) string {
	text = visible(text)
	if len(text) <= maxWords {
		return text
	}
	return strings.ToValidUTF8(text[:maxWords], "") + "…"
}
