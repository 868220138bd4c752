package does

import (
	"bytes"
	"compress/gzip"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"diapason.dev/diapason"
)

const baited = "Mira.Vole7k2q9x+news@bait.example.invalid"

func hexOf(sum []byte) string { return hex.EncodeToString(sum) }

func sha(s string) string { x := sha256.Sum256([]byte(s)); return hexOf(x[:]) }

func zipped(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(s))
	_ = w.Close()
	return b.String()
}

func TestBaitIsFoundInEveryUsualSpelling(t *testing.T) {
	lower := strings.ToLower(baited)
	m, s1, s5 := md5.Sum([]byte(lower)), sha1.Sum([]byte(lower)), sha512.Sum512([]byte(lower))
	s2 := sha256.Sum256([]byte(lower))
	again := sha256.Sum256(m[:])
	for name, c := range map[string]struct{ text, transform, chain string }{
		"as typed":                               {"e=" + baited, "plain", ""},
		"URL-encoded":                            {"e=" + url.QueryEscape(baited), "plain", "url"},
		"in lower case":                          {"e=" + lower, "lower", "lower"},
		"without dots":                           {"e=" + strings.Replace(baited, "Mira.Vole", "MiraVole", 1), "no-dots", "no-dots"},
		"without the plus part":                  {"e=" + strings.Replace(lower, "+news", "", 1), "lower>no-plus", "lower no-plus"},
		"in base64":                              {"e=" + base64.StdEncoding.EncodeToString([]byte(baited)), "base64", "base64"},
		"in base64url in JSON":                   {`{"e":"` + base64.RawURLEncoding.EncodeToString([]byte("~~>"+baited)) + `"}`, "base64url", "base64url"},
		"in hexadecimal":                         {"e=" + hexOf([]byte(baited)), "hex", "hex"},
		"MD5":                                    {"e=" + hexOf(m[:]), "hash:md5", "lower hash:md5 hex"},
		"SHA-1 in capitals":                      {"e=" + strings.ToUpper(hexOf(s1[:])), "hash:sha1", "lower hash:sha1 hex"},
		"SHA-256":                                {"e=" + hexOf(s2[:]), "hash:sha256", "lower hash:sha256 hex"},
		"SHA-256 in base64":                      {"e=" + url.QueryEscape(base64.StdEncoding.EncodeToString(s2[:])), "hash:sha256", "lower hash:sha256 base64"},
		"SHA-256 in base64url":                   {"e=" + base64.URLEncoding.EncodeToString(s2[:]), "hash:sha256", ""},
		"SHA-512":                                {"e=" + hexOf(s5[:]), "hash:sha512", "lower hash:sha512 hex"},
		"the first half of a hash":               {"e=" + hexOf(s2[:16]), "hash:sha256", "lower hash:sha256 hex prefix"},
		"hashed twice":                           {"e=" + sha(hexOf(m[:])), "hash:md5>hash:sha256", "lower hash:md5 hex hash:sha256 hex"},
		"a hash in a path":                       {"/sync/" + hexOf(s2[:]) + "/1.gif", "hash:sha256", "lower hash:sha256 hex"},
		"a hash in base64 in JSON":               {base64.StdEncoding.EncodeToString([]byte(`{"user":"` + hexOf(s2[:]) + `"}`)), "hash:sha256", "lower hash:sha256 hex base64"},
		"hashed twice, the second time as bytes": {"e=" + hexOf(again[:]), "hash:md5>hash:sha256", "lower hash:md5 hash:sha256 hex"},
		"in base32":                              {"e=" + base32.StdEncoding.EncodeToString([]byte(baited)), "base32", "base32"},
		"with the escapes of JSON":               {`{"e":"` + strings.Replace(baited, "@", `\u0040`, 1) + `"}`, "plain", "json"},
		"packed by lz-string":                    {"e=" + lzSamples[1].address, "lz-string", "lz-string"},
		"packed by lz-string, as text":           {lzSamples[2].utf16, "lz-string", "lz-string"},
		"compressed":                             {zipped(`{"email":"` + baited + `"}`), "compressed", "compressed"},
		"compressed in base64":                   {"d=" + base64.StdEncoding.EncodeToString([]byte(zipped(`{"email":"`+baited+`"}`))), "compressed>base64", "compressed base64"},
		"three encodings deep":                   {url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(hexOf([]byte(baited))))), "hex>base64", "hex base64"},
	} {
		t.Run(name, func(t *testing.T) {
			chain, _, ok := formsOf(baited).find(layers(c.text))
			if !ok {
				t.Fatalf("not found in %s", c.text)
			}
			if got := transform(chain); got != c.transform || c.chain != "" && strings.Join(chain, " ") != c.chain {
				t.Errorf("%s by %v, want %s by %s", got, chain, c.transform, c.chain)
			}
		})
	}
}

func TestBaitIsNotFoundWhereItIsNot(t *testing.T) {
	x := formsOf(baited)
	for _, text := range []string{
		"", "e=somebody@else.example", "e=" + sha("somebody@else.example"), sha(sha(sha(strings.ToLower(baited)))),
		"e=" + baited[:12], strings.Repeat("%", 1000), zipped("nothing"), base64.StdEncoding.EncodeToString([]byte("nothing at all in here")),
	} {
		if chain, seen, ok := x.find(layers(text)); ok {
			t.Errorf("%q was seen in %q by %v", seen, text, chain)
		}
	}
}

// signUp is a journey in which an e-mail address is typed and then sent.
func signUp() *diapason.Capture {
	c := visit("journey/sign-up/1", diapason.P6, 1)
	c.Baits = []diapason.Bait{{ID: "email", Data: "pd:EmailAddress", Value: baited, At: c.Started.Add(time.Second), Submitted: c.Started.Add(5 * time.Second)}}
	return c
}

func at(c *diapason.Capture, q *diapason.Request, after time.Duration) { q.At = c.Started.Add(after) }

func TestALeakTellsWhoGotWhatWhenAndHow(t *testing.T) {
	c := signUp()
	at(c, ask(c, "xhr", "https://pulse.example/keys?v="+url.QueryEscape(baited)), 2*time.Second)
	at(c, ask(c, "image", "https://adsum.example/match?s=nocturne&em="+sha(strings.ToLower(baited))), 4950*time.Millisecond)
	at(c, ask(c, "image", "http://adsum.example/"+sha(strings.ToLower(baited))+".gif"), 6*time.Second)
	q := ask(c, "document", "https://nocturne.example/join")
	q.Method, q.Body = "POST", diapason.Body{Text: "email=" + url.QueryEscape(baited) + "&plan=free", Mime: "application/x-www-form-urlencoded"}
	at(c, q, 6*time.Second)
	at(c, ask(c, "image", "https://adsum.example/match?em="+sha(strings.ToLower(baited)), "X-Mail", baited, ":path", "/match?em="+baited), 7*time.Second)

	got := reader(t).Read([]*diapason.Capture{c}).Leaks
	type told struct {
		who, transform, where, scheme string
		submitted                     bool
	}
	var all []told
	for _, l := range got {
		all = append(all, told{l.Recipient.ID, l.Transform, l.Where, l.Scheme, l.Submitted})
		if l.Visit != c.ID || l.Run != 1 || l.Phase != diapason.P6 || l.Seed != "email" || l.Data != "pd:EmailAddress" {
			t.Errorf("leak %+v", l)
		}
		if len(l.Evidence) != 1 || l.Evidence[0].Record != "visit/journey/sign-up/1" {
			t.Errorf("evidence %+v", l.Evidence)
		}
	}
	want := []told{
		{"adsum", "hash:sha256", "path", "http", true},
		{"adsum", "hash:sha256", "url", "https", true},
		{"adsum", "plain", "header", "https", true},
		{"nocturne", "plain", "body", "https", true},
		{"pulse", "plain", "url", "https", false},
	}
	if !slices.Equal(all, want) {
		t.Errorf("leaks\n%v, want\n%v", all, want)
	}
}

func TestWhatWasSentBeforeTheFirstKeyIsNoLeak(t *testing.T) {
	c := signUp()
	at(c, ask(c, "image", "https://adsum.example/match?em="+baited), time.Second/2)
	if got := reader(t).Read([]*diapason.Capture{c}).Leaks; len(got) > 0 {
		t.Errorf("leaks %+v", got)
	}
}

// A socket is opened before anything is typed, and what goes out on it is not
// dated.
func TestWhatGoesOutOnASocketIsFoundAlthoughItWasOpenedEarlier(t *testing.T) {
	for _, submitted := range []bool{false, true} {
		c := signUp()
		if !submitted {
			c.Baits[0].Submitted = time.Time{}
		}
		q := ask(c, "websocket", "wss://pulse.example/stream")
		q.Messages = []string{"hello", `{"email":"` + baited + `"}`}
		at(c, q, time.Second/2)
		got := reader(t).Read([]*diapason.Capture{c}).Leaks
		if len(got) != 1 || got[0].Transform != "plain" || got[0].Where != "body" || got[0].Scheme != "https" || got[0].Submitted != submitted {
			t.Errorf("submitted: %t: leaks %+v", submitted, got)
		}
	}
}

func TestTheFieldOfALeakIsNamedBehindItsEncodings(t *testing.T) {
	c := signUp()
	at(c, ask(c, "image", "https://pulse.example/p.gif?a=1&note="+url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(baited)))), 2*time.Second)
	got := reader(t).Read([]*diapason.Capture{c}).Leaks
	if len(got) != 1 || got[0].Evidence[0].Quote != "note=‹base64 of the made-up email›" {
		t.Errorf("leaks %+v", got)
	}
}

func TestNoValueIsShown(t *testing.T) {
	c := signUp()
	at(c, ask(c, "image", "https://user:pass@adsum.example/"+sha(baited)+"/x?em="+url.QueryEscape(baited)+"#"+baited, "Cookie", "nid=4f1c2233445566778899aabbccddeeff", "Referer", "https://nocturne.example/?q="+baited), 6*time.Second)
	jar(c, "adsum.example", "nid", "4f1c2233445566778899aabbccddeeff", 30)
	keep(c, "localStorage", "https://nocturne.example", "me", baited)
	all := append(simulate(families[0], 3), c)
	f := reader(t).Read(all)
	text := jsonOf(t, f) + jsonOf(t, reader(t).Flows(f))
	for _, secret := range []string{baited, strings.ToLower(baited), url.QueryEscape(baited), sha(baited), "4f1c2233", "user:pass", all[0].Cookies[0].Value, all[2].Cookies[0].Value} {
		if strings.Contains(text, secret) {
			t.Errorf("the facts hold %s", secret)
		}
	}
}
