// Package receipt writes and checks what a listener keeps of an agreement: a
// consent receipt as ISO/IEC TS 27560:2023 describes it, in the terms of the
// W3C Data Privacy Vocabulary (w3id.org/dpv/guides/consent-27560), as JSON-LD
// under an Ed25519 signature.
//
// [Make] writes one, [Verify] checks one without asking anybody: the key that
// signed is part of the signature. Days have no time, because the campaign
// stores none; a link in the receipt can cancel and nothing else.
package receipt

import (
	"fmt"
	"strings"

	"diapason.dev/diapason"
)

// The state of what was agreed to, as a receipt and its page name it.
const (
	Planned   = "planned"   // the day has not come
	Saved     = "saved"     // done; everything but this answer is deleted
	Gone      = "gone"      // ended or expired at the provider before the day
	Failed    = "failed"    // the provider refused
	Cancelled = "cancelled" // by the listener
)

// states maps a state to the consent status of the vocabulary that the record
// ends with, and to a sentence.
var states = map[string]struct{ status, text string }{
	Planned:   {"dpv:ConsentGiven", "waiting for its day"},
	Saved:     {"dpv:ConsentExpired", "done: what was agreed to happened and the permission was deleted"},
	Gone:      {"dpv:ConsentInvalidated", "the permission had ended or expired at the provider; it was deleted"},
	Failed:    {"dpv:ConsentExpired", "the provider refused; the permission was deleted"},
	Cancelled: {"dpv:ConsentWithdrawn", "withdrawn by the listener; the permission was deleted"},
}

// A Party is somebody who takes part, as TS 27560 wants parties described.
type Party struct {
	ID      string // IRI or domain
	Name    string
	Address string
	Contact string
}

// Facts are what a receipt tells.
type Facts struct {
	ID       string // of the receipt: 128 bits in hex
	Record   string // of the record and of the listener, who has no other name: 128 bits in hex
	Notice   string // address of the page that was agreed to
	Language string // of the notice, BCP 47
	Link     string // address of the receipt
	Cancel   string // address that cancels
	Apps     string // page of the provider where the grant itself is ended

	Purpose string // vocabulary id
	Title   string // what will be done, in words
	Item    string // what it is done to, a URI of the provider
	Zone    string // IANA name; empty once it is deleted

	Controller   Party
	Recipient    Party  // the provider
	Jurisdiction string // ISO 3166 code
	Location     string // ISO 3166 code of where it is stored

	Given  string // day of the agreement, 2026-08-01
	Until  string // day after which nothing is kept, at the latest
	State  string // one of the constants
	Change string // day of the state; of a planned one that of the agreement
}

// missing names the mandatory fields that are empty.
func (f Facts) missing() []string {
	var names []string
	for _, m := range []struct{ name, value string }{
		{"receipt id", f.ID},
		{"record id", f.Record},
		{"notice", f.Notice},
		{"language", f.Language},
		{"purpose", f.Purpose},
		{"title", f.Title},
		{"item", f.Item},
		{"controller's name", f.Controller.Name},
		{"controller's address", f.Controller.Address},
		{"controller's contact", f.Controller.Contact},
		{"recipient", f.Recipient.Name},
		{"jurisdiction", f.Jurisdiction},
		{"storage location", f.Location},
		{"withdrawal link", f.Cancel},
		{"provider's page of apps", f.Apps},
		{"day of the agreement", f.Given},
		{"validity", f.Until},
		{"day of the state", f.Change},
	} {
		if m.value == "" {
			names = append(names, m.name)
		}
	}
	if _, ok := states[f.State]; !ok {
		names = append(names, "state")
	}
	return names
}

// The schemas that a receipt and its record conform to.
const (
	receiptSchema = "https://w3id.org/dpv/schema/dpv-27560#receipt"
	recordSchema  = "https://w3id.org/dpv/schema/dpv-27560#record"
)

// vocabularies are the JSON-LD context: prefixes only, so that a reader needs
// to fetch nothing.
var vocabularies = map[string]any{
	"dpv": "https://w3id.org/dpv#", "pd": "https://w3id.org/dpv/pd#", "loc": "https://w3id.org/dpv/loc#",
	"eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#", "dia": "https://diapason.dev/vocab#",
	"dct": "http://purl.org/dc/terms/", "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "sec": "https://w3id.org/security#",
	"proof": "sec:proof", "type": "@type", "id": "@id", "cryptosuite": "sec:cryptosuite", "created": "dct:created",
	"verificationMethod": "sec:verificationMethod", "proofPurpose": "sec:proofPurpose", "proofValue": "sec:proofValue",
}

type object = map[string]any

// Make writes the receipt, signed. A mandatory field that is empty is an error
// that wraps diapason.ErrUsage.
func Make(f Facts, key Key) ([]byte, error) {
	if names := f.missing(); len(names) > 0 {
		return nil, fmt.Errorf("write receipt: no %s: %w", strings.Join(names, ", no "), diapason.ErrUsage)
	}
	return key.sign(f.document(), f.Change+"T00:00:00Z")
}

func (f Facts) document() object {
	return object{
		"@context": vocabularies,
		"@id":      "urn:diapason:receipt:" + f.ID, "@type": "dpv:ConsentReceipt",
		"dct:identifier": f.ID, "dct:conformsTo": receiptSchema,
		"dct:created": f.Change, "dct:publisher": f.Controller.Name, "dct:audience": "dpv:DataSubject",
		"dct:source": f.Link,
		"dpv:hasRecordOfActivity": object{
			"@id": "urn:diapason:record:" + f.Record, "@type": "dpv:ConsentRecord",
			"dct:identifier": f.Record, "dct:conformsTo": recordSchema,
			"dpv:hasDataSubject":    object{"@id": "urn:diapason:listener:" + f.Record, "@type": "dpv:DataSubject", "dct:identifier": f.Record},
			"dpv:hasNotice":         object{"@id": f.Notice, "@type": "dpv:ConsentNotice", "dct:language": f.Language},
			"dpv:hasDataController": f.Controller.object("dpv:DataController"),
			"dpv:hasJurisdiction":   "loc:" + f.Jurisdiction,
			"dpv:hasLegalBasis":     object{"@type": []string{"dpv:ExpressedConsent", "eu-gdpr:A6-1-a"}},
			"dpv:hasProcess":        f.process(),
			"dpv:hasConsentControl": []any{
				object{"@type": "dpv:WithdrawConsent", "dct:title": "deletes the permission here at once; no sign-in", "dpv:isExercisedAt": f.Cancel},
				object{"@type": "dpv:WithdrawConsent", "dct:title": "ends the permission at the provider", "dpv:isExercisedAt": f.Apps},
			},
			"dpv:hasRight":         object{"@type": []string{"dpv:DataSubjectRight", "eu-gdpr:A7-3"}, "dct:title": "right to withdraw consent", "dpv:isExercisedAt": f.Cancel},
			"dpv:hasConsentStatus": f.events(),
		},
	}
}

func (p Party) object(role string) object {
	o := object{"@type": []string{"dpv:LegalEntity", role}, "dct:identifier": p.ID, "dpv:hasName": p.Name}
	if p.Address != "" {
		o["dpv:hasAddress"] = p.Address
	}
	if p.Contact != "" {
		o["dpv:hasContact"] = p.Contact
	}
	return o
}

// process is what is done, with what, for how long and where.
func (f Facts) process() object {
	zone := object{"@type": []string{"dpv:PersonalData", "dia:TimeZone"}, "dct:title": "time zone"}
	if f.Zone != "" {
		zone["rdf:value"] = f.Zone
	}
	return object{
		"@type":          "dpv:Process",
		"dpv:hasPurpose": object{"@type": []string{"dpv:Purpose", f.Purpose}, "dct:title": f.Title, "dct:subject": f.Item},
		"dpv:hasPersonalData": []any{
			object{"@type": []string{"dpv:PersonalData", "pd:Authenticating"}, "dct:title": "the provider's refresh credential, sealed"},
			zone,
		},
		"dpv:hasProcessing": []string{"dpv:Collect", "dpv:Store", "dpv:Use", "dpv:Erase"},
		"dpv:hasRecipient":  f.Recipient.object("dpv:Recipient"),
		"dpv:hasStorageCondition": []any{
			object{"@type": "dpv:StorageLocation", "dpv:hasLocation": "loc:" + f.Location},
			object{"@type": "dpv:StorageDuration", "dpv:hasDuration": object{"@type": "dpv:UntilEventDuration", "rdf:value": "it is done, cancelled, refused or ended at the provider; on " + f.Until + " at the latest"}},
			object{"@type": "dpv:StorageDeletion", "dct:title": "at once; for 30 days only the state and its day are kept, to answer this link"},
		},
	}
}

// events are what happened to the consent, in order. The last one has the state.
func (f Facts) events() []any {
	event := func(status, day, by string) object {
		return object{
			"@type": []string{status, "dpv:ExpressedConsent"}, "dpv:isIndicatedAtTime": day, "dpv:isIndicatedBy": by,
			"dct:date": day, "dct:valid": f.Given + "/" + f.Until,
		}
	}
	given := event("dpv:ConsentGiven", f.Given, "dpv:DataSubject")
	given["dpv:hasIndicationMethod"] = "the provider's own consent page"
	state := states[f.State]
	last := given
	all := []any{given}
	if f.State != Planned {
		by := "dpv:DataController"
		if f.State == Cancelled {
			by = "dpv:DataSubject"
		}
		last = event(state.status, f.Change, by)
		all = append(all, last)
	}
	last["dct:title"], last["dct:description"] = f.State, state.text
	return all
}
