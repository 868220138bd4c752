package filter

import "strings"

// A rule is one network rule, ready to be matched. There are more than a
// hundred thousand, so it is kept small: no more than 64 bytes.
type rule struct {
	pattern string // what is looked for, in lower case unless the case matters; of a regular expression its source
	allow   bits   // types, relations and methods that it applies to
	from    uint32 // 1 + index of the set of pages that it applies to; 0: all
	to      uint32 // 1 + index of the set of hosts that it applies to; 0: all
	regex   uint32 // 1 + index of its regular expression; 0: none
	start   uint32 // where the rule stands in the text of its list
	size    uint32
	line    uint32 // counted from 1
	list    uint16
	at      uint16 // where the word that the rule stands under begins in the pattern
	form    form
	last    bool // the last of its bucket
}

// A form says how a pattern is anchored.
type form uint8

const (
	anchorHost  form = 1 << iota // begins with a whole label of the host: ||
	anchorStart                  // begins where the address begins: |
	anchorEnd                    // ends where the address ends: |
	wholeHost                    // is exactly a host, as in ||host^
	matchCase                    // tells capital letters apart
	wild                         // has * or ^
)

// bits are what a rule asks of a request besides the address. A request has
// one bit of each kind; a rule applies if it has all three.
type bits uint32

// The types of request.
const (
	typeDocument bits = 1 << iota
	typeSubdocument
	typeScript
	typeStylesheet
	typeImage
	typeFont
	typeMedia
	typeObject
	typeXHR
	typeFetch // see [typeNames]
	typePing
	typeWebSocket
	typeOther
	typePopup
)

// How the host of a request stands to the host of its page.
const (
	sameHost bits = 1 << (iota + 14)
	sameSite      // another host of the same registrable domain
	otherSite
)

// The methods; one for those that no rule can name.
const (
	methodGet bits = 1 << (iota + 17)
	methodPost
	methodHead
	methodPut
	methodDelete
	methodOptions
	methodPatch
	methodConnect
	methodOther
)

const (
	everyType     = typePopup<<1 - 1
	everyRelation = sameHost | sameSite | otherSite
	everyMethod   = (methodOther<<1 - 1) &^ (methodGet - 1)
	// A rule that names no type is about what a page loads: not about the
	// page, nor about a window that opens.
	resourceTypes = everyType &^ (typeDocument | typePopup)
)

// parsed is a line that was read as a network rule, with what decides where
// the rule goes.
type parsed struct {
	rule
	except    bool
	important bool
	bad       bool // takes back the rule that is the same otherwise
	modifier  bool // read, never a hit
	isRegex   bool
	redirect  string // what is served instead; only to tell rules apart
	from, to  hostNames
}

// hostNames are the values of domain=, to= and denyallow= before they become a
// set: hosts that are meant, hosts that are not.
type hostNames struct{ in, out []string }

func (h hostNames) empty() bool { return len(h.in)+len(h.out) == 0 }

// parse reads one network rule. A reason that is not empty says why it cannot.
func parse(text string) (p parsed, reason string) {
	body, except := strings.CutPrefix(text, "@@")
	pattern, options := split(body)
	p.except, p.allow = except, everyRelation|everyMethod|resourceTypes
	if options != "" {
		if reason := p.options(options); reason != "" {
			return p, reason
		}
	}
	if p.modifier {
		return p, ""
	}
	return p, p.setPattern(pattern, options == "")
}

// split divides a rule into pattern and options. A $ may stand in either, so
// the options begin at the last $ that is followed by the name of an option.
func split(body string) (pattern, options string) {
	if strings.IndexByte(body, '$') < 0 {
		return body, ""
	}
	if isRegex(body) && !strings.Contains(body, "/$") {
		return body, ""
	}
	for end := len(body); ; {
		i := strings.LastIndexByte(body[:end], '$')
		if i < 0 {
			return body, ""
		}
		if startsOption(body[i+1:]) {
			return body[:i], body[i+1:]
		}
		end = i
	}
}

// startsOption tells whether a text begins like an option: a name, then = or ,
// or nothing.
func startsOption(s string) bool {
	s = strings.TrimPrefix(s, "~")
	for i := range len(s) {
		switch c := s[i]; {
		case c == ',' || c == '=':
			return i > 0
		case !isWord(c) && c != '-' && c != '_':
			return false
		}
	}
	return s != ""
}

func isRegex(pattern string) bool {
	return len(pattern) > 2 && pattern[0] == '/' && pattern[len(pattern)-1] == '/'
}

// setPattern reads the part of a rule that is about the address.
func (p *parsed) setPattern(s string, bare bool) (reason string) {
	if isRegex(s) {
		p.pattern, p.isRegex = s[1:len(s)-1], true
		return ""
	}
	if strings.IndexByte(s, ' ') >= 0 || strings.IndexByte(s, '\t') >= 0 {
		return "a space in the pattern"
	}
	s = p.anchors(s)
	if s == "" && bare {
		return "a pattern that fits every address"
	}
	if p.form&anchorHost != 0 {
		s = asciiHost(s)
	}
	s = escape(s)
	if p.form&matchCase == 0 {
		s = lower(s)
	}
	if p.form&anchorHost != 0 {
		if host, ok := strings.CutSuffix(s, "^"); ok && plainHost(host) && p.form&anchorEnd == 0 {
			p.form = p.form&^anchorHost | wholeHost
			s = lower(host)
		}
	}
	if p.form&wholeHost == 0 && strings.ContainsAny(s, "*^") {
		p.form |= wild
	}
	p.pattern = s
	return ""
}

// anchors takes the marks of both ends off a pattern. A * at an end means what
// no mark means.
func (p *parsed) anchors(s string) string {
	switch {
	case strings.HasPrefix(s, "||"):
		s, p.form = s[2:], p.form|anchorHost
	case strings.HasPrefix(s, "|"):
		s, p.form = s[1:], p.form|anchorStart
	}
	if strings.HasSuffix(s, "|") {
		s, p.form = s[:len(s)-1], p.form|anchorEnd
	}
	if t := strings.TrimLeft(s, "*"); len(t) < len(s) && p.form&anchorHost == 0 {
		s, p.form = t, p.form&^anchorStart
	}
	if t := strings.TrimRight(s, "*"); len(t) < len(s) {
		s, p.form = t, p.form&^anchorEnd
	}
	if s == "" { // every address begins and ends somewhere
		p.form &= matchCase
	}
	return s
}

// plainHost tells whether a text can be nothing but a host.
func plainHost(s string) bool {
	for i := range len(s) {
		if c := s[i]; !isWord(c) && c != '.' && c != '-' && c != '_' {
			return false
		}
	}
	return s != "" && s[0] != '.' && s[len(s)-1] != '.'
}
