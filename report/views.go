package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"diapason.dev/diapason"
	"diapason.dev/diapason/asks"
	"diapason.dev/diapason/audit"
	"diapason.dev/diapason/does"
	"diapason.dev/diapason/holds"
)

// A respawn shows one experiment: a row for each visit, a column for each store.
type respawn struct {
	R        does.Respawn
	Sentence string
	Stores   []string
	Rows     []respawnRow
}

type respawnRow struct {
	Visit    string
	Kept     []bool
	Returned bool
	How      string
	Setting  string // how the visit differed from an ordinary one
}

func respawns(list []does.Respawn) []respawn {
	var views []respawn
	for _, r := range list {
		v := respawn{R: r, Sentence: respawnSentence(r), Stores: storesOf(r)}
		for _, t := range r.Tests {
			row := respawnRow{Visit: t.Visit, Returned: t.Returned, How: how(t), Setting: setting(t)}
			for _, s := range v.Stores {
				row.Kept = append(row.Kept, slices.Contains(t.Kept, s))
			}
			v.Rows = append(v.Rows, row)
		}
		views = append(views, v)
	}
	return views
}

// storesOf lists the stores of an experiment: those that restore first.
func storesOf(r does.Respawn) []string {
	var stores []string
	for _, list := range append(slices.Clone(r.Stores), keptOf(r.Tests)) {
		for _, s := range list {
			if !slices.Contains(stores, s) {
				stores = append(stores, s)
			}
		}
	}
	return stores
}

func keptOf(tests []does.Test) []string {
	var all []string
	for _, t := range tests {
		all = append(all, t.Kept...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func how(t does.Test) string {
	switch {
	case t.Written && t.Sent:
		return "written and sent again"
	case t.Written:
		return "written again"
	case t.Sent:
		return "sent again"
	}
	return ""
}

// setting tells what a visit did beside keeping stores.
func setting(t does.Test) string {
	var all []string
	if t.SignedIn {
		all = append(all, "signed in")
	}
	if len(t.Changed) > 0 {
		all = append(all, "another "+and(t.Changed)+" shown")
	}
	return strings.Join(all, ", ")
}

// together names each set in one breath.
func together(sets [][]string) []string {
	var out []string
	for _, s := range sets {
		out = append(out, strings.Join(s, " with "))
	}
	return out
}

func respawnSentence(r does.Respawn) string {
	text := fmt.Sprintf("We deleted %s, and “%s” came back with its old value.", r.Target, r.Key)
	if r.Agreed {
		text = "In every visit we accepted what the page asks for. " + text
	}
	switch r.Kind {
	case "account":
		return text + " It came back because the same account signed in, which is what an account is for. No store brought it back."
	case "stateless":
		text += " It came back with no store kept at all, so that no deletion ends it."
		if made := or(together(r.Features)); made != "" {
			text += fmt.Sprintf(" It is made of what the browser shows: %s.", made)
		}
		return text
	}
	if r.Kind == "memory" {
		text = fmt.Sprintf("We deleted everything in a running browser, and “%s” came back with its old value.", r.Key)
		if r.RecipeProved {
			return text + " It lived in the browser's memory. Quitting the browser and deleting the cookie ended it: the visits that kept every other store proved that."
		}
		return text + " It lived in the browser's memory."
	}
	sets := together(r.Stores)
	switch {
	case len(sets) == 1:
		text += fmt.Sprintf(" %s brought it back.", sets[0])
	case len(sets) > 1:
		text += fmt.Sprintf(" It was brought back by %s, either alone.", or(sets))
		if len(sets) > 2 {
			text = strings.Replace(text, "either alone", "each alone", 1)
		}
	default:
		text += " Which store brought it back was not found."
	}
	if recipe := and(recipeOf(r)); recipe != "" && r.RecipeProved {
		return text + fmt.Sprintf(" Deleting %s together ended it: visits that kept everything else proved that.", recipe)
	}
	return text + " No way to get rid of it was proved."
}

// recipeOf lists what must be deleted: the target and what restores it.
func recipeOf(r does.Respawn) []string {
	if len(r.Recipe) == 0 || slices.Contains(r.Recipe, r.Target) {
		return r.Recipe
	}
	return append([]string{r.Target}, r.Recipe...)
}

// A ladder shows one permission request. Its verdict's lines about single
// permissions are the rows of the table; the others stand before and after it.
type ladder struct {
	R           asks.Request
	Lead, After []string
	Scopes      []asks.Scope
}

// rungs orders the classes of permissions.
var rungs = []string{"needed", "optional", "excess", "disputed", "described", "unknown", "case-mismatch", "not-current", "dormant", "redundant"}

func ladders(f asks.Facts) []ladder {
	var list []ladder
	for _, r := range f.Requests {
		l := ladder{R: r}
		rows := false
		for _, t := range r.Text {
			switch {
			case strings.HasPrefix(t, "`"):
				rows = true
			case rows:
				l.After = append(l.After, t)
			default:
				l.Lead = append(l.Lead, t)
			}
		}
		for _, s := range f.Scopes {
			if s.Request == r.ID {
				l.Scopes = append(l.Scopes, s)
			}
		}
		slices.SortStableFunc(l.Scopes, func(a, b asks.Scope) int {
			return cmp.Or(cmp.Compare(slices.Index(rungs, a.Class), slices.Index(rungs, b.Class)), cmp.Compare(b.Severity.Rank(), a.Severity.Rank()))
		})
		list = append(list, l)
	}
	return list
}

// A recipient is one party and what was seen to reach it.
type recipient struct {
	Name, Role string
	What       []string
	Count      int64
	third      bool
}

// recipients lists everybody who was reached, other companies first.
func recipients(r *audit.Result) []recipient {
	parties := map[string]*recipient{}
	of := func(p diapason.Party) *recipient {
		if parties[p.ID] == nil {
			parties[p.ID] = &recipient{Name: name(p), Role: role(p), third: p.Relation != diapason.FirstParty}
		}
		return parties[p.ID]
	}
	for _, f := range r.Flows {
		if f.Channel != diapason.Does || f.Polarity != diapason.Observed {
			continue
		}
		p := of(f.Recipient)
		p.Count += int64(max(f.Count, 1))
		if what := received(f); !slices.Contains(p.What, what) {
			p.What = append(p.What, what)
		}
	}
	for _, a := range r.Facts.Does.Accesses {
		if a.Kind == "contact" {
			if p := of(a.Recipient); len(p.What) == 0 || p.What[0] == contacted {
				p.What, p.Count = []string{contacted}, p.Count+int64(max(a.Count, 1))
			}
		}
	}
	var list []recipient
	for _, p := range parties {
		slices.Sort(p.What)
		list = append(list, *p)
	}
	slices.SortFunc(list, func(a, b recipient) int {
		return cmp.Or(later(a.third, b.third), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Role, b.Role), cmp.Compare(a.Count, b.Count))
	})
	return list
}

const contacted = "contacted"

func later(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// received tells what a flow carried, and how.
func received(f diapason.Flow) string {
	what := label(f.Data)
	if f.Data == "" {
		what = "data of an unknown kind"
	}
	if f.Data != "dia:HashedContact" && slices.Contains(f.Payload, "hashed-seed") && !slices.Contains(f.Payload, "plain-seed") {
		what += " (hashed)"
	}
	return what
}

// A night is one receiver's activity by local hour, as a chart of 480 by 118.
type night struct {
	N              does.Night
	Name, Sentence string
	Bars           []bar
	Hours          []hour
}

type bar struct {
	Class   string
	X, Y, H int
}

type hour struct {
	Hour string
	N    int
}

func nights(list []does.Night) []night {
	var views []night
	for _, n := range list {
		v := night{N: n, Name: name(n.Receiver), Sentence: nightSentence(n)}
		top := slices.Max(n.Hours[:])
		for h, count := range n.Hours {
			v.Hours = append(v.Hours, hour{fmt.Sprintf("%02d:00", h), count})
			if count == 0 {
				continue
			}
			b := bar{Class: "bar", X: h*20 + 3, H: max(count*84/top, 2)}
			if h < 6 {
				b.Class = "night"
			}
			b.Y = 94 - b.H
			v.Bars = append(v.Bars, b)
		}
		views = append(views, v)
	}
	return views
}

func nightSentence(n does.Night) string {
	total := 0
	for _, c := range n.Hours {
		total += c
	}
	if !n.Known {
		return "The recording came without its time zone, so nobody knows when it was night."
	}
	text := fmt.Sprintf("%d of %d %s between midnight and six in the morning, by the clock of %s as the configuration gives it",
		n.Requests, total, plural(total, "request", "requests"), n.Zone)
	if n.Identifiers > 0 {
		text += fmt.Sprintf("; %d of them with a value that names the device or person", n.Identifiers)
	}
	return text + "."
}

// An export shows one export's reading and its paths.
type export struct {
	E        holds.Export
	Sentence string
	Items    []holds.Item
}

func exports(f holds.Facts) []export {
	var list []export
	for _, e := range f.Exports {
		v := export{E: e, Sentence: exportSentence(e)}
		for _, i := range f.Items {
			if i.Export == e.ID {
				v.Items = append(v.Items, i)
			}
		}
		list = append(list, v)
	}
	return list
}

func exportSentence(e holds.Export) string {
	l := e.Ledger
	text := fmt.Sprintf("%s: %s %s read = %s kept + %s skipped + %s duplicate + %s malformed.", e.Name, number(l.Read), plural(int(l.Read), "record", "records"),
		number(l.Kept), number(l.Skipped), number(l.Duplicate), number(l.Malformed))
	if l.UnreadBytes > 0 {
		text += fmt.Sprintf(" %s bytes could not be read.", number(l.UnreadBytes))
	}
	if e.Plays > 0 {
		text += fmt.Sprintf(" %s plays.", number(int64(e.Plays)))
	}
	return text + " What is not in this export may still be held."
}

// A line is one fact about how a report was made.
type line struct{ Name, Value string }

func made(r *audit.Result) []line {
	run, s := r.Run, r.Service
	sandbox := "on"
	if !run.Sandbox {
		sandbox = "off"
	}
	stamped := "none: nobody but the observer vouches for the time"
	if run.Stamped {
		stamped = "a third party has stamped the ledger"
	}
	all := []line{
		{"Service", strings.TrimSpace(s.Name + " " + parens(s.Entity))},
		{"Its domains", strings.Join(s.Domains, ", ")},
		{"Law applied", strings.Join(s.Jurisdictions, ", ")},
		{"Run", run.ID},
		{"Started, ended", run.Started.UTC().Format("2006-01-02 15:04:05") + " – " + run.Ended.UTC().Format("15:04:05 UTC")},
		{"Seen from", run.Vantage},
		{"Program", run.Tool},
		{"Rules", run.Pack},
		{"Vocabulary", run.Vocab},
		{"Companies", run.Entities},
		{"Public suffix list", run.Suffixes},
		{"Browser", run.Browser},
	}
	if run.Browser != "" {
		all = append(all, line{"Browser's sandbox", sandbox}, line{"Browser's flags", strings.Join(run.Flags, " ")})
	}
	if run.AtOnce > 0 {
		all = append(all, line{"Visits", fmt.Sprintf("up to %d at a time", run.AtOnce)})
	}
	for _, l := range run.Lists {
		told := []string{l.Name, l.Version, l.Date, l.License, "SHA-256 " + l.SHA256}
		all = append(all, line{"Filter list", strings.Join(slices.DeleteFunc(told, func(s string) bool { return s == "" }), ", ")})
	}
	all = append(all, line{"Time stamp", stamped})
	return slices.DeleteFunc(all, func(l line) bool { return l.Value == "" })
}

func parens(s string) string {
	if s == "" {
		return ""
	}
	return "(" + s + ")"
}
