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

// BenchmarkAudit prints how many of the public cases are judged in a second of
// one core, from the text of the address to the JSON of the verdict, and how often
// an address could only have been parsed in the time of one judgement: a ratio
// that does not depend much on the machine. Cases that are a list of scopes
// without an address, and addresses that are refused, count among the audits only.
func BenchmarkAudit(b *testing.B) {
	var asks []Ask
	var addresses []string
	for _, pc := range publicCases(b) {
		if pc.described() {
			asks = append(asks, pc.ask())
			for _, address := range pc.URLs[:min(1, len(pc.URLs))] {
				if _, err := url.Parse(address); err == nil { // it refuses one with a line break before it
					addresses = append(addresses, address)
				}
			}
		}
	}
	c, out := Default(), []byte(nil)
	audit := func() int {
		size := 0
		for _, a := range asks {
			v, err := c.Verdict(a)
			if err != nil {
				b.Fatal(err)
			}
			out = v.AppendJSON(out[:0])
			size += len(out)
		}
		return size
	}
	parse := func() int {
		size := 0
		for _, address := range addresses {
			u, err := url.Parse(address)
			if err != nil {
				b.Fatal(err)
			}
			size += len(u.Host)
		}
		return size
	}
	var auditing, parsing time.Duration
	var size int
	for b.Loop() {
		start := processTime(b)
		for range repeats {
			size = audit()
		}
		middle := processTime(b)
		for range repeats {
			parse()
		}
		auditing, parsing = auditing+middle-start, parsing+processTime(b)-middle
	}
	audits := float64(b.N * repeats * len(asks))
	b.ReportMetric(audits/auditing.Seconds(), "audits/s")
	b.ReportMetric(float64(size)/float64(len(asks)), "B-JSON/audit")
	b.ReportMetric(auditing.Seconds()/float64(len(asks))/(parsing.Seconds()/float64(len(addresses))), "x-of-url.Parse")
}

// processTime is what all threads of the program have computed, garbage
// collection included.
func processTime(b *testing.B) time.Duration { return clock(b, unix.CLOCK_PROCESS_CPUTIME_ID) }

// processorTime is what this thread has computed, which a busy machine does not
// change much.
func processorTime(b *testing.B) time.Duration { return clock(b, unix.CLOCK_THREAD_CPUTIME_ID) }

func clock(b *testing.B, id int32) time.Duration {
	var used unix.Timespec
	if err := unix.ClockGettime(id, &used); err != nil {
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
