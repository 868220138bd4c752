// Package diapason holds the nouns of the program: what a service says, asks,
// does and holds, written down as one kind of record, the [Flow].
//
// A [Flow] has the shape of contextual integrity (who sends what about whom to
// whom, on what terms; Nissenbaum 2004). Its values are terms of the W3C Data
// Privacy Vocabulary 2.3 and a short list of our own; package vocab orders
// them. A [Capture] is what one visit of a browser, or one recorded file of
// network traffic, left behind. A [Finding] is a place where the voices
// disagree, and a [Gap] is a thing that was not looked at: silence is never a
// pass.
//
// The package imports the standard library only and does no input or output.
package diapason

import "time"

// A Channel is one of the four voices of a service.
type Channel string

// The four voices.
const (
	Says  Channel = "says"  // terms, privacy policy, labels
	Asks  Channel = "asks"  // permissions it requests
	Does  Channel = "does"  // what pages and apps send and store
	Holds Channel = "holds" // what an export of personal data contains
)

// Channels lists the voices in the order in which every report shows them.
var Channels = []Channel{Says, Asks, Does, Holds}

// Polarity tells how a flow is known.
type Polarity string

// The polarities.
const (
	Asserted Polarity = "asserted" // a text or a request says that it happens
	Denied   Polarity = "denied"   // a text says that it does not happen
	Observed Polarity = "observed" // it was seen to happen
	Absent   Polarity = "absent"   // a complete look did not see it
)

// Subject is the person whom the data is about.
type Subject string

// The subjects.
const (
	Visitor       Subject = "visitor"
	AccountHolder Subject = "account holder"
	OtherPerson   Subject = "other person"
	Child         Subject = "child"
)

// Operation is what is done with the data.
type Operation string

// The operations. Act means: do something in the person's name.
const (
	Collect Operation = "collect"
	Store   Operation = "store"
	Use     Operation = "use"
	Share   Operation = "share"
	Sell    Operation = "sell"
	Derive  Operation = "derive"
	Act     Operation = "act"
)

// Condition is the term on which a flow takes place, as the text states it.
type Condition string

// The conditions.
const (
	Unconditional Condition = "none"
	OnConsent     Condition = "consent"
	OnSetting     Condition = "setting"
	OnFeature     Condition = "feature"
	OnPayment     Condition = "payment"
)

// Phase is the state of a person's choices in which a visit took place
// (P0 no click, P1 refused, P2 accepted, P6 signed in, and so on).
type Phase string

// The phases. GPC is the Global Privacy Control signal (w3c/gpc).
const (
	P0  Phase = "P0"   // load, scroll, wait; no choice made
	P1  Phase = "P1"   // everything refused
	P2  Phase = "P2"   // everything accepted
	P3  Phase = "P3"   // accepted, then withdrawn
	P40 Phase = "P4.0" // GPC on; no choice made
	P41 Phase = "P4.1" // GPC on; everything refused
	P42 Phase = "P4.2" // GPC on; everything accepted
	P5  Phase = "P5"   // return with some stores of an earlier profile kept
	P6  Phase = "P6"   // signed up or signed in with made-up data
)

// When tells a phase to a listener, as the end of a sentence; a phase that has
// no name in this list gives nothing.
func (p Phase) When() string { return phaseWords[p] }

var phaseWords = map[Phase]string{
	P0:  "before any choice was made",
	P1:  "after everything was refused",
	P2:  "after everything was accepted",
	P3:  "after agreement was withdrawn",
	P40: "with Global Privacy Control on and no choice made",
	P41: "with Global Privacy Control on and everything refused",
	P42: "with Global Privacy Control on and everything accepted",
	P5:  "on returning after stores were deleted",
	P6:  "while signing up or signed in with made-up data",
}

// Phases lists the phases in the order in which reports show them.
var Phases = []Phase{P0, P1, P2, P3, P40, P41, P42, P5, P6}

// Consent tells whether the choice that a statement depends on was seen.
type Consent string

// The consent states.
const (
	ConsentPresent Consent = "present"
	ConsentAbsent  Consent = "absent"
	ConsentUnknown Consent = "unknown"
)

// Mode tells who acted: the program by itself, or a person.
type Mode string

// The modes.
const (
	Auto   Mode = "auto"
	Manual Mode = "manual"
)

// A Term is the prefixed id of a vocabulary concept, for example
// "pd:EmailAddress" (W3C DPV) or "dia:HashedContact" (ours). The empty term
// means unknown; it is never guessed.
type Term string

// A Flow is one movement of personal data, as one voice tells it.
type Flow struct {
	ID        string    `json:"id"` // stable within a run: see FlowID
	Channel   Channel   `json:"channel"`
	Polarity  Polarity  `json:"polarity"`
	Subject   Subject   `json:"subject"`
	Sender    Party     `json:"sender"`
	Recipient Party     `json:"recipient"`
	Data      Term      `json:"data"`
	Words     string    `json:"words,omitempty"` // the words the data term was read from
	Operation Operation `json:"operation"`
	Purpose   Term      `json:"purpose,omitempty"`
	Condition Condition `json:"condition,omitempty"`
	Phase     Phase     `json:"phase,omitempty"`   // does: the phase of the visit
	Consent   Consent   `json:"consent,omitempty"` // does: the consent state as seen
	Payload   []string  `json:"payload,omitempty"` // does: what rode along: persistent-id, hashed-seed, plain-seed, page-address
	Duration  string    `json:"duration,omitempty"`
	Place     string    `json:"place,omitempty"`
	At        time.Time `json:"at,omitzero"`
	// Confidence is between 0 and 1.
	Confidence float64 `json:"confidence"`
	Mode       Mode    `json:"mode"`
	// Count is how many single events (requests, records) this flow merges; 0 means one.
	Count    int   `json:"count,omitempty"`
	Evidence []Ref `json:"evidence,omitempty"`
}

// A Ref points at the evidence behind a statement.
type Ref struct {
	// Record names a stored record of the run: a visit ("visit/A1"), a
	// document ("document/privacy"), a request ("request/1"), an export
	// ("export/1"). The record's blob and ledger leaf carry the same name.
	Record string `json:"record"`
	// At is the place inside the record: a request id, a byte span, a path.
	At string `json:"at,omitempty"`
	// Quote is a short literal excerpt. It never holds a secret or a person's data.
	Quote string `json:"quote,omitempty"`
	// URL is the exact address, query values redacted.
	URL string `json:"url,omitempty"`
}
