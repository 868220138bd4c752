// Package presave runs pre-save campaigns that ask for one permission: it
// keeps a sealed refresh token until the release's day begins where the
// listener lives, saves the release once, and forgets everything.
//
// [Service] is the whole of it over a [Store] (asks/presave/store has SQLite
// and PostgreSQL), a [Ring] of keys and the [Provider]s.
package presave

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"time"
)

// A Row is one thing that one listener asked for. It names no account, person,
// address or browser, and nobody can find out whose it is: the provider tells
// that only to a holder of the refresh token, which is sealed.
type Row struct {
	ID            string // [Link.RowID]
	Campaign      string
	Option        Option
	URI           string // what is saved, as the listener agreed to it
	Zone          string // IANA name, as the listener chose it
	ReleaseDate   Date
	DueAt         time.Time // when that day begins in the zone
	State         State
	Attempts      int       // how often a worker took it
	NextAt        time.Time // when a worker may take it: DueAt and up to ten minutes, later after a failure
	LeaseUntil    time.Time // until when it is a worker's; zero when it is nobody's
	SealedRefresh []byte    // see [Ring.Seal]
	KeyID         string    // which key of the ring opens it
	CancelHash    []byte    // [CancelHash] of the receipt's link
	ReceiptID     string    // [Link.ReceiptID]
	CreatedDay    Date      // in UTC; no time of day
}

// A State says whose turn a row is.
type State string

// The states of a stored row, and the final ones, which only a [Receipt] has.
const (
	Waiting  State = "waiting"  // for its time
	Retrying State = "retrying" // for its time, after an attempt that failed

	Done      State = "done"      // saved
	Gone      State = "gone"      // revoked or expired at the provider
	Failed    State = "failed"    // refused by the provider, or impossible for 48 hours
	Cancelled State = "cancelled" // by the listener
)

// A Receipt is what is left of a row that ended, for 30 days: enough to answer
// whoever holds its link, and nothing else.
type Receipt struct {
	CancelHash []byte
	State      State
	Day        Date // in UTC, on which the row ended
}

// A Pending is a request for permission that was sent to the provider and not
// answered yet. The code verifier (RFC 7636) is not here: only the listener's
// cookie has it.
type Pending struct {
	StateHash []byte // [StateHash] of the state parameter
	Campaign  string
	Option    Option
	URI       string
	Zone      string
	Expires   time.Time
}

// NewSecret is 256 random bits in base64url, for a receipt's link, a state or
// a code verifier (43 characters, as RFC 7636 section 4.1 suggests).
func NewSecret() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails: crypto/rand
	return base64.RawURLEncoding.EncodeToString(b)
}

// CancelHash is what is stored of the secret in a receipt's link.
func CancelHash(secret string) []byte { return hash("receipt", secret) }

// StateHash is what is stored of a state parameter.
func StateHash(state string) []byte { return hash("state", state) }

// hash is a SHA-256 that serves one purpose: it equals the plain one, or that
// of another purpose, of no secret. The secrets have 256 bits, so they need no
// slow function.
func hash(purpose, secret string) []byte {
	sum := sha256.Sum256([]byte("diapason presave " + purpose + "\x00" + secret))
	return sum[:]
}
