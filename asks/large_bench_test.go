package asks

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// largeCatalogue generates a catalogue file of the size of the largest
// providers: 1,000 scopes and 12,000 operations, each listing one to five
// scopes, of which any is enough, and 40 purposes of three calls.
func largeCatalogue() []byte {
	const scopes, operations, terms, purposes = 1000, 12000, 400, 40
	rng := rand.New(rand.NewPCG(7, 11))
	var b strings.Builder
	b.WriteString(`{"provider": "large", "name": "Large", "domain": "large.example", "version": "2026-01-01", "listed_means": "any",
 "request": {"authorize": ["https://large.example/authorize"], "scope_param": "scope", "client_param": "client_id", "separator": " ", "pkce": "supported", "case_sensitive": true},
 "terms": {`)
	comma := func(i int) {
		if i > 0 {
			b.WriteString(",\n  ")
		}
	}
	for i := range terms {
		comma(i)
		fmt.Fprintf(&b, `"term-%d": {"label": "thing number %d of yours", "weight": %d, "vocab": null}`, i, i, i%7)
	}
	b.WriteString("},\n \"scopes\": [")
	for i := range scopes {
		comma(i)
		fmt.Fprintf(&b, `{"id": "area%d.object%d.%s", "kind": "oauth", "status": "current", "see": "things of kind %d", "reads": ["term-%d", "term-%d", "term-%d"], "effects": ["profile", "history"], "confidence": "low"}`,
			i%40, i/2, []string{"read", "write"}[i%2], i, rng.IntN(terms), rng.IntN(terms), rng.IntN(terms))
	}
	b.WriteString("],\n \"operations\": [")
	for i := range operations {
		comma(i)
		listed := map[string]bool{}
		for range 1 + rng.IntN(5) {
			s := rng.IntN(scopes)
			listed[fmt.Sprintf("area%d.object%d.%s", s%40, s/2, []string{"read", "write"}[s%2])] = true
		}
		fmt.Fprintf(&b, `{"op": "GET /area%d/objects/{id}/parts/%d", "listed": ["%s"]}`, i%40, i, strings.Join(sortedKeys(listed), `", "`))
	}
	b.WriteString("],\n \"purposes\": [")
	for i := range purposes {
		comma(i)
		at := i * operations / purposes
		fmt.Fprintf(&b, `{"id": "aim-%d", "title": "do thing %d", "doing": "doing it", "core": [{"op": "GET /area%d/objects/{id}/parts/%d"}, {"op": "GET /area%d/objects/{id}/parts/%d"}, {"op": "GET /area%d/objects/{id}/parts/%d"}]}`,
			i, i, at%40, at, (at+1)%40, at+1, (at+2)%40, at+2)
	}
	b.WriteString("]}\n")
	return []byte(b.String())
}

func live() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// BenchmarkLargeCatalogueLoad prints how much processor time a large file takes
// to load, how many times as much as only decoding the same bytes into maps (the
// floor), and what the loaded catalogue holds in memory.
func BenchmarkLargeCatalogueLoad(b *testing.B) {
	file := largeCatalogue()
	fsys := fstest.MapFS{"large.json": {Data: file}}
	var loading, decoding time.Duration
	var c *Catalogue
	before := live()
	for b.Loop() {
		start := processTime(b)
		var err error
		if c, err = Load(fsys); err != nil {
			b.Fatal(err)
		}
		middle := processTime(b)
		var plain any
		if err := json.Unmarshal(file, &plain); err != nil {
			b.Fatal(err)
		}
		loading, decoding = loading+middle-start, decoding+processTime(b)-middle
	}
	b.ReportMetric(loading.Seconds()*1000/float64(b.N), "load-ms")
	b.ReportMetric(loading.Seconds()/decoding.Seconds(), "x-of-json.Unmarshal")
	b.ReportMetric(float64(live()-before)/1e6, "MB-held")
	runtime.KeepAlive(c)
}

// BenchmarkLargeCatalogueAudit prints how much processor time one request of
// twelve scopes for four purposes takes against a large catalogue, and how many
// times as much as case S08 against the embedded one (the floor).
func BenchmarkLargeCatalogueAudit(b *testing.B) {
	c, err := Load(fstest.MapFS{"large.json": {Data: largeCatalogue()}})
	if err != nil {
		b.Fatal(err)
	}
	p := c.byID("large")
	var names []string
	for i := range 12 {
		names = append(names, p.Scopes[i*83].ID)
	}
	large := Ask{Provider: "large", Scopes: strings.Join(names, " "), For: []string{"aim-0", "aim-7", "aim-21", "aim-39"}}
	small := caseByID(b, "S08").ask()
	judge := func(c *Catalogue, a Ask) time.Duration {
		start := processTime(b)
		for range repeats {
			if _, _, _, err := c.Judge(a); err != nil {
				b.Fatal(err)
			}
		}
		return processTime(b) - start
	}
	var auditing, floor time.Duration
	for b.Loop() {
		auditing, floor = auditing+judge(c, large), floor+judge(Default(), small)
	}
	b.ReportMetric(auditing.Seconds()*1000/float64(b.N*repeats), "audit-ms")
	b.ReportMetric(auditing.Seconds()/floor.Seconds(), "x-of-a-small-catalogue")
}
