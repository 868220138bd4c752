package does

import (
	"cmp"
	"slices"
	"strings"

	"diapason.dev/diapason"
)

// The data terms of what is stored, read and contacted.
const (
	cookieData  = diapason.Term("dia:CookieIdentifier")
	tokenData   = diapason.Term("dia:SessionToken")
	consentData = diapason.Term("dia:ConsentRecord")
	deviceData  = diapason.Term("dia:DeviceIdentifier")
	addressData = diapason.Term("pd:IPAddress") // the least that every contact gives away
)

// dataOf is the kind of data that a place holds; empty where it is not known.
func dataOf(class string) diapason.Term {
	switch class {
	case classIdentifier, classWeak, classCounter:
		return cookieData
	case classConsent:
		return consentData
	case classToken:
		return tokenData
	}
	return ""
}

// accesses tells what was stored, what was read, and which other companies
// were contacted, each once for a visit.
func (r *reading) accesses(links []Link) []Access {
	var all []Access
	for _, u := range r.dailyUses() {
		all = append(all, r.accessesOf(u, links)...)
	}
	for _, c := range r.daily() {
		all = append(all, r.contacts(c, all)...)
	}
	for _, c := range r.all {
		if c.Source == "har" {
			all = append(all, r.contacts(c, all)...)
		}
	}
	slices.SortStableFunc(all, func(a, b Access) int {
		return cmp.Or(strings.Compare(a.Visit, b.Visit), strings.Compare(a.Kind, b.Kind), strings.Compare(a.Recipient.ID, b.Recipient.ID), strings.Compare(a.Name, b.Name))
	})
	return all
}

// accessesOf tells that a visit set an entry, and that it read it.
func (r *reading) accessesOf(u *use, links []Link) []Access {
	n := r.needOf(u)
	base := Access{
		Phase: u.capture.Phase, Run: u.capture.Run, Visit: u.capture.ID, Name: u.place.key, Recipient: r.party(u.place.host),
		Data: dataOf(r.classOf(u)), NX: n.nx, Deciding: n.deciding, Exemption: n.exemption, Lifetime: u.lifetime,
		CrossSite: slices.ContainsFunc(links, func(l Link) bool { return l.joins() && l.Identifier == u.place.String() }),
	}
	var all []Access
	if u.stored && u.wrote {
		set := base
		set.Kind, set.Count, set.Evidence = "set", 1, []diapason.Ref{u.evidence()}
		all = append(all, set)
	}
	if len(u.read) > 0 {
		read := base
		read.Kind, read.Count = "read", len(u.read)
		read.Evidence = []diapason.Ref{refTo(u.capture, u.read[0], "Cookie: "+u.place.key+"="+hidden)}
		all = append(all, read)
	}
	return all
}

// contacts tells which hosts of other companies a visit, or a recorded device,
// sent requests to. A contact counts like a reading of the device only if it
// carried an identifier that was kept for somebody else: in an address, or in
// the service's own cookie to a host that only looks like the service's.
func (r *reading) contacts(c *diapason.Capture, others []Access) []Access {
	byHost := map[string]*Access{}
	heard := map[string]bool{} // of which it is known what was sent there
	var order []string
	for _, q := range sent(c) {
		host := hostOf(q.URL)
		party := r.party(host)
		if host == "" || party.Relation == diapason.FirstParty && c.Source != "har" {
			continue
		}
		a := byHost[host]
		if a == nil {
			a = &Access{
				Kind: "contact", Phase: c.Phase, Run: c.Run, Visit: c.ID, Name: host, Recipient: party, Data: addressData,
				NX: "unknown", Deciding: "no identifier was seen in it", Unsignalled: c.GPC, Evidence: []diapason.Ref{refTo(c, q, "")},
			}
			byHost[host] = a
			order = append(order, host)
		}
		a.Count++
		heard[host] = heard[host] || q.From != "left"
		a.PageAddress = a.PageAddress || tellsPage(c, q)
		a.Unsignalled = a.Unsignalled && !signals(q)
		if c.Source == "har" && len(deviceFields(q)) > 0 && a.Data == addressData {
			a.Data, a.Deciding, a.Evidence = deviceData, "a field that names the device", []diapason.Ref{refTo(c, q, "with "+strings.Join(deviceFields(q), ", "))}
		}
	}
	for host, a := range byHost {
		if !heard[host] {
			a.Deciding = "it was sent when the page had been left, and nobody could see what it was"
		}
	}
	for _, x := range r.sightingsOf(c) {
		a := byHost[hostOf(x.look.request.URL)]
		if a == nil || x.class != classIdentifier || a.NX == "yes" {
			continue
		}
		known := slices.ContainsFunc(others, func(o Access) bool {
			return o.Visit == c.ID && o.NX == "yes" && o.Recipient.ID == a.Recipient.ID && o.Kind != "contact"
		})
		if !known {
			a.NX, a.Data, a.Deciding = "yes", cookieData, r.need(r.stage(c.Phase), x.place).deciding
			a.Evidence = []diapason.Ref{refTo(c, x.look.request, "")}
		}
	}
	r.listed(c, byHost)
	var all []Access
	for _, h := range order {
		all = append(all, *byHost[h])
	}
	return all
}

// signals tells whether a request says that Global Privacy Control is on.
func signals(q diapason.Request) bool {
	return slices.ContainsFunc(q.Headers, func(h diapason.Header) bool { return strings.EqualFold(h.Name, "sec-gpc") && h.Value == "1" })
}

// tellsPage tells whether a request names the page on which it was made, in its
// address or as the page that it comes from.
func tellsPage(c *diapason.Capture, q diapason.Request) bool {
	page := cmp.Or(q.Page, c.Site)
	if hostOf(page) == "" || hostOf(page) == hostOf(q.URL) {
		return false
	}
	_, page, _ = strings.Cut(page, "://")
	page = strings.TrimSuffix(page, "/")
	if _, query, ok := strings.Cut(q.URL, "?"); ok && strings.Contains(unescape(query), page) {
		return true
	}
	return slices.ContainsFunc(q.Headers, func(h diapason.Header) bool {
		return strings.EqualFold(h.Name, "referer") && strings.Contains(h.Value, page)
	})
}
