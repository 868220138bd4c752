package does

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"diapason.dev/diapason"
	"github.com/PuerkitoBio/goquery"
)

// linkStore is the place of a value in the address of a link.
const linkStore = "link"

// decorations tells which identifiers stand in the addresses of links and of
// ways that lead to another company's site: whoever reads them there can join
// both visits although the browser keeps the sites' stores apart. A value in a
// link is judged like one in a store, by comparing the four visits.
func (r *reading) decorations() []Decoration {
	if slices.Contains(r.four[:], nil) {
		return nil
	}
	var seen [4]map[spot][]string
	from := map[place]outgoing{}
	for i, c := range r.four {
		e := entries{}
		for _, o := range r.outgoing(c) {
			for _, x := range inAddress(o.to) {
				e.add(x.place, x.value)
				if _, known := from[x.place]; !known {
					from[x.place] = o
				}
			}
		}
		seen[i] = spots(e)
	}
	var all []Decoration
	for p, v := range compare(seen, startsOf(r.four)) {
		if !v.singlesOut() || v.class == classCounter {
			continue
		}
		id := r.storedAs(v)
		if id == "" && v.class != classIdentifier {
			continue
		}
		o := from[p]
		d := Decoration{Identifier: id, Parameter: p.key, Score: v.score, From: hostOf(o.from), To: p.host, Party: r.party(p.host), Visits: slices.Clone(fourIDs[:])}
		for _, c := range r.four {
			d.Evidence = append(d.Evidence, diapason.Ref{Record: "visit/" + c.ID, URL: redactURL(o.to), Quote: "a link on " + redactURL(o.from)})
		}
		all = append(all, d)
	}
	slices.SortFunc(all, func(a, b Decoration) int {
		return cmp.Or(strings.Compare(a.To, b.To), strings.Compare(a.Parameter, b.Parameter))
	})
	return all
}

// storedAs names the stored identifier whose value, or a form of it, stands in
// a link.
func (r *reading) storedAs(v verdict) string {
	for _, t := range r.tagged {
		if !t.place.kept() {
			continue
		}
		match := true
		for profile, value := range v.values {
			_, _, ok := formsOf(t.values[profile]).find(layers(value))
			match = match && ok
		}
		if match {
			return t.place.String()
		}
	}
	return ""
}

// An outgoing is an address on another company's site, and the page that leads
// to it.
type outgoing struct{ from, to string }

// outgoing lists where the service's pages lead: the links as they stand in
// the end, and the documents that the tab went to.
func (r *reading) outgoing(c *diapason.Capture) []outgoing {
	var all []outgoing
	add := func(from, to string) {
		there := r.party(hostOf(to))
		if here := r.party(hostOf(from)); here.Relation != diapason.ThirdParty && hostOf(to) != "" && !sameSite(hostOf(from), hostOf(to)) && !r.Entities.Same(here, there) {
			all = append(all, outgoing{from, to})
		}
	}
	for _, p := range c.Pages {
		for _, to := range linksOf(p) {
			add(p.URL, to)
		}
	}
	before := ""
	for _, q := range documents(c) {
		if q.Cause != "opened" && before != "" {
			add(before, q.URL)
		}
		before = q.URL
	}
	return all
}

// linksOf lists the addresses of a page's links.
func linksOf(p diapason.Page) []string {
	base, err := url.Parse(p.URL)
	if err != nil {
		return nil
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(p.HTML))
	if err != nil {
		return nil
	}
	if href, ok := doc.Find("base[href]").First().Attr("href"); ok {
		if b, err := base.Parse(href); err == nil {
			base = b
		}
	}
	var all []string
	doc.Find("a[href], area[href]").Each(func(_ int, s *goquery.Selection) {
		if u, err := base.Parse(strings.TrimSpace(s.AttrOr("href", ""))); err == nil && (u.Scheme == "http" || u.Scheme == "https") {
			all = append(all, u.String())
		}
	})
	return all
}

// inAddress lists the values in an address that is led to, its fragment included.
func inAddress(address string) []carriage {
	all := carried(diapason.Request{URL: address})
	if u, err := url.Parse(address); err == nil && strings.Contains(u.Fragment, "=") {
		for _, kv := range pairs(u.Fragment) {
			all = append(all, carriage{place{host: hostOf(address), key: "#" + kv[0]}, kv[1]})
		}
	}
	for i := range all {
		all[i].place.store = linkStore
	}
	return all
}
