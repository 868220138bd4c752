package vocab

import "diapason.dev/diapason"

// The roots of the trees: a statement about them says nothing in particular.
const (
	RootData  = diapason.Term("dpv:Data")
	RootParty = diapason.Term("dia:Anyone")
)

// Vagueness is how much wider a statement is than the truth, from 0 for the
// exact term up to below 1 at the root. With d edges from the truth up to the
// stated term it is d / (d + edges from there to the root), after PoliCheck
// (Andow et al., USENIX Security 2020). It is 1 where the root does not stand
// above the stated term.
func (t *Tree) Vagueness(d int, stated, root diapason.Term) float64 {
	if d == 0 {
		return 0
	}
	up, ok := t.Distance(stated, root, false)
	if !ok {
		return 1
	}
	return float64(d) / float64(d+up)
}

// PartyTerm is the vocabulary's term for a party: the service itself, or what
// its role says.
func PartyTerm(p diapason.Party) diapason.Term {
	if p.Relation == diapason.FirstParty || p.Role == diapason.RoleService {
		return "dia:Service"
	}
	switch p.Role {
	case diapason.RoleAdvertiser:
		return "dia:Advertiser"
	case diapason.RoleAnalytics:
		return "dia:Analytics"
	case diapason.RoleProcessor:
		return "dia:Processor"
	case diapason.RolePartner:
		return "dia:Partner"
	case diapason.RoleLabel:
		return "dia:Label"
	case diapason.RoleBuyer:
		return "dia:Buyer"
	}
	return "dia:UnknownParty"
}
