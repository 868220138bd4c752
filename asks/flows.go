package asks

import (
	"slices"
	"strings"

	"diapason.dev/diapason"
	"diapason.dev/diapason/entity"
)

// Flows turns facts into flows: one that collects for each kind of data that a
// permission lets its holder read, and one that acts for each kind of thing
// that it lets its holder change. The provider sends and whoever asks
// receives: the service itself where the answer goes to one of its domains, or
// where no redirect was seen. A flow has the request's purpose only where the
// permission is needed for it. Permissions that are not in the catalogue, not
// current, or open nothing for this kind of app give no flow.
func (c *Catalogue) Flows(f Facts, s diapason.Service) []diapason.Flow {
	var flows []diapason.Flow
	for _, r := range f.Requests {
		p := c.byID(r.Provider)
		if p == nil {
			continue
		}
		base := diapason.Flow{
			Channel: diapason.Asks, Polarity: diapason.Asserted, Sender: p.party(s), Recipient: recipient(r, s),
			Condition: diapason.OnConsent, Mode: diapason.Auto,
		}
		if p.byManifest() { // the person's own device hands it over, to the app
			base.Sender = diapason.Party{ID: string(diapason.AccountHolder), Role: diapason.RolePerson}
			base.Recipient = diapason.Party{ID: s.ID, Name: s.Name, Role: diapason.RoleService, Relation: diapason.FirstParty}
		}
		if r.Verdict.PersistentAccess {
			base.Duration = p.Request.GrantLife
		}
		for _, sc := range f.Scopes {
			at := p.position(sc.ID)
			if sc.Request == r.ID && at >= 0 && (opensSomething(sc) || sc.Class == classNeeded) {
				flows = append(flows, p.scopeFlows(base, r, sc, at)...)
			}
		}
	}
	return flows
}

// sureness is how far a flow can be trusted, by the catalogue's confidence.
var sureness = map[string]float64{"high": 0.95, "medium": 0.75, "low": 0.5}

func (p *provider) scopeFlows(base diapason.Flow, r Request, sc Scope, at int) []diapason.Flow {
	base.Words, base.Evidence, base.Confidence = sc.ID, sc.Evidence, sureness[sc.Confidence]
	if sc.Class == classNeeded && len(r.Purpose) == 1 {
		for _, u := range p.Purposes {
			if u.ID == r.Purpose[0] {
				base.Purpose = diapason.Term(u.Vocab)
			}
		}
	}
	var flows []diapason.Flow
	add := func(names []string, op diapason.Operation) {
		for _, name := range names {
			flow := base
			flow.Operation, flow.Subject = op, diapason.AccountHolder
			if p.Terms[name].Subject != "" {
				flow.Subject = diapason.Subject(p.Terms[name].Subject)
			}
			if id := p.Terms[name].Vocab; id != nil {
				flow.Data = diapason.Term(*id)
			}
			flow.ID = strings.Join([]string{"asks", r.ID, sc.ID, name}, "/")
			flows = append(flows, flow)
		}
	}
	var reads, writes []string
	for _, k := range append([]int{at}, p.implies[at]...) {
		reads, writes = append(reads, p.Scopes[k].Reads...), append(writes, p.Scopes[k].Writes...)
	}
	add(slices.Compact(slices.Sorted(slices.Values(reads))), diapason.Collect)
	add(slices.Compact(slices.Sorted(slices.Values(writes))), diapason.Act)
	return flows
}

func (p *provider) party(s diapason.Service) diapason.Party {
	if slices.Contains(s.Domains, p.Domain) {
		return diapason.Party{ID: s.ID, Name: s.Name, Role: diapason.RoleService, Relation: diapason.FirstParty}
	}
	return diapason.Party{ID: p.Domain, Name: p.Name, Role: diapason.RolePartner, Relation: diapason.ThirdParty}
}

// recipient is who asks. An answer that goes into an app or to the person's own
// machine goes to the service that was audited.
func recipient(r Request, s diapason.Service) diapason.Party {
	domain := entity.RegistrableDomain(r.App)
	if r.App == "" || strings.HasSuffix(r.App, ":") || loopback(r.App) || len(s.Domains) == 0 || slices.Contains(s.Domains, domain) {
		return diapason.Party{ID: s.ID, Name: s.Name, Role: diapason.RoleService, Relation: diapason.FirstParty}
	}
	return diapason.Party{ID: domain, Name: domain, Role: diapason.RoleUnknown, Relation: diapason.ThirdParty}
}
