// Package importer turns what providers publish about their permissions into
// catalogue files that asks.Load accepts: an OpenAPI description, Google's
// discovery documents, Microsoft Graph's permissions.json, Android's platform
// manifest, the manifest of a browser extension.
//
// Names, methods, paths, groups and levels are facts and are taken over. What a
// provider wrote about them is not: every label and sentence in the result is
// built here from names and calls, and an overlay, a catalogue file with
// entries in our own words, replaces what was built. A published list of scopes
// is no statement of need; how it is meant must be told (see Semantics).
//
// Each reader ends in a Ledger that accounts for everything it read.
package importer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"diapason.dev/diapason"
	"diapason.dev/diapason/asks"
)

// MaxFile is how many bytes of one file are read. The largest public
// description known is Microsoft Graph's OpenAPI file of some 40 MB.
const MaxFile = 64 << 20

// Bounds of what is taken in. The largest catalogue known is all of Google's,
// with 28,805 methods.
const (
	maxOperations = 250_000
	maxScopes     = 20_000
	maxName       = 512 // bytes of a scope or operation
)

// A Source is one file as it was found. Name stands in messages.
type Source struct {
	Name string
	Data []byte
}

// Semantics is what a provider means by several scopes beside one operation.
type Semantics string

const (
	Any         Semantics = "any"         // each of them is enough
	All         Semantics = "all"         // all of them are needed
	Conditional Semantics = "conditional" // some of them, depending on what is asked for
)

// ReadSemantics reads the word that a person gave. There is no default: the
// three meanings look the same in a description.
func ReadSemantics(text string) (Semantics, error) {
	if s := Semantics(text); s == Any || s == All || s == Conditional {
		return s, nil
	}
	what := fmt.Errorf("import: %q is no way to read a list of scopes: %w", text, diapason.ErrUsage)
	if text == "" {
		what = fmt.Errorf("import: it is not said how a list of scopes is meant: %w", diapason.ErrUsage)
	}
	return "", diapason.WithHint(what,
		"give any (each is enough), all (all are needed) or conditional (it depends; what only one reading needs is then disputed)")
}

// Options are what a description does not say about itself.
type Options struct {
	Provider  string    // id of the provider in the catalogue; empty: the one that the format implies
	Semantics Semantics // only OpenAPI needs it
	Date      string    // the day of reading, as 2026-05-30; for descriptions that bring no date
	// Overlay, where it has data, is a catalogue file with hand-written
	// entries. A head field, term, purpose or penalty of it stands in place of the
	// imported one; of a scope or an operation the fields that it gives.
	Overlay Source
}

// A Result is a catalogue file and the account of how it came about.
type Result struct {
	Catalogue []byte
	Ledger    Ledger
}

// A Ledger accounts for what was read: Read is Imported and all Skipped.
type Ledger struct {
	Format   string `json:"format"`
	Files    int    `json:"files"`
	Unit     string `json:"unit"` // what is counted: operations, or permissions where there are none
	Read     int    `json:"read"`
	Imported int    `json:"imported"`
	Skipped  []Skip `json:"skipped"` // by reason, in the order of the alphabet
	Scopes   int    `json:"scopes"`  // distinct scopes that the files declare
	Several  int    `json:"several"` // operations read that list more than one scope
}

// A Skip counts what was left out for one reason.
type Skip struct {
	Reason string `json:"reason"`
	Count  int    `json:"count"`
}

func (l *Ledger) skip(reason string) {
	at := slices.IndexFunc(l.Skipped, func(s Skip) bool { return s.Reason == reason })
	if at < 0 {
		l.Skipped = append(l.Skipped, Skip{Reason: reason})
		slices.SortFunc(l.Skipped, func(a, b Skip) int { return strings.Compare(a.Reason, b.Reason) })
		at = slices.IndexFunc(l.Skipped, func(s Skip) bool { return s.Reason == reason })
	}
	l.Skipped[at].Count++
}

// String says the account in one sentence.
func (l Ledger) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: read %d %s in %d file(s), imported %d", l.Format, l.Read, l.Unit, l.Files, l.Imported)
	for _, s := range l.Skipped {
		fmt.Fprintf(&b, ", skipped %d (%s)", s.Count, s.Reason)
	}
	fmt.Fprintf(&b, "; %d scopes", l.Scopes)
	if l.Several > 0 {
		fmt.Fprintf(&b, ", %d operations list more than one", l.Several)
	}
	return b.String()
}

// finish lays the overlay over a draft, writes it and has it read back: what
// asks.Load refuses is never handed out.
func finish(d *draft, l Ledger, o Options) (Result, error) {
	if l.Skipped == nil {
		l.Skipped = []Skip{}
	}
	if len(d.Scopes) == 0 {
		return Result{}, diapason.WithHint(fmt.Errorf("import %s: no permission was found: %w", l.Format, diapason.ErrUsage),
			"check that the file is of the format named")
	}
	if err := d.overlay(o.Overlay); err != nil {
		return Result{}, err
	}
	if d.Domain == "" || d.Version == "" {
		return Result{}, diapason.WithHint(fmt.Errorf("import %s: the description names no https address of the provider, or no day is known: %w", l.Format, diapason.ErrUsage),
			"give domain, version and request in an overlay")
	}
	d.tidy()
	file, err := d.write()
	if err != nil {
		return Result{}, fmt.Errorf("import %s: %w", l.Format, err)
	}
	if err := asks.Check(d.Provider+".json", file); err != nil {
		return Result{}, fmt.Errorf("import %s: the result is no catalogue file: %w", l.Format, err)
	}
	return Result{Catalogue: file, Ledger: l}, nil
}

// check refuses a file that is too large or empty.
func (s Source) check() error {
	switch {
	case len(s.Data) > MaxFile:
		return diapason.WithHint(fmt.Errorf("import %s: %d bytes are more than the %d that are read: %w", s.Name, len(s.Data), MaxFile, diapason.ErrUsage),
			"give a part of the description")
	case len(bytes.TrimSpace(s.Data)) == 0:
		return fmt.Errorf("import %s: the file is empty: %w", s.Name, diapason.ErrUsage)
	}
	return nil
}

// at is an error about a line of the file.
func (s Source) at(line int, format string, args ...any) error {
	return fmt.Errorf("import %s:%d: %w: %w", s.Name, line, fmt.Errorf(format, args...), diapason.ErrUsage)
}

// decode reads JSON into v; an error names the line.
func (s Source) decode(v any) error {
	if err := s.check(); err != nil {
		return err
	}
	err := json.Unmarshal(s.Data, v)
	if err == nil {
		return nil
	}
	offset := int64(0)
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &kind):
		offset = kind.Offset
	}
	return diapason.WithHint(s.at(s.line(offset), "%w", err), "give the file as its publisher wrote it")
}

func (s Source) line(offset int64) int {
	return 1 + bytes.Count(s.Data[:min(max(offset, 0), int64(len(s.Data)))], []byte("\n"))
}

// lineOf finds the line of the first place that spells text as a JSON string; 1 where none does.
func (s Source) lineOf(text string) int {
	quoted, _ := json.Marshal(text)
	return s.line(int64(max(bytes.Index(s.Data, quoted), 0)))
}

// goodPath tells whether a text can be the path of a call.
func goodPath(path string) bool {
	return strings.HasPrefix(path, "/") && len(path) <= maxName && !strings.ContainsFunc(path, func(r rune) bool { return r <= ' ' || r == 0x7f })
}

// goodName tells whether a text can be the name of a scope.
func goodName(id string) bool {
	return id != "" && id != "none" && len(id) <= maxName && !strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r == ',' || r == 0x7f })
}
