package audit

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"diapason.dev/diapason"
	"diapason.dev/diapason/does"
	"diapason.dev/diapason/internal/har"
)

// The names of the four recordings that identifiers are told from: one device
// or profile twice, and two others.
var recordingNames = [4]string{"A1", "A2", "B", "C"}

// whatRecordings explains them where somebody got them wrong.
const whatRecordings = "A1 is a first visit, A2 the same device or profile again, B and C are two other devices or fresh profiles"

// importMemory is from how much memory on the collector works harder where
// recordings are read: a file of any size then takes 256 MiB at most.
const importMemory = 190 << 20

// sparing keeps memory small while an audit reads recordings, until the
// function that it returns is called.
func (d *DoesConfig) sparing() (end func()) {
	if d == nil || len(d.Captures) == 0 {
		return func() {}
	}
	before := debug.SetMemoryLimit(-1) // only asks
	debug.SetMemoryLimit(min(before, importMemory))
	return func() { debug.SetMemoryLimit(before) }
}

// checkRecordings looks for mistakes in how recordings are named. It returns
// the number of the entry that is wrong, what is, and what to do.
func (d *DoesConfig) checkRecordings() (at int, wrong, next string) {
	first := map[string]int{}
	for i, r := range d.Captures {
		switch {
		case r.As == "":
			continue
		case !slices.Contains(recordingNames[:], r.As):
			return i, fmt.Sprintf("a recording is named as %q", r.As), "write A1, A2, B or C: " + whatRecordings
		case first[r.As] > 0:
			return i, fmt.Sprintf("two recordings are named as %s: entries %d and %d", r.As, first[r.As], i+1), whatRecordings
		}
		first[r.As] = i + 1
	}
	if len(first) == 0 {
		return 0, "", ""
	}
	var missing []string
	for _, name := range recordingNames {
		if first[name] == 0 {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return slices.IndexFunc(d.Captures, func(r RecordedConfig) bool { return r.As != "" }),
			fmt.Sprintf("identifiers are told from four recordings; missing: %s", strings.Join(missing, ", ")), whatRecordings
	}
	if len(d.Start) > 0 {
		return first["A1"] - 1, "pages to visit and four recordings were both given, and only one of the two can tell identifiers", "audit the pages and the recordings one after the other"
	}
	return 0, "", ""
}

// recorded reads captures that somebody made with other tools. Secrets in them
// are replaced before anything is stored; what only the raw values of four
// recordings can tell is found out before that.
func (a *run) recorded(ctx context.Context) error {
	var raw, copies [4]*diapason.Capture
	for i, rc := range a.Does.Captures {
		if ctx.Err() != nil {
			return a.missed(diapason.Does, "capture "+rc.HAR, ctx.Err())
		}
		a.tell("does: reading %s", rc.HAR)
		c, err := readHAR(a.path(rc.HAR), rc.Zone)
		if c != nil {
			c.ID = fmt.Sprintf("phone/%d", i+1)
			c.Weights = slices.DeleteFunc(c.Weights, func(diapason.Weight) bool { return rc.As == "" })
			copied, _ := har.Redact(c, a.material.Settings.Salt)
			if at := slices.Index(recordingNames[:], rc.As); at >= 0 {
				copied.ID = rc.As
				raw[at], copies[at] = c, copied
			} else if err := a.visit(copied); err != nil {
				return err
			}
		}
		if err != nil {
			if err := a.missed(diapason.Does, "capture "+rc.HAR, err); err != nil {
				return err
			}
		}
	}
	does.Weigh(raw, copies, a.material.Settings.Salt)
	for _, c := range copies {
		if c == nil {
			continue
		}
		if err := a.visit(c); err != nil {
			return err
		}
	}
	return nil
}

// readHAR reads one recorded file, with the secrets that are in it.
func readHAR(file, zone string) (*diapason.Capture, error) {
	in, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("read capture %s: %w (%w)", filepath.Base(file), errReason(err), diapason.ErrUsage)
	}
	defer in.Close()
	c, _, err := har.Read(in, filepath.Base(file))
	if c == nil {
		return nil, err
	}
	if zone != "" {
		c.Zone = zone
	}
	return c, err
}
