package usage

import (
	"fmt"
	"strings"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/asks"
)

// Watched is what an interface's own log tells about its clients.
type Watched struct {
	Log      string          `json:"log"`
	Provider string          `json:"provider"`
	Format   string          `json:"format"`
	Zone     string          `json:"zone"` // of the hours that are called night
	Window   asks.Window     `json:"window"`
	Clients  []WatchedClient `json:"clients"` // in name order
	Ledger   WatchLedger     `json:"ledger"`
	// Error is the standard error of counts of subjects that are not exact, as
	// a part of the count.
	Error float64  `json:"error"`
	Text  []string `json:"text"`
}

// A WatchedClient is one client with what it reads.
type WatchedClient struct {
	ID       string   `json:"id"`
	Declared []string `json:"declared"` // purposes; empty: it declared nothing
	Requests int      `json:"requests"`
	Subjects int      `json:"subjects"` // different people of the whole log
	Exact    bool     `json:"exact"`    // Subjects was counted exactly
	Hours    int      `json:"hours"`    // in which it called at all
	Median   float64  `json:"median"`   // people in an hour, over those hours
	Busiest  Hour     `json:"busiest"`
	Reads    []Reads  `json:"reads"` // most first
	Signs    []Sign   `json:"signs"` // empty: nothing to tell
	Peers    int      `json:"peers"` // clients that it was compared with; 0: too few
}

// An Hour is one hour of one client.
type Hour struct {
	At       time.Time `json:"at"`
	Requests int       `json:"requests"`
	Subjects int       `json:"subjects"`
}

// Reads counts the calls that one kind of data came with.
type Reads struct {
	What   string        `json:"what"` // in our words
	Data   diapason.Term `json:"data,omitempty"`
	Calls  int           `json:"calls"`
	Within bool          `json:"within"` // its purposes need it
}

// The signs.
const (
	OutsidePurpose = "outside-purpose" // calls that none of its purposes needs: a fact
	OverDeclared   = "over-declared"   // more than it said it needs: a fact
	Bulk           = "bulk"            // its usual hour is far above that of its peers
	Spike          = "spike"           // single hours far above its own, and not everybody's
)

// A Sign is one reason to ask a client what it does. Whether it is misuse is
// for people to find out.
type Sign struct {
	Kind     string    `json:"kind"`
	Sentence string    `json:"sentence"`
	Basis    string    `json:"basis"` // what it was held against
	Value    float64   `json:"value,omitempty"`
	Bound    float64   `json:"bound,omitempty"`
	Count    int       `json:"count"` // calls or hours
	Night    int       `json:"night,omitempty"`
	First    time.Time `json:"first"`
	Last     time.Time `json:"last"`
}

// A WatchLedger tells what became of every line. Read is the sum of all others
// but Reasons, which breaks Skipped up.
type WatchLedger struct {
	Read          int            `json:"read"`
	Calls         int            `json:"calls"`
	Authorization int            `json:"authorization"`
	Unmatched     int            `json:"unmatched"`
	Elsewhere     int            `json:"elsewhere"`
	Blank         int            `json:"blank"`
	Skipped       int            `json:"skipped"`
	Reasons       map[string]int `json:"reasons,omitempty"`
}

func (l *WatchLedger) skip(why string) {
	if l.Reasons == nil {
		l.Reasons = map[string]int{}
	}
	l.Skipped++
	l.Reasons[why]++
}

// Sums tells whether the ledger adds up.
func (l WatchLedger) Sums() bool {
	reasons := 0
	for _, n := range l.Reasons {
		reasons += n
	}
	return l.Read == l.Calls+l.Authorization+l.Unmatched+l.Elsewhere+l.Blank+l.Skipped && l.Skipped == reasons
}

func reasonsOf(reasons map[string]int) string {
	var parts []string
	for _, why := range sortedNames(reasons) {
		parts = append(parts, fmt.Sprintf("%s: %d", why, reasons[why]))
	}
	return strings.Join(parts, "; ")
}

// tellClients puts it into sentences: who is to be asked first.
func (w *Watched) tellClients() []string {
	var asked, quiet, silent []string
	for _, c := range w.Clients {
		switch {
		case len(c.Signs) > 0:
			asked = append(asked, c.ID)
		case len(c.Declared) == 0:
			silent = append(silent, c.ID)
		default:
			quiet = append(quiet, c.ID)
		}
	}
	text := []string{fmt.Sprintf("Of %s, %s, or much at once.", count(len(w.Clients), "client"), readsMore(len(asked)))}
	for _, c := range w.Clients {
		for _, s := range c.Signs {
			text = append(text, "`"+s.Kind+"` "+c.ID+" "+s.Sentence+" ("+s.Basis+").")
		}
	}
	if len(quiet) > 0 {
		text = append(text, "Nothing to tell of "+strings.Join(quiet, ", ")+".")
	}
	if len(silent) > 0 {
		text = append(text, "Nothing was declared for "+strings.Join(silent, ", ")+", so what they need is not known.")
	}
	if w.Ledger.Unmatched > 0 {
		text = append(text, count(w.Ledger.Unmatched, "call")+" "+are(w.Ledger.Unmatched)+" not in the catalogue: what they read is not known.")
	}
	return text
}

func readsMore(n int) string {
	if n == 1 {
		return "1 reads more than its purpose explains"
	}
	return fmt.Sprintf("%d read more than their purposes explain", n)
}
