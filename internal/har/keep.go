package har

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"diapason.dev/diapason"
	"github.com/go-json-experiment/json/jsontext"
)

// maxBeside bounds what Write keeps of a capture beside its requests.
const maxBeside = 32 << 20

// beside is all of a capture but its requests, as Write keeps it.
func beside(c *diapason.Capture) *diapason.Capture {
	out := *c
	out.Requests = nil
	return &out
}

// readBeside reads what Write keeps of a capture beside its requests.
func (f *file) readBeside() error {
	raw, err := f.value(maxBeside)
	if err != nil {
		return err
	}
	var c diapason.Capture
	if raw == nil || json.Unmarshal(raw, &c) != nil {
		f.unkept = true
		return nil
	}
	f.beside = &c
	return nil
}

// putBack adds what Write had kept. A recording stays a recording: what it
// says was measured, nobody can check.
func (f *file) putBack() {
	read, kept := f.c, f.beside
	if kept == nil {
		return
	}
	c := *kept
	c.ID, c.Site, c.Journey, c.Phase, c.Run, c.Mode, c.Source = read.ID, read.Site, read.Journey, read.Phase, read.Run, read.Mode, read.Source
	c.Requests, c.Shot = read.Requests, nil
	c.Gaps = append(slices.Clone(kept.Gaps), read.Gaps...)
	c.Complete = kept.Complete && read.Complete
	c.Cut = maps.Clone(kept.Cut)
	for what, n := range read.Cut {
		if c.Cut == nil {
			c.Cut = map[string]int{}
		}
		c.Cut[what] += n
	}
	*f.c = c
}

// value reads a value whole; nil where it takes more than the given bytes.
func (w *walker) value(most int) (jsontext.Value, error) {
	var out bytes.Buffer
	enc := jsontext.NewEncoder(&out, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	depth := w.dec.StackDepth()
	for {
		t, err := w.dec.ReadToken()
		if err != nil {
			return nil, err
		}
		if t.Kind() == '"' {
			s, _ := w.src.find(t.String())
			t = jsontext.String(s)
		}
		if out.Len() <= most {
			if err := enc.WriteToken(t); err != nil {
				return nil, err
			}
		}
		if w.dec.StackDepth() == depth {
			break
		}
	}
	if out.Len() > most {
		return nil, nil
	}
	return bytes.TrimSpace(out.Bytes()), nil
}
