package receipt

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"

	"diapason.dev/diapason"
	"github.com/go-json-experiment/json/jsontext"
)

// A Key signs receipts.
type Key struct{ private ed25519.PrivateKey }

// ReadKey reads an Ed25519 key, PKCS #8 in PEM. Where there is no file it makes
// a key and writes it, readable to the owner alone. A file that others can
// read is refused; what is wrong with it wraps diapason.ErrUsage.
func ReadKey(path string) (Key, error) {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return newKey(path)
	}
	if err != nil {
		return Key{}, fmt.Errorf("read receipt key: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return Key{}, diapason.WithHint(fmt.Errorf("read receipt key %s: others can read it (mode %04o): %w", path, info.Mode().Perm(), diapason.ErrUsage), "chmod 600 "+path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return Key{}, fmt.Errorf("read receipt key: %w", err)
	}
	block, _ := pem.Decode(data)
	if block == nil {
		return Key{}, fmt.Errorf("read receipt key %s: expected PEM: %w", path, diapason.ErrUsage)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if private, ok := parsed.(ed25519.PrivateKey); err == nil && ok {
		return Key{private}, nil
	}
	return Key{}, fmt.Errorf("read receipt key %s: expected an Ed25519 key in PKCS #8: %w", path, diapason.ErrUsage)
}

func newKey(path string) (Key, error) {
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return Key{}, fmt.Errorf("make receipt key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return Key{}, fmt.Errorf("make receipt key: %w", err)
	}
	data := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return Key{}, fmt.Errorf("write receipt key: %w", err)
	}
	_, err = f.Write(data)
	if err := errors.Join(err, f.Close()); err != nil {
		return Key{}, fmt.Errorf("write receipt key: %w", err)
	}
	return Key{private}, nil
}

// DID is the key's public half as a did:key, the name under which it signs.
func (k Key) DID() string {
	return "did:key:" + multikey(k.private.Public().(ed25519.PublicKey))
}

// sign adds a proof by the cryptosuite eddsa-jcs-2022 (W3C Data Integrity EdDSA
// Cryptosuites 1.0, section 3.3) and writes the document in its canonical form.
func (k Key) sign(doc object, created string) ([]byte, error) {
	did := k.DID()
	proof := object{
		"@context": doc["@context"], "type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022", "created": created,
		"verificationMethod": did + "#" + did[len("did:key:"):], "proofPurpose": "assertionMethod",
	}
	hash, err := hashes(doc, proof)
	if err != nil {
		return nil, err
	}
	proof["proofValue"] = "z" + base58(ed25519.Sign(k.private, hash))
	doc["proof"] = proof
	return canonical(doc)
}

// hashes are what is signed: the hash of the proof's terms and that of the document.
func hashes(doc, proof object) ([]byte, error) {
	var sum []byte
	for _, part := range []object{proof, doc} {
		c, err := canonical(part)
		if err != nil {
			return nil, err
		}
		h := sha256.Sum256(c)
		sum = append(sum, h[:]...)
	}
	return sum, nil
}

// canonical is a value in the form of RFC 8785 (JCS).
func canonical(v any) ([]byte, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("write receipt: %w", err)
	}
	c := jsontext.Value(data)
	if err := c.Canonicalize(); err != nil {
		return nil, fmt.Errorf("write receipt: %w", err)
	}
	return c, nil
}

// A Verified receipt is one whose signature holds.
type Verified struct {
	Key        string `json:"key"` // did:key of who signed; whether it is the right one, the reader decides
	ID         string `json:"id"`
	Title      string `json:"title"`      // what was agreed to
	Controller string `json:"controller"` // who answers for it
	Given      string `json:"given"`      // day of the agreement
	State      string `json:"state"`      // planned, saved, gone, failed, cancelled
	Day        string `json:"day"`        // of the state
	Cancel     string `json:"cancel"`     // address that cancels
	Apps       string `json:"apps"`       // page of the provider where the grant is ended
}

// Verify checks a receipt by itself, without the network. A byte that was
// changed, added or taken away is an error that wraps diapason.ErrAltered;
// what is no receipt at all wraps diapason.ErrUsage.
func Verify(data []byte) (Verified, error) {
	data = bytes.TrimSuffix(data, []byte("\n"))
	form := jsontext.Value(bytes.Clone(data))
	if err := form.Canonicalize(); err != nil {
		return Verified{}, diapason.WithHint(fmt.Errorf("read receipt: not JSON: %v: %w", err, diapason.ErrUsage), "give the file as the campaign's page offers it for keeping")
	}
	if !bytes.Equal(form, data) {
		return Verified{}, diapason.WithHint(fmt.Errorf("verify receipt: its bytes are not as they were signed: %w", diapason.ErrAltered),
			"a program that formats JSON changes it; fetch the file again and keep it untouched")
	}
	var doc object
	if err := json.Unmarshal(data, &doc); err != nil {
		return Verified{}, fmt.Errorf("read receipt: not an object: %w", diapason.ErrUsage)
	}
	key, err := verify(doc)
	if err != nil {
		return Verified{}, err
	}
	return summary(data, key)
}

// verify checks the proof of a document and returns the did:key of its signer.
func verify(doc object) (string, error) {
	proof, ok := doc["proof"].(object)
	if !ok || doc["@type"] != "dpv:ConsentReceipt" {
		return "", fmt.Errorf("read receipt: no signed consent receipt: %w", diapason.ErrUsage)
	}
	delete(doc, "proof")
	if proof["cryptosuite"] != "eddsa-jcs-2022" || proof["type"] != "DataIntegrityProof" || proof["proofPurpose"] != "assertionMethod" {
		return "", fmt.Errorf("verify receipt: expected a proof by eddsa-jcs-2022: %w", diapason.ErrUsage)
	}
	method, _ := proof["verificationMethod"].(string)
	public, did, err := publicKey(method)
	if err != nil {
		return "", err
	}
	return did, check(doc, proof, public)
}

// check checks a proof over a document without it.
func check(doc, proof object, public ed25519.PublicKey) error {
	value, _ := proof["proofValue"].(string)
	delete(proof, "proofValue")
	signature, err := unbase58(value, ed25519.SignatureSize)
	if err != nil {
		return fmt.Errorf("verify receipt: its signature is none: %w: %w", err, diapason.ErrAltered)
	}
	hash, err := hashes(doc, proof)
	if err != nil {
		return err
	}
	if !ed25519.Verify(public, hash, signature) {
		return fmt.Errorf("verify receipt: the signature does not fit: %w", diapason.ErrAltered)
	}
	return nil
}

// summary reads of a receipt that holds what a person wants to know.
func summary(data []byte, key string) (Verified, error) {
	var r struct {
		ID     string `json:"dct:identifier"`
		Record struct {
			Controller struct {
				Name string `json:"dpv:hasName"`
			} `json:"dpv:hasDataController"`
			Process struct {
				Purpose struct {
					Title string `json:"dct:title"`
				} `json:"dpv:hasPurpose"`
			} `json:"dpv:hasProcess"`
			Control []struct {
				At string `json:"dpv:isExercisedAt"`
			} `json:"dpv:hasConsentControl"`
			Events []struct {
				State string `json:"dct:title"`
				Day   string `json:"dct:date"`
			} `json:"dpv:hasConsentStatus"`
		} `json:"dpv:hasRecordOfActivity"`
	}
	if err := json.Unmarshal(data, &r); err != nil || len(r.Record.Control) != 2 || len(r.Record.Events) == 0 {
		return Verified{}, fmt.Errorf("read receipt: signed, but not in a form that is known: %w", diapason.ErrUsage)
	}
	last := r.Record.Events[len(r.Record.Events)-1]
	return Verified{
		Key: key, ID: r.ID, Title: r.Record.Process.Purpose.Title, Controller: r.Record.Controller.Name,
		Given: r.Record.Events[0].Day, State: last.State, Day: last.Day,
		Cancel: r.Record.Control[0].At, Apps: r.Record.Control[1].At,
	}, nil
}
