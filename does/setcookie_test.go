package does

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

var answeredAt = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func TestASetCookieLineIsReadAsBrowsersReadIt(t *testing.T) {
	const day = 24 * time.Hour
	for line, want := range map[string]struct {
		name, value, domain string
		keep                time.Duration
		deletes             bool
	}{
		"nid=x":                                                  {"nid", "x", "", 0, false},
		" nid = x y ; Path=/":                                    {"nid", "x y", "", 0, false},
		`prefs={"a":[1,2]}; Max-Age=60`:                          {"prefs", `{"a":[1,2]}`, "", time.Minute, false},
		"user[id]=7; Domain=.Shop.example":                       {"user[id]", "7", "shop.example", 0, false},
		"café=crème":                                             {"café", "crème", "", 0, false},
		"only a value":                                           {"", "only a value", "", 0, false},
		"a=b=c; max-age=86400; Max-Age=172800":                   {"a", "b=c", "", 2 * day, false},
		"a=b; Max-Age=0":                                         {"a", "b", "", 0, true},
		"a=b; Max-Age=-1":                                        {"a", "b", "", 0, true},
		"a=b; Max-Age=+5; Max-Age=5s; Max-Age":                   {"a", "b", "", 0, false},
		"a=b; Max-Age=99999999999999999999":                      {"a", "b", "", 3650 * day, false},
		"a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT":              {"a", "", "", -answeredAt.Sub(time.Unix(0, 0)), true},
		"a=b; Expires=Wed, 25 Nov 2026 12:00:00 GMT":             {"a", "b", "", day, false},
		"a=b; Expires=Wednesday, 25-Nov-26 12:00:00":             {"a", "b", "", day, false},
		"a=b; Expires=Wed Nov 25 12:00:00 2026":                  {"a", "b", "", day, false},
		"a=b; Expires=2026 november 25 12:0:0.5 x":               {"a", "b", "", day, false},
		"a=b; Expires=Thu, 31 Apr 2027 12:00:00 GMT":             {"a", "b", "", 0, false},
		"a=b; Expires=tomorrow":                                  {"a", "b", "", 0, false},
		"a=b; Expires=Wed, 25 Nov 2026 12:00:00 GMT; Max-Age=60": {"a", "b", "", time.Minute, false},
	} {
		c, ok := readSetCookie(line)
		keep, deletes := c.lifetime(answeredAt)
		if !ok || c.name != want.name || c.value != want.value || c.domain != want.domain || keep != want.keep || deletes != want.deletes {
			t.Errorf("%q: %+v, for %v, deletes %v; want %+v", line, c, keep, deletes, want)
		}
	}
	for _, line := range []string{"", "=", " ; Path=/", "a=b\x00", "a\x7f=b", "a=" + strings.Repeat("x", 4096)} {
		if c, ok := readSetCookie(line); ok {
			t.Errorf("%.20q was kept: %+v", line, c)
		}
	}
}

// Where Go's own, stricter parser takes a line as well, both read the same.
func FuzzSetCookie(f *testing.F) {
	for _, s := range []string{
		"nid=x; Path=/; Domain=.a.example; Max-Age=9; HttpOnly; Secure; SameSite=None; Partitioned", `p="quoted"; Expires=Wed, 25-Nov-2026 12:00:00 GMT`,
		"a=b; Expires=Wed, 25 Nov 2026 12:00:00 GMT", "a[0]={\"b\":1}; max-age=010", "=;=;", "a=b; Domain=..x; Domain=", "a=b;expires=1 jan 69 0:0:0", "\tü = ü\t;;",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		c, ok := readSetCookie(line)
		keep, deletes := c.lifetime(answeredAt)
		if !ok && (c != setCookie{}) || strings.ContainsAny(c.name+c.domain, ";") || strings.Contains(c.value, ";") || len(c.name)+len(c.value) > mostCookie {
			t.Errorf("%q: %+v", line, c)
		}
		if again, still := readSetCookie(c.name + "=" + c.value); ok && (!still || again.name != c.name || again.value != c.value) {
			t.Errorf("%q: written out and read again %+v, %t", line, again, still)
		}
		k, err := http.ParseSetCookie(line)
		if err != nil || !ok {
			return
		}
		if c.name != k.Name || strings.Trim(c.value, "\" \t") != strings.Trim(k.Value, "\" \t") {
			t.Errorf("%q: %q is %q, of Go's parser %q is %q", line, c.name, c.value, k.Name, k.Value)
		}
		if k.MaxAge > 0 && !deletes && int64(min(k.MaxAge, 10*365*24*3600)) != int64(keep/time.Second) || k.MaxAge < 0 && !deletes {
			t.Errorf("%q: kept for %v, deletes %v; Go's parser says %d s", line, keep, deletes, k.MaxAge)
		}
		if k.Expires.Year() >= 1601 && !c.expires.IsZero() && !k.Expires.Equal(c.expires) && strings.Count(strings.ToLower(line), "expires") == 1 {
			t.Errorf("%q: ends at %v, of Go's parser at %v", line, c.expires, k.Expires)
		}
	})
}
