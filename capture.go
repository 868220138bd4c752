package diapason

import "time"

// A Capture is what one visit left behind, whether a Chromium of ours made it
// or a HAR file was read. It is the input of every detector. Raw values of
// cookies and bodies are in it: a capture is private evidence and is redacted
// before it is shown (see Redact in package har).
type Capture struct {
	ID      string    `json:"id"`   // "A1", "C", "T3", "journey/sign-up/1", "phone"
	Site    string    `json:"site"` // first address that was opened
	Phase   Phase     `json:"phase"`
	Run     int       `json:"run"`               // 1, 2, 3 … repetition of the same visit
	Mode    Mode      `json:"mode"`              // auto: our browser; manual: a recorded file
	Journey string    `json:"journey,omitempty"` // name of the journey, if one was walked
	Started time.Time `json:"started"`
	Ended   time.Time `json:"ended"`
	Source  string    `json:"source"` // "chromium" or "har"

	Browser Browser `json:"browser,omitzero"`
	Profile Profile `json:"profile,omitzero"`

	Settle   string       `json:"settle"` // idle, busy, load-timeout, failed
	Complete bool         `json:"complete"`
	Requests []Request    `json:"requests"`
	Cookies  []Cookie     `json:"cookies"` // the jar at the end of the visit
	Stores   []StoreEntry `json:"stores"`  // web storage at the end of the visit
	Blocked  []Blocked    `json:"blocked,omitempty"`
	Dials    []Dial       `json:"dials,omitempty"` // what the gate was asked to dial
	Baits    []Bait       `json:"baits,omitempty"`
	Dialogs  []string     `json:"dialogs,omitempty"`
	Pages    []Page       `json:"pages,omitempty"`  // main-frame documents as rendered when the page had settled
	Calls    []Call       `json:"calls,omitempty"`  // what scripts did with the interfaces that are listened to
	Banner   *Banner      `json:"banner,omitempty"` // nil: the visit did not look for one
	GPC      bool         `json:"gpc,omitempty"`    // the visit told every page that Global Privacy Control is on
	// Certificates are those that the browser did not trust, so that a page could not be opened.
	Certificates []Certificate `json:"certificates,omitempty"`
	Shot         []byte        `json:"-"` // PNG screenshot; stored as a blob of its own
	Gaps         []Gap         `json:"gaps,omitempty"`
	// Zone is the IANA name of the zone in which local hours are told; empty means unknown.
	Zone string `json:"zone,omitempty"`
	// Cleared is when the running browser deleted what a person can delete; what
	// was sent later, and the jar and stores at the end, are what came after.
	Cleared time.Time `json:"cleared,omitzero"`
	// Counts that could not be kept as records: what was cut and how often.
	Cut map[string]int `json:"cut,omitempty"`
	// Weights are what comparing raw values showed, for captures whose values
	// have been replaced by commitments since.
	Weights []Weight `json:"weights,omitempty"`
}

// A Weight is what comparing the raw values of four recordings showed about one
// place, before commitments took their place. Without it nobody could tell a
// long random value from a date: commitments are all equally long.
type Weight struct {
	Store string  `json:"store"` // cookie, url, form, header …
	Host  string  `json:"host"`
	Key   string  `json:"key"`
	Class string  `json:"class"`           // identifier, weak, time … as facts name it
	Score float64 `json:"score,omitempty"` // bits
	Path  string  `json:"path,omitempty"`  // way to the part that tells recordings apart
	Value string  `json:"value,omitempty"` // how that part stands in this capture: mostly a commitment
	// Forms are the other ways in which that part is written in this capture,
	// by what stands for them: a hash of it has a commitment of its own.
	Forms map[string][]string `json:"forms,omitempty"`
}

// Browser describes the browser of a visit.
type Browser struct {
	Product    string   `json:"product,omitempty"` // "Chromium/156.0.8078.73"
	BinaryHash string   `json:"binary_sha256,omitempty"`
	Flags      []string `json:"flags,omitempty"` // ports replaced by PORT, folders by DIR
	Sandbox    bool     `json:"sandbox"`
	UserAgent  string   `json:"user_agent,omitempty"`
	// Shown are the features that were shown differently than in other visits,
	// by name, and as what.
	Shown map[string]string `json:"shown,omitempty"`
}

// Profile tells the state of the browser profile before the first navigation.
type Profile struct {
	State             string   `json:"state,omitempty"` // fresh, returned (same store, new process), transplant
	Kept              []string `json:"kept,omitempty"`  // transplant: names of the atoms that were copied
	Cookies           int      `json:"cookies"`         // in the jar before the first navigation
	Entries           []string `json:"entries,omitempty"`
	ThirdPartyCookies string   `json:"third_party_cookies,omitempty"` // allow or block, as written into Preferences
}

// A Page is a main-frame document as the browser had built it.
type Page struct {
	URL   string    `json:"url"`
	Title string    `json:"title,omitempty"`
	HTML  string    `json:"html"`
	At    time.Time `json:"at,omitzero"` // when it was taken
	// Typed is true when a person's (or bait's) text had been typed before this was taken.
	Typed bool `json:"typed,omitempty"`
}

// A Request is one exchange on the network, redirects as requests of their own.
type Request struct {
	ID        string    `json:"id"`
	URL       string    `json:"url"`
	Method    string    `json:"method"`
	Type      string    `json:"type"` // document, script, image, xhr, fetch, ping, stylesheet, font, media, websocket, preflight, other
	At        time.Time `json:"at"`
	Page      string    `json:"page,omitempty"`      // address of the top-level document when it was sent
	Frame     string    `json:"frame,omitempty"`     // address of the document that sent it
	Target    string    `json:"target,omitempty"`    // page, iframe, worker, shared_worker, service_worker
	Initiator string    `json:"initiator,omitempty"` // address of the script that sent it, if known
	// From is page, browser (noise of the browser itself), report-upload, or left:
	// something that went out when a page had been left, of which the browser does
	// not tell. The gate saw where it went and how much it was, and nothing else.
	From     string `json:"from,omitempty"`
	Redirect string `json:"redirect,omitempty"` // id of the request that redirected here
	// Cause tells why the tab went to a document: opened (by the visit), input
	// (the visit clicked or typed on the page before), redirect, page (the page
	// before went on by itself: a refresh or a script). Empty for all else.
	Cause string `json:"cause,omitempty"`

	Headers []Header `json:"headers"` // as sent (ExtraInfo where the browser gave it)
	Body    Body     `json:"body,omitzero"`

	Status          int      `json:"status"` // 0: no answer
	ResponseHeaders []Header `json:"response_headers,omitempty"`
	ResponseBody    Body     `json:"response_body,omitzero"`
	FromCache       string   `json:"from_cache,omitempty"` // disk, memory, service-worker, prefetch
	Revalidated     bool     `json:"revalidated,omitempty"`
	Address         string   `json:"address,omitempty"` // remote address as the gate dialled it
	CNAME           []string `json:"cname,omitempty"`
	Failed          string   `json:"failed,omitempty"` // the browser's own error word
	// Messages are what went out on a socket; what came in is the answer's
	// body, a line for each message.
	Messages []string `json:"messages,omitempty"`
}

// A Certificate is what a server showed and the browser did not trust.
type Certificate struct {
	Host   string    `json:"host"`
	Reason string    `json:"reason"` // the browser's own error word
	Names  []string  `json:"names,omitempty"`
	Issuer string    `json:"issuer,omitempty"` // distinguished name (RFC 2253)
	From   time.Time `json:"from,omitzero"`
	Until  time.Time `json:"until,omitzero"`
	SHA256 string    `json:"sha256,omitempty"` // of DER
	DER    []byte    `json:"der,omitempty"`
}

// A Header is one header line.
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// A Body is what was sent or received. Text is at most the first MiB.
type Body struct {
	Text   string `json:"text,omitempty"`
	SHA256 string `json:"sha256,omitempty"` // of all bytes
	Size   int64  `json:"size,omitempty"`
	Mime   string `json:"mime,omitempty"`
	// Absent is the reason when a body existed and could not be had.
	Absent string `json:"absent,omitempty"`
}

// A Cookie stands in the jar.
type Cookie struct {
	Name      string    `json:"name"`
	Value     string    `json:"value"`
	Domain    string    `json:"domain"`
	Path      string    `json:"path"`
	Expires   time.Time `json:"expires,omitzero"` // zero: session cookie
	Secure    bool      `json:"secure,omitempty"`
	HTTPOnly  bool      `json:"http_only,omitempty"`
	SameSite  string    `json:"same_site,omitempty"`
	Partition string    `json:"partition,omitempty"`
	Setter    string    `json:"setter,omitempty"` // "http" with the request's id, or address of the script, if known
}

// A StoreEntry is one entry of web storage.
type StoreEntry struct {
	Kind   string `json:"kind"` // localStorage, sessionStorage, indexedDB, cacheStorage, serviceWorker, file (of the origin's private file system), bucket
	Origin string `json:"origin"`
	Name   string `json:"name,omitempty"` // database and object store, cache name, folder; of a bucket, after the bucket's name
	Key    string `json:"key"`
	Value  string `json:"value"`
}

// Blocked is an attempt to store or send that the browser refused. It is a fact too.
type Blocked struct {
	Kind   string `json:"kind"` // cookie-set, cookie-send
	Name   string `json:"name"`
	URL    string `json:"url"`
	Reason string `json:"reason"`
}

// A Dial is one connection that the gate was asked for.
type Dial struct {
	Host    string    `json:"host"`
	Port    int       `json:"port"`
	Address string    `json:"address,omitempty"`
	Refused string    `json:"refused,omitempty"` // why the gate did not dial: special-purpose range, unknown name
	At      time.Time `json:"at"`
}

// A Bait is a made-up value that was typed into a page.
type Bait struct {
	ID        string    `json:"id"`   // "email", "name"
	Data      Term      `json:"data"` // pd:EmailAddress …
	Value     string    `json:"value"`
	Selector  string    `json:"selector"`
	URL       string    `json:"url"`
	At        time.Time `json:"at"` // first key
	Submitted time.Time `json:"submitted,omitzero"`
}

// A Call is what one script did with one interface of the browser, merged over
// equal calls of a frame.
type Call struct {
	API    string    `json:"api"`             // "document.cookie=", "cookieStore.set", "HTMLCanvasElement.toDataURL"
	Name   string    `json:"name,omitempty"`  // cookie or key that was written, font that was asked for
	Value  string    `json:"value,omitempty"` // of the first such call, cut; of a cookie, the line that was written: "id=7; max-age=60"
	Script string    `json:"script"`          // address of the script that called
	Stack  []string  `json:"stack,omitempty"` // addresses of the scripts that led there, innermost first, each once
	Frame  string    `json:"frame"`           // address of the document or worker in which it ran
	Target string    `json:"target"`          // page, iframe, worker, shared_worker, service_worker
	Count  int       `json:"count"`
	At     time.Time `json:"at"` // of the first such call
}

// A Banner is what a visit found on a page that asks for a choice about
// storing and reading, how each choice is offered, and what came of the choice
// that the visit made.
type Banner struct {
	URL      string   `json:"url"`              // page on which it was looked for
	Found    bool     `json:"found"`            // false: no banner stood on the page
	By       string   `json:"by,omitempty"`     // words, selector, or the name of a consent rule
	Text     string   `json:"text,omitempty"`   // its words, cut
	Accept   Control  `json:"accept"`           // the way to agree to everything
	Reject   Control  `json:"reject"`           // the way to refuse everything
	Withdraw Control  `json:"withdraw"`         // the way to take agreement back; only looked for in P3
	Preset   []string `json:"preset,omitempty"` // purposes that are ticked before anybody chose
	// Chosen is what the visit did: accept, reject, withdraw (after accept), or
	// nothing. A visit that was to withdraw and could not has chosen accept.
	Chosen string `json:"chosen,omitempty"`
	// Registered is true when what was chosen was seen to count: the banner stays
	// gone after a reload, and something that records the choice was stored or
	// changed. For a withdrawal the latter is enough, as a site may ask anew.
	Registered bool   `json:"registered,omitempty"`
	Why        string `json:"why,omitempty"` // why a choice could not be made or did not register
	// Since is when the choice had been made: what happened earlier was not its consequence.
	Since time.Time `json:"since,omitzero"`
	// Cookies and Stores are what lay in the profile right before the choice:
	// what lies there at the end and did not then was stored after it.
	Cookies []Cookie     `json:"cookies,omitempty"`
	Stores  []StoreEntry `json:"stores,omitempty"`
}

// A Control is how one choice is offered.
type Control struct {
	Words string `json:"words,omitempty"` // on what is clicked last
	Kind  string `json:"kind,omitempty"`  // button, link, close, or text that is no control by its looks
	// Clicks are pointer or key activations from the first sight of the page; -1:
	// no control was found; 0: none was looked for, because the visit did not open
	// the layer where it may be.
	Clicks int `json:"clicks"`
	Layer  int `json:"layer"` // 1: on the banner itself, 2: one step in; 0: none was found
	// Contrast is the contrast ratio of the words against what lies under them
	// (WCAG 2.2, 1 to 21), Area the size in CSS pixels squared, Font the size of
	// the letters in CSS pixels.
	Contrast float64 `json:"contrast,omitempty"`
	Area     float64 `json:"area,omitempty"`
	Font     float64 `json:"font,omitempty"`
	Keyboard bool    `json:"keyboard"` // reached with the Tab key alone
}
