package browse

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"diapason.dev/diapason"
)

// Reports of what a policy forbids are handed in at once. Chromium sends no
// reports on the network (NEL) while it goes through a proxy (looked at on 156:
// none within 85 seconds, and without a proxy at once), so what is tested here
// is the way that both take.
func TestReportsThatTheBrowserHandsInByItselfAreToldFromWhatThePageSends(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.HandleFunc("shop.example/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Reporting-Endpoints", `main="https://track.example/report?of=17"`)
		w.Header().Set("Content-Security-Policy-Report-Only", `script-src 'none'; report-to main`)
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, "<title>Shop</title><script>1</script>")
	})
	s.HandleFunc("track.example/report", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Allow-Headers", "*")
	})
	c := visit(t, s.browser(t), Visit{URL: "https://shop.example/", Steps: []Step{{Wait: 2 * time.Second}}})
	var reports []string
	for _, r := range s.requests() {
		if strings.HasPrefix(r.url, "https://track.example/") {
			reports = append(reports, r.method+" "+r.url+" "+r.header.Get("Content-Type"))
		}
	}
	if !slices.Contains(reports, "POST https://track.example/report?of=17 application/reports+json") {
		t.Fatalf("the server was not handed a report: %v", reports)
	}
	i := slices.IndexFunc(c.Requests, func(r diapason.Request) bool { return strings.HasPrefix(r.URL, "https://track.example/") })
	if i < 0 || c.Requests[i].From != "report-upload" || c.Requests[i].Method != "CONNECT" {
		t.Errorf("the record does not tell of the report: %s", list(c))
	}
}
