package accord

import "diapason.dev/diapason"

// A relation is how one term stands to another of which it is known that they
// have something in common.
type relation int

const (
	same relation = iota
	narrower
	broader
	crossing
)

// pairTypes names how an assertion and a denial stand to each other: by its
// party against the denial's (row) and its data against the denial's (column).
// C is a contradiction; N narrows, which a reader may do. After Andow et al.,
// USENIX Security 2019 and 2020.
var pairTypes = [4][4]string{
	same:     {same: "C1", narrower: "C2", broader: "N1", crossing: "C6"},
	narrower: {same: "C3", narrower: "C4", broader: "N2", crossing: "C7"},
	broader:  {same: "N3", narrower: "C5", broader: "N4", crossing: "C8"},
	crossing: {same: "C9", narrower: "C10", broader: "C11", crossing: "C12"},
}

// clash names the type of an assertion and a denial that both speak of a flow.
func (b *book) clash(s sight, yes, no match) string {
	return pairTypes[b.parties(s, yes, no)][b.relation(yes.Data, no.Data)]
}

func (b *book) parties(s sight, yes, no match) relation {
	switch named, deniedNamed := yes.RecipientName != "", no.RecipientName != ""; {
	case s.first, named && deniedNamed:
		return same
	case named:
		return narrower
	case deniedNamed:
		return broader
	}
	return b.relation(yes.party, no.party)
}

// relation compares an asserted term with a denied one. What a denial covers
// is asked of the edges that serve denials.
func (b *book) relation(yes, no diapason.Term) relation {
	switch {
	case yes == no:
		return same
	case b.tree.IsDenied(yes, no):
		return narrower
	case b.tree.Is(no, yes):
		return broader
	}
	return crossing
}

// clashes lists the types of all pairs that two sentences made.
func (b *book) clashes(s sight, yes, no []match) (contradictions, narrowings int) {
	for _, y := range yes {
		for _, n := range no {
			if sameSentence(y.statement, n.statement) {
				continue
			}
			if b.clash(s, y, n)[0] == 'C' {
				contradictions++
			} else {
				narrowings++
			}
		}
	}
	return contradictions, narrowings
}
