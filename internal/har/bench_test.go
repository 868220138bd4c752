package har

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"testing"
	"time"
)

// A recording is a HAR file of a given size that is made while it is read:
// entries as a browser writes them, with a dozen headers and answers of 4, 16,
// 64 and 256 KiB of text in turn.
type recording struct {
	left  int64
	n     int
	ahead strings.Reader
	ended bool
}

const recordingHead = `{"log": {"version": "1.2", "creator": {"name": "bench", "version": "1"}, "pages": [], "entries": [`

func newRecording(size int64) *recording {
	r := &recording{left: size}
	r.ahead.Reset(recordingHead)
	return r
}

// Read makes the next entries as they are asked for.
func (r *recording) Read(p []byte) (int, error) {
	for r.ahead.Len() == 0 {
		switch {
		case r.ended:
			return 0, io.EOF
		case r.left <= 0:
			r.ended = true
			r.ahead.Reset("\n]}}\n")
		default:
			r.ahead.Reset(r.entry())
		}
	}
	n, err := r.ahead.Read(p)
	r.left -= int64(n)
	return n, err
}

func (r *recording) entry() string {
	comma := ","
	if r.n == 0 {
		comma = ""
	}
	at := time.Date(2026, 11, 10, 2, 0, 0, 0, time.UTC).Add(time.Duration(r.n) * 10 * time.Millisecond)
	var head strings.Builder
	for i := range 12 {
		fmt.Fprintf(&head, `{"name": "x-header-%d", "value": "a value of the usual length, number %d"},`, i, r.n*12+i)
	}
	headers := strings.TrimSuffix(head.String(), ",")
	text := strings.Repeat(fmt.Sprintf(`{\"event\": \"view\", \"n\": %d}, `, r.n), 4<<10<<(2*(r.n%4))/30)
	r.n++
	return fmt.Sprintf(`%s
 {"startedDateTime": %q, "time": 20, "request": {"method": "GET", "url": "https://h%d.example/api/v2/items?n=%d&session=8f14e45fceea167a", "httpVersion": "HTTP/2", "headers": [%s], "queryString": [], "cookies": [], "headersSize": -1, "bodySize": 0},
  "response": {"status": 200, "statusText": "", "httpVersion": "HTTP/2", "headers": [%s], "cookies": [], "content": {"size": %d, "mimeType": "application/json", "text": "%s"}, "redirectURL": "", "headersSize": -1, "bodySize": -1}, "cache": {}, "timings": {"send": 1, "wait": 18, "receive": 1}}`,
		comma, at.Format(time.RFC3339Nano), r.n%50, r.n, headers, headers, len(text), text)
}

// BenchmarkReadGibibyte reads a file of 1 GiB and says how much memory the
// process held at its worst, beside the usual way to read JSON, which decodes
// the same file into structs of the same shape.
func BenchmarkReadGibibyte(b *testing.B) {
	const size = 1 << 30
	b.Run("streamed", func(b *testing.B) {
		b.SetBytes(size)
		for b.Loop() {
			peak := peakOf(b, func() {
				c, l, err := Read(newRecording(size), "bench.har")
				if err != nil || l.Read != l.Kept+l.Skipped || len(c.Requests) == 0 {
					b.Fatalf("ledger %+v, error %v", l, err)
				}
				b.ReportMetric(float64(l.Kept), "requests")
			})
			b.ReportMetric(peak, "peak-MiB")
		}
	})
	b.Run("encoding-json", func(b *testing.B) {
		b.SetBytes(size)
		for b.Loop() {
			peak := peakOf(b, func() {
				var f plain
				if err := json.NewDecoder(newRecording(size)).Decode(&f); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(len(f.Log.Entries)), "requests")
			})
			b.ReportMetric(peak, "peak-MiB")
		}
	})
}

// plain is a HAR file as structs.
type plain struct {
	Log struct {
		Entries []struct {
			StartedDateTime   time.Time
			Time              float64
			Request, Response struct {
				Method, URL string
				Status      int
				Headers     []struct{ Name, Value string }
				Content     struct {
					Size           int64
					MimeType, Text string
				}
			}
		}
	}
}

// peakOf is the most resident memory that this process had while f ran, in
// MiB, as Linux keeps it (VmHWM, proc_pid_status(5)); it is reset before.
func peakOf(b *testing.B, f func()) float64 {
	b.Helper()
	debug.FreeOSMemory()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		b.Fatal(err)
	}
	f()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Fatal(err)
	}
	var kib float64
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	if _, err := fmt.Sscan(rest, &kib); err != nil {
		b.Fatal(err)
	}
	return kib / 1024
}
