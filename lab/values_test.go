package lab_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"diapason.dev/diapason/lab"
)

var dealtPart = regexp.MustCompile(`(hex8|hex7|hex4|number8|number5|counter): "([0-9a-f]+)"`)

// dealt are the values that the server draws for a visitor.
func dealt(t *testing.T, c *http.Client, cookie string) map[string]string {
	t.Helper()
	_, body := asked(t, c, "GET", "https://values.example/", "Cookie", cookie)
	got := map[string]string{}
	for _, m := range dealtPart.FindAllStringSubmatch(body, -1) {
		got[m[1]] = m[2]
	}
	if len(got) != 6 {
		t.Fatalf("dealt %v", got)
	}
	return got
}

func TestNewVisitorsAreDealtValuesThatDifferAtEveryPlace(t *testing.T) {
	c := reader(t, start(t))
	var before []map[string]string
	for range 4 {
		now := dealt(t, c, "")
		for _, old := range before {
			for name, value := range now {
				if name == "counter" {
					if value <= old[name] {
						t.Errorf("the counter went from %s to %s", old[name], value)
					}
					continue
				}
				for i := range value {
					if value[i] == old[name][i] {
						t.Errorf("%s: %s and %s share a character", name, value, old[name])
					}
				}
			}
		}
		before = append(before, now)
	}
	if again := dealt(t, c, "hex-128="+strings.Repeat("ab", 16)); again["counter"] != before[3]["counter"] {
		t.Errorf("who is known was counted: %v after %v", again, before[3])
	}
}

func TestAFileIsTaggedForEachVisitorOrForItsContent(t *testing.T) {
	c := reader(t, start(t))
	for file, same := range map[string]bool{"release.js": true, "ours.js": false} {
		address := lab.Values().Origin + "/" + file
		one, _ := asked(t, c, "GET", address, "", "")
		two, _ := asked(t, c, "GET", address, "", "")
		for _, h := range []string{"ETag", "Last-Modified"} {
			if one.Header.Get(h) == "" || (one.Header.Get(h) == two.Header.Get(h)) != same {
				t.Errorf("%s: %s is %q and %q", file, h, one.Header.Get(h), two.Header.Get(h))
			}
		}
		back, _ := asked(t, c, "GET", address, "If-None-Match", one.Header.Get("ETag"))
		if back.StatusCode != http.StatusNotModified || back.Header.Get("ETag") != one.Header.Get("ETag") {
			t.Errorf("%s, asked for again: %s with %q", file, back.Status, back.Header.Get("ETag"))
		}
	}
}
