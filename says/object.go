package says

// tooFar tells data so far behind a verb that it is hardly its object.
func (v *sentenceView) tooFar(at, data int) bool {
	if data-at < 16 {
		return false
	}
	for i := at; i < data; i++ {
		if w := v.ts[i].word; w == "including" || w == "includes" || w == "like" || w == ":" || hasAt(v.ts, i, "such", "as") || hasAt(v.ts, i, "for", "example") {
			return false
		}
	}
	return true
}

// examples are the data listed behind a passive verb: "is public, such as your
// name".
func (v *sentenceView) examples(k, from, end int) []mention {
	for i := from; i < end; i++ {
		if v.owner[i] == k && (hasAt(v.ts, i, "such", "as") || v.ts[i].word == "including" || v.ts[i].word == "like") {
			return v.dataIn(k, i, end)
		}
	}
	return nil
}

// shareObjects gives the objects of joined verbs to each: "collect, store and
// use your name".
func (v *sentenceView) shareObjects(fs []frame) []frame {
	for j := 1; j < len(fs); j++ {
		if f := &fs[j]; f.about && len(f.data) == 0 && len(specific(fs[j-1].data)) > 0 { // "and provide it to …"
			f.data = fs[j-1].data
		}
	}
	for j := len(fs) - 2; j >= 0; j-- {
		f, g := &fs[j], fs[j+1]
		if g.at-f.at > 6 || !joinsBack(v.ts, g.at) || f.rule != g.rule {
			continue
		}
		if len(f.data) == 0 && !f.about {
			f.data, f.about = g.data, g.about
		}
		if len(f.parties) == 0 {
			f.parties = g.parties
		}
		if len(f.purposes) == 0 {
			f.purposes, f.exclusive = g.purposes, g.exclusive
		}
		if !f.cond && g.cond {
			f.cond, f.terms = true, g.terms
		}
	}
	return fs
}

// inData tells a word that is part of the name of a kind of data.
func (v *sentenceView) inData(i int) bool {
	for _, m := range v.data {
		if i >= m.from && i < m.to {
			return true
		}
	}
	return false
}

// dataIn lists the data named in a range by a clause's own words.
func (v *sentenceView) dataIn(k, from, to int) []mention {
	var ms []mention
	for _, m := range v.data {
		if m.from >= from && m.from < to && v.owner[m.from] == k && !v.inPurpose(m.from, from) && !v.sourceOnly(m) {
			ms = append(ms, m)
		}
	}
	return ms
}

// sourceOnly tells data that something is derived from, not the thing itself.
func (v *sentenceView) sourceOnly(m mention) bool {
	i := m.from - 1
	for i >= 0 && articles[v.ts[i].word] {
		i--
	}
	if i > 0 && (through[v.ts[i].word] || (v.ts[i].word == "to" && !toLeft[v.ts[i-1].word])) {
		return true
	}
	return i > 0 && v.ts[i].word == "from" && (v.ts[i-1].word == "derive" || v.ts[i-1].word == "derived" || v.ts[i-1].word == "learned")
}

// through are prepositions before a place or a means.
var through = set("via on into onto through using in")

// inPurpose tells whether a purpose began between from and i.
func (v *sentenceView) inPurpose(i, from int) bool {
	return v.objectEnd(from, i) < i
}

// antecedent is the data that a relative clause is about.
func (v *sentenceView) antecedent(from int) []mention {
	for i := len(v.data) - 1; i >= 0; i-- {
		if m := v.data[i]; m.to <= from && from-m.to <= 2 {
			return []mention{m}
		}
	}
	return nil
}

// partiesIn lists the parties that data goes to or comes from.
func (v *sentenceView) partiesIn(from, to int) []mention {
	var ms []mention
	for _, m := range v.parties {
		if m.from >= from && m.from < to && !v.inSubordinate(m.from) {
			ms = append(ms, m)
		}
	}
	return ms
}

// moreParties are receivers behind a purpose: "with labels to pay them, with
// advertisers to show ads".
func (v *sentenceView) moreParties(from, to int) []mention {
	var ms []mention
	for _, m := range v.parties {
		if m.from < from || m.from >= to || v.inSubordinate(m.from) {
			continue
		}
		i := m.from - 1
		for i >= from && articles[v.ts[i].word] {
			i--
		}
		if i >= from && v.ts[i].word == "with" {
			ms = append(ms, m)
		}
	}
	return ms
}

func (v *sentenceView) inSubordinate(i int) bool {
	return v.clauses[v.owner[i]].kind == subordinate
}

var anaphors = set("it them this these that those")

// anaphor tells whether the object is something that was named before.
func (v *sentenceView) anaphor(f *frame, from, stop int) bool {
	if f.rule == "passive" {
		return v.anaphorIn(from, min(f.at, from+5))
	}
	return v.anaphorIn(f.at+1, min(stop, f.at+4))
}

func (v *sentenceView) anaphorIn(from, to int) bool {
	for i := max(from, 0); i < to; i++ {
		w := v.ts[i].word
		if !anaphors[w] && w != "such" {
			continue
		}
		if i+1 < len(v.ts) {
			if n := v.ts[i+1]; n.stem == "information" || n.stem == "data" || n.stem == "detail" || n.stem == "record" {
				return true
			}
		}
		if w == "it" || w == "them" || (w == "this" && i+1 < len(v.ts) && (be[v.ts[i+1].word] || modals[v.ts[i+1].word])) {
			return true
		}
	}
	return false
}

func (v *sentenceView) reachesUs(from, to int) bool {
	for i := from; i < min(to, len(v.ts)); i++ {
		t := v.ts[i]
		if t.word == "us" || ((t.stem == self || t.word == "service") && i > 0 && (prepositions[v.ts[i-1].word] || v.ts[i-1].word == "the" || v.ts[i-1].word == "our")) {
			return v.clauses[v.owner[i]].kind != subordinate
		}
	}
	return false
}
