package asks

import (
	"errors"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason"
)

const authorize = "https://accounts.spotify.com/authorize?"

// good is a request without a flaw; the arguments replace or add parameters.
func good(pairs ...string) string {
	q := url.Values{
		"client_id": {"EXAMPLE"}, "response_type": {"code"}, "redirect_uri": {"https://campaign.example/callback"},
		"scope": {"user-library-modify"}, "state": {"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_w"},
		"code_challenge": {"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}, "code_challenge_method": {"S256"},
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
		if pairs[i+1] == "" {
			q.Del(pairs[i])
		}
	}
	return authorize + q.Encode()
}

func judge(t testing.TB, a Ask) (Request, []Scope) {
	t.Helper()
	req, scopes, _, err := Default().Judge(a)
	if err != nil {
		t.Fatal(err)
	}
	return req, scopes
}

func TestCarefulRequestHasNoFlaw(t *testing.T) {
	facts, gaps := Default().Read([]Ask{{URL: good(), Page: "https://campaign.example/c/spring", For: []string{"save-release"}}})
	if len(gaps) != 0 {
		t.Errorf("gaps = %v, want none", gaps)
	}
	r := facts.Requests[0]
	if len(r.Flaws) != 0 || len(r.Verdict.Findings) != 0 || len(r.Verdict.URLFlags) != 0 {
		t.Errorf("flaws %q, findings %v, flags %q: want none", r.Flaws, r.Verdict.Findings, r.Verdict.URLFlags)
	}
	if r.App != "campaign.example" || r.Provider != "spotify" || !r.Inspectable {
		t.Errorf("app %q, provider %q, inspectable %v", r.App, r.Provider, r.Inspectable)
	}
}

func TestAddressIsChecked(t *testing.T) {
	const page = "https://campaign.example/c/spring"
	for _, tc := range []struct{ name, url, flag string }{
		{"token in the answer", good("response_type", "token"), "implicit-grant"},
		{"no proof key", good("code_challenge", ""), "pkce-absent"},
		{"proof key without hash", good("code_challenge_method", "plain"), "pkce-plain"},
		{"proof key without method", good("code_challenge_method", ""), "pkce-plain"},
		{"no state", good("state", ""), "state-absent"},
		{"answer without encryption", good("redirect_uri", "http://campaign.example/callback"), "redirect-http"},
		{"answer to another company", good("redirect_uri", "https://other.example/callback"), "redirect-other-domain"},
		{"secret in the redirect", good("redirect_uri", "https://campaign.example/callback?session_token=x"), "token-in-redirect-query"},
		{"two states", good() + "&state=second", "duplicate-parameter:state"},
		{"request without encryption", strings.Replace(good(), "https", "http", 1), "authorize-http"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			req, _ := judge(t, Ask{URL: tc.url, Page: page, For: []string{"save-release"}})
			if !slices.Equal(req.Flaws, []string{tc.flag}) {
				t.Errorf("flaws = %q, want only %s", req.Flaws, tc.flag)
			}
		})
	}
}

func TestHarmlessOdditiesAreToldAndAreNoFlaw(t *testing.T) {
	for _, tc := range []struct{ name, url, flag string }{
		{"own machine", good("redirect_uri", "http://127.0.0.1:8080/callback"), "redirect-http-localhost"},
		{"own machine by name", good("redirect_uri", "http://localhost/callback"), "redirect-http-localhost"},
		{"misspelt parameter", good("showdialog", "true"), "unknown-param:showdialog"},
		{"question every time", good("show_dialog", "true"), "asks-again"},
		{"adds to earlier grants", good("include_granted_scopes", "true"), "accumulation"},
		{"further demands", good("authorization_details", `[{"type":"x"}]`), "authorization-details"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			req, _ := judge(t, Ask{URL: tc.url, For: []string{"save-release"}})
			if !slices.Equal(req.Verdict.URLFlags, []string{tc.flag}) || len(req.Flaws) != 0 {
				t.Errorf("flags = %q, flaws = %q, want the flag %s and no flaw", req.Verdict.URLFlags, req.Flaws, tc.flag)
			}
		})
	}
}

func TestOddSpellingsOfTheListAreReadAndFlagged(t *testing.T) {
	const a, b = "user-library-modify", "user-read-email"
	address := func(scope string) string { return strings.Replace(good("scope", "SCOPE"), "SCOPE", scope, 1) }
	for _, tc := range []struct {
		name, url string
		want      []string
	}{
		{"plus", address(a + "+" + b), nil},
		{"percent 20", address(a + "%20" + b), nil},
		{"raw space", address(a + " " + b), nil},
		{"comma", address(a + "," + b), []string{"separator-not-space"}},
		{"literal plus", address(a + "%2B" + b), []string{"separator-not-space"}},
		{"newline", address(a + "%0A" + b), []string{"irregular-whitespace"}},
		{"no-break space", address(a + "%C2%A0" + b), []string{"irregular-whitespace"}},
		{"run of spaces", address(a + "++" + b), []string{"irregular-whitespace"}},
		{"space behind", address(a + "+" + b + "+"), []string{"leading-or-trailing-space"}},
		{"encoded twice", address(a + "%2520" + b), []string{"double-encoded"}},
		{"markup", strings.ReplaceAll(address(a+"+"+b), "&", "&amp;"), []string{"html-entities"}},
		{"numbered markup", strings.ReplaceAll(address(a+"+"+b), "&", "&#38;"), []string{"html-entities"}},
		{"named twice", address(a + "+" + b + "+" + a), []string{"duplicate-scope"}},
		{"white space around the address", "\n  " + address(a+"+"+b) + "\t", []string{"irregular-whitespace"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			req, scopes := judge(t, Ask{URL: tc.url, For: []string{"save-release"}})
			if got := req.Verdict.ParseFlags; len(got) != len(tc.want) || len(got) > 0 && !slices.Equal(got, tc.want) {
				t.Errorf("parse flags = %q, want %q", got, tc.want)
			}
			if len(scopes) != 2 || scopes[0].ID != a || scopes[1].ID != b {
				t.Errorf("scopes = %v, want %s and %s", scopes, a, b)
			}
			if len(req.Flaws) != 0 {
				t.Errorf("flaws = %q, want none", req.Flaws)
			}
		})
	}
}

func TestPathsWithLanguageAndSlashBelongToTheProvider(t *testing.T) {
	for _, path := range []string{"/authorize", "/authorize/", "/en/authorize", "/pt-BR/authorize/"} {
		req, _ := judge(t, Ask{URL: strings.Replace(good(), "/authorize", path, 1), For: []string{"save-release"}})
		if req.Provider != "spotify" {
			t.Errorf("%s: provider %q, want spotify", path, req.Provider)
		}
	}
}

func TestLookAlikeHostsAreNotTheProvider(t *testing.T) {
	query := strings.TrimPrefix(good(), authorize)
	for _, host := range []string{
		"accounts.spotify.com.login.example", "accounts-spotify.example", "accounts.spotlfy.com", "accounts.sp0tify.com",
		"accounts.spotify.com@evil.example", "listener@accounts.spotify.com", "accounts.ѕpotify.com", "accounts.xn--potify-hvf.com",
	} {
		req, _, _, err := Default().Judge(Ask{URL: "https://" + host + "/authorize?" + query, For: []string{"save-release"}})
		if !errors.Is(err, diapason.ErrIncomplete) {
			t.Errorf("%s: error %v, want incomplete", host, err)
		}
		if req.Provider != "" || !slices.Contains(req.Flaws, "host-lookalike") {
			t.Errorf("%s: provider %q, flaws %q, want no provider and host-lookalike", host, req.Provider, req.Flaws)
		}
	}
}

func TestUnknownHostIsDescribedAndNotGuessed(t *testing.T) {
	facts, gaps := Default().Read([]Ask{{
		URL: "https://login.unknown.example/oauth?client_id=EXAMPLE&scope=read+write&redirect_uri=https://app.example/cb", For: []string{"save-release"},
	}})
	if len(facts.Requests) != 1 || len(gaps) != 1 || !strings.Contains(gaps[0].Why, "login.unknown.example is not in the catalogue") {
		t.Fatalf("requests %v, gaps %v", facts.Requests, gaps)
	}
	r := facts.Requests[0]
	if r.Provider != "" || len(r.Purpose) != 0 || !slices.Equal(r.Verdict.Unknown, []string{"read", "write"}) || len(r.Verdict.Excess) != 0 {
		t.Errorf("verdict %+v", r.Verdict)
	}
	if flows := Default().Flows(facts, diapason.Service{ID: "app"}); len(flows) != 0 {
		t.Errorf("flows = %v, want none", flows)
	}
}

func TestBadInputIsRefusedWithAHint(t *testing.T) {
	many := strings.Repeat("a,", 400) + strings.Repeat("b ", 101)
	for _, tc := range []struct {
		name string
		ask  Ask
		want string
	}{
		{"nothing", Ask{}, "no address and no provider"},
		{"both", Ask{URL: good(), Provider: "spotify", Scopes: "x"}, "an address and a list"},
		{"too long", Ask{URL: good("state", strings.Repeat("x", 17<<10))}, "bytes are more than 16384"},
		{"too many", Ask{Provider: "spotify", Scopes: many}, "501 scopes are more than 500"},
		{"zero byte", Ask{URL: good() + "\x00"}, "zero byte"},
		{"encoded zero byte", Ask{URL: good() + "%00"}, "zero byte"},
		{"a web page", Ask{URL: "https://open.spotify.com/album/1"}, "is no permission request"},
		{"text", Ask{URL: "save this for me"}, "is no permission request"},
		{"unknown provider", Ask{Provider: "humdrum", Scopes: "x"}, `provider "humdrum" is not in the catalogue`},
		{"unknown purpose", Ask{URL: good(), For: []string{"save-realease"}}, `no purpose "save-realease"`},
		{"unknown tier", Ask{URL: good(), Tier: "gold"}, `no tier "gold"`},
		{"choice without purpose", Ask{URL: good(), Also: []string{"follow-artist"}}, "separate choice and no purpose"},
		{"earlier capture elsewhere", Ask{URL: good(), Earlier: "https://other.example/?client_id=1"}, "earlier address goes elsewhere"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			req, scopes, grants, err := Default().Judge(tc.ask)
			if !errors.Is(err, diapason.ErrUsage) || diapason.ExitCode(err) != diapason.ExitUsage || !strings.Contains(err.Error(), tc.want) {
				t.Fatalf("error %v, want one that says %q", err, tc.want)
			}
			var hint *diapason.Hint
			if !errors.As(err, &hint) || hint.Next == "" {
				t.Error("the error has no hint")
			}
			if !reflect.DeepEqual(req, Request{}) || scopes != nil || grants != nil {
				t.Error("something was returned beside the error")
			}
			if _, gaps := Default().Read([]Ask{tc.ask}); len(gaps) != 1 || strings.HasSuffix(gaps[0].Why, "usage") {
				t.Errorf("gaps = %v, want one that says why", gaps)
			}
		})
	}
}

func TestHiddenListIsNotJudged(t *testing.T) {
	for _, address := range []string{
		good("request", "eyJhbGciOi"), good("request_uri", "https://campaign.example/r"),
		authorize + "redirect_uri=https://campaign.example/", good("scope", "${scopes}"),
	} {
		req, _, _, err := Default().Judge(Ask{URL: address, For: []string{"save-release"}})
		if !errors.Is(err, diapason.ErrIncomplete) || req.Inspectable {
			t.Errorf("%s: error %v, inspectable %v, want incomplete and not inspectable", address, err, req.Inspectable)
		}
	}
}

func TestNoScopeIsAValidRequestForTheBaseline(t *testing.T) {
	for _, address := range []string{good("scope", ""), strings.Replace(good(), "user-library-modify", "", 1)} {
		req, scopes := judge(t, Ask{URL: address, For: []string{"identify-user"}})
		if req.Verdict.Requested != 0 || len(scopes) != 0 || len(req.Verdict.Minimal) != 0 {
			t.Errorf("requested %d, scopes %v", req.Verdict.Requested, scopes)
		}
	}
}

func TestReadingOfAListAsAllOfThemIsNotMade(t *testing.T) {
	// The published list of PUT /me/library names three scopes and that of GET
	// /me two; read as "all of them" they would make five needed.
	req, _ := judge(t, Ask{Provider: "spotify", Scopes: "user-library-modify", For: []string{"save-release", "identify-user"}})
	if !slices.Equal(req.Verdict.Minimal, []string{"user-library-modify"}) || len(req.Verdict.Missing) != 0 {
		t.Errorf("minimal %q, missing %q", req.Verdict.Minimal, req.Verdict.Missing)
	}
}

func TestLinesAreNotScopes(t *testing.T) {
	req, _ := judge(t, caseByID(t, "S20").ask())
	if req.Verdict.Requested != 17 || req.Verdict.Lines.Count != 0 || req.Verdict.Lines.Basis != "unknown" {
		t.Errorf("requested %d, lines %+v: no line of these scopes was counted", req.Verdict.Requested, req.Verdict.Lines)
	}
}

func TestPurposeDecidesWhatIsExcess(t *testing.T) {
	const scopes = "user-library-modify user-follow-modify"
	class := func(a Ask) string {
		a.Provider, a.Scopes = "spotify", scopes
		_, list := judge(t, a)
		return list[1].Class
	}
	for _, tc := range []struct {
		ask  Ask
		want string
	}{
		{Ask{}, "described"},
		{Ask{For: []string{"pre-save"}}, "excess"},
		{Ask{For: []string{"pre-save", "follow-artist"}}, "needed"},
		{Ask{For: []string{"pre-save"}, Also: []string{"follow-artist"}}, "optional"},
		{Ask{For: []string{"pre-save"}, Also: []string{"follow-artist"}, Tier: "development"}, "dormant"},
	} {
		if got := class(tc.ask); got != tc.want {
			t.Errorf("for %q also %q tier %q: %s, want %s", tc.ask.For, tc.ask.Also, tc.ask.Tier, got, tc.want)
		}
	}
}

func TestBroaderScopeThanNeededNamesTheNarrowerOne(t *testing.T) {
	req, scopes := judge(t, Ask{Provider: "spotify", Scopes: "user-read-playback-state", For: []string{"now-playing"}})
	if scopes[0].Class != "needed" || scopes[0].Narrower != "user-read-currently-playing" {
		t.Errorf("class %s, narrower %q", scopes[0].Class, scopes[0].Narrower)
	}
	if !slices.Equal(req.Verdict.GlobalMinimum, []string{"user-read-currently-playing"}) || len(req.Verdict.Missing) != 0 {
		t.Errorf("global minimum %q, missing %q", req.Verdict.GlobalMinimum, req.Verdict.Missing)
	}
}

func TestMissingScopeIsToldAndNotAdded(t *testing.T) {
	a := Ask{URL: good("scope", "user-read-email"), For: []string{"save-release"}}
	req, _ := judge(t, a)
	if !slices.Equal(req.Verdict.Missing, []string{"user-library-modify"}) {
		t.Errorf("missing %q", req.Verdict.Missing)
	}
	if narrow, err := Narrow(Default(), a); err != nil || strings.Contains(narrow, "user-library-modify") {
		t.Errorf("narrowed to %s, %v", narrow, err)
	}
}

func TestGrantsEndSixMonthsAfterTheAuthorization(t *testing.T) {
	_, _, grants, err := Default().Judge(Ask{URL: good(), For: []string{"save-release"}})
	if err != nil || len(grants) != 1 || grants[0].Ends != 182.6 || grants[0].Use != "not-observable" || grants[0].ShorterOffered {
		t.Errorf("grants %+v, %v", grants, err)
	}
	_, _, grants, err = Default().Judge(Ask{URL: good("response_type", "token"), For: []string{"save-release"}})
	if err != nil || grants[0].Ends != 0 {
		t.Errorf("a token in the address cannot be renewed: grants %+v, %v", grants, err)
	}
}

func TestSuspiciousTextIsMadeVisible(t *testing.T) {
	req, scopes := judge(t, Ask{Provider: "spotify", Scopes: "user-\u202egnp \x1b[31mred", For: []string{"save-release"}})
	all := strings.Join(req.Text, " ") + scopes[0].ID + scopes[1].ID + strings.Join(req.Verdict.Unknown, " ")
	if strings.ContainsAny(all, "\u202e\x1b") || !strings.Contains(all, `\u{202E}`) || !strings.Contains(all, `\u{1B}`) {
		t.Errorf("text %q", all)
	}
}

func TestEvidenceKeepsNoSecret(t *testing.T) {
	req, scopes := judge(t, Ask{URL: good("state", "SECRET-STATE", "client_id", "SECRET-CLIENT", "redirect_uri", "https://me:SECRET@campaign.example/cb?code=SECRET")})
	for _, ref := range append(req.Evidence, scopes[0].Evidence...) {
		if strings.Contains(ref.URL, "SECRET") || !strings.Contains(ref.URL, "scope=user-library-modify") {
			t.Errorf("evidence %s", ref.URL)
		}
	}
}
