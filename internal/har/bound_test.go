package har

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// endless is a file of as many entries as are asked for, made while it is
// read. Every four-hundredth has a body of many MiB, all others a common one.
type endless struct {
	entries, at int
	rest        []string // of the current entry
	common, big string
}

func newEndless(entries int) *endless {
	return &endless{
		entries: entries, rest: []string{`{"log":{"entries":[`},
		common: `"mimeType":"text/html","encoding":"base64","text":"` + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("a page of text \n"), 2<<10)) + `"`,
		big:    `"mimeType":"text/plain","text":"` + strings.Repeat("0123456789abcdef", 12<<16) + `"`,
	}
}

func (e *endless) Read(p []byte) (int, error) {
	for len(e.rest) == 0 {
		if e.at > e.entries {
			return 0, io.EOF
		}
		e.rest = e.next()
		e.at++
	}
	n := copy(p, e.rest[0])
	if e.rest[0] = e.rest[0][n:]; e.rest[0] == "" {
		e.rest = e.rest[1:]
	}
	return n, nil
}

func (e *endless) next() []string {
	if e.at == e.entries {
		return []string{"]}}"}
	}
	head, tail, _ := strings.Cut(entryText("id=1", fmt.Sprintf("id=%d", e.at)), `"mimeType":"x-unknown"`)
	if e.at > 0 {
		head = "," + head
	}
	if e.at%400 == 399 {
		return []string{head, e.big, tail}
	}
	return []string{head, e.common, tail}
}

func TestALargeFileIsReadWithLittleMemory(t *testing.T) {
	const entries = 1_600
	src := newEndless(entries)
	var before, during runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	c, l, err := Read(src, "large.har")
	if err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	runtime.ReadMemStats(&during)
	sums(t, l)
	if l.Kept != entries || l.Withheld == 0 {
		t.Errorf("ledger %+v, want all %d kept and some bodies withheld", l, entries)
	}
	if l.Bytes < 100<<20 {
		t.Errorf("the file had %d MiB only", l.Bytes>>20)
	}
	if held := int64(during.HeapAlloc) - int64(before.HeapAlloc); held > 96<<20 {
		t.Errorf("%d MiB are held after %d MiB of file", held>>20, l.Bytes>>20)
	}
	if taken := int64(during.Sys) - int64(before.Sys); taken > 256<<20 {
		t.Errorf("%d MiB were taken from the system", taken>>20)
	}
	for _, r := range c.Requests {
		if r.ResponseBody.SHA256 == "" || r.ResponseBody.Size == 0 {
			t.Fatalf("a body without hash: %+v", r.ResponseBody)
		}
	}
}

func TestRequestsBeyondTheBoundAreCountedByHost(t *testing.T) {
	entry := entryText()
	text := strings.NewReader(fileText(strings.Repeat(entry+",", maxRequests+6) + entry))
	c, l, err := Read(text, "many.har")
	if err != nil {
		t.Fatal(err)
	}
	sums(t, l)
	if len(c.Requests) != maxRequests || l.Reasons[overBounds] != 7 || c.Cut["requests to px.pulse.example"] != 7 {
		t.Errorf("%d requests, ledger %+v, cut %v", len(c.Requests), l, c.Cut)
	}
	if c.Complete || len(c.Gaps) != 1 {
		t.Errorf("complete %v, gaps %v", c.Complete, c.Gaps)
	}
}

// BenchmarkRead prints how much faster or slower a file is read into a capture
// than the same bytes are read as bare JSON tokens.
func BenchmarkRead(b *testing.B) {
	text, err := io.ReadAll(newEndless(800))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	var bare time.Duration
	for b.Loop() {
		if _, _, err := Read(bytes.NewReader(text), "bench.har"); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		start := time.Now()
		dec := jsontext.NewDecoder(bytes.NewReader(text))
		for err := error(nil); err == nil; {
			_, err = dec.ReadToken()
		}
		bare += time.Since(start)
		b.StartTimer()
	}
	b.ReportMetric(b.Elapsed().Seconds()/bare.Seconds(), "x-of-bare-JSON")
}
