package entity

import (
	"os"
	"strings"
	"testing"
)

func TestTheEmbeddedListIsWhole(t *testing.T) {
	l, err := readList(listFile)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(l.byID); n < 2000 {
		t.Errorf("%d companies, expected over 2000", n)
	}
	for name := range carriers {
		if l.byID[identifier(name)] == nil {
			t.Errorf("carrier %q is not in the list", name)
		}
	}
	used := map[string]bool{}
	for line := range strings.Lines(string(listFile)) {
		for category := range roleOf {
			if strings.Contains(line, ","+category+",") {
				used[category] = true
			}
		}
	}
	for category := range roleOf {
		if !used[category] {
			t.Errorf("category %q has a role and no company", category)
		}
	}
}

func TestABrokenListIsRefused(t *testing.T) {
	head := "# third-party-web 1.2.3\nname,company,category,domains\n"
	for name, file := range map[string]string{
		"no release":            strings.TrimPrefix(head, "# third-party-web 1.2.3\n"),
		"other columns":         "# third-party-web 1.2.3\nname,domains\n",
		"a category of no role": head + "A,,spying,a.example\n",
		"one domain, two names": head + "A,,ad,a.example\nB,,ad,a.example\n",
		"one id, two names":     head + "A B,,ad,a.example\nA-b,,ad,b.example\n",
		"a broken line":         head + "A,\"ad\n",
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := readList([]byte(file)); err == nil {
				t.Error("read without an error")
			}
		})
	}
}

func TestTheLicenceOfTheListTravelsWithIt(t *testing.T) {
	text, err := os.ReadFile("third-party-web.LICENSE")
	if err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"MIT License", "Patrick Hulce", "shall be included in all"} {
		if !strings.Contains(string(text), words) {
			t.Errorf("the licence does not say %q", words)
		}
	}
}
