package does_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason"
	"diapason.dev/diapason/does"
	"diapason.dev/diapason/entity"
	"diapason.dev/diapason/internal/browse"
	"diapason.dev/diapason/internal/gate"
	"diapason.dev/diapason/lab"
)

// tabs are the fixtures that are about the tab's own way: the others share a page.
var tabs = []string{"bounce", "bounce-own", "decoration", "decoration-own"}

// passedOn visits all sites of the lab on which somebody passes a visitor on,
// and those that only look alike, in one plan, and reads what the visits show.
func passedOn(t *testing.T) does.Facts {
	t.Helper()
	l, err := lab.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	g, err := gate.Start(t.Context(), gate.Options{Dial: l.Dial(), Alias: l.Alias()})
	if err != nil {
		t.Fatal(err)
	}
	var embedded []string
	for _, f := range lab.Links() {
		if !slices.Contains(tabs, f.Name) {
			embedded = append(embedded, f.Name)
		}
	}
	p := does.Plan{Start: []string{lab.LinksTogether(embedded...)}, Linkage: []string{lab.Strand()}}
	for _, name := range tabs {
		p.Start = append(p.Start, "https://"+name+".link.example/")
	}
	b := &browse.Browser{Unsandboxed: true, Gate: g, PinSPKI: l.PinSPKI(), Work: t.TempDir(), Settle: browse.Brisk}
	captures, gaps, err := p.Run(t.Context(), b, func(*diapason.Capture) {})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range captures {
		gaps = append(gaps, c.Gaps...)
	}
	for _, gap := range gaps {
		if !gap.Minor { // pages that lead on by themselves are left before they have told everything
			t.Errorf("gap: %s: %s", gap.What, gap.Why)
		}
	}
	companies, err := entity.New([]entity.Own{{Domain: "siskin.example", Name: "Siskin", Role: "analytics"}, {Domain: "quay.example", Name: "Quay", Role: "processor"}})
	if err != nil {
		t.Fatal(err)
	}
	r := does.Reader{Service: diapason.Service{ID: "link", Name: "Link", Domains: []string{"link.example"}}, Entities: companies, Salt: []byte("salt")}
	return r.Read(stored(t, captures))
}

// passedLines writes each thing that the pages state about themselves, or that the
// facts tell, as a line.
type passedLines map[string][]string

func (l passedLines) add(kind, format string, args ...any) {
	l[kind] = append(l[kind], fmt.Sprintf(format, args...))
}

func statedOnPages() passedLines {
	l := passedLines{}
	for _, f := range lab.Links() {
		t := f.Truth.Link
		for _, s := range t.Syncs {
			l.add("syncs", "cookie %s @ %s of %s to %s by %s through %v", s.Name, s.Host, s.Owner, s.Receiver, s.Way, s.Through)
		}
		for _, c := range t.Cloaks {
			l.add("cloaks", "%s of %s gets cookie %s", c.Host, c.Party, c.Name)
		}
		for _, b := range t.Bounces {
			l.add("bounces", "%s, %s, %s: [%s]", b.From, b.Through, b.To, b.Name)
		}
		for _, d := range t.Decorations {
			l.add("decorations", "cookie %s @ %s as %s to %s", d.Name, d.Host, d.Parameter, d.To)
		}
		for _, g := range t.Ghosts {
			l.add("ghosts", "%s @ %s by %s", g.Name, g.Host, g.Writer)
		}
		for _, v := range t.Levels {
			l.add("levels", "%s %s, in memory %t, [link.example strand.example]", v.Receiver, v.Level, v.Memory)
		}
		for _, host := range t.Probes {
			l.add("probes", "%s with an identifier", host)
		}
	}
	return l
}

func seenIn(f does.Facts) passedLines {
	l := passedLines{}
	for _, s := range f.Syncs {
		l.add("syncs", "%s of %s to %s by %s through %v", s.Identifier, s.Owner.ID, s.Receiver.ID, s.Way, s.Through)
	}
	for _, c := range f.Cloaks {
		name, _, _ := strings.Cut(strings.Join(c.Identifiers, " and "), " @ ")
		l.add("cloaks", "%s of %s gets %s", c.Host, c.Party.ID, name)
	}
	for _, b := range f.Bounces {
		l.add("bounces", "%s, %s, %s: %v", b.From, b.Through, b.To, b.Touched)
	}
	for _, d := range f.Decorations {
		l.add("decorations", "%s as %s to %s", d.Identifier, d.Parameter, d.To)
	}
	for _, c := range f.Cookies {
		if c.Writer != nil {
			l.add("ghosts", "%s @ %s by %s", c.Name, c.Host, c.Writer.ID)
		}
	}
	for _, v := range f.Links {
		l.add("levels", "%s %s, in memory %t, %v", v.Receiver.ID, v.Level, v.MemoryOnly, v.Sites)
	}
	for _, p := range f.Probes {
		line := p.Host
		if p.CarriesID {
			line += " with an identifier"
		}
		if !slices.Contains(l["probes"], line) {
			l.add("probes", "%s", line)
		}
	}
	return l
}

// Each site of the lab on which a visitor is passed on states who comes to
// know them by what, and its twin that only looks alike states that nobody
// does. All of that is found, and nothing else.
func TestWhoPassesAVisitorOnIsFoundOnTheFixtures(t *testing.T) {
	want, got := statedOnPages(), seenIn(passedOn(t))
	for _, kind := range []string{"syncs", "cloaks", "bounces", "decorations", "ghosts", "levels", "probes"} {
		slices.Sort(want[kind])
		slices.Sort(got[kind])
		if len(want[kind]) == 0 || !slices.Equal(want[kind], got[kind]) {
			t.Errorf("%s\n\t%s\nwant\n\t%s", kind, strings.Join(got[kind], "\n\t"), strings.Join(want[kind], "\n\t"))
		}
	}
}
