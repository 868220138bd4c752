// Package export writes the personal-data export of a listener who does not
// exist, in the shape in which a music service sends its own, together with
// the truth about it: how many plays, which of them twice, which segments, and
// where each value that must never leave the export stands.
//
// Start with [Write]. Same options, same bytes, on every machine: the members
// are stored without compression unless Deflate is set, dates come from the
// options, and everything else from the seed. Addresses, e-mail addresses and
// telephone numbers are taken from the ranges reserved for documentation, and
// names are coined. It never copies anything of a real export.
package export

import (
	"archive/zip"
	"fmt"
	"io"
	"time"
)

// Options say what to write.
type Options struct {
	Service   string    // whose shape; "spotify" and the empty string are known
	Seed      uint64    // same seed, same bytes
	Plays     int       // plays in the lifetime history, without the planted ones below
	Segments  []string  // what the service inferred; none: the export has no such file
	Clean     bool      // hold only what an honest policy tells in a few lines: see Truth.Holds
	Every     bool      // write every kind of file: messages, prompts, technical log and so on
	From      time.Time // first play; zero: 300 days before the last
	Until     time.Time // last play; zero: 2026-11-01
	Duplicate int       // plays that stand once more in a second file
	Malformed int       // plays whose time cannot be read
	Deflate   bool      // compress the members; the bytes then depend on the Go release
	// Rename gives members other names, as localised and older exports do: old to new.
	Rename map[string]string
}

// Truth is what was written.
type Truth struct {
	Plays      int               `json:"plays"`      // distinct plays with a readable time, in the lifetime history
	Recent     int               `json:"recent"`     // of these, once more in the account data, by the minute
	Artists    map[string]int    `json:"artists"`    // distinct plays by artist
	Duplicates int               `json:"duplicates"` // planted
	Malformed  int               `json:"malformed"`  // planted
	Searches   int               `json:"searches"`
	Segments   map[string]string `json:"segments"` // segment to the path of the export where it stands
	// Holds maps every path that carries values to the vocabulary term that it
	// is of: what a policy has to tell so that nothing held is untold.
	Holds    map[string]string `json:"holds"`
	Canaries map[string]string `json:"canaries"` // path to a value that may not appear anywhere else
	Newest   time.Time         `json:"newest"`   // latest stamp in the export
}

// Write writes the export as a ZIP.
func Write(w io.Writer, o Options) (Truth, error) {
	if o.Service != "" && o.Service != "spotify" {
		return Truth{}, fmt.Errorf("write export: the shape of %q is not known", o.Service)
	}
	if o.Until.IsZero() {
		o.Until = time.Date(2026, 11, 1, 18, 0, 0, 0, time.UTC)
	}
	if o.From.IsZero() {
		o.From = o.Until.AddDate(0, 0, -300)
	}
	o.From, o.Until = o.From.UTC().Truncate(time.Second), o.Until.UTC().Truncate(time.Second)
	if o.Plays < 0 || o.Duplicate < 0 || o.Malformed < 0 || o.Duplicate > o.Plays {
		return Truth{}, fmt.Errorf("write export: %d plays, %d twice, %d malformed: counts do not fit", o.Plays, o.Duplicate, o.Malformed)
	}
	if !o.From.Before(o.Until) {
		return Truth{}, fmt.Errorf("write export: the first play must come before the last")
	}
	p := newPerson(o)
	z := &archive{zip: zip.NewWriter(w), options: o}
	for _, write := range []func(*archive, *person) error{writeHistory, writeRecent, writeAccount, writeInferences, writeEverything} {
		if err := write(z, p); err != nil {
			return Truth{}, fmt.Errorf("write export: %w", err)
		}
	}
	if err := z.zip.Close(); err != nil {
		return Truth{}, fmt.Errorf("write export: %w", err)
	}
	return p.truth, nil
}

// An archive is the ZIP under way.
type archive struct {
	zip     *zip.Writer
	options Options
}

// member starts one file.
func (a *archive) member(name string) (io.Writer, error) {
	if other, ok := a.options.Rename[name]; ok {
		name = other
	}
	h := &zip.FileHeader{Name: name, Method: zip.Store}
	if a.options.Deflate {
		h.Method = zip.Deflate
	}
	return a.zip.CreateHeader(h)
}

// put writes one value as a file of its own.
func (a *archive) put(name string, value any) error {
	w, err := a.member(name)
	if err != nil {
		return err
	}
	_, err = w.Write(appendJSON(nil, value))
	return err
}
