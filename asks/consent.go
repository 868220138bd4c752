package asks

import (
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// A ConsentPage is what a provider's consent page printed when somebody looked.
// Its lines are not permissions: one permission may print several lines, and
// some lines belong to none.
type ConsentPage struct {
	Lines  []string  // in page order, without headings
	Seen   time.Time // when the page was captured
	Client string    // the name of the app that it showed; empty: not known
}

// client is the name of the app on the consent page, where that was seen.
func (a *Ask) client() string {
	if a.Consent == nil {
		return ""
	}
	return a.Consent.Client
}

// ReadConsentPage takes the lines of a consent page out of its HTML or its
// plain text. In HTML a line is an item of a list that holds no list itself,
// outside header, navigation and footer. In plain text it is a line that
// begins with a bullet; where none does, every line that is not empty.
func ReadConsentPage(page string, seen time.Time) ConsentPage {
	c := ConsentPage{Seen: seen}
	if strings.Contains(page, "<") {
		c.Lines = listItems(page)
	} else {
		c.Lines = bullets(page)
	}
	return c
}

func bullets(text string) []string {
	var marked, all []string
	for line := range strings.Lines(text) {
		line = shortened(strings.Join(strings.Fields(line), " "))
		if line == "" {
			continue
		}
		all = append(all, line)
		if rest := strings.TrimLeft(line, "-–—•*·◦▪"); rest != line {
			marked = append(marked, strings.TrimSpace(rest))
		}
	}
	if len(marked) > 0 {
		return marked
	}
	return all
}

// listItems returns the text of every innermost list item.
func listItems(page string) []string {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return []string{}
	}
	found := []string{}
	var visit func(n *html.Node)
	visit = func(n *html.Node) {
		if n.Type == html.ElementNode && slices.Contains([]string{"header", "nav", "footer", "script", "style", "template"}, n.Data) {
			return
		}
		if isItem(n) && !hasItem(n) {
			if text := shortened(textOf(n)); text != "" {
				found = append(found, text)
			}
			return
		}
		for child := range n.ChildNodes() {
			visit(child)
		}
	}
	visit(root)
	return found
}

func isItem(n *html.Node) bool {
	if n.Type != html.ElementNode {
		return false
	}
	return n.Data == "li" || slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "role" && a.Val == "listitem" })
}

func hasItem(n *html.Node) bool {
	for d := range n.Descendants() {
		if isItem(d) {
			return true
		}
	}
	return false
}

// observedLines counts the lines of the page that was seen.
func (j *judgement) observedLines() Lines {
	total := Lines{Basis: "observed", Count: len(j.ask.Consent.Lines)}
	if seen := j.ask.Consent.Seen; !seen.IsZero() {
		total.Date = seen.Format(time.DateOnly)
	}
	return total
}
