package says

import "testing"

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
	b.ReportMetric(float64(clauses)/b.Elapsed().Seconds(), "clauses/s")
	b.ReportMetric(float64(bytes)/1e6/b.Elapsed().Seconds(), "MB/s")
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
