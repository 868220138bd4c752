package does

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"diapason.dev/diapason"
)

func jsonOf(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// id is the value of an identifier in a profile.

func id(n uint64, profile int) string { return random(n*10+uint64(profile), 32, hexDigits) }

// everyday is a service with one of each: a name in a first-party cookie that

// also goes to another company in a picture's address, another company's own

// cookie, and what a page needs.

func everyday() []*diapason.Capture {
	return fourCaptures(func(c *diapason.Capture, profile, before int) {
		token := random(uint64(900+profile*10+before), 32, hexDigits)
		jar(c, "nocturne.example", "nid", id(1, profile), 400)
		jar(c, ".nocturne.example", "csrftoken", id(2, profile), 365)
		jar(c, "nocturne.example", "lang", "en", 365)
		jar(c, "nocturne.example", "session", token, 0)
		jar(c, "nocturne.example", "seen", fmt.Sprint(c.Started.Unix()), 365)
		jar(c, "nocturne.example", "cookie_consent", id(3, profile), 180)
		jar(c, "nocturne.example", "short", random(uint64(profile), 5, decimals), 180)
		jar(c, "pulse.example", "pid", id(4, profile), 365)
		jar(c, "pulse.example", "ping", "1", 365)
		jar(c, "pulse.example", "turn", random(uint64(990+profile*10+before), 32, hexDigits), 365)
		keep(c, "localStorage", "https://nocturne.example", "nid", id(1, profile))
		keep(c, "sessionStorage", "https://nocturne.example", "tab", id(5, profile+10*before))
		q := ask(c, "document", "https://nocturne.example/", "Cookie", "nid="+id(1, profile)+"; lang=en; session="+token)
		q.ResponseHeaders = []diapason.Header{{Name: "Set-Cookie", Value: "session=" + token + "; Path=/; HttpOnly\nlang=en; Max-Age=31536000"}}
		q = ask(c, "script", "https://pulse.example/tag.js", "Cookie", "pid="+id(4, profile), "Referer", "https://nocturne.example/")
		q.ResponseHeaders = []diapason.Header{{Name: "Set-Cookie", Value: "pid=" + id(4, profile) + "; Max-Age=31536000; Secure; SameSite=None"}}
		ask(c, "image", "https://adsum.example/p.gif?u="+id(1, profile), "Referer", "https://nocturne.example/")
		ask(c, "font", "https://fonts.example/a.woff2", "Referer", "https://nocturne.example/")
		noise := ask(c, "other", "https://update.example/check?id="+id(6, profile))
		noise.From = "browser"
	})
}

func TestAnIdentifierTellsItsReceiversAndItsWay(t *testing.T) {
	f := reader(t).Read(everyday())
	var lines []string
	for _, i := range f.Identifiers {
		var who []string
		for _, p := range i.Receivers {
			who = append(who, p.ID)
		}
		lines = append(lines, fmt.Sprintf("%s: %s by %s to %s", i.ID, i.Class, i.Carrier, strings.Join(who, ",")))
		if i.Site != "nocturne.example" || len(i.Commitment) != 32 || !slices.Equal(i.Visits, fourIDs[:]) || len(i.Evidence) == 0 {
			t.Errorf("identifier %+v", i)
		}
	}
	want := []string{
		"cookie csrftoken @ nocturne.example: identifier by  to ",
		"cookie nid @ nocturne.example: identifier by pixel to adsum,nocturne",
		"cookie pid @ pulse.example: identifier by cookie to pulse",
		"localStorage nid @ nocturne.example: identifier by  to adsum,nocturne",
	}
	if !slices.Equal(lines, want) {
		t.Errorf("identifiers\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
	if f.Identifiers[1].Commitment != f.Identifiers[3].Commitment || f.Identifiers[1].Commitment == f.Identifiers[2].Commitment {
		t.Error("commitments do not tell equal values from different ones")
	}
	other := reader(t)
	other.Salt = []byte("another run")
	if other.Read(everyday()).Identifiers[1].Commitment == f.Identifiers[1].Commitment {
		t.Error("the commitment is the same in another run")
	}
}

func TestFlowsTellWhoReceivedWhat(t *testing.T) {
	r := reader(t)
	c := signUp()
	at(c, ask(c, "image", "https://adsum.example/match?em="+sha(strings.ToLower(baited))), 6*time.Second)
	q := ask(c, "document", "https://nocturne.example/join")
	q.Method, q.Body = "POST", diapason.Body{Text: "email=" + baited, Mime: "application/x-www-form-urlencoded"}
	at(c, q, 6*time.Second)
	var lines []string
	for _, f := range r.Flows(r.Read(append(everyday(), c))) {
		var records []string
		for _, e := range f.Evidence {
			records = append(records, strings.TrimPrefix(e.Record, "visit/"))
		}
		lines = append(lines, fmt.Sprintf("%s %s → %s: %s %s %v %s [%s]", f.Phase, f.Sender.ID, f.Recipient.ID, f.Operation, f.Data, f.Payload, f.Consent, strings.Join(records, " ")))
		if f.Channel != diapason.Does || f.Polarity != diapason.Observed || f.Count < 1 {
			t.Errorf("flow %+v", f)
		}
	}
	want := []string{
		"P0 nocturne → adsum: share dia:CookieIdentifier [page-address persistent-id] absent [A1 A2 B C]",
		"P0 nocturne → fonts.example: share pd:IPAddress [page-address] absent [A1 A2 B C]",
		"P0 visitor → nocturne: collect dia:CookieIdentifier [persistent-id] absent [A1 A2 B C]",
		"P0 nocturne → pulse: share dia:CookieIdentifier [page-address persistent-id] absent [A1 A2 B C]",
		"P6 nocturne → adsum: share pd:EmailAddress [hashed-seed] unknown [journey/sign-up/1]",
		"P6 visitor → nocturne: collect pd:EmailAddress [plain-seed] unknown [journey/sign-up/1]",
	}
	if !slices.Equal(lines, want) {
		t.Errorf("flows\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
}

// linked makes the visits of two profiles to two sites, in opposite order.

// night makes a recording with requests at the given hours of the clock in Paris.

func TestTheSameCapturesGiveTheSameFactsInAnyOrder(t *testing.T) {
	build := func() []*diapason.Capture {
		all := append(everyday(), linked(func(c *diapason.Capture, profile int, site string) {
			ask(c, "image", "https://pulse.example/p.gif?u="+id(1, profile)+"&s="+site)
		})...)
		return append(all, signUp(), night("Europe/Paris", 1, 2, 3))
	}
	r := reader(t)
	want := r.Read(build())
	for seed := range uint64(20) {
		all := build()
		x := rand.New(rand.NewPCG(seed, 3))
		x.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		for _, c := range all {
			x.Shuffle(len(c.Requests), func(i, j int) { c.Requests[i], c.Requests[j] = c.Requests[j], c.Requests[i] })
			x.Shuffle(len(c.Cookies), func(i, j int) { c.Cookies[i], c.Cookies[j] = c.Cookies[j], c.Cookies[i] })
		}
		got := r.Read(all)
		if a, b := jsonOf(t, got), jsonOf(t, want); a != b {
			t.Fatalf("seed %d: facts\n%s\nwant\n%s", seed, a, b)
		}
		if a, b := jsonOf(t, r.Flows(got)), jsonOf(t, r.Flows(want)); a != b {
			t.Fatalf("seed %d: flows\n%s\nwant\n%s", seed, a, b)
		}
	}
}
