package importer

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"diapason.dev/diapason"
)

// A graphFile is Microsoft Graph's permissions.json:
// https://github.com/microsoftgraph/kibali/blob/main/specs/permissions.md.
type graphFile struct {
	Permissions map[string]*graphPermission `json:"permissions"`
}

type graphPermission struct {
	Schemes  map[string]graphScheme `json:"schemes"`
	PathSets []graphPathSet         `json:"pathSets"`
}

type graphScheme struct {
	Admin bool `json:"requiresAdminConsent"`
	Level int  `json:"privilegeLevel"`
}

type graphPathSet struct {
	SchemeKeys   []string          `json:"schemeKeys"`
	Methods      []string          `json:"methods"`
	AlsoRequires string            `json:"alsoRequires"`
	Paths        map[string]string `json:"paths"`
}

// graphSchemes are the ways of signing in, as Graph names them, in the order in
// which a person meets them. Each is a tier of the catalogue.
var graphSchemes = []string{"DelegatedWork", "DelegatedPersonal", "Application"}

// graphRequest is how an app asks Microsoft:
// https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow.
var graphRequest = request{
	Authorize: []string{
		"https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
		"https://login.microsoftonline.com/consumers/oauth2/v2.0/authorize",
		"https://login.microsoftonline.com/organizations/oauth2/v2.0/authorize",
	},
	ScopeParam: "scope", ScopePrefix: "https://graph.microsoft.com/", Separator: " ", ClientParam: "client_id",
	KnownParams: []string{
		"client_id", "response_type", "redirect_uri", "scope", "response_mode", "state", "nonce", "prompt", "login_hint",
		"domain_hint", "code_challenge", "code_challenge_method",
	},
	CaseSensitive: true, PKCE: "supported",
}

// graphSchemeParam is the parameter of a need that tells how the app signed in.
const graphSchemeParam = "scheme"

type graphImport struct {
	src    Source
	file   graphFile
	draft  draft
	ledger Ledger
	calls  map[string]*graphCall
	named  map[string]bool // by expressions, and described nowhere
}

// A graphCall collects, for each way of signing in, the sets of permissions
// that are enough, and what is marked as the least privileged.
type graphCall struct {
	sets  map[string][]need
	names map[string]string // scheme to the names in its sets, to compare
	all   []string
	least []string
}

// Graph imports Microsoft Graph's permissions.json. Any permission of a call is
// enough, together with what it also requires; which are enough depends on how
// the app signed in, so needs select by the parameter "scheme". Privilege level
// and admin consent are those of the first scheme that has the permission; where
// another differs, a note says so.
func Graph(src Source, o Options) (Result, error) {
	g := &graphImport{
		src: src, ledger: Ledger{Format: "Graph permissions", Unit: "operations", Files: 1}, calls: map[string]*graphCall{}, named: map[string]bool{},
		draft: draft{
			Provider: "microsoft-graph", Name: "Microsoft Graph", Domain: "microsoft.com", Version: o.date(""),
			About:   "Permissions and calls of Microsoft Graph. Every label and sentence is built from names, paths and methods.",
			Request: raw(graphRequest), API: []string{"https://graph.microsoft.com/v1.0", "https://graph.microsoft.com/beta"},
			Token:   []string{"https://login.microsoftonline.com/common/oauth2/v2.0/token"},
			Sources: map[string]string{"graph": "github.com/microsoftgraph/microsoft-graph-devx-content, permissions/new/permissions.json"},
			Terms:   map[string]*term{},
		},
	}
	if o.Provider != "" {
		g.draft.Provider = o.Provider
	}
	if err := src.decode(&g.file); err != nil {
		return Result{}, err
	}
	if g.file.Permissions == nil {
		return Result{}, diapason.WithHint(src.at(1, "there is no object permissions at the top"), "give permissions.json as Microsoft publishes it")
	}
	for i, name := range graphSchemes {
		g.draft.Tiers = append(g.draft.Tiers, raw(map[string]any{"name": name, "default": i == 0}))
	}
	for _, id := range sortedKeys(g.file.Permissions) {
		if err := g.addScope(id, g.file.Permissions[id]); err != nil {
			return Result{}, err
		}
	}
	for _, id := range sortedKeys(g.file.Permissions) {
		if err := g.addPaths(id, g.file.Permissions[id]); err != nil {
			return Result{}, err
		}
	}
	g.addOperations()
	return finish(&g.draft, g.ledger, o)
}

func (g *graphImport) addScope(id string, p *graphPermission) error {
	switch {
	case !goodName(id):
		return g.src.at(g.src.lineOf(id), "%q cannot be the name of a permission", id)
	case p == nil || len(p.Schemes) == 0:
		return g.src.at(g.src.lineOf(id), "permission %q has no schemes", id)
	case len(g.draft.Scopes) >= maxScopes:
		return g.src.at(g.src.lineOf(id), "more than %d permissions", maxScopes)
	}
	g.ledger.Scopes++
	s := &scope{ID: id, Kind: "oauth", Status: "current", Confidence: "low", Sources: []string{"graph"}}
	for _, scheme := range sortedKeys(p.Schemes) {
		if !slices.Contains(graphSchemes, scheme) {
			return diapason.WithHint(g.src.at(g.src.lineOf(id), "permission %q has the unknown scheme %q", id, scheme), "known schemes: "+strings.Join(graphSchemes, ", "))
		}
		if level := p.Schemes[scheme].Level; level < 0 || level > 4 {
			return g.src.at(g.src.lineOf(id), "permission %q has the privilege level %d, which is not 1 to 4", id, level)
		}
	}
	for _, scheme := range graphSchemes {
		info, has := p.Schemes[scheme]
		switch {
		case !has:
			s.DormantIn = append(s.DormantIn, scheme)
		case s.Review == nil:
			s.Review = &review{Admin: info.Admin, Level: info.Level}
		case info.Admin != s.Review.Admin || info.Level != s.Review.Level:
			s.Notes = append(s.Notes, scheme+": level "+strconv.Itoa(info.Level)+map[bool]string{true: ", an administrator must agree", false: ""}[info.Admin]+".")
		}
	}
	g.name(s)
	g.draft.Scopes = append(g.draft.Scopes, s)
	return nil
}

// name builds what a permission opens from its name, which Graph makes of an
// object, what is done to it and how far: "Mail.ReadWrite.Shared". A term
// weighs as much as the lowest privilege level that opens it.
func (g *graphImport) name(s *scope) {
	parts := strings.Split(s.ID, ".")
	noun, verb, reach := words(parts[0])+" data", "Read", ""
	if len(parts) > 1 {
		verb = parts[1]
	}
	for _, part := range parts[min(2, len(parts)):] {
		if said, ok := graphReach[part]; ok {
			reach += " " + said
		} else {
			reach += " (" + words(part) + ")"
		}
	}
	open := func(id, label, effect string) string {
		if g.draft.Terms[id] == nil {
			g.draft.Terms[id] = &term{Label: label}
		}
		s.Effects = append(s.Effects, effect)
		return id
	}
	id := strings.ToLower(strings.Join(append([]string{parts[0]}, parts[min(2, len(parts)):]...), "."))
	if verb == "Read" || verb == "ReadWrite" {
		s.See = noun + reach
		s.Reads = []string{open(id, s.See, "profile")}
	}
	if verb != "Read" {
		s.Do = words(verb) + " " + noun + reach
		if verb == "ReadWrite" {
			s.Do = "create, change or delete " + noun + reach
		}
		s.Writes = []string{open(id+":"+strings.ToLower(verb), s.Do, "act")}
	}
	if s.Review == nil || s.Review.Level == 0 {
		return
	}
	for _, id := range slices.Concat(s.Reads, s.Writes) {
		if t := g.draft.Terms[id]; t.Weight == nil || *t.Weight > s.Review.Level {
			t.Weight = &s.Review.Level
		}
	}
}

// graphReach puts the last part of a permission's name into words.
var graphReach = map[string]string{
	"All": "of the whole organisation", "Shared": "that others share with you", "OwnedBy": "that the app owns",
	"CreatedByApp": "that the app made", "AppFolder": "in the app's own folder", "Selected": "that were chosen for the app",
}

func (g *graphImport) addPaths(id string, p *graphPermission) error {
	for _, set := range p.PathSets {
		also, err := g.alsoRequires(id, set.AlsoRequires)
		if err != nil {
			return err
		}
		for _, scheme := range set.SchemeKeys {
			if _, has := p.Schemes[scheme]; !has {
				return g.src.at(g.src.lineOf(id), "a path set of %q names the scheme %q, which the permission does not have", id, scheme)
			}
		}
		for _, path := range sortedKeys(set.Paths) {
			if err := g.addPath(id, set, path, also); err != nil {
				return err
			}
		}
	}
	return nil
}

func (g *graphImport) addPath(id string, set graphPathSet, path string, also *need) error {
	if !goodPath(path) {
		return g.src.at(g.src.lineOf(path), "path %q does not begin with a slash, or holds white space", path)
	}
	marks, err := graphMarks(set.Paths[path])
	if err != nil {
		return g.src.at(g.src.lineOf(path), "path %q: %w", path, err)
	}
	if text := marks["alsorequires"]; text != "" {
		if also, err = g.alsoRequires(id, text); err != nil {
			return err
		}
	}
	n := need{Scope: id}
	if also != nil {
		n = need{All: []need{n, *also}}
	}
	for _, method := range set.Methods {
		op := strings.ToUpper(method) + " " + path
		c := g.calls[op]
		if c == nil {
			if g.ledger.Read++; g.ledger.Read > maxOperations {
				return g.src.at(g.src.lineOf(path), "more than %d operations", maxOperations)
			}
			c = &graphCall{sets: map[string][]need{}, names: map[string]string{}}
			g.calls[op] = c
		}
		for _, scheme := range set.SchemeKeys {
			c.add(scheme, id, n, also)
		}
		if marks["least"] != "" {
			c.least = append(c.least, id)
		}
		c.all = append(c.all, id)
	}
	return nil
}

func (c *graphCall) add(scheme, id string, n need, also *need) {
	key := id
	if also != nil {
		key += "&" + fmt.Sprint(*also)
	}
	if strings.Contains(c.names[scheme]+"\n", "\n"+key+"\n") {
		return // listed in two path sets
	}
	c.names[scheme] += "\n" + key
	c.sets[scheme] = append(c.sets[scheme], n)
}

// graphMarks reads the value beside a path: "least=DelegatedWork;AlsoRequires=User.Read".
func graphMarks(value string) (map[string]string, error) {
	marks := map[string]string{}
	for _, part := range strings.Split(value, ";") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		key, value, ok := strings.Cut(part, "=")
		if !ok {
			return nil, fmt.Errorf("%q is no name and value", part)
		}
		marks[strings.ToLower(key)] = value
	}
	return marks, nil
}

// addOperations writes a need for every call. Where all ways of signing in that
// reach it take the same, the way does not matter.
func (g *graphImport) addOperations() {
	for _, op := range sortedKeys(g.calls) {
		c := g.calls[op]
		o := &operation{Op: op, Listed: sortedSet(c.all), Least: sortedSet(c.least)}
		if len(o.Listed) > 1 {
			g.ledger.Several++
		}
		if len(c.sets) == 0 {
			g.ledger.skip("no way of signing in reaches it")
			continue
		}
		n := need{When: graphSchemeParam}
		same := len(c.sets) == len(graphSchemes)
		for _, scheme := range graphSchemes {
			if c.sets[scheme] == nil {
				continue
			}
			n.Cases = append(n.Cases, needCase{Is: []string{scheme}, Need: anyOf(c.sets[scheme])})
			same = same && c.names[scheme] == c.names[graphSchemes[0]]
		}
		if same {
			n = n.Cases[0].Need
		}
		o.Need = &n
		g.ledger.Imported++
		g.draft.Operations = append(g.draft.Operations, o)
	}
}
