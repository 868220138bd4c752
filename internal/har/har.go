// Package har reads and writes recorded traffic: HAR 1.2 files of browsers, of
// proxies such as mitmproxy, and of phones.
//
// Start with [Read], which makes a [diapason.Capture] of a file while reading
// it as a stream, and tells in a [Ledger] what became of every entry. Nothing
// that was recorded may be stored before [Redact] has put commitments in the
// place of the secrets in it. [Write] writes a capture as HAR 1.2 that any
// viewer opens; what the format has no place for goes into fields that begin
// with an underscore, and comes back when the file is read again.
//
// The package opens no files and keeps no raw value beyond the capture that it
// returns. It never says what traffic means.
package har

// A Ledger tells what became of a file's entries. Read is always Kept plus
// Skipped, and Skipped is the sum of Reasons.
type Ledger struct {
	Read    int            `json:"read"` // entries that the file holds, as far as it was read
	Kept    int            `json:"kept"` // entries that became requests
	Skipped int            `json:"skipped"`
	Reasons map[string]int `json:"reasons,omitempty"` // why entries were skipped, and how many
	Bytes   int64          `json:"bytes"`             // bytes of the file that were read
	// Withheld counts bodies of which only hash and size were kept, because
	// the text of all bodies together had reached its bound.
	Withheld int `json:"withheld,omitempty"`
}

// Bounds on what is kept of one file, so that a file of any size can be read
// with little memory.
const (
	maxRequests = 50_000    // requests; a phone's night has a few thousand
	maxBody     = 1 << 20   // bytes of one body's text
	maxBodies   = 32 << 20  // bytes of the text of all bodies sent, and of all received
	maxText     = 128 << 20 // bytes of everything that is kept
	maxHeaders  = 1_000     // header lines of one message
	maxMessages = 10_000    // socket messages of one request, both ways
)

// The reasons for which an entry is skipped.
const (
	notSent    = "an address that no network is asked for (data:, blob:, extension)"
	overBounds = "beyond what is kept of one file"
	brokenOff  = "the file breaks off within it"
)
