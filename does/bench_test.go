package does

import (
	"fmt"
	"testing"
	"time"

	"diapason.dev/diapason"
)

// busyPage is an audit of a page with many requests and many values that
// travel, as news sites have them.
func busyPage(requests, values int) []*diapason.Capture {
	return fourCaptures(func(c *diapason.Capture, profile, before int) {
		for i := range values {
			jar(c, fmt.Sprintf("t%d.example", i), "uid", id(uint64(i), profile), 365)
		}
		for i := range requests {
			v := i % values
			q := ask(c, "image", fmt.Sprintf("https://t%d.example/p.gif?u=%s&n=%d&ref=https%%3A%%2F%%2Fnocturne.example%%2F", v, id(uint64(v), profile), i),
				"Cookie", "uid="+id(uint64(v), profile), "Referer", "https://nocturne.example/", "User-Agent", "Mozilla/5.0 (X11; Linux x86_64)")
			q.At = c.Started.Add(time.Duration(i) * time.Millisecond)
			q.Body = diapason.Body{Text: fmt.Sprintf(`{"event":"view","n":%d,"session":"%s"}`, i, random(uint64(profile*10+before), 16, base36)), Mime: "application/json"}
		}
	})
}

func BenchmarkRead(b *testing.B) {
	all := busyPage(300, 60)
	r := reader(b)
	b.ReportAllocs()
	for b.Loop() {
		r.Read(all)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1200, "ns/request")
}
