package diapason

// Severity orders findings.
type Severity string

// The severities, worst first.
const (
	Critical Severity = "critical"
	High     Severity = "high"
	Medium   Severity = "medium"
	Low      Severity = "low"
)

// Rank is 4 for critical down to 1 for low, and 0 for anything else.
func (s Severity) Rank() int {
	switch s {
	case Critical:
		return 4
	case High:
		return 3
	case Medium:
		return 2
	case Low:
		return 1
	}
	return 0
}

// An Outcome is what judging one rule came to.
type Outcome string

// The outcomes. Missing evidence never yields a pass.
const (
	Pass          Outcome = "pass"
	Fail          Outcome = "fail"
	Inconclusive  Outcome = "inconclusive"
	NotApplicable Outcome = "not-applicable"
)

// A Verdict is the outcome of one rule on one run.
type Verdict struct {
	Rule    string  `json:"rule"`
	Version string  `json:"version"`
	Title   string  `json:"title"`
	Outcome Outcome `json:"outcome"`
	// Proposed is set when the rule fails but wants a person's confirmation
	// before it counts.
	Proposed bool   `json:"proposed,omitempty"`
	Why      string `json:"why,omitempty"` // one sentence: what was missing, or why it does not apply
	Findings int    `json:"findings"`
}

// Certainty is how sure a finding is: certain (a seeded value or exact text
// was seen), likely (a list or model), uncertain.
type Certainty string

// The certainties.
const (
	Certain   Certainty = "certain"
	Likely    Certainty = "likely"
	Uncertain Certainty = "uncertain"
)

// A Finding is one disagreement between a service and its word, its purpose or
// a person's choices. It describes what was seen; it never says "illegal".
type Finding struct {
	Fingerprint string    `json:"fingerprint"` // dfp1:… see package rule
	Rule        string    `json:"rule"`
	Version     string    `json:"version"`
	Title       string    `json:"title"`
	Severity    Severity  `json:"severity"`
	Mode        Mode      `json:"mode"`               // auto, or manual where a person must confirm
	Proposed    bool      `json:"proposed,omitempty"` // waits for a person; does not count for the exit code
	Certainty   Certainty `json:"certainty"`
	Sentence    string    `json:"sentence"` // what was seen, for a listener
	Means       string    `json:"means"`    // what it means for a person
	Recipient   Party     `json:"recipient,omitzero"`
	Data        Term      `json:"data,omitempty"`
	Category    string    `json:"category,omitempty"` // id of the report's data category
	// Quotes has at most one entry a voice; a voice without one says why in Text with Absent set.
	Quotes   []Quote  `json:"quotes"`
	Remedy   Remedy   `json:"remedy"`
	Basis    []Basis  `json:"basis"`
	Sources  []string `json:"sources,omitempty"`
	SeenIn   string   `json:"seen_in,omitempty"` // "2 of 3 runs"
	Count    int      `json:"count"`             // witnesses merged into this finding
	Evidence []Ref    `json:"evidence,omitempty"`
}

// A Quote is one voice's own words on a finding.
type Quote struct {
	Channel Channel `json:"channel"`
	Text    string  `json:"text"`
	Source  string  `json:"source,omitempty"` // document and date, request address and time, export path
	Absent  bool    `json:"absent,omitempty"`
	Ref     Ref     `json:"ref,omitzero"`
}

// A Basis cites the law or platform rule that a rule's title paraphrases.
type Basis struct {
	Where string `json:"where" yaml:"where"`
	Cite  string `json:"cite" yaml:"cite"`
}

// A Remedy is what can be done about a finding.
type Remedy struct {
	Person   []Step `json:"person"`
	Operator []Step `json:"operator"`
}

// A Step is one thing to do.
type Step struct {
	Text string `json:"text"`
	// Proved is true only if an experiment of this run showed that it works.
	Proved bool   `json:"proved,omitempty"`
	Proof  string `json:"proof,omitempty"` // the record that proves it
	// Copy is text to copy as it is: a narrowed link, a letter.
	Copy string `json:"copy,omitempty"`
}

// A Gap is something that was not looked at, or not to the end. A gap travels
// all the way to the report.
type Gap struct {
	Channel Channel `json:"channel"`
	What    string  `json:"what"` // what was not looked at: a visit, a document, a path
	Why     string  `json:"why"`  // the reason, in a sentence
	Next    string  `json:"next"` // what a person can do about it
	// Cosmetic gaps are told but do not make the audit incomplete.
	Minor bool `json:"minor,omitempty"`
}
