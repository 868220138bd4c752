package does

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"diapason.dev/diapason"
)

// recorderScripts are the scripts of services that record what a person does on
// a page, by the end of their host and a part of their path (each service's own
// installation guide, read in November 2026). That one is there says that it
// could record: what it does is seen from what it sends.
var recorderScripts = []struct{ host, path string }{
	{"static.hotjar.com", "/c/hotjar"},
	{"script.hotjar.com", "/modules"},
	{"edge.fullstory.com", "/s/fs.js"},
	{"clarity.ms", "/tag/"},
	{"clarity.ms", "/s/"},
	{"cdn.mouseflow.com", "/projects"},
	{"web-sdk.smartlook.com", "/recorder.js"},
	{"cdn.logrocket.io", "/logrocket"},
	{"cdn.lr-ingest.io", "/logrocket"},
	{"cdn.inspectlet.com", "/inspectlet"},
	{"cdn.luckyorange.com", "/core"},
	{"cdn.quantummetric.com", "/qscripts"},
	{"cdn.glassboxcdn.com", "/"},
	{"datadoghq-browser-agent.com", "/datadog-rum"},
	{"", "/rrweb"},
}

func isRecorderScript(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(recorderScripts, func(s struct{ host, path string }) bool {
		host := u.Hostname() == s.host || strings.HasSuffix(u.Hostname(), "."+s.host) || s.host == ""
		return host && strings.Contains(strings.ToLower(u.Path), s.path)
	})
}

// A page's recording is a list of events, each with its time: first the whole
// document as a tree, then what changed, moved, was scrolled and was typed.
var (
	recordedEvent = regexp.MustCompile(`"(type|kind|event|e)"\s*:\s*("?[\w-]+"?)[^{}]*"(data|args|payload|d)"\s*:\s*\{`)
	recordedTime  = regexp.MustCompile(`"(timestamp|time|ts|t|when)"\s*:\s*\d{4,}`)
	recordedDeed  = regexp.MustCompile(`"(source|positions|node|nodeId|childNodes|tagName|attributes|mutations|scrollTop|isChecked|selector)"\s*:`)
)

// leastRecorded is how many events one receiver must get in a visit: one or two
// are what every measuring script sends.
const leastRecorded = 5

// recordedIn counts the events of a recording in a text.
func recordedIn(text string) int {
	return min(len(recordedEvent.FindAllStringIndex(text, -1)), len(recordedTime.FindAllStringIndex(text, -1)), len(recordedDeed.FindAllStringIndex(text, -1)))
}

// recorders tells who records what is done on the service's pages, and what was
// typed meanwhile.
func (r *reading) recorders() []Recorder {
	var all []Recorder
	for _, c := range r.daily() {
		found := map[string]*Recorder{}
		at := func(p diapason.Party, q diapason.Request) *Recorder {
			key := p.ID + "\x00" + string(p.Relation)
			if found[key] == nil {
				found[key] = &Recorder{Recipient: p, Phase: c.Phase, Run: c.Run, Visit: c.ID, Typing: []string{}, Evidence: []diapason.Ref{refTo(c, q, "")}}
			}
			return found[key]
		}
		for _, q := range sent(c) {
			if q.Type == "script" && isRecorderScript(q.URL) {
				at(r.party(hostOf(q.URL)), q).Script = redactURL(q.URL)
			}
		}
		for _, l := range r.looks(c) {
			if n := recordedBy(l); n > 0 {
				f := at(r.party(hostOf(l.request.URL)), l.request)
				f.Events += n
				f.Typing = append(f.Typing, typedIn(c, l)...)
			}
		}
		for _, key := range slices.Sorted(maps.Keys(found)) {
			f := found[key]
			if slices.Sort(f.Typing); f.Script != "" || f.Events >= leastRecorded {
				f.Typing = slices.Compact(f.Typing)
				all = append(all, *f)
			}
		}
	}
	return all
}

// recordedBy counts the events that one part of a request brings.
func recordedBy(l look) int {
	most := 0
	if l.where == "body" {
		for _, layer := range l.layers {
			most = max(most, recordedIn(layer.text))
		}
	}
	return most
}

// typedIn names the bait that a part of a request holds.
func typedIn(c *diapason.Capture, l look) []string {
	var ids []string
	for _, b := range c.Baits {
		if _, _, ok := formsOf(b.Value).find(l.layers); ok {
			ids = append(ids, b.ID)
		}
	}
	return ids
}
