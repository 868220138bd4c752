// Package says reads what a service tells people: privacy policies and terms.
// It turns a text into clauses and practices, keeps the literal quote beside
// each, and compares two texts by what they allow, not by their lines.
//
// Start with [Fetch], which takes a text from an address, a file or standard
// input, and [Read], which makes a [Document] and its [Practice] records of
// it: which data, what is done with it, who gets it, what for, and on what
// terms. [Diff] tells what changed between two texts, with the words of both,
// [Flows] tells practices in the record that all voices share, and
// [TellsOfRestoring] looks for one sentence in particular.
//
// Optional is not denied, conditional is not permitted, and an unreadable text
// is not an empty text: "we never … unless you agree" is a practice that
// depends on consent, and a page that only shows its text to a browser is a
// document that says why it cannot be read.
//
// The reading is by rule: words of three lexica (data, parties, purposes) that
// stand around verbs, in clauses that inherit from headings, lead-ins, labels
// and columns. Precision comes before recall. A sentence that speaks of data
// and gives no record is listed as not understood.
//
// The package reads English only. It never guesses a purpose, never calls
// anything unlawful, follows no instruction that a text contains, and opens
// no connection but the one that Fetch is asked for.
package says

import "diapason.dev/diapason"

// Facts is everything that the voice read.
type Facts struct {
	Documents []Document `json:"documents"`
	Practices []Practice `json:"practices"`
	Changes   []Change   `json:"changes"`
}

// A Document is one text at one time.
type Document struct {
	ID         string         `json:"id"`   // "privacy", "privacy@earlier"
	Kind       string         `json:"kind"` // policy, terms, gpc
	Source     string         `json:"source"`
	Title      string         `json:"title"`
	Analysable bool           `json:"analysable"`
	Why        string         `json:"why,omitempty"` // why it is not analysable
	Dated      string         `json:"dated"`         // the date the text states, ISO 8601 where it could be read
	Words      int            `json:"words"`
	Clauses    int            `json:"clauses"`
	SHA256     string         `json:"sha256"`
	Unread     []string       `json:"unread,omitempty"` // clauses with a data verb and no record
	Missing    []string       `json:"missing"`          // GDPR Art. 13 items that were looked for and not found
	Current    bool           `json:"current"`          // false for an earlier version
	Evidence   []diapason.Ref `json:"evidence,omitempty"`
}

// A Practice is one thing that a text says is done, or not done, with one kind
// of data and one recipient.
type Practice struct {
	ID        string             `json:"id"`
	Document  string             `json:"document"`
	Kind      string             `json:"kind"` // policy, terms, gpc
	Polarity  diapason.Polarity  `json:"polarity"`
	Hedged    bool               `json:"hedged,omitempty"` // "except as described here"
	Modality  string             `json:"modality"`         // required, performed, may, optional, conditional
	Condition diapason.Condition `json:"condition"`
	Phrase    string             `json:"phrase,omitempty"`  // the words of the condition
	Default   string             `json:"default,omitempty"` // of a setting: on, off, unknown
	Actor     string             `json:"actor"`             // service, or a party term
	Operation diapason.Operation `json:"operation"`
	Data      diapason.Term      `json:"data"`
	Words     string             `json:"words"` // the words the data term was read from
	Recipient diapason.Term      `json:"recipient"`
	// RecipientName is the company as the text names it, if it does.
	RecipientName string           `json:"recipient_name,omitempty"`
	Purpose       []diapason.Term  `json:"purpose"`
	Exclusive     bool             `json:"exclusive,omitempty"`
	Subject       diapason.Subject `json:"subject"`
	Basis         string           `json:"basis,omitempty"` // consent, contract, legitimate-interest, …
	Limit         float64          `json:"limit,omitempty"` // retention in days; 0: not stated
	Place         string           `json:"place,omitempty"`
	Mechanism     string           `json:"mechanism,omitempty"` // transfer mechanism, if a place is named
	Anonymous     bool             `json:"anonymous,omitempty"` // the text calls the data anonymous, hashed or de-identified
	// Cookie is the cookie or storage name that the statement is about, if it names one.
	Cookie     string         `json:"cookie,omitempty"`
	Essential  bool           `json:"essential,omitempty"` // the text calls it strictly necessary
	Quote      string         `json:"quote"`               // literal
	Start      int            `json:"start"`               // byte span of the quote in the stored text
	End        int            `json:"end"`
	Path       []string       `json:"path"` // headings and lead-ins it inherits from
	Rule       string         `json:"rule"` // the reading rule that made it
	Confidence float64        `json:"confidence"`
	Evidence   []diapason.Ref `json:"evidence,omitempty"`
}

// A Change is one difference between the practices of two texts.
type Change struct {
	Document string `json:"document"`
	// Class is added, removed, broadened, narrowed, required, optional,
	// conditional, recipient, purpose, denial-lost, denial-new, retention,
	// place, anonymity, reworded, moved.
	Class string `json:"class"`
	// Kind is data, recipient, purpose, modality, denial, retention, place, text.
	Kind      string             `json:"kind"`
	Technical bool               `json:"technical"`
	Variant   bool               `json:"variant"`
	Data      diapason.Term      `json:"data"`
	Operation diapason.Operation `json:"operation"`
	// Sentence tells the change to a listener.
	Sentence      string    `json:"sentence"`
	Condition     string    `json:"condition,omitempty"` // of the newer side, where it is conditional
	Before, After *Practice `json:",omitempty"`
	DatedBefore   string    `json:"dated_before"`
	DatedAfter    string    `json:"dated_after"`
}
