package does

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason"
)

func TestTheKeyInTheAddressOfAReturnIsFollowed(t *testing.T) {
	const back = "https://nocturne.example/callback?code=7f3a9c1be2&state=s1"
	land := func(address string) func(*diapason.Capture) *diapason.Request {
		return func(c *diapason.Capture) *diapason.Request { return goes(c, "opened", address, 0) }
	}
	loads := func(c *diapason.Capture, page, kind, address string) *diapason.Request {
		q := ask(c, kind, address)
		q.Page, q.Frame = page, page
		return q
	}
	for name, c := range map[string]struct {
		fill func(c *diapason.Capture)
		want string
	}{
		"a script of another company runs there": {func(c *diapason.Capture) {
			land(back)(c)
			loads(c, back, "script", "https://pulse.example/tag.js")
		}, "nocturne.example code ran [pulse] got []"},
		"the page's address is sent along": {func(c *diapason.Capture) {
			land(back)(c)
			loads(c, back, "image", "https://pulse.example/p.gif").Headers = []diapason.Header{{Name: "Referer", Value: back}}
		}, "nocturne.example code ran [] got [pulse]"},
		"its hash is sent": {func(c *diapason.Capture) {
			land(back)(c)
			sum := sha256.Sum256([]byte("7f3a9c1be2"))
			loads(c, back, "fetch", "https://adsum.example/e?h="+hex.EncodeToString(sum[:]))
		}, "nocturne.example code ran [] got [adsum]"},
		"a token behind the number sign": {func(c *diapason.Capture) {
			land("https://nocturne.example/in#access_token=aaaabbbbcccc&token_type=bearer")(c)
			loads(c, "https://nocturne.example/in", "script", "https://pulse.example/tag.js")
		}, "nocturne.example access_token ran [pulse] got []"},
		"in a frame of its own it cannot be read": {func(c *diapason.Capture) {
			land(back)(c)
			loads(c, back, "script", "https://pulse.example/tag.js").Frame = "https://pulse.example/frame"
		}, "nocturne.example code ran [] got []"},
		"the server takes it and goes on": {func(c *diapason.Capture) {
			land(back)(c)
			goes(c, "redirect", "https://nocturne.example/saved", 0.1)
			loads(c, "https://nocturne.example/saved", "script", "https://pulse.example/tag.js")
		}, "nocturne.example code ran [] got []"},
		"scripts of its own": {func(c *diapason.Capture) {
			land(back)(c)
			loads(c, back, "script", "https://static.nocturne.example/own.js")
		}, "nocturne.example code ran [] got []"},
		"a code for a discount": {func(c *diapason.Capture) {
			land("https://nocturne.example/shop?code=SPRING2026SALE")(c)
			loads(c, "https://nocturne.example/shop?code=SPRING2026SALE", "script", "https://pulse.example/tag.js")
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			v := visit("A1", diapason.P0, 1)
			c.fill(v)
			var lines []string
			for _, b := range companies(t).Read([]*diapason.Capture{v}).Returns {
				ids := func(all []diapason.Party) (out []string) {
					for _, p := range all {
						out = append(out, p.ID)
					}
					return out
				}
				lines = append(lines, fmt.Sprint(b.App, " ", b.Parameter, " ran ", ids(b.Scripts), " got ", ids(b.Receivers)))
				for _, e := range b.Evidence {
					if strings.Contains(e.URL+e.Quote, "7f3a9c1be2") {
						t.Errorf("the key stands in the evidence: %+v", e)
					}
				}
			}
			if got := strings.Join(lines, "\n"); got != c.want {
				t.Errorf("returns\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestWhatOnlyAPermissionOpensIsFoundWhereverItIsSent(t *testing.T) {
	r := companies(t)
	r.Known = []Known{{ID: "provider-email", Data: "pd:EmailAddress", Value: "quiet.listener@mail.example", Scope: "user-read-email"}}
	v := visit("A1", diapason.P0, 1)
	sum := sha256.Sum256([]byte("quiet.listener@mail.example"))
	ask(v, "image", "https://adsum.example/match?em="+hex.EncodeToString(sum[:]))
	ask(v, "image", "https://pulse.example/p.gif?u=quiet")
	f := r.Read([]*diapason.Capture{v})
	if len(f.Leaks) != 1 || f.Leaks[0].Scope != "user-read-email" || f.Leaks[0].Recipient.ID != "adsum" || f.Leaks[0].Transform != "hash:sha256" || !f.Leaks[0].Submitted {
		t.Errorf("leaks %+v", f.Leaks)
	}
	if len(f.Seeds) != 1 || f.Seeds[0].Scope != "user-read-email" || f.Seeds[0].ID != "provider-email" {
		t.Errorf("seeds %+v", f.Seeds)
	}
	if flows := r.Flows(f); len(flows) == 0 || flows[0].Recipient.ID != "adsum" || flows[0].Data != "pd:EmailAddress" || !slices.Contains(flows[0].Payload, hashedSeed) {
		t.Errorf("flows %+v", flows)
	}
}
