package accord

import (
	"strings"
	"unicode"

	"diapason.dev/diapason"
	"diapason.dev/diapason/says"
	"diapason.dev/diapason/vocab"
)

// The terms of the vocabulary that matching itself speaks of.
const (
	theService   = diapason.Term("dia:Service")
	otherParty   = diapason.Term("dia:OtherParty")
	unknownParty = diapason.Term("dia:UnknownParty")
)

// A statement is a practice of a current text as flows are held against it.
type statement struct {
	says.Practice
	party diapason.Term // who gets the data; never empty
}

// A book is what the current texts say, ready to be held against flows.
type book struct {
	tree             *vocab.Tree
	asserted, denied []statement
	service          []string // what the service is called
	examined         bool
	unread           bool // a current text could not be read
}

// open prepares the statements of the current texts.
func open(tree *vocab.Tree, f says.Facts, examined bool) *book {
	b := &book{tree: tree, examined: examined}
	current := map[string]bool{}
	for _, d := range f.Documents {
		if d.Kind == says.KindGPC {
			continue
		}
		current[d.ID] = d.Current
		b.unread = b.unread || d.Current && !d.Analysable
	}
	for _, p := range f.Practices {
		s := statement{Practice: p, party: recipient(p)}
		switch {
		case !current[p.Document] || !tree.Has(p.Data) || p.Data == vocab.RootData:
		case p.RecipientName == "" && (s.party == vocab.RootParty || !tree.Has(s.party)):
		case p.Polarity == diapason.Asserted:
			b.asserted = append(b.asserted, s)
		case p.Polarity == diapason.Denied && !excused(p):
			b.denied = append(b.denied, s)
		}
	}
	return b
}

// recipient is the term for who gets the data. A text that hands data on
// without saying to whom speaks of third parties in general.
func recipient(p says.Practice) diapason.Term {
	switch {
	case p.Recipient != "":
		return p.Recipient
	case p.Operation == diapason.Share || p.Operation == diapason.Sell:
		return otherParty
	}
	return theService
}

// excused tells of a denial that denies nothing outright: it makes an
// exception, leaves a choice, or is about children only. Such sentences were
// the main source of wrong alarms in earlier tools.
func excused(p says.Practice) bool {
	return p.Hedged || p.Subject == diapason.Child || p.Modality == "optional" || p.Modality == "conditional" || limited(p.Condition)
}

func limited(c diapason.Condition) bool { return c != "" && c != diapason.Unconditional }

// purposes lists the purposes that a statement is limited to, if any is known.
func (s statement) purposes(tree *vocab.Tree) []diapason.Term {
	var known []diapason.Term
	for _, p := range s.Purpose {
		if tree.Has(p) {
			known = append(known, p)
		}
	}
	return known
}

// sameSentence tells whether two statements were read from one sentence.
func sameSentence(a, b statement) bool {
	if a.Document != b.Document {
		return false
	}
	if a.End == 0 && b.End == 0 {
		return a.Quote == b.Quote
	}
	return a.Start < b.End && b.Start < a.End
}

// names tells whether a company's name in a text is that of a party: the same
// words, or the first words of the longer name ("Google" and "Google
// Analytics"), without what only tells the legal form.
func names(name string, p diapason.Party) bool {
	for _, known := range []string{p.Name, p.ID} {
		a, b := nameWords(name), nameWords(known)
		if len(a) > len(b) {
			a, b = b, a
		}
		if len(a) > 0 && strings.Join(a, " ") == strings.Join(b[:len(a)], " ") {
			return true
		}
	}
	return false
}

// forms are words of a company's name that tell its legal form only.
var forms = map[string]bool{
	"inc": true, "llc": true, "ltd": true, "limited": true, "gmbh": true, "ag": true, "ab": true, "sa": true, "sas": true,
	"bv": true, "plc": true, "corp": true, "corporation": true, "co": true, "company": true, "oy": true, "as": true,
}

func nameWords(name string) []string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for len(words) > 1 && forms[words[len(words)-1]] {
		words = words[:len(words)-1]
	}
	return words
}
