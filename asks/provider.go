package asks

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// A provider is one catalogue file: how a service is asked for permissions,
// what each opens, which call needs which, and which purpose needs which call.
type provider struct {
	Provider string `json:"provider"`
	Name     string `json:"name"`
	Domain   string `json:"domain"` // registrable domain, the id of the party
	// OtherDomains are the provider's too; an address there is no look-alike.
	OtherDomains []string      `json:"other_domains"`
	Version      string        `json:"version"`
	About        string        `json:"about"`
	Request      requestFormat `json:"request"`
	// ListedMeans says how the provider means a list of several scopes beside an
	// operation: "any" of them is enough, or "all" are needed. It is the need of
	// every operation that does not say its own; without it each must.
	ListedMeans string            `json:"listed_means"`
	Tiers       []tier            `json:"tiers"`
	Errors      []jsontext.Value  `json:"errors"` // what the provider answers; read by people
	Effects     map[string]string `json:"effects"`
	Penalties   []penalty         `json:"penalties"`
	Sources     map[string]string `json:"sources"`
	Terms       map[string]*term  `json:"terms"`
	Scopes      []*scope          `json:"scopes"`
	Operations  []*operation      `json:"operations"`
	Purposes    []*purpose        `json:"purposes"`
	LineRules   []lineRule        `json:"line_rules"`

	surface
	index `json:"-"`
}

// A requestFormat tells how the provider spells a permission request.
type requestFormat struct {
	Authorize           []string   `json:"authorize"`   // host and path; {locale}, {version} and {tenant} stand for any such segment
	ScopePages          []string   `json:"scope_pages"` // pages that carry a scope parameter and are no request
	ScopeParam          string     `json:"scope_param"`
	ScopePrefix         string     `json:"scope_prefix"` // may stand before a name; the catalogue leaves it out
	Separator           string     `json:"separator"`
	ClientParam         string     `json:"client_param"`
	KnownParams         []string   `json:"known_params"`
	CaseSensitive       bool       `json:"case_sensitive"`
	PKCE                string     `json:"pkce"` // required, supported, unsupported
	PersistentByDefault bool       `json:"persistent_by_default"`
	GrantLife           string     `json:"grant_life"` // ISO 8601 duration
	GrantLifeFrom       string     `json:"grant_life_from"`
	ShorterOffered      bool       `json:"shorter_offered"`
	Revocation          revocation `json:"revocation"`
	Sources             []string   `json:"sources"`
}

type revocation struct {
	By  string `json:"by"`
	URL string `json:"url"`
	Lag string `json:"lag"`
}

type tier struct {
	Name    string   `json:"name"`
	Note    string   `json:"note"`
	Since   string   `json:"since"`
	Default bool     `json:"default"`
	Sources []string `json:"sources"`
}

// A penalty is added to the reach of a set that shows all its effects.
type penalty struct {
	If  []string `json:"if"`
	Add int      `json:"add"`
}

// A term is one thing that a permission opens. A nil weight means that nobody
// has weighed it: it then counts as much as the heaviest term.
type term struct {
	Label   string  `json:"label"`
	Weight  *int    `json:"weight"`
	Vocab   *string `json:"vocab"`   // vocabulary id
	Subject string  `json:"subject"` // "other person" where it is about somebody else
}

type scope struct {
	ID         string            `json:"id"`
	Kind       string            `json:"kind"`   // oauth, bundle, android, webext, ios
	Status     string            `json:"status"` // baseline, current, retired, undocumented, partner-only, legacy
	Group      string            `json:"group"`
	Sentence   string            `json:"sentence"` // empty: what See and Do say
	See        string            `json:"see"`
	Do         string            `json:"do"`
	DoAfter    map[string]string `json:"do_after"` // wording of Do after the See of another scope
	Aside      string            `json:"aside"`    // said in brackets where the scope is needed
	Reads      []string          `json:"reads"`
	Writes     []string          `json:"writes"`
	Effects    []string          `json:"effects"`
	Implies    []string          `json:"implies"`
	DormantIn  []string          `json:"dormant_in"`
	Review     review            `json:"review"`
	Lines      []line            `json:"lines"`
	Prints     []string          `json:"prints"` // what it adds to the consent page, by the names of line_rules
	SDKOnly    bool              `json:"sdk_only"`
	Confidence string            `json:"confidence"`
	Notes      []string          `json:"notes"`
	Sources    []string          `json:"sources"`
}

type review struct {
	Approval bool `json:"approval"`
	Admin    bool `json:"admin"`
	Level    int  `json:"level"`
}

type line struct {
	Text     string `json:"text"`
	Language string `json:"language"`
	Seen     string `json:"seen"`
	Source   string `json:"source"`
}

// A lineRule makes one line of the consent page where everything in Needs is
// printed and not yet used. The line uses up Needs, and Takes with it. Rules
// are tried in order, each once.
type lineRule struct {
	Line  string   `json:"line"`
	Needs []string `json:"needs"`
	Takes []string `json:"takes"`
}

type operation struct {
	Op       string          `json:"op"`
	Same     []string        `json:"same"` // further calls of which everything below holds
	Status   string          `json:"status"`
	Tiers    []string        `json:"tiers"`  // who may call it; empty: everyone
	Listed   []string        `json:"listed"` // scopes as the provider publishes them, which is not what is needed
	Least    []string        `json:"least"`  // of Listed, what the provider marks as the least privileged
	Need     need            `json:"need"`
	Unlocks  map[string]need `json:"unlocks"`
	Disputed []dispute       `json:"disputed"`
	Note     string          `json:"note"`
	Sources  []string        `json:"sources"`
}

// A dispute is another published reading of what an operation needs.
type dispute struct {
	When    map[string][]string `json:"when"`
	Need    need                `json:"need"`
	Why     string              `json:"why"`
	Sources []string            `json:"sources"`
}

type purpose struct {
	ID       string   `json:"id"`
	Aliases  []string `json:"aliases"`
	Title    string   `json:"title"` // follows "to"
	Doing    string   `json:"doing"` // starts a sentence
	Vocab    string   `json:"vocab"` // purpose term of the vocabulary
	Core     []step   `json:"core"`
	Instead  string   `json:"instead"`  // how a person does it without giving anything, as a request
	Optional []string `json:"optional"` // purposes that may be offered beside it
	SameAs   []string `json:"same_as"`  // older operations that do the same
	Ends     ends     `json:"ends"`
}

type ends struct {
	Event string `json:"event"`
	Grace string `json:"grace"`
}

// A step of a purpose is another purpose, a call, or what an SDK needs.
type step struct {
	Purpose string            `json:"-"`
	Op      string            `json:"op"`
	Params  map[string]string `json:"params"`
	Fields  []string          `json:"fields"`
	SDK     string            `json:"sdk"`
	Need    need              `json:"need"`
}

// UnmarshalJSONFrom reads a string as the name of a purpose.
func (s *step) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	if d.PeekKind() == '"' {
		return json.UnmarshalDecode(d, &s.Purpose)
	}
	type plain step
	return json.UnmarshalDecode(d, (*plain)(s))
}
