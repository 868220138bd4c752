package asks

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"diapason.dev/diapason"
)

// The largest request that is read.
const (
	maxAddress = 16 << 10 // bytes
	maxScopes  = 500
)

// An Ask is one permission request as it was found: an address, or a provider
// and a list of scopes where no address was seen.
type Ask struct {
	ID      string // empty: numbered by Read
	URL     string // the authorize address, as found; it is never opened
	Earlier string // a second capture of the same button
	Page    string // address of the page that carries the link
	Window  string // features of the window that the page opens: "width=300,height=390"

	Consent *ConsentPage // what the provider's consent page printed, where that was seen

	Provider string // with Scopes, in place of URL
	Scopes   string // as the author wrote them, separators included

	For  []string // core purposes; empty: the request is described and not judged
	Also []string // purposes that are offered as a separate choice
	Tier string   // which kind of app asks; empty: the provider's usual one

	KeepUnknown bool // for Narrow: names that the catalogue lacks stay in the address

	Authorized time.Time `json:",omitzero"` // when the person agrees, if it is known
	Event      Event     `json:",omitzero"` // what the purpose waits for, if it is known
}

// A reading is an Ask taken apart.
type reading struct {
	ask      Ask
	address  *address // nil where only scopes were given
	earlier  *address
	provider *provider // nil where the catalogue does not know the host
	looks    *provider // the provider that the host pretends to be
	pages    bool
	format   *requestFormat
	param    []param // the scope parameters
	list     nameList
}

// read takes an Ask apart. What cannot be a request wraps diapason.ErrUsage.
func (c *Catalogue) read(r *reading) error {
	if err := checkInput(&r.ask); err != nil {
		return err
	}
	if r.ask.URL == "" {
		return c.readList(r)
	}
	return c.readURL(r)
}

func checkInput(a *Ask) error {
	given := [][]string{{a.URL, a.Earlier, a.Page, a.Scopes, a.Window, a.Provider, a.Tier}, a.For, a.Also}
	if a.Consent != nil {
		given = append(given, a.Consent.Lines, []string{a.Consent.Client})
	}
	for _, given := range given {
		for _, text := range given {
			if len(text) > maxAddress {
				return badAsk("give the address alone, as the button opens it",
					"read permission request: %d bytes are more than %d", len(text), maxAddress)
			}
			if strings.IndexByte(text, 0) >= 0 || strings.Contains(text, "%00") {
				return badAsk("copy the address again", "read permission request: it holds a zero byte")
			}
		}
	}
	switch {
	case a.URL == "" && a.Provider == "":
		return badAsk("give the address that the permission button opens, or a provider and its scopes",
			"read permission request: there is no address and no provider")
	case a.URL != "" && (a.Provider != "" || a.Scopes != ""):
		return badAsk("give one of the two", "read permission request: there is an address and a list of scopes")
	}
	return nil
}

func badAsk(next, format string, args ...any) error {
	return diapason.WithHint(&refusal{format, fmt.Errorf(format+": %w", append(args, diapason.ErrUsage)...)}, next)
}

func (c *Catalogue) readList(r *reading) error {
	r.provider = c.byID(strings.ToLower(r.ask.Provider))
	if r.provider == nil {
		return badAsk("known providers: "+strings.Join(c.providerIDs(), ", "),
			"read permission request: provider %q is not in the catalogue", r.ask.Provider)
	}
	r.format = &r.provider.Request
	r.list.read(r.ask.Scopes, r.format.Separator, false)
	return r.checkCount()
}

func (c *Catalogue) readURL(r *reading) error {
	r.address = readAddress(r.ask.URL)
	r.provider, r.pages = c.find(r.address)
	if r.provider != nil {
		r.format = &r.provider.Request
	} else {
		r.looks = c.lookalike(r.address)
	}
	if r.provider == nil && !r.isRequest() {
		return badAsk("give the address that the permission button opens; it names a scope or a client",
			"read permission request: %s is no permission request", shownAddress(r.address))
	}
	if r.ask.Earlier != "" {
		r.earlier = readAddress(r.ask.Earlier)
		if p, _ := c.find(r.earlier); p != r.provider {
			return badAsk("give two captures of the same button",
				"read permission request: the earlier address goes elsewhere")
		}
	}
	r.list.odd = r.address.flags
	r.param = r.address.all(r.format.ScopeParam)
	for _, p := range r.param {
		r.list.read(r.address.raw[p.start:p.end], r.format.Separator, true)
	}
	return r.checkCount()
}

// isRequest tells whether an address on an unknown host looks like a request at all.
func (r *reading) isRequest() bool {
	return r.looks != nil || r.address.host != "" && slices.ContainsFunc(r.address.params, func(p param) bool {
		return slices.Contains([]string{"scope", "client_id", "response_type", "redirect_uri"}, p.name)
	})
}

func (r *reading) checkCount() error {
	r.addBundle()
	if r.list.total > maxScopes {
		return badAsk("give one request", "read permission request: %d scopes are more than %d", r.list.total, maxScopes)
	}
	return nil
}

// addBundle names what a provider without a choice of permissions gives to
// everyone who asks.
func (r *reading) addBundle() {
	if r.provider == nil || r.pages {
		return
	}
	if at := r.provider.bundle(); at >= 0 {
		if id := r.provider.Scopes[at].ID; !slices.ContainsFunc(r.list.names, func(n scopeName) bool { return n.id == id }) {
			r.list.names = append(r.list.names, scopeName{id: id})
		}
	}
}

// inspectable tells whether the list of scopes can be seen: not where it
// travels in an object of its own, or where a page puts it together later.
func (r *reading) inspectable() bool {
	if r.address == nil || r.pages {
		return true
	}
	client, _ := r.address.get(r.format.ClientParam)
	fixed := r.provider != nil && r.provider.bundle() >= 0
	if client == "" && len(r.param) == 0 && !fixed {
		return false
	}
	for _, p := range r.address.params {
		if p.name == "request" || p.name == "request_uri" {
			return false
		}
	}
	for _, p := range r.param {
		if unfilled(p.value) {
			return false
		}
	}
	return true
}

// unfilled tells whether a value still holds the place of something that a
// script or a template fills in.
func unfilled(value string) bool {
	return strings.Contains(value, "${") || strings.Contains(value, "{{") || strings.Contains(value, "<%")
}

// app is the host that the answer goes to: who asks.
func (r *reading) app() string {
	if r.address == nil {
		return ""
	}
	target, _ := r.address.get("redirect_uri")
	if target == "" {
		return ""
	}
	to := readAddress(target)
	if to.host == "" || to.scheme != "https" && to.scheme != "http" {
		return visible(to.scheme + ":")
	}
	return visible(to.host)
}

// shownParams are the parameters whose values are kept in evidence.
var shownParams = []string{"response_type", "show_dialog", "prompt", "access_type", "code_challenge_method"}

// redacted is the address as evidence keeps it: scopes and switches as found,
// of every other value only its length, and of the redirect its host and path.
func (r *reading) redacted() string {
	if r.address == nil {
		return ""
	}
	var b strings.Builder
	b.WriteString(shownAddress(r.address))
	for i, p := range r.address.params {
		b.WriteString(map[bool]string{true: "?", false: "&"}[i == 0])
		b.WriteString(visible(p.name) + "=")
		switch {
		case p.name == r.format.ScopeParam || slices.Contains(shownParams, p.name):
			b.WriteString(visible(r.address.raw[p.start:p.end]))
		case p.name == "redirect_uri":
			b.WriteString(shownAddress(readAddress(p.value)))
		default:
			fmt.Fprintf(&b, "[%s]", plural(len([]rune(p.value)), "character"))
		}
	}
	return b.String()
}

// shownAddress is an address up to its query, without a user part.
func shownAddress(a *address) string {
	host := a.host
	if a.port != "" {
		host += ":" + a.port
	}
	return visible(a.scheme + "://" + host + a.path)
}
