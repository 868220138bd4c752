package does

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/entity"
)

// Hand-made captures for the tests of this package: what a browser would have
// written down, without one.

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// visit makes an empty capture. Visits of one audit are a minute apart.
func visit(id string, phase diapason.Phase, run int) *diapason.Capture {
	at := noon.Add(time.Duration(len(id)+run) * time.Minute)
	return &diapason.Capture{
		ID: id, Site: "https://nocturne.example/", Phase: phase, Run: run, Source: "chromium", Mode: diapason.Auto, Settle: "idle", Complete: true,
		Started: at, Ended: at.Add(3 * time.Second), Profile: diapason.Profile{State: "fresh", ThirdPartyCookies: "allow"},
	}
}

// fourCaptures makes A1, A2, B and C, each filled by fill, which is told the
// profile (0 for A, 1 for B, 2 for C) and how often it was visited before.
func fourCaptures(fill func(c *diapason.Capture, profile, before int)) []*diapason.Capture {
	var all []*diapason.Capture
	for i, id := range fourIDs {
		c := visit(id, diapason.P0, []int{1, 1, 2, 3}[i])
		c.Started = noon.Add(time.Duration(i) * time.Minute)
		c.Ended = c.Started.Add(3 * time.Second)
		fill(c, []int{0, 0, 1, 2}[i], []int{0, 1, 0, 0}[i])
		all = append(all, c)
	}
	return all
}

// jar puts a cookie that lives for days into the capture's jar; 0 is the session.
func jar(c *diapason.Capture, domain, name, value string, days float64) {
	k := diapason.Cookie{Name: name, Value: value, Domain: domain, Path: "/"}
	if days > 0 {
		k.Expires = c.Ended.Add(time.Duration(days * 24 * float64(time.Hour)))
	}
	c.Cookies = append(c.Cookies, k)
}

func keep(c *diapason.Capture, kind, origin, key, value string) {
	c.Stores = append(c.Stores, diapason.StoreEntry{Kind: kind, Origin: origin, Key: key, Value: value})
}

// ask adds a request; header pairs are name, value.
func ask(c *diapason.Capture, kind, url string, headers ...string) *diapason.Request {
	q := diapason.Request{
		ID: fmt.Sprint("r", len(c.Requests)+1), URL: url, Method: "GET", Type: kind, At: c.Started.Add(time.Duration(len(c.Requests)+1) * time.Second / 10),
		Page: c.Site, Frame: c.Site, From: "page", Status: 200,
	}
	for i := 0; i+1 < len(headers); i += 2 {
		q.Headers = append(q.Headers, diapason.Header{Name: headers[i], Value: headers[i+1]})
	}
	c.Requests = append(c.Requests, q)
	return &c.Requests[len(c.Requests)-1]
}

// random draws n characters of an alphabet; the seed makes it the same every time.
func random(seed uint64, n int, alphabet string) string {
	r := rand.New(rand.NewPCG(seed, 7))
	var b strings.Builder
	for range n {
		b.WriteByte(alphabet[r.IntN(len(alphabet))])
	}
	return b.String()
}

const (
	hexDigits = "0123456789abcdef"
	decimals  = "0123456789"
	base36    = "0123456789abcdefghijklmnopqrstuvwxyz"
	base62    = base36 + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

// reader reads captures of Nocturne, with the two companies of these tests.
func reader(t testing.TB) Reader {
	t.Helper()
	companies, err := entity.New([]entity.Own{
		{Domain: "pulse.example", Name: "Pulse", Role: "analytics"}, {Domain: "adsum.example", Name: "Adsum", Role: "advertiser"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return Reader{Service: diapason.Service{ID: "nocturne", Name: "Nocturne", Domains: []string{"nocturne.example"}}, Entities: companies, Salt: []byte("one run")}
}
