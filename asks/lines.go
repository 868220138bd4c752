package asks

import "slices"

// lines tells how many lines the consent page printed, where it was seen. Else
// it estimates them from the lines that were seen of each scope; where one was
// never seen the count is not known.
func (j *judgement) lines() Lines {
	if j.ask.Consent != nil {
		return j.observedLines()
	}
	if j.provider != nil && len(j.provider.LineRules) > 0 {
		return j.ruledLines()
	}
	total := Lines{Basis: "estimated"}
	for _, at := range j.known {
		if at < 0 || len(j.provider.Scopes[at].Lines) == 0 {
			return Lines{Basis: "unknown"}
		}
		seen := j.provider.Scopes[at].Lines
		for _, l := range seen {
			if l.Language == seen[0].Language {
				total.Count++
				total.Date = max(total.Date, l.Seen)
			}
		}
	}
	return total
}

// ruledLines estimates the lines of a provider that publishes how it joins
// them: a rule comes before the rules behind it and uses up what it stands for.
// A scope that prints nothing has no line; a name that is not known may have
// one, and then the count is not known.
func (j *judgement) ruledLines() Lines {
	printed := map[string]bool{}
	for _, at := range j.known {
		if at < 0 || j.provider.Scopes[at].Status != "current" {
			return Lines{Basis: "unknown"}
		}
		for _, name := range j.provider.Scopes[at].Prints {
			printed[name] = true
		}
	}
	total := Lines{Basis: "estimated", Date: j.provider.Version}
	for _, r := range j.provider.LineRules {
		if slices.ContainsFunc(r.Needs, func(name string) bool { return !printed[name] }) {
			continue
		}
		total.Count++
		for _, name := range slices.Concat(r.Needs, r.Takes) {
			delete(printed, name)
		}
	}
	return total
}

// buildLines checks that every scope prints what a rule makes a line of.
func (p *provider) buildLines() error {
	known := map[string]bool{}
	for _, r := range p.LineRules {
		if r.Line == "" || len(r.Needs) == 0 {
			return badEntry("line_rules", "", "a line rule needs line and needs")
		}
		for _, name := range r.Needs {
			known[name] = true
		}
	}
	for _, s := range p.Scopes {
		for _, name := range s.Prints {
			if !known[name] {
				return badEntry("id", s.ID, "prints %q, which no line rule needs", name)
			}
		}
	}
	return nil
}
