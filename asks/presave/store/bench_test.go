package store_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"diapason.dev/diapason/asks/presave"
)

// mostMemory is what a worker may use, in bytes.
const mostMemory = 200 << 20

// BenchmarkMidnight lets 100,000 rows come due at one midnight and saves them
// from one process, started for it, at a provider in this one. It measures
// the worker's rows a second and most memory. The floor is a process that
// makes the same requests with the same number at once and keeps nothing:
// rows/floor is how near to it the worker comes.
func BenchmarkMidnight(b *testing.B) {
	const rows, bareRows = 100_000, 20_000
	for _, db := range databases {
		b.Run(db.name, func(b *testing.B) {
			var worked, floor time.Duration
			var most int64
			for range b.N {
				b.StopTimer()
				p := newPlay(b, db.where(b), io.Discard)
				p.enrol(rows)
				p.clock.Set(allDue)
				b.StartTimer()
				took, memory := p.measure(b, "drain", nil)
				b.StopTimer()
				worked, most = worked+took, max(most, memory)
				if got, want := counts(b, p.service.Store, "low-tide"), (presave.Counts{Done: rows}); got != want {
					b.Fatalf("counts %+v, want %+v", got, want)
				}
				took, _ = p.measure(b, "bare", p.tokens(bareRows))
				floor += took
				b.StartTimer()
			}
			perSecond := rows * float64(b.N) / worked.Seconds()
			b.ReportMetric(perSecond, "rows/s")
			b.ReportMetric(perSecond/(bareRows*float64(b.N)/floor.Seconds()), "rows/floor")
			b.ReportMetric(math.Round(float64(most)/(1<<20)), "MB")
			b.ReportMetric(worked.Seconds()/float64(b.N), "s/100k")
			if most > mostMemory {
				b.Errorf("the worker used %d bytes, more than %d", most, mostMemory)
			}
		})
	}
}

// measure runs a role to its end and tells how long it took and the most
// memory it had.
func (p *play) measure(b *testing.B, role string, in io.Reader) (time.Duration, int64) {
	b.Helper()
	start := time.Now()
	cmd := p.command(role)
	cmd.Stdin = in
	if err := cmd.Run(); err != nil {
		b.Fatal(err)
	}
	return time.Since(start), cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss * 1024
}

// tokens are refresh tokens of other listeners, one a line.
func (p *play) tokens(n int) io.Reader {
	var all strings.Builder
	for i := range n {
		fmt.Fprintln(&all, p.provider.Grant("other-"+listener(i), appID, "user-library-modify"))
	}
	return strings.NewReader(all.String())
}

// bare refreshes and saves once for each token.
func bare(url string, clock *presave.Clock, tokens *os.File) error {
	provider := newProvider(url, clock)
	lines := make(chan string)
	errs := make(chan error, presave.DefaultWorkers)
	var all sync.WaitGroup
	for range presave.DefaultWorkers {
		all.Go(func() {
			for token := range lines {
				grant, err := provider.Refresh(context.Background(), token)
				if err == nil {
					err = provider.Save(context.Background(), grant.Access, album)
				}
				if err != nil {
					errs <- err
					return
				}
			}
		})
	}
	scan := bufio.NewScanner(tokens)
	for scan.Scan() {
		select {
		case lines <- scan.Text():
		case err := <-errs:
			return err
		}
	}
	close(lines)
	all.Wait()
	select {
	case err := <-errs:
		return err
	default:
		return scan.Err()
	}
}
