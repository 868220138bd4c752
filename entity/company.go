package entity

import "diapason.dev/diapason"

// Carries tells whether a party only holds or delivers what belongs to others
// (hosting, content delivery): what is sent to it is sent to whoever hired it,
// which nobody outside can see. A customer's own name below a carrier's domain,
// which is a party of its own as long as nobody says whose it is, carries too.
func (b *Base) Carries(p diapason.Party) bool {
	if p.Relation == diapason.FirstParty {
		return false
	}
	if c := b.byID(p.ID); c != nil {
		return c.carries
	}
	for at := p.ID; at != ""; at = parent(at) {
		if c := b.listed.exact[at]; c != nil {
			return c.carries
		}
	}
	return false
}

// Same tells whether two parties are one company, perhaps under the names of
// two of its products.
func (b *Base) Same(p, q diapason.Party) bool {
	if p.ID == q.ID {
		return true
	}
	one, other := b.byID(p.ID), b.byID(q.ID)
	return one != nil && other != nil && one.group == other.group
}

// byID is the company that a party was made of; nil where it is none. Of
// domains that the configuration gives to one company, those count that do
// more than carry traffic.
func (b *Base) byID(id string) *company {
	var found *company
	for _, c := range b.own {
		if c.id == id && (found == nil || found.carries) {
			found = c
		}
	}
	if found != nil {
		return found
	}
	return b.listed.byID[id]
}
