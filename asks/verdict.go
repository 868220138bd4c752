package asks

import "diapason.dev/diapason"

// Verdict is the judgement on one request, in the published JSON shape. A list
// that is empty is an empty list, never null.
type Verdict struct {
	Provider string   `json:"provider"` // catalogue id; empty where the provider is not known
	Purposes []string `json:"purposes"` // core purposes, catalogue ids
	Also     []string `json:"also"`     // purposes offered as a separate choice
	Tier     string   `json:"tier"`     // which kind of app the provider is asked by
	// Requested counts distinct names.
	Requested int `json:"requested"`
	// Minimal is the smallest set that serves the core purposes, taken from
	// inside the request wherever a set inside it does.
	Minimal []string `json:"minimal"`
	// GlobalMinimum is the smallest set of all, asked for or not.
	GlobalMinimum []string     `json:"global_minimum"`
	Excess        []string     `json:"excess"`
	Optional      []string     `json:"optional"`
	Missing       []string     `json:"missing"` // of Minimal, not asked for
	Unknown       []string     `json:"unknown"`
	NotCurrent    []string     `json:"not_current"`
	CaseMismatch  []string     `json:"case_mismatch"`
	Redundant     []Redundancy `json:"redundant"`
	LegacyAPIOnly []string     `json:"legacy_api_only"`
	Dormant       []string     `json:"dormant"`
	Disputed      []string     `json:"disputed"`
	// Unserved lists calls that the purposes want and that no app of this tier can make.
	Unserved         []string       `json:"unserved"`
	AdminConsent     []string       `json:"admin_consent"`
	ApprovalRequired []string       `json:"approval_required"`
	Privilege        map[string]int `json:"privilege"`
	ParseFlags       []string       `json:"parse_flags"`
	URLFlags         []string       `json:"url_flags"`
	ScopeParameter   string         `json:"scope_parameter"`
	ClientParameter  string         `json:"client_parameter"`
	Separator        string         `json:"separator"`
	PersistentAccess bool           `json:"persistent_access"`
	Lines            Lines          `json:"lines"`
	Reach            Reach          `json:"reach"`
	Scopes           []ScopeVerdict `json:"scopes"`
	Findings         []Finding      `json:"findings"`
	// Suggestions gives for a misspelt scope or parameter the name that it is
	// most like. It is never put in its place.
	Suggestions map[string]string `json:"suggestions"`
	// Aim is the core purposes in words, as they follow "to"; Doing is the act
	// in words, as it starts a sentence.
	Aim   string `json:"aim,omitempty"`
	Doing string `json:"doing,omitempty"`
	// GrantLife is how long the provider lets a grant last, in words; EndAt is
	// the page where the person ends it.
	GrantLife string `json:"grant_life,omitempty"`
	EndAt     string `json:"end_at,omitempty"`
	// Catalogue is the date of the catalogue that judged, Digest that of its
	// bytes (see Catalogue.Digest); Confidence its least sure entry that this
	// verdict rests on.
	Catalogue  string `json:"catalogue,omitempty"`
	Digest     string `json:"digest,omitempty"`
	Confidence string `json:"confidence,omitempty"`
	// ProviderName is the provider's name in words.
	ProviderName string `json:"provider_name,omitempty"`
	// LooksLike is the provider that an address pretends to be.
	LooksLike string `json:"looks_like,omitempty"`
	// CannotBeNarrowed is set where the provider gives all its permissions or
	// none; Instead says for each purpose how it is done without any grant.
	CannotBeNarrowed bool     `json:"cannot_be_narrowed,omitempty"`
	Instead          []string `json:"instead,omitempty"`
	// Undescribed is set where the catalogue knows how the provider is asked
	// and not what its permissions open.
	Undescribed bool `json:"undescribed,omitempty"`
	// Demands are what authorization_details asks for, beside the scopes.
	Demands []Demand `json:"authorization_details,omitempty"`
}

// A Demand is one entry of authorization_details, RFC 9396 section 2: what it
// asks for, with what rights and where.
type Demand struct {
	Type      string   `json:"type"`
	Actions   []string `json:"actions,omitempty"`
	Locations []string `json:"locations,omitempty"`
	DataTypes []string `json:"datatypes,omitempty"`
}

// A Redundancy marks a permission that another one of the same request covers.
type Redundancy struct {
	Scope string `json:"scope"`
	By    string `json:"by"`
	// Basis is "implies", where the provider says so, or "operations": the same
	// calls, perhaps not the same fields.
	Basis string `json:"basis"`
}

// Lines counts what a consent page prints. Lines are not permissions: one
// permission may print three facts, and some lines belong to none.
type Lines struct {
	Count int    `json:"count"`
	Basis string `json:"basis"`          // observed (on a consent page), estimated (from the catalogue) or unknown
	Date  string `json:"date,omitempty"` // when the page, or the newest of the lines, was seen
}

// Reach weighs what a set of permissions opens: the weights of all terms,
// each counted once, and a penalty for effects that are worse together. The
// weights are the catalogue's proposals and have no unit.
type Reach struct {
	Requested     int `json:"requested"`
	Minimal       int `json:"minimal"`
	GlobalMinimum int `json:"global_minimum"`
	// Approximate is set where the smallest set was too large a search to be certain of.
	Approximate bool `json:"approximate"`
}

// A ScopeVerdict is the class of one permission.
type ScopeVerdict struct {
	ID       string            `json:"id"`
	Class    string            `json:"class"`
	Severity diapason.Severity `json:"severity,omitempty"`
	Status   string            `json:"status"` // current, retired, undocumented, partner-only, legacy, unknown
	Sentence string            `json:"sentence"`
	Why      string            `json:"why"`
}

// A Finding is one thing about the request that a reader of the verdict should
// know. Package rule decides what counts against a service.
type Finding struct {
	ID       string            `json:"id"` // asks.excess, asks.missing, asks.unknown, asks.not-current, asks.case-mismatch, asks.request.FLAW, asks.duration.cannot-work
	Severity diapason.Severity `json:"severity"`
	Scope    string            `json:"scope,omitempty"`
}

// newVerdict returns a verdict whose lists are empty and not null.
func newVerdict() Verdict {
	return Verdict{
		Purposes: []string{}, Also: []string{}, Minimal: []string{}, GlobalMinimum: []string{},
		Excess: []string{}, Optional: []string{}, Missing: []string{}, Unknown: []string{},
		NotCurrent: []string{}, CaseMismatch: []string{}, Redundant: []Redundancy{},
		LegacyAPIOnly: []string{}, Dormant: []string{}, Disputed: []string{}, Unserved: []string{},
		AdminConsent: []string{}, ApprovalRequired: []string{}, Privilege: map[string]int{}, Suggestions: map[string]string{},
		ParseFlags: []string{}, URLFlags: []string{}, Scopes: []ScopeVerdict{}, Findings: []Finding{},
		Lines: Lines{Basis: "unknown"},
	}
}
