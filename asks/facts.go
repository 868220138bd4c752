// Package asks answers for one permission request: what would it let its
// holder see and do, for how long, and which part of it does the stated
// purpose need. It reads an authorize address; it never opens one, and it
// never says "illegal".
//
// Start with [Default] and [Catalogue.Judge] for one request, or
// [Catalogue.Read] for many. A purpose is an input: the same request is more
// than needed for one purpose and just right for another, and without a
// purpose a request is described and not judged. [FindLinks] finds requests on
// a page, [Narrow] writes the same request for fewer permissions, and
// [Catalogue.Flows] turns facts into the records that the other voices speak.
//
// What the package does not know stays visible: a name that the catalogue
// lacks is unknown and never passes.
package asks

import "diapason.dev/diapason"

// Facts is everything that the voice found in the requests it was given.
type Facts struct {
	Requests []Request `json:"requests"`
	Scopes   []Scope   `json:"scopes"`
	Grants   []Grant   `json:"grants"`
	Usages   []Usage   `json:"usages,omitempty"` // one for each log of calls that was read
}

// A Request is one permission request, judged against its purposes.
type Request struct {
	ID          string         `json:"id"` // "1", "2" in the order given
	Provider    string         `json:"provider"`
	App         string         `json:"app"`     // redirect host: who asks
	Page        string         `json:"page"`    // address of the page that carries the link, if any
	Purpose     []string       `json:"purpose"` // catalogue ids; empty: described, not judged
	Flaws       []string       `json:"flaws"`   // what is unsafe about the request itself
	Inspectable bool           `json:"inspectable"`
	Verdict     Verdict        `json:"verdict"`
	Text        []string       `json:"text"`     // the verdict in plain sentences
	Narrowed    string         `json:"narrowed"` // the same request for the minimal permissions; empty with NotNarrowed saying why
	NotNarrowed string         `json:"not_narrowed,omitempty"`
	Duration    Duration       `json:"duration,omitzero"` // zero where the time of the authorization is not known
	Evidence    []diapason.Ref `json:"evidence,omitempty"`
}

// A Scope is one permission of a request.
type Scope struct {
	Request    string            `json:"request"`
	ID         string            `json:"id"`
	Sentence   string            `json:"sentence"`      // what it opens, in our words
	See        string            `json:"see,omitempty"` // what it lets its holder see, as a short phrase
	Do         string            `json:"do,omitempty"`  // what it lets its holder do, as a short phrase
	Group      string            `json:"group"`         // account, activity, actions, partner, unknown
	Data       []diapason.Term   `json:"data"`          // what it lets its holder read
	Writes     []string          `json:"writes"`        // what it lets its holder do, in our words
	Effects    []string          `json:"effects"`
	Class      string            `json:"class"` // needed, optional, excess, disputed, dormant, redundant, unknown, not-current, case-mismatch, described
	Why        string            `json:"why"`   // why it has that class, in a sentence
	Suggestion string            `json:"suggestion,omitempty"`
	Narrower   string            `json:"narrower,omitempty"`
	Severity   diapason.Severity `json:"severity"`   // of an excess; empty for every other class
	Confidence string            `json:"confidence"` // how sure the catalogue is of this entry: high, medium, low
	Evidence   []diapason.Ref    `json:"evidence,omitempty"`
}

// A Grant is how long and how far a permission reaches once given.
type Grant struct {
	Request        string  `json:"request"`
	Scope          string  `json:"scope"`
	Use            string  `json:"use"`           // exercised, exercised-otherwise, not-exercised, not-observable
	Why            string  `json:"why,omitempty"` // why it is told so, where a log of calls was read
	Ends           float64 `json:"ends"`          // days after the authorization; 0: unknown
	PurposeEnds    float64 `json:"purpose_ends"`  // days after the authorization; 0: unknown
	ShorterOffered bool    `json:"shorter_offered"`
	Kept           bool    `json:"kept"`
}
