package report

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/audit"
	"diapason.dev/diapason/does"
	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
)

func document(t *testing.T, r *audit.Result) *goquery.Document {
	t.Helper()
	d, err := goquery.NewDocumentFromReader(bytes.NewReader(pageOf(t, r)))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// words is the text of a part of the page, its pieces one space apart.
func words(s *goquery.Selection) string {
	var parts []string
	for _, n := range s.Nodes {
		for d := range n.Descendants() {
			if d.Type == html.TextNode {
				parts = append(parts, strings.Fields(d.Data)...)
			}
		}
	}
	return strings.Join(parts, " ")
}

func TestTheFirstPictureIsTheTableOfTheFourVoices(t *testing.T) {
	r := sample()
	d := document(t, r)
	if first := d.Find("main > section, main > h2").First(); first.AttrOr("id", "") != "table" {
		t.Errorf("the page begins with %q", first.AttrOr("id", ""))
	}
	if got := words(d.Find("table.first thead")); got != "Kind of data Says Asks Does Holds" {
		t.Errorf("columns %q", got)
	}
	rows := d.Find("table.first tbody tr").Not(".reason")
	if rows.Length() != len(r.Table.Rows) || rows.Filter(".apart").Length() != r.Table.Out {
		t.Errorf("%d rows, %d apart", rows.Length(), rows.Filter(".apart").Length())
	}
	if caption := words(d.Find("table.first caption")); !strings.Contains(caption, fmt.Sprintf("%d kinds of data are not shown", r.Table.Hidden)) {
		t.Errorf("the hidden rows are not counted: %q", caption)
	}
	if got := words(rows.First()); !strings.HasPrefix(got, "e-mail address ≠ denied We do not share your e-mail address with advertisers.") {
		t.Errorf("first row: %q", got)
	}
}

func TestTheFirstScreenCountsInWords(t *testing.T) {
	if got := words(document(t, sample()).Find("h1")); got != sample().Headline {
		t.Errorf("headline %q", got)
	}
	if got := words(document(t, sample()).Find(".counts")); got != "9 rules fail 14 pass 2 could not tell 3 findings need a person 4 do not apply" {
		t.Errorf("%q", got)
	}
}

func TestEveryFindingShowsFourVoicesAndWhatToDo(t *testing.T) {
	r := sample()
	found := document(t, r).Find("article.finding")
	if found.Length() != len(r.Findings) {
		t.Fatalf("%d findings on the page", found.Length())
	}
	found.Each(func(i int, s *goquery.Selection) {
		if got := words(s.Find(".quotes h4")); got != "Says Asks Does Holds" {
			t.Errorf("finding %d quotes %q", i, got)
		}
		if s.Find(".todo ol").Length() != 2 {
			t.Errorf("finding %d does not tell both sides what to do", i)
		}
	})
	if got := words(found.Eq(1).Find(".proved")); got != "✓ proved in this run, visit respawn/T7" {
		t.Errorf("proof: %q", got)
	}
}

func TestWhatWasNotLookedAtIsPrinted(t *testing.T) {
	r := sample()
	text := words(document(t, r).Find("body"))
	for _, g := range r.Gaps {
		if !strings.Contains(text, g.What) || !strings.Contains(text, g.Why) || !strings.Contains(text, g.Next) {
			t.Errorf("gap %q is not told in full", g.What)
		}
	}
	for _, n := range r.NotExamined {
		if !strings.Contains(text, n) {
			t.Errorf("%q is missing", n)
		}
	}
	if !strings.Contains(text, "No third party has stamped the time of this record.") {
		t.Error("a record without a time stamp does not say so")
	}
	r.Run.Stamped, r.Gaps = true, nil
	if text = words(document(t, r).Find("body")); strings.Contains(text, "No third party has stamped") || !strings.Contains(text, "Everything that this audit was asked to look at, it looked at.") {
		t.Error("a stamped record without gaps does not say so")
	}
}

func TestAStoppedAuditSaysSoAtTheTop(t *testing.T) {
	r := sample()
	r.Run.Partial = true
	if got := words(document(t, r).Find("header .meta")); !strings.HasPrefix(got, "Stopped before the end.") {
		t.Errorf("%q", got)
	}
}

func TestHowManyVisitsWentOnAtATimeIsTold(t *testing.T) {
	r := sample()
	const told = "Visits up to 4 at a time"
	if strings.Contains(words(document(t, r).Find("body")), told) {
		t.Error("a run that does not know tells it")
	}
	r.Run.AtOnce = 4
	if !strings.Contains(words(document(t, r).Find("body")), told) {
		t.Error("it is not told")
	}
}

func TestEveryEntryOfTheContentsLeadsSomewhere(t *testing.T) {
	for _, r := range []*audit.Result{sample(), {}} {
		d := document(t, r)
		d.Find("a[href]").Each(func(_ int, a *goquery.Selection) {
			if d.Find(a.AttrOr("href", "")).Length() != 1 {
				t.Errorf("%s leads nowhere", a.AttrOr("href", ""))
			}
		})
	}
}

func TestNoIdStandsTwice(t *testing.T) {
	seen := map[string]bool{}
	document(t, sample()).Find("[id]").Each(func(_ int, s *goquery.Selection) {
		if id := s.AttrOr("id", ""); seen[id] {
			t.Errorf("id %q stands twice", id)
		} else {
			seen[id] = true
		}
	})
}

func TestRespawnSentences(t *testing.T) {
	for _, c := range []struct {
		stores [][]string
		recipe []string
		proved bool
		want   string
	}{
		{[][]string{{"Cache"}, {"Local Storage"}}, []string{"Cache", "Local Storage"}, true, "We deleted Cookies, and “nid” came back with its old value. It was brought back by Cache or Local Storage, either alone. Deleting Cookies, Cache and Local Storage together ended it: visits that kept everything else proved that."},
		{[][]string{{"Cache"}}, []string{"Cookies", "Cache"}, true, "We deleted Cookies, and “nid” came back with its old value. Cache brought it back. Deleting Cookies and Cache together ended it: visits that kept everything else proved that."},
		{[][]string{{"Cache"}, {"IndexedDB"}, {"Favicons", "Cache"}}, nil, false, "We deleted Cookies, and “nid” came back with its old value. It was brought back by Cache, IndexedDB or Favicons with Cache, each alone. No way to get rid of it was proved."},
		{nil, []string{"Cache"}, false, "We deleted Cookies, and “nid” came back with its old value. Which store brought it back was not found. No way to get rid of it was proved."},
	} {
		if got := respawnSentence(does.Respawn{Target: "Cookies", Key: "nid", Stores: c.stores, Recipe: c.recipe, RecipeProved: c.proved}); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

func TestReturnsThatNoStoreExplainsAreToldApart(t *testing.T) {
	for _, c := range []struct {
		r    does.Respawn
		want string
	}{
		{does.Respawn{Kind: "account"}, "It came back because the same account signed in, which is what an account is for. No store brought it back."},
		{does.Respawn{Kind: "stateless"}, "It came back with no store kept at all, so that no deletion ends it."},
		{
			does.Respawn{Kind: "stateless", Features: [][]string{{"language", "screen"}}},
			"It came back with no store kept at all, so that no deletion ends it. It is made of what the browser shows: language with screen.",
		},
	} {
		c.r.Target, c.r.Key = "Cookies", "uid"
		if got, want := respawnSentence(c.r), "We deleted Cookies, and “uid” came back with its old value. "+c.want; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	for want, test := range map[string]does.Test{
		"": {}, "signed in": {SignedIn: true}, "another language shown": {Changed: []string{"language"}}, "another language and screen shown": {Changed: []string{"language", "screen"}},
	} {
		if got := setting(test); got != want {
			t.Errorf("%+v: %q, want %q", test, got, want)
		}
	}
}

func TestContactedIsAnotherWordThanReceived(t *testing.T) {
	var got []string
	for _, p := range recipients(sample()) {
		got = append(got, fmt.Sprintf("%s, %s: %s (%d)", p.Name, p.Role, and(p.What), p.Count))
	}
	want := []string{
		"Adsum, advertising: device identifier and e-mail address (hashed) (96)", "Pulse Analytics, audience measuring: cookie identifier (6)",
		"fonts.example, unknown: contacted (3)", "Nocturne, the service itself: cookie identifier, e-mail address and name (10)",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestTheNightIsDrawnToScaleAndSaysItsZone(t *testing.T) {
	v := nights(sampleDoes().Nights)
	if !strings.HasPrefix(v[0].Sentence, "14 of 93 requests between midnight and six in the morning, by the clock of Europe/Paris") {
		t.Errorf("%q", v[0].Sentence)
	}
	if !strings.Contains(v[1].Sentence, "without its time zone") || len(v[1].Bars) != 0 {
		t.Errorf("an unknown zone: %+v", v[1])
	}
	for _, b := range v[0].Bars {
		hour := (b.X - 3) / 20
		if b.Y+b.H != 94 || b.H < 2 || b.Y < 4 || (b.Class == "night") != (hour < 6) {
			t.Errorf("bar %+v", b)
		}
	}
	if len(v[0].Hours) != 24 {
		t.Errorf("the table has %d hours", len(v[0].Hours))
	}
}

func TestPermissionsStandBelowTheirVerdictEachOnce(t *testing.T) {
	d := document(t, sample())
	if got := d.Find("table.ladder tbody tr").Length(); got != 7 {
		t.Errorf("%d permissions", got)
	}
	if got := words(d.Find("table.ladder tbody tr").First()); got != "● needed It saves and removes music in your library. profile user-library-modify" {
		t.Errorf("first: %q", got)
	}
	text := words(d.Find("main"))
	if strings.Contains(text, "`") || !strings.Contains(text, "Also: no state ; no PKCE.") {
		t.Error("the sentences after the list are missing, or carry backquotes")
	}
}

func TestSmallWords(t *testing.T) {
	day1, day2 := time.Date(2024, 2, 3, 0, 0, 0, 0, time.UTC), time.Date(2026, 11, 4, 0, 0, 0, 0, time.UTC)
	for _, c := range [][2]string{
		{number(0), "0"},
		{number(999), "999"},
		{number(1000), "1,000"},
		{number(-1234567), "-1,234,567"},
		{span(day1, day2), "2024-02 – 2026-11"},
		{span(day1, day1), "2024-02"},
		{span(time.Time{}, day2), "to 2026-11"},
		{span(day1, time.Time{}), "from 2024-02"},
		{span(time.Time{}, time.Time{}), ""},
		{and(nil), ""},
		{and([]string{"a"}), "a"},
		{and([]string{"a", "b", "c"}), "a, b and c"},
		{or([]string{"a", "b"}), "a or b"},
		{bits(96.6), "96"},
		{anchor("dfp1:ab/c"), "f-dfp1-ab-c"},
		{day(time.Time{}), "an unknown day"},
		{outcome(diapason.Verdict{Outcome: diapason.Fail, Findings: 1}), "≠ fails, 1 finding"},
		{outcome(diapason.Verdict{Outcome: diapason.Inconclusive}), "? could not tell"},
		{role(diapason.Party{Role: diapason.RoleAdvertiser, Relation: diapason.CloakedParty}), "advertising, behind a name of the service"},
		{name(diapason.Party{}), "an unknown receiver"},
		{voice(""), "All voices"},
	} {
		if c[0] != c[1] {
			t.Errorf("got %q, want %q", c[0], c[1])
		}
	}
}

// A page of ten thousand findings stays a page.
func BenchmarkHTML(b *testing.B) {
	r := sample()
	for len(r.Findings) < 10_000 {
		r.Findings = append(r.Findings, r.Findings...)
	}
	r.Findings = r.Findings[:10_000]
	for b.Loop() {
		b.SetBytes(int64(len(pageOf(b, r))))
	}
}
