package asks

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"diapason.dev/diapason"
)

func TestNarrowChangesTheScopeValueOnly(t *testing.T) {
	const head, tail = authorize + "client_id=EXAMPLE&scope=", "&state={\"a\":\"b\"}&redirect_uri=https:%2F%2Fx.example%2Fcb#top"
	for _, tc := range []struct{ name, found, want string }{
		{"percent 20", "user-read-email%20user-library-modify%20user-follow-modify", "user-library-modify%20user-follow-modify"},
		{"plus", "user-follow-modify+user-read-email+user-library-modify", "user-follow-modify+user-library-modify"},
		{"comma and space", "user-follow-modify, user-library-modify, streaming", "user-follow-modify, user-library-modify"},
		{"encoded twice", "streaming%2520user-library-modify%2520user-follow-modify", "user-library-modify%2520user-follow-modify"},
		{"newlines", "%0A%20user-library-modify%0A%20user-follow-modify", "user-library-modify%0A%20user-follow-modify"},
		{"letters that need no encoding", "%75ser-library-modify+user-follow-modify+streaming", "%75ser-library-modify+user-follow-modify"},
		{"nothing needed of it", "streaming+user-read-email", ""},
		{"all needed", "user-library-modify+user-follow-modify", "user-library-modify+user-follow-modify"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := Ask{URL: head + tc.found + tail, For: []string{"save-release", "follow-artist"}}
			got, err := Narrow(Default(), a)
			if err != nil || got != head+tc.want+tail {
				t.Fatalf("got  %s (%v)\nwant %s", got, err, head+tc.want+tail)
			}
			req, _ := judge(t, a)
			if same := got == a.URL; same != (req.Narrowed == "") || !same && req.Narrowed != got {
				t.Errorf("the record says %q, %q", req.Narrowed, req.NotNarrowed)
			}
		})
	}
}

func TestNarrowRefusesWhatItCannotDoSafely(t *testing.T) {
	purpose := []string{"save-release"}
	for _, tc := range []struct {
		name string
		ask  Ask
		want string
		is   error
	}{
		{"object", Ask{URL: good("request_uri", "https://x.example/r"), For: purpose}, "cannot be seen", diapason.ErrIncomplete},
		{"repeated", Ask{URL: good() + "&scope=streaming", For: purpose}, "more than once", diapason.ErrIncomplete},
		{"unknown name", Ask{URL: good("scope", "user-library-modify hum"), For: purpose}, "not known: hum", diapason.ErrIncomplete},
		{"other letter case", Ask{URL: good("scope", "User-Library-Modify"), For: purpose}, "not known: User-Library-Modify", diapason.ErrIncomplete},
		{"unknown host", Ask{URL: "https://x.example/?scope=a", For: purpose}, "not in the catalogue", diapason.ErrIncomplete},
		{"look-alike", Ask{URL: "https://accounts-spotify.example/authorize?scope=a", For: purpose}, "only looks like", diapason.ErrIncomplete},
		{"page", Ask{URL: caseByID(t, "S20").URLs[0], For: purpose}, "is a page", diapason.ErrIncomplete},
		{"object by value", Ask{URL: good("request", "eyJhbGciOi"), For: purpose}, "cannot be seen", diapason.ErrIncomplete},
		{"list that a script fills in", Ask{URL: good("scope", "${scopes}"), For: purpose}, "cannot be seen", diapason.ErrIncomplete},
		{"all or nothing", Ask{URL: soundcloudLink, For: purpose}, "gives these permissions only together", diapason.ErrIncomplete},
		{"only the format is known", Ask{URL: caseByID(t, "O10").URLs[0], For: purpose}, "not known", diapason.ErrIncomplete},
		{"what a terminal would obey", Ask{URL: good() + "&x=\x1b[2J", For: purpose}, "cannot be shown", diapason.ErrIncomplete},
		{"what turns the direction of writing", Ask{URL: good() + "&x=\u202e", For: purpose}, "cannot be shown", diapason.ErrIncomplete},
		{"no purpose", Ask{URL: good()}, "no purpose", diapason.ErrUsage},
		{"no address", Ask{Provider: "spotify", Scopes: "streaming", For: purpose}, "no address", diapason.ErrUsage},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := Narrow(Default(), tc.ask)
			if got != "" || !errors.Is(err, tc.is) || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %q and %v, want an error that says %q", got, err, tc.want)
			}
		})
	}
}

const soundcloudLink = "https://secure.soundcloud.com/authorize?client_id=1&response_type=code&redirect_uri=https://campaign.example/cb&state=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_w&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"

func TestUnknownNamesMayBeKeptInTheNarrowedAddress(t *testing.T) {
	a := Ask{URL: good("scope", "streaming hum user-library-modify User-Follow-Modify"), For: []string{"save-release"}, KeepUnknown: true}
	got, err := Narrow(Default(), a)
	if want := good("scope", "hum user-library-modify User-Follow-Modify"); err != nil || got != want {
		t.Fatalf("got  %s (%v)\nwant %s", got, err, want)
	}
	a.URL = got
	if twice, err := Narrow(Default(), a); err != nil || twice != got {
		t.Errorf("twice %s, %v", twice, err)
	}
}

func TestNarrowKeepsThePrefixThatANameWasWrittenWith(t *testing.T) {
	const head = "https://accounts.google.com/o/oauth2/v2/auth?client_id=1&access_type=offline&scope="
	p := Default().byID("google")
	purpose := p.Purposes[slices.IndexFunc(p.Purposes, func(u *purpose) bool { return u.ID == "send-mail" })]
	for _, prefix := range []string{"", "https://www.googleapis.com/auth/", "https%3A%2F%2Fwww.googleapis.com%2Fauth%2F"} {
		a := Ask{URL: head + prefix + "drive+" + prefix + "gmail.send", For: []string{purpose.ID}}
		if got, err := Narrow(Default(), a); err != nil || got != head+prefix+"gmail.send" {
			t.Errorf("%q: %s, %v", prefix, got, err)
		}
	}
}

// drawScopes draws a list of current scopes of the provider.
func drawScopes(t *rapid.T, label string) []string {
	var ids []string
	for _, s := range Default().byID("spotify").Scopes {
		if s.Status == "current" {
			ids = append(ids, s.ID)
		}
	}
	return rapid.SliceOfNDistinct(rapid.SampledFrom(ids), 0, 12, rapid.ID).Draw(t, label)
}

func drawPurposes(t *rapid.T, label string, least int) []string {
	var ids []string
	for _, u := range Default().byID("spotify").Purposes {
		ids = append(ids, u.ID)
	}
	return rapid.SliceOfNDistinct(rapid.SampledFrom(ids), least, 4, rapid.ID).Draw(t, label)
}

func TestNarrowingTwiceIsNarrowingOnceAndNeverWidens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		separators := rapid.SampledFrom([]string{"+", "%20", " ", ",", "%2C", "%0A%20", "%2520", ", "})
		var value strings.Builder
		for i, id := range drawScopes(t, "scopes") {
			if i > 0 {
				value.WriteString(separators.Draw(t, "separator"))
			}
			value.WriteString(id)
		}
		const head, tail = authorize + "client_id=1&scope=", "&state=%7B%7D&x=+%2520"
		a := Ask{URL: head + value.String() + tail, For: drawPurposes(t, "purposes", 1)}
		once, err := Narrow(Default(), a)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(once, head) || !strings.HasSuffix(once, tail) || len(once) > len(a.URL) {
			t.Fatalf("%s became %s", a.URL, once)
		}
		twice, err := Narrow(Default(), Ask{URL: once, For: a.For})
		if err != nil || twice != once {
			t.Fatalf("once %s, twice %s, %v", once, twice, err)
		}
		before, _, _, err := Default().Judge(a)
		if err != nil {
			t.Fatal(err)
		}
		after, _, _, err := Default().Judge(Ask{URL: once, For: a.For})
		if err != nil {
			t.Fatal(err)
		}
		if after.Verdict.Reach.Requested > before.Verdict.Reach.Requested || len(after.Verdict.Excess) != 0 {
			t.Fatalf("reach %d became %d, excess %q", before.Verdict.Reach.Requested, after.Verdict.Reach.Requested, after.Verdict.Excess)
		}
		if strings.Join(after.Verdict.Missing, " ") != strings.Join(before.Verdict.Missing, " ") {
			t.Fatalf("missing %q became %q", before.Verdict.Missing, after.Verdict.Missing)
		}
	})
}
