package rule

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"cel.dev/cel-go/common/types/ref"
	"diapason.dev/diapason"
	"diapason.dev/diapason/accord"
	"diapason.dev/diapason/asks"
	"diapason.dev/diapason/does"
	"diapason.dev/diapason/holds"
	"diapason.dev/diapason/says"
	"diapason.dev/diapason/vocab"
)

// A witness is one fact that a rule found, with what findings need of it.
type witness struct {
	find      *finder
	val       ref.Val
	fact      any
	sort      string
	channel   diapason.Channel
	recipient diapason.Party
	data      diapason.Term
	phase     diapason.Phase
	severity  diapason.Severity
	run       run
	visits    []string // empty: judged once
	keys      map[string]string
	evidence  []diapason.Ref
	certain   bool
}

// when tells in which state of a person's choices the witness was seen, as the
// end of a sentence.
func (w witness) when() string {
	if w.phase == "" && w.channel == diapason.Does {
		return "in recorded traffic"
	}
	return w.phase.When()
}

// cookieData is the data of every value that is kept in a browser's stores.
const cookieData = diapason.Term("dia:CookieIdentifier")

// witness reads a fact that an expression found.
func (j *judging) witness(f *finder, val ref.Val) (witness, error) {
	fact := reflect.Indirect(reflect.ValueOf(val.Value())).Interface()
	b, err := json.Marshal(fact)
	if err != nil {
		return witness{}, fmt.Errorf("read witness: %w", err)
	}
	w := witness{find: f, val: val, fact: fact, sort: string(b), keys: map[string]string{}}
	j.view(&w)
	vars := j.vars
	vars[itName], vars[allName] = val, []ref.Val{val}
	w.certain, err = f.certain.holds(j.ctx, vars, false)
	return w, err
}

// view takes from a fact what findings need.
func (j *judging) view(w *witness) {
	w.channel = diapason.Does
	switch f := w.fact.(type) {
	case does.Access:
		w.recipient, w.data, w.phase, w.evidence = f.Recipient, f.Data, f.Phase, f.Evidence
		w.run, w.visits, w.keys["name"] = run{f.Phase, f.Run}, []string{f.Visit}, f.Name
	case does.Cookie:
		w.recipient, w.data, w.phase, w.evidence, w.keys["name"] = f.Recipient, cookieData, f.Phase, f.Evidence, f.Name
	case does.Identifier:
		w.recipient, w.data, w.phase, w.evidence = farthest(f.Receivers), cookieData, f.Phase, f.Evidence
		w.keys["name"] = f.Store + " " + f.Key
	case does.Respawn:
		w.recipient, w.data, w.phase, w.evidence, w.keys["name"] = f.Recipient, cookieData, diapason.P5, f.Evidence, f.Key
	case does.Link:
		w.recipient, w.data, w.evidence, w.keys["name"] = f.Receiver, cookieData, f.Evidence, f.Identifier
	case does.Leak:
		w.recipient, w.data, w.phase, w.evidence = f.Recipient, f.Data, f.Phase, f.Evidence
		w.run, w.visits, w.keys["name"] = run{f.Phase, f.Run}, []string{f.Visit}, f.Seed
	case does.Probe:
		w.recipient, w.phase, w.evidence = f.Recipient, f.Phase, f.Evidence
		w.run, w.visits, w.keys["name"] = run{f.Phase, f.Run}, []string{f.Visit}, f.Target
	case does.Return:
		w.recipient, w.phase, w.evidence = farthest(append(slices.Clone(f.Receivers), f.Scripts...)), f.Phase, f.Evidence
		w.run, w.visits, w.keys["name"] = run{f.Phase, f.Run}, []string{f.Visit}, f.App
	case does.Night:
		w.recipient, w.data, w.evidence = f.Receiver, "dia:DeviceIdentifier", f.Evidence
	case does.Banner:
		w.phase, w.evidence, w.run, w.visits = f.Phase, f.Evidence, run{f.Phase, f.Run}, []string{f.Visit}
	case does.Visit:
		w.phase, w.evidence, w.run, w.visits = f.Phase, f.Evidence, run{f.Phase, f.Run}, []string{f.ID}
	case diapason.Flow:
		j.viewFlow(w, f)
	case accord.Pair:
		j.viewFlow(w, f.Flow)
	default:
		j.viewRecord(w)
	}
}

// viewRecord is view for facts of texts, requests and exports.
func (j *judging) viewRecord(w *witness) {
	switch f := w.fact.(type) {
	case asks.Request:
		j.viewRequest(w, f.ID)
		w.evidence = f.Evidence
	case asks.Scope:
		j.viewRequest(w, f.Request)
		w.severity, w.evidence = f.Severity, f.Evidence
		if len(f.Data) > 0 {
			w.data = f.Data[0]
		}
	case asks.Grant:
		j.viewRequest(w, f.Request)
	case says.Document:
		w.channel, w.evidence, w.keys["document"] = diapason.Says, f.Evidence, f.ID
	case says.Practice:
		w.channel, w.data, w.evidence, w.keys["document"] = diapason.Says, f.Data, f.Evidence, f.Document
		w.recipient = diapason.Party{ID: string(f.Recipient), Name: f.RecipientName}
	case says.Change:
		w.channel, w.data, w.keys["document"] = diapason.Says, f.Data, f.Document
	case holds.Item:
		w.channel, w.data, w.evidence, w.keys["name"] = diapason.Holds, f.Data, f.Evidence, f.Name
	case holds.Claim:
		w.channel, w.data = diapason.Holds, f.Data
	case holds.Answer:
		w.channel = diapason.Holds
	case holds.Export:
		w.channel, w.evidence = diapason.Holds, f.Evidence
	}
}

// viewRequest fills in who asks. A request is known again by who asks and what for.
func (j *judging) viewRequest(w *witness, id string) {
	w.channel = diapason.Asks
	w.keys["request"] = id
	for _, r := range j.in.Asks.Requests {
		if r.ID == id {
			w.recipient = diapason.Party{ID: r.App, Name: r.App}
			if r.App == "" || slices.Contains(j.in.Service.Domains, r.App) {
				w.recipient = diapason.Party{ID: j.in.Service.ID, Name: j.in.Service.Name, Role: diapason.RoleService, Relation: diapason.FirstParty}
			}
			w.keys["request-stable"] = r.Provider + " " + strings.Join(r.Purpose, "+")
			if len(w.evidence) == 0 {
				w.evidence = r.Evidence
			}
		}
	}
}

// viewFlow reads a flow. A flow merges requests of many visits: it was seen in
// those of its evidence, and in those where the same receiver was seen to get
// the same kind of data.
func (j *judging) viewFlow(w *witness, f diapason.Flow) {
	w.channel, w.recipient, w.data, w.phase, w.evidence = f.Channel, f.Recipient, f.Data, f.Phase, f.Evidence
	if f.Channel != diapason.Does || f.Mode == diapason.Manual {
		return
	}
	for _, e := range f.Evidence {
		if j.seen.known[e.Record] {
			w.visits = append(w.visits, e.Record)
		}
	}
	same := func(who diapason.Party, data diapason.Term, phase diapason.Phase) bool {
		return who.ID == f.Recipient.ID && phase == f.Phase && category(data) == category(f.Data)
	}
	for _, l := range j.in.Does.Leaks {
		if same(l.Recipient, l.Data, l.Phase) && j.seen.known[l.Visit] {
			w.visits = append(w.visits, l.Visit)
		}
	}
	for _, a := range j.in.Does.Accesses {
		if same(a.Recipient, a.Data, a.Phase) && j.seen.known[a.Visit] {
			w.visits = append(w.visits, a.Visit)
		}
	}
	for _, i := range j.in.Does.Identifiers {
		for _, who := range i.Receivers {
			if same(who, cookieData, i.Phase) {
				w.visits = append(w.visits, i.Visits...)
			}
		}
	}
}

// farthest is the receiver that a finding names: the first that is not the
// service, by id.
func farthest(ps []diapason.Party) diapason.Party {
	sorted := slices.Clone(ps)
	slices.SortStableFunc(sorted, func(a, b diapason.Party) int {
		if d := near(a) - near(b); d != 0 {
			return d
		}
		return strings.Compare(a.ID, b.ID)
	})
	if len(sorted) == 0 {
		return diapason.Party{}
	}
	return sorted[0]
}

func near(p diapason.Party) int {
	if p.Relation == diapason.FirstParty {
		return 1
	}
	return 0
}

// category is the id of the report's data category of a term, or empty.
func category(x diapason.Term) string {
	if x == "" {
		return ""
	}
	c, _ := vocab.Default().Category(x)
	return c.ID
}
