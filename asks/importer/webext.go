package importer

import (
	"net/url"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"diapason.dev/diapason"
)

type webextImport struct {
	src    Source
	draft  draft
	ledger Ledger
	byID   map[string]*scope
}

// WebExtension imports the manifest.json of a browser extension: its
// permissions and host patterns, those of its content scripts, the settings that
// it takes over, and, in the group "optional", what it may ask for later. The
// lines that Chrome prints follow Chrome's ordered rules, so that one permission
// that another stands for adds none. A name that the table does not have is kept
// as undocumented; how many lines are printed is then not known.
func WebExtension(src Source, o Options) (Result, error) {
	root, err := src.tree()
	if err != nil {
		return Result{}, err
	}
	if field(root, "manifest_version") == nil {
		return Result{}, diapason.WithHint(src.at(1, "there is no field manifest_version at the top"), "give the manifest.json of a browser extension")
	}
	im := &webextImport{
		src: src, ledger: Ledger{Format: "WebExtension manifest", Unit: "permissions", Files: 1}, byID: map[string]*scope{},
		draft: draft{
			Provider: "webext", Name: "Chrome", Domain: "chromium.org", Version: o.date(""),
			About:   "Permissions and hosts that the manifest of a browser extension names. Every label and sentence is ours or built from names.",
			Request: raw(request{Separator: " ", CaseSensitive: true}),
			Sources: map[string]string{
				"manifest": "the manifest.json of the extension",
				"rules":    "Chromium, chrome/common/extensions/permissions/chrome_permission_message_rules.cc",
			},
			Terms: map[string]*term{}, LineRules: chromeRules,
		},
	}
	if o.Provider != "" {
		im.draft.Provider = o.Provider
	}
	if err := im.read(root); err != nil {
		return Result{}, err
	}
	im.ledger.Scopes = len(im.draft.Scopes)
	return finish(&im.draft, im.ledger, o)
}

func (im *webextImport) read(root *yaml.Node) error {
	for _, list := range []struct {
		field    string
		optional bool
	}{
		{"permissions", false},
		{"host_permissions", false},
		{"optional_permissions", true},
		{"optional_host_permissions", true},
	} {
		n := field(root, list.field)
		if n != nil && n.Kind != yaml.SequenceNode {
			return im.src.at(n.Line, "%s is no list", list.field)
		}
		if err := im.addAll(items(n), list.optional); err != nil {
			return err
		}
	}
	for _, script := range items(field(root, "content_scripts")) {
		if err := im.addAll(items(field(script, "matches")), false); err != nil {
			return err
		}
	}
	for _, taken := range [][]string{
		{"chrome_url_overrides", "newtab"},
		{"chrome_settings_overrides", "homepage"},
		{"chrome_settings_overrides", "search_provider"},
		{"chrome_settings_overrides", "startup_pages"},
		{"devtools_page"},
	} {
		if n := at(root, taken...); n != nil {
			if err := im.add(strings.Join(taken, "."), n.Line, false); err != nil {
				return err
			}
		}
	}
	return nil
}

// addAll takes a list in. An entry is a name, or an object whose keys are names.
func (im *webextImport) addAll(list []*yaml.Node, optional bool) error {
	for _, n := range list {
		names := pairs(n)
		if n.Kind == yaml.ScalarNode {
			names = []pair{{text(n), n.Line, nil}}
		}
		if len(names) == 0 {
			return diapason.WithHint(im.src.at(n.Line, "an entry is neither a name nor an object"), "write \"tabs\", or {\"name\": …}")
		}
		for _, name := range names {
			if err := im.add(name.key, name.line, optional); err != nil {
				return err
			}
		}
	}
	return nil
}

func (im *webextImport) add(id string, line int, optional bool) error {
	if im.ledger.Read++; im.ledger.Read > maxScopes {
		return im.src.at(line, "more than %d permissions", maxScopes)
	}
	if !goodName(id) {
		return im.src.at(line, "%q cannot be the name of a permission", id)
	}
	if im.byID[id] != nil {
		im.ledger.skip("listed twice")
		return nil
	}
	im.ledger.Imported++
	s := &scope{ID: id, Kind: "webext", Status: "current", Group: "required", Confidence: "medium", Sources: []string{"manifest"}}
	if optional {
		s.Group = "optional"
	}
	if host := strings.Contains(id, "://") || id == "<all_urls>"; host {
		if err := im.host(s, line); err != nil {
			return err
		}
	} else {
		im.permission(s)
	}
	im.byID[id] = s
	im.draft.Scopes = append(im.draft.Scopes, s)
	return nil
}

// host describes a match pattern. One that leaves the host open, or names a
// whole top-level domain, counts as all hosts, as in Chrome.
func (im *webextImport) host(s *scope, line int) error {
	where, open, ok := hostOf(s.ID)
	if !ok {
		return diapason.WithHint(im.src.at(line, "%q is no host pattern", s.ID), "write a scheme, a host and a path: https://*.example.com/*")
	}
	if strings.HasPrefix(s.ID, "chrome://favicon/") {
		im.describe(s, webextWords["favicon"])
		return nil
	}
	said := webextWord{"what you read and type on " + where, "change those pages", []string{"identity", "history", "continuous", "act", "control"}, "pd:BrowsingBehaviour", []string{"host"}}
	if open {
		said.see, said.prints = "what you read and type on every website", []string{"hosts-all"}
	}
	im.describe(s, said)
	return nil
}

func hostOf(pattern string) (where string, open, ok bool) {
	if pattern == "<all_urls>" {
		return "", true, true
	}
	scheme, rest, _ := strings.Cut(pattern, "://")
	if !slices.Contains([]string{"*", "http", "https", "ws", "wss", "ftp", "file", "chrome"}, scheme) {
		return "", false, false
	}
	host, _, slash := strings.Cut(rest, "/")
	if scheme == "file" {
		return "files of this computer", false, slash && host == ""
	}
	name := strings.TrimPrefix(host, "*.")
	if u, err := url.Parse("https://" + name); err != nil || u.Host == "" || !slash || strings.Contains(name, "*") && name != "*" {
		return "", false, false
	}
	bare := !strings.Contains(name, ".")
	return name, host == "*" || strings.HasPrefix(host, "*.") && bare, true
}

// permission describes a name of the table, or keeps one that it does not have.
func (im *webextImport) permission(s *scope) {
	if said, ok := webextWords[s.ID]; ok {
		im.describe(s, said)
		return
	}
	s.Status, s.Confidence = "undocumented", "low"
	im.describe(s, webextWord{"", "use what the browser calls \"" + words(s.ID) + "\"", []string{"act"}, "", nil})
}

func (im *webextImport) describe(s *scope, said webextWord) {
	s.See, s.Do, s.Effects, s.Prints = said.see, said.do, said.effects, said.prints
	if len(s.Prints) > 0 {
		s.Sources = append(s.Sources, "rules")
	}
	for _, part := range []struct {
		label, suffix string
		to            *[]string
	}{{said.see, "", &s.Reads}, {said.do, ":do", &s.Writes}} {
		if part.label == "" {
			continue
		}
		t := &term{Label: part.label}
		if said.vocab != "" {
			t.Vocab = &said.vocab
		}
		im.draft.Terms[s.ID+part.suffix] = t
		*part.to = []string{s.ID + part.suffix}
	}
}
