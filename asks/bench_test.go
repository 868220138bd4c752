package asks

import (
	"net/url"
	"testing"
	"time"
)

// BenchmarkAudit prints how many permission links are judged in a second, and
// how often the same link could only have been parsed in the time of one
// judgement: a ratio that does not depend on the machine.
func BenchmarkAudit(b *testing.B) {
	c, a := Default(), caseByID(b, "S08").ask()
	var parsing time.Duration
	for b.Loop() {
		if _, _, _, err := c.Judge(a); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		start := time.Now()
		for range parses {
			if _, err := url.Parse(a.URL); err != nil {
				b.Fatal(err)
			}
		}
		parsing += time.Since(start)
		b.StartTimer()
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "audits/s")
	b.ReportMetric(b.Elapsed().Seconds()/(parsing.Seconds()/parses), "x-of-url.Parse")
}

// parses is how often the link is parsed beside each audit, so that the clock's
// grain does not matter.
const parses = 100
