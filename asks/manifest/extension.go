package manifest

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"

	"diapason.dev/diapason/entity"
)

// The catalogue's names for patterns of sites.
const (
	allSites   = "<all_urls>"
	namedSites = "<named-sites>"
)

// An extension is the part of manifest.json that asks for something. An
// element of a list of permissions is a name, or an object with one name.
type extension struct {
	ManifestVersion int                `json:"manifest_version"`
	Name            string             `json:"name"`
	Permissions     []json.RawMessage  `json:"permissions"`
	Hosts           []json.RawMessage  `json:"host_permissions"`
	Optional        []json.RawMessage  `json:"optional_permissions"`
	OptionalHosts   []json.RawMessage  `json:"optional_host_permissions"`
	Scripts         []extensionScripts `json:"content_scripts"`
}

// extensionScripts run on the pages that they name without a further question.
type extensionScripts struct {
	Matches []json.RawMessage `json:"matches"`
}

// readJSON reads a manifest.json; skipped is how many lines stood before it.
func (m *Manifest) readJSON(raw []byte, skipped int) error {
	m.Kind = Extension
	plain := withoutComments(raw)
	var x extension
	if err := json.Unmarshal(plain, &x); err != nil {
		line := 1 + skipped
		var syntax *json.SyntaxError
		var kind *json.UnmarshalTypeError
		if errors.As(err, &syntax) {
			line += bytes.Count(plain[:min(int(syntax.Offset), len(plain))], []byte("\n"))
		} else if errors.As(err, &kind) {
			line += bytes.Count(plain[:min(int(kind.Offset), len(plain))], []byte("\n"))
		}
		return bad(m.Name, line, "correct the JSON", "%v", err)
	}
	if x.ManifestVersion == 0 {
		return bad(m.Name, 1+skipped, whatManifestsAre, "it has no manifest_version, so it is no manifest of a browser extension")
	}
	m.App = x.Name
	for _, part := range []struct {
		list     []json.RawMessage
		optional bool
	}{{x.Permissions, false}, {x.Hosts, false}, {x.Optional, true}, {x.OptionalHosts, true}} {
		for _, one := range part.list {
			m.extensionAsks(raw, one, part.optional, skipped)
		}
	}
	for _, s := range x.Scripts {
		for _, one := range s.Matches {
			m.extensionAsks(raw, one, false, skipped)
		}
	}
	return nil
}

func (m *Manifest) extensionAsks(raw []byte, one json.RawMessage, optional bool, skipped int) {
	var id string
	if json.Unmarshal(one, &id) != nil {
		var named map[string]json.RawMessage
		if json.Unmarshal(one, &named) != nil || len(named) != 1 {
			m.leave("without a name")
			return
		}
		for name := range named {
			id = name
		}
	}
	p := Permission{ID: id, As: id, Optional: optional}
	if line := lineOf(raw, string(one)); line > 0 {
		p.Line = line + skipped
	}
	switch {
	case id == allSites || strings.Contains(id, "://"):
		p.As, p.Sites = sites(id), []string{id}
	case !named(id):
		m.leave("without a name")
		return
	}
	m.keep(p)
}

// sites tells whether a match pattern takes in all sites, as Chrome counts it:
// any host, or any host below a public suffix ("*://*.com/*").
func sites(pattern string) string {
	if pattern == allSites {
		return allSites
	}
	scheme, rest, _ := strings.Cut(pattern, "://")
	host, _, _ := strings.Cut(rest, "/")
	if host == "*" && scheme != "file" {
		return allSites
	}
	if below, ok := strings.CutPrefix(host, "*."); ok && (below == "*" || suffix(below)) {
		return allSites
	}
	return namedSites
}

// suffix tells whether no one company stands behind a domain.
func suffix(domain string) bool {
	return entity.RegistrableDomain("a."+domain) == "a."+domain
}

// withoutComments blanks out comments, which Chrome allows in a manifest,
// without moving a byte.
func withoutComments(raw []byte) []byte {
	out := bytes.Clone(raw)
	for i := 0; i < len(out); i++ {
		switch {
		case out[i] == '"':
			for i++; i < len(out) && out[i] != '"'; i++ {
				if out[i] == '\\' {
					i++
				}
			}
		case bytes.HasPrefix(out[i:], []byte("//")):
			for ; i < len(out) && out[i] != '\n'; i++ {
				out[i] = ' '
			}
		case bytes.HasPrefix(out[i:], []byte("/*")):
			end := bytes.Index(out[i:], []byte("*/"))
			if end < 0 {
				return out
			}
			for ; end > -2; end-- {
				if out[i] != '\n' {
					out[i] = ' '
				}
				i++
			}
			i--
		}
	}
	return out
}
