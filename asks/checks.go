package asks

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"diapason.dev/diapason/entity"
)

// generic is how a provider that the catalogue lacks is read: the names that
// RFC 6749 gives to the parameters.
var generic = requestFormat{ScopeParam: "scope", ClientParam: "client_id", Separator: " ", PKCE: "unsupported", CaseSensitive: true}

// tight is the window below which a consent page cannot be read without scrolling.
const (
	tightWidth  = 400
	tightHeight = 500
)

var (
	secretName   = regexp.MustCompile(`(?i)token|secret|session|passw|api_?key|\bauth\b|jwt`)
	secretValue  = regexp.MustCompile(`^eyJ[\w-]+\.[\w-]+\.`)
	windowWidth  = regexp.MustCompile(`(?i)\bwidth\s*=\s*(\d{1,5})`)
	windowHeight = regexp.MustCompile(`(?i)\bheight\s*=\s*(\d{1,5})`)
)

// A surroundings is what was seen beside the address itself.
type surroundings struct {
	earlier *address
	page    string
	window  string
	client  string // name on the consent page
}

// checkAddress looks at everything of a request but its scopes, in the order
// in which a report tells it: grant, state, proof key, parameters, redirect, window.
func checkAddress(a *address, f *requestFormat, s surroundings) flags {
	found := make(flags, 0, 8)
	kind, _ := a.get("response_type")
	implicit := hasWord(kind, "token")
	if implicit {
		found.add("implicit-grant")
	}
	if a.scheme != "https" {
		found.add("authorize-http")
	}
	state, _ := a.get("state")
	earlier := ""
	if s.earlier != nil {
		earlier, _ = s.earlier.get("state")
	}
	found.add(stateFlags(state, earlier, s.page)...)
	if f.PKCE != "unsupported" && !implicit {
		found.add(proofKey(a)...)
	}
	found.add(parameters(a, f)...)
	found.add(redirect(a, s.page)...)
	found.add(window(s.window)...)
	if s.client != "" && s.page != "" && !sameBrand(s.client, s.page) {
		found.add("client-other-name")
	}
	return found
}

func hasWord(text, word string) bool {
	for w := range strings.FieldsSeq(text) {
		if w == word {
			return true
		}
	}
	return false
}

func proofKey(a *address) flags {
	challenge, _ := a.get("code_challenge")
	method, _ := a.get("code_challenge_method")
	switch {
	case challenge == "":
		return flags{"pkce-absent"}
	case method != "S256":
		return flags{"pkce-plain"} // RFC 7636 section 4.3: plain is what a missing method means
	}
	return nil
}

// parameters flags what is repeated, what the provider does not know and what
// changes the meaning of the request.
func parameters(a *address, f *requestFormat) flags {
	found := repeated(a)
	for _, p := range a.params {
		switch {
		case p.name == "request" || p.name == "request_uri":
			found.add("request-object")
		case p.name == "authorization_details":
			found.add("authorization-details")
			if a.demands() == nil {
				found.add("authorization-details-unreadable")
			}
		case p.name == "include_granted_scopes" && p.value == "true":
			found.add("accumulation")
		case p.name == "show_dialog" && p.value == "true", p.name == "prompt" && strings.Contains(p.value, "consent"):
			found.add("asks-again")
		case len(f.KnownParams) > 0 && !slices.Contains(f.KnownParams, p.name):
			found.add("unknown-param:" + visible(p.name))
		}
	}
	return found
}

// sameBrand tells whether the name that an app shows on the consent page is
// that of the page's domain: one of its words stands in the domain's first
// label, or the label in the name.
func sameBrand(client, page string) bool {
	label, _, _ := strings.Cut(entity.RegistrableDomain(readAddress(page).host), ".")
	label = letters(label)
	if label == "" || strings.Contains(letters(client), label) {
		return true
	}
	return slices.ContainsFunc(strings.Fields(client), func(word string) bool {
		return len(letters(word)) >= brandWord && strings.Contains(label, letters(word))
	})
}

// brandWord is the length from which a word that two names share is no chance.
const brandWord = 4

// maxDemands bounds how many entries of authorization_details are shown.
const maxDemands = 20

// demands reads authorization_details, RFC 9396 section 2: a JSON array of
// objects with a type each. nil: there is none, or it is not of that form.
func (a *address) demands() []Demand {
	text, ok := a.get("authorization_details")
	var found []Demand
	if !ok || json.Unmarshal([]byte(text), &found) != nil || len(found) == 0 || len(found) > maxDemands {
		return nil
	}
	for i := range found {
		d := &found[i]
		if d.Type == "" {
			return nil
		}
		d.Type = visible(d.Type)
		for _, list := range [][]string{d.Actions, d.Locations, d.DataTypes} {
			for n, text := range list {
				list[n] = visible(text)
			}
		}
	}
	return found
}

// repeated flags parameters that stand there more than once: "Request and
// response parameters MUST NOT be included more than once", RFC 6749 section 3.1.
func repeated(a *address) flags {
	var found flags
	for i, p := range a.params {
		if a.index(p.name) < i {
			found.add("duplicate-parameter:" + visible(p.name))
		}
	}
	return found
}

func redirect(a *address, page string) flags {
	target, ok := a.get("redirect_uri")
	if !ok || target == "" {
		return nil
	}
	var found flags
	to := readAddress(target)
	web := to.scheme == "https" || to.scheme == "http"
	switch {
	case to.scheme == "http" && loopback(to.host):
		found.add("redirect-http-localhost")
	case to.scheme == "http":
		found.add("redirect-http")
	}
	if page != "" && web && entity.RegistrableDomain(to.host) != entity.RegistrableDomain(readAddress(page).host) {
		found.add("redirect-other-domain")
	}
	for _, p := range to.params {
		if secretName.MatchString(p.name) || secretValue.MatchString(p.value) {
			found.add("token-in-redirect-query")
		}
	}
	return found
}

func loopback(host string) bool {
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || strings.HasPrefix(host, "127.") || host == "[::1]"
}

// window flags a pop-up that is too small for the list it must show.
func window(features string) flags {
	if features == "" {
		return nil
	}
	w, h := number(windowWidth, features), number(windowHeight, features)
	if w == 0 || h == 0 || w >= tightWidth && h >= tightHeight {
		return nil
	}
	return flags{"popup-" + strconv.Itoa(w) + "x" + strconv.Itoa(h)}
}

func number(pattern *regexp.Regexp, text string) int {
	m := pattern.FindStringSubmatch(text)
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(m[1])
	return n
}

// unsafe lists the flags that make a request unsafe by themselves. The others
// are worth telling and hurt nobody: a redirect to the person's own machine
// crosses no network, and a small window can be scrolled.
var unsafe = []string{
	"implicit-grant", "authorize-http", "host-lookalike",
	"state-absent", "state-constant", "state-predictable", "state-structured-json", "state-personal", "state-weak-random",
	"pkce-absent", "pkce-plain",
	"redirect-http", "redirect-other-domain", "token-in-redirect-query", "client-other-name",
	"duplicate-parameter:client_id", "duplicate-parameter:redirect_uri", "duplicate-parameter:response_type", "duplicate-parameter:state",
}

// flaws keeps of the flags those that make the request unsafe. A structured
// state is safe where it carries a value that nobody can guess.
func flaws(found flags, state string) []string {
	list := []string{}
	for _, f := range found {
		if f == "state-structured-json" && guardedJSON(state) {
			continue
		}
		if slices.Contains(unsafe, f) {
			list = append(list, f)
		}
	}
	return list
}

// persistent tells whether the grant outlives the page: by the provider's
// default, or by what the request asks for. A token that is handed out in the
// address (implicit grant) cannot be renewed.
func persistent(a *address, f *requestFormat, names []scopeName) bool {
	if slices.ContainsFunc(names, func(n scopeName) bool { return n.id == "offline_access" }) {
		return true
	}
	if a == nil {
		return f.PersistentByDefault
	}
	access, given := a.get("access_type")
	kind, _ := a.get("response_type")
	switch {
	case given:
		return access == "offline"
	case hasWord(kind, "token"):
		return false
	}
	return f.PersistentByDefault
}
