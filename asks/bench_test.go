package asks

import (
	"math/rand/v2"
	"net/url"
	"runtime"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"
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

// processorTime is what this thread has computed, which a busy machine does not
// change much.
func processorTime(b *testing.B) time.Duration {
	var used unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Nano())
}

// BenchmarkCoverAgainstEverySet prints how many times faster than trying every
// set the search is, over the same 2,000 instances of 16 candidates.
func BenchmarkCoverAgainstEverySet(b *testing.B) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for b.Loop() {
		rng := rand.New(rand.NewPCG(1, 16))
		var ours, theirs time.Duration
		for range 2000 {
			x, needs := randomProblem(rng, 16, 1+rng.IntN(8))
			start := processorTime(b)
			for range repeats {
				x.smallest(needs, nil, false)
			}
			middle := processorTime(b)
			exhaustive(x, needs)
			ours, theirs = ours+(middle-start)/repeats, theirs+processorTime(b)-middle
		}
		b.ReportMetric(float64(ours.Nanoseconds())/2000, "ns/cover")
		b.ReportMetric(float64(theirs.Nanoseconds())/2000, "ns/every-set")
		b.ReportMetric(float64(theirs)/float64(ours), "x-faster")
	}
}

// repeats is how often what takes microseconds is done for one reading of the clock.
const repeats = 20

// BenchmarkCoverAtItsCap prints how long the largest searches take that are
// still exact: 40 scopes to choose from and 40 needs.
func BenchmarkCoverAtItsCap(b *testing.B) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for b.Loop() {
		rng := rand.New(rand.NewPCG(3, 3))
		var took []time.Duration
		approximate := 0
		for range 2000 {
			x, needs := randomProblem(rng, maxCandidates, 40)
			start := processorTime(b)
			if x.smallest(needs, nil, false).approximate {
				approximate++
			}
			took = append(took, processorTime(b)-start)
		}
		slices.Sort(took)
		b.ReportMetric(float64(took[len(took)/2].Microseconds()), "median-µs")
		b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
		b.ReportMetric(float64(took[len(took)-1].Microseconds()), "worst-µs")
		b.ReportMetric(float64(approximate), "approximate")
	}
}
