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

import (
	"io"

	"diapason.dev/diapason"
)

// A Ledger tells what became of a file's entries. Read is always Kept plus
// Skipped, and Skipped is the sum of Reasons.
type Ledger struct {
	Read    int            `json:"read"` // entries that the file holds, as far as it was read
	Kept    int            `json:"kept"` // entries that became requests
	Skipped int            `json:"skipped"`
	Reasons map[string]int `json:"reasons,omitempty"` // why entries were skipped, and how many
	Bytes   int64          `json:"bytes"`             // bytes of the file that were read
}

// Read reads one HAR file. The name stands for it in errors.
func Read(r io.Reader, name string) (*diapason.Capture, Ledger, error) {
	panic("under way")
}

// Write writes a capture as HAR 1.2.
func Write(w io.Writer, c *diapason.Capture) error { panic("under way") }

// Redact returns a copy of the capture without secrets.
func Redact(c *diapason.Capture, salt []byte) (*diapason.Capture, map[string]int) {
	panic("under way")
}
