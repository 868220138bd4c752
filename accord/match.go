package accord

import (
	"cmp"
	"slices"
	"strings"

	"diapason.dev/diapason"
	"diapason.dev/diapason/vocab"
)

// A sight is one flow as it is held against statements.
type sight struct {
	diapason.Flow
	data  []diapason.Term // what it is: more than one where one thing has two names
	party diapason.Term
	// below is how many edges the receiver itself stands below its term: a
	// company is one of its kind.
	below int
	first bool
}

func look(tree *vocab.Tree, f diapason.Flow) sight {
	s := sight{Flow: f, data: faces(f), party: vocab.PartyTerm(f.Recipient), below: 1}
	s.first = s.party == theService
	if term := diapason.Term(f.Recipient.ID); tree.Has(term) {
		s.party, s.below, s.first = term, 0, term == theService
	}
	return s
}

// faces are the terms that a flow's data has at once. A hash of an address
// stands for the address, to everyone who has the address: a text about the
// one has spoken about the other.
func faces(f diapason.Flow) []diapason.Term {
	const hashed = diapason.Term("dia:HashedContact")
	phone := strings.Contains(strings.ToLower(f.Words), "phone")
	switch {
	case f.Data == hashed && phone:
		return []diapason.Term{hashed, "pd:TelephoneNumber"}
	case f.Data == hashed:
		return []diapason.Term{hashed, "pd:EmailAddress"}
	case (f.Data == "pd:EmailAddress" || f.Data == "pd:TelephoneNumber") && slices.Contains(f.Payload, "hashed-seed") && !slices.Contains(f.Payload, "plain-seed"):
		return []diapason.Term{f.Data, hashed}
	}
	return []diapason.Term{f.Data}
}

// A match is a statement that speaks of a flow.
type match struct {
	statement
	toParty, toData int // edges from the flow up to the statement
	vague           float64
}

// relevant lists the statements of one polarity that speak of a flow, the
// nearest first; where two are as near, one without a condition comes first.
func (b *book) relevant(s sight, from []statement, speaks func(statement, sight) bool) []match {
	var ms []match
	for _, st := range from {
		if !speaks(st, s) {
			continue
		}
		denial := st.Polarity == diapason.Denied
		data, ok := b.dataDistance(s, st.Data, denial)
		party, reached := b.partyDistance(s, st)
		if !ok || !reached {
			continue
		}
		m := match{statement: st, toParty: party, toData: data, vague: b.tree.Vagueness(data, st.Data, vocab.RootData)}
		if !s.first && party > 0 {
			m.vague = max(m.vague, b.tree.Vagueness(party, st.party, vocab.RootParty))
		}
		ms = append(ms, m)
	}
	slices.SortStableFunc(ms, func(x, y match) int {
		return cmp.Or(cmp.Compare(x.toParty, y.toParty), cmp.Compare(x.toData, y.toData), order(b.conditional(x.Practice), b.conditional(y.Practice)),
			cmp.Compare(x.Document, y.Document), cmp.Compare(x.Start, y.Start), cmp.Compare(x.ID, y.ID))
	})
	return ms
}

func order(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

func (b *book) dataDistance(s sight, stated diapason.Term, denial bool) (int, bool) {
	best, found := 0, false
	for _, x := range s.data {
		if d, ok := b.tree.Distance(x, stated, denial); ok && (!found || d < best) {
			best, found = d, true
		}
	}
	return best, found
}

// partyDistance is how far the stated recipient stands above the flow's. A
// company that is named is met exactly; one that hands data on has it first.
func (b *book) partyDistance(s sight, st statement) (int, bool) {
	switch {
	case s.first:
		return 0, st.party == theService || implied(st)
	case st.RecipientName != "":
		return 0, names(st.RecipientName, s.Recipient)
	}
	d, ok := b.tree.Distance(s.party, st.party, false)
	return d + s.below, ok
}

// implied tells of a statement that the service hands data on: it says thereby
// that the service has them.
func implied(st statement) bool {
	return st.Polarity == diapason.Asserted && (st.Operation == diapason.Share || st.Operation == diapason.Sell)
}

// tells reports whether an assertion is about what a flow does. Doing
// something in a person's name is told by that alone.
func tells(st statement, s sight) bool {
	return (st.Operation == diapason.Act) == (s.Operation == diapason.Act) && ofSubject(st, s)
}

// ofSubject keeps statements about children apart.
func ofSubject(st statement, s sight) bool {
	return st.Subject != diapason.Child || s.Subject == diapason.Child
}

// denies reports whether a denial is about what a flow does: not to sell is no
// promise not to hand on, and not to use none not to collect.
func (b *book) denies(st statement, s sight) bool {
	return deniesDeed(st.Operation, s) && b.deniedPurpose(st, s.Flow)
}

func deniesDeed(denied diapason.Operation, s sight) bool {
	switch {
	case s.Operation == diapason.Act || s.Operation == diapason.Sell:
		return denied == s.Operation
	case !s.first:
		return denied == diapason.Share || denied == diapason.Collect
	case denied == diapason.Collect:
		return true
	case denied == diapason.Store:
		return s.Channel == diapason.Holds
	}
	return denied == diapason.Derive && s.Operation == diapason.Derive
}

// deniedPurpose is false where a denial holds for some purposes only and the
// flow's is not known to be one of them.
func (b *book) deniedPurpose(st statement, f diapason.Flow) bool {
	ps := st.purposes(b.tree)
	return len(ps) == 0 || slices.ContainsFunc(ps, func(p diapason.Term) bool { return b.tree.Is(f.Purpose, p) })
}
