package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"diapason.dev/diapason"
	"diapason.dev/diapason/does"
)

// passedFacts are a service on whose pages everything is passed on.
func passedFacts() does.Facts {
	return does.Facts{
		Syncs: []does.Sync{
			{Site: "nocturne.example", Identifier: "cookie pid @ pulse.example", Owner: pulse, Receiver: adsum, Way: "location", Through: []string{"heron.example"}},
			{Site: "nocturne.example", Identifier: "cookie nid @ nocturne.example", Owner: nocturne, Receiver: adsum, Way: "url", Chain: []string{"lower", "hash:sha256", "hex"}, Phases: []diapason.Phase{"P0", "P1", "P4.0"}},
		},
		Cloaks:      []does.Cloak{{Host: "m.nocturne.example", Chain: []string{"n.pulse.example", "edge.pulse.example"}, Party: pulse, Identifiers: []string{"cookie nid @ nocturne.example"}, Listed: "a list, line 3: ||pulse.example^"}},
		Bounces:     []does.Bounce{{From: "nocturne.example", Through: "dunlin.example", To: "label.example", Touched: []string{"dun"}}},
		Decorations: []does.Decoration{{Identifier: "cookie nid @ nocturne.example", Parameter: "visitor", Score: 64, From: "nocturne.example", To: "adsum.example", Party: adsum, Phases: []diapason.Phase{"P2"}}},
		Cookies:     []does.Cookie{{Name: "_p", Host: "nocturne.example", Phase: "P0", Writer: &pulse}, {Name: "_p", Host: "nocturne.example", Phase: "P6", Writer: &pulse}, {Name: "nid", Host: "nocturne.example"}},
		Links: []does.Link{
			{Receiver: pulse, Level: "L1", Sites: []string{"gazette.example", "nocturne.example"}, Identifier: "cookie pid @ pulse.example", Score: 64},
			{Receiver: adsum, Level: "L0", Sites: []string{"gazette.example", "nocturne.example"}},
		},
	}
}

func TestWhoPassesTheVisitorOnIsToldInSentences(t *testing.T) {
	r := sample()
	r.Facts.Does = passedFacts()
	d := document(t, r)
	var got []string
	for _, li := range d.Find("#passed ~ ul li").EachIter() {
		got = append(got, words(li))
	}
	all := strings.Join(got, "\n")
	for _, want := range []string{
		"Adsum came to know you by the name that Pulse Analytics has for you ( cookie pid @ pulse.example ), in a redirect through heron.example.",
		"Adsum came to know you by the name that Nocturne has for you ( cookie nid @ nocturne.example ), in the address of a request, as a hash. It was seen before any choice, and after a refusal and with Global Privacy Control on.",
		"m.nocturne.example looks like a host of the service, and Pulse Analytics answers there: the name stands for n.pulse.example , then edge.pulse.example . It receives cookie nid @ nocturne.example . A filter list names it: a list, line 3: ||pulse.example^.",
		"On the way from nocturne.example to label.example the browser was led through dunlin.example without anybody asking for it, and something was stored or read there: dun .",
		"Links from nocturne.example to Adsum carry a value in “visitor” that could tell one browser from 2^64 others: it is cookie nid @ nocturne.example . It was seen after everything was accepted.",
		"“_p” of nocturne.example was written by a script of Pulse Analytics.",
	} {
		if n := strings.Count(all, want); n != 1 {
			t.Errorf("%d times %q among\n%s", n, want, all)
		}
	}
	rows := d.Find("[aria-label='Links across sites'] tbody")
	if got, want := words(rows), "Pulse Analytics gazette.example and nocturne.example a value of its own for each, which only the company can join cookie pid @ pulse.example 2 64 browsers"+
		" Adsum gazette.example and nocturne.example no value; it sees the network address none was seen –"; got != want {
		t.Errorf("links %q, want %q", got, want)
	}
	r.Facts.Does = does.Facts{}
	if document(t, r).Find("#passed").Length() != 0 {
		t.Error("a section stands there although nobody passes anybody on")
	}
}

func TestATerminalShowsTheFirstFewOfEachWay(t *testing.T) {
	r := sample()
	r.Facts.Does = passedFacts()
	for i := range 6 {
		s := r.Facts.Does.Syncs[0]
		s.Identifier = fmt.Sprint("cookie n", i, " @ pulse.example")
		r.Facts.Does.Syncs = append(r.Facts.Does.Syncs, s)
	}
	var out bytes.Buffer
	if err := Terminal(&out, r, Screen{Width: 400}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"\nWho passes you on\n", "  Companies behind a name of the service\n    - m.nocturne.example looks like", "(cookie n2 @ pulse.example), in a redirect through heron.example.\n      and 3 further ones in the report.\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the terminal lacks %q:\n%s", want, out.String())
		}
	}
}
