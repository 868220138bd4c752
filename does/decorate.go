package does

import (
	"cmp"
	"maps"
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
// link is judged like one in a store, by comparing the four visits; in other
// phases it is looked for. What several phases show is told once.
func (r *reading) decorations() []Decoration {
	all := r.decorationsOfFour()
	for _, rd := range r.rounds {
		if rd.first == r.four[0] {
			continue
		}
		for _, d := range r.decorationsIn(rd, all) {
			i := slices.IndexFunc(all, func(o Decoration) bool { return o.To == d.To && o.Parameter == d.Parameter })
			if i < 0 {
				all = append(all, d)
				continue
			}
			o := &all[i]
			o.Phases, o.Visits, o.Evidence = append(o.Phases, rd.phase), append(o.Visits, d.Visits...), append(o.Evidence, d.Evidence...)
		}
	}
	slices.SortFunc(all, func(a, b Decoration) int {
		return cmp.Or(strings.Compare(a.To, b.To), strings.Compare(a.Parameter, b.Parameter))
	})
	return all
}

func (r *reading) decorationsOfFour() []Decoration {
	if slices.Contains(r.four[:], nil) {
		return nil
	}
	var seen [4]map[spot][]string
	from := map[place]outgoing{}
	for i, c := range r.four {
		seen[i] = spots(inLinks(r.outgoing(c), from))
	}
	verdicts := compare(seen, startsOf(r.four))
	r.weighed(verdicts, true)
	var all []Decoration
	for p, v := range verdicts {
		o, led := from[p]
		if !v.singlesOut() || v.class == classCounter || !led {
			continue
		}
		id := r.storedAs(v)
		if id == "" && v.class != classIdentifier {
			continue
		}
		d := r.decoration(o, p, id, v.score)
		d.Phases = []diapason.Phase{r.four[0].Phase}
		for _, c := range r.four {
			d.seen(c, o)
		}
		all = append(all, d)
	}
	return all
}

func (r *reading) decoration(o outgoing, at place, id string, score float64) Decoration {
	return Decoration{Identifier: id, Parameter: at.key, Score: score, From: hostOf(o.from), To: at.host, Party: r.party(at.host)}
}

func (d *Decoration) seen(c *diapason.Capture, o outgoing) {
	d.Visits = append(d.Visits, c.ID)
	d.Evidence = append(d.Evidence, diapason.Ref{Record: "visit/" + c.ID, URL: redactURL(o.to), Quote: "a link on " + redactURL(o.from)})
}

// decorationsIn tells what stands in the links of a phase in which visits do
// not return: the values of its identifiers, and in the places of the known
// decorations what is another value in every visit. Two profiles have to show it.
func (r *reading) decorationsIn(rd round, known []Decoration) []Decoration {
	from := map[place]outgoing{}
	links := make([]map[spot][]string, len(rd.visits))
	for i, c := range rd.visits {
		links[i] = spots(inLinks(r.outgoing(c), from))
	}
	var all []Decoration
	for _, at := range slices.SortedFunc(maps.Keys(from), place.compare) {
		d := r.decoration(from[at], at, "", 0)
		profiles := map[int]bool{}
		for i, c := range rd.visits {
			id, score, ok := r.namedInLink(rd, c, links, i, at, known)
			if !ok {
				continue
			}
			d.Identifier, d.Score = cmp.Or(d.Identifier, id), cmp.Or(d.Score, score)
			d.seen(c, from[at])
			profiles[c.Run] = true
		}
		if len(profiles) > 1 {
			d.Phases = []diapason.Phase{rd.phase}
			all = append(all, d)
		}
	}
	return all
}

// namedInLink tells which identifier of one visit stands in a place of its
// links, and how much it tells.
func (r *reading) namedInLink(rd round, c *diapason.Capture, links []map[spot][]string, visit int, at place, known []Decoration) (id string, score float64, ok bool) {
	old := slices.IndexFunc(known, func(d Decoration) bool { return d.To == at.host && d.Parameter == at.key })
	for s, values := range links[visit] {
		if s.place != at {
			continue
		}
		own := values
		for i, other := range links {
			if i != visit {
				own = except(own, other[s])
			}
		}
		if len(own) == 0 {
			continue
		}
		if old >= 0 {
			return known[old].Identifier, known[old].Score, true
		}
		for _, t := range rd.tagged {
			if !t.place.kept() || t.class == classCounter || t.values[c.Run-1] == "" {
				continue
			}
			forms := r.formsOf(t.values[c.Run-1])
			if slices.ContainsFunc(own, func(v string) bool { _, _, ok := forms.find(layers(v)); return ok }) {
				return t.place.String(), t.score, true
			}
		}
	}
	return "", 0, false
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
			_, _, ok := r.formsOf(t.values[profile]).find(layers(value))
			match = match && ok
		}
		if match {
			return t.place.String()
		}
	}
	return ""
}

// inLinks lists the values in addresses that are led to, and notes for each
// place by which it was found.
func inLinks(ways []outgoing, from map[place]outgoing) entries {
	e := entries{}
	for _, o := range ways {
		for _, x := range inAddress(o.to) {
			e.add(x.place, x.value)
			if _, known := from[x.place]; !known {
				from[x.place] = o
			}
		}
	}
	return e
}

// An outgoing is an address on another company's site, and the page that leads
// to it.
type outgoing struct{ from, to string }

// outgoing lists where the service's pages lead on another company's site.
func (r *reading) outgoing(c *diapason.Capture) []outgoing {
	return slices.DeleteFunc(ways(c), func(o outgoing) bool {
		here, there := r.party(hostOf(o.from)), r.party(hostOf(o.to))
		return here.Relation == diapason.ThirdParty || hostOf(o.to) == "" || sameSite(hostOf(o.from), hostOf(o.to)) || r.Entities.Same(here, there)
	})
}

// ways lists where a visit's pages lead: the links as they stand in the end,
// and the documents that the tab went to.
func ways(c *diapason.Capture) []outgoing {
	var all []outgoing
	for _, p := range c.Pages {
		for _, to := range linksOf(p) {
			all = append(all, outgoing{p.URL, to})
		}
	}
	before := ""
	for _, q := range documents(c) {
		if q.Cause != "opened" && before != "" {
			all = append(all, outgoing{before, q.URL})
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
