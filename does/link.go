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

// A mailbox is what one receiver got in the visits of a profile.
type mailbox struct {
	party    diapason.Party
	receipts []receipt
	// reached is, by site, a first request that the receiver was sent there
	// under a name of its own.
	reached map[string]receipt
}

// received lists what each receiver got in the visits of one profile, by the
// receiver's id. Only requests that let the receiver know the site count.
func (r *reading) received(profile string) map[string]*mailbox {
	all := map[string]*mailbox{}
	for _, c := range r.record.links[profile] {
		for _, q := range sent(c) {
			site := entity.RegistrableDomain(hostOf(cmp.Or(q.Page, c.Site)))
			if !tellsSite(q, site) {
				continue
			}
			party := r.receiver(hostOf(q.URL))
			box := all[party.ID]
			if box == nil {
				box = &mailbox{party: party, reached: map[string]receipt{}}
				all[party.ID] = box
			}
			if _, known := box.reached[site]; !known && party == r.party(hostOf(q.URL)) {
				box.reached[site] = receipt{site: site, capture: c, request: q}
			}
			for _, x := range carried(q) {
				if x.place.store == "cookie" {
					x.place = home(c, x.place.host, x.place.key)
				}
				for _, l := range leaves(x.value) {
					box.receipts = append(box.receipts, receipt{x.place, l.path, l.value, site, c, q})
				}
			}
		}
	}
	return all
}

// receiver is who answers for a host: the company, or where nobody knows it
// the domain to which the host's name leads.
func (r *reading) receiver(host string) diapason.Party {
	party, chain := r.party(host), r.aliases[host]
	if len(chain) == 0 || party.Relation == diapason.CloakedParty || party.Relation == diapason.ThirdParty && party.ID != entity.RegistrableDomain(host) {
		return party
	}
	last := chain[len(chain)-1]
	end := r.Entities.Party(last, nil, r.Service)
	if end.Relation == diapason.FirstParty || sameSite(host, last) || r.Entities.Carries(end) {
		return party
	}
	if party.Relation == diapason.FirstParty {
		end.Relation = diapason.CloakedParty
	}
	return end
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

// The levels of a link, the strongest first.
const (
	levelSame   = "L3"
	levelHashed = "L2"
	levelApart  = "L1"
	levelReach  = "L0"
)

// links tells which receivers could join the visits of one browser to several
// sites, and by what: one value on all of them that another profile does not
// have (L3), a hash of it (L2), a value of its own for each site, which only
// the receiver can join (L1), or nothing but that it is reached on all of them
// and sees the network address (L0). Of each receiver only the strongest is
// told.
//
// Profile P visits the sites in one order and Q in the other, with a new
// browser process for each, so that neither the order nor the memory of a
// running browser can be what links them. M visits all of them in one process:
// what links them there and not in P was kept in memory only, and is gone when
// the browser quits. Not visited are the receivers' own sites between the two,
// and the ways along links, whose addresses tell by themselves what they carry.
func (r *reading) links() []Link {
	p, q, m := r.received("P"), r.received("Q"), r.received("M")
	ids := slices.Collect(maps.Keys(p))
	for id := range m {
		if p[id] == nil {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	var all []Link
	for _, id := range ids {
		one, other, session := orEmpty(p[id]), orEmpty(q[id]), orEmpty(m[id])
		found := strongest(candidates(one.receipts, other.receipts))
		if len(found) == 0 {
			found = strongest(candidates(session.receipts, slices.Concat(one.receipts, other.receipts)))
			for i := range found {
				found[i].MemoryOnly = true
			}
			if l, ok := r.apart(one.receipts, other.receipts); ok {
				found = append(found, l)
			}
		}
		who := cmp.Or(p[id], m[id]).party
		if len(found) == 0 && who.Relation != diapason.FirstParty && !r.Entities.Carries(who) {
			if l, ok := reachedBy(one, other); ok {
				found = append(found, l)
			}
		}
		for _, l := range found {
			l.Receiver = who
			all = append(all, l)
		}
	}
	return all
}

func orEmpty(b *mailbox) mailbox {
	if b == nil {
		return mailbox{}
	}
	return *b
}

// strongest keeps one link of each level and set of sites: that with the
// highest score, and of equal ones the one whose name says most.
func strongest(all []Link) []Link {
	best := map[string]Link{}
	for _, l := range all {
		k := l.Level + strings.Join(l.Sites, " ")
		if old, ok := best[k]; !ok || l.Score > old.Score || l.Score == old.Score && storeRank(l.Identifier) < storeRank(old.Identifier) {
			best[k] = l
		}
	}
	var out []Link
	for _, k := range slices.Sorted(maps.Keys(best)) {
		out = append(out, best[k])
	}
	return out
}

// joins tells whether a link lasts and joins sites by a value that was seen on
// all of them.
func (l Link) joins() bool {
	return (l.Level == levelSame || l.Level == levelHashed) && !l.MemoryOnly
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
		if done[x.value] || inQ[x.value] || len(x.value) < shortest-2 || isTime(x.value, x.capture.Started) {
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
	return linkOf(levelSame, same)
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
	return linkOf(levelHashed, same)
}

// apart is level 1: a place that holds a value which stays in a profile and
// differs between profiles, and another such value under each site.
func (r *reading) apart(p, q []receipt) (Link, bool) {
	home := ""
	if r.four[0] != nil {
		home = entity.RegistrableDomain(hostOf(r.four[0].Site))
	}
	var best Link
	for _, x := range p {
		v := r.verdicts[x.place]
		if x.site != home || v.path != x.path || v.class != classIdentifier && v.class != classWeak {
			continue
		}
		for _, y := range p {
			if y.site == x.site || y.place != x.place || y.path != x.path || y.value == x.value || isTime(y.value, y.capture.Started) {
				continue
			}
			score := min(bitsBetween(x, q), bitsBetween(y, q), bits(x.value, y.value))
			l, ok := linkOf(levelApart, []receipt{x, y})
			if ok && score >= weakly && score > best.Score {
				l.Score = score
				best = l
			}
		}
	}
	return best, best.Level != ""
}

// bitsBetween is by how much a value differs from what the other profile had
// in the same place under the same site; 0 if that is not known.
func bitsBetween(x receipt, q []receipt) float64 {
	var all []float64
	for _, y := range q {
		if y.place == x.place && y.path == x.path && y.site == x.site {
			all = append(all, bits(x.value, y.value))
		}
	}
	if len(all) == 0 {
		return 0
	}
	return slices.Min(all)
}

// reachedBy is level 0: both profiles reached the receiver on several sites,
// and nothing was seen that tells one browser from another.
func reachedBy(p, q mailbox) (Link, bool) {
	var same []receipt
	for _, site := range slices.Sorted(maps.Keys(p.reached)) {
		if _, ok := q.reached[site]; ok {
			same = append(same, p.reached[site])
		}
	}
	if len(same) < 2 {
		return Link{}, false
	}
	l := Link{Level: levelReach}
	for _, y := range same {
		l.Sites = append(l.Sites, y.site)
		l.Evidence = append(l.Evidence, refTo(y.capture, y.request, ""))
	}
	return l, true
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
