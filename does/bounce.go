package does

import (
	"maps"
	"slices"
	"strings"
	"time"

	"diapason.dev/diapason"
)

// passingTime is how long a stay may last to be one that a person was only led
// through: browsers that clear the state of such sites use the same ten
// seconds (Chromium's bounce tracking mitigations).
const passingTime = 10 * time.Second

// bounces tells through which sites a person was led who asked for none of
// them: neither the start nor the end of a way on which every step was a
// redirect or a page that went on by itself, within ten seconds and without a
// click or key, and that stored or read something meanwhile. In a recording
// only redirects are certain to have happened without the person.
func (r *reading) bounces() []Bounce {
	found := map[[3]string]*Bounce{}
	for _, c := range r.all {
		if c.Source != "har" && (!measured(c) || !r.ours(c)) {
			continue
		}
		for _, way := range waysOf(c) {
			for i := 1; i+1 < len(way); i++ {
				r.noteBounce(found, c, way[0], way[i], way[len(way)-1])
			}
		}
	}
	var all []Bounce
	for _, k := range slices.SortedFunc(maps.Keys(found), func(a, b [3]string) int { return slices.Compare(a[:], b[:]) }) {
		slices.Sort(found[k].Touched)
		all = append(all, *found[k])
	}
	return all
}

func (r *reading) noteBounce(found map[[3]string]*Bounce, c *diapason.Capture, from, through, to stay) {
	party := r.party(through.host)
	if party.Relation == diapason.FirstParty || r.Entities.Same(party, r.party(from.host)) || r.Entities.Same(party, r.party(to.host)) {
		return
	}
	touched := touchedIn(c, through)
	if len(touched) == 0 {
		return
	}
	k := [3]string{from.host, through.host, to.host}
	f := found[k]
	if f == nil {
		f = &Bounce{From: from.host, Through: through.host, To: to.host, Party: party}
		found[k] = f
	}
	for _, name := range touched {
		if !slices.Contains(f.Touched, name) {
			f.Touched = append(f.Touched, name)
		}
	}
	if !slices.Contains(f.Visits, c.ID) {
		f.Visits = append(f.Visits, c.ID)
		f.Evidence = append(f.Evidence, refTo(c, through.documents[0], ""))
	}
}

// A stay is one or more documents of a site, one after the other in a tab.
type stay struct {
	host      string // of the first
	documents []diapason.Request
}

// waysOf lists the ways of a visit's tab: stays that led to each other without
// the person. The first is where the person was, or what they asked for.
func waysOf(c *diapason.Capture) [][]stay {
	var ways [][]stay
	if c.Source == "har" {
		for _, chain := range redirects(c) {
			ways = append(ways, stays(chain))
		}
		return ways
	}
	var way []diapason.Request
	for _, q := range documents(c) {
		switch {
		case q.Cause == "opened":
			ways, way = append(ways, stays(way)), nil
		case q.Cause == "input" && len(way) > 0:
			last := way[len(way)-1]
			ways, way = append(ways, stays(way)), []diapason.Request{last}
		case q.Cause == "page" && len(way) > 0 && len(stays(way)) > 1 && q.At.Sub(arrival(way)) > passingTime:
			last := way[len(way)-1]
			ways, way = append(ways, stays(way)), []diapason.Request{last}
		}
		way = append(way, q)
	}
	return append(ways, stays(way))
}

// documents lists the documents of a visit's tab in the order in which they
// were asked for.
func documents(c *diapason.Capture) []diapason.Request {
	var all []diapason.Request
	for _, q := range sent(c) {
		if q.Cause != "" {
			all = append(all, q)
		}
	}
	slices.SortStableFunc(all, func(a, b diapason.Request) int {
		switch { // a redirect is never earlier than what redirected
		case a.ID == b.Redirect:
			return -1
		case b.ID == a.Redirect:
			return 1
		}
		return a.At.Compare(b.At)
	})
	return all
}

// redirects lists the chains of redirects between documents of a recording.
func redirects(c *diapason.Capture) [][]diapason.Request {
	next := map[string]diapason.Request{}
	for _, q := range sent(c) {
		if q.Type == "document" && q.Redirect != "" {
			next[q.Redirect] = q
		}
	}
	var all [][]diapason.Request
	for _, q := range sent(c) {
		if q.Type != "document" || q.Redirect != "" || framed(q) {
			continue
		}
		chain := []diapason.Request{q}
		for more, ok := next[q.ID]; ok; more, ok = next[more.ID] {
			delete(next, more.Redirect)
			chain = append(chain, more)
		}
		all = append(all, chain)
	}
	return all
}

// framed tells whether the browser said that a document is a frame's.
func framed(q diapason.Request) bool {
	return q.Frame != "" && q.Frame != q.URL || slices.ContainsFunc(q.Headers, func(h diapason.Header) bool {
		return strings.EqualFold(h.Name, "sec-fetch-dest") && h.Value != "document"
	})
}

func stays(documents []diapason.Request) []stay {
	var all []stay
	for _, q := range documents {
		host := hostOf(q.URL)
		if n := len(all); n > 0 && sameSite(all[n-1].host, host) {
			all[n-1].documents = append(all[n-1].documents, q)
			continue
		}
		all = append(all, stay{host, []diapason.Request{q}})
	}
	return all
}

// arrival is when the last stay began.
func arrival(way []diapason.Request) time.Time {
	all := stays(way)
	return all[len(all)-1].documents[0].At
}

// touchedIn names what a site stored or read while a person passed: by its
// answers, by what the browser sent it, and by its scripts.
func touchedIn(c *diapason.Capture, s stay) []string {
	var names []string
	note := func(name string) {
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	own := func(q diapason.Request) bool {
		return sameSite(hostOf(q.URL), s.host) && slices.ContainsFunc(s.documents, func(d diapason.Request) bool { return d.ID == q.ID || d.URL == q.Page })
	}
	for _, q := range sent(c) {
		if !own(q) {
			continue
		}
		for _, h := range q.Headers {
			if strings.EqualFold(h.Name, "cookie") {
				for _, kv := range cookiePairs(h.Value) {
					note(kv[0])
				}
			}
		}
	}
	for _, set := range settingsOf(c) {
		if own(set.request) && !set.deletes {
			note(set.place.key)
		}
	}
	for _, call := range c.Calls {
		_, stored := cookieWritten(call)
		if (stored || strings.HasSuffix(call.API, ".setItem")) && sameSite(hostOf(call.Frame), s.host) && slices.ContainsFunc(s.documents, func(d diapason.Request) bool { return d.URL == call.Frame }) {
			note(call.Name)
		}
	}
	return names
}
