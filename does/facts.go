// Package does turns captures of what a service's pages and apps do into
// facts: identifiers found by experiment, identifiers that came back after
// deletion, identifiers shared across sites and passed on between companies,
// bait that leaked, activity by local hour. It draws every conclusion from a stored [diapason.Capture], so
// that the same facts can be computed again without a browser.
//
// Start at [Plan], whose Run makes the visits with a real Chromium, and at
// [Reader], whose Read draws the facts and whose Flows tells who received what.
//
// An identifier is never known by a list of names: it is what stays the same
// in one browser profile and differs in another. A store is only called
// restoring if a visit that kept nothing but that store brought the value
// back, and a recipe only proved if the visit that kept everything else did
// not. Names of fields decide two things alone: which first-party values are
// exempt from consent (guards of forms, records of a choice), and which fields
// of a recorded app name the device, because one recording cannot be compared
// with another.
//
// Who passes a visitor on is told with proof of the same kind. A company knows
// another's identifier if two profiles at least sent it theirs; a host of the
// service is another company's if the chain of its names leads there; a site
// was passed without being asked for if nothing but redirects and pages that
// went on by themselves led through it.
//
// What a service does after a refusal, an agreement, a withdrawal, or under
// Global Privacy Control, is judged apart from what it does before anybody
// chose, and only from what came after the click. Visits that choose are made
// where a page offers the choice, and count if the choice was seen to be kept.
//
// The package never shows a value: facts hold counts, names of places, salted
// commitments and addresses without the values in them. It does not say what a
// receiver does with what it gets, which nobody outside can see.
package does

import (
	"time"

	"diapason.dev/diapason"
)

// Facts is everything that the voice found in its captures.
type Facts struct {
	Visits      []Visit      `json:"visits"`
	Accesses    []Access     `json:"accesses"`
	Cookies     []Cookie     `json:"cookies"`
	Identifiers []Identifier `json:"identifiers"`
	Links       []Link       `json:"links"`
	Respawns    []Respawn    `json:"respawns"`
	Seeds       []Seed       `json:"seeds"`
	Leaks       []Leak       `json:"leaks"`
	Recorders   []Recorder   `json:"recorders"`
	Probes      []Probe      `json:"probes"`
	Nights      []Night      `json:"nights"`
	Banners     []Banner     `json:"banners"`
	Syncs       []Sync       `json:"syncs"`
	Cloaks      []Cloak      `json:"cloaks"`
	Bounces     []Bounce     `json:"bounces"`
	Decorations []Decoration `json:"decorations"`
	Returns     []Return     `json:"returns"`
	SelfTest    *SelfTest    `json:"self_test,omitempty"` // nil: no experiment on deleted identifiers was made
}

// A SelfTest is what came of trying the experiment on deleted identifiers on a
// page of our own, with the same browser and flags, before it was made.
type SelfTest struct {
	Works  []string `json:"works"` // parts of a profile that came back whenever they were kept, and never otherwise
	Fails  []string `json:"fails"` // the others; they were left out of the experiment, which was not made at all if the cookies are among them
	Visits []string `json:"visits"`
}

// A Visit is one complete or incomplete look at a page.
type Visit struct {
	ID          string         `json:"id"`
	Site        string         `json:"site"`
	Phase       diapason.Phase `json:"phase"`
	Run         int            `json:"run"`
	Source      string         `json:"source"` // chromium, har
	Settle      string         `json:"settle"`
	Complete    bool           `json:"complete"`
	URL         string         `json:"url"`
	At          time.Time      `json:"at"`
	Requests    int            `json:"requests"`
	ThirdParty  string         `json:"third_party_cookies,omitempty"` // the cookie policy of the profile
	Kept        []string       `json:"kept,omitempty"`                // the stores that the profile had of another, in the experiment on deleted identifiers
	Collects    bool           `json:"collects"`                      // a page has a form that asks for personal data
	PolicyLink  bool           `json:"policy_link"`                   // a page links to a privacy policy
	UnsafeForms int            `json:"unsafe_forms"`                  // forms that submit to http
	Evidence    []diapason.Ref `json:"evidence,omitempty"`
}

// An Access is one kind of setting, reading or contacting, merged per visit.
type Access struct {
	Kind      string         `json:"kind"` // set, read, contact
	Phase     diapason.Phase `json:"phase"`
	Run       int            `json:"run"`
	Visit     string         `json:"visit"`
	Name      string         `json:"name"` // cookie or storage key; host for a contact
	Recipient diapason.Party `json:"recipient"`
	Data      diapason.Term  `json:"data"`
	// NX tells whether consent is wanted: yes, no, unknown. Deciding names what decided.
	NX        string  `json:"nx"`
	Deciding  string  `json:"deciding,omitempty"`
	Exemption string  `json:"exemption,omitempty"`
	Claimed   string  `json:"claimed,omitempty"`  // "essential" where the policy says so of this name
	Lifetime  float64 `json:"lifetime,omitempty"` // days; 0 for session
	CrossSite bool    `json:"cross_site,omitempty"`
	// PageAddress is true where a contact told which page was being read.
	PageAddress bool `json:"page_address,omitempty"`
	// Unsignalled is true where Global Privacy Control was on and none of the
	// requests to this host could say so, as the handshake of a socket cannot.
	Unsignalled bool           `json:"unsignalled,omitempty"`
	Count       int            `json:"count"`
	Evidence    []diapason.Ref `json:"evidence,omitempty"`
}

// A Cookie is one stored entry of any mechanism, seen across the visits.
type Cookie struct {
	Name      string         `json:"name"`
	Store     string         `json:"store"` // cookie, localStorage, sessionStorage, indexedDB, …
	Host      string         `json:"host"`
	Phase     diapason.Phase `json:"phase"`
	Recipient diapason.Party `json:"recipient"`
	Setter    string         `json:"setter,omitempty"`
	// Writer is the company whose script wrote an entry of another company's
	// place, as seen from the calls; nil where it is not known, or is the same.
	Writer    *diapason.Party `json:"writer,omitempty"`
	Attempted bool            `json:"attempted"`
	Stored    bool            `json:"stored"`
	Sent      bool            `json:"sent"`
	NX        string          `json:"nx"`
	Class     string          `json:"class"`    // identifier, weak, counter-like, consent record, token, time, constant, device-derived (equal while the browser shows the same features), shared (equal in some profiles), unclear
	Lifetime  float64         `json:"lifetime"` // days; 0 for session; -1 without end (web storage)
	// Told fields are filled by the audit from the policy's cookie statements.
	Stated       float64        `json:"stated"` // days, as the policy states; 0: not stated
	LifetimeTold bool           `json:"lifetime_told"`
	AccessTold   bool           `json:"access_told"`
	Evidence     []diapason.Ref `json:"evidence,omitempty"`
}

// An Identifier is a value that is stable in one profile and different in
// another: it could distinguish at least 2^Score browsers.
type Identifier struct {
	ID       string         `json:"id"`    // stable name within the run: "cookie nid @ nocturne.example"
	Site     string         `json:"site"`  // site under which it was seen
	Store    string         `json:"store"` // cookie, localStorage, etag, url, body, header …
	Key      string         `json:"key"`   // path: key, field, index
	Host     string         `json:"host"`
	Class    string         `json:"class"` // identifier (32 bits or more), weak (20 to 32), counter-like
	Score    float64        `json:"score"` // bits; not more than 64 are told
	Phase    diapason.Phase `json:"phase"`
	Lifetime float64        `json:"lifetime"` // days
	// Renewed is true for a cookie that was issued again while it was there: its
	// life begins anew with every visit. That is no return after deletion.
	Renewed   bool             `json:"renewed,omitempty"`
	Carrier   string           `json:"carrier"` // cookie, pixel, url, header, body: how it travelled
	Receivers []diapason.Party `json:"receivers"`
	// Addresses are those to which it was sent, without their queries and
	// without what looks like a value, sorted: "https://pulse.example/p.gif".
	Addresses []string `json:"addresses"`
	Survives  []string `json:"survives"` // deletions that it outlives: "cookie-box", "cache-box"
	// Commitment stands for the values: salted, so that equal values in one run can be told and nothing else.
	Commitment string         `json:"commitment"`
	Visits     []string       `json:"visits"` // the visits that prove the class
	Evidence   []diapason.Ref `json:"evidence,omitempty"`
}

// A Respawn is an identifier that came back after its store was emptied.
type Respawn struct {
	Kind       string         `json:"kind"` // storage, stateless, account, memory
	Identifier string         `json:"identifier"`
	Score      float64        `json:"score"`
	Target     string         `json:"target"` // the store that was deleted: "Cookies"
	Key        string         `json:"key"`
	Recipient  diapason.Party `json:"recipient"`
	Proved     bool           `json:"proved"`
	// Stores are the minimal restoring sets, each alone enough: [["Cache"],["Local Storage"]].
	Stores [][]string `json:"stores"`
	// Recipe is the set of stores whose removal, with the target, was proved to end it by visits that kept everything else.
	// For what came back from memory it is empty: quitting the browser ends it, as those visits did.
	Recipe []string `json:"recipe"`
	// Features are, for a stateless return, the minimal sets of features of the browser that it is made of.
	Features     [][]string `json:"features,omitempty"`
	RecipeProved bool       `json:"recipe_proved"`
	Written      bool       `json:"written"` // written again into an emptied store
	Sent         bool       `json:"sent"`    // sent again
	Tests        []Test     `json:"tests"`
	Notice       bool       `json:"notice"` // the policy tells of it
	// Agreed is true where every visit of the experiment accepted what the page asks for.
	Agreed    bool           `json:"agreed,omitempty"`
	NotLooked []string       `json:"not_looked,omitempty"`
	Evidence  []diapason.Ref `json:"evidence,omitempty"`
}

// A Test is one visit of a respawn experiment.
type Test struct {
	Visit    string   `json:"visit"`
	Kept     []string `json:"kept"`
	Changed  []string `json:"changed,omitempty"`   // features that the browser showed differently
	SignedIn bool     `json:"signed_in,omitempty"` // somebody signed in, with the same account every time
	Running  bool     `json:"running,omitempty"`   // nothing was kept: everything was deleted in a running browser, which went on
	Returned bool     `json:"returned"`
	Written  bool     `json:"written"`
	Sent     bool     `json:"sent"`
}

// A Link is that one receiver could join the visits of one browser to several
// sites. It shows a capability: what a receiver joins is not visible.
type Link struct {
	Receiver diapason.Party `json:"receiver"`
	// Level is L3: it gets the same value on all of them; L2: one value and a
	// hash of it; L1: a lasting value on each that differs from site to site,
	// which only the receiver can join; L0: it is reached on all of them, and
	// sees no more than the network address.
	Level      string         `json:"level"`
	MemoryOnly bool           `json:"memory_only"` // it was seen in one run of the browser, and not after a restart
	Sites      []string       `json:"sites"`
	Identifier string         `json:"identifier"` // empty for L0
	Score      float64        `json:"score"`
	Evidence   []diapason.Ref `json:"evidence,omitempty"`
}

// A Leak is bait that reached a receiver, as it was typed, in an encoding or as
// a hash without a key. What was encrypted, or hashed with a key or a salt that
// only the sender knows, is out of reach: that there is no leak says nothing
// of it.
type Leak struct {
	Seed      string         `json:"seed"`
	Data      diapason.Term  `json:"data"`
	Transform string         `json:"transform"` // "plain", "hash:sha256", "lower>hash:sha256>hex"; begins with hash when any hash is in the chain
	Chain     []string       `json:"chain"`     // all steps in order
	Phase     diapason.Phase `json:"phase"`
	Run       int            `json:"run"`
	Visit     string         `json:"visit"`
	Submitted bool           `json:"submitted"` // sent after the form was submitted
	Scheme    string         `json:"scheme"`    // http, https
	Where     string         `json:"where"`     // url, header, body, path
	Sensitive bool           `json:"sensitive"`
	Scope     string         `json:"scope"` // the permission that alone opens the seed
	Recipient diapason.Party `json:"recipient"`
	Evidence  []diapason.Ref `json:"evidence,omitempty"`
}

// A Seed is a made-up value that was looked for in what was sent.
type Seed struct {
	ID    string        `json:"id"`
	Data  diapason.Term `json:"data"`
	Scope string        `json:"scope"` // the permission that alone opens it; empty: it was typed into a page
	At    time.Time     `json:"at"`    // when it was first typed, or first could have been sent
}

// A Recorder is a company whose script records what a person does on a page, so
// that it can be played back: the document as it stands, and every change,
// move, scroll and key. Seen in one visit.
type Recorder struct {
	Recipient diapason.Party `json:"recipient"`
	Phase     diapason.Phase `json:"phase"`
	Run       int            `json:"run"`
	Visit     string         `json:"visit"`
	Script    string         `json:"script,omitempty"` // address of a known recorder that was loaded; it is present, whatever it sent
	Events    int            `json:"events"`           // of a recording, that it was sent
	// Typing names the made-up values that were in the recording as they had
	// been typed, or as a hash: then it records typing.
	Typing   []string       `json:"typing"`
	Evidence []diapason.Ref `json:"evidence,omitempty"`
}

// A Probe is an attempt to reach the person's own device or network, or to
// read its features.
type Probe struct {
	Kind      string         `json:"kind"`   // network; or the feature that was read: canvas, fonts, audio, webgl
	Target    string         `json:"target"` // loopback, lan; features
	Host      string         `json:"host"`   // that was to be reached; of the script that read a feature
	Phase     diapason.Phase `json:"phase"`
	Run       int            `json:"run"`
	Visit     string         `json:"visit"`
	Sent      bool           `json:"sent"` // it left the browser; what was read, or a hash of it, did
	CarriesID bool           `json:"carries_id"`
	Blocked   bool           `json:"blocked"`
	Recipient diapason.Party `json:"recipient"` // whose script tried; who was sent what was read
	Evidence  []diapason.Ref `json:"evidence,omitempty"`
}

// A Night is one receiver's activity by local hour in a recorded capture.
type Night struct {
	Visit       string         `json:"visit"`
	Receiver    diapason.Party `json:"receiver"`
	Hosts       []string       `json:"hosts"`
	Zone        string         `json:"zone"` // empty: unknown, then Known is false and no verdict is possible
	Known       bool           `json:"known"`
	Hours       [24]int        `json:"hours"`       // requests by local hour
	Requests    int            `json:"requests"`    // between 00:00 and 06:00
	Bytes       int64          `json:"bytes"`       // sent between 00:00 and 06:00
	Identifiers int            `json:"identifiers"` // of those requests, how many carried a value that names the device or person
	First       time.Time      `json:"first,omitzero"`
	Last        time.Time      `json:"last,omitzero"`
	Evidence    []diapason.Ref `json:"evidence,omitempty"`
}

// A Banner is one look at what asks for a choice, and at what came of choosing.
// The fields that it shares with [diapason.Banner] mean the same.
type Banner struct {
	Phase      diapason.Phase   `json:"phase"`
	Run        int              `json:"run"`
	Visit      string           `json:"visit"`
	URL        string           `json:"url"`
	Found      bool             `json:"found"`
	By         string           `json:"by,omitempty"`
	Accept     diapason.Control `json:"accept"`
	Reject     diapason.Control `json:"reject"`
	Withdraw   diapason.Control `json:"withdraw"`
	Preset     []string         `json:"preset,omitempty"`
	Chosen     string           `json:"chosen,omitempty"`
	Registered bool             `json:"registered,omitempty"`
	Why        string           `json:"why,omitempty"`
	Evidence   []diapason.Ref   `json:"evidence,omitempty"`
}

// A Sync is one company's identifier that another company came to know on one
// site: in an address that was requested from it, in the page address sent to
// it, or in a redirect that pointed to it (Acar et al., CCS 2014).
type Sync struct {
	Site       string         `json:"site"`
	Identifier string         `json:"identifier"` // the owner's, as in Identifier.ID
	Owner      diapason.Party `json:"owner"`
	Receiver   diapason.Party `json:"receiver"`
	// Phases are those in which it was seen, the four visits' first. Way, Chain
	// and Through are told of the first.
	Phases   []diapason.Phase `json:"phases"`
	Way      string           `json:"way"`               // the most telling of: location (a redirect), url, body, header, referer, cookie (a copy in the receiver's own)
	Chain    []string         `json:"chain,omitempty"`   // what was done to the value: hash:sha256, base64 …
	Through  []string         `json:"through,omitempty"` // ids of the parties that passed it on by redirects, in order; who embedded a request is not one of them
	Visits   []string         `json:"visits"`
	Evidence []diapason.Ref   `json:"evidence,omitempty"`
}

// A Cloak is a host within the service's own domains that another company
// answers, as the chain of its names shows (Dimova et al. 2021).
type Cloak struct {
	Host        string         `json:"host"`
	Chain       []string       `json:"chain"` // its canonical names, in order
	Party       diapason.Party `json:"party"`
	Identifiers []string       `json:"identifiers"` // that it receives, as in Identifier.ID
	Listed      string         `json:"listed,omitempty"`
	Visits      []string       `json:"visits"`
	Evidence    []diapason.Ref `json:"evidence,omitempty"`
}

// A Bounce is a site that a person was led through without asking for it, and
// that stored or read something while they passed.
type Bounce struct {
	From     string         `json:"from"`
	Through  string         `json:"through"` // host
	To       string         `json:"to"`
	Party    diapason.Party `json:"party"`
	Touched  []string       `json:"touched"` // names of what was stored or read
	Visits   []string       `json:"visits"`
	Evidence []diapason.Ref `json:"evidence,omitempty"`
}

// A Decoration is an identifier in the address of a link that leads to another site.
type Decoration struct {
	Identifier string           `json:"identifier"` // as in Identifier.ID; empty where the value is kept in no store
	Parameter  string           `json:"parameter"`
	Score      float64          `json:"score"`
	From       string           `json:"from"`
	To         string           `json:"to"`
	Party      diapason.Party   `json:"party"`  // who stands behind the site that the link leads to
	Phases     []diapason.Phase `json:"phases"` // in which it was seen, the four visits' first
	Visits     []string         `json:"visits"`
	Evidence   []diapason.Ref   `json:"evidence,omitempty"`
}

// A Return is a page to which a permission request returned with a key to
// somebody's account in its address.
type Return struct {
	App       string           `json:"app"`       // host of the page: who asked for the permission
	Parameter string           `json:"parameter"` // code, access_token, id_token, refresh_token
	Phase     diapason.Phase   `json:"phase"`
	Run       int              `json:"run"`
	Visit     string           `json:"visit"`
	Scripts   []diapason.Party `json:"scripts"`   // other companies whose scripts ran in that document, where they can read its address
	Receivers []diapason.Party `json:"receivers"` // other companies that were sent the key, or a form of it
	Evidence  []diapason.Ref   `json:"evidence,omitempty"`
}
