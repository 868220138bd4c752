// Package audit looks at one service through the four voices, holds them
// against each other and judges. It owns diapason.yaml and the run folder.
package audit

import (
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/accord"
	"diapason.dev/diapason/asks"
	"diapason.dev/diapason/does"
	"diapason.dev/diapason/holds"
	"diapason.dev/diapason/internal/filter"
	"diapason.dev/diapason/remedy"
	"diapason.dev/diapason/says"
)

// Schema is the address of the published JSON schema of a Result.
const Schema = "https://diapason.dev/schema/report-1.json"

// A Result is everything one audit came to. Every report is drawn from it and
// computes nothing.
type Result struct {
	Schema  string           `json:"schema"`
	Service diapason.Service `json:"service"`
	Run     Circumstances    `json:"run"`
	Counts  Counts           `json:"counts"`
	// Headline is the first sentence of every report.
	Headline string             `json:"headline"`
	Table    accord.Table       `json:"table"`
	Findings []diapason.Finding `json:"findings"` // worst first
	Verdicts []diapason.Verdict `json:"verdicts"` // one for each rule of the pack, in its order
	// Remedies are what a person and who runs the service can do about all this.
	Remedies remedy.Advice  `json:"remedies"`
	Gaps     []diapason.Gap `json:"gaps"`
	// NotExamined is what no audit of this kind can see, and what this one was not asked to look at.
	NotExamined []string        `json:"not_examined"`
	Flows       []diapason.Flow `json:"flows"`
	Pairs       []accord.Pair   `json:"pairs"`
	Facts       Facts           `json:"facts"`
}

// Facts are the typed facts of the four voices.
type Facts struct {
	Does  does.Facts  `json:"does"`
	Asks  asks.Facts  `json:"asks"`
	Says  says.Facts  `json:"says"`
	Holds holds.Facts `json:"holds"`
}

// Circumstances are when, where and with what an audit was made.
type Circumstances struct {
	ID       string    `json:"id"`
	Started  time.Time `json:"started"`
	Ended    time.Time `json:"ended"`
	Tool     string    `json:"tool"`
	Pack     string    `json:"pack"` // name, version and digest of the rule pack
	Vocab    string    `json:"vocab"`
	Suffixes string    `json:"suffixes"` // date of the public suffix list
	Entities string    `json:"entities"`
	// Lists are the filter lists that contacts were held against.
	Lists   []filter.List `json:"lists,omitempty"`
	Browser string        `json:"browser,omitempty"`
	Sandbox bool          `json:"sandbox"`
	// AtOnce is how many visits could go on at a time: as many as the machine's
	// processors and free memory held. No conclusion depends on it.
	AtOnce  int      `json:"at_once,omitempty"`
	Flags   []string `json:"flags,omitempty"`
	Vantage string   `json:"vantage"`
	// Channels tells for each voice whether it was examined.
	Channels map[diapason.Channel]bool `json:"channels"`
	Partial  bool                      `json:"partial,omitempty"` // stopped before the end
	// Random names every recorded value that differs between two runs of the same audit.
	Random []Random `json:"random,omitempty"`
	// Stamped is false while no time stamp of a third party covers the ledger.
	Stamped bool `json:"stamped"`
}

// A Random is a value that was drawn for this run.
type Random struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Counts are the numbers of the first screen.
type Counts struct {
	Fail          int `json:"fail"`
	Pass          int `json:"pass"`
	Inconclusive  int `json:"inconclusive"`
	NotApplicable int `json:"not_applicable"`
	Proposed      int `json:"proposed"` // findings that wait for a person
	Findings      int `json:"findings"`
}
