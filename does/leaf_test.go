package does

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func b64(s string) string { return base64.RawStdEncoding.EncodeToString([]byte(s)) }

func TestValuesAreTakenApart(t *testing.T) {
	for value, want := range map[string]string{
		"plain":                                "=plain",
		"GA1.2.1234567890.1795000000":          "0=GA1 1=2 2=1234567890 3=1795000000",
		`{"b":{"id":"x9"},"a":[1,"y"]}`:        "a/0=1 a/1=y b/id=x9",
		"id=abc&lang=en":                       "id=abc lang=en",
		"%7B%22id%22%3A%22x9%22%7D":            "id=x9",
		b64(`{"id":"x9"}`):                     "id=x9",
		b64("random bytes, no pairs"):          "=" + b64("random bytes, no pairs"),
		"3f2504e0-4f89-41d3-9a0c-0305e82c3301": "=3f2504e0-4f89-41d3-9a0c-0305e82c3301",
		"2026-11-24T12:00:00Z":                 "=2026-11-24T12:00:00Z",
		"c2Vzc2lvbg==":                         "=c2Vzc2lvbg==",
		`"quoted"`:                             "=quoted",
		"":                                     "",
		"a=b=c":                                "a/b=c",
	} {
		var got []string
		for _, l := range leaves(value) {
			got = append(got, l.path+"="+l.value)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %s, want %s", value, strings.Join(got, " "), want)
		}
	}
}

func TestAHugeValueIsNotTakenApartForEver(t *testing.T) {
	if n := len(leaves(strings.Repeat("a.", 1<<16))); n > mostLeaves {
		t.Errorf("%d leaves", n)
	}
}

// Whatever a value is wrapped in, unwrapping finds it again.
func TestUnwrappingUndoesWrapping(t *testing.T) {
	wraps := []func(string) string{
		func(s string) string { return `{"k":` + fmt.Sprintf("%q", s) + `}` },
		func(s string) string { return "k=" + url.QueryEscape(s) },
		func(s string) string { return b64(`{"k":` + fmt.Sprintf("%q", s) + `}`) },
	}
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.StringMatching(`[a-z][a-z0-9]{11,30}`).Draw(t, "value")
		wrapped := value
		for range rapid.IntRange(0, 1).Draw(t, "depth") {
			wrapped = wraps[rapid.IntRange(0, len(wraps)-1).Draw(t, "wrap")](wrapped)
		}
		if !slices.ContainsFunc(leaves(wrapped), func(l leaf) bool { return l.value == value }) {
			t.Fatalf("%s is not in the leaves of %s: %v", value, wrapped, leaves(wrapped))
		}
	})
}

func TestTimesOfTheVisitAreKnown(t *testing.T) {
	at := noon
	for value, want := range map[string]bool{
		fmt.Sprint(at.Unix()):                      true,
		fmt.Sprint(at.Add(-47 * time.Hour).Unix()): true,
		fmt.Sprint(at.Add(-49 * time.Hour).Unix()): false,
		fmt.Sprint(at.UnixMilli()):                 true,
		fmt.Sprint(at.UnixMicro()):                 true,
		fmt.Sprintf("%x", at.Unix()):               true,
		at.Format(time.RFC3339):                    true,
		at.Format(time.DateOnly):                   true,
		at.AddDate(-1, 0, 0).Format(time.RFC3339):  false,
		"1234567890":                               false,
		"hello":                                    false,
		"12":                                       false,
	} {
		if got := isTime(value, at); got != want {
			t.Errorf("%s: %t", value, got)
		}
	}
}
