package usage

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"diapason.dev/diapason/asks"
	"diapason.dev/diapason/vocab"
)

// judge holds every client against what it declared and against its peers.
func (w *watcher) judge(zone *time.Location) *Watched {
	out := &Watched{
		Log: w.log.Name, Provider: w.api.Provider(), Format: w.format, Zone: zone.String(), Ledger: w.ledger, Error: distinctError,
		Window: asks.Window{Gaps: []string{}}, Clients: []WatchedClient{},
	}
	if w.seen.dated {
		out.Window.From, out.Window.To = time.Unix(0, w.seen.first).UTC(), time.Unix(0, w.seen.last).UTC()
	}
	if w.ledger.Skipped > 0 {
		out.Window.Gaps = append(out.Window.Gaps, count(w.ledger.Skipped, "line")+" not counted: "+reasonsOf(w.ledger.Reasons))
	}
	medians, spikes := map[string]float64{}, map[string][]hour{}
	shared := map[int64]int{}
	active := 0
	for id, k := range w.clients {
		if len(k.hours) == 0 {
			continue
		}
		active++
		medians[id] = middle(k.subjects())
		spikes[id] = k.spikes()
		for _, h := range spikes[id] {
			shared[h.at]++
		}
	}
	for _, id := range sortedNames(w.clients) {
		k := w.clients[id]
		if len(k.hours) == 0 {
			continue // declared, and never called
		}
		c := k.told(w.api)
		c.Signs = append(c.Signs, k.outside(w.api)...)
		c.Signs = append(c.Signs, k.overDeclared()...)
		peers, who := w.peers(k, medians)
		if c.Peers = len(peers); c.Peers > 0 {
			c.Signs = append(c.Signs, k.bulk(medians[id], peers, who)...)
		}
		own := slices.DeleteFunc(spikes[id], func(h hour) bool {
			return float64(shared[h.at]-1) >= sharedSpike*float64(active-1)
		})
		c.Signs = append(c.Signs, k.spiked(own, zone)...)
		out.Clients = append(out.Clients, c)
	}
	out.Text = out.tellClients()
	return out
}

func (k *watched) subjects() []float64 {
	var all []float64
	for _, h := range k.hours {
		all = append(all, float64(h.subjects))
	}
	return all
}

// told is the client without signs.
func (k *watched) told(api *asks.API) WatchedClient {
	c := WatchedClient{ID: k.id, Declared: []string{}, Requests: k.requests, Hours: len(k.hours), Median: middle(k.subjects()), Signs: []Sign{}, Reads: []Reads{}}
	if k.declared != nil {
		c.Declared = k.declared.For
	}
	c.Subjects, c.Exact = k.all.count()
	busiest := slices.MaxFunc(k.hours, func(a, b hour) int {
		return cmp.Or(cmp.Compare(a.subjects, b.subjects), cmp.Compare(a.requests, b.requests), cmp.Compare(b.at, a.at))
	})
	c.Busiest = Hour{At: hourTime(busiest.at), Requests: busiest.requests, Subjects: busiest.subjects}
	reads := map[string]*Reads{}
	for cell, t := range k.cells {
		sets, known := api.Takes(cell)
		if t.n == 0 || !known {
			continue
		}
		for _, d := range api.Opens(sets[0]) {
			if d.Write {
				continue
			}
			what := inWords(d)
			r := reads[what]
			if r == nil {
				r = &Reads{What: what, Data: d.Vocab}
				reads[what] = r
			}
			r.Calls += t.n
			r.Within = r.Within || k.within != nil && k.within[cell]
		}
	}
	for _, what := range sortedNames(reads) {
		c.Reads = append(c.Reads, *reads[what])
	}
	slices.SortStableFunc(c.Reads, func(a, b Reads) int { return b.Calls - a.Calls })
	return c
}

// inWords names a thing for those who run the interface: in the vocabulary's
// words, since the catalogue's speak to the person whose data it is.
func inWords(d asks.Datum) string {
	if d.Vocab != "" {
		return vocab.Default().Label(d.Vocab)
	}
	return d.Label
}

func hourTime(at int64) time.Time { return time.Unix(at*3600, 0).UTC() }

// outside tells of calls that none of the client's purposes needs.
func (k *watched) outside(api *asks.API) []Sign {
	if k.within == nil {
		return nil
	}
	var all tally
	what := map[string]bool{}
	for cell, t := range k.cells {
		if t.n == 0 || k.within[cell] {
			continue
		}
		all.merge(t)
		sets, known := api.Takes(cell)
		if !known {
			continue
		}
		for _, d := range api.Opens(sets[0]) {
			what[inWords(d)] = true
		}
	}
	if all.n == 0 {
		return nil
	}
	things := "things that the catalogue does not list"
	if len(what) > 0 {
		things = strings.Join(sortedNames(what), ", ")
	}
	t := all.told("")
	return []Sign{{
		Kind: OutsidePurpose, Count: t.Count, First: t.First, Last: t.Last,
		Sentence: fmt.Sprintf("made %s that its purpose does not need, for: %s", count(t.Count, "call"), things),
		Basis:    "it declared " + strings.Join(k.declared.For, ", "),
	}}
}

// overDeclared tells of hours above what the client said it needs.
func (k *watched) overDeclared() []Sign {
	if k.declared == nil {
		return nil
	}
	var signs []Sign
	for _, of := range []struct {
		most  int
		what  string
		value func(hour) int
	}{
		{k.declared.Most.Subjects, "people", func(h hour) int { return h.subjects }},
		{k.declared.Most.Requests, "requests", func(h hour) int { return h.requests }},
	} {
		var over []hour
		top := 0
		for _, h := range k.hours {
			if v := of.value(h); of.most > 0 && surely(v, h.exact || of.what == "requests") > float64(of.most) {
				over, top = append(over, h), max(top, v)
			}
		}
		if len(over) == 0 {
			continue
		}
		signs = append(signs, Sign{
			Kind: OverDeclared, Count: len(over), Value: float64(top), Bound: float64(of.most), First: hourTime(over[0].at), Last: hourTime(over[len(over)-1].at),
			Sentence: fmt.Sprintf("went up to %d %s in an hour, in %s", top, of.what, count(len(over), "hour")),
			Basis:    fmt.Sprintf("it said it needs %d at most", of.most),
		})
	}
	return signs
}

// surely lowers a count that is not exact by three standard errors.
func surely(n int, exact bool) float64 {
	if exact {
		return float64(n)
	}
	return float64(n) * (1 - 3*distinctError)
}

// peers are the usual hours of the clients that a client is compared with:
// those with the same purposes where they are enough, else all others.
func (w *watcher) peers(k *watched, medians map[string]float64) (values []float64, who string) {
	var same, all []float64
	for _, id := range sortedNames(medians) {
		if id == k.id {
			continue
		}
		all = append(all, medians[id])
		if other := w.clients[id].declared; other != nil && k.declared != nil && slices.Equal(slices.Sorted(slices.Values(other.For)), slices.Sorted(slices.Values(k.declared.For))) {
			same = append(same, medians[id])
		}
	}
	switch {
	case len(same) >= leastPeers:
		return same, fmt.Sprintf("%d clients of the same purpose", len(same))
	case len(all) >= leastPeers:
		return all, fmt.Sprintf("%d other clients", len(all))
	}
	return nil, ""
}

// bulk tells of a client whose usual hour is far above those of its peers.
func (k *watched) bulk(median float64, peers []float64, who string) []Sign {
	limit, usual := bound(peers)
	if median <= limit {
		return nil
	}
	return []Sign{{
		Kind: Bulk, Value: median, Bound: limit, Count: len(k.hours), First: hourTime(k.hours[0].at), Last: hourTime(k.hours[len(k.hours)-1].at),
		Sentence: fmt.Sprintf("reads the data of %.0f people in a usual hour", median),
		Basis:    fmt.Sprintf("the usual hour of %s has %.0f, and far more begins at %.0f", who, usual, limit),
	}}
}

// spikes are hours far above the client's own.
func (k *watched) spikes() []hour {
	if len(k.hours) < leastHours {
		return nil
	}
	limit, _ := bound(k.subjects())
	var out []hour
	for _, h := range k.hours {
		if surely(h.subjects, h.exact) > limit {
			out = append(out, h)
		}
	}
	return out
}

func (k *watched) spiked(hours []hour, zone *time.Location) []Sign {
	if len(hours) == 0 {
		return nil
	}
	limit, usual := bound(k.subjects())
	top, night := 0, 0
	for _, h := range hours {
		top = max(top, h.subjects)
		if hourTime(h.at).In(zone).Hour() < nightEnds {
			night++
		}
	}
	when := "on " + stamp(hourTime(hours[0].at))
	if len(hours) > 1 {
		when = "in " + count(len(hours), "hour") + " from " + stamp(hourTime(hours[0].at)) + " on"
	}
	if night > 0 {
		when += ", at night in " + zone.String()
	}
	return []Sign{{
		Kind: Spike, Value: float64(top), Bound: limit, Count: len(hours), Night: night, First: hourTime(hours[0].at), Last: hourTime(hours[len(hours)-1].at),
		Sentence: fmt.Sprintf("read the data of %d people in an hour, %s", top, when),
		Basis:    fmt.Sprintf("its own usual hour has %.0f, and far more begins at %.0f", usual, limit),
	}}
}
