// Package rule judges what the four voices found. It never looks at anything
// itself: a rule is data, a YAML file with expressions in CEL over flows and
// facts, and judging is the same wherever and whenever it is done.
//
// Start with [Default], the rules that come with the program, and
// [Pack.Judge]; write rules of your own in a folder and read it with [Load],
// which refuses what it does not understand and shows the place. How a rule
// file is written is told in pack/README.md; samples that pass, fail and
// cannot be told lie beside each rule and are run as tests.
//
// A finding describes what was seen. The package never says "illegal", never
// lets missing evidence pass, and never drops a witness in silence: a rule
// that cannot be decided is inconclusive and says why.
package rule

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"diapason.dev/diapason"
	"diapason.dev/diapason/remedy"
	"go.yaml.in/yaml/v3"
)

//go:embed pack/*.yaml
var embeddedPack embed.FS

// costLimit stops an expression, in the cost units of CEL. A join of 3,000
// flows with 400 statements costs about 16 million.
const costLimit = 50_000_000

// The files of a pack that are not rules.
const (
	thresholdsName = "thresholds.yaml"
	wordsName      = "words.yaml"
)

// A Pack is a set of rules, compiled and ready to judge.
type Pack struct {
	name, version, digest string
	rules                 []*compiled // sorted by id
	sequence              []*compiled // in an order in which failed(rule) is known when it is asked
	words                 map[string]string
	book                  *remedy.Book
	limit                 uint64
}

// Default returns the pack that comes with the program.
func Default() *Pack { return embedded() }

var embedded = sync.OnceValue(func() *Pack {
	sub, err := fs.Sub(embeddedPack, "pack")
	if err != nil {
		panic(err)
	}
	p, err := Load(sub)
	if err != nil {
		panic(err)
	}
	return p
})

// Load reads a folder of rules: thresholds.yaml, words.yaml if there is one,
// and every other *.yaml as a rule. All that is wrong is told at once, each
// with its place, as an error that wraps [diapason.ErrUsage] and holds a
// [SourceError] for each mistake.
func Load(fsys fs.FS) (*Pack, error) { return load(fsys, costLimit) }

func load(fsys fs.FS, limit uint64) (*Pack, error) {
	files, digest, err := readFiles(fsys)
	if err != nil {
		return nil, err
	}
	if _, ok := files[thresholdsName]; !ok {
		return nil, fmt.Errorf("load rule pack: no %s: %w", thresholdsName, diapason.ErrUsage)
	}
	s := newSource(thresholdsName, files[thresholdsName])
	head, numbers := s.readThresholds(files[thresholdsName])
	w := newSource(wordsName, files[wordsName])
	words := w.readWords(files[wordsName])
	p := &Pack{name: head.Name, version: head.Version, digest: digest, words: words, book: remedy.Default(), limit: limit}
	env, err := newEnv(numbers, words)
	if err != nil {
		return nil, err
	}
	wrong := []error{s.err(), w.err()}
	c := compiler{env: env, book: p.book, limit: limit}
	for _, name := range sortedKeys(files) {
		if name == thresholdsName || name == wordsName {
			continue
		}
		src := newSource(name, files[name])
		if r := c.compile(src, files[name]); r != nil {
			p.rules = append(p.rules, r)
		}
		wrong = append(wrong, src.err())
	}
	if err := errors.Join(wrong...); err != nil {
		return nil, fmt.Errorf("load rule pack: %w", err)
	}
	if len(p.rules) == 0 {
		return nil, fmt.Errorf("load rule pack: no rules in it: %w", diapason.ErrUsage)
	}
	return p, p.arrange()
}

// readFiles reads the *.yaml of a folder and their joint digest.
func readFiles(fsys fs.FS) (map[string][]byte, string, error) {
	names, err := fs.Glob(fsys, "*.yaml")
	if err != nil {
		return nil, "", fmt.Errorf("list rule pack: %w", err)
	}
	slices.Sort(names)
	files := map[string][]byte{}
	sum := sha256.New()
	for _, name := range names {
		raw, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, "", fmt.Errorf("read rule pack %s: %w: %w", name, err, diapason.ErrUsage)
		}
		files[name] = raw
		fmt.Fprintf(sum, "%s %d\n%s", name, len(raw), raw)
	}
	return files, hex.EncodeToString(sum.Sum(nil)), nil
}

// readWords reads words.yaml: plain words for machine words.
func (s *source) readWords(raw []byte) map[string]string {
	words := map[string]string{}
	if err := yaml.Unmarshal(raw, &words); err != nil {
		s.yaml(err)
	}
	return words
}

// arrange puts the rules into an order in which every rule comes after those
// whose failure it asks for.
func (p *Pack) arrange() error {
	byID := map[string]*compiled{}
	for _, r := range p.rules {
		byID[r.ID] = r
	}
	slices.SortFunc(p.rules, func(a, b *compiled) int { return strings.Compare(a.ID, b.ID) })
	state := map[string]int{}
	var visit func(r *compiled) error
	visit = func(r *compiled) error {
		switch state[r.ID] {
		case 1:
			return fmt.Errorf("load rule pack: %s.yaml: failed(%q) leads back to itself: %w", r.ID, r.ID, diapason.ErrUsage)
		case 2:
			return nil
		}
		state[r.ID] = 1
		for _, id := range sortedKeys(r.after) {
			next, ok := byID[id]
			if !ok {
				return fmt.Errorf("load rule pack: %s.yaml: failed(%q): no such rule%s: %w", r.ID, id, meant(id, sortedKeys(byID)), diapason.ErrUsage)
			}
			if err := visit(next); err != nil {
				return err
			}
		}
		state[r.ID] = 2
		p.sequence = append(p.sequence, r)
		return nil
	}
	for _, r := range p.rules {
		if err := visit(r); err != nil {
			return err
		}
	}
	return nil
}

// Version names the pack: its name, its version and the start of the digest of
// all its files.
func (p *Pack) Version() string {
	return fmt.Sprintf("%s %s sha256:%s", p.name, p.version, p.digest[:16])
}

// Digest is the SHA-256 of the pack's files, in hexadecimal.
func (p *Pack) Digest() string { return p.digest }

// Rules lists the ids of the pack's rules, sorted.
func (p *Pack) Rules() []string {
	var ids []string
	for _, r := range p.rules {
		ids = append(ids, r.ID)
	}
	return ids
}
