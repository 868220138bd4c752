package report

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"diapason.dev/diapason"
	"diapason.dev/diapason/audit"
)

func printed(t *testing.T, r *audit.Result, s Screen) string {
	t.Helper()
	var b bytes.Buffer
	if err := Terminal(&b, r, s); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTheTerminalSaysTheResultFirstInSixLines(t *testing.T) {
	lines := strings.Split(printed(t, sample(), Screen{Width: 140}), "\n")
	want := []string{
		"Nocturne is out of tune in 7 of 12 kinds of data.",
		"9 rules fail · 14 pass · 2 could not tell · 3 findings need a person · 4 do not apply",
		"7 findings: 2 critical, 3 high, 1 medium, 1 low.",
		"Says: 2 texts, 10 statements · Asks: 1 request, 7 permissions · Does: 19 visits, 521 requests · Holds: 1 export, 12,460 records",
		"Incomplete: 1 thing could not be looked at (below).",
		"Looked at on 24 November 2026, 20:30 to 20:34 UTC with Chromium/156.0.8078.73.",
		"",
	}
	for i, w := range want {
		if lines[i] != w {
			t.Errorf("line %d is %q, want %q", i+1, lines[i], w)
		}
	}
}

func TestTheTerminalTellsFindingsWorstFirstThenWhatWasNotSeen(t *testing.T) {
	out := printed(t, sample(), Screen{Width: 100})
	last := 0
	for _, part := range []string{"Out of tune\n", "CRITICAL\n", "HIGH\n", "MEDIUM\n", "LOW\n", "Could not be looked at\n", "? Does: visit B", "Not examined\n"} {
		i := strings.Index(out, part)
		if i < last {
			t.Errorf("%q stands at %d, before what comes ahead of it", part, i)
		}
		last = i
	}
	for _, must := range []string{
		"5 further kinds of data in tune, and 15 about which no voice has anything, are not printed here.", "(proved in this run)",
		"proposed: a person must confirm", "1 further step in the report.", "Why: the page was still busy after 45 seconds and was left",
	} {
		if !strings.Contains(strings.Join(strings.Fields(out), " "), must) {
			t.Errorf("%q is missing", must)
		}
	}
}

func TestTheTerminalKeepsToItsWidth(t *testing.T) {
	link := sampleAsks().Requests[0].Narrowed
	for _, w := range []int{0, 40, 60, 100, 200} {
		for l := range strings.Lines(printed(t, sample(), Screen{Width: w})) {
			l = strings.TrimSuffix(l, "\n")
			if n := width(l); n > max(w, 40) && !strings.Contains(l, link) {
				t.Errorf("at %d columns a line takes %d: %q", w, n, l)
			}
		}
	}
}

func TestALinkToCopyIsNeverBroken(t *testing.T) {
	if out := printed(t, sample(), Screen{Width: 40}); !strings.Contains(out, sampleAsks().Requests[0].Narrowed+"\n") {
		t.Error("the narrowed link does not stand on one line")
	}
}

func TestColourIsOnlyWhereItIsWanted(t *testing.T) {
	if out := printed(t, sample(), Screen{Width: 80}); strings.Contains(out, "\x1b") {
		t.Error("colour without being asked for")
	}
	coloured := printed(t, sample(), Screen{Width: 80, Colour: true})
	if !strings.Contains(coloured, "\x1b[31;1m") {
		t.Error("no colour")
	}
	if bare := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(coloured, ""); bare != printed(t, sample(), Screen{Width: 80}) {
		t.Error("colour changes the words")
	}
}

func TestACleanResultSaysSo(t *testing.T) {
	r := &audit.Result{Headline: "Serenade is in tune in all 9 kinds of data that this audit saw."}
	r.Run.Channels = map[diapason.Channel]bool{diapason.Says: true}
	out := printed(t, r, Screen{Width: 100})
	for _, must := range []string{"No finding.", "Everything that was asked for was looked at.", "Holds: not examined"} {
		if !strings.Contains(out, must) {
			t.Errorf("%q is missing in %q", must, out)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		text string
		n    int
		want []string
	}{
		{"one two three four", 10, []string{"one two", "three four"}},
		{"", 10, []string{""}},
		{"abcdefghijklmnop", 10, []string{"abcdefghij", "klmnop"}},
		{"音楽サービスは約束を守る", 10, []string{"音楽サービ", "スは約束を", "守る"}},
		{"a e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301 b", 10, []string{"a e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301", "b"}},
	} {
		if got := wrap(c.text, c.n); strings.Join(got, "|") != strings.Join(c.want, "|") {
			t.Errorf("wrap(%q): %q, want %q", c.text, got, c.want)
		}
	}
}
