package does_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason"
	"diapason.dev/diapason/does"
	"diapason.dev/diapason/internal/har"
	"diapason.dev/diapason/lab"
)

// throughFile writes a capture as a file for other tools and reads it again.
func throughFile(t *testing.T, c *diapason.Capture) *diapason.Capture {
	t.Helper()
	var file bytes.Buffer
	if err := har.Write(&file, c); err != nil {
		t.Fatal(err)
	}
	read, l, err := har.Read(&file, "visit.har")
	if err != nil || l.Skipped > 0 {
		t.Fatalf("visit %s: %v, %+v", c.ID, err, l)
	}
	return read
}

// exportsGiveTheSameFacts reads all visits again from files. That they are
// visits of ours is put back: no file can prove it.
func exportsGiveTheSameFacts(t *testing.T, s lab.Service, got toured) {
	var again []*diapason.Capture
	for _, c := range got.captures {
		read := throughFile(t, c)
		read.Source, read.Mode = c.Source, c.Mode
		again = append(again, read)
	}
	a, _ := json.Marshal(read(t, s, again).facts)
	b, _ := json.Marshal(got.facts)
	if !bytes.Equal(a, b) {
		t.Errorf("%d bytes of facts, from the exports %d bytes:\n%s\n%s", len(b), len(a), b, a)
	}
}

// fourFilesGiveTheIdentifiers reads the four visits as recordings that somebody
// sent: raw, and without their secrets.
func fourFilesGiveTheIdentifiers(t *testing.T, s lab.Service, got toured) {
	var visits, raw, copies [4]*diapason.Capture
	salt := []byte("another salt")
	for i, id := range []string{"A1", "A2", "B", "C"} {
		visits[i] = got.captures[slices.IndexFunc(got.captures, func(c *diapason.Capture) bool { return c.ID == id })]
		raw[i] = throughFile(t, visits[i])
		copies[i], _ = har.Redact(raw[i], salt)
	}
	want := plainly(read(t, s, visits[:]).facts.Identifiers)
	if have := plainly(read(t, s, raw[:]).facts.Identifiers); have != want || strings.Count(want, "\n") < 3 {
		t.Errorf("the visits gave\n%sand their files\n%s", want, have)
	}
	does.Weigh(raw, copies, salt)
	for i, c := range copies {
		for _, k := range visits[i].Cookies {
			if record, _ := json.Marshal(c); len(k.Value) >= 8 && bytes.Contains(record, []byte(k.Value)) {
				t.Errorf("the copy of %s holds what cookie %s is", c.ID, k.Name)
			}
		}
		copies[i] = throughFile(t, c)
	}
	if have := plainly(read(t, s, stored(t, copies[:])).facts.Identifiers); have != want {
		t.Errorf("the visits gave\n%sand their files without secrets\n%s", want, have)
	}
}

// plainly lists identifiers without what stands for their values.
func plainly(all []does.Identifier) string {
	var out strings.Builder
	for _, i := range all {
		i.Commitment, i.Evidence = "", nil
		line, _ := json.Marshal(i)
		out.Write(append(line, '\n'))
	}
	return out.String()
}
