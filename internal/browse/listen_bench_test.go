package browse

import (
	"syscall"
	"testing"
	"time"
)

// BenchmarkListening compares visits that listen to calls with visits that do
// not: of an ordinary page of 48 requests, and of one whose scripts call
// 10,000 times.
func BenchmarkListening(b *testing.B) {
	s := newSite(b)
	s.benchPages()
	s.page("shop.example/calls", `<!doctype html><title>Calls</title><script>
		for (let i = 0; i < 5000; i++) document.cookie = "a" + i % 20 + "=" + i;
		const c = document.createElement("canvas"), x = c.getContext("2d");
		for (let i = 0; i < 2500; i++) { x.fillText("w" + i % 50, 5, 5); x.getImageData(0, 0, 16, 16) }
	</script>`)
	for _, page := range []string{"page/1", "calls"} {
		b.Run(page, func(b *testing.B) { benchListening(b, s.browser(b), "https://shop.example/"+page) })
	}
}

func benchListening(b *testing.B, br *Browser, address string) {
	deaf := *br
	l := usualLimits()
	l.calls = 0
	deaf.limits = &l
	measure := func(br *Browser) (took, burnt time.Duration) {
		begun, before := time.Now(), cpu(syscall.RUSAGE_SELF)+cpu(syscall.RUSAGE_CHILDREN)
		visit(b, br, Visit{URL: address})
		return time.Since(begun), cpu(syscall.RUSAGE_SELF) + cpu(syscall.RUSAGE_CHILDREN) - before
	}
	var with, without, used, unused time.Duration
	for b.Loop() {
		took, burnt := measure(br)
		with, used = with+took, used+burnt
		took, burnt = measure(&deaf)
		without, unused = without+took, unused+burnt
	}
	b.ReportMetric(float64(with)/float64(without), "times-deaf")
	b.ReportMetric(float64(used)/float64(unused), "times-deaf-cpu")
}
