package asks

import "time"

// The vantages from which a log of calls can be kept.
const (
	Browser      = "browser"       // what one browser sent
	ReverseProxy = "reverse-proxy" // what reached one server
	ClientEgress = "client-egress" // everything that the client sent
	MockProvider = "mock"          // everything that a mock provider was asked
)

// Vantages lists them.
var Vantages = []string{Browser, ReverseProxy, ClientEgress, MockProvider}

// What a log tells about the use of one permission.
const (
	Exercised          = "exercised"           // calls took it
	ExercisedOtherwise = "exercised-otherwise" // calls that it opens took another one that was granted too
	NotExercised       = "not-exercised"       // a complete look saw no call that takes it
	NotObservable      = "not-observable"      // what was looked at cannot tell
)

// A Usage is what one log of calls tells about the permissions that were
// granted. It is never more than its window and vantage allow.
type Usage struct {
	Request  string `json:"request"` // id of the request whose grant it is about; empty where none was given
	Provider string `json:"provider"`
	Log      string `json:"log"`    // name of the log, without its folder
	Format   string `json:"format"` // HAR, JSON lines, combined log
	Vantage  string `json:"vantage"`
	Window   Window `json:"window"`
	Event    Event  `json:"event,omitzero"` // what the purpose waits for
	// Authorized is when permission was asked for, where the log shows it.
	Authorized time.Time `json:"authorized,omitzero"`
	Granted    []Use     `json:"granted"` // in name order
	// Basis is where the list of granted permissions comes from: token
	// response, X-OAuth-Scopes, log, or assumed: what was requested.
	Basis string `json:"basis"`
	// Unmatched are calls to the provider that no operation of the catalogue
	// is; Unexplained are calls that succeeded and that nothing granted opens.
	Unmatched   []Tally     `json:"unmatched"`
	Unexplained []Tally     `json:"unexplained"`
	Doubts      []string    `json:"doubts"` // why "not exercised" cannot be said; empty where it can
	Ledger      UsageLedger `json:"ledger"`
	Text        []string    `json:"text"` // all of it in plain sentences
}

// A Window is the time that a log covers, and what it lacks within.
type Window struct {
	From   time.Time `json:"from,omitzero"`
	To     time.Time `json:"to,omitzero"`
	Stated bool      `json:"stated"` // given by the person who kept the log; else first to last call
	Gaps   []string  `json:"gaps"`
}

// An Event is what a purpose waits for, with which it is over.
type Event struct {
	Name string    `json:"name"` // release
	At   time.Time `json:"at"`
}

// A Use is one granted permission with the calls that took it.
type Use struct {
	Scope string `json:"scope"`
	Use   string `json:"use"` // exercised, exercised-otherwise, not-exercised, not-observable
	Why   string `json:"why"`
	Tally
	Refused    int      `json:"refused"`    // calls for it that the provider refused for lack of permission
	Operations []string `json:"operations"` // that took it, in name order
	Through    []string `json:"through"`    // exercised-otherwise: the permissions that were taken instead
}

// A Tally counts calls.
type Tally struct {
	What  string    `json:"what,omitempty"`
	Count int       `json:"count"`
	First time.Time `json:"first,omitzero"`
	Last  time.Time `json:"last,omitzero"`
}

// A UsageLedger tells what became of every line or entry of a log. Read is the
// sum of all others but Reasons, which breaks Skipped up.
type UsageLedger struct {
	Read          int            `json:"read"`
	Calls         int            `json:"calls"`         // to an operation of the catalogue
	Authorization int            `json:"authorization"` // asking for, getting or renewing the grant
	Unmatched     int            `json:"unmatched"`     // to the provider, and no operation of the catalogue
	Elsewhere     int            `json:"elsewhere"`     // to anybody else
	Preflight     int            `json:"preflight"`     // a browser asking whether it may call (OPTIONS)
	Blank         int            `json:"blank"`
	Skipped       int            `json:"skipped"` // could not be read
	Reasons       map[string]int `json:"reasons,omitempty"`
}

// Sums tells whether the ledger adds up.
func (l UsageLedger) Sums() bool {
	reasons := 0
	for _, n := range l.Reasons {
		reasons += n
	}
	return l.Read == l.Calls+l.Authorization+l.Unmatched+l.Elsewhere+l.Preflight+l.Blank+l.Skipped && l.Skipped == reasons
}

// Learn adds what a log told to the grants of its request: how each permission
// was used and, where the log shows when permission was asked for, when the
// purpose is over: at its event and the given days of grace.
func (f *Facts) Learn(u Usage, grace float64) {
	f.Usages = append(f.Usages, u)
	uses := map[string]Use{}
	for _, one := range u.Granted {
		uses[one.Scope] = one
	}
	for i := range f.Grants {
		g := &f.Grants[i]
		if g.Request != u.Request {
			continue
		}
		if one, ok := uses[g.Scope]; ok {
			g.Use, g.Why = one.Use, one.Why
		}
		if !u.Authorized.IsZero() && u.Event.At.After(u.Authorized) {
			days := u.Event.At.Sub(u.Authorized).Hours()/24 + grace
			g.PurposeEnds = float64(int(days*10+0.5)) / 10
		}
	}
}
