package does

import (
	"slices"
	"time"

	"diapason.dev/diapason"
)

// renewed tells whether a cookie was issued again with its old value while it
// was there: in the second visit of a profile it ends later than in the first,
// by most of the time that lies between the two.
func (r *reading) renewed(p place) bool {
	first, second := r.four[0], r.four[1]
	if p.store != "cookie" || first == nil || second == nil {
		return false
	}
	before, after := jarred(first, p), jarred(second, p)
	gained := after.Expires.Sub(before.Expires)
	return before.Value != "" && before.Value == after.Value && !before.Expires.IsZero() && gained >= time.Second && gained > second.Started.Sub(first.Started)/2
}

// jarred is the cookie of a place at the end of a visit; empty if there is none.
func jarred(c *diapason.Capture, p place) diapason.Cookie {
	i := slices.IndexFunc(c.Cookies, func(k diapason.Cookie) bool { return cookiePlace(k) == p })
	if i < 0 {
		return diapason.Cookie{}
	}
	return c.Cookies[i]
}
