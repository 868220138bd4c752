package does

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strings"

	"diapason.dev/diapason"
)

// hidden stands where a value was.
const hidden = "…"

// redactURL is an address that may be shown: the values of its query, and
// parts of its path that look like one, are taken out, and so are names,
// passwords and the fragment.
func redactURL(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	parts := strings.Split(u.EscapedPath(), "/")
	for i, p := range parts {
		if looksLikeValue(p) {
			parts[i] = hidden
		}
	}
	out := u.Scheme + "://" + u.Host + strings.Join(parts, "/")
	var query []string
	for _, kv := range strings.Split(u.RawQuery, "&") {
		switch k, _, ok := strings.Cut(kv, "="); {
		case ok && k != "" && !looksLikeValue(k):
			query = append(query, k+"="+hidden)
		case kv != "":
			query = append(query, hidden)
		}
	}
	if len(query) > 0 {
		out += "?" + strings.Join(query, "&")
	}
	return out
}

// Shown is an address as far as it may be shown, without its query: parts of
// the path that look like a value are replaced by "…". It is empty for what is
// no address on the web.
func Shown(address string) string {
	before, _, _ := strings.Cut(redactURL(address), "?")
	return before
}

// looksLikeValue tells whether a part of a path could name a browser or a
// person, and not a page.
func looksLikeValue(s string) bool {
	digits := 0
	for _, r := range s {
		if r >= '0' && r <= '9' {
			digits++
		}
	}
	return strings.ContainsAny(s, "@%") || len(s) >= 16 && digits >= 3 || digits >= 8
}

// commit stands for a value within one run: equal values get equal
// commitments, and nothing else can be told from one.
func commit(salt []byte, value string) string {
	h := hmac.New(sha256.New, salt)
	h.Write([]byte(value))
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// refTo points at a request of a visit.
func refTo(c *diapason.Capture, r diapason.Request, quote string) diapason.Ref {
	return diapason.Ref{Record: "visit/" + c.ID, At: r.ID, URL: redactURL(r.URL), Quote: quote}
}
