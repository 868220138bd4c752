package says

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// outline writes a tree in one line for each node with words.
func outline(text string, n *node, depth int) []string {
	names := map[kind]string{kindHeading: "heading", kindParagraph: "paragraph", kindItem: "item", kindCell: "cell", kindRow: "row", kindTable: "table"}
	var out []string
	for _, k := range n.kids {
		if name := names[k.kind]; name != "" {
			words := ""
			if k.kind != kindCell || len(k.kids) == 0 {
				words = text[k.own.start:k.own.end]
			}
			out = append(out, strings.TrimSpace(fmt.Sprintf("%s%s %s", strings.Repeat(" ", depth), name, words)))
		}
		out = append(out, outline(text, k, depth+1)...)
	}
	return out
}

func TestMarkdownAndHTMLGiveTheSameStructure(t *testing.T) {
	md := "# Policy\n\nWe collect:\n\n*   your name\n    *   first\n*   your photos\n\n**Sharing**\n\n| Data | Who |\n| --- | --- |\n| Name | * labels<br>* artists |\n"
	html := "<h1>Policy</h1><p>We collect:<ul><li>your name<ul><li>first</ul><li>your photos</ul><p><b>Sharing</b></p><table><tr><th>Data<th>Who<tr><td>Name<td><ul><li>labels<li>artists</ul></table>"
	a := reading{text: md}.withRoot()
	b := page(html)
	want := []string{
		"heading Policy", "paragraph We collect:", "item your name", "item first", "item your photos", "heading Sharing",
		"table", "row", "cell", "paragraph Data", "cell", "paragraph Who", "row", "cell", "paragraph Name", "cell", "item labels", "item artists",
	}
	for name, r := range map[string]reading{"markdown": a, "html": b} {
		got := outline(r.text, r.root, 0)
		for i := range got {
			got[i] = strings.ReplaceAll(strings.TrimSpace(got[i]), "**", "")
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s:\n got %q\nwant %q", name, got, want)
		}
	}
}

func TestScriptsStylesAndNavigationAreNotRead(t *testing.T) {
	r := page(`<html><head><title>T</title><style>p{}</style></head><body><nav>Home</nav><script type="application/json">{"we":"collect your name"}</script><p>We collect your e&#8209;mail <b>address</b>.</p><noscript>We collect your photos.</noscript></body></html>`)
	if got := strings.TrimSpace(r.text); got != "We collect your e\u2011mail address." {
		t.Errorf("text %q", got)
	}
}

func TestAListThatIsOnlyDrawnIsAList(t *testing.T) {
	r := page("<p>We collect:<br>• your name<br>• your photos</p>")
	var got []string
	for _, p := range r.extract(Source{ID: "p", Kind: "policy"}).practices {
		got = append(got, short(p))
	}
	if want := []string{"collect Name", "collect Picture"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSentencesEndWherePeopleEndThem(t *testing.T) {
	for text, want := range map[string]int{
		"We collect data. We use it.":                         2,
		"We use partners, e.g. labels, for this. They pay.":   2,
		"We collect: (i) your name. (ii) your photos. and so": 1,
		"it is necessary to do so. to comply with the law":    1,
		"Visit example.com/privacy for more. Thank you!":      2,
		"Acme Inc. collects data.":                            1,
	} {
		if got := len(sentences(tokenize(text, span{0, len(text)}))); got != want {
			t.Errorf("%q: %d sentences, want %d", text, got, want)
		}
	}
}

func TestTokensKeepTheirPlaceInTheText(t *testing.T) {
	text := "We’ll share **your** [e-mail](https://x.example/a_b) address; don’t worry\\."
	var words []string
	for _, tk := range tokenize(text, span{0, len(text)}) {
		if tk.mark {
			continue
		}
		words = append(words, tk.word)
		if raw := plainWord(text[tk.start:tk.end]); raw != tk.word {
			t.Errorf("the word %q stands at %q", tk.word, raw)
		}
	}
	if want := "we 'll share your e mail address don't worry"; strings.Join(words, " ") != want {
		t.Errorf("words %q, want %q", words, want)
	}
}

func TestDeepAndLongTextsAreReadInBoundedTime(t *testing.T) {
	for name, raw := range map[string]string{
		"10,000 nested lists":  "<p>We collect your name and your personal data.</p>" + strings.Repeat("<ul><li>", 10000) + "We collect your photos." + strings.Repeat("</ul>", 10000),
		"a line of a megabyte": "We collect your name and your personal data " + strings.Repeat("and then some more of it ", 40000),
		"many brackets":        "We collect your personal data. " + strings.Repeat("[", 20000) + strings.Repeat("(", 20000) + strings.Repeat("<a", 20000),
		"a wide table":         "We collect your personal data.\n\n" + strings.Repeat("| a ", 20000) + "|\n" + strings.Repeat("| your name ", 20000) + "|\n",
		"deep Markdown":        "We collect your personal data.\n\n" + deepList(2000),
	} {
		doc, _ := Read(Text{Source: Source{ID: "p", Kind: "policy"}, Raw: []byte(raw)})
		if doc.Words == 0 {
			t.Errorf("%s: no words were read", name)
		}
	}
}

func deepList(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%s* your name\n", strings.Repeat(" ", min(i, 200)))
	}
	return b.String()
}

func TestDatesAreReadInTheWaysTheyAreWritten(t *testing.T) {
	for text, want := range map[string]string{
		"Effective as of September 9, 2015":           "2015-09-09",
		"Effective as from 29 April 2014":             "2014-04-29",
		"**Last Updated:** _30 November 2025_":        "2025-11-30",
		"Last modified on the 1st of March 2026":      "2026-03-01",
		"Version of 2026-07-01":                       "2026-07-01",
		"Updated August 2026":                         "2026-08",
		"We were founded on 1 May 2001 in a garage.":  "",
		"Effective immediately, and for a long time.": "",
	} {
		if got := dated(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestWhatTheLawWantsToldIsMissedOnlyWhereItIsNotTold(t *testing.T) {
	full := "The controller is Acme. Contact our data protection officer. Purposes and legal basis. Recipients: service providers. We transfer data to other countries. Retention: as long as needed. Your rights: access. You may withdraw your consent. You may complain to the supervisory authority. You are required to provide your name. There is no automated decision-making."
	if got := missing(full); len(got) != 0 {
		t.Errorf("missing %q of a text that tells all", got)
	}
	if got := missing("We bake bread."); len(got) != len(required) {
		t.Errorf("%d things missing of %d", len(got), len(required))
	}
	if got := missing(strings.ReplaceAll(full, "complain to the supervisory authority", "write")); !slices.Equal(got, []string{"right-to-complain"}) {
		t.Errorf("missing %q", got)
	}
}

func TestNoticeOfRestoringIsAnAffirmativeSentence(t *testing.T) {
	for text, want := range map[string]bool{
		"If you delete our cookies, we may restore them from your browser's storage.": true,
		"An identifier that was deleted can be re-created from local storage.":        true,
		"When the cookie is cleared, we put it back with the help of the cache.":      true,
		"We do not restore identifiers that you have deleted.":                        false,
		"You can restore a deleted playlist within 90 days.":                          false,
		"You can delete cookies in your browser.":                                     false,
	} {
		if got := TellsOfRestoring(Text{Raw: []byte(text)}); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}
