package asks

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"

	"diapason.dev/diapason"
)

//go:generate go run ../cmd/diapason asks import google --module --overlay importer/google-overlay.json --out catalogue/google.json

//go:embed catalogue/*.json
var embedded embed.FS

// A Catalogue knows providers: how each is asked, what its permissions open
// and which of them a purpose needs. It does not change once loaded and may be
// used from many goroutines.
type Catalogue struct {
	providers []*provider // by id
	digest    string
}

// Default returns the catalogue that is part of the program.
var Default = sync.OnceValue(func() *Catalogue {
	c, err := Load(BuiltIn())
	if err != nil {
		panic(err)
	}
	return c
})

// Load reads every *.json file in the root of fsys, one provider each. A file
// that names an unknown term, scope, operation or purpose, in which scopes
// imply each other in a circle, or which has a purpose that nothing can serve,
// is refused: the error is the first [Mistake] with its file and line, and
// wraps diapason.ErrUsage. [CheckCatalogue] returns all of them.
func Load(fsys fs.FS) (*Catalogue, error) {
	c, mistakes, err := load(fsys)
	switch {
	case err != nil:
		return nil, err
	case len(mistakes) > 1:
		first := mistakes[0]
		return nil, diapason.WithHint(first, fmt.Sprintf("%s (and %d more: diapason asks catalogue check)", first.Next, len(mistakes)-1))
	case len(mistakes) == 1:
		return nil, diapason.WithHint(mistakes[0], mistakes[0].Next)
	}
	return c, nil
}

// CheckCatalogue reads files as [Load] does and returns everything that is
// wrong with them, by file and line; none means that Load takes them. The
// error wraps diapason.ErrUsage where there is no file to read.
func CheckCatalogue(fsys fs.FS) ([]Mistake, error) {
	_, mistakes, err := load(fsys)
	return mistakes, err
}

func load(fsys fs.FS) (*Catalogue, []Mistake, error) {
	names, err := fs.Glob(fsys, "*.json")
	if err != nil {
		return nil, nil, fmt.Errorf("read catalogue: %w", err)
	}
	if len(names) == 0 {
		return nil, nil, diapason.WithHint(fmt.Errorf("read catalogue: no *.json file: %w", diapason.ErrUsage),
			"give a folder that holds one JSON file for each provider")
	}
	c := &Catalogue{}
	sum := sha256.New()
	var mistakes []Mistake
	for _, name := range slices.Sorted(slices.Values(names)) {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, nil, fmt.Errorf("read catalogue %s: %w: %w", name, err, diapason.ErrUsage)
		}
		p, found := readProvider(name, data)
		mistakes = append(mistakes, found...)
		if p == nil {
			continue
		}
		if c.byID(p.Provider) != nil {
			mistakes = append(mistakes, Mistake{
				File: name, Line: locate(data).of("/provider"), At: "/provider", Problem: fmt.Sprintf("provider %q is in another file too", p.Provider),
				Expected: "one file for each provider", Next: "remove one of the two files",
			})
			continue
		}
		own := sha256.Sum256(data)
		p.digest = "sha256:" + hex.EncodeToString(own[:])
		c.providers = append(c.providers, p)
		fmt.Fprintf(sum, "%s %d\n", name, len(data))
		sum.Write(data)
	}
	slices.SortFunc(c.providers, func(a, b *provider) int { return strings.Compare(a.Provider, b.Provider) })
	c.digest = "sha256:" + hex.EncodeToString(sum.Sum(nil))
	return c, mistakes, nil
}

// Check reads one catalogue file, named for messages, and returns the first
// mistake that Load would refuse it for, with what to do about it.
func Check(name string, data []byte) error {
	if _, mistakes := readProvider(name, data); len(mistakes) > 0 {
		return diapason.WithHint(mistakes[0], mistakes[0].Next)
	}
	return nil
}

// Digest is the SHA-256 over the names and bytes of the catalogue's files, as
// "sha256:" and hexadecimal digits. It belongs to the evidence of a verdict.
func (c *Catalogue) Digest() string { return c.digest }

func (c *Catalogue) byID(id string) *provider {
	for _, p := range c.providers {
		if p.Provider == id {
			return p
		}
	}
	return nil
}

func (c *Catalogue) providerIDs() []string {
	var ids []string
	for _, p := range c.providers {
		ids = append(ids, p.Provider)
	}
	return ids
}

func sortedKeys[V any](m map[string]V) []string {
	return slices.Sorted(maps.Keys(m))
}
