package mock

import (
	"net/http"
	"slices"
	"strings"
)

// A call is one request of the interface, with the grant that it rests on.
type call struct {
	*Provider
	*grant
	w http.ResponseWriter
	r *http.Request
}

// api wraps what every call goes through: limits, token, tier. The work is
// done under the provider's lock.
func (p *Provider) api(do func(c *call)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		a := p.access[token]
		if a == nil {
			fail(w, http.StatusUnauthorized, "no token that is known", "")
			return
		}
		note(w, a.grant.client, token, a.grant.scopes)
		switch {
		case !p.options.Now().Before(a.ends):
			fail(w, http.StatusUnauthorized, "the access token expired", "")
		case p.held(w, a.grant.client):
		case !p.serves(a.grant.user):
			fail(w, http.StatusForbidden, "the app is in development and this account is not among its users", "")
		default:
			do(&call{Provider: p, grant: a.grant, w: w, r: r})
		}
	})
}

// fail answers in the form of the interface's errors.
func fail(w http.ResponseWriter, status int, text, reason string) {
	e := map[string]any{"status": status, "message": text}
	if reason != "" {
		e["reason"] = reason
	}
	writeJSON(w, status, map[string]any{"error": e})
}

// needs refuses a call whose grant lacks a scope.
func (c *call) needs(scope string) bool {
	if c.holds(scope) {
		return true
	}
	fail(c.w, http.StatusForbidden, "the grant lacks the scope "+scope, "")
	return false
}

// me tells about the account what the tier and the scopes allow.
func me(c *call) {
	answer := map[string]any{"id": c.user, "display_name": c.user, "images": []string{}, "type": "user", "uri": "spotify:user:" + c.user}
	if c.options.Extended {
		if c.holds("user-read-email") {
			answer["email"] = c.user + "@listeners.example"
		}
		if c.holds("user-read-private") {
			answer["country"], answer["product"] = "SE", "premium"
		}
	}
	writeJSON(c.w, http.StatusOK, answer)
}

// modifyScope is what saving or removing an item of a kind needs, readScope
// what looking for it needs.
var (
	modifyScope = map[string]string{
		"track": "user-library-modify", "album": "user-library-modify", "episode": "user-library-modify",
		"show": "user-library-modify", "audiobook": "user-library-modify",
		"user": "user-follow-modify", "playlist": "playlist-modify-public",
	}
	readScope = map[string]string{
		"track": "user-library-read", "album": "user-library-read", "episode": "user-library-read",
		"show": "user-library-read", "audiobook": "user-library-read",
		"user": "user-follow-read", "artist": "user-follow-read", "playlist": "playlist-read-private",
	}
)

// items reads the items that a library call names. Where one is missing, too
// many, malformed or not covered by the grant, it answers and returns nil.
func (c *call) items(scopes map[string]string) []string {
	uris := strings.Split(c.r.URL.Query().Get("uris"), ",")
	if uris[0] == "" || len(uris) > maxURIs {
		fail(c.w, http.StatusBadRequest, "uris names 1 to 40 items", "")
		return nil
	}
	for _, uri := range uris {
		kind, ok := kindOf(uri)
		if !ok || scopes[kind] == "" {
			fail(c.w, http.StatusBadRequest, "not the URI of an item that a library keeps", "")
			return nil
		}
		if !c.needs(scopes[kind]) {
			return nil
		}
	}
	return uris
}

// kindOf reads "spotify:KIND:ID".
func kindOf(uri string) (string, bool) {
	part := strings.Split(uri, ":")
	if len(part) != 3 || part[0] != "spotify" || part[2] == "" {
		return "", false
	}
	return part[1], true
}

// saveItems adds items to the library; saving one again changes nothing.
func saveItems(c *call) {
	uris := c.items(modifyScope)
	if uris == nil {
		return
	}
	for _, uri := range uris {
		if c.absent[uri] {
			fail(c.w, http.StatusNotFound, "there is no such item", "")
			return
		}
	}
	c.saved[c.user] = with(c.saved[c.user], uris)
	c.w.WriteHeader(http.StatusOK)
}

func removeItems(c *call) {
	if uris := c.items(modifyScope); uris != nil {
		c.saved[c.user] = without(c.saved[c.user], uris)
		c.w.WriteHeader(http.StatusOK)
	}
}

func containsItems(c *call) {
	uris := c.items(readScope)
	if uris == nil {
		return
	}
	found := make([]bool, len(uris))
	for i, uri := range uris {
		found[i] = slices.Contains(c.saved[c.user], uri)
	}
	writeJSON(c.w, http.StatusOK, found)
}

// artists reads whom a following call names. Apps in development have no such
// call any more.
func (c *call) artists() []string {
	q := c.r.URL.Query()
	ids := strings.Split(q.Get("ids"), ",")
	switch {
	case !c.options.Extended:
		fail(c.w, http.StatusForbidden, "an app in development cannot call this", "")
	case q.Get("type") != "artist" && q.Get("type") != "user", ids[0] == "", len(ids) > 50:
		fail(c.w, http.StatusBadRequest, "type is artist or user, ids names 1 to 50 of them", "")
	case c.needs("user-follow-modify"):
		return ids
	}
	return nil
}

func followArtists(c *call) {
	if ids := c.artists(); ids != nil {
		c.follows[c.user] = with(c.follows[c.user], ids)
		c.w.WriteHeader(http.StatusNoContent)
	}
}

func unfollowArtists(c *call) {
	if ids := c.artists(); ids != nil {
		c.follows[c.user] = without(c.follows[c.user], ids)
		c.w.WriteHeader(http.StatusNoContent)
	}
}

func with(list, more []string) []string {
	for _, one := range more {
		if !slices.Contains(list, one) {
			list = append(list, one)
		}
	}
	return list
}

func without(list, gone []string) []string {
	return slices.DeleteFunc(list, func(one string) bool { return slices.Contains(gone, one) })
}
