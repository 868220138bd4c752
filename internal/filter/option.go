package filter

import "strings"

// typeNames are the words that rules have for types of request. A fetch() has
// no word of its own: browser extensions see it as xmlhttprequest, some engines
// as other. Rules are written and tried with both, so one that names either, or
// leaves either in, applies.
var typeNames = map[string]bits{
	"document": typeDocument, "doc": typeDocument,
	"subdocument": typeSubdocument, "frame": typeSubdocument,
	"script":     typeScript,
	"stylesheet": typeStylesheet, "css": typeStylesheet,
	"image":  typeImage,
	"font":   typeFont,
	"media":  typeMedia,
	"object": typeObject, "object-subrequest": typeObject,
	"xmlhttprequest": typeXHR | typeFetch, "xhr": typeXHR | typeFetch,
	"ping": typePing, "beacon": typePing,
	"websocket": typeWebSocket,
	"other":     typeOther | typeFetch,
	"popup":     typePopup,
	"all":       everyType,
}

// relationNames are the words for how the host stands to that of the page.
var relationNames = map[string]bits{
	"third-party": otherSite, "3p": otherSite,
	"first-party": sameHost | sameSite, "1p": sameHost | sameSite,
	"strict1p": sameHost,
	"strict3p": sameSite | otherSite,
}

// methodNames are the methods that a rule can name.
var methodNames = map[string]bits{
	"get": methodGet, "post": methodPost, "head": methodHead, "put": methodPut, "delete": methodDelete,
	"options": methodOptions, "patch": methodPatch, "connect": methodConnect,
}

// modifierNames are the options that make a rule change an answer, an address
// or a page. Such a rule never says that a request is blocked.
var modifierNames = map[string]bool{
	"redirect-rule": true, "csp": true, "removeparam": true, "queryprune": true, "rewrite": true, "replace": true,
	"permissions": true,
	// About what the page shows:
	"elemhide": true, "ehide": true, "generichide": true, "ghide": true, "specifichide": true, "shide": true,
}

// options reads the options of a rule. A modifier among them ends it: what
// follows does not matter any more, and its value may hold anything.
func (p *parsed) options(s string) (reason string) {
	var named, without, relation bits
	for more := true; more; {
		var option string
		option, s, more = strings.Cut(s, ",")
		name, value, valued := strings.Cut(option, "=")
		name, negated := strings.CutPrefix(lower(name), "~")
		if t, ok := typeNames[name]; ok && !valued {
			if negated {
				without |= t &^ typeFetch
			} else {
				named |= t
			}
			continue
		}
		if r, ok := relationNames[name]; ok && !valued {
			if negated {
				r = everyRelation &^ r
			}
			relation = narrow(relation, r)
			continue
		}
		if modifierNames[name] {
			p.modifier = true
			return ""
		}
		if reason := p.option(name, value, negated, valued); reason != "" {
			return reason
		}
	}
	p.restrict(named, without, relation)
	if p.allow&everyType == 0 {
		return "no type is left"
	}
	if p.important && p.except {
		return "an exception that is important"
	}
	return ""
}

// narrow joins two options about the relation. Both parties named is no
// restriction.
func narrow(have, r bits) bits {
	if both := have & r; both != 0 {
		return both
	}
	return have | r
}

// restrict sets the types and relations that a rule applies to.
func (p *parsed) restrict(named, without, relation bits) {
	if both := typeXHR | typeOther; without&both == both {
		without |= typeFetch
	}
	switch {
	case named != 0:
		p.allow = p.allow&^everyType | named&^without
	case without != 0:
		p.allow &^= without
	}
	if relation != 0 {
		p.allow = p.allow&^everyRelation | relation
	}
}

// option reads an option that is neither type nor relation.
func (p *parsed) option(name, value string, negated, valued bool) (reason string) {
	switch {
	case name == "":
		return "an empty option"
	case strings.Trim(name, "_") == "": // a filler that means nothing
		return ""
	case negated:
		return "option ~" + name
	}
	switch name {
	case "important":
		p.important = true
	case "badfilter":
		p.bad = true
	case "match-case":
		p.form |= matchCase
	case "domain", "from":
		return p.from.add(name, value, false)
	case "to":
		return p.to.add(name, value, false)
	case "denyallow":
		return p.to.add(name, value, true)
	case "method":
		return p.methods(value)
	case "redirect":
		if p.except { // takes back what is served instead, not the block
			p.modifier = true
		}
		p.redirect = value
		if !valued && !p.except {
			return "option redirect without a value"
		}
	default:
		return "option " + name
	}
	return ""
}

// add reads hosts that are divided by |. Inverted swaps what is meant with
// what is not.
func (h *hostNames) add(name, value string, inverted bool) (reason string) {
	if value == "" {
		return "option " + name + " without a value"
	}
	for more := true; more; {
		var host string
		host, value, more = strings.Cut(value, "|")
		host, negated := strings.CutPrefix(host, "~")
		if strings.HasPrefix(host, "/") {
			return "a regular expression in option " + name
		}
		host = strings.TrimSuffix(asciiHost(lower(host)), ".")
		if base := strings.TrimSuffix(host, ".*"); !plainHost(base) && !isAddress(base) {
			return "no host in option " + name
		}
		if negated != inverted {
			h.out = append(h.out, host)
		} else {
			h.in = append(h.in, host)
		}
	}
	return ""
}

// isAddress tells whether a text is an IPv6 address in brackets.
func isAddress(s string) bool {
	return len(s) > 2 && s[0] == '[' && s[len(s)-1] == ']' && strings.Trim(s[1:len(s)-1], "0123456789abcdef:.") == ""
}

// methods reads the methods that a rule applies to.
func (p *parsed) methods(value string) (reason string) {
	var named, without bits
	for _, m := range strings.Split(lower(value), "|") {
		m, negated := strings.CutPrefix(m, "~")
		bit, ok := methodNames[m]
		if !ok {
			return "a method that is unknown"
		}
		if negated {
			without |= bit
		} else {
			named |= bit
		}
	}
	if named == 0 {
		named = everyMethod
	}
	p.allow = p.allow&^everyMethod | named&^without
	return ""
}
