package lab

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
)

// A Truth is what a fixture knows about itself: all that must be found in it,
// and, where a list is empty, that nothing of the kind must be. It stands in a
// page's own markup as <script type="application/json" data-truth>, and in a
// recording as the field "_truth" of its log.
type Truth struct {
	// Clean says that there is nothing to find at all.
	Clean       bool         `json:"clean,omitempty"`
	Identifiers []Identifier `json:"identifiers,omitempty"`
	Links       []Link       `json:"links,omitempty"`
	Leaks       []Leak       `json:"leaks,omitempty"`
	Recorders   []Recorder   `json:"recorders,omitempty"`
	Permissions *Permissions `json:"permissions,omitempty"`
	Returns     []Return     `json:"returns,omitempty"`
	Policy      *Policy      `json:"policy,omitempty"`
	Nights      []Night      `json:"nights,omitempty"`
	Segments    []Segment    `json:"segments,omitempty"`
	// Features are what a script reads of the device.
	Features []Feature `json:"features,omitempty"`
	// Decoys are stored entries and values that look like identifiers and are none.
	Decoys []Decoy `json:"decoys,omitempty"`
	// Collects says that the page asks for personal data, Unlinked that it
	// does so without a link to the policy.
	Collects bool `json:"collects,omitempty"`
	Unlinked bool `json:"unlinked,omitempty"`
	// Consent is how the page asks for a choice; nil: it is no matter there.
	Consent *ConsentTruth `json:"consent,omitempty"`
	// Link is who comes to know the visitor by what; nil: it is no matter there.
	Link *LinkTruth `json:"link,omitempty"`
}

// An Identifier is a value that names one browser.
type Identifier struct {
	Name  string `json:"name"`  // of its cookie
	Host  string `json:"host"`  // that set it
	Party string `json:"party"` // first or third
	Bits  int    `json:"bits"`
	// Stores are all places that hold it: cookie, localStorage, etag, body.
	Stores []string `json:"stores"`
	// Restored lists the minimal sets of browser stores that bring it back
	// after its cookie is gone; empty: nothing does.
	Restored [][]string `json:"restored,omitempty"`
	// Recipes lists the smallest sets of stores whose deletion, with the
	// cookie, ends it; empty: the one that has every restoring store.
	Recipes [][]string `json:"recipes,omitempty"`
	// MadeOf lists the minimal sets of features of the browser that it is made
	// of, where it needs no store; Account says that it belongs to an account,
	// and comes back when the same one signs in.
	MadeOf  [][]string `json:"made_of,omitempty"`
	Account bool       `json:"account,omitempty"`
	// Memory says that it comes back while the browser runs, and from no file.
	Memory bool `json:"memory,omitempty"`
	// Good is how often it comes back at most; 0: always.
	Good     int    `json:"good,omitempty"`
	Receiver string `json:"receiver"` // who gets it: a host
	Before   bool   `json:"before_choice"`
}

// A Link is one identifier that a receiver gets under two unrelated sites.
type Link struct {
	Receiver   string   `json:"receiver"`
	Identifier string   `json:"identifier"`
	Sites      []string `json:"sites"`
}

// A Leak is something typed that reaches somebody else.
type Leak struct {
	Field     string   `json:"field"` // selector
	Receiver  string   `json:"receiver"`
	Transform []string `json:"transform"` // in the order of doing: trim, lower, sha256, hex
	Parameter string   `json:"parameter"` // where it travels
	Submitted bool     `json:"submitted"` // after the form was sent, not before
	// Scope is the permission by which alone the service knows it; Field is then
	// its name in the configuration.
	Scope string `json:"scope,omitempty"`
}

// A Recorder records what is done on a page.
type Recorder struct {
	Receiver string   `json:"receiver"` // host
	Typing   []string `json:"typing"`   // selectors of the fields whose text is in the recording
}

// Permissions is what a campaign's link asks for.
type Permissions struct {
	Provider string   `json:"provider"`
	Purpose  string   `json:"purpose"`
	Needed   []string `json:"needed"`
	Asked    []string `json:"asked"`
	Flaws    []string `json:"flaws,omitempty"`
}

// A Return is a key to an account that stands in the address of a page to which
// a permission request returns.
type Return struct {
	Parameter string   `json:"parameter"`
	Scripts   []string `json:"scripts"`   // hosts whose scripts run there
	Receivers []string `json:"receivers"` // hosts that are sent it
}

// Policy is what a privacy policy says, and what it does not.
type Policy struct {
	Dated   string         `json:"dated"` // ISO 8601
	Denied  []Denial       `json:"denied,omitempty"`
	Untold  []string       `json:"untold,omitempty"`  // what happens and is not mentioned
	Missing []string       `json:"missing,omitempty"` // items of GDPR Article 13 that are not there, named as package says names them
	Cookies []PolicyCookie `json:"cookies,omitempty"`
	Changes []PolicyChange `json:"changes,omitempty"` // against the earlier version
}

// A Denial is a sentence that says that something does not happen.
type Denial struct {
	Data      string `json:"data"`      // vocabulary term
	Recipient string `json:"recipient"` // vocabulary term
	Quote     string `json:"quote"`
	False     bool   `json:"false"` // it does happen
}

// A PolicyCookie is a row of a policy's table of cookies.
type PolicyCookie struct {
	Name      string `json:"name"`
	Lifetime  string `json:"lifetime"`
	Essential bool   `json:"essential"`
}

// A PolicyChange is a practice that differs between two versions.
type PolicyChange struct {
	Class string `json:"class"` // added, removed, retention, …
	Data  string `json:"data"`  // vocabulary term
}

// A Night is what one receiver gets from a phone while its owner sleeps.
type Night struct {
	Receiver    string `json:"receiver"` // host
	Zone        string `json:"zone"`     // IANA name
	Hour        int    `json:"hour"`     // local
	Requests    int    `json:"requests"`
	Identifiers int    `json:"identifiers"` // of the requests, how many name the device
}

// A Segment is a guess about a person that an export holds.
type Segment struct {
	Name      string `json:"name"`
	Path      string `json:"path"` // of the export: "Inferences.json $.inferences[]"
	Sensitive bool   `json:"sensitive,omitempty"`
}

// A Decoy is an entry or value that an audit must not take for an identifier.
type Decoy struct {
	Name  string `json:"name"`
	Store string `json:"store"`
	Why   string `json:"why"` // constant, time, token, counter, order, few bits, consent record
}

// ErrNoTruth means that a page states no truth about itself.
var ErrNoTruth = errors.New("the page states no truth")

var truthBlock = regexp.MustCompile(`(?s)<script type="application/json" data-truth>(.*?)</script>`)

// PageTruth reads what a page of the lab says must be found in it. The error
// is [ErrNoTruth], or says why the block cannot be read.
func PageTruth(html string) (Truth, error) {
	var t Truth
	block := truthBlock.FindStringSubmatch(html)
	if block == nil {
		return t, ErrNoTruth
	}
	if err := json.Unmarshal([]byte(block[1]), &t); err != nil {
		return t, fmt.Errorf("read a page's truth: %w", err)
	}
	return t, nil
}
