package says

import (
	"strings"
	"sync"

	"diapason.dev/diapason"
)

// form is the shape of a verb.
type form int

const (
	base form = iota // collect
	third
	past // collected
	ing
)

// A verb is one form of a word that tells what is done with data.
type verb struct {
	lemma string
	op    diapason.Operation
	form  form
}

// erase marks the verbs that end the keeping of data; they count only where a
// time is given.
const erase diapason.Operation = "erase"

// verbList gives each operation its verbs. Irregular forms follow a verb in
// the order third person, past, participle with -ing.
var verbList = map[diapason.Operation]string{
	diapason.Collect: "collect gather obtain receive record log:logs:logged:logging capture ask request solicit acquire scan:scans:scanned:scanning import access:accesses read:reads:read:reading monitor track get:gets:got:getting",
	diapason.Store:   "store save retain keep:keeps:kept:keeping hold:holds:held:holding preserve archive remember set:sets:set:setting place",
	diapason.Use:     "use process:processes analyse analyze combine match:matches",
	diapason.Share:   "share disclose provide transfer:transfers:transferred:transferring transmit:transmits:transmitted:transmitting give:gives:given:giving send:sends:sent:sending pass:passes release publish:publishes display forward supply submit:submits:submitted:submitting upload expose reveal",
	diapason.Sell:    "sell:sells:sold:selling rent lease trade",
	diapason.Derive:  "infer:infers:inferred:inferring derive estimate predict",
	diapason.Act:     "post follow",
	erase:            "delete erase remove expire destroy anonymise anonymize",
}

var verbs = sync.OnceValue(func() map[string]verb {
	m := map[string]verb{}
	for op, list := range verbList {
		for _, entry := range strings.Fields(list) {
			parts := strings.Split(entry, ":")
			lemma := parts[0]
			stem := strings.TrimSuffix(lemma, "e")
			forms := []string{lemma + "s", stem + "ed", stem + "ing"}
			if strings.HasSuffix(lemma, "y") && lemma != "display" {
				forms = []string{stem[:len(stem)-1] + "ies", stem[:len(stem)-1] + "ied", lemma + "ing"}
			}
			copy(forms, parts[1:])
			m[lemma] = verb{lemma, op, base}
			for i, f := range forms {
				if f != lemma {
					m[f] = verb{lemma, op, form(i + 1)}
				}
			}
		}
	}
	m["gave"] = verb{"give", diapason.Share, past}
	return m
})

var (
	modals   = set("may might can could will would shall should must do does did 'll cannot")
	be       = set("is are be been being was were 's 're gets get")
	have     = set("have has had 've having")
	adverbs  = set("also not never only always automatically then otherwise specifically directly sometimes generally typically further still simply explicitly expressly voluntarily not ever currently already both either just actively knowingly intentionally initially temporarily securely randomly publicly optionally anonymously subsequently periodically regularly occasionally however therefore additionally instead hereby now neither longer")
	articles = set("the a an your our their his her its this that these those any such some other certain each every no personal of for more further additional appropriate reasonable continued")
)

// negates tells whether a token denies.
func negates(t token) bool {
	return t.word == "not" || t.word == "never" || t.word == "cannot" || t.word == "neither" || t.word == "nor" || strings.HasSuffix(t.word, "n't")
}

// isVerb tells which verb stands at i, by the words around it: "we may use" is
// one, "your use" is none.
func isVerb(ts []token, i, last int) (verb, bool) {
	v, ok := verbs()[ts[i].word]
	if !ok {
		return v, false
	}
	chained := last >= 0 && i-last <= 5 && (i-last <= 3 || ts[i].word != singularNoun[ts[i].word])
	p := before(ts, i)
	left := ""
	if p >= 0 {
		left = ts[p].word
		if ts[p].stem == self {
			left = self
		}
	}
	if i+1 < len(ts) && v.form == base && (v.lemma == "request" || v.lemma == "use" || v.lemma == "access") && modals[ts[i+1].word] {
		return v, false
	}
	if v.form == third && i+1 < len(ts) && (be[ts[i+1].word] || modals[ts[i+1].word]) { // "which records are"
		return v, false
	}
	switch v.form {
	case ing:
		return v, be[left] || (chained && joins(left))
	case past:
		return v, be[left] || have[left] || left == "we" || left == self || (chained && joins(left)) || (p >= 0 && left == "you")
	case third:
		return v, left == self || left == "who" || left == "which" || left == "that" || left == "it" || left == "service" || (chained && joins(left)) || partyEnd(ts, p)
	}
	if articles[left] || (p >= 0 && ts[p].mark && !(chained && joins(left))) {
		return v, false
	}
	switch {
	case modals[left], left == "to", left == "we", left == "you", left == "they", left == "who", left == "which", left == "that", left == "users", left == "help", left == self, strings.HasSuffix(left, "n't"), left == "us":
		return v, left != "that" || v.lemma != "use"
	case chained && joins(left):
		return v, true
	case last >= 0 && (left == "and" || left == "or") && i+1 < len(ts) && (anaphors[ts[i+1].word] || ts[i+1].word == "your"):
		return v, true
	}
	return v, partyEnd(ts, p)
}

// singularNoun are verbs that are nouns as often: they join a chain of verbs
// only close behind the last one.
var singularNoun = map[string]string{"record": "record", "log": "log", "request": "request", "display": "display", "post": "post", "estimate": "estimate", "release": "release", "access": "access", "use": "use", "trade": "trade"}

func joins(w string) bool { return w == "and" || w == "or" || w == "," || w == "/" || w == "nor" }

// before is the token left of i, adverbs left out.
func before(ts []token, i int) int {
	for i--; i >= 0; i-- {
		if i >= 3 && hasAt(ts, i-3, "from", "time", "to", "time") {
			i -= 3
			continue
		}
		if ts[i].word == "," { // "we may, with your consent, share"
			if k := insertion(ts, i); k >= 0 {
				return k
			}
		}
		if hasAt(ts, i, "no", "longer") {
			continue
		}
		if t := ts[i]; !adverbs[t.word] && !(strings.HasSuffix(t.word, "ly") && len(t.word) > 4) {
			return i
		}
	}
	return -1
}

// insertion is the modal verb before words between two commas, -1 if there is
// none.
func insertion(ts []token, comma int) int {
	for k := comma - 1; k > 0 && k >= comma-12; k-- {
		if ts[k].word == "," {
			if modals[ts[k-1].word] || negates(ts[k-1]) {
				return k - 1
			}
			return -1
		}
	}
	return -1
}

// partyEnd tells whether the name of a party ends at p, so that what follows
// is what it does.
func partyEnd(ts []token, p int) bool {
	if p < 0 || ts[p].mark {
		return false
	}
	for from := max(0, p-4); from <= p; from++ {
		if ph, n := known().parties.at(ts, from); n > 0 && ph.term != "" && from+n-1 == p {
			return true
		}
	}
	return false
}
