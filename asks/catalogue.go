package asks

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"diapason.dev/diapason"
)

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
	sub, err := fs.Sub(embedded, "catalogue")
	if err != nil {
		panic(err)
	}
	c, err := Load(sub)
	if err != nil {
		panic(err)
	}
	return c
})

// Load reads every *.json file in the root of fsys, one provider each. A file
// that names an unknown term, scope, operation or purpose, in which scopes
// imply each other in a circle, or which has a purpose that nothing can serve,
// is refused with its name and line; the error wraps diapason.ErrUsage.
func Load(fsys fs.FS) (*Catalogue, error) {
	names, err := fs.Glob(fsys, "*.json")
	if err != nil {
		return nil, fmt.Errorf("read catalogue: %w", err)
	}
	if len(names) == 0 {
		return nil, diapason.WithHint(fmt.Errorf("read catalogue: no *.json file: %w", diapason.ErrUsage),
			"give a folder that holds one JSON file for each provider")
	}
	c := &Catalogue{}
	sum := sha256.New()
	for _, name := range slices.Sorted(slices.Values(names)) {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("read catalogue %s: %w", name, err)
		}
		p, err := loadProvider(name, data)
		if err != nil {
			return nil, err
		}
		if c.byID(p.Provider) != nil {
			return nil, fmt.Errorf("read catalogue %s: provider %q is in another file too: %w", name, p.Provider, diapason.ErrUsage)
		}
		c.providers = append(c.providers, p)
		fmt.Fprintf(sum, "%s %d\n", name, len(data))
		sum.Write(data)
	}
	slices.SortFunc(c.providers, func(a, b *provider) int { return strings.Compare(a.Provider, b.Provider) })
	c.digest = "sha256:" + hex.EncodeToString(sum.Sum(nil))
	return c, nil
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

func loadProvider(name string, data []byte) (*provider, error) {
	p := &provider{}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(p); err != nil {
		return nil, fmt.Errorf("read catalogue %s:%d: %v: %w", name, jsonLine(data, err, d.InputOffset()), err, diapason.ErrUsage)
	}
	if d.More() {
		return nil, fmt.Errorf("read catalogue %s:%d: text after the end of the object: %w", name, lineAt(data, d.InputOffset()), diapason.ErrUsage)
	}
	if err := p.build(); err != nil {
		return nil, fmt.Errorf("read catalogue %s:%d: %w: %w", name, entryLine(data, err), err, diapason.ErrUsage)
	}
	return p, nil
}

func jsonLine(data []byte, err error, fallback int64) int {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return lineAt(data, syntax.Offset)
	case errors.As(err, &kind):
		return lineAt(data, kind.Offset)
	}
	return lineAt(data, fallback)
}

func lineAt(data []byte, offset int64) int {
	return 1 + bytes.Count(data[:min(max(offset, 0), int64(len(data)))], []byte("\n"))
}

// entryLine finds the line of the entry that an error is about; 1 for the head.
func entryLine(data []byte, err error) int {
	var entry *entryError
	if !errors.As(err, &entry) || entry.key == "" {
		return 1
	}
	quoted := func(s string) string { b, _ := json.Marshal(s); return regexp.QuoteMeta(string(b)) }
	pattern := quoted(entry.key) + `\s*:`
	if entry.id != "" {
		pattern += `\s*` + quoted(entry.id)
	}
	at := regexp.MustCompile(pattern).FindIndex(data)
	if at == nil {
		return 1
	}
	return lineAt(data, int64(at[0]))
}

func sortedKeys[V any](m map[string]V) []string {
	return slices.Sorted(maps.Keys(m))
}
