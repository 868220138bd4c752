// Package holds tells what a personal-data export contains, lacks and exposes.
//
// Start with [Read]: it turns an export into an [Export] with the ledger of
// its reading and one [Item] for each path, and hands the events in it (plays,
// searches, follows) over one by one. [Claims] holds what a policy says
// against the items, [Flows] tells them in the record that all voices share.
// What the paths of a service mean stands in data files under mapping.
//
// It reads only files that the person downloaded, in place, without unpacking
// them to disk and without the network. Values are never stored: an inventory
// holds paths, terms, counts and dates. It never says that something is not
// held, only that it was not seen in this export.
package holds

import (
	"time"

	"diapason.dev/diapason"
)

// Facts is everything that the voice found.
type Facts struct {
	Exports []Export `json:"exports"`
	Items   []Item   `json:"items"`
	Claims  []Claim  `json:"claims"`
	Answers []Answer `json:"answers"`
}

// An Export is one archive or folder, with the ledger of its reading.
type Export struct {
	ID       string         `json:"id"`      // "1"
	Service  string         `json:"service"` // of the mapping that fits: "spotify"
	Name     string         `json:"name"`    // file name, without folders
	Ledger   Ledger         `json:"ledger"`
	Plays    int            `json:"plays"`
	Newest   time.Time      `json:"newest,omitzero"`
	Oldest   time.Time      `json:"oldest,omitzero"`
	Unmapped []string       `json:"unmapped"` // paths without a term, listed, never dropped
	Evidence []diapason.Ref `json:"evidence,omitempty"`
}

// A Ledger accounts for every record that was read:
// Read = Kept + Skipped + Duplicate + Malformed. UnreadBytes counts what could
// not be read at all.
type Ledger struct {
	Read        int64            `json:"read"`
	Kept        int64            `json:"kept"`
	Skipped     int64            `json:"skipped"`
	Reasons     map[string]int64 `json:"reasons,omitempty"` // skipped, by reason
	Duplicate   int64            `json:"duplicate"`
	Malformed   int64            `json:"malformed"`
	UnreadBytes int64            `json:"unread_bytes"`
	Members     []Member         `json:"members,omitempty"`
}

// A Member is the ledger of one file of an export.
type Member struct {
	Name      string `json:"name"`
	Kind      string `json:"kind"` // of the mapping: extended-history, account …; unknown
	Bytes     int64  `json:"bytes"`
	Read      int64  `json:"read"`
	Kept      int64  `json:"kept"`
	Skipped   int64  `json:"skipped"`
	Duplicate int64  `json:"duplicate"`
	Malformed int64  `json:"malformed"`
	Unread    int64  `json:"unread_bytes"`
	Why       string `json:"why,omitempty"` // why part of it was not read
}

// An Item is one path of the export: a kind of member and a JSON path or CSV column.
type Item struct {
	Export          string           `json:"export"`
	Path            string           `json:"path"` // "extended-history $[].ip_addr"
	Member          string           `json:"member"`
	Name            string           `json:"name"` // raw name
	Data            diapason.Term    `json:"data"`
	Origin          string           `json:"origin"` // provided, observed, inferred, unmapped
	Subject         diapason.Subject `json:"subject"`
	Class           string           `json:"class"` // direct, linkable, item, none
	Type            string           `json:"type"`
	Count           int64            `json:"count"`
	Nulls           int64            `json:"nulls"`
	Oldest          time.Time        `json:"oldest,omitzero"`
	Newest          time.Time        `json:"newest,omitzero"`
	Age             float64          `json:"age"`        // days between the oldest value and the export's newest stamp
	Special         bool             `json:"special"`    // could hint at a special category (GDPR Art. 9)
	AdSegment       bool             `json:"ad_segment"` // used to choose advertisements
	ExplicitConsent bool             `json:"explicit_consent"`
	Source          string           `json:"source"` // service that it came from
	Scopes          []string         `json:"scopes"` // permissions that open it
	Purpose         diapason.Term    `json:"purpose,omitempty"`
	Evidence        []diapason.Ref   `json:"evidence,omitempty"`
}

// A Claim is a practice of the policy, held against the export.
type Claim struct {
	Practice string        `json:"practice"`
	Data     diapason.Term `json:"data"`
	Word     string        `json:"word"` // held, partly, unexplained, elsewhere, not-seen
	UseShown bool          `json:"use_shown"`
	Quote    string        `json:"quote"`
}

// An Answer is the service's answer to an access request.
type Answer struct {
	Export         string    `json:"export"`
	Requested      time.Time `json:"requested,omitzero"`
	Received       time.Time `json:"received,omitzero"`
	MonthDue       time.Time `json:"month_due,omitzero"`
	LastDue        time.Time `json:"last_due,omitzero"`
	Extended       bool      `json:"extended"`
	Named          []string  `json:"named"`
	CategoriesOnly bool      `json:"categories_only"`
	Missing        []string  `json:"missing"`
	Unexplained    []string  `json:"unexplained"`
}
