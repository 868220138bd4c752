// Package remedy tells what a person and what an operator can do about a
// finding, and about all that a run showed.
//
// A recipe is a data file in the folder recipes: steps in plain sentences with
// places to fill, for the person, for the operator. Start with [Default] and
// [Book.For]. Each recipe says whether a step of it was ever proved to work: a
// step with a proof is printed only when an experiment of the same run proved
// it, and it then names the visit that did. Which box of the browser and which
// header empties a store, and what a service changes so that it keeps no name,
// is data too: mechanisms.yaml, read by [Mechanisms].
//
// [Advise] draws all of it together for one run: what to do about each
// identifier that came back and each company that tracked, the headers that
// stop each finding at the very address that it names, and a [Blocklist]. The
// list is no wider than its evidence: hosts that got a value which names a
// browser or a person, on the sites where that was seen, and files that bring a
// deleted identifier back. Before it is handed out it is held against every
// request of the run: a rule that would stop a page, or anything that it is not
// about, is taken out and told.
//
// The package never promises that a step works without such a proof, never
// gives legal advice, and never acts for a person.
package remedy

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"diapason.dev/diapason"
	"go.yaml.in/yaml/v3"
)

//go:embed recipes/*.yaml
var recipes embed.FS

// A Book is a set of recipes.
type Book struct {
	recipes map[string]recipe
}

type recipe struct {
	ID string `yaml:"id"`
	// Proved is "run" where a step rests on an experiment of the run, "never" where none does.
	Proved   string `yaml:"proved"`
	Person   []step `yaml:"person"`
	Operator []step `yaml:"operator"`
}

type step struct {
	// With and Without decide whether the step is printed: words that must, or must not, be there.
	With    []string `yaml:"with"`
	Without []string `yaml:"without"`
	Text    string   `yaml:"text"`
	Copy    string   `yaml:"copy"`
	Proof   string   `yaml:"proof"`

	text, copy, proof Text
}

// Default returns the recipes that come with the program.
func Default() *Book { return embedded() }

var embedded = sync.OnceValue(func() *Book {
	sub, err := fs.Sub(recipes, "recipes")
	if err != nil {
		panic(err)
	}
	b, err := Load(sub)
	if err != nil {
		panic(err)
	}
	return b
})

// Load reads every *.yaml of a folder as a recipe. It refuses an unknown key,
// a text that cannot be filled, and a recipe that is not named like its file.
func Load(fsys fs.FS) (*Book, error) {
	names, err := fs.Glob(fsys, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list recipes: %w", err)
	}
	b := &Book{recipes: map[string]recipe{}}
	for _, name := range names {
		raw, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("read recipe %s: %w", name, err)
		}
		r, err := read(raw)
		if err == nil && r.ID != strings.TrimSuffix(path.Base(name), ".yaml") {
			err = fmt.Errorf("id %q differs from the file's name", r.ID)
		}
		if err != nil {
			return nil, fmt.Errorf("read recipe %s: %w: %w", name, err, diapason.ErrUsage)
		}
		b.recipes[r.ID] = r
	}
	return b, nil
}

func read(raw []byte) (recipe, error) {
	var r recipe
	dec := yaml.NewDecoder(bytes.NewReader(raw))
	dec.KnownFields(true)
	if err := dec.Decode(&r); err != nil {
		return r, err
	}
	if len(r.Person)+len(r.Operator) == 0 {
		return r, fmt.Errorf("has no steps")
	}
	proofs := 0
	for _, list := range [][]step{r.Person, r.Operator} {
		for i := range list {
			if err := list[i].parse(); err != nil {
				return r, fmt.Errorf("step %d: %w", i+1, err)
			}
			if list[i].Proof != "" {
				proofs++
			}
		}
	}
	if want := map[bool]string{true: "run", false: "never"}[proofs > 0]; r.Proved != want {
		return r, fmt.Errorf("proved is %q, its steps say %q", r.Proved, want)
	}
	return r, nil
}

func (s *step) parse() (err error) {
	if s.Text == "" {
		return fmt.Errorf("has no text")
	}
	if s.text, err = ParseText(s.Text); err != nil {
		return err
	}
	if s.copy, err = ParseText(s.Copy); err != nil {
		return err
	}
	s.proof, err = ParseText(s.Proof)
	return err
}

// Person tells whether a recipe has steps for the person.
func (b *Book) Person(id string) bool { return len(b.recipes[id].Person) > 0 }

// Operator tells whether a recipe has steps for who runs the service.
func (b *Book) Operator(id string) bool { return len(b.recipes[id].Operator) > 0 }

// IDs lists the recipes, sorted.
func (b *Book) IDs() []string {
	var ids []string
	for id := range b.recipes {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// Wants lists the words that a recipe's steps for the person, or for the
// operator, may put in their places, sorted.
func (b *Book) Wants(id string, operator bool) []string {
	steps := b.recipes[id].Person
	if operator {
		steps = b.recipes[id].Operator
	}
	var names []string
	for _, s := range steps {
		names = slices.Concat(names, s.With, s.Without, s.text.names, s.copy.names, s.proof.names)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// For fills the person's steps of one recipe and the operator's of another
// (often the same) with words. An unknown recipe gives no steps: who loads a
// rule checks with [Book.Person] and [Book.Operator].
func (b *Book) For(person, operator string, words map[string]string) diapason.Remedy {
	return diapason.Remedy{
		Person:   fill(b.recipes[person].Person, words),
		Operator: fill(b.recipes[operator].Operator, words),
	}
}

func fill(steps []step, words map[string]string) []diapason.Step {
	filled := []diapason.Step{}
	for _, s := range steps {
		if !s.fits(words) {
			continue
		}
		proof := s.proof.raw
		if proof != "" {
			if proof = s.proof.Fill(words); proof == "" {
				continue
			}
		}
		filled = append(filled, diapason.Step{Text: s.text.Sentence(words), Copy: copied(s.copy, words), Proved: proof != "", Proof: proof})
	}
	return filled
}

func copied(t Text, words map[string]string) string {
	if t.Empty() {
		return ""
	}
	return strings.TrimSpace(t.Fill(words))
}

func (s step) fits(words map[string]string) bool {
	for _, w := range s.With {
		if words[w] == "" {
			return false
		}
	}
	for _, w := range s.Without {
		if words[w] != "" {
			return false
		}
	}
	return true
}
