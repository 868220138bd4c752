package usage_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"runtime"
	"testing"
	"time"

	"diapason.dev/diapason/asks"
	"diapason.dev/diapason/asks/usage"
)

// A stream is a log of n calls that is made while it is read: four calls to the
// provider in five, with escapes and several parameters, as a client's log has them.
type stream struct {
	n, at int
	text  []byte
	make  func(buf []byte, i int) []byte
}

func (s *stream) Read(p []byte) (int, error) {
	if len(s.text) == 0 {
		if s.at == s.n {
			return 0, io.EOF
		}
		for s.text = s.text[:0]; len(s.text) < 32<<10 && s.at < s.n; s.at++ {
			s.text = s.make(s.text, s.at)
		}
	}
	n := copy(p, s.text)
	s.text = s.text[n:]
	return n, nil
}

var benchURLs = []string{
	"https://api.spotify.com/v1/me/library?uris=spotify%3Aalbum%3A4aawyAB9vmqN3uQ7FjRGTy", "https://api.spotify.com/v1/me/tracks?limit=50&offset=100",
	"https://api.spotify.com/v1/playlists/37i9dQZF1DX0XUsuxWHRQd/items", "https://shop.example/cart?item=7", "https://api.spotify.com/v1/me/player/currently-playing",
}

var benchMethods = []string{"PUT", "GET", "POST", "GET", "GET"}

func jsonCall(buf []byte, i int) []byte {
	at := time.Unix(1_788_480_000+int64(i)/20, int64(i%20)*50_000_000).UTC()
	buf = at.AppendFormat(append(buf, `{"time":"`...), time.RFC3339Nano)
	buf = append(append(buf, `","method":"`...), benchMethods[i%5]...)
	buf = append(append(buf, `","url":"`...), benchURLs[i%5]...)
	return fmt.Appendf(buf, `","status":200,"client":"campaign","token":"%06x","bytes":%d}`+"\n", i%5000, i)
}

func combinedCall(buf []byte, i int) []byte {
	at := time.Unix(1_788_480_000+int64(i)/20, 0).UTC()
	buf = at.AppendFormat(append(buf, `10.0.0.7 - - [`...), "02/Jan/2006:15:04:05 -0700")
	return fmt.Appendf(buf, "] \"%s %s HTTP/1.1\" 200 %d \"-\" \"presave/1.0\"\n", benchMethods[i%5], benchURLs[i%5], i)
}

// BenchmarkUsage prints how many lines of a log of a million are counted in a
// second, how many times longer that takes than a scanner that only splits the
// same lines (the floor), and the memory that is held at the end.
func BenchmarkUsage(b *testing.B) {
	const block, blocks = 100_000, 10
	for _, f := range []struct {
		name string
		make func([]byte, int) []byte
	}{{"json-lines", jsonCall}, {"combined", combinedCall}} {
		b.Run(f.name, func(b *testing.B) {
			var text []byte
			for i := range block {
				text = f.make(text, i)
			}
			log := func() io.Reader {
				var all []io.Reader
				for range blocks {
					all = append(all, bytes.NewReader(text))
				}
				return io.MultiReader(all...)
			}
			var counting, splitting time.Duration
			var held float64
			for b.Loop() {
				start := time.Now()
				n := 0
				for s := bufio.NewScanner(log()); s.Scan(); {
					n += len(s.Bytes())
				}
				split := time.Now()
				k, err := usage.Read(asks.Default(), log(), usage.Log{Name: "bench.log", Vantage: asks.ClientEgress})
				if err != nil || n == 0 {
					b.Fatal(err)
				}
				splitting, counting = splitting+split.Sub(start), counting+time.Since(split)
				runtime.GC()
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				held = float64(m.HeapAlloc-uint64(len(text))) / (1 << 20)
				if u := k.Conclude(usage.Grant{}); u.Ledger.Calls != block*blocks/5*4 || !u.Ledger.Sums() {
					b.Fatalf("ledger %+v", u.Ledger)
				}
			}
			b.ReportMetric(block*blocks*float64(b.N)/counting.Seconds(), "lines/s")
			b.ReportMetric(float64(counting)/float64(splitting), "x-of-Scanner")
			b.ReportMetric(held, "MiB-held")
		})
	}
}

func TestALongLogTakesNoMoreMemoryThanAShortOne(t *testing.T) {
	held := func(lines int) float64 {
		return testing.AllocsPerRun(1, func() {
			if _, err := usage.Read(asks.Default(), &stream{n: lines, make: jsonCall, text: make([]byte, 0, 64<<10)}, usage.Log{Name: "x.log"}); err != nil {
				t.Fatal(err)
			}
		})
	}
	// What making the lines allocates is counted too, so that it is taken off.
	making := func(lines int) float64 {
		return testing.AllocsPerRun(1, func() {
			if _, err := io.Copy(io.Discard, struct{ io.Reader }{&stream{n: lines, make: jsonCall, text: make([]byte, 0, 64<<10)}}); err != nil {
				t.Fatal(err)
			}
		})
	}
	short, long := held(2_000)-making(2_000), held(42_000)-making(42_000)
	if long-short > 400 {
		t.Errorf("40,000 more lines took %.0f more allocations: a line should take none", long-short)
	}
}
