package filter

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"
)

// BenchmarkLoad builds an engine of the system's EasyList and EasyPrivacy.
func BenchmarkLoad(b *testing.B) {
	_, lists := systemLists(b)
	var e *Engine
	before, best := heap(), time.Hour
	for b.Loop() {
		begun := time.Now()
		var err error
		if e, _, err = Load(lists...); err != nil {
			b.Fatal(err)
		}
		best = min(best, time.Since(begun))
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(best.Seconds()*1e3, "build-ms")
	b.ReportMetric((heap()-before)/(1<<20), "MiB-beyond-text")
	b.ReportMetric(float64(len(e.blocks.rules)+len(e.excepts.rules)), "rules")
}

func heap() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

// BenchmarkMatch decides about recorded requests, parsing included, in turns
// with other engines: same lists, same requests, same machine, one thread each.
// Rates are of the fastest round. Rivals also say what they decided.
func BenchmarkMatch(b *testing.B) {
	paths, lists := systemLists(b)
	requests := recorded(b)
	e, _, err := Load(lists...)
	if err != nil {
		b.Fatal(err)
	}
	dir := workshop(b, paths, requests)
	suffixes := filepath.Join(filepath.Dir(paths[0]), "..", "publicsuffix.org", "list", "effective_tld_names.dat")
	rivals := []*rival{start(b, dir, "ghostery", suffixes), start(b, dir, "ubo", suffixes)}
	for range 3 { // until node has compiled what it is going to compile
		for _, r := range rivals {
			r.round(b)
		}
	}
	best, blocked := time.Hour, 0
	for b.Loop() {
		for range 4 {
			begun := time.Now()
			blocked = round(e, requests)
			best = min(best, time.Since(begun))
			for _, r := range rivals {
				r.round(b)
			}
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(len(requests))/best.Seconds(), "requests/s")
	b.ReportMetric(float64(best.Nanoseconds())/float64(len(requests)), "ns/request")
	b.ReportMetric(100*float64(blocked)/float64(len(requests)), "%-blocked")
	for _, r := range rivals {
		b.ReportMetric(r.best.Seconds()/best.Seconds(), "times-"+r.name)
		b.ReportMetric(float64(len(requests))/r.best.Seconds(), r.name+"-requests/s")
		b.ReportMetric(r.Build, r.name+"-build-ms")
		b.ReportMetric(r.Bytes/(1<<20), r.name+"-MiB")
		unlike, unexplained := compare(b, e, r, requests)
		b.ReportMetric(unlike, "%-unlike-"+r.name)
		b.ReportMetric(unexplained, "%-unexplained-"+r.name)
	}
}

// round decides about all requests once.
func round(e *Engine, requests []asked) (blocked int) {
	for i := range requests {
		q := &requests[i]
		if v, _ := e.Match(NewRequest(q.URL, q.Page, q.Type, "GET")); v == Blocked {
			blocked++
		}
	}
	return blocked
}

// compare tells on which share of the requests, in percent, a rival decides
// differently, and on which nobody knows why; it prints both.
func compare(b *testing.B, e *Engine, r *rival, requests []asked) (unlike, unexplained float64) {
	var verdicts [][2]string
	r.ask(b, "verdicts", &verdicts)
	reasons := map[string]int{}
	share := 100 / float64(len(requests))
	for i, q := range requests {
		own := NewRequest(q.URL, q.Page, q.Type, "GET")
		v, hit := e.Match(own)
		if v.String() == verdicts[i][0] {
			continue
		}
		unlike += share
		reason := why(q, own, hit, verdicts[i][1])
		if reason == "" {
			unexplained += share
			raw, _ := json.Marshal(q)
			reason = fmt.Sprintf("unexplained: %s by %q, %s by %q for %.300s", v, hit.Rule, verdicts[i][0], verdicts[i][1], raw)
		}
		reasons[reason]++
	}
	for _, reason := range slices.Sorted(maps.Keys(reasons)) {
		b.Logf("unlike %s on %d of %d: %s", r.name, reasons[reason], len(requests), reason)
	}
	return unlike, unexplained
}
