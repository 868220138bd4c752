package does

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strconv"
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
		"q+W8/Zt0aB3c+kLmNoPqRs==":             "=q+W8/Zt0aB3c+kLmNoPqRs==", // a plus sign of base64
		"news+mail+autumn+sale":                "0=news 1=mail 2=autumn 3=sale",
		"a|redacted:0a1b2c3d4e5f6071":          "0=a 1=redacted:0a1b2c3d4e5f6071",
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

// choices is a record in the framework's shape that was made and changed at
// the given times, in tenths of seconds.
func choices(created, updated int64) string {
	six := func(n int64) string {
		b := make([]byte, 6)
		for i := 5; i >= 0; i, n = i-1, n>>6 {
			b[i] = sixBits[n&63]
		}
		return string(b)
	}
	return "C" + six(created) + six(updated) + "AKAxAENBCCwAP_AAH_AAAAAJ"
}

func TestTheTimesInARecordOfChoicesAreWrittenOut(t *testing.T) {
	const rest = "AKAxAENBCCwAP_AAH_AAAAAJ"
	for name, c := range map[string]struct{ value, want string }{
		"made and changed":       {choices(17955216001, 17955302000), "[{created 1795521600100} {updated 1795530200000} {choices " + rest + "}]"},
		"with segments":          {choices(17955216000, 17955216000) + ".YAAAAAAAAAAA", "[{created 1795521600000} {updated 1795521600000} {choices/0 " + rest + "} {choices/1 YAAAAAAAAAAA}]"},
		"changed before made":    {choices(17955216000, 17955215999), ""},
		"before the framework":   {choices(14000000000, 17955216000), ""},
		"in a far time":          {choices(17955216000, 50000000000), ""},
		"of the first version":   {"B" + choices(17955216000, 17955216000)[1:], ""},
		"of characters too few":  {choices(17955216000, 17955216000)[:30], ""},
		"another long random id": {"Zt0aB3ckLmNoPqRsq_W8x-Zt0aB3ckLmNoPqRsqW8x", ""},
	} {
		want := c.want
		if want == "" {
			want = "[{ " + c.value + "}]"
		}
		if got := fmt.Sprint(leaves(c.value)); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func TestATimeThatKeepsItsDistanceFromTheVisitMovesWithIt(t *testing.T) {
	at := [3]time.Time{noon, noon.Add(3 * time.Minute), noon.Add(9 * time.Minute)}
	ends := func(write func(time.Time) string) [3]string {
		return [3]string{write(at[0].AddDate(1, 0, 0)), write(at[1].AddDate(1, 0, 0).Add(time.Second)), write(at[2].AddDate(1, 0, 0))}
	}
	for name, c := range map[string]struct {
		values [3]string
		want   bool
	}{
		"seconds":                  {ends(func(t time.Time) string { return fmt.Sprint(t.Unix()) }), true},
		"milliseconds":             {ends(func(t time.Time) string { return fmt.Sprint(t.UnixMilli()) }), true},
		"base 36":                  {ends(func(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 36) }), true},
		"dates":                    {ends(func(t time.Time) string { return t.Format(time.RFC3339) }), true},
		"one of them later":        {[3]string{"1827057600", "1827057780", "1827058440"}, false},
		"all the same":             {[3]string{"1827057600", "1827057600", "1827057600"}, false},
		"numbers that are no time": {[3]string{"71820340", "71820520", "71820880"}, false},
		"words":                    {[3]string{"one!", "two!", "three!"}, false},
	} {
		if got := moveWith(c.values, at); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
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
