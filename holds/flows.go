package holds

import "diapason.dev/diapason"

// Flows tells the items as flows: the service stores, or has derived, data of
// this kind. Items without a term, or without a single value, are no flows.
// Where the data came from and what it is for is not in an export and is not
// guessed.
func Flows(items []Item, s diapason.Service) []diapason.Flow {
	self := diapason.Party{ID: s.ID, Name: s.Name, Role: diapason.RoleService, Relation: diapason.FirstParty}
	var flows []diapason.Flow
	for _, i := range items {
		if i.Data == "" || i.Count == 0 {
			continue
		}
		f := diapason.Flow{
			Channel: diapason.Holds, Polarity: diapason.Observed, Subject: i.Subject, Sender: self, Recipient: self,
			Data: i.Data, Words: i.Name, Operation: diapason.Store, Purpose: i.Purpose, At: i.Newest,
			Confidence: 1, Mode: diapason.Manual, Count: int(i.Count), Evidence: i.Evidence,
		}
		if i.Origin == "inferred" {
			f.Operation = diapason.Derive
		}
		flows = append(flows, f)
	}
	return flows
}
