package browse

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"diapason.dev/diapason"
)

// record builds the capture when nothing more can come.
func (w *walk) record(jar []wireCookie, reports []string) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.capture
	for _, x := range w.exchanges {
		x.settle()
	}
	asked := map[string]bool{}
	for _, h := range w.hops {
		w.listen(h)
		w.route(h)
		w.signal(h)
		asked[place(h.URL)] = true
		reports = append(reports, reportHosts(h.ResponseHeaders)...)
		c.Requests = append(c.Requests, h.Request)
		for _, b := range h.blocked {
			b.URL = h.URL
			c.Blocked = append(c.Blocked, b)
		}
	}
	for session := range w.targets {
		w.overheard(session)
	}
	for id := range w.gained {
		w.lost[id] = nil
	}
	if n := len(w.lost); n > 0 && len(w.hops) < w.limits.requests {
		w.cut[headersOnly] += n
	}
	slices.Sort(reports)
	reports = slices.Compact(reports)
	c.Dials = w.door.Dials()
	for _, r := range w.unheardOf(reports) {
		asked[place(r.URL)] = true
		c.Requests = append(c.Requests, r)
	}
	c.Requests = append(c.Requests, noise(c.Dials, asked, reports)...)
	c.Cookies = w.cookies(jar)
	for _, origin := range sortedKeys(w.stores) {
		c.Stores = append(c.Stores, w.stores[origin]...)
	}
	if n := w.conn.Dropped(); n > 0 {
		w.cut["protocol messages beyond the limit"] += n
	}
	if len(w.cut) > 0 {
		c.Cut = w.cut
	}
	return reports
}

// headersOnly counts requests whose headers the browser told without telling
// of the request: those that it gives up by itself before they leave a page,
// for example when it tries https first and falls back. The gate's dials name
// their hosts, so nothing that left goes unseen.
const headersOnly = "requests of which only headers were told"

// minorCuts are what a record may lack and still tell who got what.
var minorCuts = map[string]bool{headersOnly: true, moreCalls: true, tooOften: true, unheard: true, leftByItself: true}

// route adds how the gate reached the request's host. An answer of the gate
// itself, in place of a host that it could not reach, is no answer.
func (w *walk) route(h *hop) {
	if w.downloads[h.URL] {
		h.Failed, h.ResponseBody = "download denied", diapason.Body{Mime: h.ResponseBody.Mime, Size: announced(h.ResponseHeaders), Absent: "downloads are denied"}
	}
	r := w.door.Route(hostPort(h.URL))
	h.CNAME = r.CNAME
	if r.Failed == "" {
		if h.FromCache == "" || h.Revalidated {
			h.Address = r.Address
		}
		return
	}
	if h.Failed == "" && h.Status >= 400 && strings.HasPrefix(h.URL, "http:") {
		h.Status, h.ResponseHeaders, h.ResponseBody = 0, nil, diapason.Body{}
	}
	if h.Status == 0 {
		h.Failed = strings.TrimPrefix(h.Failed+": ", ": ") + w.unreached(hostPort(h.URL))
	}
}

// noise are the connections that no page or worker asked for: the browser's
// own, and reports that it sends where a page's header told it to.
func noise(dials []diapason.Dial, asked map[string]bool, reports []string) []diapason.Request {
	var out []diapason.Request
	for _, d := range dials {
		scheme := map[int]string{80: "http"}[d.Port]
		address := cmp.Or(scheme, "https") + "://" + d.Host
		if d.Port != 80 && d.Port != 443 {
			address += ":" + strconv.Itoa(d.Port)
		}
		address += "/"
		if asked[place(address)] {
			continue
		}
		asked[place(address)] = true
		r := diapason.Request{ID: "g" + strconv.Itoa(len(out)+1), URL: address, Method: "CONNECT", Type: "other", At: d.At, From: "browser", Address: d.Address, Failed: d.Refused}
		if slices.Contains(reports, d.Host) {
			r.From = "report-upload"
		}
		out = append(out, r)
	}
	return out
}

var reportAddress = regexp.MustCompile(`https://[^"\s,;]+`)

// reportHosts are the hosts to which a browser is told to send reports.
func reportHosts(list []diapason.Header) []string {
	var out []string
	for _, l := range list {
		if !strings.EqualFold(l.Name, "Report-To") && !strings.EqualFold(l.Name, "Reporting-Endpoints") {
			continue
		}
		for _, a := range reportAddress.FindAllString(l.Value, -1) {
			if u, err := url.Parse(a); err == nil {
				out = append(out, u.Hostname())
			}
		}
	}
	return out
}

// cookies turns the jar into records, in an order of its own, and finds who
// set each cookie: the last answer that named it with this value, or a script.
func (w *walk) cookies(jar []wireCookie) []diapason.Cookie {
	out := make([]diapason.Cookie, 0, len(jar))
	for _, j := range jar {
		c := diapason.Cookie{
			Name: j.Name, Value: j.Value, Domain: j.Domain, Path: j.Path, Secure: j.Secure, HTTPOnly: j.HTTPOnly, SameSite: j.SameSite,
			Setter: w.setter(j),
		}
		if !j.Session {
			c.Expires = instant(j.Expires).Truncate(time.Second)
		}
		if j.PartitionKey != nil {
			c.Partition = j.PartitionKey.TopLevelSite
		}
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b diapason.Cookie) int {
		return cmp.Or(cmp.Compare(a.Domain, b.Domain), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Partition, b.Partition))
	})
	return out
}

func (w *walk) setter(j wireCookie) string {
	domain := strings.TrimPrefix(j.Domain, ".")
	for _, h := range slices.Backward(w.hops) {
		host, _ := hostPort(h.URL)
		if !within(host, domain) {
			continue
		}
		for _, l := range h.ResponseHeaders {
			pair, _, _ := strings.Cut(l.Value, ";")
			if name, value, _ := strings.Cut(pair, "="); strings.EqualFold(l.Name, "Set-Cookie") &&
				strings.TrimSpace(name) == j.Name && strings.TrimSpace(value) == j.Value {
				return "http " + h.ID
			}
		}
	}
	for _, f := range w.firstJar {
		if f.Name == j.Name && f.Domain == j.Domain && f.Path == j.Path && f.Value == j.Value {
			return "" // it was there before
		}
	}
	if script := w.writer(j.Name, j.Value, domain); script != "" {
		return "script " + script
	}
	return "script"
}

// jar asks for all cookies.
func (w *walk) jar(ctx context.Context) []wireCookie {
	var r struct{ Cookies []wireCookie }
	if err := w.conn.Call(ctx, "", "Storage.getCookies", nil, &r); err != nil {
		w.gap(fmt.Sprintf("the cookies could not be read at the end (%v)", err), "audit again")
	}
	return r.Cookies
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
