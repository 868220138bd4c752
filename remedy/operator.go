package remedy

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"diapason.dev/diapason"
	"diapason.dev/diapason/does"
)

// operator tells what who runs the service can change: headers and settings by
// the address whose answers change, then what no header can do.
func (d *drawing) operator(b Blocklist) []Task {
	o := settings{drawing: d, book: d.book}
	o.mechanisms()
	o.forget()
	o.consent()
	o.pages(b)
	o.others()
	slices.SortStableFunc(o.tasks, func(a, b Task) int { return strings.Compare(a.Where, b.Where) })
	l := todo{told: map[told]int{}}
	for _, t := range o.tasks {
		l.put(t)
	}
	for _, r := range d.Facts.Respawns {
		if r.Kind != "storage" {
			l.put(Task{Against: d.returned(r), Steps: d.book.For("", recipeOf[r.Kind], d.respawnWords(r, b)).Operator})
		}
	}
	l.findings(d.Findings, func(f diapason.Finding) []diapason.Step { return f.Remedy.Operator })
	return l.tasks
}

// A settings is the list of headers and settings under way.
type settings struct {
	*drawing
	book  *Book
	tasks []Task
}

// say adds one recipe for the answers of an address.
func (o *settings) say(where, against, recipe string, rules []string, words map[string]string) {
	o.tasks = append(o.tasks, Task{Against: against, Where: where, Rules: rules, Steps: o.book.For("", recipe, words).Operator})
}

// A keep is a place in which the service kept a name for a browser.
type keep struct {
	does.Identifier
	where string // address or origin
}

// keeps lists the service's own places that hold an identifier.
func (d *drawing) keeps() []keep {
	var all []keep
	for _, i := range d.Facts.Identifiers {
		if i.Class != "identifier" || d.party(i.Host).Relation != diapason.FirstParty {
			continue
		}
		where := "https://" + i.Host
		if slices.Contains([]string{"etag", "last-modified", "body"}, i.Store) {
			where = cmp.Or(d.address(i), where)
		}
		all = append(all, keep{i, where})
	}
	return all
}

// address is where the file lies that facts name by its last part.
func (d *drawing) address(i does.Identifier) string {
	for _, v := range d.visits {
		for _, q := range v.requests {
			if q.host == i.Host && fileOf(q.URL) == i.Key {
				return does.Shown(q.URL)
			}
		}
	}
	return ""
}

// mechanisms says for each place that kept a name what to change there, and for
// each store that brings one back although no copy was seen in it.
func (o *settings) mechanisms() {
	keeps := o.keeps()
	for _, k := range keeps {
		if k.Store == "cookie" && !o.comesBack(k.ID) {
			continue
		}
		for _, m := range mechanisms() {
			if slices.Contains(m.Stores, k.Store) {
				o.mechanism(m, k, fmt.Sprintf("The %s “%s” names a browser.", m.Name, k.Key))
			}
		}
	}
	o.unseen(func(m Mechanism, home keep, against string) { o.mechanism(m, home, against) })
}

// unseen goes over the mechanisms of stores that bring an identifier of the
// service back although no copy of it was seen in them.
func (d *drawing) unseen(f func(m Mechanism, home keep, against string)) {
	for _, r := range d.Facts.Respawns {
		if r.Recipient.Relation != diapason.FirstParty {
			continue
		}
		var seen []string
		var home keep
		for _, i := range d.copies(r) {
			seen = append(seen, i.Store)
			if i.ID == r.Identifier {
				home = keep{i, "https://" + i.Host}
			}
		}
		for _, atom := range atomsOf(r) {
			for _, m := range keeping(atom, seen) {
				if !slices.ContainsFunc(m.Stores, func(s string) bool { return slices.Contains(seen, s) }) {
					f(m, home, fmt.Sprintf("“%s” brings “%s” back.", atom, r.Key))
				}
			}
		}
	}
}

// comesBack tells whether an identifier was deleted and had its value again.
func (d *drawing) comesBack(id string) bool {
	return slices.ContainsFunc(d.Facts.Respawns, func(r does.Respawn) bool { return r.Identifier == id && r.Kind == "storage" })
}

// atomsOf lists the stores that bring an identifier back, each once, sorted.
func atomsOf(r does.Respawn) []string {
	var all []string
	for _, set := range r.Stores {
		all = add(all, set...)
	}
	slices.Sort(all)
	return all
}

func (o *settings) mechanism(m Mechanism, k keep, against string) {
	words := map[string]string{"name": k.Key, "key": k.Key, "where": k.where, "site": siteOf(k.Host)}
	o.tasks = append(o.tasks, Task{
		Against: against, Where: k.where, Steps: fill(m.Operator, words),
		Rules: o.rules(func(f diapason.Finding) bool {
			return slices.Contains(m.Stops, f.Rule) && f.Recipient.ID == o.party(k.Host).ID
		}),
	})
}

// forget says for each host of the service that keeps a name what empties it
// when a person leaves, and what no header reaches.
func (o *settings) forget() {
	words, unreached := map[string][]string{}, map[string][]string{}
	note := func(host string, m Mechanism) {
		words[host] = add(words[host], m.Clears...)
		if len(m.Clears) == 0 {
			unreached[host] = add(unreached[host], m.Name)
		}
	}
	for _, k := range o.keeps() {
		for _, m := range mechanisms() {
			if slices.Contains(m.Stores, k.Store) {
				note(k.Host, m)
			}
		}
	}
	o.unseen(func(m Mechanism, home keep, _ string) { note(home.Host, m) })
	for _, host := range slices.Sorted(maps.Keys(words)) {
		list := words[host]
		slices.Sort(list)
		if slices.Contains(list, "*") {
			list = []string{"*"}
		}
		for i, w := range list {
			list[i] = `"` + w + `"`
		}
		who := o.party(host).ID
		rules := o.rules(func(f diapason.Finding) bool {
			return f.Recipient.ID == who && slices.Contains([]string{"CN-03", "CN-06", "EV-01", "EV-02"}, f.Rule)
		})
		o.say("https://"+host, "It keeps a name for a browser.", "set-forget", rules, map[string]string{"host": host, "words": strings.Join(list, ", "), "unreached": Or(unreached[host])})
	}
}

// consent says how each of the service's own cookies that name a browser is
// taken away from who did not agree.
func (o *settings) consent() {
	for _, k := range o.keeps() {
		if k.Store != "cookie" {
			continue
		}
		var evidence []diapason.Ref
		for _, c := range o.Facts.Cookies {
			if c.Store == "cookie" && c.Name == k.Key && c.Host == k.Host && c.NX == "yes" {
				evidence = append(evidence, c.Evidence...)
			}
		}
		rules := o.among([]string{"CN-01", "CN-03", "CN-06", "CN-07", "CN-08"}, evidence)
		if len(rules) > 0 {
			o.say(k.where, fmt.Sprintf("“%s” is set before anybody agreed.", k.Key), "set-consent", rules, map[string]string{"name": k.Key, "attributes": o.attributes(k.Identifier)})
		}
	}
}

// attributes are those with which a cookie was set, without which it is not
// taken away.
func (d *drawing) attributes(i does.Identifier) string {
	for _, v := range d.visits {
		for _, k := range v.Cookies {
			if k.Name != i.Key || strings.TrimPrefix(strings.ToLower(k.Domain), ".") != i.Host {
				continue
			}
			all := []string{"Path=" + cmp.Or(k.Path, "/")}
			if strings.HasPrefix(k.Domain, ".") {
				all = append([]string{"Domain=" + i.Host}, all...)
			}
			if k.Secure {
				all = append(all, "Secure")
			}
			if k.Partition != "" {
				all = append(all, "Partitioned")
			}
			return strings.Join(all, "; ")
		}
	}
	return "Path=/"
}
