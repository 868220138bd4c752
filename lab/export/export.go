// Package export writes the personal-data export of a listener who does not
// exist, in the shape in which music services send theirs, together with the
// truth about it. Same options, same bytes.
package export

import (
	"errors"
	"io"
	"time"
)

// Options say what to write.
type Options struct {
	Service   string    // whose shape: "spotify", which is also the empty string
	Seed      uint64    // same seed, same bytes
	Plays     int       // plays in the lifetime history, planted duplicates not counted
	Segments  []string  // what the service inferred; none: no such file
	Clean     bool      // hold only what any policy tells: see Truth.Holds
	From      time.Time // first play; zero: a year before the last
	Until     time.Time // last play; zero: 2026-11-01
	Duplicate int       // plays that stand in a second file once more
	Malformed int       // plays without a readable time, beyond Plays
}

// Truth is what was written.
type Truth struct {
	Plays      int               `json:"plays"`
	Artists    map[string]int    `json:"artists"` // plays by artist
	Duplicates int               `json:"duplicates"`
	Malformed  int               `json:"malformed"`
	Segments   map[string]string `json:"segments"` // segment → export path
	Holds      map[string]string `json:"holds"`    // export path → vocabulary term
	Canaries   map[string]string `json:"canaries"` // export path → a value that must never leave the export
	Newest     time.Time         `json:"newest"`   // latest stamp
}

// Write writes the export as a ZIP.
func Write(w io.Writer, o Options) (Truth, error) { return Truth{}, errors.New("not yet") }
