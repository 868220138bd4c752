package har

import (
	"maps"
	"slices"
	"strings"

	"diapason.dev/diapason"
)

// shortestKnown is from how many characters on a secret is looked for where
// nothing tells that one stands there: shorter ones turn up by chance.
const shortestKnown = 8

// know remembers a value that was taken out, if it cannot be a word: what one
// place shows to be a secret, a script or page may hold without a name to it.
func (x *redactor) know(v, commitment string) {
	if len(v) < shortestKnown || x.known == nil {
		return
	}
	digits := len(digitsOf(v))
	if random(v) || digits > 0 && (digits < len(v) || digits >= 10) && drawn.MatchString(v) {
		x.known[v] = commitment
	}
}

// knownEverywhere takes the known values out of all texts of a capture that was
// redacted, so that they stay equal there too.
func (x *redactor) knownEverywhere(c *diapason.Capture) {
	if len(x.known) == 0 {
		return
	}
	var pairs []string
	// Of two that begin alike the longer one goes first.
	for _, v := range slices.Backward(slices.Sorted(maps.Keys(x.known))) {
		pairs = append(pairs, v, x.known[v])
	}
	r := strings.NewReplacer(pairs...)
	text := func(s *string) {
		*s = x.outside(*s, func(part string) string {
			out := r.Replace(part)
			if out != part {
				x.counts[identifierKind] += strings.Count(out, committed) - strings.Count(part, committed)
			}
			return out
		})
	}
	body := func(b *diapason.Body) {
		before := b.Text
		if text(&b.Text); b.Text != before {
			b.SHA256 = ""
		}
	}
	for i := range c.Requests {
		q := &c.Requests[i]
		for _, s := range []*string{&q.URL, &q.Page, &q.Frame, &q.Initiator} {
			behindHost(s, text)
		}
		for _, hs := range [][]diapason.Header{q.Headers, q.ResponseHeaders} {
			for i := range hs {
				behindHost(&hs[i].Value, text)
			}
		}
		body(&q.Body)
		body(&q.ResponseBody)
		for i := range q.Messages {
			text(&q.Messages[i])
		}
	}
	for i := range c.Stores {
		text(&c.Stores[i].Key)
	}
	for i := range c.Pages {
		text(&c.Pages[i].HTML)
		text(&c.Pages[i].Title)
	}
	for i := range c.Calls {
		text(&c.Calls[i].Value)
	}
	for i := range c.Dialogs {
		text(&c.Dialogs[i])
	}
}

// behindHost works on an address behind its host, which must stay what it is,
// and on any other text as a whole.
func behindHost(s *string, work func(*string)) {
	scheme, rest, ok := strings.Cut(*s, "://")
	if !ok {
		work(s)
		return
	}
	host, path, slash := strings.Cut(rest, "/")
	if slash {
		work(&path)
		*s = scheme + "://" + host + "/" + path
	}
}
