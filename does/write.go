package does

import (
	"cmp"
	"slices"
	"strings"

	"diapason.dev/diapason"
)

// An attempt is one cookie that a script set or tried to set.
type attempt struct {
	place   place
	script  string // its address
	deletes bool
}

// scriptedOf lists the cookies that the scripts of a visit wrote, whether or
// not the browser took them.
func scriptedOf(c *diapason.Capture) []attempt {
	var all []attempt
	for _, k := range c.Calls {
		if !slices.Contains(cookieWrites, k.API) {
			continue
		}
		w := attempt{place: place{"cookie", hostOf(k.Frame), k.Name}, script: k.Script}
		if set, ok := readSetCookie(k.Value); ok {
			w.place.host = cmp.Or(set.domain, w.place.host)
			_, w.deletes = set.lifetime(k.At)
		}
		if w.place.host != "" {
			all = append(all, w)
		}
	}
	return all
}

// writings notes what scripts set or tried to set.
func (b book) writings() {
	for _, w := range scriptedOf(b.capture) {
		if w.deletes {
			continue
		}
		u := b.at(w.place)
		u.attempted = true
		if u.set == nil {
			u.setter = cmp.Or(u.setter, redactURL(w.script))
		}
	}
}

// storeWriters tells which script first wrote an entry of web storage by a
// call. What is written like a property of the storage is not seen.
func storeWriters(c *diapason.Capture) map[place]string {
	all := map[place]string{}
	for _, k := range c.Calls {
		kind, method, _ := strings.Cut(k.API, ".")
		p := place{kind, hostOf(k.Frame), k.Name}
		if method == "setItem" && all[p] == "" {
			all[p] = redactURL(k.Script)
		}
	}
	return all
}
