package vocab

import (
	"regexp"
	"strings"
	"testing"

	"diapason.dev/diapason"
)

// technical is what an identifier looks like and plain words do not.
var technical = regexp.MustCompile(`[:_/]|[a-z][A-Z]|\s\s|^\s|\s$`)

func TestLabelsAreWordsForPeople(t *testing.T) {
	tree := Default()
	seen := map[string]diapason.Term{}
	for i, x := range tree.terms {
		label := tree.Label(x)
		if label == "" || technical.MatchString(label) {
			t.Errorf("%s reads %q", x, label)
		}
		if k := tree.kinds[i]; k == "pd" || k == "party" || k == "purpose" {
			if other, taken := seen[k+label]; taken {
				t.Errorf("%s and %s both read %q", x, other, label)
			}
			seen[k+label] = x
		}
		if first := label[:1]; first != strings.ToLower(first) && !strings.HasPrefix(label, strings.ToUpper(label[:2])) {
			t.Errorf("%s reads %q: it begins with a capital and is no abbreviation", x, label)
		}
	}
}

func TestBetterWordsAreForTermsThatExist(t *testing.T) {
	for x, words := range better {
		if !Default().Has(x) {
			t.Errorf("%s (%q) is no term", x, words)
		}
	}
}

func TestLabelsOfWellKnownTerms(t *testing.T) {
	for x, want := range map[diapason.Term]string{
		"":                     "unknown",
		"pd:EmailAddress":      "e-mail address",
		"pd:SocialNetwork":     "friends and contacts",
		"dia:InferredSegment":  "inferred segments",
		"pd:IPAddress":         "IP address",
		"pd:HouseOwned":        "house owned",
		"eu-gdpr:A6-1-f":       "GDPR Art. 6(1)(f)",
		"eu-gdpr:A15":          "GDPR Art. 15",
		"new:SomethingNotHere": "something not here",
		"plain":                "plain",
	} {
		if got := Default().Label(x); got != want {
			t.Errorf("Label(%q) = %q, want %q", x, got, want)
		}
	}
}
