package remedy

import (
	"fmt"
	"slices"
	"strings"

	"diapason.dev/diapason"
	"diapason.dev/diapason/does"
)

// recipeOf names the recipe for each way in which an identifier comes back.
var recipeOf = map[string]string{"storage": "respawn", "stateless": "stateless", "account": "account", "memory": "memory"}

// person tells what a person can do: about each identifier that came back,
// about each company that tracked, about every other finding.
func (d *drawing) person(b Blocklist) []Task {
	l := todo{told: map[told]int{}}
	for _, r := range d.Facts.Respawns {
		steps := d.book.For(recipeOf[r.Kind], "", d.respawnWords(r, b)).Person
		l.put(Task{Against: d.returned(r), Rules: d.returnRules(r), Steps: steps})
	}
	traces := d.traces()
	for i, t := range traces {
		if i > 0 && traces[i-1].party.ID == t.party.ID || !t.named {
			continue
		}
		words, against := d.receiverWords(t.party, traces, b)
		l.put(Task{Against: against, Rules: d.about(t.party), Steps: d.book.For("receiver", "", words).Person})
		l.skip(d.book.For("block", "", words).Person)
	}
	if len(b.Blocks) > 0 {
		l.skip(d.book.For("cross-site", "", nil).Person)
	}
	l.findings(d.Findings, func(f diapason.Finding) []diapason.Step { return f.Remedy.Person })
	return l.tasks
}

// returned tells of an identifier that came back.
func (d *drawing) returned(r does.Respawn) string {
	text := fmt.Sprintf("%s's “%s” comes back after it was deleted", d.name(r.Recipient), r.Key)
	switch r.Kind {
	case "stateless":
		return text + ", in a browser that kept nothing."
	case "account":
		return text + ", with the account that signs in."
	case "memory":
		return text + ", as long as the browser runs."
	}
	var sets []string
	for _, s := range r.Stores {
		sets = append(sets, strings.Join(s, " with "))
	}
	if len(sets) == 0 {
		return text + "; from which store was not found."
	}
	return text + ", from " + Or(sets) + "."
}

// returnRules lists the rules whose findings tell of an identifier's return.
func (d *drawing) returnRules(r does.Respawn) []string {
	return d.among([]string{"EV-01"}, r.Evidence)
}

// respawnWords are the words of the recipes for an identifier that came back,
// the same that findings about it use.
func (d *drawing) respawnWords(r does.Respawn, b Blocklist) map[string]string {
	words := map[string]string{"service": d.Service.Name, "recipient": d.name(r.Recipient), "name": r.Key}
	words["boxes"], words["proof"] = Deletion(r)
	var made []string
	for _, set := range r.Features {
		made = append(made, strings.Join(set, " with "))
	}
	if len(made) > 0 {
		words["made"] = " and is made of what it shows: " + Or(made)
	}
	if r.Recipient.Relation != diapason.FirstParty {
		b.words(r.Recipient, words)
	}
	return words
}

// receiverWords are the words of the recipe against a company, and what it got.
func (d *drawing) receiverWords(p diapason.Party, traces []*trace, b Blocklist) (words map[string]string, against string) {
	var got, where []string
	words = map[string]string{"service": d.Service.Name, "recipient": d.name(p)}
	for _, t := range traces {
		if t.party.ID == p.ID && t.named {
			got, where = add(got, t.got...), add(where, t.sites...)
			if t.linked {
				words["linked"] = "yes"
			}
		}
	}
	words["got"] = And(got)
	b.words(p, words)
	return words, d.received(p, got, where, words["linked"] != "")
}

// words are the lines of the list against a party.
func (b Blocklist) words(p diapason.Party, words map[string]string) {
	var lines []string
	for _, x := range b.Blocks {
		if x.Recipient.ID == p.ID && x.Kind != blockDecoration {
			lines = append(lines, x.Rule)
		}
	}
	words["blocks"], words["lines"] = strings.Join(lines, "\n"), fmt.Sprint(len(lines))
}

// A todo is a list of tasks under way, in which no step is told twice for one
// place.
type todo struct {
	tasks []Task
	told  map[told]int // step → 1 + its task; 0 for steps that are not told at all
}

type told struct{ where, text, copy string }

// put adds a task with those of its steps that were not told yet. The rules of
// those that were go to the tasks that tell them.
func (l *todo) put(t Task) {
	var steps []diapason.Step
	for _, s := range t.Steps {
		bare := told{t.Where, s.Text, s.Copy}
		at, known := l.told[bare]
		if known && at > 0 {
			first := &l.tasks[at-1]
			first.Rules = add(first.Rules, t.Rules...)
			slices.Sort(first.Rules)
		}
		if !known {
			l.told[bare] = len(l.tasks) + 1
			steps = append(steps, s)
		}
	}
	if len(steps) > 0 {
		t.Steps = steps
		l.tasks = append(l.tasks, t)
	}
}

// skip leaves steps out that something better stands for.
func (l *todo) skip(steps []diapason.Step) {
	for _, s := range steps {
		l.told[told{text: s.Text, copy: s.Copy}] = 0
	}
}

// findings adds what can be done about each finding.
func (l *todo) findings(all []diapason.Finding, of func(diapason.Finding) []diapason.Step) {
	for _, f := range all {
		against := f.Sentence
		if f.Proposed {
			against += " (A person must confirm this.)"
		}
		l.put(Task{Against: against, Rules: []string{f.Rule}, Steps: of(f)})
	}
}
