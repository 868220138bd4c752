// Package asks answers for one permission request: what would it let its
// holder see and do, for how long, and which part of it does the stated
// purpose need. It reads an authorize address; it never opens one, and it
// never says "illegal".
package asks

import "diapason.dev/diapason"

// Facts is everything that the voice found in the requests it was given.
type Facts struct {
	Requests []Request `json:"requests"`
	Scopes   []Scope   `json:"scopes"`
	Grants   []Grant   `json:"grants"`
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
	Evidence    []diapason.Ref `json:"evidence,omitempty"`
}

// A Scope is one permission of a request.
type Scope struct {
	Request  string            `json:"request"`
	ID       string            `json:"id"`
	Sentence string            `json:"sentence"` // what it opens, in our words
	Data     []diapason.Term   `json:"data"`     // what it lets its holder read
	Writes   []string          `json:"writes"`   // what it lets its holder do, in our words
	Effects  []string          `json:"effects"`
	Class    string            `json:"class"` // needed, optional, excess, disputed, dormant, redundant, unknown, not-current, case-mismatch, described
	Narrower string            `json:"narrower,omitempty"`
	Severity diapason.Severity `json:"severity"`
	Evidence []diapason.Ref    `json:"evidence,omitempty"`
}

// A Grant is how long and how far a permission reaches once given.
type Grant struct {
	Request        string  `json:"request"`
	Scope          string  `json:"scope"`
	Use            string  `json:"use"`          // exercised, not-exercised, not-observable
	Ends           float64 `json:"ends"`         // days after the authorization; 0: unknown
	PurposeEnds    float64 `json:"purpose_ends"` // days after the authorization; 0: unknown
	ShorterOffered bool    `json:"shorter_offered"`
	Kept           bool    `json:"kept"`
}
