package importer

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// A draft is a catalogue file in the making, in the format of package asks.
type draft struct {
	Provider    string            `json:"provider"`
	Name        string            `json:"name"`
	Domain      string            `json:"domain"`
	Version     string            `json:"version"`
	About       string            `json:"about"`
	ListedMeans string            `json:"listed_means,omitempty"`
	Request     json.RawMessage   `json:"request"`
	API         []string          `json:"api"`   // addresses that the paths of operations follow
	Token       []string          `json:"token"` // addresses where a grant is exchanged
	Tiers       []json.RawMessage `json:"tiers"`
	Effects     map[string]string `json:"effects"`
	Penalties   []json.RawMessage `json:"penalties"`
	Sources     map[string]string `json:"sources"`
	Terms       map[string]*term  `json:"terms"`
	Scopes      []*scope          `json:"scopes"`
	Operations  []*operation      `json:"operations"`
	Purposes    []json.RawMessage `json:"purposes"`
	LineRules   []lineRule        `json:"line_rules"`
}

// A request is the part of a draft that tells how permissions are asked for.
type request struct {
	Authorize     []string `json:"authorize,omitempty"`
	ScopeParam    string   `json:"scope_param,omitempty"`
	ScopePrefix   string   `json:"scope_prefix,omitempty"`
	Separator     string   `json:"separator"`
	ClientParam   string   `json:"client_param,omitempty"`
	KnownParams   []string `json:"known_params,omitempty"`
	CaseSensitive bool     `json:"case_sensitive"`
	PKCE          string   `json:"pkce,omitempty"`
}

type term struct {
	Label   string  `json:"label"`
	Weight  *int    `json:"weight"`
	Vocab   *string `json:"vocab"`
	Subject string  `json:"subject,omitempty"`
}

type scope struct {
	ID         string   `json:"id"`
	Kind       string   `json:"kind"`
	Status     string   `json:"status"`
	Group      string   `json:"group,omitempty"`
	Sentence   string   `json:"sentence,omitempty"`
	See        string   `json:"see,omitempty"`
	Do         string   `json:"do,omitempty"`
	Reads      []string `json:"reads,omitempty"`
	Writes     []string `json:"writes,omitempty"`
	Effects    []string `json:"effects,omitempty"`
	Implies    []string `json:"implies,omitempty"`
	DormantIn  []string `json:"dormant_in,omitempty"`
	Review     *review  `json:"review,omitempty"`
	Prints     []string `json:"prints,omitempty"`
	Confidence string   `json:"confidence"`
	Notes      []string `json:"notes,omitempty"`
	Sources    []string `json:"sources,omitempty"`

	things things // what its operations open, from which terms and sentence are built
}

type review struct {
	Approval bool `json:"approval,omitempty"`
	Admin    bool `json:"admin,omitempty"`
	Level    int  `json:"level,omitempty"`
}

type operation struct {
	Op       string          `json:"op"`
	Same     []string        `json:"same,omitempty"`
	Status   string          `json:"status,omitempty"`
	Listed   []string        `json:"listed,omitempty"`
	Least    []string        `json:"least,omitempty"`
	Need     *need           `json:"need,omitempty"`
	Unlocks  map[string]need `json:"unlocks,omitempty"`
	Disputed []dispute       `json:"disputed,omitempty"`
	Note     string          `json:"note,omitempty"`
	Sources  []string        `json:"sources,omitempty"`
}

type dispute struct {
	Need    need     `json:"need"`
	Why     string   `json:"why"`
	Sources []string `json:"sources,omitempty"`
}

type lineRule struct {
	Line  string   `json:"line"`
	Needs []string `json:"needs"`
	Takes []string `json:"takes,omitempty"`
}

// tidy puts everything in a stable order, drops terms that nothing opens and
// lets operations of which everything holds alike share an entry.
func (d *draft) tidy() {
	slices.SortFunc(d.Scopes, func(a, b *scope) int { return strings.Compare(a.ID, b.ID) })
	used := map[string]bool{}
	for _, s := range d.Scopes {
		for _, name := range slices.Concat(s.Reads, s.Writes) {
			used[name] = true
		}
	}
	maps.DeleteFunc(d.Terms, func(name string, _ *term) bool { return !used[name] })
	d.Operations = shared(d.Operations)
}

// shared joins operations that differ in their call alone.
func shared(all []*operation) []*operation {
	slices.SortFunc(all, func(a, b *operation) int { return strings.Compare(a.Op, b.Op) })
	first := map[string]*operation{}
	var kept []*operation
	for _, o := range all {
		rest := *o
		rest.Op, rest.Same = "", nil
		key, _ := json.Marshal(rest)
		if head := first[string(key)]; head != nil {
			head.Same = append(append(head.Same, o.Op), o.Same...)
			continue
		}
		first[string(key)] = o
		kept = append(kept, o)
	}
	return kept
}

// write puts one entry on a line, so that a difference of two files can be read.
func (d *draft) write() ([]byte, error) {
	var b bytes.Buffer
	var failed error
	one := func(v any) []byte {
		var line bytes.Buffer
		e := json.NewEncoder(&line)
		e.SetEscapeHTML(false)
		if err := e.Encode(v); err != nil {
			failed = err
		}
		return bytes.TrimSpace(line.Bytes())
	}
	b.WriteString("{\n")
	for _, f := range []struct{ name, value string }{
		{"provider", d.Provider},
		{"name", d.Name},
		{"domain", d.Domain},
		{"version", d.Version},
		{"about", d.About},
		{"listed_means", d.ListedMeans},
	} {
		if f.value != "" {
			b.WriteString(" " + string(one(f.name)) + ": " + string(one(f.value)) + ",\n")
		}
	}
	b.WriteString(` "request": `)
	b.Write(one(d.Request))
	block := func(name, open, shut string, lines [][]byte) {
		if len(lines) == 0 {
			return
		}
		b.WriteString(",\n \"" + name + "\": " + open + "\n  ")
		b.Write(bytes.Join(lines, []byte(",\n  ")))
		b.WriteString("\n " + shut)
	}
	for _, f := range []struct {
		name string
		list []string
	}{{"api", d.API}, {"token", d.Token}} {
		if len(f.list) > 0 {
			b.WriteString(",\n \"" + f.name + "\": ")
			b.Write(one(f.list))
		}
	}
	block("tiers", "[", "]", listLines(d.Tiers, one))
	block("effects", "{", "}", mapLines(d.Effects, one))
	block("penalties", "[", "]", listLines(d.Penalties, one))
	block("sources", "{", "}", mapLines(d.Sources, one))
	block("terms", "{", "}", mapLines(d.Terms, one))
	block("scopes", "[", "]", listLines(d.Scopes, one))
	block("operations", "[", "]", listLines(d.Operations, one))
	block("purposes", "[", "]", listLines(d.Purposes, one))
	block("line_rules", "[", "]", listLines(d.LineRules, one))
	b.WriteString("\n}\n")
	return b.Bytes(), failed
}

func listLines[T any](list []T, one func(any) []byte) [][]byte {
	var lines [][]byte
	for _, v := range list {
		lines = append(lines, one(v))
	}
	return lines
}

func mapLines[T any](m map[string]T, one func(any) []byte) [][]byte {
	var lines [][]byte
	for _, k := range slices.Sorted(maps.Keys(m)) {
		lines = append(lines, slices.Concat(one(k), []byte(": "), one(m[k])))
	}
	return lines
}
