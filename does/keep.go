package does

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/entity"
)

// endless is the lifetime of what stays until somebody deletes it.
const endless = -1.0

// A setting is one Set-Cookie line of an answer.
type setting struct {
	place    place
	request  diapason.Request
	value    string
	lifetime float64 // days; 0 for the session
	deletes  bool
}

// settingsOf lists the cookies that answers of a visit set.
func settingsOf(c *diapason.Capture) []setting {
	var all []setting
	for _, q := range sent(c) {
		for _, h := range q.ResponseHeaders {
			if !strings.EqualFold(h.Name, "set-cookie") {
				continue
			}
			for _, line := range strings.Split(h.Value, "\n") { // the browser joins several lines
				k, ok := readSetCookie(line)
				if !ok {
					continue
				}
				s := setting{place: place{"cookie", cmp.Or(k.domain, hostOf(q.URL)), k.name}, request: q, value: k.value}
				keep, deletes := k.lifetime(q.At)
				s.lifetime, s.deletes = days(keep), deletes
				all = append(all, s)
			}
		}
	}
	return all
}

// days is a time in days, rounded so that the seconds between two visits do
// not show: to a tenth, or to a hundredth below two days.
func days(d time.Duration) float64 {
	x := d.Hours() / 24
	if x < 2 {
		return math.Round(x*100) / 100
	}
	return math.Round(x*10) / 10
}

// lifetime is how long the browser keeps what lies in a place, as seen in the
// four visits; 0 for the session, -1 without end.
func (r *reading) lifetime(p place) float64 {
	longest := 0.0
	for _, c := range r.four {
		if c != nil {
			longest = longer(longest, lifetimeIn(c, p))
		}
	}
	return longest
}

func longer(a, b float64) float64 {
	if a == endless || b == endless {
		return endless
	}
	return max(a, b)
}

// lifetimeIn is what the browser granted in one visit, or for what it refused
// or has dropped again, what was asked for.
func lifetimeIn(c *diapason.Capture, p place) float64 {
	switch p.store {
	case "cookie":
		longest := 0.0
		held := false
		for _, k := range c.Cookies {
			if cookiePlace(k) == p {
				held = true
				if !k.Expires.IsZero() {
					longest = max(longest, days(k.Expires.Sub(c.Ended)))
				}
			}
		}
		if held {
			return longest
		}
		for _, s := range settingsOf(c) {
			if s.place == p || c.Source == "har" && siteWide(s.place) == p {
				longest = max(longest, s.lifetime)
			}
		}
		return longest
	case "localStorage", "indexedDB", "cacheStorage", "serviceWorker", "file", "bucket", "etag", "last-modified", "dictionary", "body":
		return endless
	}
	return 0
}

// A use is what one visit did with one place.
type use struct {
	place     place
	capture   *diapason.Capture
	attempted bool
	stored    bool
	set       *diapason.Request // the answer that set it, if one did
	wrote     bool              // set in this visit, by an answer or a script
	read      []diapason.Request
	lifetime  float64
	setter    string
}

// A book gathers what one visit did, by place.
type book struct {
	capture *diapason.Capture
	before  map[place][]string // what the profile held when the visit began
	uses    map[place]*use
}

func (b book) at(p place) *use {
	if b.uses[p] == nil {
		b.uses[p] = &use{place: p, capture: b.capture, lifetime: lifetimeIn(b.capture, p)}
	}
	return b.uses[p]
}

// usesOf lists what a visit did with cookies and web storage.
func usesOf(c *diapason.Capture, before map[place][]string) []*use {
	b := book{c, before, map[place]*use{}}
	b.attempts()
	b.writings()
	for _, k := range c.Cookies {
		setter := ""
		if strings.Contains(k.Setter, "://") {
			setter = redactURL(k.Setter[strings.LastIndex(k.Setter, " ")+1:])
		}
		b.held(cookiePlace(k), k.Value, setter)
	}
	scripts := storeWriters(c)
	for _, s := range c.Stores {
		b.held(storePlace(s), s.Value, scripts[storePlace(s)])
	}
	b.reads()
	b.withdrawn()
	return slices.SortedFunc(maps.Values(b.uses), func(x, y *use) int { return x.place.compare(y.place) })
}

// attempts notes what answers set or tried to set.
func (b book) attempts() {
	for _, s := range settingsOf(b.capture) {
		if s.deletes {
			continue
		}
		u := b.at(s.place)
		u.attempted = true
		if u.set == nil {
			u.set = &s.request
		}
	}
	for _, x := range b.capture.Blocked {
		if x.Kind == "cookie-set" {
			b.at(place{"cookie", hostOf(x.URL), x.Name}).attempted = true
		}
	}
}

// held notes what lay in the profile at the end.
func (b book) held(p place, value, setter string) {
	u := b.at(p)
	u.stored, u.attempted, u.setter = true, true, cmp.Or(setter, u.setter)
	u.wrote = u.set != nil || !slices.Contains(b.before[p], value)
}

// reads notes which cookies were sent.
func (b book) reads() {
	for _, q := range sent(b.capture) {
		if b.capture.GPC && !signals(q) {
			continue // this receiver was not told
		}
		for _, h := range q.Headers {
			if !strings.EqualFold(h.Name, "cookie") {
				continue
			}
			for _, kv := range cookiePairs(h.Value) {
				u := b.at(home(b.capture, hostOf(q.URL), kv[0]))
				u.read = append(u.read, q)
			}
		}
	}
}

// withdrawn forgets that entries were sent which lay there before a refusal or
// a withdrawal and are gone after it: a server can delete its cookie only once
// the browser has sent it.
func (b book) withdrawn() {
	if choice := choiceOf(b.capture.Phase); choice == "" || choice == "accept" {
		return
	}
	for p, u := range b.uses {
		if _, lay := b.before[p]; lay && !u.stored {
			u.read = nil
		}
	}
}

// home is the place of a cookie that was sent to a host: the jar knows the
// domain that it belongs to.
func home(c *diapason.Capture, host, name string) place {
	fits := func(p place) bool { return p.key == name && (p.host == host || strings.HasSuffix(host, "."+p.host)) }
	for _, k := range c.Cookies {
		if p := cookiePlace(k); fits(p) {
			return p
		}
	}
	for _, s := range settingsOf(c) {
		if fits(s.place) {
			return s.place
		}
	}
	return place{"cookie", host, name}
}

// heldBefore is what a profile held when a visit began: nothing, or what its
// first visit left. A visit that chooses begins with its choice.
func (r *reading) heldBefore(c *diapason.Capture) map[place][]string {
	if c == r.four[1] && r.four[0] != nil {
		return entriesOf(r.four[0], nil)
	}
	if whole := r.whole[c]; choiceOf(c.Phase) != "" && whole != nil {
		return stood(whole)
	}
	return nil
}

// dailyUses lists the uses of all everyday visits.
func (r *reading) dailyUses() []*use {
	var all []*use
	for _, c := range r.daily() {
		all = append(all, usesOf(c, r.heldBefore(c))...)
	}
	return all
}

// cookies tells of every stored or attempted entry, one for each phase.
func (r *reading) cookies() []Cookie {
	type key struct {
		place place
		phase diapason.Phase
	}
	all := map[key]*Cookie{}
	for _, u := range r.dailyUses() {
		k := key{u.place, u.capture.Phase}
		f := all[k]
		if f == nil {
			n := r.needOf(u)
			f = &Cookie{
				Name: u.place.key, Store: u.place.store, Host: u.place.host, Phase: u.capture.Phase, Recipient: r.party(u.place.host),
				NX: n.nx, Class: r.classOf(u),
			}
			if w, ok := r.writers[u.place]; ok {
				f.Writer = &w
			}
			all[k] = f
		}
		f.Attempted, f.Stored, f.Sent = f.Attempted || u.attempted, f.Stored || u.stored, f.Sent || len(u.read) > 0
		f.Lifetime = longer(f.Lifetime, u.lifetime)
		f.Setter = cmp.Or(f.Setter, u.setter)
		f.Evidence = append(f.Evidence, u.evidence())
	}
	keys := slices.SortedFunc(maps.Keys(all), func(a, b key) int {
		return cmp.Or(a.place.compare(b.place), strings.Compare(string(a.phase), string(b.phase)))
	})
	var out []Cookie
	for _, k := range keys {
		out = append(out, *all[k])
	}
	return out
}

// evidence points at the answer that set the entry, or the first request that
// sent it, or the visit.
func (u *use) evidence() diapason.Ref {
	switch {
	case u.set != nil:
		return refTo(u.capture, *u.set, "Set-Cookie: "+u.place.key+"="+hidden)
	case len(u.read) > 0:
		return refTo(u.capture, u.read[0], "Cookie: "+u.place.key+"="+hidden)
	}
	return diapason.Ref{Record: "visit/" + u.capture.ID, URL: redactURL(u.capture.Site), Quote: u.place.store + " " + u.place.key}
}

// classOf is the class of what lies in a place, unclear where the visits that
// are compared did not see it.
func (r *reading) classOf(u *use) string {
	return cmp.Or(r.verdict(r.stage(u.capture.Phase), u.place).class, classUnclear)
}

// sameSite tells whether two hosts belong to one registrable domain.
func sameSite(a, b string) bool { return entity.RegistrableDomain(a) == entity.RegistrableDomain(b) }
