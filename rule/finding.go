package rule

import (
	"fmt"
	"maps"
	"slices"

	"cel.dev/cel-go/common/types/ref"
	"diapason.dev/diapason"
	"diapason.dev/diapason/does"
	"diapason.dev/diapason/remedy"
	"diapason.dev/diapason/vocab"
)

// builtinWords are the words that every sentence and remedy may use.
var builtinWords = []string{"n", "service", "recipient", "data", "category", "when", "says", "does", "holds", "asks", "title", "boxes", "proof", "seen"}

// finding tells a group of witnesses.
func (j *judging) finding(r *compiled, g group, confirm bool) (diapason.Finding, error) {
	first := g.witnesses[0]
	f := diapason.Finding{
		Fingerprint: g.fingerprint(r.ID, j.in.Service.ID), Rule: r.ID, Version: r.Version, Title: r.Title,
		Severity: severity(r, g), Mode: diapason.Auto, Certainty: r.Certainty,
		Basis: j.basis(r), Sources: r.Sources, Count: len(g.witnesses),
	}
	f.Recipient, f.Data, f.Category = shared(g)
	if first.certain {
		f.Certainty = diapason.Certain
	}
	if confirm || r.Mode == "confirm" && !first.certain {
		f.Mode, f.Proposed = diapason.Manual, true
	}
	f.Evidence = evidence(g)
	f.Quotes = j.quotes(g)
	words, err := j.words(r, g, f)
	if err != nil {
		return f, err
	}
	f.Sentence = first.find.fail.Sentence(words)
	f.Means = r.means.Sentence(words)
	f.Remedy = j.pack.book.For(r.Remedy.Person.Value, r.Remedy.Operator.Value, words)
	return f, nil
}

// severity is the rule's, unless witnesses carry their own: then the worst.
func severity(r *compiled, g group) diapason.Severity {
	var worst diapason.Severity
	for _, w := range g.witnesses {
		if w.severity.Rank() > worst.Rank() {
			worst = w.severity
		}
	}
	if worst == "" {
		return r.Severity
	}
	return worst
}

// shared is what all witnesses of a group have in common: recipient, data term
// and data category.
func shared(g group) (who diapason.Party, data diapason.Term, cat string) {
	first := g.witnesses[0]
	who, data, cat = first.recipient, first.data, category(first.data)
	for _, w := range g.witnesses[1:] {
		if w.recipient.ID != who.ID {
			who = diapason.Party{}
		}
		if w.data != data {
			data = ""
		}
		if category(w.data) != cat {
			cat = ""
		}
	}
	if data == "" && cat != "" {
		if c, ok := vocab.Default().Category(first.data); ok {
			data = c.Term
		}
	}
	return who, data, cat
}

// evidence joins the witnesses' references, each once.
func evidence(g group) []diapason.Ref {
	seen := map[diapason.Ref]bool{}
	var refs []diapason.Ref
	for _, w := range g.witnesses {
		for _, r := range w.evidence {
			if !seen[r] {
				seen[r] = true
				refs = append(refs, r)
			}
		}
	}
	return refs
}

// words makes the words of a finding's sentences.
func (j *judging) words(r *compiled, g group, f diapason.Finding) (map[string]string, error) {
	first := g.witnesses[0]
	words := map[string]string{
		"n": fmt.Sprint(len(g.witnesses)), "service": j.in.Service.Name, "recipient": j.name(first.recipient),
		"data": label(first.data), "category": categoryLabel(first.data), "when": first.when(), "title": r.Title,
	}
	if t := j.tally(g.witnesses); t.counts {
		words["seen"] = t.String()
	}
	if respawn, ok := first.fact.(does.Respawn); ok {
		words["boxes"], words["proof"] = remedy.Deletion(respawn)
	}
	for _, q := range f.Quotes {
		if !q.Absent {
			words[string(q.Channel)] = q.Text
		}
	}
	vars := maps.Clone(j.vars)
	var all []ref.Val
	for _, w := range g.witnesses {
		if w.find == first.find {
			all = append(all, w.val)
		}
	}
	vars[itName], vars[allName] = first.val, all
	for _, w := range first.find.words {
		v, err := w.of.eval(j.ctx, vars)
		if err != nil {
			return nil, fmt.Errorf("word %s: %w", w.name, err)
		}
		words[w.name] = fmt.Sprint(v.Value())
	}
	return words, nil
}

// name is how sentences call a party.
func (j *judging) name(p diapason.Party) string {
	switch {
	case p.Relation == diapason.FirstParty && j.in.Service.Name != "":
		return j.in.Service.Name
	case p.ID == "" && p.Name == "":
		return "an unknown receiver"
	default:
		return called(p)
	}
}

func label(x diapason.Term) string {
	if x == "" {
		return ""
	}
	return vocab.Default().Label(x)
}

func categoryLabel(x diapason.Term) string {
	if c, ok := vocab.Default().Category(x); ok && x != "" {
		return c.Label
	}
	return label(x)
}

// factsOf lists the facts of one kind among a group's witnesses.
func factsOf[T any](g group) []T {
	var facts []T
	for _, w := range g.witnesses {
		if f, ok := w.fact.(T); ok {
			facts = append(facts, f)
		}
	}
	return slices.Clip(facts)
}
