package does

import (
	"cmp"
	"net/http"
	"strings"
	"time"

	"diapason.dev/diapason"
)

// A writing is one cookie that a script set or tried to set.
type writing struct {
	place   place
	script  string // its address
	deletes bool
}

// writingsOf lists the cookies that the scripts of a visit wrote, whether or
// not the browser took them.
func writingsOf(c *diapason.Capture) []writing {
	var all []writing
	for _, k := range c.Calls {
		if k.API != "document.cookie=" && k.API != "cookieStore.set" {
			continue
		}
		w := writing{place: place{"cookie", hostOf(k.Frame), k.Name}, script: k.Script}
		if set, err := http.ParseSetCookie(k.Value); err == nil {
			w.place.host = cmp.Or(strings.TrimPrefix(strings.ToLower(set.Domain), "."), w.place.host)
			w.deletes = set.MaxAge < 0 || !set.Expires.IsZero() && set.Expires.Before(k.At.Add(-time.Second))
		}
		if w.place.host != "" {
			all = append(all, w)
		}
	}
	return all
}

// writings notes what scripts set or tried to set.
func (b book) writings() {
	for _, w := range writingsOf(b.capture) {
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
