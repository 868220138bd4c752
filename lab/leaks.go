package lab

import (
	"net/http"
	"sync"
	text "text/template"
)

// leaksHost is a site with a form whose fields are listened to.
const leaksHost = "leaks.example"

// leakHosts receive what is typed there; replayHost and hushHost record it.
var leakHosts = []string{
	"plain.example", "hashed.example", "twice.example", "short.example", "nested.example", "folded.example", "letters.example", "pixel.example", "count.example",
}

const (
	replayHost = "replay.example"
	hushHost   = "hush.example"
)

var (
	leaksSite      = sync.OnceValue(func() *site { return must(newSite("leaks")) })
	recorderScript = sync.OnceValue(func() *text.Template { return must(text.ParseFS(files, "page/leaks/recorder.js")) })
)

// Leaks is the page whose fields go to others before the form is sent, and its
// quiet twin.
func Leaks() []Fixture {
	return []Fixture{
		{Name: "join", Origin: "https://" + leaksHost, Truth: must(leaksSite().truth("join.html"))},
		{Name: "quiet", Origin: "https://" + leaksHost, Truth: must(leaksSite().truth("quiet.html"))},
	}
}

// leakHandlers serves the two pages, who receives what is typed, and who
// records it.
func leakHandlers() map[string]http.Handler {
	pages := http.NewServeMux()
	pages.Handle("GET /join", leaksSite().show("join.html", nil))
	pages.Handle("GET /quiet", leaksSite().show("quiet.html", nil))
	pages.HandleFunc("GET /disguise.js", script("page/leaks/disguise.js"))
	pages.HandleFunc("POST /join", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/join", http.StatusSeeOther) })
	all := map[string]http.Handler{leaksHost: pages, replayHost: recorder(replayHost, false), hushHost: recorder(hushHost, true)}
	for _, host := range leakHosts {
		all[host] = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	}
	return all
}

// recorder serves a script that records pages, and the socket that it streams to.
func recorder(host string, masks bool) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /recorder.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		sendScript(w, recorderScript(), map[string]any{"Host": host, "Masks": masks})
	})
	mux.HandleFunc("GET /stream", stream)
	return mux
}
