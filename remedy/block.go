package remedy

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/does"
)

// A Blocklist is what a content blocker can stop of what a run showed, rule by
// rule in the syntax of uBlock Origin, with the reason for each.
type Blocklist struct {
	Service string    `json:"service"`
	Run     string    `json:"run"`
	Date    time.Time `json:"date"` // when the run began
	Tool    string    `json:"tool"`
	Blocks  []Block   `json:"blocks"`
	// Left is what tracked and is not blocked, with the reason.
	Left  []Left `json:"left,omitempty"`
	Check Check  `json:"check"`
}

// A Block is one rule of a blocklist.
type Block struct {
	Rule string `json:"rule"`
	// Kind is receiver (a host of another company), cloaked (such a host behind
	// a name of the service), restores (a file of the service that brings a
	// deleted identifier back) or decoration (a part of an address that names
	// the visitor to the site that a link leads to).
	Kind      string         `json:"kind"`
	Recipient diapason.Party `json:"recipient"`
	Host      string         `json:"host"`
	Why       string         `json:"why"`             // what was seen, in a sentence
	Rules     []string       `json:"rules,omitempty"` // rules whose findings it answers

	paths []string // addresses without scheme that it is about; none: all of the host
}

// Left is something that tracked and that the list leaves alone.
type Left struct {
	What string `json:"what"`
	Why  string `json:"why"`
}

// The kinds of block.
const (
	blockReceiver   = "receiver"
	blockCloaked    = "cloaked"
	blockRestores   = "restores"
	blockDecoration = "decoration"
)

// blocklist draws the list and holds it against every request of the record.
func (d *drawing) blocklist() Blocklist {
	b := Blocklist{Service: cmp.Or(d.Service.Name, d.Service.ID), Run: d.Run, Date: d.Started, Tool: d.Tool, Blocks: []Block{}}
	for _, t := range d.traces() {
		if !t.named {
			b.Left = append(b.Left, Left{fmt.Sprintf("%s at %s", d.name(t.party), t.host), "it works for the service: without it what you asked for would not come about"})
			continue
		}
		b.Blocks = append(b.Blocks, d.receiver(t)...)
	}
	for _, r := range d.Facts.Respawns {
		blocks, left := d.restoring(r)
		b.Blocks, b.Left = append(b.Blocks, blocks...), append(b.Left, left...)
	}
	b.Blocks = append(b.Blocks, d.decorations()...)
	for _, x := range d.Facts.Bounces {
		b.Left = append(b.Left, Left{
			fmt.Sprintf("%s, through which links from %s lead to %s", x.Through, x.From, x.To), "without it the link leads nowhere: copy the address that it leads to instead",
		})
	}
	for _, n := range d.Facts.Nights {
		if n.Identifiers > 0 && n.Receiver.Relation != diapason.FirstParty {
			b.Left = append(b.Left, Left{
				fmt.Sprintf("what an app sends to %s at night", d.name(n.Receiver)), "a browser's blocker does not reach an app; one that answers the phone's DNS queries does, for " + And(n.Hosts),
			})
		}
	}
	d.hold(&b)
	return b
}

// receiver blocks a host of another company: as a whole, or, where it also
// serves what a page looks and sounds like to those it gives no name, only at
// the addresses that got the value. A list is no wider than its evidence: what
// was seen on one site is blocked there.
func (d *drawing) receiver(t *trace) []Block {
	b := Block{Kind: blockReceiver, Recipient: t.party, Host: t.host, Rules: d.about(t.party)}
	b.Why = d.received(t.party, t.got, t.sites, t.linked)
	if t.party.Relation == diapason.CloakedParty {
		b.Kind = blockCloaked
	}
	if t.linked || !d.serves(t) {
		b.Rule = withOptions("||"+t.host+"^", d.options(b, t)...)
		return []Block{b}
	}
	var all []Block
	for _, c := range t.carriers {
		part := b
		part.paths = []string{pathOf(c)}
		part.Rule = withOptions(pattern(c), d.options(part, t)...)
		all = append(all, part)
	}
	return all
}

// options keep a rule to where its evidence is. A blocker takes the document
// that sends a request for its page: in a frame of somebody else that is the
// frame's, and in a frame of the company itself nothing is of a third party.
// Such a frame is stopped with its host, but not with single addresses of it.
func (d *drawing) options(b Block, t *trace) []string {
	if b.Kind == blockCloaked {
		return nil
	}
	var from []string
	for _, v := range d.visits {
		for _, q := range v.requests {
			if !q.main && b.about(q) {
				from = add(from, siteOf(hostOf(cmp.Or(q.Frame, q.Page))))
			}
		}
	}
	own := func(s string) bool { return s == siteOf(b.Host) }
	if b.paths != nil && slices.ContainsFunc(from, own) {
		return nil
	}
	from = slices.DeleteFunc(from, own)
	if len(t.sites) == 1 && !slices.ContainsFunc(from, func(s string) bool { return s != t.sites[0] }) {
		return []string{"third-party", "domain=" + t.sites[0]}
	}
	return []string{"third-party"}
}

// received tells what a company got, and where.
func (d *drawing) received(p diapason.Party, got, sites []string, linked bool) string {
	text := d.called(p) + " received " + And(got)
	if len(sites) > 0 && !linked {
		text += " on " + And(sites)
	}
	return text + "."
}

// called is a party with its role.
func (d *drawing) called(p diapason.Party) string {
	words := map[diapason.Role]string{diapason.RoleAdvertiser: "advertising", diapason.RoleAnalytics: "audience measuring", diapason.RoleBuyer: "data buyer", diapason.RoleProcessor: "works for the service"}
	if w := words[p.Role]; w != "" {
		return d.name(p) + " (" + w + ")"
	}
	return d.name(p)
}

// serves tells whether a host also served styles, fonts or media in requests
// that carried nothing.
func (d *drawing) serves(t *trace) bool {
	for _, v := range d.visits {
		for _, q := range v.requests {
			if q.host == t.host && slices.Contains([]string{"stylesheet", "font", "media"}, q.Type) && len(t.carriers) > 0 && !slices.Contains(t.carriers, does.Shown(q.URL)) {
				return true
			}
		}
	}
	return false
}

// restoring blocks the files of the service that bring a deleted identifier
// back: those whose cache tag or text is the identifier, and the scripts that
// were seen to write it again.
func (d *drawing) restoring(r does.Respawn) ([]Block, []Left) {
	if r.Kind != "storage" || r.Recipient.Relation != diapason.FirstParty {
		return nil, nil
	}
	var blocks []Block
	for _, address := range d.restorers(r) {
		b := Block{Kind: blockRestores, Recipient: r.Recipient, Host: hostOf(address), paths: []string{pathOf(address)}}
		b.Why = fmt.Sprintf("%s brings the deleted identifier “%s” of %s back.", pathOf(address), r.Key, d.name(r.Recipient))
		b.Rules = d.rules(func(f diapason.Finding) bool {
			return (f.Rule == "EV-01" || f.Rule == "EV-02") && f.Recipient.ID == r.Recipient.ID
		})
		b.Rule = withOptions(pattern(address), "domain="+siteOf(b.Host))
		blocks = append(blocks, b)
	}
	if len(blocks) == 0 {
		return nil, []Left{{
			fmt.Sprintf("what brings “%s” of %s back", r.Key, d.name(r.Recipient)), "no file of its own was seen to do it: the page itself does, and a list that stopped the page would leave nothing",
		}}
	}
	return blocks, nil
}

// restorers lists the addresses of files that hold a deleted identifier or
// write it again, without queries, sorted.
func (d *drawing) restorers(r does.Respawn) []string {
	var held []does.Identifier
	for _, i := range d.copies(r) {
		if slices.Contains([]string{"etag", "last-modified", "body"}, i.Store) {
			held = append(held, i)
		}
	}
	returned := map[string]bool{}
	for _, t := range r.Tests {
		returned[t.Visit] = t.Returned && t.Written
	}
	var all, pages []string
	for _, v := range d.visits {
		for _, q := range v.requests {
			switch {
			case q.main:
				pages = add(pages, does.Shown(q.URL))
			case slices.ContainsFunc(held, func(i does.Identifier) bool { return i.Host == q.host && i.Key == fileOf(q.URL) }):
				all = add(all, does.Shown(q.URL))
			}
		}
		for _, call := range v.Calls {
			writes := call.API == "document.cookie=" || call.API == "cookieStore.set"
			if writes && call.Name == r.Key && (returned[v.ID] || returned[strings.TrimPrefix(v.ID, "respawn/")]) {
				all = add(all, does.Shown(call.Script))
			}
		}
	}
	all = slices.DeleteFunc(all, func(a string) bool {
		return slices.Contains(pages, a) || d.party(hostOf(a)).Relation != diapason.FirstParty
	})
	slices.Sort(all)
	return all
}

// copies lists the identifiers that have the value of the one that came back.
func (d *drawing) copies(r does.Respawn) []does.Identifier {
	var own string
	for _, i := range d.Facts.Identifiers {
		if i.ID == r.Identifier {
			own = i.Commitment
		}
	}
	return slices.DeleteFunc(slices.Clone(d.Facts.Identifiers), func(i does.Identifier) bool {
		return i.ID != r.Identifier && (own == "" || i.Commitment != own)
	})
}

// decorations take the names off links to other sites.
func (d *drawing) decorations() []Block {
	var all []Block
	for _, x := range d.Facts.Decorations {
		to := cmp.Or(hostOf(x.To), x.To)
		b := Block{Kind: blockDecoration, Recipient: x.Party, Host: to, Rule: withOptions("||"+to+"^", "doc", "removeparam="+x.Parameter)}
		b.Why = fmt.Sprintf("Links from %s to %s name the visitor in “%s”.", x.From, x.To, x.Parameter)
		b.Rules = d.among(d.rules(func(diapason.Finding) bool { return true }), x.Evidence)
		if !slices.ContainsFunc(all, func(o Block) bool { return o.Rule == b.Rule }) {
			all = append(all, b)
		}
	}
	return all
}

// pattern is a rule's pattern for an address, whatever its query. What was
// hidden in the address may be anything.
func pattern(address string) string {
	p := "||" + strings.ReplaceAll(pathOf(address), url.PathEscape("…"), "*")
	if strings.HasSuffix(p, "/") {
		return p
	}
	return p + "^"
}

// plain are the rules that mean what they say: an address whose characters
// have a meaning of their own in a list could say anything else.
var plain = regexp.MustCompile(`^\|\|?(https://)?[a-z0-9_.-]+(:[0-9]+)?(/[A-Za-z0-9_.~%/*-]*)?\^?(\$[a-z-]+(=[A-Za-z0-9_.~%-]+)?(,[a-z-]+(=[A-Za-z0-9_.~%-]+)?)*)?$`)

// pathOf is an address without its scheme and query.
func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return strings.ToLower(u.Host) + u.EscapedPath()
}

func withOptions(pattern string, options ...string) string {
	if len(options) == 0 {
		return pattern
	}
	return pattern + "$" + strings.Join(options, ",")
}
