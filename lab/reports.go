package lab

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"strings"
	"sync"
)

// A letterbox gives each visitor an address of its own for reports (Report-To,
// as in the Reporting API before version 1), which a browser remembers for the
// whole site. Each load of the page breaks a policy that is only reported on,
// with a number drawn for that load: to whose address the report comes tells
// who loaded the page.
type letterbox struct {
	mu    sync.Mutex
	names map[string]string // by the number of the load
}

// handler serves the fixture; page is the page itself.
func (l *letterbox) handler(page http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy-Report-Only", "img-src data:; report-to names")
		page.ServeHTTP(w, r)
	})
	mux.HandleFunc("GET /address", l.address)
	mux.HandleFunc("POST /report/{id}", l.report)
	mux.HandleFunc("GET /load/{number}", pixel)
	mux.HandleFunc("GET /heard/{number}", l.heard)
	mux.Handle("/", page)
	return mux
}

// address has the browser send its reports to an address that holds the
// visitor's name.
func (l *letterbox) address(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Report-To", fmt.Sprintf(`{"group":"names","max_age":31536000,"endpoints":[{"url":"https://%s/report/%s"}]}`, r.Host, visitor(r)))
	w.WriteHeader(http.StatusNoContent)
}

// report takes reports for one visitor. Which picture was loaded against the
// policy tells by which load of the page.
func (l *letterbox) report(w http.ResponseWriter, r *http.Request) {
	var reports []struct {
		Body struct {
			BlockedURL string `json:"blockedURL"`
		} `json:"body"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, bodyLimit)).Decode(&reports); err != nil {
		http.Error(w, "These are no reports: "+err.Error(), http.StatusBadRequest)
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, one := range reports {
		if strings.Contains(one.Body.BlockedURL, "/load/") {
			l.names[path.Base(one.Body.BlockedURL)] = r.PathValue("id")
		}
	}
	w.WriteHeader(http.StatusNoContent)
}

// heard answers with whose address a load of the page was reported to, or with
// nothing.
func (l *letterbox) heard(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	w.Header().Set("Cache-Control", "no-store")
	fmt.Fprint(w, l.names[r.PathValue("number")])
}
