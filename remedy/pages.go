package remedy

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"diapason.dev/diapason"
)

// pages says for each host of the service that shows pages which headers keep
// the companies away that tracked on them.
func (o *settings) pages(b Blocklist) {
	stopped, named := map[string]bool{}, map[string]diapason.Party{}
	for _, x := range b.Blocks {
		if x.Kind == blockReceiver || x.Kind == blockCloaked {
			stopped[x.Host], named[x.Host] = true, x.Recipient
		}
	}
	shown := o.shown()
	for _, origin := range slices.Sorted(maps.Keys(shown)) {
		p := shown[origin]
		var who []diapason.Party
		for _, host := range slices.Sorted(maps.Keys(p.hosts)) {
			if stopped[host] && !slices.Contains(who, named[host]) {
				who = append(who, named[host])
			}
		}
		for _, x := range o.Facts.Syncs {
			if x.Way == "referer" && x.Site == siteOf(hostOf(origin)) {
				for _, e := range x.Evidence {
					p.leaks = add(p.leaks, hostOf(e.URL))
				}
			}
		}
		if len(who) > 0 {
			o.policy(origin, p, who, stopped)
		}
	}
}

// A shownHost is what the pages of one origin load.
type shownHost struct {
	hosts  map[string]bool
	loads  map[string][]string // directive → sources, as a policy writes them
	asked  map[string][]string // directive → hosts
	inline bool                // a page has a script in its own text
	leaks  []string            // hosts that were sent the whole address of a page
}

// shown reads what the service's pages load, by origin.
func (d *drawing) shown() map[string]*shownHost {
	all := map[string]*shownHost{}
	origins := map[string]string{} // page → its origin; empty where it is not the service's
	for _, v := range d.visits {
		for _, q := range v.requests {
			origin, known := origins[q.Page]
			if !known {
				origin = d.origin(q.Page)
				origins[q.Page] = origin
			}
			if origin == "" || q.main || q.Frame != "" && q.Frame != q.Page {
				continue
			}
			if all[origin] == nil {
				all[origin] = &shownHost{hosts: map[string]bool{}, loads: map[string][]string{}, asked: map[string][]string{}}
			}
			all[origin].add(origin, q)
		}
		for _, p := range v.Pages {
			for origin, s := range all {
				s.inline = s.inline || strings.HasPrefix(p.URL, origin+"/") && inlineScript.MatchString(p.HTML)
			}
		}
	}
	return all
}

// origin is the scheme and host of a page of the service, as a policy writes it.
func (d *drawing) origin(page string) string {
	u, err := url.Parse(page)
	if err != nil || u.Host == "" || d.party(strings.ToLower(u.Hostname())).Relation != diapason.FirstParty {
		return ""
	}
	return u.Scheme + "://" + strings.ToLower(u.Host)
}

// inlineScript finds a script that stands in a page's own text.
var inlineScript = regexp.MustCompile(`(?i)<script(\s+(type\s*=\s*"?(text/javascript|module)"?|async|defer|nonce="[^"]*"))*\s*>|\son[a-z]+\s*=\s*["']`)

// directives are the parts of a content policy by type of request (CSP Level 3).
var directives = map[string]string{
	"script": "script-src", "stylesheet": "style-src", "image": "img-src", "font": "font-src", "media": "media-src",
	"xhr": "connect-src", "fetch": "connect-src", "ping": "connect-src", "websocket": "connect-src", "eventsource": "connect-src", "document": "frame-src",
}

// add notes one request that a page itself sent.
func (s *shownHost) add(origin string, q request) {
	u, err := url.Parse(q.URL)
	part := directives[q.Type]
	if err != nil || u.Host == "" || part == "" {
		return
	}
	host := q.host
	s.hosts[host] = true
	source := u.Scheme + "://" + strings.ToLower(u.Host)
	if source == origin {
		source = "'self'"
	}
	s.loads[part], s.asked[part] = add(s.loads[part], source), add(s.asked[part], host)
	for _, h := range q.Headers {
		if strings.EqualFold(h.Name, "referer") && host != hostOf(origin) && strings.Trim(strings.TrimPrefix(h.Value, origin), "/") != "" && strings.HasPrefix(h.Value, origin) {
			s.leaks = add(s.leaks, host)
		}
	}
}

// policy says which hosts the pages may load from: for each kind of request
// that reached a company that tracked, all hosts that were seen but those.
func (o *settings) policy(origin string, p *shownHost, who []diapason.Party, stopped map[string]bool) {
	var parts []string
	for _, part := range slices.Sorted(maps.Keys(p.loads)) {
		if !slices.ContainsFunc(p.asked[part], func(h string) bool { return stopped[h] }) {
			continue
		}
		sources := []string{"'self'"}
		if part == "script-src" && p.inline {
			sources = append(sources, "'unsafe-inline'")
		}
		if part == "img-src" {
			sources = append(sources, "data:")
		}
		var others []string
		for _, s := range p.loads[part] {
			if s != "'self'" && !stopped[hostOf(s)] {
				others = append(others, s)
			}
		}
		slices.Sort(others)
		parts = append(parts, part+" "+strings.Join(append(sources, others...), " "))
	}
	var names, rules []string
	for _, w := range who {
		names, rules = add(names, o.name(w)), add(rules, o.about(w)...)
	}
	slices.Sort(rules)
	o.say(origin, fmt.Sprintf("Its pages let %s follow visitors.", And(names)), "set-csp", rules,
		map[string]string{"site": hostOf(origin), "recipients": And(names), "policy": strings.Join(parts, "; ")})
	if len(p.leaks) > 0 {
		slices.Sort(p.leaks)
		o.say(origin, "Other hosts learn which page is read.", "set-referrer", rules, map[string]string{"recipients": And(p.leaks)})
	}
}

// others says what concerns no page as a whole.
func (o *settings) others() {
	o.partition()
	for _, c := range o.Facts.Cloaks {
		o.say("https://"+c.Host, "Another company stands behind a name of the service.", "set-name", o.about(c.Party),
			map[string]string{"host": c.Host, "recipient": o.name(c.Party), "chain": strings.Join(c.Chain, " → ")})
	}
	for _, p := range o.Facts.Probes {
		if rules := o.among([]string{"EV-05"}, p.Evidence); len(rules) > 0 {
			site := o.home()
			o.say("https://"+site, "A page talks to the visitor's own device or network.", "set-local", rules, map[string]string{"site": site})
		}
	}
	if rules := o.rules(func(f diapason.Finding) bool { return strings.HasPrefix(f.Rule, "US-") }); len(rules) > 0 {
		o.say("https://"+o.home(), "Global Privacy Control is not obeyed.", "set-gpc", rules, map[string]string{"host": o.home()})
	}
	for _, f := range o.Findings {
		for _, e := range f.Evidence {
			if f.Rule == "SD-11" && strings.HasPrefix(e.URL, "http:") {
				host := hostOf(e.URL)
				o.say("https://"+host, "Personal data goes there without encryption.", "set-https", []string{"SD-11"}, map[string]string{"host": host})
			}
		}
	}
	for _, x := range o.Facts.Decorations {
		o.say("https://"+x.From, fmt.Sprintf("Links to %s name the visitor.", x.To), "set-link", nil,
			map[string]string{"name": x.Parameter, "site": x.From, "recipient": o.name(x.Party)})
	}
}

// home is the host of the service's first page.
func (d *drawing) home() string {
	for _, v := range d.Facts.Visits {
		if host := hostOf(v.URL); host != "" && d.party(host).Relation == diapason.FirstParty {
			return host
		}
	}
	return strings.Join(d.Service.Domains[:min(1, len(d.Service.Domains))], "")
}

// partition says to a company that knows one visitor on several sites how it
// would not.
func (o *settings) partition() {
	for _, l := range o.Facts.Links {
		for _, i := range o.Facts.Identifiers {
			if i.ID == l.Identifier && i.Store == "cookie" && l.Receiver.Relation != diapason.FirstParty {
				o.say("https://"+i.Host, fmt.Sprintf("%s gets the same “%s” on %s.", o.name(l.Receiver), i.Key, And(l.Sites)), "set-partition", o.among([]string{"EV-08"}, l.Evidence), map[string]string{"host": i.Host, "name": i.Key})
			}
		}
	}
}
