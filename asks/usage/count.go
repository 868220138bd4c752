package usage

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/asks"
)

// A tally counts calls; refused ones are counted apart.
type tally struct {
	n, refused  int
	first, last int64 // nanoseconds since 1970 UTC; both 0: none
	dated       bool
}

func (t *tally) add(at int64) {
	t.n++
	t.stretch(at)
}

func (t *tally) stretch(at int64) {
	if !t.dated || at < t.first {
		t.first = at
	}
	if !t.dated || at > t.last {
		t.last = at
	}
	t.dated = true
}

func (t *tally) merge(o tally) {
	t.n += o.n
	if o.dated {
		t.stretch(o.first)
		t.stretch(o.last)
	}
}

// told gives a tally in the words of the facts.
func (t *tally) told(what string) asks.Tally {
	out := asks.Tally{What: what, Count: t.n}
	if t.dated {
		out.First, out.Last = time.Unix(0, t.first).UTC(), time.Unix(0, t.last).UTC()
	}
	return out
}

// refused tells whether a status says that the permission itself was refused:
// 401 and 403 are the answers to a token that is not valid or not enough (RFC
// 6750 §3.1). Whatever else came back, the call was made with the permission.
func refused(status int) bool { return status == 401 || status == 403 }

// count counts one call.
func (k *Calls) count(l *line) asks.Place {
	if k.outside(l.at) {
		k.skip(0, outsideWindow)
		return asks.Elsewhere
	}
	k.seen.stretch(l.at)
	if string(l.method) == "OPTIONS" {
		k.ledger.Preflight++
		return asks.Elsewhere
	}
	if len(l.granted) > 0 && !bytes.Equal(l.granted, k.lastGrant) {
		k.grant("log", grantedIn(l.granted))
		k.lastGrant = append(k.lastGrant[:0], l.granted...)
	}
	var place asks.Place
	place, k.picked = k.api.Recognise(l.method, l.url, k.picked[:0])
	switch place {
	case asks.Called:
		k.ledger.Calls++
		for _, c := range k.picked {
			if refused(l.status) {
				k.cells[c].refused++
			} else {
				k.cells[c].add(l.at)
			}
		}
	case asks.Authorization:
		k.ledger.Authorization++
		k.request(l)
	case asks.Unmatched:
		k.ledger.Unmatched++
		k.unmatch(l)
	default:
		k.ledger.Elsewhere++
	}
	return place
}

// grantedIn reads permissions as a log has them: a JSON list, or one text.
func grantedIn(text []byte) []string {
	var list []string
	if text[0] == '[' && json.Unmarshal(text, &list) == nil {
		return list
	}
	return scopesIn(string(text))
}

func scopesIn(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' })
}

func (k *Calls) outside(at int64) bool {
	return !k.log.From.IsZero() && at < k.log.From.UnixNano() || !k.log.To.IsZero() && at > k.log.To.UnixNano()
}

// request remembers the first permission request of the log.
func (k *Calls) request(l *line) {
	if k.Authorize != "" {
		return
	}
	if address, ok := k.api.Request(l.url); ok && l.status < 400 {
		k.Authorize, k.authorized = address, l.at
	}
}

func (k *Calls) unmatch(l *line) {
	what := string(l.method) + " " + k.api.Path(l.url)
	if len(what) > 200 {
		what = manyOthers
	}
	t := k.unmatched[what]
	if t == nil && len(k.unmatched) >= maxUnmatched {
		what, t = manyOthers, k.unmatched[manyOthers]
	}
	if t == nil {
		t = &tally{}
		k.unmatched[what] = t
	}
	t.add(l.at)
}

// bases orders where a list of granted permissions can come from, surest first.
var bases = []string{"token response", "X-OAuth-Scopes", "log"}

// grant adds permissions that were seen to be granted. A surer source replaces others.
func (k *Calls) grant(basis string, names []string) {
	if k.Basis != basis {
		for _, b := range bases {
			if b == k.Basis {
				return
			}
			if b == basis {
				break
			}
		}
		k.Basis = basis
		clear(k.granted)
	}
	for _, name := range names {
		if len(k.granted) < maxGranted {
			k.granted[name] = true
		}
	}
}

// countEntry counts an entry of a HAR file and looks at its answer.
func (k *Calls) countEntry(r *diapason.Request) {
	l := line{method: []byte(r.Method), url: []byte(r.URL), status: r.Status, at: r.At.UnixNano()}
	place := k.count(&l)
	if place != asks.Called && place != asks.Authorization {
		return
	}
	for _, h := range r.ResponseHeaders {
		if strings.EqualFold(h.Name, "X-OAuth-Scopes") {
			k.grant("X-OAuth-Scopes", scopesIn(h.Value))
		}
	}
	var answer map[string]json.RawMessage
	if json.Unmarshal([]byte(r.ResponseBody.Text), &answer) != nil || answer == nil {
		return
	}
	if place == asks.Authorization {
		var scope string
		if answer["access_token"] != nil && json.Unmarshal(answer["scope"], &scope) == nil {
			k.grant("token response", strings.Fields(scope))
		}
		return
	}
	for _, c := range k.picked {
		if refused(l.status) {
			continue
		}
		k.bodies[c]++
		for field := range k.api.Fields(c) {
			if answer[field] != nil {
				at := fieldAt{c, field}
				if k.fields[at] == nil {
					k.fields[at] = &tally{}
				}
				k.fields[at].add(l.at)
			}
		}
	}
}
