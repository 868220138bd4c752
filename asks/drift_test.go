package asks

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"diapason.dev/diapason"
)

// captured is a capture of one page at a time; consent is the page behind the link.
func captured(at time.Time, address, page, link, consent string) *diapason.Capture {
	html := func(url, body string) diapason.Request {
		return diapason.Request{URL: url, Type: "document", At: at, ResponseBody: diapason.Body{Text: body, Mime: "text/html"}}
	}
	c := &diapason.Capture{Started: at, Requests: []diapason.Request{html(address, page)}}
	if consent != "" {
		c.Requests = append(c.Requests, html(link, consent))
	}
	return c
}

func drift(t *testing.T, c *Catalogue, as Ask, older, newer *diapason.Capture, recorded *Verdict) Drift {
	t.Helper()
	all, err := c.Drift(c.Sightings(older), c.Sightings(newer), as, recorded)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 1 {
		t.Fatalf("%d requests are compared, want 1: %+v", len(all), all)
	}
	return all[0]
}

var (
	march     = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	september = time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)
)

// The two versions of case O03: the listening statistics asked for three
// permissions first, and later for one.
func TestDriftTellsThatTheRequestBecameNarrower(t *testing.T) {
	after := caseByID(t, "O03").URLs[0]
	before := strings.Replace(after, "perms=listening_history", "perms=basic_access,email,listening_history", 1)
	page := func(link, words string) string {
		return `<p>Statistics</p><a class=b href="` + strings.ReplaceAll(link, "&", "&amp;") + `"><b>` + words + `</b></a>`
	}
	const site = "https://stats.example/"
	d := drift(t, Default(), Ask{For: []string{"recently-played"}},
		captured(march, site, page(before, "Connect Deezer"), before, "<ul><li>Your name<li>Your e-mail address<li>What you played</ul>"),
		captured(september, site, page(after, "See what you  played"), after, "<ul><li>What you played</ul>"), nil)
	want := []Change{
		{What: "scopes", Added: []string{}, Removed: []string{"basic_access", "email"}},
		{What: "words", Before: "Connect Deezer", After: "See what you played"},
		{What: "lines", Added: []string{}, Removed: []string{"Your name", "Your e-mail address"}},
	}
	if !reflect.DeepEqual(d.Changes, want) {
		t.Errorf("changes %+v", d.Changes)
	}
	if d.Provider != "deezer" || d.App != "stats.example" || len(d.ByCatalogue) != 0 || d.Wider(diapason.Low) {
		t.Errorf("provider %q, app %q, by the catalogue %v, wider %v", d.Provider, d.App, d.ByCatalogue, d.Wider(diapason.Low))
	}
	for _, says := range []string{
		"Between 2026-03-01 and 2026-09-01 this request became narrower: from 3 permissions to 1.",
		"It no longer asks for `email`: see your e-mail address and reach you outside Deezer (excess).",
		"The link said “Connect Deezer” and says “See what you played” now.",
		"The consent page lacks lines that it had: “Your name”, “Your e-mail address”.",
	} {
		if !slices.Contains(d.Text, says) {
			t.Errorf("the text does not say %q:\n%s", says, strings.Join(d.Text, "\n"))
		}
	}
	back := drift(t, Default(), Ask{For: []string{"recently-played"}},
		captured(march, site, page(after, ""), after, ""), captured(september, site, page(before, ""), before, ""), nil)
	if !back.Wider(diapason.High) || !strings.Contains(back.Text[0], "became wider: from 1 permission to 3") {
		t.Errorf("the other way round: wider %v, %q", back.Wider(diapason.High), back.Text)
	}
}

func TestDriftOfEverythingBesideTheScopes(t *testing.T) {
	const site = "https://campaign.example/c/spring"
	older := good("code_challenge", "", "code_challenge_method", "", "state", "spring")
	newer := good("client_id", "OTHER", "redirect_uri", "https://partner.example/callback", "response_type", "code")
	link := func(address string) string {
		return `<script>open("` + strings.ReplaceAll(address, "/", `\/`) + `")</script>`
	}
	d := drift(t, Default(), Ask{For: []string{"save-release"}}, captured(march, site, link(older), "", ""), captured(september, site, link(newer), "", ""), nil)
	want := []Change{
		{What: "client", Before: "client of 7 characters", After: "another client of 5 characters"},
		{What: "redirect-host", Before: "campaign.example", After: "partner.example"},
		{What: "state", Before: "predictable", After: "random"},
		{What: "pkce", Before: "absent", After: "S256"},
	}
	if !reflect.DeepEqual(d.Changes, want) {
		t.Errorf("changes %+v", d.Changes)
	}
	token := drift(t, Default(), Ask{}, captured(march, site, link(good()), "", ""), captured(september, site, link(good("response_type", "token")), "", ""), nil)
	if want := []Change{{What: "persistence", Before: "lasting", After: "for the visit"}}; !reflect.DeepEqual(token.Changes, want) || token.After.State != "constant" {
		t.Errorf("changes %+v, state %s", token.Changes, token.After.State)
	}
}

func TestRequestThatIsUnchangedHasNoDrift(t *testing.T) {
	page := `<a href="` + good() + `">Save</a>`
	d := drift(t, Default(), Ask{For: []string{"save-release"}},
		captured(march, "https://campaign.example/", page, "", ""), captured(september, "https://campaign.example/", page, "", ""), nil)
	if len(d.Changes) != 0 || !strings.Contains(d.Text[0], "nothing about this request changed") || !slices.Contains(d.Text, "The `state` is the same in both captures, so it protects nobody.") {
		t.Errorf("changes %+v, text %q", d.Changes, d.Text)
	}
}

func TestRequestsThatAppearAndDisappearAreTold(t *testing.T) {
	page := `<a href="` + good() + `">Save</a>`
	deezer := `<a href="` + caseByID(t, "O03").URLs[0] + `">Stats</a>`
	c := Default()
	all, err := c.Drift(c.Sightings(captured(march, "https://x.example/", page, "", "")), c.Sightings(captured(september, "https://x.example/", deezer, "", "")), Ask{}, nil)
	if err != nil || len(all) != 2 || all[0].Before != nil || all[0].Provider != "deezer" || all[1].After != nil || all[1].Provider != "spotify" {
		t.Fatalf("%+v, %v", all, err)
	}
	if !strings.HasPrefix(all[0].Text[0], "This request is new on 2026-09-01") || !strings.HasPrefix(all[1].Text[0], "This request is no longer there. It asked for 1 permission on 2026-03-01") {
		t.Errorf("%q, %q", all[0].Text, all[1].Text)
	}
	if _, err := c.Drift(nil, nil, Ask{}, nil); !errors.Is(err, diapason.ErrIncomplete) {
		t.Errorf("two captures without a request: %v, want incomplete", err)
	}
}

func TestWhatTheCatalogueChangedIsNotBlamedOnTheService(t *testing.T) {
	file, err := os.ReadFile(filepath.Join("catalogue", "spotify.json"))
	if err != nil {
		t.Fatal(err)
	}
	// The older catalogue held that following an artist takes no permission of its own.
	text := string(file)
	changed := strings.Replace(text, `"core": [{"op": "PUT /me/following", "params": {"type": "artist"}}]`, `"core": [{"op": "PUT /me/library", "params": {"uri_type": "album"}}]`, 1)
	if changed == text {
		t.Fatal("the catalogue has no such purpose")
	}
	older, err := Load(fstest.MapFS{"spotify.json": {Data: []byte(changed)}})
	if err != nil {
		t.Fatal(err)
	}
	address := good("scope", "user-library-modify user-follow-modify")
	as := Ask{For: []string{"follow-artist"}}
	recorded, err := older.Verdict(Ask{URL: address, For: as.For})
	if err != nil {
		t.Fatal(err)
	}
	page := `<a href="` + address + `">Follow</a>`
	before, after := captured(march, "https://campaign.example/", page, "", ""), captured(september, "https://campaign.example/", page, "", "")
	d := drift(t, Default(), as, before, after, &recorded)
	want := []Change{
		{What: "class of user-library-modify", Before: "needed", After: "excess"},
		{What: "class of user-follow-modify", Before: "excess", After: "needed"},
		{What: "minimal", Added: []string{"user-follow-modify"}, Removed: []string{"user-library-modify"}},
	}
	if len(d.Changes) != 0 || !reflect.DeepEqual(d.ByCatalogue, want) {
		t.Errorf("changes %+v, by the catalogue %+v", d.Changes, d.ByCatalogue)
	}
	if last := d.Text[len(d.Text)-1]; !strings.Contains(last, "Not the service but the catalogue changed") || !strings.Contains(last, "`user-follow-modify` counted as excess and counts as needed now") {
		t.Errorf("text %q", d.Text)
	}
	for name, spoil := range map[string]func(*Verdict){
		"another request":    func(v *Verdict) { v.Scopes = v.Scopes[:1] },
		"other purposes":     func(v *Verdict) { v.Purposes = []string{"save-release"} },
		"the same catalogue": func(v *Verdict) { v.Digest = Default().Digest() },
	} {
		v := recorded
		spoil(&v)
		if _, err := Default().Drift(Default().Sightings(before), Default().Sightings(after), as, &v); !errors.Is(err, diapason.ErrUsage) {
			t.Errorf("%s: error %v, want usage", name, err)
		}
	}
}
