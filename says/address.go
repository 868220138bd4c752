package says

import (
	"net/url"
	"strings"
)

// shown is an address as reports may show it: without the values of its query,
// without a name and a password, without the fragment.
func shown(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	out := u.Scheme + "://" + u.Host + u.EscapedPath()
	var query []string
	for _, pair := range strings.Split(u.RawQuery, "&") {
		if k, _, ok := strings.Cut(pair, "="); ok {
			query = append(query, k+"=…")
		}
	}
	if len(query) > 0 {
		out += "?" + strings.Join(query, "&")
	}
	return out
}
