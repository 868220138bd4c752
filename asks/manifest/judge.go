package manifest

import (
	"fmt"
	"strings"

	"diapason.dev/diapason"
	"diapason.dev/diapason/asks"
)

// Judge describes what a manifest asks for, in the words of the catalogue. id
// names the record of the run, "manifest/1". The error wraps diapason.ErrUsage
// where the manifest asks for more than can be one app's.
func (m *Manifest) Judge(c *asks.Catalogue, id string) (asks.Request, []asks.Scope, error) {
	var names []string
	for _, p := range m.Permissions {
		names = append(names, p.As)
	}
	req, scopes, _, err := c.Judge(asks.Ask{ID: id, Provider: m.Kind, Scopes: strings.Join(names, " ")})
	if err != nil {
		return asks.Request{}, nil, fmt.Errorf("read manifest %s: %w", m.Name, err)
	}
	req.App = m.App
	req.Narrowed, req.NotNarrowed = "", "a manifest has no purpose, so nothing is said of what is needed"
	req.Evidence = []diapason.Ref{{Record: id}}
	for i := range scopes {
		scopes[i].Evidence = []diapason.Ref{m.ref(id, scopes[i].ID)}
	}
	req.Text = append(req.Text, m.conditions()...)
	return req, scopes, nil
}

// ref points at the declaration.
func (m *Manifest) ref(record, as string) diapason.Ref {
	ref := diapason.Ref{Record: record, Quote: as}
	for _, p := range m.Permissions {
		if p.As == as {
			ref.Quote = p.ID
			if p.Line > 0 {
				ref.At = fmt.Sprintf("line %d", p.Line)
			}
			break
		}
	}
	return ref
}

// conditions tells what the manifest says of when and why it asks.
func (m *Manifest) conditions() []string {
	var text, optional []string
	for _, p := range m.Permissions {
		if p.Optional {
			optional = append(optional, "`"+p.As+"`")
		}
		switch {
		case p.From > 0 && p.Until > 0:
			text = append(text, fmt.Sprintf("`%s` is only asked from API level %d to %d.", p.ID, p.From, p.Until))
		case p.From > 0:
			text = append(text, fmt.Sprintf("`%s` is only asked from API level %d on.", p.ID, p.From))
		case p.Until > 0:
			text = append(text, fmt.Sprintf("`%s` is only asked up to API level %d.", p.ID, p.Until))
		}
		if p.As == namedSites {
			text = append(text, "The sites are "+shortened(p.Sites)+".")
		}
		if p.Reason != "" {
			text = append(text, "For `"+p.ID+"` it says: “"+p.Reason+"”")
		}
		if p.NoReason != "" {
			text = append(text, "For `"+p.ID+"` it says nothing: "+p.NoReason+".")
		}
	}
	if len(optional) > 0 {
		text = append(text, "Only when a feature needs them: "+strings.Join(optional, ", ")+".")
	}
	return text
}

// maxSites is how many patterns of sites are written out.
const maxSites = 6

func shortened(sites []string) string {
	if more := len(sites) - maxSites; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(sites[:maxSites], ", "), more)
	}
	return strings.Join(sites, ", ")
}

// Says tells, for every reason that the developer gives, what the service says
// of itself with it: the kinds of data that the permission opens, asserted, with
// the reason as quote. f holds what Judge gave; [asks.Catalogue.Flows] tells
// what is asked. No purpose is read out of a reason.
func (m *Manifest) Says(c *asks.Catalogue, f asks.Facts, s diapason.Service, record string) []diapason.Flow {
	var said []diapason.Flow
	for _, flow := range c.Flows(f, s) {
		for _, p := range m.Permissions {
			if p.As != flow.Words || p.Reason == "" || len(flow.Evidence) == 0 || flow.Evidence[0].Record != record {
				continue
			}
			flow.Channel, flow.Purpose = diapason.Says, ""
			flow.Evidence = []diapason.Ref{{Record: record, At: p.ID, Quote: p.Reason}}
			said = append(said, flow)
		}
	}
	return said
}
