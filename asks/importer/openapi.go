package importer

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"diapason.dev/diapason"
	"diapason.dev/diapason/entity"
)

// An openAPIImport is an OpenAPI 3 or Swagger 2 description on its way into a draft.
type openAPIImport struct {
	src       Source
	root      *yaml.Node
	semantics Semantics
	draft     draft
	ledger    Ledger
	scopes    map[string]*scope
	granting  map[string]bool // names of security schemes that have scopes
	seen      map[string]bool // calls
}

// OpenAPI imports one OpenAPI 3 or Swagger 2 description, as YAML or JSON. What
// several scopes beside a call mean is taken from o.Semantics; of security
// requirements that are alternatives each counts as one.
func OpenAPI(src Source, o Options) (Result, error) {
	if _, err := ReadSemantics(string(o.Semantics)); err != nil {
		return Result{}, err
	}
	if o.Provider == "" {
		return Result{}, diapason.WithHint(fmt.Errorf("import %s: it is not said whose description it is: %w", src.Name, diapason.ErrUsage),
			"give the provider's id, such as acme")
	}
	root, err := src.tree()
	if err != nil {
		return Result{}, err
	}
	if text(field(root, "openapi")) == "" && text(field(root, "swagger")) == "" {
		return Result{}, diapason.WithHint(src.at(1, "there is no field openapi or swagger at the top"),
			"give an OpenAPI description, version 2 or 3")
	}
	im := &openAPIImport{
		src: src, root: root, semantics: o.Semantics,
		ledger: Ledger{Format: "OpenAPI", Unit: "operations", Files: 1},
		scopes: map[string]*scope{}, granting: map[string]bool{}, seen: map[string]bool{},
		draft: draft{
			Provider: o.Provider, Name: strings.ToUpper(o.Provider[:1]) + o.Provider[1:], Version: o.date(text(at(root, "info", "version"))),
			About:   "Scopes and calls of an OpenAPI description. Every label and sentence is built from names, paths and methods.",
			Sources: map[string]string{"openapi": "the provider's OpenAPI description"},
		},
	}
	if o.Semantics != Conditional {
		im.draft.ListedMeans = string(o.Semantics)
	}
	if err := im.readSchemes(); err != nil {
		return Result{}, err
	}
	if err := im.readPaths(); err != nil {
		return Result{}, err
	}
	for _, id := range sortedKeys(im.scopes) {
		im.draft.Scopes = append(im.draft.Scopes, im.scopes[id])
	}
	im.ledger.Scopes = len(im.scopes)
	im.draft.build()
	return finish(&im.draft, im.ledger, o)
}

// date is the version of a catalogue: the description's where it is a date, else
// the day on which it was read.
func (o Options) date(version string) string {
	if _, err := time.Parse(time.DateOnly, version); err == nil {
		return version
	}
	return o.Date
}

// readSchemes notes the scopes that the security schemes declare, and where
// permission is asked.
func (im *openAPIImport) readSchemes() error {
	var authorize, token []string
	addresses := im.servers()
	for _, s := range append(pairs(at(im.root, "components", "securitySchemes")), pairs(field(im.root, "securityDefinitions"))...) {
		scheme, err := im.resolve(s.value)
		if err != nil {
			return err
		}
		kind := text(field(scheme, "type"))
		im.granting[s.key] = kind == "oauth2" || kind == "openIdConnect"
		flows := pairs(field(scheme, "flows"))
		if kind == "oauth2" && flows == nil {
			flows = []pair{{"", s.line, scheme}} // Swagger 2 has one flow, beside the type
		}
		for _, f := range flows {
			for _, declared := range pairs(field(f.value, "scopes")) {
				if strings.HasPrefix(declared.key, "x-") {
					continue
				}
				if err := im.declare(declared.key, declared.line); err != nil {
					return err
				}
			}
			authorize = append(authorize, httpsOnly(text(field(f.value, "authorizationUrl")))...)
			token = append(token, httpsOnly(text(field(f.value, "tokenUrl")))...)
		}
	}
	authorize, token = sortedSet(authorize), sortedSet(token)
	im.draft.API, im.draft.Token = addresses, token
	for _, address := range slices.Concat(authorize, token, addresses) {
		if u, err := url.Parse(address); err == nil && im.draft.Domain == "" {
			im.draft.Domain = entity.RegistrableDomain(u.Hostname())
		}
	}
	im.draft.Request = raw(request{
		Authorize: authorize, ScopeParam: "scope", Separator: " ", ClientParam: "client_id", CaseSensitive: true, PKCE: "supported",
		KnownParams: []string{"client_id", "code_challenge", "code_challenge_method", "redirect_uri", "response_type", "scope", "state"},
	})
	return nil
}

// httpsOnly keeps an address that can stand in a catalogue: https, without a
// query or a part that is left open.
func httpsOnly(address string) []string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" || strings.Contains(address, "{") || u.User != nil {
		return nil
	}
	return []string{"https://" + u.Host + strings.TrimSuffix(u.Path, "/")}
}

// servers lists the addresses that the paths follow.
func (im *openAPIImport) servers() []string {
	var list []string
	for _, s := range items(field(im.root, "servers")) {
		address := text(field(s, "url"))
		for _, v := range pairs(field(s, "variables")) {
			address = strings.ReplaceAll(address, "{"+v.key+"}", text(field(v.value, "default")))
		}
		list = append(list, httpsOnly(address)...)
	}
	if host := text(field(im.root, "host")); host != "" {
		list = append(list, httpsOnly("https://"+host+text(field(im.root, "basePath")))...)
	}
	return sortedSet(list)
}

func (im *openAPIImport) declare(id string, line int) error {
	if !goodName(id) {
		return diapason.WithHint(im.src.at(line, "%q cannot be the name of a scope", id), "a name has no white space and no comma")
	}
	if im.scopes[id] != nil {
		return nil
	}
	if len(im.scopes) >= maxScopes {
		return im.src.at(line, "more than %d scopes", maxScopes)
	}
	im.scopes[id] = &scope{ID: id, Kind: "oauth", Status: "current", Confidence: "low", things: things{}, Sources: []string{"openapi"}}
	return nil
}

// resolve follows references within the file.
func (im *openAPIImport) resolve(n *yaml.Node) (*yaml.Node, error) {
	for range 8 {
		ref := field(n, "$ref")
		if ref == nil {
			return n, nil
		}
		path, local := strings.CutPrefix(text(ref), "#/")
		if !local {
			return nil, nil
		}
		target := im.root
		for _, step := range strings.Split(path, "/") {
			target = field(target, strings.NewReplacer("~1", "/", "~0", "~").Replace(step))
		}
		if target == nil {
			return nil, im.src.at(ref.Line, "the reference %q leads nowhere", text(ref))
		}
		n = target
	}
	return nil, im.src.at(n.Line, "references go in a circle or more than 8 deep")
}
