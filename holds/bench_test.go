package holds

import (
	"archive/zip"
	"encoding/json"
	"errors"
	"io"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"diapason.dev/diapason/lab/export"
)

// BenchmarkPlaysFromZIP reads the plays of a deflated export, file to
// inventory, and decodes the same members with encoding/json in the same run:
// the ratio is what can be compared between machines.
func BenchmarkPlaysFromZIP(b *testing.B) {
	const plays = 20_000
	file, _ := written(b, export.Options{Seed: 7, Plays: plays, Clean: true, Deflate: true, From: time.Date(2014, 1, 1, 0, 0, 0, 0, time.UTC)})
	var ours, theirs time.Duration
	for b.Loop() {
		start := time.Now()
		e, _, _, err := Read(b.Context(), file, nil)
		if err != nil || e.Plays != plays {
			b.Fatalf("%d plays, %v", e.Plays, err)
		}
		ours += time.Since(start)
		start = time.Now()
		decodeAll(b, file)
		theirs += time.Since(start)
	}
	b.ReportMetric(float64(plays*b.N)/ours.Seconds(), "plays/s")
	b.ReportMetric(theirs.Seconds()/ours.Seconds(), "times-encoding/json")
	b.ReportMetric(0, "ns/op")
}

// decodeAll is the plain way: each member's records as maps, one after the other.
func decodeAll(tb testing.TB, file string) {
	z, err := zip.OpenReader(file)
	if err != nil {
		tb.Fatal(err)
	}
	defer z.Close()
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			tb.Fatal(err)
		}
		for dec := json.NewDecoder(r); ; {
			if dec.More() {
				var v any
				if t, err := dec.Token(); err != nil {
					tb.Fatal(err)
				} else if t == json.Delim('[') {
					for dec.More() {
						if err := dec.Decode(&v); err != nil {
							tb.Fatal(err)
						}
					}
				}
			}
			if _, err := dec.Token(); errors.Is(err, io.EOF) {
				break
			}
		}
		r.Close()
	}
}

// peak is how much memory f takes on top of what there was.
func peak(f func()) uint64 {
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var most atomic.Uint64
	done := make(chan struct{})
	go func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(2 * time.Millisecond):
				runtime.ReadMemStats(&now)
				most.Store(max(most.Load(), now.HeapAlloc))
			}
		}
	}()
	f()
	close(done)
	return max(most.Load(), before.HeapAlloc) - before.HeapAlloc
}
