package importer

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// A thing is something that a call does to one kind of object.
type thing struct {
	area string // product that the object belongs to; empty where the provider has only one
	noun string
	act  act
}

// An act is what a call does: it shows, changes or deletes.
type act int

const (
	see act = iota
	change
	remove
)

// things counts the calls that open each thing.
type things map[thing]int

// id is the name of the thing's term.
func (t thing) id() string {
	id := strings.ReplaceAll(t.noun, " ", "-")
	if t.area != "" {
		id = strings.ReplaceAll(strings.ToLower(t.area), " ", "-") + "/" + id
	}
	return id + [...]string{"", ":write", ":delete"}[t.act]
}

func (t thing) label() string {
	return [...]string{"", "create or change ", "delete "}[t.act] + t.named()
}

func (t thing) named() string {
	if t.area == "" {
		return t.noun
	}
	return t.noun + " in " + t.area
}

// maxNamed is how many things a built sentence names before it counts the rest.
const maxNamed = 3

// describe gives a scope terms, effects and sentences built from the things
// that its calls open; where there is no call, from its name.
func (d *draft) describe(s *scope) {
	if len(s.things) == 0 {
		d.describeByName(s)
		return
	}
	for _, t := range slices.SortedFunc(maps.Keys(s.things), func(a, b thing) int { return strings.Compare(a.id(), b.id()) }) {
		d.open(s, t)
	}
	s.phrase()
}

// open adds one thing to what a scope opens.
func (d *draft) open(s *scope, t thing) {
	id := t.id()
	if d.Terms[id] == nil {
		d.Terms[id] = &term{Label: t.label()}
	}
	effect := [...]string{"profile", "act", "delete"}[t.act]
	if !slices.Contains(s.Effects, effect) {
		s.Effects = append(s.Effects, effect)
	}
	if t.act == see {
		s.Reads = append(s.Reads, id)
	} else {
		s.Writes = append(s.Writes, id)
	}
}

// phrase builds what the scope lets its holder see and do.
func (s *scope) phrase() {
	s.See = s.things.list(see)
	var doing []string
	if text := s.things.list(change); text != "" {
		doing = append(doing, "create or change "+text)
	}
	if text := s.things.list(remove); text != "" {
		doing = append(doing, "delete "+text)
	}
	s.Do = strings.Join(doing, ", and ")
}

// list names the things of one act, those that most calls open first, with the
// area behind the last of each area.
func (all things) list(a act) string {
	var of []thing
	for t := range all {
		if t.act == a {
			of = append(of, t)
		}
	}
	slices.SortFunc(of, func(x, y thing) int {
		return cmp.Or(cmp.Compare(all[y], all[x]), strings.Compare(x.area, y.area), strings.Compare(x.noun, y.noun))
	})
	more := len(of) - maxNamed
	of = of[:min(len(of), maxNamed)]
	var names []string
	for i, t := range of {
		if i+1 < len(of) && of[i+1].area == t.area {
			names = append(names, t.noun)
		} else {
			names = append(names, t.named())
		}
	}
	switch {
	case more == 1:
		names = append(names, "one more kind of thing")
	case more > 1:
		names = append(names, strconv.Itoa(more)+" more kinds of things")
	}
	return join(names)
}

// describeByName is for a scope of which only the name is known.
func (d *draft) describeByName(s *scope) {
	name := words(s.ID)
	id := "named/" + strings.ReplaceAll(name, " ", "-")
	d.Terms[id] = &term{Label: "what \"" + name + "\" stands for"}
	s.Reads, s.Writes = nil, []string{id}
	s.Effects = []string{"act"}
	s.Do = "use what " + d.Name + " calls \"" + name + "\""
	s.Notes = append(s.Notes, "No published call lists it; only its name is known.")
}

// join lists things as one says them: "a, b and c".
func join(items []string) string {
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	return strings.Join(items[:len(items)-1], ", ") + " and " + items[len(items)-1]
}

// words takes a name of code apart: "calendarList" is "calendar list".
func words(name string) string {
	var b strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			r = ' '
		case i > 0 && unicode.IsUpper(r) && (unicode.IsLower(runes[i-1]) ||
			unicode.IsUpper(runes[i-1]) && i+1 < len(runes) && unicode.IsLower(runes[i+1]) && string(runes[i+1:]) != "s"):
			b.WriteRune(' ')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// readVerbs and removeVerbs begin the names of calls that show or delete,
// whatever method they are made with.
var (
	readVerbs = []string{
		"get", "list", "read", "search", "query", "lookup", "look", "find", "fetch", "count", "check",
		"export", "download", "validate", "preview", "batch get", "view", "show",
	}
	removeVerbs = []string{"delete", "remove", "trash", "purge", "clear", "empty", "batch delete", "unfollow", "unlink", "revoke"}
)

// actOf tells what a call does, from its method and, where it has one, its name.
func actOf(method, name string) act {
	begins := func(verbs []string) bool {
		text := words(name) + " "
		return slices.ContainsFunc(verbs, func(v string) bool { return strings.HasPrefix(text, v+" ") })
	}
	switch method = strings.ToUpper(method); {
	case method == "DELETE" || begins(removeVerbs):
		return remove
	case method == "GET" || method == "HEAD" || begins(readVerbs):
		return see
	}
	return change
}
