package importer

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"diapason.dev/diapason"
)

// googlePrefix stands before most of Google's scope names and may be left out
// in a catalogue.
const googlePrefix = "https://www.googleapis.com/auth/"

// A discovery is one of Google's discovery documents, as far as permissions go:
// https://developers.google.com/discovery/v1/reference/apis.
type discovery struct {
	ID          string `json:"id"` // name and version, "gmail:v1"
	Title       string `json:"title"`
	Revision    string `json:"revision"` // a date, 20261005
	RootURL     string `json:"rootUrl"`
	ServicePath string `json:"servicePath"`
	Auth        struct {
		OAuth2 struct {
			Scopes map[string]struct{} `json:"scopes"`
		} `json:"oauth2"`
	} `json:"auth"`
	discoveryResource

	retired bool
	src     Source
}

type discoveryResource struct {
	Methods   map[string]discoveryMethod    `json:"methods"`
	Resources map[string]*discoveryResource `json:"resources"`
}

type discoveryMethod struct {
	ID         string   `json:"id"`
	HTTPMethod string   `json:"httpMethod"`
	Path       string   `json:"path"`
	FlatPath   string   `json:"flatPath"`
	Scopes     []string `json:"scopes"`
}

// Google imports every discovery document (*-api.json) under fsys. Where the
// list of offered APIs (api-list.json) is there too, a document that is not on
// it and was not revised for three years describes a retired API: its scopes
// are kept under the status retired, and names of scopes that appear in its
// texts alone under legacy. A list of scopes beside
// a method means that any of them is enough.
func Google(fsys fs.FS, o Options) (Result, error) {
	over, err := readOverlay(o.Overlay)
	if err != nil {
		return Result{}, err
	}
	g := &googleImport{
		draft: draft{
			Provider: "google", Name: "Google", Domain: "google.com", ListedMeans: string(Any),
			About:   "Scopes and methods of Google's APIs, from their discovery documents. Every label and sentence is built or written here.",
			Request: raw(googleRequest), Token: []string{"https://oauth2.googleapis.com/token"},
			Sources: map[string]string{"discovery": "Google's discovery documents, as kept in Go module google.golang.org/api"},
		},
		ledger: Ledger{Format: "Google discovery", Unit: "operations"},
		scopes: map[string]*scope{}, operations: map[call]*operation{}, texts: map[string]bool{},
	}
	if err := g.readAll(fsys, over.Only); err != nil {
		return Result{}, err
	}
	g.addLegacy()
	g.addOperations()
	for _, id := range sortedKeys(g.scopes) {
		g.draft.Scopes = append(g.draft.Scopes, g.scopes[id])
	}
	g.draft.build()
	if o.Provider != "" {
		g.draft.Provider = o.Provider
	}
	return finish(&g.draft, g.ledger, o)
}

// googleRequest is how an app asks Google:
// https://developers.google.com/identity/protocols/oauth2/web-server.
var googleRequest = request{
	Authorize:  []string{"https://accounts.google.com/o/oauth2/v2/auth", "https://accounts.google.com/o/oauth2/auth"},
	ScopeParam: "scope", ScopePrefix: googlePrefix, Separator: " ", ClientParam: "client_id",
	KnownParams: []string{
		"client_id", "redirect_uri", "response_type", "scope", "access_type", "state", "include_granted_scopes",
		"enable_granular_consent", "login_hint", "prompt", "hd", "nonce", "code_challenge", "code_challenge_method",
	},
	CaseSensitive: true, PKCE: "supported",
}

// A call is an operation with the host that it is made to.
type call struct{ host, op string }

type googleImport struct {
	draft      draft
	ledger     Ledger
	scopes     map[string]*scope
	operations map[call]*operation
	texts      map[string]bool // names in the texts of retired documents
}

func (g *googleImport) readAll(fsys fs.FS, only []string) error {
	offered, err := offeredAPIs(fsys)
	if err != nil {
		return err
	}
	var docs []*discovery
	err = fs.WalkDir(fsys, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, "-api.json") {
			return err
		}
		doc, err := readDiscovery(fsys, path)
		if err != nil {
			return err
		}
		if len(only) == 0 || slices.Contains(only, doc.ID) {
			docs = append(docs, doc)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := complete(docs, only); err != nil {
		return err
	}
	markRetired(docs, offered)
	for _, doc := range docs {
		if err := g.add(doc); err != nil {
			return err
		}
	}
	return nil
}

// complete tells which documents were wanted and are not there.
func complete(docs []*discovery, only []string) error {
	missing := slices.DeleteFunc(slices.Clone(only), func(id string) bool {
		return slices.ContainsFunc(docs, func(d *discovery) bool { return d.ID == id })
	})
	switch {
	case len(missing) > 0:
		return diapason.WithHint(fmt.Errorf("import Google discovery: no document describes %s: %w", strings.Join(missing, ", "), diapason.ErrUsage),
			"correct \"only\" in the overlay, or give the folder that holds it")
	case len(docs) == 0:
		return diapason.WithHint(fmt.Errorf("import Google discovery: there is no *-api.json file: %w", diapason.ErrUsage),
			"give a folder of discovery documents, or --module to take those of Go module "+GoogleModuleVersion)
	}
	return nil
}

// stale is how many years an API that is on no list may go without a revision
// until it counts as retired. The list leaves out many that are young; what it
// leaves out and nobody revises is gone: Google+ was last revised in 2019.
const stale = 3

func markRetired(docs []*discovery, offered map[string]bool) {
	newest := ""
	for _, doc := range docs {
		newest = max(newest, doc.Revision)
	}
	if newest == "" || len(offered) == 0 {
		return
	}
	year, _ := strconv.Atoi(newest[:4]) // digits, as revision has it
	limit := fmt.Sprintf("%04d%s", year-stale, newest[4:])
	for _, doc := range docs {
		doc.retired = !offered[doc.ID] && doc.Revision != "" && doc.Revision < limit
	}
}

// offeredAPIs reads the list of APIs that Google offers, if it is there.
func offeredAPIs(fsys fs.FS) (map[string]bool, error) {
	data, err := fs.ReadFile(fsys, "api-list.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("import api-list.json: %w", err)
	}
	var list struct{ Items []struct{ ID string } }
	if err := (Source{"api-list.json", data}).decode(&list); err != nil {
		return nil, err
	}
	offered := map[string]bool{}
	for _, item := range list.Items {
		offered[item.ID] = true
	}
	return offered, nil
}

// revision is a date without its hyphens.
var revision = regexp.MustCompile(`^\d{8}$`)

func readDiscovery(fsys fs.FS, path string) (*discovery, error) {
	data, err := fs.ReadFile(fsys, path)
	if err != nil {
		return nil, fmt.Errorf("import %s: %w: %w", path, err, diapason.ErrUsage)
	}
	doc := &discovery{src: Source{path, data}}
	if err := doc.src.decode(doc); err != nil {
		return nil, err
	}
	if doc.ID == "" || doc.RootURL == "" {
		return nil, diapason.WithHint(doc.src.at(1, "the file has no id or no rootUrl, so it is no discovery document"),
			"give discovery documents as Google publishes them")
	}
	if !revision.MatchString(doc.Revision) {
		doc.Revision = "" // some have 0
	}
	return doc, nil
}

// add takes one document in.
func (g *googleImport) add(doc *discovery) error {
	g.ledger.Files++
	if doc.Revision != "" {
		g.draft.Version = max(g.draft.Version, doc.Revision[:4]+"-"+doc.Revision[4:6]+"-"+doc.Revision[6:])
	}
	for _, name := range sortedKeys(doc.Auth.OAuth2.Scopes) {
		if err := g.declare(doc, name); err != nil {
			return err
		}
	}
	if doc.retired {
		for _, m := range scopeInText.FindAllSubmatch(doc.src.Data, -1) {
			g.texts[string(m[1])] = true
		}
	}
	root, err := url.Parse(doc.RootURL)
	if err != nil || root.Host == "" {
		return doc.src.at(doc.src.lineOf(doc.RootURL), "rootUrl %q is no address", doc.RootURL)
	}
	return g.addMethods(doc, root.Host, &doc.discoveryResource, 0)
}

// declare notes a scope; one that any offered document declares is current.
func (g *googleImport) declare(doc *discovery, name string) error {
	id := strings.TrimPrefix(name, googlePrefix)
	if !goodName(id) {
		return doc.src.at(doc.src.lineOf(name), "%q cannot be the name of a scope", name)
	}
	s := g.scopes[id]
	if s == nil {
		if len(g.scopes) >= maxScopes {
			return doc.src.at(1, "more than %d scopes", maxScopes)
		}
		g.ledger.Scopes++
		s = &scope{ID: id, Kind: "oauth", Status: "retired", Confidence: "low", things: things{}}
		g.scopes[id] = s
	}
	if !doc.retired {
		s.Status = "current"
	}
	return nil
}

// maxDepth bounds how deep resources lie in resources.
const maxDepth = 32

func (g *googleImport) addMethods(doc *discovery, host string, r *discoveryResource, depth int) error {
	if depth > maxDepth {
		return doc.src.at(1, "resources lie more than %d deep in each other", maxDepth)
	}
	for _, name := range sortedKeys(r.Methods) {
		if err := g.addMethod(doc, host, name, r.Methods[name]); err != nil {
			return err
		}
	}
	for _, name := range sortedKeys(r.Resources) {
		if r.Resources[name] == nil {
			continue
		}
		if err := g.addMethods(doc, host, r.Resources[name], depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (g *googleImport) addMethod(doc *discovery, host, name string, m discoveryMethod) error {
	if g.ledger.Read++; g.ledger.Read > maxOperations {
		return doc.src.at(1, "more than %d operations", maxOperations)
	}
	if len(m.Scopes) > 1 {
		g.ledger.Several++
	}
	switch {
	case len(m.Scopes) == 0:
		g.ledger.skip("lists no scope")
		return nil
	case doc.retired:
		g.ledger.skip("belongs to a retired API")
		return nil
	case m.HTTPMethod == "" || m.Path == "" && m.FlatPath == "":
		return doc.src.at(doc.src.lineOf(m.ID), "method %q has no httpMethod or no path", m.ID)
	}
	path := m.FlatPath
	if path == "" {
		path = m.Path
	}
	made := call{host, strings.ToUpper(m.HTTPMethod) + " /" + strings.TrimPrefix(doc.ServicePath, "/") + strings.TrimPrefix(path, "/")}
	what := thing{area(doc.Title), words(resourceOf(m.ID, name)), actOf(m.HTTPMethod, name)}
	var listed []string
	for _, full := range m.Scopes {
		id := strings.TrimPrefix(full, googlePrefix)
		s := g.scopes[id]
		if s == nil {
			return doc.src.at(doc.src.lineOf(full), "method %q lists the scope %q, which no document read so far declares", m.ID, full)
		}
		s.things[what]++
		listed = append(listed, id)
	}
	if before := g.operations[made]; before != nil {
		g.ledger.skip("another document has the same call")
		before.Listed = sortedSet(append(before.Listed, listed...))
		return nil
	}
	g.operations[made] = &operation{Op: made.op, Listed: sortedSet(listed)}
	g.ledger.Imported++
	return nil
}

// addOperations names every call by its method and path. Where two hosts have
// the same, the host stands before the path of both: each is a call of its own.
func (g *googleImport) addOperations() {
	hosts, taken := map[string]bool{}, map[string]int{}
	for made := range g.operations {
		taken[made.op]++
	}
	for made, o := range g.operations {
		if taken[made.op] > 1 {
			method, path, _ := strings.Cut(made.op, " ")
			o.Op = method + " " + made.host + path
		} else {
			hosts["https://"+made.host] = true
		}
		g.draft.Operations = append(g.draft.Operations, o)
	}
	g.draft.API = sortedKeys(hosts)
}

// resourceOf is the part of a method's id before its name: "messages" of
// "gmail.users.messages.list".
func resourceOf(id, name string) string {
	parts := strings.Split(id, ".")
	if len(parts) < 3 {
		return name
	}
	return parts[len(parts)-2]
}

// area shortens the title of an API to what it is of.
func area(title string) string {
	title = strings.TrimPrefix(title, "Google ")
	if at := strings.Index(title+" ", " API "); at > 0 {
		title = title[:at]
	}
	return title
}

// scopeInText finds what a text calls a scope: "the plus.profile.emails.read scope".
var scopeInText = regexp.MustCompile(`\b([a-z][a-z0-9]*(?:\.[a-z0-9_]+)+)(?: or [a-z]+)? scope\b`)

// addLegacy adds the names that only texts of retired documents know. Such a
// name was also spelled without "plus." before it.
func (g *googleImport) addLegacy() {
	for _, name := range sortedKeys(g.texts) {
		if g.scopes[name] != nil {
			continue
		}
		for _, id := range []string{name, strings.TrimPrefix(name, "plus.")} {
			g.scopes[id] = &scope{
				ID: id, Kind: "oauth", Status: "legacy", Confidence: "low", things: things{},
			}
		}
	}
}
