package rule

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/traits"
	"diapason.dev/diapason"
	"diapason.dev/diapason/remedy"
)

// jurisdictions are the places that rules know, each with the wider place
// whose law holds there too.
var jurisdictions = map[string]string{"EU": "EU", "FR": "EU", "UK": "UK", "CA": "US", "US": "US"}

// A judging is one input under judgement.
type judging struct {
	ctx  context.Context
	pack *Pack
	in   *Input
	vars map[string]any
	seen visitRuns
}

// Judge judges an input by every rule of the pack. It returns one verdict for
// each rule, sorted by id, and the findings of the rules that failed, the
// worst first. The order of the facts in the input never matters. The error is
// the end of ctx or an input that cannot be judged at all; what merely could
// not be told is a verdict.
func (p *Pack) Judge(ctx context.Context, in Input) ([]diapason.Verdict, []diapason.Finding, error) {
	sorted, err := in.sorted(ctx)
	if err != nil {
		return nil, nil, err
	}
	j := &judging{ctx: ctx, pack: p, in: sorted, seen: runsOf(sorted)}
	verdicts, findings := []diapason.Verdict{}, []diapason.Finding{}
	for _, r := range p.sequence {
		j.vars = sorted.activation()
		v, fs, err := j.rule(r)
		if err != nil {
			return nil, nil, fmt.Errorf("judge rule %s: %w", r.ID, err)
		}
		if v.Outcome == diapason.Fail {
			sorted.failed = append(sorted.failed, r.ID)
		}
		verdicts, findings = append(verdicts, v), append(findings, fs...)
	}
	slices.SortFunc(verdicts, func(a, b diapason.Verdict) int { return strings.Compare(a.Rule, b.Rule) })
	slices.SortStableFunc(findings, worseFirst)
	return verdicts, findings, nil
}

// rule judges by one rule. An expression that cannot be evaluated leaves the
// rule undecided and says so; only the end of ctx ends the judging.
func (j *judging) rule(r *compiled) (diapason.Verdict, []diapason.Finding, error) {
	v := diapason.Verdict{Rule: r.ID, Version: r.Version, Title: r.Title}
	d, err := j.decide(r)
	switch {
	case err == nil:
		v.Outcome, v.Why = d.outcome, d.why
	case j.ctx.Err() != nil:
		return v, nil, err
	case errors.Is(err, errCost):
		v.Outcome = diapason.Inconclusive
		v.Why = fmt.Sprintf("The rule was stopped after %d steps of work: there were too many facts to compare.", j.pack.limit)
	default:
		v.Outcome = diapason.Inconclusive
		v.Why = fmt.Sprintf("The rule could not be worked out: %s.", strings.TrimPrefix(err.Error(), "evaluate: "))
	}
	if v.Outcome != diapason.Fail {
		return v, nil, nil
	}
	v.Findings = len(d.findings)
	v.Proposed = !slices.ContainsFunc(d.findings, func(f diapason.Finding) bool { return !f.Proposed })
	return v, d.findings, nil
}

// A decision is what a rule came to, and why.
type decision struct {
	outcome  diapason.Outcome
	why      string
	findings []diapason.Finding
}

// decide follows the order of judgement: does not apply; evidence missing; a
// witness; something unknown; pass.
func (j *judging) decide(r *compiled) (decision, error) {
	if why := j.elsewhere(r); why != "" {
		return decision{outcome: diapason.NotApplicable, why: why}, nil
	}
	if why := j.notAsked(r); why != "" {
		return decision{outcome: diapason.NotApplicable, why: why}, nil
	}
	if why := j.unexamined(r); why != "" && r.needsFirst {
		return decision{outcome: diapason.Inconclusive, why: why}, nil
	}
	applies, err := r.applies.holds(j.ctx, j.vars, true)
	if err != nil {
		return decision{}, err
	}
	if !applies {
		return decision{outcome: diapason.NotApplicable, why: r.Otherwise}, nil
	}
	if why := j.missing(r); why != "" {
		return decision{outcome: diapason.Inconclusive, why: why}, nil
	}
	groups, err := j.witnesses(r)
	if err != nil {
		return decision{}, err
	}
	findings, doubt, err := j.findings(r, groups)
	if err != nil {
		return decision{}, err
	}
	if len(findings) > 0 {
		return decision{outcome: diapason.Fail, findings: findings}, nil
	}
	return j.noWitness(r, doubt)
}

// noWitness tells whether a rule without a finding passes.
func (j *judging) noWitness(r *compiled, doubt string) (decision, error) {
	if doubt != "" {
		return decision{outcome: diapason.Inconclusive, why: doubt}, nil
	}
	unknown, err := r.unknown.holds(j.ctx, j.vars, false)
	if err != nil {
		return decision{}, err
	}
	if unknown {
		return decision{outcome: diapason.Inconclusive, why: r.Say.Unknown}, nil
	}
	if why := j.tooFew(r); why != "" {
		return decision{outcome: diapason.Inconclusive, why: why}, nil
	}
	return decision{outcome: diapason.Pass}, nil
}

// elsewhere says that the rule's law does not hold where the service is judged.
func (j *judging) elsewhere(r *compiled) string {
	if len(j.basis(r)) > 0 {
		return ""
	}
	var places []string
	for _, b := range r.Basis {
		if !slices.Contains(places, b.Where) {
			places = append(places, b.Where)
		}
	}
	return fmt.Sprintf("The rule is for %s, and this audit is for %s.", remedy.And(places), remedy.And(j.in.Service.Jurisdictions))
}

// notAsked says which part of what the rule needs a person did not ask for.
func (j *judging) notAsked(r *compiled) string {
	only := j.in.Only
	if only == nil {
		return ""
	}
	asked := func(ch diapason.Channel) bool { return slices.Contains(only.Channels, ch) }
	for _, ch := range r.Needs.Channels {
		if !asked(ch) {
			return fmt.Sprintf("Not asked for: the rule needs what the service %s.", ch)
		}
	}
	if len(r.Needs.Any) > 0 && !slices.ContainsFunc(r.Needs.Any, asked) {
		return fmt.Sprintf("Not asked for: the rule needs what the service %s.", r.Needs.Any[0])
	}
	for _, p := range r.Needs.Phases {
		if !slices.Contains(only.Phases, p) {
			return fmt.Sprintf("Not asked for: the rule needs a visit %s.", p.When())
		}
	}
	if r.Needs.Banners && !only.Banners {
		return "Not asked for: the rule needs visits that look for what asks for a choice."
	}
	if only.Sites < r.Needs.Sites {
		return fmt.Sprintf("Not asked for: the rule needs visits to %d unrelated sites.", r.Needs.Sites)
	}
	return ""
}

// basis is the part of a rule's basis that holds where the service is judged.
func (j *judging) basis(r *compiled) []diapason.Basis {
	var holds []diapason.Basis
	for _, b := range r.Basis {
		for _, place := range j.in.Service.Jurisdictions {
			if b.Where == place || b.Where == jurisdictions[place] {
				holds = append(holds, b)
				break
			}
		}
	}
	return holds
}

// unexamined names a voice that the rule needs and that was not looked at.
func (j *judging) unexamined(r *compiled) string {
	for _, ch := range r.Needs.Channels {
		if !j.in.Examined[ch] {
			return j.silent(ch)
		}
	}
	if len(r.Needs.Any) > 0 && !slices.ContainsFunc(r.Needs.Any, func(ch diapason.Channel) bool { return j.in.Examined[ch] }) {
		return j.silent(r.Needs.Any[0])
	}
	return ""
}

func (j *judging) silent(ch diapason.Channel) string {
	why := fmt.Sprintf("This needs what the service %s, and that was not examined", ch)
	for _, g := range j.in.Gaps {
		if g.Channel == ch && g.Why != "" {
			return why + ": " + strings.TrimSuffix(g.Why, ".") + "."
		}
	}
	return why + "."
}

// missing names evidence that the rule needs and that is not there.
func (j *judging) missing(r *compiled) string {
	if why := j.unexamined(r); why != "" {
		return why
	}
	for _, p := range r.Needs.Phases {
		if j.in.Phases[p] == 0 {
			return fmt.Sprintf("This needs a visit %s, and none ran to its end.", p.When())
		}
	}
	if r.Needs.Banners && len(j.in.Does.Banners) == 0 {
		return "This needs visits that look for what asks for a choice, and none did."
	}
	if j.in.Sites < r.Needs.Sites {
		return fmt.Sprintf("This needs visits to %d unrelated sites with one profile, and there were %d.", r.Needs.Sites, j.in.Sites)
	}
	return ""
}

// tooFew says that nothing was seen, but in fewer runs than a pass wants.
func (j *judging) tooFew(r *compiled) string {
	if r.Runs == nil {
		return ""
	}
	for _, p := range r.Needs.Phases {
		if n := j.in.Phases[p]; n < r.Runs.Want {
			return fmt.Sprintf("Nothing was seen in %s %s; a pass wants %d.", counted(float64(n), "run"), p.When(), r.Runs.Want)
		}
	}
	return ""
}

// witnesses finds what a rule looks for, grouped by the rule's key.
func (j *judging) witnesses(r *compiled) ([]group, error) {
	var all []witness
	for i := range r.find {
		f := &r.find[i]
		v, err := f.where.eval(j.ctx, j.vars)
		if err != nil {
			return nil, err
		}
		for it := v.(traits.Lister).Iterator(); it.HasNext() == types.True; {
			w, err := j.witness(f, it.Next())
			if err != nil {
				return nil, err
			}
			all = append(all, w)
		}
	}
	return grouped(all, r.key), nil
}

// findings turns groups into findings. What was seen in too few runs becomes a
// doubt instead: a sentence.
func (j *judging) findings(r *compiled, groups []group) (findings []diapason.Finding, doubt string, err error) {
	confirm, err := r.confirm.holds(j.ctx, j.vars, false)
	if err != nil {
		return nil, "", err
	}
	for _, g := range groups {
		t := j.tally(g.witnesses)
		if r.Runs != nil && t.counts && (t.seen < r.Runs.Fail || t.of < r.Runs.Fail) {
			if doubt == "" {
				doubt = fmt.Sprintf("Seen in %s: too few to be sure.", t)
			}
			continue
		}
		f, err := j.finding(r, g, confirm)
		if err != nil {
			return nil, "", err
		}
		if t.of > 0 {
			f.SeenIn = t.String()
		}
		findings = append(findings, f)
	}
	return findings, doubt, nil
}

// worseFirst orders findings by severity, rule, recipient, data and fingerprint.
func worseFirst(a, b diapason.Finding) int {
	if d := b.Severity.Rank() - a.Severity.Rank(); d != 0 {
		return d
	}
	for _, pair := range [][2]string{
		{a.Rule, b.Rule}, {a.Recipient.ID, b.Recipient.ID}, {string(a.Data), string(b.Data)}, {a.Fingerprint, b.Fingerprint}, {a.Sentence, b.Sentence},
	} {
		if d := strings.Compare(pair[0], pair[1]); d != 0 {
			return d
		}
	}
	return 0
}
