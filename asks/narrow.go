package asks

import (
	"fmt"
	"slices"
	"strings"

	"diapason.dev/diapason"
)

// Narrow writes the request's address for the smallest set of permissions that
// serves its purposes. Only bytes of the scope parameter's value change; names
// and separators stay encoded as they were found. It never adds a permission:
// what is missing stays missing. Narrowing twice gives what narrowing once gives.
//
// What may fail with the new address: the app may compare what it was granted
// with what it asked for, a later call may be refused, and state and PKCE
// belong to one browser session, so it should be opened there and soon.
//
// The error wraps diapason.ErrIncomplete where the request cannot be narrowed
// safely (its provider or one of its names is not known, the scope parameter is
// repeated, the list cannot be seen, the provider gives all or nothing; a name
// that is not known may be kept with Ask.KeepUnknown), and diapason.ErrUsage where there is no
// purpose to narrow to or no address.
func Narrow(c *Catalogue, a Ask) (string, error) {
	j, err := c.judge(a)
	if err != nil {
		return "", err
	}
	why, usage := j.obstacle()
	switch {
	case usage:
		return "", badAsk("give the address and what it is for", "narrow permission request: %s", why)
	case why != "":
		return "", diapason.WithHint(fmt.Errorf("narrow permission request: %s: %w", why, diapason.ErrIncomplete),
			"ask the app for a link with fewer permissions")
	}
	return j.rewrite(), nil
}

// obstacle says why a request cannot be narrowed; usage tells that the caller
// left something out.
func (j *judgement) obstacle() (why string, usage bool) {
	bundle := func(at int) bool { return at >= 0 && j.provider.Scopes[at].Kind == "bundle" }
	switch {
	case j.address == nil:
		return "there is no address, only a list of permissions", true
	case j.looks != nil:
		return "the address only looks like that of " + j.looks.Name, false
	case j.provider == nil:
		return "the provider is not in the catalogue", false
	case j.pages:
		return "the address is a page and no request", false
	case strings.ContainsFunc(j.address.raw, unshowable):
		return "the address holds characters that cannot be shown", false
	case !j.inspectable():
		return "what it asks for cannot be seen in the address", false
	case len(j.param) > 1:
		return "the list of permissions is given more than once", false
	case j.unaimed:
		return "what a purpose needs from this provider is not known", false
	case len(j.core) == 0:
		return "no purpose is given", true
	case slices.ContainsFunc(j.known, bundle):
		return "the provider gives these permissions only together", false
	case len(j.verdict.Unknown)+len(j.verdict.CaseMismatch) > 0 && !j.ask.KeepUnknown:
		return "it holds names that are not known: " + join(slices.Concat(j.verdict.Unknown, j.verdict.CaseMismatch)), false
	}
	return "", false
}

// narrowed is the new address for a record, or the reason why there is none.
func (j *judgement) narrowed() (address, why string) {
	if why, _ := j.obstacle(); why != "" {
		return "", why
	}
	if address = j.rewrite(); address == j.address.raw {
		return "", "it already asks only for what is needed"
	}
	return address, ""
}

// rewrite keeps of the scope value the names that are needed, each behind the
// separator that it was found behind.
func (j *judgement) rewrite() string {
	if len(j.param) == 0 {
		return j.address.raw
	}
	at := j.param[0]
	value := j.address.raw[at.start:at.end]
	var kept strings.Builder
	for i, n := range j.list.names {
		stays := slices.Contains(j.cover.scopes, j.known[i]) || j.known[i] < 0 && j.ask.KeepUnknown
		if !stays {
			continue
		}
		if kept.Len() > 0 {
			kept.WriteString(n.gap)
		}
		kept.WriteString(value[n.start:n.end])
	}
	return j.address.raw[:at.start] + kept.String() + j.address.raw[at.end:]
}
