package asks

import (
	"cmp"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestWorkedExampleReadsAsWritten(t *testing.T) {
	a := caseByID(t, "S08").ask()
	a.For = []string{"save-release"}
	req, _ := judge(t, a)
	want := []string{
		"To save a release when it comes out, this needs 1 permission. It asks for 7.",
		"The other 6 let it see your e-mail address, your plan and country, the artists and people you follow and your private playlists; and follow or unfollow them and edit your private playlists for you - for up to six months. You can end it at https://www.spotify.com/account/apps/.",
		"`needed` save items to your library and remove them (Spotify has no add-only permission).",
		"`excess, high` see your e-mail address and reach you outside Spotify. Saving never reads it; refusing breaks nothing here.",
		"`excess, medium` see your plan, your country and your explicit-content setting.",
		"`excess, medium` see who you follow.",
		"`excess, medium` see your private playlists.",
		"`excess, medium` follow and unfollow artists and people for you. Saving never does it; refusing breaks nothing here.",
		"`excess, medium` create, edit and follow private playlists for you.",
		"Also: no PKCE; the same `state` in both visits.",
		"Read with the catalogue of 2026-05-30, for an app of the tier \"extended\"; confidence medium.",
	}
	if got := strings.Join(req.Text, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("got:\n%s\nwant:\n%s", got, strings.Join(want, "\n"))
	}
}

// goldenAsks holds one request for every class and every kind of opening.
func goldenAsks(t *testing.T) map[string]Ask {
	list := func(scopes string, purposes ...string) Ask {
		return Ask{Provider: "spotify", Scopes: scopes, For: purposes}
	}
	optional := list("user-library-modify user-follow-modify", "save-release")
	optional.Also = []string{"follow-artist"}
	dormant := list("user-library-modify user-read-email", "save-release")
	dormant.Tier = "development"
	unserved := list("user-follow-modify", "follow-artist")
	unserved.Tier = "development"
	asked := func(provider, scopes string, purposes ...string) Ask {
		return Ask{Provider: provider, Scopes: scopes, For: purposes}
	}
	seen := time.Date(2026, 9, 4, 0, 0, 0, 0, time.UTC)
	asks := map[string]Ask{
		"needed":              list("user-library-modify", "save-release"),
		"excess":              caseByID(t, "S09").ask(),
		"excess-high":         list("user-library-modify user-modify-playback-state", "save-release"),
		"excess-medium":       list("user-library-modify user-library-read", "save-release"),
		"excess-low":          asked("deezer", "listening_history,offline_access", "recently-played"),
		"optional":            optional,
		"disputed":            list("playlist-modify-public user-follow-modify", "keep-playlist"),
		"dormant":             dormant,
		"unserved":            unserved,
		"unknown":             list("user-library-modify user-libary-read blue", "save-release"),
		"not-current":         list("user-library-modify user-read-birthdate openid user-soa-link", "save-release"),
		"retired":             list("user-library-modify user-read-birthdate", "save-release"),
		"undocumented":        list("user-library-modify openid", "save-release"),
		"partner-only":        list("user-library-modify user-soa-link", "save-release"),
		"case-mismatch":       list("User-Library-Modify", "save-release"),
		"described":           list("user-library-modify user-read-email"),
		"missing":             list("user-read-email", "save-release"),
		"missing-one-of-two":  asked("deezer", "manage_library,email", "save-release"),
		"narrower":            list("user-read-playback-state", "now-playing"),
		"nothing":             list("", "identify-user"),
		"lookalike":           {URL: "https://accounts-spotify.example/authorize?client_id=1&scope=user-library-modify&state=x"},
		"unknown-host":        {URL: "https://x.example/oauth?client_id=1&scope=a+b&state=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_w"},
		"hidden":              {URL: good("request_uri", "https://x.example/r"), For: []string{"save-release"}},
		"careful":             {URL: good(), For: []string{"save-release"}},
		"further-demands":     {URL: good("authorization_details", `[{"type":"payment","actions":["initiate"],"locations":["https://bank.example"]}]`), For: []string{"save-release"}},
		"bundle":              {URL: "https://authorize.music.apple.com/woa?a=eyJ0aGlyZFBhcnR5TmFtZSI6IkNhbXBhaWduIn0&referrer=https://campaign.example&app=music&p=subscribe", For: []string{"pre-add"}},
		"bundle-no-purpose":   asked("soundcloud", ""),
		"bundle-two-purposes": asked("soundcloud", "non-expiring", "pre-save", "follow-artist"),
		"format-only":         caseByID(t, "O10").ask(),
		"parents":             caseByID(t, "O05").ask(),
		"approval":            asked("discord", "identify relationships.read", "identify-user"),
		"lines-observed": {
			Provider: "spotify", Scopes: "user-library-modify user-read-email", For: []string{"save-release"},
			Consent: &ConsentPage{Lines: []string{"Your e-mail", "Your name", "Change your library"}, Seen: seen},
		},
	}
	return asks
}

// withDispute is the catalogue with one more purpose, for whose call sources
// disagree: none of the built-in purposes has such a call.
func withDispute(t *testing.T) *Catalogue {
	t.Helper()
	file, err := os.ReadFile(filepath.Join("catalogue", "spotify.json"))
	if err != nil {
		t.Fatal(err)
	}
	more := `"purposes": [
  {"id": "keep-playlist", "title": "keep a public playlist", "doing": "Keeping a playlist", "core": [{"op": "PUT /playlists/{playlist_id}/followers", "params": {"playlist": "public"}}]},`
	c, err := Load(fstest.MapFS{"spotify.json": {Data: []byte(strings.Replace(string(file), `"purposes": [`, more, 1))}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// marks are words that the text of a case must have, where that is not the
// name of the case as a class.
var marks = map[string]string{
	"narrower": "opens less", "excess": "`excess, ", "excess-high": "`excess, high`", "excess-medium": "`excess, medium`", "excess-low": "`excess, low`",
	"retired": "no longer offers", "undocumented": "does not document", "partner-only": "partners that it chooses", "missing-one-of-two": "leaves out 1 that it needs",
	"further-demands": "`payment`", "bundle": "cannot be narrowed", "bundle-no-purpose": "cannot be narrowed", "bundle-two-purposes": "; and follow the artist",
	"format-only": "not what its permissions open", "parents": "already holds", "approval": "has approved", "lines-observed": "3 lines for 2 permissions on 2026-09-04", "lookalike": "Do not sign in there", "unknown-host": "not in the catalogue",
	"hidden": "cannot be seen", "nothing": "needs no permission", "careful": "`needed`", "described": "No purpose was given",
}

func TestTextsOfEveryClass(t *testing.T) {
	for name, a := range goldenAsks(t) {
		t.Run(name, func(t *testing.T) {
			c := Default()
			if name == "disputed" {
				c = withDispute(t)
			}
			req, _, _, _ := c.Judge(a) // some of them can only be described
			got := strings.Join(req.Text, "\n") + "\n"
			path := filepath.Join("testdata", "golden", name+".txt")
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
			if mark := cmp.Or(marks[name], "`"+name+"`"); !strings.Contains(got, mark) {
				t.Errorf("the text of %s does not say %s:\n%s", name, mark, got)
			}
		})
	}
}

func TestExplainPassesOverOtherRequests(t *testing.T) {
	facts, _ := Default().Read([]Ask{
		{URL: good(), For: []string{"save-release"}},
		{URL: good("scope", "streaming"), For: []string{"save-release"}},
	})
	for _, r := range facts.Requests {
		if got := Explain(r, facts.Scopes); strings.Join(got, "\n") != strings.Join(r.Text, "\n") {
			t.Errorf("request %s: %q, want %q", r.ID, got, r.Text)
		}
	}
}
