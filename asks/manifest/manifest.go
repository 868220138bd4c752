// Package manifest reads the file in which an app says what it will ask for:
// Android's AndroidManifest.xml, a browser extension's manifest.json and an
// Apple app's Info.plist, told apart by content.
//
// Start with [Read], then [Manifest.Judge], which tells in the same words as
// for permission links what each permission opens, and [Manifest.Says], which
// makes of each reason that a developer gives a statement of the service. A manifest has no purpose, so nothing in
// it is called more than needed.
//
// The package expands no entity, runs nothing, and opens no connection.
package manifest

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"diapason.dev/diapason"
)

// The kinds of manifest; each is a catalogue of its own.
const (
	Android   = "android"
	Extension = "webext"
	Apple     = "ios"
)

// maxManifest bounds how much of a manifest is read, in bytes.
const maxManifest = 4 << 20

// A Manifest is what one file asks for.
type Manifest struct {
	Name        string       `json:"name"` // of the file, without its folder
	Kind        string       `json:"kind"` // android, webext, ios
	App         string       `json:"app"`  // package, bundle or extension, as the file calls it
	Permissions []Permission `json:"permissions"`
	Ledger      Ledger       `json:"ledger"`
}

// A Permission is one thing that a manifest asks for.
type Permission struct {
	ID       string   `json:"id"`                 // as written
	As       string   `json:"as"`                 // the catalogue's name for it: patterns of sites have one name for all
	Line     int      `json:"line,omitempty"`     // 0: the file has no lines
	Optional bool     `json:"optional,omitempty"` // asked for when a feature needs it
	From     int      `json:"from,omitempty"`     // Android: first API level that asks; 0: all
	Until    int      `json:"until,omitempty"`    // Android: last API level that asks; 0: all
	Reason   string   `json:"reason,omitempty"`   // Apple: what the developer tells the person
	NoReason string   `json:"no_reason,omitempty"`
	Sites    []string `json:"sites,omitempty"` // extension: the patterns behind As
}

// A Ledger tells what became of every declaration. Read is Kept plus the sum of Reasons.
type Ledger struct {
	Read    int            `json:"read"`
	Kept    int            `json:"kept"`
	Reasons map[string]int `json:"reasons,omitempty"` // why the others were not kept, and how many
}

func (l *Ledger) leave(why string) {
	if l.Reasons == nil {
		l.Reasons = map[string]int{}
	}
	l.Reasons[why]++
}

const repeated = "named more than once"

// Read reads a manifest. What is none, or cannot be read, wraps
// diapason.ErrUsage and names file and line.
func Read(r io.Reader, name string) (*Manifest, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxManifest+1))
	if err != nil {
		return nil, fmt.Errorf("read manifest %s: %w: %w", name, err, diapason.ErrUsage)
	}
	if len(raw) > maxManifest {
		return nil, bad(name, 0, "give the manifest alone", "it is longer than 4 MiB")
	}
	m := &Manifest{Name: name, Permissions: []Permission{}}
	text := bytes.TrimLeft(bytes.TrimPrefix(raw, []byte("\ufeff")), " \t\r\n")
	before := len(raw) - len(text)
	switch {
	case bytes.HasPrefix(raw, []byte{3, 0, 8, 0}):
		return nil, bad(name, 0, "print it as text with the Android SDK: apkanalyzer manifest print app.apk", "it is a binary Android manifest (AXML) out of a built app, which is not read")
	case bytes.HasPrefix(raw, []byte("PK")):
		return nil, bad(name, 0, "take AndroidManifest.xml, manifest.json or Info.plist out of it", "it is an archive, not a manifest")
	case bytes.HasPrefix(raw, []byte("bplist")):
		err = m.readPlist(raw)
	case bytes.HasPrefix(text, []byte("<")):
		err = m.readXML(raw)
	case bytes.HasPrefix(text, []byte("{")), bytes.HasPrefix(text, []byte("//")), bytes.HasPrefix(text, []byte("/*")):
		err = m.readJSON(raw[before:], bytes.Count(raw[:before], []byte("\n")))
	default:
		err = bad(name, 1, whatManifestsAre, "it is no manifest")
	}
	if err != nil {
		return nil, err
	}
	return m, nil
}

const whatManifestsAre = "give an AndroidManifest.xml, a browser extension's manifest.json or an Info.plist"

func bad(name string, line int, next, format string, args ...any) error {
	at := name
	if line > 0 {
		at = fmt.Sprintf("%s:%d", name, line)
	}
	return diapason.WithHint(fmt.Errorf("read manifest %s: %s: %w", at, fmt.Sprintf(format, args...), diapason.ErrUsage), next)
}

// keep adds a permission, or widens the one that is there already.
func (m *Manifest) keep(p Permission) {
	m.Ledger.Read++
	for i := range m.Permissions {
		old := &m.Permissions[i]
		if old.As != p.As {
			continue
		}
		if p.As != p.ID && len(p.Sites) > 0 {
			old.Sites = append(old.Sites, p.Sites...)
		}
		old.Optional = old.Optional && p.Optional
		if p.Until == 0 || old.Until != 0 && p.Until > old.Until {
			old.Until = p.Until
		}
		old.From = min(old.From, p.From)
		m.Ledger.leave(repeated)
		return
	}
	m.Ledger.Kept++
	m.Permissions = append(m.Permissions, p)
}

// leave counts a declaration that asks for nothing.
func (m *Manifest) leave(why string) {
	m.Ledger.Read++
	m.Ledger.leave(why)
}

// lineOf is the line of the first place where a text stands; 0 where it does not.
func lineOf(raw []byte, text string) int {
	at := bytes.Index(raw, []byte(text))
	if at < 0 {
		return 0
	}
	return 1 + bytes.Count(raw[:at], []byte("\n"))
}

// named tells whether a text can be the name of a permission: without white
// space, commas and plus signs, which part names in a list.
func named(id string) bool {
	return id != "" && !strings.ContainsAny(id, " \t\r\n,+\x00") && len(id) <= 500
}
