package receipt

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason"
)

func sample() Facts {
	return Facts{
		ID: "0f1e2d3c4b5a69788796a5b4c3d2e1f0", Record: "00112233445566778899aabbccddeeff",
		Notice: "https://presave.label.example/c/paper-lanterns", Language: "en",
		Link:    "https://presave.label.example/r/secret",
		Cancel:  "https://presave.label.example/r/secret/cancel",
		Apps:    "https://provider.example/apps",
		Purpose: "dia:ReleaseSave", Title: "save Paper Lanterns by Ada Quill", Item: "spotify:album:1", Zone: "Europe/Paris",
		Controller:   Party{ID: "label.example", Name: "Quiet Label Ltd", Address: "1 Quay, Port", Contact: "privacy@label.example"},
		Recipient:    Party{ID: "provider.example", Name: "Provider"},
		Jurisdiction: "FR", Location: "SE",
		Given: "2026-08-01", Until: "2027-02-01", State: Planned, Change: "2026-08-01",
	}
}

func testKey(t *testing.T) Key {
	t.Helper()
	k, err := ReadKey(filepath.Join(t.TempDir(), "receipt.key"))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func made(t *testing.T, f Facts, k Key) []byte {
	t.Helper()
	data, err := Make(f, k)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestAReceiptVerifiesByItself(t *testing.T) {
	k := testKey(t)
	got, err := Verify(made(t, sample(), k))
	if err != nil {
		t.Fatal(err)
	}
	want := Verified{
		Key: k.DID(), ID: sample().ID, Title: "save Paper Lanterns by Ada Quill", Controller: "Quiet Label Ltd",
		Given: "2026-08-01", State: "planned", Day: "2026-08-01",
		Cancel: "https://presave.label.example/r/secret/cancel", Apps: "https://provider.example/apps",
	}
	if got != want {
		t.Errorf("verified\n%+v\nwant\n%+v", got, want)
	}
}

func TestAReceiptWithAChangedByteFails(t *testing.T) {
	data := made(t, sample(), testKey(t))
	for i := range data {
		changed := bytes.Clone(data)
		switch i % 5 { // every byte, in one of five ways
		case 0:
			changed[i] ^= 0x01
		case 1:
			changed[i] ^= 0x20 // another case, in a word
		case 2:
			changed[i] ^= 0x80
		case 3:
			changed = slices.Delete(changed, i, i+1)
		case 4:
			changed = slices.Insert(changed, i, ' ')
		}
		if _, err := Verify(changed); err == nil {
			t.Errorf("a change at byte %d (%q) is not noticed", i, data[max(0, i-8):min(len(data), i+8)])
		}
	}
}

func TestAReceiptSignedByAnotherKeyNamesThatKey(t *testing.T) {
	ours, theirs := testKey(t), testKey(t)
	got, err := Verify(made(t, sample(), theirs))
	if err != nil || got.Key != theirs.DID() || got.Key == ours.DID() {
		t.Fatalf("%v, signed by %s", err, got.Key)
	}
	// The proof of one key under the name of the other.
	forged := strings.ReplaceAll(string(made(t, sample(), theirs)), strings.TrimPrefix(theirs.DID(), "did:key:"), strings.TrimPrefix(ours.DID(), "did:key:"))
	if _, err := Verify([]byte(forged)); !errors.Is(err, diapason.ErrAltered) {
		t.Errorf("a forged name is answered %v", err)
	}
}

// The test vector of W3C Data Integrity EdDSA Cryptosuites for eddsa-jcs-2022:
// key, signature, canonical form and hashes all have to agree with it.
func TestTheProofAgreesWithThePublishedTestVector(t *testing.T) {
	const signed = `{"@context": ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"],
		"id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33", "type": ["VerifiableCredential", "AlumniCredential"],
		"name": "Alumni Credential", "description": "A minimum viable example of an Alumni Credential.",
		"issuer": "https://vc.example/issuers/5678", "validFrom": "2023-01-01T00:00:00Z",
		"credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
		"proof": {"type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022", "created": "2023-02-24T23:36:38Z",
			"verificationMethod": "https://vc.example/issuers/5678#z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2", "proofPurpose": "assertionMethod",
			"@context": ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"],
			"proofValue": "%s"}}`
	public, err := readMultikey("z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2")
	if err != nil {
		t.Fatal(err)
	}
	if got := multikey(public); got != "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2" {
		t.Errorf("the key is written %s", got)
	}
	for _, value := range []string{w3cProof, strings.Replace(w3cProof, "z63t", "z64t", 1)} {
		var doc object
		if err := json.Unmarshal(fmt.Appendf(nil, signed, value), &doc); err != nil {
			t.Fatal(err)
		}
		proof := doc["proof"].(object)
		delete(doc, "proof")
		if err := check(doc, proof, public); (err == nil) != (value == w3cProof) {
			t.Errorf("%s: %v", value, err)
		}
	}
}

// w3cProof is the proof value of TestVectors/eddsa-jcs-2022/signedJCS.json in
// github.com/w3c/vc-di-eddsa.
const w3cProof = "z63t83Y53KfzJ5ZosfKTnqfMcKB2dmTrfjSaQjeNNjAD5srBowQfmWqeRb8rRjmeEuCBEsddF9LsVogtuTsijJKh4"

// Every field that TS 27560 makes mandatory, by the property that the DPV
// guide gives it.
func TestAReceiptHasEveryMandatoryField(t *testing.T) {
	var doc object
	if err := json.Unmarshal(made(t, sample(), testKey(t)), &doc); err != nil {
		t.Fatal(err)
	}
	for field, path := range map[string]string{
		"schema version": "dct:conformsTo", "receipt id": "dct:identifier",
		"record's schema": "dpv:hasRecordOfActivity dct:conformsTo", "record id": "dpv:hasRecordOfActivity dct:identifier",
		"data subject": "dpv:hasRecordOfActivity dpv:hasDataSubject dct:identifier",
		"notice":       "dpv:hasRecordOfActivity dpv:hasNotice @id", "language": "dpv:hasRecordOfActivity dpv:hasNotice dct:language",
		"purpose":              "dpv:hasRecordOfActivity dpv:hasProcess dpv:hasPurpose @type",
		"personal data":        "dpv:hasRecordOfActivity dpv:hasProcess dpv:hasPersonalData @type",
		"controller id":        "dpv:hasRecordOfActivity dpv:hasDataController dct:identifier",
		"controller name":      "dpv:hasRecordOfActivity dpv:hasDataController dpv:hasName",
		"controller address":   "dpv:hasRecordOfActivity dpv:hasDataController dpv:hasAddress",
		"controller contact":   "dpv:hasRecordOfActivity dpv:hasDataController dpv:hasContact",
		"party type":           "dpv:hasRecordOfActivity dpv:hasDataController @type",
		"storage location":     "dpv:hasRecordOfActivity dpv:hasProcess dpv:hasStorageCondition dpv:hasLocation",
		"retention":            "dpv:hasRecordOfActivity dpv:hasProcess dpv:hasStorageCondition dpv:hasDuration rdf:value",
		"jurisdiction":         "dpv:hasRecordOfActivity dpv:hasJurisdiction",
		"recipients":           "dpv:hasRecordOfActivity dpv:hasProcess dpv:hasRecipient dpv:hasName",
		"withdrawal":           "dpv:hasRecordOfActivity dpv:hasConsentControl dpv:isExercisedAt",
		"event time":           "dpv:hasRecordOfActivity dpv:hasConsentStatus dct:date",
		"validity":             "dpv:hasRecordOfActivity dpv:hasConsentStatus dct:valid",
		"entity":               "dpv:hasRecordOfActivity dpv:hasConsentStatus dpv:isIndicatedBy",
		"event type and state": "dpv:hasRecordOfActivity dpv:hasConsentStatus @type",
	} {
		if !has(doc, strings.Fields(path)) {
			t.Errorf("%s is missing at %s", field, path)
		}
	}
}

// has follows a path through objects and, in a list, through any that has it.
func has(v any, path []string) bool {
	switch v := v.(type) {
	case object:
		return len(path) > 0 && v[path[0]] != nil && has(v[path[0]], path[1:])
	case []any:
		for _, one := range v {
			if has(one, path) {
				return true
			}
		}
		return false
	case string:
		return len(path) == 0 && v != ""
	}
	return false
}

func TestAReceiptWithAFieldMissingIsNotWritten(t *testing.T) {
	for field, empty := range map[string]func(*Facts){
		"controller's address":    func(f *Facts) { f.Controller.Address = "" },
		"controller's contact":    func(f *Facts) { f.Controller.Contact = "" },
		"jurisdiction":            func(f *Facts) { f.Jurisdiction = "" },
		"provider's page of apps": func(f *Facts) { f.Apps = "" },
		"state":                   func(f *Facts) { f.State = "perhaps" },
	} {
		f := sample()
		empty(&f)
		_, err := Make(f, testKey(t))
		if !errors.Is(err, diapason.ErrUsage) || !strings.Contains(err.Error(), field) {
			t.Errorf("without %s: %v", field, err)
		}
	}
}

func TestAReceiptTellsHowItEnded(t *testing.T) {
	k := testKey(t)
	for state, want := range map[string][2]string{
		Planned: {"dpv:ConsentGiven", "dpv:DataSubject"}, Saved: {"dpv:ConsentExpired", "dpv:DataController"},
		Gone: {"dpv:ConsentInvalidated", "dpv:DataController"}, Failed: {"dpv:ConsentExpired", "dpv:DataController"},
		Cancelled: {"dpv:ConsentWithdrawn", "dpv:DataSubject"},
	} {
		f := sample()
		f.State, f.Change = state, "2026-09-04"
		if state == Planned {
			f.Change = f.Given
		}
		data := made(t, f, k)
		got, err := Verify(data)
		if err != nil || got.State != state || got.Day != f.Change || got.Given != f.Given {
			t.Errorf("%s: %+v %v", state, got, err)
		}
		var doc struct {
			Record struct {
				Events []struct {
					Type []string `json:"@type"`
					By   string   `json:"dpv:isIndicatedBy"`
				} `json:"dpv:hasConsentStatus"`
			} `json:"dpv:hasRecordOfActivity"`
		}
		if err := json.Unmarshal(data, &doc); err != nil {
			t.Fatal(err)
		}
		last := doc.Record.Events[len(doc.Record.Events)-1]
		if last.Type[0] != want[0] || last.By != want[1] {
			t.Errorf("%s ends as %v by %s", state, last.Type, last.By)
		}
	}
}

func TestTheKeyIsKeptAndForItsOwnerAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "receipt.key")
	first, err := ReadKey(path)
	if err != nil {
		t.Fatal(err)
	}
	again, err := ReadKey(path)
	if err != nil || again.DID() != first.DID() {
		t.Errorf("read again as %s: %v", again.DID(), err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadKey(path); !errors.Is(err, diapason.ErrUsage) {
		t.Errorf("a key that others can read is answered %v", err)
	}
	if err := os.WriteFile(path+"2", []byte("not a key"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadKey(path + "2"); !errors.Is(err, diapason.ErrUsage) {
		t.Errorf("text is answered %v", err)
	}
}

func FuzzVerify(f *testing.F) {
	k, err := newKey(filepath.Join(f.TempDir(), "receipt.key"))
	if err != nil {
		f.Fatal(err)
	}
	data, err := Make(sample(), k)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"@type":"dpv:ConsentReceipt","proof":{}}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, changed []byte) {
		if _, err := Verify(changed); err == nil && !bytes.Equal(bytes.TrimSuffix(changed, []byte("\n")), data) {
			t.Errorf("another receipt verifies: %q", changed)
		}
	})
}
