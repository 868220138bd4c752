package report

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"diapason.dev/diapason/audit"
	"diapason.dev/diapason/remedy"
)

func advised(t *testing.T, r *audit.Result, list string) string {
	t.Helper()
	var b bytes.Buffer
	if err := Advice(&b, r, list, Screen{Width: 72}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestAdviceTellsWhatToDoAndLeavesWhatIsCopiedWhole(t *testing.T) {
	out := advised(t, sample(), "list.txt")
	flat := strings.Join(strings.Fields(out), " ")
	for _, must := range []string{
		"What you can do", "1. Delete both boxes, then quit the browser. (proved in this run, visit T18)", "about CN-01, EV-08",
		"What the service can do", "• https://static.nocturne.example/ear.js: The cache tag",
		"of 40 requests to what these rules are about the list stops 40 (8 of them because what would have sent them is stopped); of 112 others a rule stops 0",
		"This is matching: no visit was made with the list.", "Left alone: Till at till.example: it works for the service.", "Written to list.txt.",
	} {
		if !strings.Contains(flat, must) {
			t.Errorf("%q is missing in\n%s", must, out)
		}
	}
	for _, whole := range []string{"       ||pulse.example^$third-party\n", "       ETag: \"<SHA-256 of the content>\"\n", "To the data protection officer of Pulse Analytics\n\n"} {
		if !strings.Contains(out, whole) {
			t.Errorf("%q is not to be copied as it is from\n%s", whole, out)
		}
	}
	if quiet := advised(t, new(audit.Result), ""); !strings.Contains(quiet, "There is nothing to do about what was seen.") {
		t.Errorf("about nothing it says\n%s", quiet)
	}
}

func TestAdviceAsJSONHasNoNull(t *testing.T) {
	var b bytes.Buffer
	if err := AdviceJSON(&b, remedy.Advice{}); err != nil {
		t.Fatal(err)
	}
	if !json.Valid(b.Bytes()) || strings.Contains(b.String(), "null") {
		t.Errorf("%s", &b)
	}
}

func TestThePageTellsTheSameAdvice(t *testing.T) {
	page := string(pageOf(t, sample()))
	for _, must := range []string{`<h2 id="remedies">`, `href="#remedies"`, "Delete both boxes, then quit the browser.", "ETag: &#34;&lt;SHA-256 of the content&gt;&#34;", "1 rule for uBlock Origin", "||pulse.example^$third-party\n"} {
		if !strings.Contains(page, must) {
			t.Errorf("%q is not on the page", must)
		}
	}
	if strings.Contains(string(pageOf(t, new(audit.Result))), `id="remedies"`) {
		t.Error("a page without advice has a place for it")
	}
}
