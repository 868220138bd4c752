package browse

import (
	"fmt"
	"math"
	"testing"
)

// walking is a browser with an empty tab, for looks that need no whole visit.
func walking(t *testing.T, b *Browser) *walk {
	t.Helper()
	w := newWalk(Visit{ID: "A1", URL: "https://shop.example/"}, b.Settle.orUsual(), usualLimits())
	bin, err := find(t.Context(), b.Path)
	if err != nil {
		t.Fatal(err)
	}
	p, err := b.NewProfile()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Remove() })
	door, err := b.Gate.Session(w.ID)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = door.Close() })
	if err := b.launch(t.Context(), w, bin, p, door); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.stop(nil); w.conn.Kill() })
	if err := w.begin(); err != nil {
		t.Fatal(err)
	}
	return w
}

// goTo opens an address and waits for no more than its load.
func (w *walk) goTo(t *testing.T, address string) {
	t.Helper()
	loads := w.loadCount()
	if err := w.conn.Call(w.ctx, w.main, "Page.navigate", map[string]any{"url": address}, nil); err != nil {
		t.Fatal(err)
	}
	if !w.until(w.settle.Load, func() bool { return w.loads > loads }) {
		t.Fatalf("%s did not load", address)
	}
}

// bar puts controls on a banner at the foot of a page.
func bar(controls string) string {
	return `<meta charset="utf-8"><style>.bar { position: fixed; left: 0; right: 0; bottom: 0; background: #fff } .b { background: #06c; color: #fff; border: 0; font-size: 16px }</style>
		<p>Bread, cheese, and what the sea gave.</p><div class="bar"><p>We use cookies. Wir verwenden Cookies.</p>` + controls + `</div>`
}

func TestABannerIsFoundByItsWordsAndItsPlace(t *testing.T) {
	s := newSite(t)
	type offers map[string]string // role: kind and words
	cases := []struct {
		name, html string
		want       offers // nil: no banner
	}{
		{"English", bar(`<button class="b">Accept all cookies</button><button class="b">Only necessary cookies</button><a href="#">Cookie settings</a>`), offers{"accept": "button Accept all cookies", "reject": "button Only necessary cookies", "settings": "link Cookie settings"}},
		{"German", bar(`<button class="b">Alle akzeptieren</button><button class="b">Nur notwendige Cookies akzeptieren</button><button>Einstellungen</button>`), offers{"accept": "button Alle akzeptieren", "reject": "button Nur notwendige Cookies akzeptieren", "settings": "button Einstellungen"}},
		{"French", bar(`<a href="#">Continuer sans accepter →</a><button class="b">Accepter &amp; Fermer</button><button class="b">Paramétrer</button>`), offers{"accept": "button Accepter & Fermer", "reject": "link Continuer sans accepter →", "settings": "button Paramétrer"}},
		{"Spanish", bar(`<button class="b">Aceptar todo</button><button class="b">Rechazar todo</button><button class="b">Configuración</button>`), offers{"accept": "button Aceptar todo", "reject": "button Rechazar todo", "settings": "button Configuración"}},
		{"Italian", bar(`<button class="b">Accetta tutti</button><button class="b">Continua senza accettare</button><button class="b">Più opzioni</button>`), offers{"accept": "button Accetta tutti", "reject": "button Continua senza accettare", "settings": "button Più opzioni"}},
		{"Dutch", bar(`<button class="b">Alles accepteren</button><button class="b">Weigeren</button><button class="b">Voorkeuren</button>`), offers{"accept": "button Alles accepteren", "reject": "button Weigeren", "settings": "button Voorkeuren"}},
		{"a dialog with roles instead of buttons", `<dialog open>Your privacy matters.<div role="button" tabindex="0" class="x" style="border: 1px solid #000">I agree</div><span role="button" tabindex="0">Decline</span></dialog>`, offers{"accept": "button I agree", "reject": "text Decline"}},
		{"input buttons in a box above the page", `<div style="position: absolute; z-index: 99; top: 50px; left: 50px; background: #eee">This site uses cookies <input type="button" value="Allow all"><input type="button" value="Deny"></div>`, offers{"accept": "button Allow all", "reject": "button Deny"}},
		{"a named box that stands in the page", `<div id="cookie-banner"><h2>Cookies on this service</h2><button class="b">Accept additional cookies</button><button class="b">Reject additional cookies</button><a href="/c">View cookies</a></div><h1>Tides</h1>`, offers{"accept": "button Accept additional cookies", "reject": "button Reject additional cookies"}},
		{"nested shadow roots", `<div><template shadowrootmode="open"><div><template shadowrootmode="open"><div role="dialog" style="position: fixed; top: 0; background: #fff">Cookies? <button>OK</button><button>No, thank you</button></div></template></div></template></div>`, offers{"accept": "button OK", "reject": "button No, thank you"}},
		{"a frame of the same site", `<iframe src="/framed" style="position: fixed; bottom: 0; width: 600px; height: 200px"></iframe>`, offers{"accept": "button Accept", "reject": "button Refuse"}},
		{"refusing costs money", bar(`<button class="b">Accept and read</button><button class="b">Reject and subscribe for 3.99 a month</button>`), offers{"accept": "button Accept and read"}},
		{"a cross that says that it refuses", bar(`<button aria-label="Continue without accepting" style="border: 0; background: none">×</button><button class="b">OK</button>`), offers{"accept": "button OK", "reject": "close Continue without accepting"}},
		{"a cross that says nothing", bar(`<button>×</button><button class="b">Got it</button>`), offers{"accept": "button Got it"}},
		{"words that are no control by their looks", bar(`<button class="b">Accept</button> <span onclick="1">reject all</span>`), offers{"accept": "button Accept", "reject": "text reject all"}},
		{"a picture under the words", bar(`<button style="background: linear-gradient(#06c, #03c); color: #fff; border: 0">Accept</button><button class="b">Reject</button>`), offers{"accept": "button Accept", "reject": "button Reject"}},
		{"a newsletter", `<div role="dialog" style="position: fixed; top: 0">Get our newsletter? <button>OK</button><button>No thanks</button></div>`, nil},
		{"an article about cookies", `<article><h1>Seven cookies for winter</h1><p>Accept nothing but butter.</p><button>OK</button></article>`, nil},
		{"a banner that nobody sees", `<div class="bar" style="position: fixed; opacity: 0">We use cookies <button>Accept</button></div><div style="position: fixed; left: -9999px">cookies <button>Accept</button></div><div hidden id="cookie">cookies <button>Accept</button></div>`, nil},
		{"a notice without a choice", bar(`<a href="/cookies">Learn more</a>`), nil},
	}
	s.page("/framed", `<body style="background: #fff"><p>Cookies help us.</p><button>Accept</button><button>Refuse</button>`)
	for i, c := range cases {
		s.page(fmt.Sprintf("shop.example/%d", i), c.html)
	}
	w := walking(t, s.browser(t))
	for i, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w.goTo(t, fmt.Sprintf("https://shop.example/%d", i))
			got := w.sightings(false)
			if (got == nil) != (c.want == nil) {
				t.Fatalf("found %+v, want %v", got, c.want)
			}
			if got == nil {
				return
			}
			for _, role := range []string{"accept", "reject", "settings", "save"} {
				said := ""
				if o := got.find(role); o != nil {
					said = o.Kind + " " + o.Words
				}
				if said != c.want[role] {
					t.Errorf("%s: %q, want %q", role, said, c.want[role])
				}
			}
			for _, o := range got.Controls {
				if picture := c.name == "a picture under the words" && o.Role == "accept"; o.Area <= 0 || o.Font <= 0 || (o.Contrast == 0) != picture || o.Contrast > 21 {
					t.Errorf("%s measures %+v", o.Role, o)
				}
			}
		})
	}
}

// The contrasts are those of well known pairs of colours (WCAG 2.2).
func TestContrastIsThatOfTheColoursThatAreReallySeen(t *testing.T) {
	s := newSite(t)
	cases := []struct {
		name, html string
		want       float64
	}{
		{"black on white", `<button style="color: #000; background: #fff">Accept</button>`, 21},
		{"grey on white", `<button style="color: #767676; background: #fff">Accept</button>`, 4.54},
		{"blue on white", `<button style="color: #00f; background: #fff">Accept</button>`, 8.59},
		{"words that shine through", `<button style="color: rgba(0, 0, 0, .5); background: #fff">Accept</button>`, 3.98},
		{"a control that shines through", `<button style="color: #000; background: #fff; opacity: .5">Accept</button>`, 3.98},
		{"what lies around the words", `<button style="color: #000; background: #000; border: 2px solid red"><span style="background: #fff">Accept</span></button>`, 21},
		{"what lies under the control", `<div style="background: #00f"><button style="color: #fff; background: none; border: 2px solid red">Accept</button></div>`, 8.59},
	}
	for i, c := range cases {
		s.page(fmt.Sprintf("shop.example/%d", i), bar(c.html))
	}
	w := walking(t, s.browser(t))
	for i, c := range cases {
		w.goTo(t, fmt.Sprintf("https://shop.example/%d", i))
		got := w.sightings(false)
		if got == nil || got.find("accept") == nil {
			t.Errorf("%s: nothing was found", c.name)
			continue
		}
		if is := got.find("accept").Contrast; math.Abs(is-c.want) > 0.03 {
			t.Errorf("%s: contrast %.2f, want %.2f", c.name, is, c.want)
		}
	}
}

func TestSelectorsFindWhatWordsDoNotTell(t *testing.T) {
	s := newSite(t)
	s.page("shop.example/{$}", `<div id="q">Biscuits! <i class="yes" tabindex="0">Yum</i> <i class="no" tabindex="0">Yuck</i> <b>More biscuits</b></div>`)
	w := walking(t, s.browser(t))
	for name, c := range map[string]struct {
		Selectors
		found bool
	}{
		"none given":       {Selectors{}, false},
		"all by CSS":       {Selectors{Banner: "#q", Accept: ".yes", Reject: ".no"}, true},
		"without a banner": {Selectors{Accept: ".yes", Reject: ".no"}, true},
		"by words":         {Selectors{Accept: "text=yum", Reject: "text=yuck"}, true},
		"that fit nothing": {Selectors{Banner: "#other", Accept: ".other"}, false},
	} {
		w.Selectors = c.Selectors
		w.goTo(t, "https://shop.example/")
		got := w.sightings(false)
		if (got != nil) != c.found {
			t.Errorf("%s: found %+v", name, got)
			continue
		}
		if got != nil && (got.By != "selector" || got.find("accept") == nil || got.find("accept").Words != "Yum" || got.find("reject") == nil || got.find("reject").Words != "Yuck") {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
