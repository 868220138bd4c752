package importer

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// httpMethods are the fields of a path item that are calls.
var httpMethods = []string{"get", "put", "post", "delete", "options", "head", "patch", "trace", "query"}

func (im *openAPIImport) readPaths() error {
	paths := field(im.root, "paths")
	if paths == nil || paths.Kind != yaml.MappingNode {
		return im.src.at(1, "there is no object paths")
	}
	for _, p := range pairs(paths) {
		if strings.HasPrefix(p.key, "x-") {
			continue
		}
		item, err := im.resolve(p.value)
		if err != nil {
			return err
		}
		if item == nil {
			im.ledger.Read++
			im.ledger.skip("its path is described in another file")
			continue
		}
		for _, f := range pairs(item) {
			if !slices.Contains(httpMethods, f.key) {
				continue
			}
			if err := im.addCall(p.key, f); err != nil {
				return err
			}
		}
	}
	return nil
}

func (im *openAPIImport) addCall(path string, f pair) error {
	if im.ledger.Read++; im.ledger.Read > maxOperations {
		return im.src.at(f.line, "more than %d operations", maxOperations)
	}
	if !goodPath(path) {
		return im.src.at(f.line, "path %q does not begin with a slash, or holds white space", path)
	}
	security := field(f.value, "security")
	if security == nil {
		security = field(im.root, "security")
	}
	if security != nil && security.Kind != yaml.SequenceNode {
		return im.src.at(security.Line, "security is no list of requirements")
	}
	alternatives, err := im.requirements(security)
	if err != nil {
		return err
	}
	listed := listedIn(alternatives)
	if len(listed) > 1 {
		im.ledger.Several++
	}
	op := strings.ToUpper(f.key) + " " + path
	switch {
	case len(alternatives) == 0:
		im.ledger.skip("asks for no permission")
	case len(listed) == 0:
		im.ledger.skip("lists no scope")
	case im.seen[op]:
		im.ledger.skip("the same call is described twice")
	default:
		im.seen[op] = true
		im.ledger.Imported++
		im.draft.Operations = append(im.draft.Operations, im.operation(op, alternatives, listed))
		what := thing{"", words(nounOf(path)), actOf(f.key, text(field(f.value, "operationId")))}
		for _, id := range listed {
			im.scopes[id].things[what]++
		}
	}
	return nil
}

// A requirement is one alternative of a security list: for each scheme of it
// that has scopes, the scopes that are listed.
type requirement [][]string

func (im *openAPIImport) requirements(security *yaml.Node) ([]requirement, error) {
	var all []requirement
	for _, alternative := range items(security) {
		r := requirement{}
		for _, scheme := range pairs(alternative) {
			granting, known := im.granting[scheme.key]
			if !known {
				return nil, im.src.at(scheme.line, "security scheme %q is defined nowhere", scheme.key)
			}
			if !granting {
				continue
			}
			var list []string
			for _, s := range items(scheme.value) {
				if err := im.declare(text(s), s.Line); err != nil {
					return nil, err
				}
				list = append(list, text(s))
			}
			if len(list) > 0 {
				r = append(r, sortedSet(list))
			}
		}
		all = append(all, r)
	}
	return all, nil
}

func listedIn(alternatives []requirement) []string {
	var listed []string
	for _, r := range alternatives {
		for _, list := range r {
			listed = append(listed, list...)
		}
	}
	return sortedSet(listed)
}

// disputedWhy is the reason of a reading that nobody has settled.
const disputedWhy = "the description lists several scopes and does not say which of them is needed when; nobody has settled it yet"

// operation reads the requirements of one call. Where one list is all there is
// and the whole file reads lists in one way, nothing needs to be said.
func (im *openAPIImport) operation(op string, alternatives []requirement, listed []string) *operation {
	o := &operation{Op: op, Listed: listed}
	plain := len(alternatives) == 1 && len(alternatives[0]) == 1
	if plain && im.semantics != Conditional {
		return o
	}
	reading := im.semantics
	if reading == Conditional {
		reading = Any
	}
	n := readRequirements(alternatives, reading)
	o.Need = &n
	many := func(r requirement) bool {
		return slices.ContainsFunc(r, func(list []string) bool { return len(list) > 1 })
	}
	if im.semantics == Conditional && slices.ContainsFunc(alternatives, many) {
		o.Disputed = []dispute{{Need: readRequirements(alternatives, All), Why: disputedWhy, Sources: []string{"openapi"}}}
	}
	return o
}

// readRequirements joins alternatives, the schemes of each, and the scopes of
// each scheme. An alternative that lists no scope makes the call free.
func readRequirements(alternatives []requirement, reading Semantics) need {
	var whole []need
	for _, r := range alternatives {
		if len(r) == 0 {
			return need{}
		}
		var schemes []need
		for _, list := range r {
			if reading == All {
				schemes = append(schemes, allOf(scopesOf(list)))
			} else {
				schemes = append(schemes, anyOf(scopesOf(list)))
			}
		}
		whole = append(whole, allOf(schemes))
	}
	return anyOf(whole)
}

// nounOf is what a path is about: its last plural word, else its last word that
// is no name of a thing.
func nounOf(path string) string {
	noun := ""
	for _, s := range strings.Split(path, "/") {
		s, _, _ = strings.Cut(s, ":")
		if s == "" || strings.ContainsAny(s, "{}") || len(s) > 64 {
			continue
		}
		if noun == "" || strings.HasSuffix(s, "s") || !strings.HasSuffix(noun, "s") {
			noun = s
		}
	}
	switch {
	case noun == "me":
		return "the account itself"
	case words(noun) == "":
		return "data"
	}
	return noun
}
