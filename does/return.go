package does

import (
	"net/url"
	"slices"
	"strings"

	"diapason.dev/diapason"
)

// tokenParams carry a key to somebody's account in the address of the page that
// a permission request returns to: tokens in themselves (RFC 6749, section
// 4.2.2; OpenID Connect Core, section 3.2.2.5), a code only beside the state of
// the request, as other things are called code too (RFC 6749, section 4.1.2).
var tokenParams = []string{"access_token", "id_token", "refresh_token"}

const (
	codeParam  = "code"
	stateParam = "state"

	shortestKey = 8 // characters: shorter ones are words, and found by chance
)

// returns tells of each page to which a permission request returned with a key
// in its address whether scripts of other companies ran there, which may read
// the address, and whom the key was sent to. RFC 9700, section 4.2.4, asks for
// pages of that kind to load nothing from others.
func (r *reading) returns() []Return {
	var all []Return
	for _, c := range r.all {
		if !r.ours(c) {
			continue
		}
		for _, page := range keyed(c) {
			for _, k := range keysIn(page.URL) {
				all = append(all, r.became(c, page, k))
			}
		}
	}
	return all
}

// keyed are the documents of a visit whose address holds a key, each once.
func keyed(c *diapason.Capture) []diapason.Request {
	var all []diapason.Request
	for _, q := range sent(c) {
		top := q.Cause != "" || q.Type == "document" && (q.Page == "" || q.Page == q.URL)
		if top && len(keysIn(q.URL)) > 0 && !slices.ContainsFunc(all, func(x diapason.Request) bool { return x.URL == q.URL }) {
			all = append(all, q)
		}
	}
	return all
}

// keysIn lists the keys in an address, as name and value.
func keysIn(address string) [][2]string {
	u, err := url.Parse(address)
	if err != nil {
		return nil
	}
	given := append(pairs(u.RawQuery), pairs(u.EscapedFragment())...)
	stated := slices.ContainsFunc(given, func(kv [2]string) bool { return kv[0] == stateParam })
	return slices.DeleteFunc(given, func(kv [2]string) bool {
		return len(kv[1]) < shortestKey || !slices.Contains(tokenParams, kv[0]) && (kv[0] != codeParam || !stated)
	})
}

// became is what became of one key on one page.
func (r *reading) became(c *diapason.Capture, page diapason.Request, k [2]string) Return {
	back := Return{App: hostOf(page.URL), Parameter: k[0], Phase: c.Phase, Run: c.Run, Visit: c.ID}
	back.Evidence = []diapason.Ref{refTo(c, page, "its address holds "+k[0])}
	ran, got := map[string]diapason.Party{}, map[string]diapason.Party{}
	note := func(to map[string]diapason.Party, q diapason.Request, quote string) {
		p := r.party(hostOf(q.URL))
		if _, known := to[p.ID]; p.Relation != diapason.FirstParty && !known {
			to[p.ID] = p
			back.Evidence = append(back.Evidence, refTo(c, q, quote))
		}
	}
	forms := r.formsOf(k[1])
	for _, l := range r.looks(c) {
		q := l.request
		if q.Type == "script" && sameDocument(q.Page, page.URL) && (q.Frame == "" || sameDocument(q.Frame, page.URL)) {
			note(ran, q, "its script runs on that page")
		}
		if _, _, ok := forms.find(l.layers); ok && !q.At.Before(page.At) {
			note(got, q, k[0]+" of that page's address, in the "+whereOf(l.where))
		}
	}
	back.Scripts, back.Receivers = partiesOf(ran), partiesOf(got)
	return back
}

// sameDocument compares addresses of documents without their fragments.
func sameDocument(a, b string) bool {
	a, _, _ = strings.Cut(a, "#")
	b, _, _ = strings.Cut(b, "#")
	return a == b
}
