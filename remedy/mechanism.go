package remedy

import (
	"bytes"
	_ "embed" // for the table of mechanisms
	"fmt"
	"slices"
	"sync"

	"diapason.dev/diapason"
	"go.yaml.in/yaml/v3"
)

//go:embed mechanisms.yaml
var mechanismTable []byte

// A Mechanism is a way in which a browser can keep a name for a person, with
// what empties it and what a service changes so that it no longer serves as one.
type Mechanism struct {
	ID   string `yaml:"id"`
	Name string `yaml:"name"` // as a sentence says it
	// Stores are the words by which facts call the place: see [does.Identifier].
	Stores []string `yaml:"stores"`
	// Atom is the part of a browser profile in which it lies; empty where it
	// does not outlive the tab or the browser.
	Atom string `yaml:"atom"`
	// Deletes is what a person does to empty it: a box of the browser's page
	// "Delete browsing data" (site-data, cache), tab, quit, or nothing.
	Deletes string `yaml:"deletes"`
	// Clears are the words of the header Clear-Site-Data that empty it; none
	// where no word reaches it (measured on Chromium 156).
	Clears []string `yaml:"clears"`
	// Stops are the rules whose findings rest on it.
	Stops    []string `yaml:"stops"`
	Operator []step   `yaml:"operator"`
}

// Mechanisms lists the ways in which a browser can keep a name, in the order
// in which a person would look for them.
func Mechanisms() []Mechanism { return slices.Clone(mechanisms()) }

var mechanisms = sync.OnceValue(func() []Mechanism {
	list, err := readMechanisms(mechanismTable)
	if err != nil {
		panic(err)
	}
	return list
})

// deletions are the words for what a person does.
var deletions = []string{"site-data", "cache", "tab", "quit", "nothing"}

// readMechanisms reads the table. It refuses an unknown key or word and a text
// that cannot be filled.
func readMechanisms(raw []byte) ([]Mechanism, error) {
	var list []Mechanism
	dec := yaml.NewDecoder(bytes.NewReader(raw))
	dec.KnownFields(true)
	if err := dec.Decode(&list); err != nil {
		return nil, fmt.Errorf("read mechanisms: %w: %w", err, diapason.ErrUsage)
	}
	for _, m := range list {
		if err := m.check(); err != nil {
			return nil, fmt.Errorf("read mechanism %q: %w: %w", m.ID, err, diapason.ErrUsage)
		}
	}
	return list, nil
}

func (m Mechanism) check() error {
	if m.ID == "" || m.Name == "" || len(m.Operator) == 0 {
		return fmt.Errorf("wants an id, a name and steps for the operator")
	}
	if !slices.Contains(deletions, m.Deletes) {
		return fmt.Errorf("deletes is %q", m.Deletes)
	}
	if box := m.Deletes == "site-data" || m.Deletes == "cache"; box != (m.Atom != "") {
		return fmt.Errorf("lies in %q and is deleted by %q", m.Atom, m.Deletes)
	}
	for i := range m.Operator {
		if err := m.Operator[i].parse(); err != nil {
			return fmt.Errorf("step %d: %w", i+1, err)
		}
	}
	return nil
}

// keeping lists the mechanisms by which an atom keeps a name: those of the
// stores that were seen to hold it, or all of the atom's where none was.
func keeping(atom string, seen []string) []Mechanism {
	var all, held []Mechanism
	for _, m := range mechanisms() {
		if m.Atom != atom {
			continue
		}
		all = append(all, m)
		if slices.ContainsFunc(m.Stores, func(s string) bool { return slices.Contains(seen, s) }) {
			held = append(held, m)
		}
	}
	if len(held) > 0 {
		return held
	}
	return all
}
