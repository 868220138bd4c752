package holds

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
	"diapason.dev/diapason/vocab"
	"go.yaml.in/yaml/v3"
)

//go:embed mapping
var mappingFiles embed.FS

// A kind is one kind of file that a service puts into its exports, with the
// meaning of every path in it. It is read from a data file; a service needs no
// code of its own.
type kind struct {
	Service string      `yaml:"service"`
	Kind    string      `yaml:"kind"`
	About   string      `yaml:"about"`
	Detect  signature   `yaml:"detect"`
	Dates   []string    `yaml:"dates"` // paths whose time dates the record, or list entry, that they stand in
	Repeats string      `yaml:"repeats"`
	Fields  []fieldSet  `yaml:"fields"`
	Events  []eventSpec `yaml:"events"`
}

// A signature tells a kind by its shape and the paths in it. Names are
// localised and change: they break ties only.
type signature struct {
	Shape string   `yaml:"shape"` // array, object, or empty: either
	Keys  []string `yaml:"keys"`  // all are there
	Any   []string `yaml:"any"`   // at least one is there
	Names []string `yaml:"names"` // patterns for the file's name without its ending
	Named bool     `yaml:"named"` // the keys change all the time: the name is enough
}

// A fieldSet gives one meaning to several paths.
type fieldSet struct {
	Meaning `yaml:",inline"`
	Paths   []string `yaml:"paths"`
}

// Meaning is what a mapping knows of a path.
type Meaning struct {
	Term    diapason.Term `yaml:"term"`
	Origin  string        `yaml:"origin"`  // provided, observed, inferred
	Subject string        `yaml:"subject"` // self (default) or other
	Class   string        `yaml:"class"`   // direct, linkable, item, none
	Hints   bool          `yaml:"hints"`   // its values are looked through for sensitive words
	Ads     bool          `yaml:"ads"`     // advertisements are chosen by it
}

// mappings are all kinds that the program knows, in the order of their files.
var mappings = sync.OnceValue(func() []*kind {
	kinds, err := loadMappings(mappingFiles)
	if err != nil {
		panic("holds: " + err.Error()) // a test rules it out
	}
	return kinds
})

func loadMappings(files fs.FS) ([]*kind, error) {
	names, err := fs.Glob(files, "mapping/*/*.yaml")
	if err != nil {
		return nil, err
	}
	var kinds []*kind
	for _, name := range names {
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		k, err := parseMapping(raw)
		if err != nil {
			return nil, fmt.Errorf("read mapping %s: %w", name, err)
		}
		kinds = append(kinds, k)
	}
	return kinds, nil
}

func parseMapping(raw []byte) (*kind, error) {
	k := new(kind)
	dec := yaml.NewDecoder(bytes.NewReader(raw))
	dec.KnownFields(true)
	if err := dec.Decode(k); err != nil {
		return nil, err
	}
	if k.Service == "" || k.Kind == "" {
		return nil, fmt.Errorf("it wants a service and a kind")
	}
	tree := vocab.Default()
	for i, set := range k.Fields {
		if tree.Kind(set.Term) != "pd" {
			return nil, fmt.Errorf("%s: %q is no kind of data", strings.Join(set.Paths, ", "), set.Term)
		}
		if !strings.Contains(" provided observed inferred ", " "+set.Origin+" ") {
			return nil, fmt.Errorf("%s: origin %q is not known", strings.Join(set.Paths, ", "), set.Origin)
		}
		if !strings.Contains(" direct linkable item none ", " "+set.Class+" ") {
			return nil, fmt.Errorf("%s: class %q is not known", strings.Join(set.Paths, ", "), set.Class)
		}
		if set.Subject == "" {
			k.Fields[i].Subject = "self"
		}
	}
	for i := range k.Events {
		e := &k.Events[i]
		if err := e.compile(); err != nil {
			return nil, err
		}
		if e.Kind == "play" && !slices.Contains(k.Dates, e.Of+"."+e.At) {
			return nil, fmt.Errorf("events of %s: plays are dated by %s, which is not among the dates", e.Of, e.At)
		}
	}
	return k, nil
}

// meaning finds what the mapping knows of a path: the exact path first, then
// patterns in the order of the file.
func (k *kind) meaning(p string) *Meaning {
	for i := range k.Fields {
		for _, pattern := range k.Fields[i].Paths {
			if pattern == p {
				return &k.Fields[i].Meaning
			}
		}
	}
	for i := range k.Fields {
		for _, pattern := range k.Fields[i].Paths {
			if covers(pattern, p) {
				return &k.Fields[i].Meaning
			}
		}
	}
	return nil
}

// names tells whether a path, or one below it, is spelled out in the mapping.
func (k *kind) names(p string) bool {
	for _, set := range k.Fields {
		for _, pattern := range set.Paths {
			for _, pattern := range either(strings.TrimSuffix(pattern, ".**")) {
				if rest, ok := strings.CutPrefix(pattern, p); ok && (rest == "" || rest[0] == '.' || rest[0] == '[') {
					return true
				}
			}
		}
	}
	return false
}

// above finds a meaning for a list or object without values: that of anything
// which could stand in it.
func (k *kind) above(p string) *Meaning {
	for i := range k.Fields {
		for _, pattern := range k.Fields[i].Paths {
			for _, pattern := range either(pattern) {
				if strings.HasPrefix(pattern, p+"[") || strings.HasPrefix(pattern, p+".") || covers(pattern, p+".x") {
					return &k.Fields[i].Meaning
				}
			}
		}
	}
	return nil
}

// covers tells whether a pattern fits a path. "$*." stands for "$." and
// "$[].", ".**" at the end for everything below, and * in the last name for
// any letters.
func covers(pattern, p string) bool {
	for _, pattern := range either(pattern) {
		stem, below := strings.CutSuffix(pattern, ".**")
		if fitsPath(stem, p) {
			return true
		}
		for i := 1; below && i < len(p); i++ {
			if (p[i] == '.' || p[i] == '[') && fitsPath(stem, p[:i]) {
				return true
			}
		}
	}
	return false
}

// fitsPath compares a path with a pattern that has * in its last name at most.
func fitsPath(pattern, p string) bool {
	if pattern == p {
		return true
	}
	dot, at := strings.LastIndexByte(pattern, '.'), strings.LastIndexByte(p, '.')
	if dot < 0 || at < 0 || pattern[:dot] != p[:at] || !strings.Contains(pattern[dot:], "*") {
		return false
	}
	ok, err := path.Match(escape(pattern[dot+1:]), strings.ReplaceAll(p[at+1:], "/", "_"))
	return ok && err == nil
}

// escape leaves * as the only special character of a pattern.
func escape(s string) string { return strings.NewReplacer("[", `\[`, "?", `\?`).Replace(s) }

func either(pattern string) []string {
	if rest, ok := strings.CutPrefix(pattern, "$*."); ok {
		return []string{"$." + rest, "$[]." + rest}
	}
	return []string{pattern}
}
