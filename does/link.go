package does

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"diapason.dev/diapason"
	"diapason.dev/diapason/entity"
)

// A receipt is a value that one receiver got under one site.
type receipt struct {
	place   place
	path    string
	value   string
	site    string
	capture *diapason.Capture
	request diapason.Request
}

// receipts lists what each receiver got in the visits of one profile, by the
// receiver's id. Only requests that let the receiver know the site count.
func (r *reading) receipts(visits []*diapason.Capture) (map[string][]receipt, map[string]diapason.Party) {
	got, who := map[string][]receipt{}, map[string]diapason.Party{}
	for _, c := range visits {
		site := entity.RegistrableDomain(hostOf(c.Site))
		for _, q := range sent(c) {
			if !tellsSite(q, site) {
				continue
			}
			party := r.party(hostOf(q.URL))
			who[party.ID] = party
			for _, x := range carried(q) {
				if x.place.store == "cookie" {
					x.place = home(c, x.place.host, x.place.key)
				}
				for _, l := range leaves(x.value) {
					got[party.ID] = append(got[party.ID], receipt{x.place, l.path, l.value, site, c, q})
				}
			}
		}
	}
	return got, who
}

// tellsSite tells whether a request lets its receiver know on which site it
// was made.
func tellsSite(q diapason.Request, site string) bool {
	if sameSite(hostOf(q.URL), site) || strings.Contains(unescape(q.URL), site) {
		return true
	}
	return slices.ContainsFunc(q.Headers, func(h diapason.Header) bool {
		name := strings.ToLower(h.Name)
		return (name == "referer" || name == "origin") && sameSite(hostOf(h.Value), site)
	})
}

// links tells which receivers got one value on several sites in one profile,
// and another value in another profile. The profiles visit the sites in
// opposite order with a new browser process each time, so that neither the
// order nor the memory of a running browser can be what links them.
func (r *reading) links() []Link {
	p, who := r.receipts(r.record.links["P"])
	q, _ := r.receipts(r.record.links["Q"])
	var all []Link
	for _, id := range slices.Sorted(maps.Keys(p)) {
		best := map[string]Link{}
		for _, l := range candidates(p[id], q[id]) {
			l.Receiver = who[id]
			k := l.Level + strings.Join(l.Sites, " ")
			if old, ok := best[k]; !ok || l.Score > old.Score || l.Score == old.Score && storeRank(l.Identifier) < storeRank(old.Identifier) {
				best[k] = l
			}
		}
		for _, k := range slices.Sorted(maps.Keys(best)) {
			all = append(all, best[k])
		}
	}
	return all
}

func storeRank(name string) int {
	store, _, _ := strings.Cut(name, " ")
	return slices.Index(storeOrder, store)
}

// candidates compares what one receiver got in profile P with what it got in Q.
func candidates(p, q []receipt) []Link {
	inQ := map[string]bool{}
	for _, x := range q {
		inQ[x.value] = true
	}
	var all []Link
	done := map[string]bool{}
	for _, x := range p {
		if done[x.value] || inQ[x.value] || len(x.value) < shortest-2 {
			continue
		}
		done[x.value] = true
		other, ok := counterpart(x, q)
		if !ok {
			continue
		}
		score := bits(x.value, other)
		if score < weakly {
			continue
		}
		if l, ok := sameOnSites(x, p); ok {
			l.Score = score
			all = append(all, l)
		} else if l, ok := hashedOnSites(x, p, inQ); ok {
			l.Score = score
			all = append(all, l)
		}
	}
	slices.SortStableFunc(all, func(a, b Link) int {
		return cmp.Or(strings.Compare(a.Level, b.Level), strings.Compare(a.Identifier, b.Identifier))
	})
	return all
}

// counterpart is what the other profile had in the same place.
func counterpart(x receipt, q []receipt) (string, bool) {
	for _, y := range q {
		if y.place == x.place && y.path == x.path && y.value != x.value {
			return y.value, true
		}
	}
	return "", false
}

// sameOnSites is level 3: the very same value under several sites.
func sameOnSites(x receipt, p []receipt) (Link, bool) {
	var same []receipt
	for _, y := range p {
		if y.value == x.value {
			same = append(same, y)
		}
	}
	return linkOf("L3", same)
}

// hashedOnSites is level 2: under another site the receiver got a hash of it.
func hashedOnSites(x receipt, p []receipt, inQ map[string]bool) (Link, bool) {
	forms := formsOf(x.value)
	same := []receipt{x}
	for _, y := range p {
		if _, hash := forms.exact[y.value]; hash && y.site != x.site && !inQ[y.value] {
			same = append(same, y)
		}
	}
	return linkOf("L2", same)
}

// linkOf makes a link of receipts if they were made under two sites or more.
// It bears the name of the place where a person would look first.
func linkOf(level string, same []receipt) (Link, bool) {
	bySite := map[string]receipt{}
	first := same[0].place
	for _, y := range same {
		if old, ok := bySite[y.site]; !ok || y.place.compare(old.place) < 0 {
			bySite[y.site] = y
		}
		if y.place.compare(first) < 0 {
			first = y.place
		}
	}
	if len(bySite) < 2 {
		return Link{}, false
	}
	l := Link{Level: level, Identifier: first.String(), Sites: slices.Sorted(maps.Keys(bySite))}
	for _, s := range l.Sites {
		y := bySite[s]
		l.Evidence = append(l.Evidence, refTo(y.capture, y.request, y.place.store+" "+y.place.key+"="+hidden))
	}
	return l, true
}
