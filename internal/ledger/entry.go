// Package ledger keeps the append-only record of an audit: one leaf for each
// thing that was done or seen, in a Merkle tree whose head is signed. Tessera
// writes it (c2sp.org/tlog-tiles); [Verify] is a second implementation that
// shares no code with the writer.
//
// A log cannot forget, and a hash of a personal value still identifies. A leaf
// therefore holds salted commitments only, in the form of SD-JWT (RFC 9901);
// what they stand for lies in disclosures.jsonl, where a line can be deleted
// without breaking anything else. Start with [Create]; read back with
// [Records].
package ledger

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"sort"
	"time"

	"diapason.dev/diapason"
	"github.com/go-json-experiment/json/jsontext"
)

// An Entry is one leaf before it is written. Empty fields are left out.
type Entry struct {
	Kind    string    `json:"kind"`
	Mode    string    `json:"mode,omitempty"`  // auto, manual
	Actor   string    `json:"actor,omitempty"` // program and version, or a role
	At      time.Time `json:"at"`
	MonoMS  int64     `json:"mono_ms"` // milliseconds since the run began, by a clock that never goes back
	Phase   string    `json:"phase,omitempty"`
	Run     int       `json:"run,omitempty"`
	Profile string    `json:"profile,omitempty"`
	Vantage string    `json:"vantage,omitempty"`
	// Private are the values that only their disclosures tell.
	Private []Field `json:"-"`
}

// A Field is one private value of an entry under a JSON pointer (RFC 6901).
type Field struct {
	Pointer string
	Value   any
}

// maxLeaf is the largest leaf: tlog-tiles prefixes an entry with 16 bits.
const maxLeaf = 65535

// Commitment is the salted hash that stands for a disclosure:
// base64url(SHA-256(disclosure)), RFC 9901 section 4.2.3.
func Commitment(disclosure string) string {
	sum := sha256.Sum256([]byte(disclosure))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// disclose makes the disclosure of a field with a fresh salt of 128 bits.
func (f Field) disclose() (string, error) {
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails: see crypto/rand
	raw, err := json.Marshal([]any{base64.RawURLEncoding.EncodeToString(salt), f.Pointer, f.Value})
	if err != nil {
		return "", fmt.Errorf("disclose %s: %w: %w", f.Pointer, err, diapason.ErrIncomplete)
	}
	return base64.RawURLEncoding.EncodeToString(raw), nil
}

// leaf renders the entry as canonical JSON (RFC 8785) and returns it with the
// disclosures of its private fields. Commitments are sorted, so that their
// order tells nothing.
func (e Entry) leaf() (leaf []byte, disclosures []string, err error) {
	commitments := make([]string, 0, len(e.Private))
	for _, f := range e.Private {
		d, err := f.disclose()
		if err != nil {
			return nil, nil, err
		}
		disclosures = append(disclosures, d)
		commitments = append(commitments, Commitment(d))
	}
	sort.Strings(commitments)
	e.At = e.At.UTC().Truncate(time.Millisecond)
	raw, err := json.Marshal(struct {
		V int `json:"v"`
		Entry
		SD []string `json:"sd"`
	}{1, e, commitments})
	if err != nil {
		return nil, nil, fmt.Errorf("write leaf: %w: %w", err, diapason.ErrIncomplete)
	}
	value := jsontext.Value(raw)
	if err := value.Canonicalize(); err != nil {
		return nil, nil, fmt.Errorf("write leaf: %w: %w", err, diapason.ErrIncomplete)
	}
	if len(value) > maxLeaf {
		return nil, nil, fmt.Errorf("write leaf of %s: %d bytes, at most %d fit: %w", e.Kind, len(value), maxLeaf, diapason.ErrIncomplete)
	}
	return value, disclosures, nil
}
