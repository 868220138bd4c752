package browse

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"

	"diapason.dev/diapason"
)

// stored is what the browser keeps for pages, by where and name: what records a
// choice must be a part of it.
type stored map[entry]string

type entry struct{ host, name, path string }

// remember reads the cookies and the storage of all frames.
func (w *walk) remember() stored {
	k := stored{}
	ctx, cancel := context.WithTimeout(w.ctx, jarTime)
	defer cancel()
	for _, c := range w.jar(ctx) {
		k[entry{strings.TrimPrefix(c.Domain, "."), c.Name, c.Path}] = c.Value
	}
	w.mu.Lock()
	missed := w.cut[storageMissed]
	w.mu.Unlock()
	w.readAll(ctx)
	w.mu.Lock()
	defer w.mu.Unlock()
	if missed == 0 {
		delete(w.cut, storageMissed) // it is read again when the page is left
	}
	for origin, list := range w.stores {
		for _, e := range list {
			k[entry{host(origin), e.Key, e.Kind + " " + e.Name}] = e.Value
		}
	}
	return k
}

// listed is what is kept as the record of a visit tells it.
func (k stored) listed() (cookies []diapason.Cookie, stores []diapason.StoreEntry) {
	for e, value := range k {
		if kind, database, ok := strings.Cut(e.path, " "); ok && !strings.HasPrefix(e.path, "/") {
			stores = append(stores, diapason.StoreEntry{Kind: kind, Origin: "https://" + e.host, Name: database, Key: e.name, Value: value})
		} else {
			cookies = append(cookies, diapason.Cookie{Name: e.name, Value: value, Domain: e.host, Path: e.path})
		}
	}
	slices.SortFunc(cookies, func(a, b diapason.Cookie) int {
		return cmp.Or(strings.Compare(a.Domain, b.Domain), strings.Compare(a.Name, b.Name), strings.Compare(a.Path, b.Path))
	})
	slices.SortFunc(stores, func(a, b diapason.StoreEntry) int {
		return cmp.Or(strings.Compare(a.Origin, b.Origin), strings.Compare(a.Kind, b.Kind), strings.Compare(a.Name, b.Name), strings.Compare(a.Key, b.Key))
	})
	return cookies, stores
}

// recordName are words in the names of entries that record a choice.
var recordName = regexp.MustCompile(`(?i)consent|cookie|choice|gdpr|ccpa|euconsent|tcf|privacy|optout|opt_out|opt-out|optin|preferences|banner|cmp|usp`)

// recorded tells whether something that records a choice was written, changed
// or removed: an entry whose name says so, or any entry of the page's own site.
func (c *choosing) recorded(before, after stored) bool {
	own := host(c.banner.URL)
	for e := range union(before, after) {
		was, had := before[e]
		is, has := after[e]
		if had == has && was == is {
			continue
		}
		if recordName.MatchString(e.name) || e.host == own || strings.HasSuffix(own, "."+e.host) || strings.HasSuffix(e.host, "."+own) {
			return true
		}
	}
	return false
}

func union(a, b stored) map[entry]bool {
	all := map[entry]bool{}
	for e := range a {
		all[e] = true
	}
	for e := range b {
		all[e] = true
	}
	return all
}
