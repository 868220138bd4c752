package does

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"diapason.dev/diapason"
)

// The words for what rode along with data.
const (
	persistentID = "persistent-id"
	hashedSeed   = "hashed-seed"
	plainSeed    = "plain-seed"
	pageAddress  = "page-address"
)

// Flows tells who received which kind of data in which phase, one flow for
// each, from the facts alone. What a service stores and reads only to work
// (facts with nx "no") moves no data that a person would want to know of. A
// company that could not be told of Global Privacy Control has not ignored it:
// what it got is told by the visits without that signal.
func (r Reader) Flows(f Facts) []diapason.Flow {
	s := streams{reader: r, all: map[streamKey]*diapason.Flow{}, visits: map[string]Visit{}}
	for _, v := range f.Visits {
		s.visits[v.ID] = v
	}
	for _, l := range f.Leaks {
		s.leak(l)
	}
	told := slices.DeleteFunc(slices.Clone(f.Accesses), func(a Access) bool { return a.Unsignalled })
	for _, a := range told {
		s.access(a)
	}
	s.contacts(told)
	return s.sorted()
}

type streamKey struct {
	recipient string
	relation  diapason.Relation
	data      diapason.Term
	phase     diapason.Phase
	manual    bool
}

// streams gathers single observations into flows.
type streams struct {
	reader Reader
	all    map[streamKey]*diapason.Flow
	visits map[string]Visit
}

// at is the flow of a kind of data to a recipient, made if it is not there. It
// bears the time of the first visit that saw it.
func (s *streams) at(who diapason.Party, data diapason.Term, phase diapason.Phase, visit string) *diapason.Flow {
	at, manual := s.visits[visit].At, s.visits[visit].Source == "har"
	k := streamKey{who.ID, who.Relation, data, phase, manual}
	if f := s.all[k]; f != nil {
		if at.Before(f.At) {
			f.At = at
		}
		return f
	}
	f := &diapason.Flow{
		Channel: diapason.Does, Polarity: diapason.Observed, Subject: diapason.Visitor, Recipient: who, Data: data, Phase: phase,
		Operation: diapason.Collect, Sender: diapason.Party{ID: "visitor", Role: diapason.RolePerson}, Consent: diapason.ConsentUnknown, Confidence: 1, Mode: diapason.Auto, At: at,
	}
	if who.Relation != diapason.FirstParty {
		f.Operation = diapason.Share
		f.Sender = diapason.Party{ID: s.reader.Service.ID, Name: s.reader.Service.Name, Role: diapason.RoleService, Relation: diapason.FirstParty}
	}
	switch {
	case manual:
		f.Mode, f.Subject = diapason.Manual, diapason.AccountHolder
	case choiceOf(phase) == "accept":
		f.Consent = diapason.ConsentPresent
	case phase == diapason.P0 || stageOf(phase) == phase:
		f.Consent = diapason.ConsentAbsent
	case phase == diapason.P6:
		f.Subject = diapason.AccountHolder
	}
	s.all[k] = f
	return f
}

// add merges one observation: how many requests, what rode along, and one
// reference for each visit.
func add(f *diapason.Flow, n int, words string, evidence []diapason.Ref, payload ...string) {
	f.Count += max(n, 1)
	for _, p := range payload {
		if !slices.Contains(f.Payload, p) {
			f.Payload = append(f.Payload, p)
		}
	}
	if known := strings.Split(f.Words, ", "); words != "" && !slices.Contains(known, words) {
		f.Words = strings.TrimPrefix(f.Words+", "+words, ", ")
	}
	for _, e := range evidence {
		if !slices.ContainsFunc(f.Evidence, func(old diapason.Ref) bool { return old.Record == e.Record }) {
			f.Evidence = append(f.Evidence, e)
		}
	}
}

func (s *streams) leak(l Leak) {
	payload := plainSeed
	if strings.Contains(l.Transform, "hash") {
		payload = hashedSeed
	}
	add(s.at(l.Recipient, l.Data, l.Phase, l.Visit), 1, l.Seed, l.Evidence, payload)
}

// access tells of identifiers that were stored for, read by or sent to somebody.
func (s *streams) access(a Access) {
	if a.Data != cookieData && a.Data != deviceData || a.NX == "no" {
		return
	}
	add(s.at(a.Recipient, a.Data, a.Phase, a.Visit), a.Count, a.Name, a.Evidence, persistentID)
}

// contacts adds that a page's address rode along, and for companies that got
// nothing else what every contact gives away: the network address.
func (s *streams) contacts(all []Access) {
	more := map[string]bool{}
	for k := range s.all {
		more[k.recipient+"\x00"+string(k.phase)] = true
	}
	for _, a := range all {
		if a.Kind != "contact" || a.Recipient.Relation == diapason.FirstParty {
			continue
		}
		var payload []string
		if a.PageAddress {
			payload = append(payload, pageAddress)
		}
		if !more[a.Recipient.ID+"\x00"+string(a.Phase)] {
			add(s.at(a.Recipient, addressData, a.Phase, a.Visit), a.Count, a.Name, a.Evidence, payload...)
			continue
		}
		for k, f := range s.all {
			if k.recipient == a.Recipient.ID && k.phase == a.Phase && k.data != addressData {
				add(f, 0, "", nil, payload...)
				f.Count-- // the requests were counted with what they carried
			}
		}
	}
}

func (s *streams) sorted() []diapason.Flow {
	keys := slices.SortedFunc(maps.Keys(s.all), func(a, b streamKey) int {
		return cmp.Or(strings.Compare(string(a.phase), string(b.phase)), strings.Compare(a.recipient, b.recipient), strings.Compare(string(a.relation), string(b.relation)),
			strings.Compare(string(a.data), string(b.data)), truth(a.manual)-truth(b.manual))
	})
	var out []diapason.Flow
	for _, k := range keys {
		f := s.all[k]
		slices.Sort(f.Payload)
		out = append(out, *f)
	}
	return out
}
