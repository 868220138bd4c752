// Package accord holds the voices against each other, flow by flow: for every
// flow that was observed, requested or held, is it disclosed? It compares by
// subsumption in the vocabulary's trees, after PoliCheck (Andow et al., USENIX
// Security 2020), and adds the condition under which a text allows a flow.
//
// Start with [Hold], which gives a verdict on every flow, and [Draw], which
// makes of flows and verdicts the table that every report shows first.
//
// The package never guesses: a purpose, a receiver or a kind of data that is
// not known makes a verdict undecided, and a text that could not be read makes
// it "not analysable", never omitted. It judges no law; package rule does.
package accord

import "diapason.dev/diapason"

// Verdict is how a flow stands to the texts.
type Verdict string

// The verdicts.
const (
	Clear         Verdict = "clear"
	Vague         Verdict = "vague"
	Conditional   Verdict = "conditional"
	Omitted       Verdict = "omitted"
	Incorrect     Verdict = "incorrect"
	Ambiguous     Verdict = "ambiguous"
	NotAnalysable Verdict = "not analysable"
	// Undecided: the recipient or the data is not known well enough to say.
	Undecided Verdict = "undecided"
)

// A Pair is one flow with the verdict on it.
type Pair struct {
	Flow     diapason.Flow    `json:"flow"`
	Verdict  Verdict          `json:"verdict"`
	Practice string           `json:"practice,omitempty"` // id of the nearest statement
	Against  string           `json:"against,omitempty"`  // id of the denial, where there is one
	Quote    string           `json:"quote,omitempty"`
	Denial   string           `json:"denial,omitempty"` // literal words of the denial
	Distance float64          `json:"distance"`         // vagueness 0..1, the larger axis
	Consent  diapason.Consent `json:"consent,omitempty"`
	Why      string           `json:"why"` // one sentence
}

// A Table is the first picture of every report: a row for each kind of data, a
// column for each voice.
type Table struct {
	Rows []Row `json:"rows"`
	// Hidden counts the categories in which no voice has anything.
	Hidden int `json:"hidden"`
	// Out is how many rows disagree; of Rows.
	Out int `json:"out"`
}

// A Row is one kind of data.
type Row struct {
	ID     string        `json:"id"` // "email"
	Label  string        `json:"label"`
	Term   diapason.Term `json:"term"`
	Cells  []Cell        `json:"cells"`  // in the order of diapason.Channels
	Agrees bool          `json:"agrees"` // false: the voices disagree
	Why    string        `json:"why,omitempty"`
}

// A Cell is what one voice has about one kind of data.
type Cell struct {
	Channel diapason.Channel `json:"channel"`
	// Word is one of: stated, denied, only if you agree, not mentioned; needed,
	// more than needed, asked (not judged), not asked; received by N companies,
	// received by the service, not seen; N records, not in this export; not
	// examined.
	Word string `json:"word"`
	// State is good, bad, quiet or blind (not examined): for sign and shade.
	State string   `json:"state"`
	Who   []string `json:"who,omitempty"` // names of the parties that get it: others than the service, if there are any
	// Quotes open when the cell is opened.
	Quotes []diapason.Quote `json:"quotes,omitempty"`
	Flows  []string         `json:"flows,omitempty"` // ids
}
