package lab

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
)

// gather puts together what a service's own pages, its phone recording and its
// export state about themselves. The pages are part of the program: one that
// states no truth is a mistake in it.
func gather(s *site, phone recording, guesses []Segment) Truth {
	all := Truth{Clean: phone.truth.Clean && len(guesses) == 0, Nights: phone.truth.Nights, Segments: guesses}
	for _, name := range slices.Sorted(maps.Keys(s.pages)) {
		t, err := s.truth(name)
		if err != nil {
			panic(fmt.Sprintf("lab: page %s: %v", name, err))
		}
		all.add(t)
	}
	return all
}

// truth is what one page states, read from the page as it is served.
func (s *site) truth(name string) (Truth, error) {
	var page bytes.Buffer
	if err := s.pages[name].ExecuteTemplate(&page, "page", map[string]string{}); err != nil {
		return Truth{}, err
	}
	return PageTruth(page.String())
}

// add takes over what one page states, each thing once, and of several
// policies the latest.
func (t *Truth) add(page Truth) {
	t.Clean = t.Clean && page.Clean
	t.Identifiers = once(t.Identifiers, page.Identifiers, func(i Identifier) string { return i.Host + " " + i.Name })
	t.Links = once(t.Links, page.Links, func(l Link) string { return l.Receiver + " " + l.Identifier })
	t.Leaks = once(t.Leaks, page.Leaks, func(l Leak) string { return l.Receiver + " " + l.Field })
	t.Returns = once(t.Returns, page.Returns, func(r Return) string { return r.Parameter })
	t.Features = once(t.Features, page.Features, func(f Feature) string { return f.Receiver + " " + f.Kind })
	t.Decoys = once(t.Decoys, page.Decoys, func(d Decoy) string { return d.Store + " " + d.Name })
	t.Collects, t.Unlinked = t.Collects || page.Collects, t.Unlinked || page.Unlinked
	if page.Permissions != nil {
		t.Permissions = page.Permissions
	}
	if page.Policy != nil && (t.Policy == nil || t.Policy.Dated < page.Policy.Dated) {
		t.Policy = page.Policy
	}
}

// once appends what is not there yet.
func once[T any](have, more []T, key func(T) string) []T {
	for _, m := range more {
		if !slices.ContainsFunc(have, func(h T) bool { return key(h) == key(m) }) {
			have = append(have, m)
		}
	}
	return have
}
