package rule

import (
	"fmt"
	"slices"
	"strings"

	"diapason.dev/diapason"
	"diapason.dev/diapason/accord"
	"diapason.dev/diapason/asks"
	"diapason.dev/diapason/holds"
	"diapason.dev/diapason/says"
)

// quotes gives each voice's own words on a finding: those of the witness for
// its own voice, those about the same data for the others. A voice that has
// none says why.
func (j *judging) quotes(g group) []diapason.Quote {
	var all []diapason.Quote
	for _, ch := range diapason.Channels {
		q, ok := diapason.Quote{}, false
		own := ch == diapason.Says && g.witnesses[0].channel == ch // a promise is read where no policy is
		if j.in.Examined[ch] || own {
			switch ch {
			case diapason.Says:
				q, ok = j.says(g)
			case diapason.Asks:
				q, ok = j.asks(g)
			case diapason.Does:
				q, ok = j.does(g)
			case diapason.Holds:
				q, ok = j.holds(g)
			}
		}
		if !ok {
			q = diapason.Quote{Text: j.absent(ch, g), Absent: true}
		}
		q.Channel = ch
		all = append(all, q)
	}
	return all
}

// absent says why a voice has no words on a finding.
func (j *judging) absent(ch diapason.Channel, g group) string {
	switch {
	case !j.in.Examined[ch]:
		return map[diapason.Channel]string{
			diapason.Says: "Not examined: no text was read.", diapason.Asks: "Not examined: no permission request was read.",
			diapason.Does: "Not examined: no page or app was watched.", diapason.Holds: "Not examined: no export was read.",
		}[ch]
	case ch != diapason.Does && about(g).data == "":
		return "Not compared: this finding is about no one kind of data."
	case ch == diapason.Says:
		return "This audit found no statement about it."
	case ch == diapason.Asks:
		return "Not asked: no permission request that was read opens it."
	case ch == diapason.Does && len(j.in.Does.Visits) > 0:
		return fmt.Sprintf("Not seen in %s.", counted(float64(len(j.in.Does.Visits)), "visit"))
	case ch == diapason.Does:
		return "Not seen."
	default:
		return "Not in this export, which does not mean that it is not held."
	}
}

// about is the witness whose data other voices are asked for: the first that
// has any.
func about(g group) witness {
	for _, w := range g.witnesses {
		if w.data != "" {
			return w
		}
	}
	return g.witnesses[0]
}

// says quotes the text that a witness rests on, or the nearest statement about
// its data.
func (j *judging) says(g group) (diapason.Quote, bool) {
	w := g.witnesses[0]
	switch f := w.fact.(type) {
	case accord.Pair:
		if f.Denial != "" {
			return j.stated(f.Denial, f.Against), true
		}
		if f.Quote != "" {
			return j.stated(f.Quote, f.Practice), true
		}
		return diapason.Quote{}, false
	case says.Practice:
		return j.stated(f.Quote, f.ID), true
	case says.Document:
		return diapason.Quote{Text: f.Title, Source: documentSource(f), Ref: firstRef(f.Evidence)}, f.Title != ""
	case says.Change:
		return diapason.Quote{Text: f.Sentence, Source: fmt.Sprintf("%s, dated %s and before it %s", f.Document, or(f.DatedAfter, "nowhere"), or(f.DatedBefore, "nowhere"))}, true
	case holds.Claim:
		return j.stated(f.Quote, f.Practice), f.Quote != ""
	}
	if w = about(g); w.data == "" {
		return diapason.Quote{}, false
	}
	if p, ok := j.nearest(w); ok {
		return j.stated(p.Quote, p.ID), true
	}
	return diapason.Quote{}, false
}

// nearest is the statement that a reader would hold against a witness: about
// its data, not in the vaguest words, a denial before an assertion, one about
// its receiver before one about others.
func (j *judging) nearest(w witness) (says.Practice, bool) {
	best, least := says.Practice{}, 100.0
	for _, p := range j.in.Says.Practices {
		v := vagueness(w.data, p.Data)
		if v >= vague {
			continue
		}
		if p.Polarity != diapason.Denied {
			v += 2
		}
		if w.recipient.ID != "" && !reaches(p, w.recipient) {
			v += 4
		}
		if v < least {
			best, least = p, v
		}
	}
	return best, least < 100
}

// vague is from where on a statement's words are too general to be quoted as
// being about a kind of data.
const vague = 0.5

// stated is a literal quote with the document that it stands in.
func (j *judging) stated(quote, practice string) diapason.Quote {
	q := diapason.Quote{Text: quote}
	for _, p := range j.in.Says.Practices {
		if p.ID != practice {
			continue
		}
		q.Ref = firstRef(p.Evidence)
		for _, d := range j.in.Says.Documents {
			if d.ID == p.Document {
				q.Source = documentSource(d)
			}
		}
	}
	return q
}

func documentSource(d says.Document) string {
	if d.Dated == "" {
		return or(d.Title, d.ID) + ", undated"
	}
	return or(d.Title, d.ID) + ", dated " + d.Dated
}

func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

func firstRef(refs []diapason.Ref) diapason.Ref {
	if len(refs) == 0 {
		return diapason.Ref{}
	}
	return refs[0]
}

// asks quotes the permissions that a group is about, or that open its data.
func (j *judging) asks(g group) (diapason.Quote, bool) {
	scopes := factsOf[asks.Scope](g)
	first := g.witnesses[0]
	if len(scopes) == 0 {
		for _, s := range j.in.Asks.Scopes {
			opens := slices.ContainsFunc(s.Data, func(d diapason.Term) bool { return category(d) == category(about(g).data) })
			if about(g).data != "" && opens || first.keys["request"] != "" && s.Request == first.keys["request"] {
				scopes = append(scopes, s)
			}
		}
	}
	var lines []string
	for _, s := range scopes {
		if line := strings.TrimSuffix(or(s.Sentence, s.ID), "."); !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 {
		return diapason.Quote{}, false
	}
	return diapason.Quote{Text: strings.Join(lines, "; ") + ".", Source: j.request(scopes[0].Request), Ref: firstRef(slices.Concat(scopes[0].Evidence, first.evidence))}, true
}

// request names a permission request for a reader.
func (j *judging) request(id string) string {
	for _, r := range j.in.Asks.Requests {
		if r.ID == id {
			return strings.TrimSpace(fmt.Sprintf("permission request %s to %s %s", id, or(r.Provider, "an unknown provider"), r.Page))
		}
	}
	return "permission request " + id
}

// does tells what was seen, with the address and the time.
func (j *judging) does(g group) (diapason.Quote, bool) {
	w := g.witnesses[0]
	if text := j.deed(w.fact); text != "" {
		return j.seenAt(text, w), true
	}
	if w.data == "" {
		return diapason.Quote{}, false
	}
	for _, f := range j.in.Flows {
		if f.Channel == diapason.Does && f.Polarity == diapason.Observed && category(f.Data) == category(w.data) {
			seen := w
			seen.evidence = f.Evidence
			return j.seenAt(j.deed(f), seen), true
		}
	}
	return diapason.Quote{}, false
}

func (j *judging) seenAt(text string, w witness) diapason.Quote {
	q := diapason.Quote{Text: text, Ref: firstRef(w.evidence)}
	if q.Ref.Quote != "" {
		q.Text += " Excerpt: " + q.Ref.Quote
	}
	source := []string{}
	if q.Ref.URL != "" {
		source = append(source, q.Ref.URL)
	}
	for _, v := range j.in.Does.Visits {
		if slices.Contains(names(v), q.Ref.Record) && !v.At.IsZero() {
			source = append(source, v.At.UTC().Format("2006-01-02 15:04:05 UTC"))
			break
		}
	}
	if q.Ref.Record != "" {
		source = append(source, q.Ref.Record)
	}
	q.Source = strings.Join(source, ", ")
	return q
}

// holds tells which paths of an export a group is about, or hold its data.
func (j *judging) holds(g group) (diapason.Quote, bool) {
	items := factsOf[holds.Item](g)
	w := g.witnesses[0]
	if len(items) == 0 && w.data != "" {
		for _, i := range j.in.Holds.Items {
			if i.Data != "" && category(i.Data) == category(w.data) {
				items = append(items, i)
			}
		}
	}
	if len(items) == 0 {
		return diapason.Quote{}, false
	}
	var parts []string
	for _, i := range items {
		parts = append(parts, fmt.Sprintf("%s: %s", i.Path, counted(float64(i.Count), "value")))
	}
	text := strings.Join(parts[:min(len(parts), 5)], "; ")
	if n := len(parts) - 5; n > 0 {
		text += fmt.Sprintf("; and %d more", n)
	}
	return diapason.Quote{Text: text + ".", Source: "export " + items[0].Export + ", " + items[0].Path, Ref: firstRef(items[0].Evidence)}, true
}
