package asks

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"diapason.dev/diapason/entity"
)

// A checker looks for everything that is wrong in one provider's file before
// anything is built from it. Every mistake knows the value that it is about.
type checker struct {
	p      *provider
	found  []Mistake
	scopes map[string]int
	ops    map[string]int
	aims   map[string]int
	tiers  map[string]bool
}

// The words that a catalogue file may use.
var (
	pkceWords      = []string{"required", "supported", "unsupported"}
	scopeKinds     = []string{"oauth", "bundle", "android", "webext", "ios"}
	scopeStatuses  = []string{"baseline", "current", "retired", "undocumented", "partner-only", "legacy"}
	callStatuses   = []string{"", "current", "deprecated", "retired", "undocumented"}
	addressPieces  = regexp.MustCompile(`\{[^}]*\}`)
	providerID     = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	operationShape = regexp.MustCompile(`^[A-Z]+ \S+$`)
)

func (k *checker) check() {
	k.index()
	k.checkHead()
	k.checkRequest()
	k.checkTerms()
	for i, s := range k.p.Scopes {
		k.checkScope(i, s)
	}
	k.checkCycles()
	for i, o := range k.p.Operations {
		k.checkOperation(i, o)
	}
	for i, u := range k.p.Purposes {
		k.checkPurpose(i, u)
	}
}

func (k *checker) fail(at, problem, expected, next string) {
	k.found = append(k.found, Mistake{At: at, Problem: problem, Expected: expected, Next: next})
}

// member fails where a word is not in the list of the words that may stand there.
func (k *checker) member(at, what, word string, list []string) {
	if slices.Contains(list, word) {
		return
	}
	next := "use one of these words"
	if near := nearest(word, list); near != "" {
		next = "did you mean " + near + "?"
	}
	shown := make([]string, 0, len(list))
	for _, w := range list {
		if w != "" {
			shown = append(shown, w)
		}
	}
	expected := "one of " + strings.Join(shown, ", ")
	if len(shown) > 12 {
		expected = fmt.Sprintf("one of the %d that the file defines", len(shown))
	}
	k.fail(at, what+" "+strconv.Quote(word), expected, next)
}

// memberOf is member for the names that the file defines.
func memberOf[V any](k *checker, at, what, word string, defined map[string]V) {
	if _, ok := defined[word]; !ok {
		k.member(at, what, word, sortedKeys(defined))
	}
}

// index notes the names of everything and refuses a name that is given twice.
func (k *checker) index() {
	p := k.p
	k.scopes, k.ops, k.aims = map[string]int{}, map[string]int{}, map[string]int{}
	k.tiers = map[string]bool{}
	once := func(seen map[string]int, name, what, at string, i int) {
		if _, twice := seen[name]; twice {
			k.fail(at, what+" "+strconv.Quote(name)+" is given twice", "each once", "remove one of the two")
			return
		}
		seen[name] = i
	}
	for i, t := range p.Tiers {
		if k.tiers[t.Name] || t.Name == "" {
			k.fail(pointer("tiers", i), "tier "+strconv.Quote(t.Name)+" has no name of its own", "a name that no other tier has", "name it")
		}
		k.tiers[t.Name] = true
	}
	for i, s := range p.Scopes {
		once(k.scopes, s.ID, "scope", pointer("scopes", i, "id"), i)
	}
	for i, o := range p.Operations {
		once(k.ops, o.Op, "operation", pointer("operations", i, "op"), i)
		for n, name := range o.Same {
			once(k.ops, name, "operation", pointer("operations", i, "same", n), i)
		}
	}
	for i, u := range p.Purposes {
		once(k.aims, u.ID, "purpose", pointer("purposes", i, "id"), i)
		for n, name := range u.Aliases {
			once(k.aims, name, "purpose", pointer("purposes", i, "aliases", n), i)
		}
	}
}

func (k *checker) checkHead() {
	p := k.p
	if !providerID.MatchString(p.Provider) {
		k.fail(pointer("provider"), "provider is "+strconv.Quote(p.Provider), "lower-case letters, digits and hyphens", "give the provider an id")
	}
	if p.Name == "" {
		k.fail(pointer("name"), "the provider has no name", "the name that people know", "add name")
	}
	for i, domain := range append([]string{p.Domain}, p.OtherDomains...) {
		at := pointer("domain")
		if i > 0 {
			at = pointer("other_domains", i-1)
		}
		if !strings.Contains(domain, ".") || i == 0 && entity.RegistrableDomain(domain) != domain {
			k.fail(at, "domain is "+strconv.Quote(domain), "a registrable domain, such as acme.example", "give the company's own domain")
		}
	}
	if _, err := time.Parse(time.DateOnly, p.Version); err != nil {
		k.fail(pointer("version"), "version is "+strconv.Quote(p.Version), "a date, such as 2026-05-30", "give the day on which the facts were read")
	}
	defaults := 0
	for i, t := range p.Tiers {
		if t.Default {
			defaults++
		}
		if defaults > 1 {
			k.fail(pointer("tiers", i), "a second tier is the default", "one at most", "remove default from the others")
			break
		}
		k.checkSources(pointer("tiers", i), t.Sources)
	}
	for _, name := range sortedKeys(p.Effects) {
		k.member(pointer("effects", name), "unknown effect", name, effectNames)
	}
	for i, f := range p.Penalties {
		for n, name := range f.If {
			k.member(pointer("penalties", i, "if", n), "unknown effect", name, effectNames)
		}
		if f.Add < 0 {
			k.fail(pointer("penalties", i, "add"), fmt.Sprintf("add is %d", f.Add), "0 or more", "a penalty never lowers reach")
		}
	}
}

func (k *checker) checkSources(at string, names []string) {
	for n, name := range names {
		if _, ok := k.p.Sources[name]; !ok {
			k.fail(at+pointer("sources", n), "unknown source "+strconv.Quote(name), "a key of sources", "add it to sources")
		}
	}
}

// bundle tells whether the provider gives one permission to everyone who asks.
func (p *provider) bundle() int {
	return slices.IndexFunc(p.Scopes, func(s *scope) bool { return s.Kind == "bundle" && s.Status == "current" })
}

func (k *checker) checkRequest() {
	p, f := k.p, k.p.Request
	if p.byManifest() {
		return
	}
	required := map[string]string{"scope_param": f.ScopeParam, "client_param": f.ClientParam, "separator": f.Separator}
	for _, name := range sortedKeys(required) {
		if required[name] == "" && p.bundle() < 0 {
			k.fail(pointer("request"), "request has no "+name, name, "say how a request is spelled; only a bundle goes without")
		}
	}
	if len(f.Authorize) == 0 {
		k.fail(pointer("request"), "request has no authorize address", "one at least", "add the address that a permission button opens")
	}
	for i, text := range f.Authorize {
		k.checkAddressForm(pointer("request", "authorize", i), text)
	}
	for i, text := range f.ScopePages {
		k.checkAddressForm(pointer("request", "scope_pages", i), text)
	}
	k.member(pointer("request", "pkce"), "pkce is", f.PKCE, pkceWords)
	k.checkDuration(pointer("request", "grant_life"), f.GrantLife)
	k.checkDuration(pointer("request", "revocation", "lag"), f.Revocation.Lag)
	if u, err := url.Parse(f.Revocation.URL); f.Revocation.URL != "" && (err != nil || u.Scheme != "https" || u.Host == "") {
		k.fail(pointer("request", "revocation", "url"), "url is "+strconv.Quote(f.Revocation.URL), "an https address", "give the page where a person ends a grant")
	}
	k.checkSources(pointer("request"), f.Sources)
}

func (k *checker) checkDuration(at, iso string) {
	if _, err := lifeDays(iso); err != nil {
		k.fail(at, "duration is "+strconv.Quote(iso), "one number and one unit of ISO 8601, such as P6M", "write it so")
	}
}

func (k *checker) checkAddressForm(at, text string) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		k.fail(at, "address is "+strconv.Quote(text), "https, a host and a path", "leave out what follows the path")
		return
	}
	for _, piece := range addressPieces.FindAllString(text, -1) {
		if pathPieces[piece] == nil {
			k.member(at, "unknown placeholder", piece, sortedKeys(pathPieces))
		}
	}
}

func (k *checker) checkTerms() {
	for _, name := range sortedKeys(k.p.Terms) {
		t := k.p.Terms[name]
		at := pointer("terms", name)
		if t == nil || t.Label == "" {
			k.fail(at, "term "+strconv.Quote(name)+" has no label", "what it opens, in our words", "add label")
			continue
		}
		if t.Weight != nil && *t.Weight < 0 {
			k.fail(at+"/weight", fmt.Sprintf("weight is %d", *t.Weight), "0 or more, or null where nobody has weighed it", "weigh it anew")
		}
		k.member(at+"/subject", "subject is", t.Subject, []string{"", "other person", "child", "visitor", "account holder"})
	}
}
