package audit

import (
	"context"
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/accord"
	"diapason.dev/diapason/asks"
	"diapason.dev/diapason/does"
	"diapason.dev/diapason/entity"
	"diapason.dev/diapason/holds"
	"diapason.dev/diapason/internal/filter"
	"diapason.dev/diapason/remedy"
	"diapason.dev/diapason/rule"
	"diapason.dev/diapason/says"
	"diapason.dev/diapason/vocab"
)

// Conclude reads the material in four voices, holds them against each other
// and judges. It does no input or output and reads no clock: the same material
// gives the same result, byte for byte.
func (m *Material) Conclude(ctx context.Context, pack *rule.Pack) (*Result, error) {
	entities, err := entity.New(m.Config.Parties)
	if err != nil {
		return nil, err
	}
	r := &Result{Schema: Schema, Service: m.Config.Target()}
	r.Gaps = append(r.Gaps, m.Gaps...)
	m.readSays(r)
	reasons := m.readAsks(r)
	reader := does.Reader{Service: r.Service, Entities: entities, Salt: m.Settings.Salt, Known: m.known()}
	if len(m.Lists) > 0 {
		if reader.Lists, _, err = filter.Load(m.Lists...); err != nil {
			return nil, fmt.Errorf("read filter lists: %w", err)
		}
	}
	m.readDoes(r, reader)
	m.readHolds(r)
	r.Flows = m.flows(r, reader, reasons)
	r.Run = m.run(r, pack)
	r.Pairs = accord.Hold(r.Flows, r.Facts.Says, r.Run.Channels[diapason.Says])
	r.Table = accord.Draw(accord.Drawing{
		Flows: r.Flows, Pairs: r.Pairs, Practices: currentPractices(r.Facts.Says), Scopes: r.Facts.Asks.Scopes, Items: r.Facts.Holds.Items,
		Examined: r.Run.Channels,
	})
	r.Verdicts, r.Findings, err = pack.Judge(ctx, rule.Input{
		Service: r.Service, Does: r.Facts.Does, Asks: r.Facts.Asks, Says: r.Facts.Says, Holds: r.Facts.Holds,
		Flows: r.Flows, Pairs: r.Pairs, Examined: r.Run.Channels, Phases: completeRuns(r.Facts.Does.Visits), Sites: sites(m.Config), Gaps: r.Gaps,
		Only: m.scope(),
	})
	if err != nil {
		return nil, fmt.Errorf("judge run %s: %w", m.Settings.ID, err)
	}
	r.Remedies = remedy.Advise(remedy.Seen{
		Service: r.Service, Run: r.Run.ID, Started: r.Run.Started, Tool: r.Run.Tool, Findings: r.Findings, Facts: r.Facts.Does, Captures: m.Captures, Entities: entities,
	})
	r.Counts = count(r)
	r.Headline = headline(r)
	r.NotExamined = notExamined(m.Config, r)
	return r, nil
}

func (m *Material) readSays(r *Result) {
	f := &r.Facts.Says
	var older, newer *says.Text
	for i, t := range m.Texts {
		doc, practices := says.Read(t)
		f.Documents = append(f.Documents, doc)
		f.Practices = append(f.Practices, practices...)
		if !doc.Analysable && doc.Kind == says.KindGPC {
			r.Gaps = append(r.Gaps, diapason.Gap{
				Channel: diapason.Says, What: "what " + doc.Source + " says about Global Privacy Control", Why: doc.Why, Minor: true,
				Next: `nothing of yours: the service has to publish {"gpc": true} or {"gpc": false} there, as application/json`,
			})
			continue
		}
		if !doc.Analysable {
			r.Gaps = append(r.Gaps, diapason.Gap{
				Channel: diapason.Says, What: "document " + doc.ID, Why: doc.Why,
				Next: "give the text itself as a file: `file: policy.html` in diapason.yaml",
			})
			continue
		}
		if doc.Kind == "policy" && t.Source.Earlier {
			older = &m.Texts[i]
		} else if doc.Kind == "policy" && newer == nil {
			newer = &m.Texts[i]
		}
	}
	if older != nil && newer != nil {
		f.Changes = says.Diff(*older, *newer)
	}
}

// readAsks returns what developers say of what their apps ask for.
func (m *Material) readAsks(r *Result) (said []diapason.Flow) {
	facts, gaps := asks.Default().Read(m.Requests)
	for _, l := range m.Logs {
		facts.Learn(l.Usage, l.Grace)
	}
	r.Facts.Asks = facts
	r.Gaps = append(r.Gaps, gaps...)
	return m.readManifests(r)
}

func (m *Material) readDoes(r *Result, reader does.Reader) {
	r.Facts.Does = reader.Read(m.Captures)
	for _, c := range m.Captures {
		r.Gaps = append(r.Gaps, c.Gaps...)
	}
	tellCookies(&r.Facts.Does, currentPractices(r.Facts.Says))
	for i := range r.Facts.Does.Respawns {
		r.Facts.Does.Respawns[i].Notice = tellsOfRestoring(m.Texts)
	}
}

func (m *Material) readHolds(r *Result) {
	f := &r.Facts.Holds
	for _, inv := range m.Exports {
		f.Exports = append(f.Exports, inv.Export)
		f.Items = append(f.Items, inv.Items...)
		if n, err := strconv.Atoi(inv.Export.ID); err == nil && n >= 1 && n <= len(m.Config.Holds) {
			f.Answers = append(f.Answers, answer(inv.Export, m.Config.Holds[n-1], m.Settings.Started))
		}
	}
	if len(m.Exports) == 0 {
		return
	}
	var statements []holds.Statement
	for _, p := range currentPractices(r.Facts.Says) {
		statements = append(statements, holds.Statement{ID: p.ID, Quote: p.Quote, Data: p.Data, Retention: p.Limit, Asserted: p.Polarity == diapason.Asserted})
	}
	f.Claims = holds.Claims(statements, f.Items, vocab.Default())
}

// flows is what the four voices tell, in their order, each with an id of its own.
func (m *Material) flows(r *Result, reader does.Reader, reasons []diapason.Flow) []diapason.Flow {
	var all []diapason.Flow
	all = append(all, says.Flows(currentPractices(r.Facts.Says), r.Service)...)
	all = append(all, reasons...)
	all = append(all, asks.Default().Flows(r.Facts.Asks, r.Service)...)
	all = append(all, reader.Flows(r.Facts.Does)...)
	all = append(all, holds.Flows(r.Facts.Holds.Items, r.Service)...)
	number := map[diapason.Channel]int{}
	for i := range all {
		number[all[i].Channel]++
		all[i].ID = fmt.Sprintf("%s-%d", all[i].Channel, number[all[i].Channel])
	}
	return all
}

// run describes the run for the report.
func (m *Material) run(r *Result, pack *rule.Pack) Circumstances {
	run := Circumstances{
		ID: m.Settings.ID, Started: m.Settings.Started, Ended: m.End.At, Tool: m.Settings.Tool, Pack: pack.Version(),
		Vocab: vocab.Digest(), Suffixes: entity.SuffixDate(), Entities: entity.Version(),
		Lists: m.Lists, Sandbox: m.Settings.Sandboxed, AtOnce: m.Settings.AtOnce, Vantage: m.Settings.Vantage, Partial: m.End.Partial,
		Channels: map[diapason.Channel]bool{
			diapason.Says:  anyAnalysable(r.Facts.Says.Documents),
			diapason.Asks:  len(r.Facts.Asks.Requests) > 0,
			diapason.Does:  len(r.Facts.Does.Visits) > 0,
			diapason.Holds: len(r.Facts.Holds.Exports) > 0,
		},
	}
	for i, pin := range m.Settings.Pins {
		run.Random = append(run.Random, Random{Name: fmt.Sprintf("key %d of the service on this machine", i+1), Value: pin})
	}
	for _, c := range m.Captures {
		if run.Browser == "" && c.Browser.Product != "" {
			run.Browser, run.Flags, run.Sandbox = c.Browser.Product, c.Browser.Flags, c.Browser.Sandbox
		}
		for _, b := range c.Baits {
			run.Random = append(run.Random, Random{Name: "made-up " + b.ID + " of " + c.ID, Value: b.Value})
		}
	}
	for _, i := range r.Facts.Does.Identifiers {
		if i.Commitment != "" {
			run.Random = append(run.Random, Random{Name: "commitment to " + i.ID, Value: i.Commitment})
		}
	}
	sort.SliceStable(run.Random, func(a, b int) bool { return run.Random[a].Name < run.Random[b].Name })
	return run
}

// known lists what only a permission opens, by the configuration.
func (m *Material) known() []does.Known {
	var all []does.Known
	if m.Config != nil && m.Config.Does != nil {
		for _, k := range m.Config.Does.Known {
			all = append(all, does.Known{ID: k.ID, Data: k.Data, Value: k.Value, Scope: k.Scope})
		}
	}
	return all
}

func anyAnalysable(docs []says.Document) bool {
	for _, d := range docs {
		if d.Analysable && d.Current && d.Kind != says.KindGPC {
			return true
		}
	}
	return false
}

// currentPractices leaves out what only an earlier version said, and promises
// about a signal, which are about no data.
func currentPractices(f says.Facts) []says.Practice {
	current := map[string]bool{}
	for _, d := range f.Documents {
		current[d.ID] = d.Current && d.Kind != says.KindGPC
	}
	var ps []says.Practice
	for _, p := range f.Practices {
		if current[p.Document] {
			ps = append(ps, p)
		}
	}
	return ps
}

// completeRuns counts for each phase the repetitions that ran to their end.
func completeRuns(visits []does.Visit) map[diapason.Phase]int {
	seen := map[diapason.Phase]map[int]bool{}
	for _, v := range visits {
		if v.Complete && v.Source == "chromium" {
			if seen[v.Phase] == nil {
				seen[v.Phase] = map[int]bool{}
			}
			seen[v.Phase][v.Run] = true
		}
	}
	n := map[diapason.Phase]int{}
	for p, runs := range seen {
		n[p] = len(runs)
	}
	return n
}

// scope is what a person asked to look at. An audit is to look at everything,
// apart from choices and signals that diapason.yaml does not ask for: most
// services are audited without, and the report says so.
func (m *Material) scope() *rule.Scope {
	d := m.Config.Does
	if d == nil {
		d = &DoesConfig{}
	}
	s := &rule.Scope{Channels: m.Settings.Only, Sites: sites(m.Config), Banners: d.Consent}
	if len(m.Settings.Only) == 0 {
		s.Channels, s.Sites = diapason.Channels, math.MaxInt
		s.Phases = []diapason.Phase{diapason.P0, diapason.P5, diapason.P6}
	} else {
		s.Phases = d.phases()
	}
	if d.Consent {
		s.Phases = append(s.Phases, diapason.P1, diapason.P2, diapason.P3)
	}
	if d.GPC {
		s.Phases = append(s.Phases, diapason.P40)
	}
	return s
}

// phases lists the phases without a choice that the configuration asks for.
func (d *DoesConfig) phases() []diapason.Phase {
	var all []diapason.Phase
	if len(d.Start) > 0 {
		all = append(all, diapason.P0)
	}
	if d.Respawn {
		all = append(all, diapason.P5)
	}
	if len(d.Journeys) > 0 {
		all = append(all, diapason.P6)
	}
	return all
}

func sites(c *Config) int {
	if c.Does == nil {
		return 0
	}
	return len(c.Does.Start) + len(c.Does.Linkage)
}

// answer dates the service's answer to the access request: one month, two more
// where it said so in time (GDPR Art. 12(3)).
func answer(e holds.Export, h HoldsConfig, now time.Time) holds.Answer {
	a := holds.Answer{Export: e.ID}
	a.Requested, _ = time.Parse(time.DateOnly, h.Requested)
	a.Received, _ = time.Parse(time.DateOnly, h.Received)
	if a.Requested.IsZero() {
		return a
	}
	if a.Received.IsZero() {
		a.Received = now.UTC().Truncate(24 * time.Hour)
	}
	a.MonthDue, a.LastDue = a.Requested.AddDate(0, 1, 0), a.Requested.AddDate(0, 3, 0)
	return a
}

// tellCookies fills what the policy says about each stored entry that it names.
func tellCookies(f *does.Facts, practices []says.Practice) {
	for _, p := range practices {
		if p.Cookie == "" {
			continue
		}
		for i := range f.Cookies {
			if c := &f.Cookies[i]; strings.EqualFold(c.Name, p.Cookie) {
				if p.Limit > 0 {
					c.Stated, c.LifetimeTold = p.Limit, true
				}
				c.AccessTold = true
			}
		}
		for i := range f.Accesses {
			if a := &f.Accesses[i]; p.Essential && strings.EqualFold(a.Name, p.Cookie) {
				a.Claimed = "essential"
			}
		}
	}
}

// tellsOfRestoring looks in the current texts for a sentence that gives notice
// of an identifier that is put back after deletion.
func tellsOfRestoring(texts []says.Text) bool {
	for _, t := range texts {
		if !t.Source.Earlier && says.TellsOfRestoring(t) {
			return true
		}
	}
	return false
}
