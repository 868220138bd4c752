package says

import (
	"strings"
	"testing"
	"time"
)

// BenchmarkPolicies reads all policies of the corpus. Its measures are clauses
// and bytes in a second, on one core.
func BenchmarkPolicies(b *testing.B) {
	all := texts(b)
	var clauses, bytes int
	b.ReportAllocs()
	for b.Loop() {
		for _, t := range all {
			doc, _ := Read(t)
			clauses += doc.Clauses
			bytes += len(t.Raw)
		}
	}
	reading := b.Elapsed()
	b.ReportMetric(float64(clauses)/reading.Seconds(), "clauses/s")
	b.ReportMetric(reading.Seconds()/float64(b.N)/counting(all).Seconds(), "times-counting-words")
	b.ReportMetric(float64(bytes)/1e6/b.Elapsed().Seconds(), "MB/s")
}

// counting is the floor: how long it takes to count the different words of the
// same texts, in small letters.
func counting(all map[string]Text) time.Duration {
	began := time.Now()
	for _, t := range all {
		words := map[string]int{}
		for w := range strings.FieldsSeq(strings.ToLower(string(t.Raw))) {
			words[w]++
		}
	}
	return time.Since(began)
}

// BenchmarkDiff compares the two texts of the rewrite of 2015.
func BenchmarkDiff(b *testing.B) {
	all := texts(b)
	older, newer := all["spotify/2015-05-15.md"], all["spotify/2015-09-10.md"]
	for b.Loop() {
		if len(Diff(older, newer)) == 0 {
			b.Fatal("no change")
		}
	}
}
