package lab

import (
	"net/http"
	"strings"
	"sync"
)

// featureHost is the site under which those stand that read what differs
// between devices, and those that only look like it.
const featureHost = "feature.example"

var featureSites = sync.OnceValue(func() *site { return must(newSite("fingerprint")) })

// A Feature is something of the device that a script reads.
type Feature struct {
	Kind     string `json:"kind"`     // canvas, fonts, audio, webgl
	Receiver string `json:"receiver"` // whose script reads it: a host
	Sent     bool   `json:"sent"`     // it, or a hash of it, is sent to the receiver
}

// Features lists the site whose page reads the device for an advertiser, and
// its clean twin that draws a chart, in order of name.
func Features() []Fixture {
	var all []Fixture
	for _, name := range []string{"chart", "reader"} {
		all = append(all, Fixture{Name: name, Origin: "https://" + name + "." + featureHost, Truth: must(featureSites().truth(name + ".html"))})
	}
	return all
}

func featureHandlers() map[string]http.Handler {
	all := map[string]http.Handler{}
	for _, f := range Features() {
		mux := http.NewServeMux()
		mux.Handle("GET /{$}", featureSites().show(f.Name+".html", nil))
		mux.HandleFunc("GET /drawn", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
		all[strings.TrimPrefix(f.Origin, "https://")] = mux
	}
	return all
}

// printer serves the script that reads devices, and takes what it sends.
func printer(mux *http.ServeMux) {
	script := must(files.ReadFile("page/fingerprint/print.js"))
	mux.HandleFunc("GET /print.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		_, _ = w.Write(script)
	})
	mux.HandleFunc("POST /print", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
}
