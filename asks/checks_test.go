package asks

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason"
)

func TestWindowBelowTheSizeOfAListIsTold(t *testing.T) {
	for features, want := range map[string]string{
		"width=399,height=600":  "popup-399x600",
		"width=600, HEIGHT=499": "popup-600x499",
		"width=400,height=500":  "",
		"width=300":             "",
		"":                      "",
	} {
		req, _ := judge(t, Ask{URL: good(), Window: features, For: []string{"save-release"}})
		if got := strings.Join(req.Verdict.URLFlags, " "); got != want || len(req.Flaws) != 0 {
			t.Errorf("window %q: flags %q, flaws %q, want %q and no flaw", features, got, req.Flaws, want)
		}
	}
}

func TestConsentPageThatNamesAnotherAppIsAFlaw(t *testing.T) {
	for client, other := range map[string]bool{
		"Campaign": false, "The Campaign Saver": false, "campaign.example": false, "": false,
		"Loud Label": true, "A C": true,
	} {
		req, _ := judge(t, Ask{URL: good(), Page: "https://www.campaign.example/c/1", For: []string{"save-release"}, Consent: &ConsentPage{Client: client}})
		if got := slices.Contains(req.Flaws, "client-other-name"); got != other {
			t.Errorf("the consent page names %q: flaw %v, want %v", client, got, other)
		}
	}
}

func TestAccessThatCouldEndWithTheVisitIsTold(t *testing.T) {
	google := func(access string) string {
		return "https://accounts.google.com/o/oauth2/v2/auth?client_id=1&response_type=code&scope=gmail.send" + access
	}
	for _, tc := range []struct {
		name       string
		ask        Ask
		persistent bool
		told       bool
	}{
		{"offline where online is offered", Ask{URL: google("&access_type=offline")}, true, true},
		{"online", Ask{URL: google("&access_type=online")}, false, false},
		{"the provider's default, which ends", Ask{URL: google("")}, false, false},
		{"the provider's default, which lasts", Ask{URL: good()}, true, false},
		{"a token in the address, which cannot be renewed", Ask{URL: good("response_type", "token")}, false, false},
		{"a permission that makes it last", Ask{Provider: "deezer", Scopes: "manage_library,offline_access"}, true, true},
		{"the same without it", Ask{Provider: "deezer", Scopes: "manage_library"}, false, false},
	} {
		v, err := Default().Verdict(tc.ask)
		if err != nil || v.PersistentAccess != tc.persistent || slices.Contains(v.URLFlags, "online-not-used") != tc.told {
			t.Errorf("%s: persistent %v, flags %q, %v", tc.name, v.PersistentAccess, v.URLFlags, err)
		}
	}
}

func TestFurtherDemandsAreReadAndShown(t *testing.T) {
	req, _ := judge(t, Ask{URL: good("authorization_details", `[{"type":"pay\u001bment","actions":["initiate"],"locations":["https://bank.example"],"amount":12}]`), For: []string{"save-release"}})
	want := Demand{Type: `pay\u{1B}ment`, Actions: []string{"initiate"}, Locations: []string{"https://bank.example"}}
	if got := req.Verdict.Demands; len(got) != 1 || got[0].Type != want.Type || !slices.Equal(got[0].Actions, want.Actions) || !slices.Equal(got[0].Locations, want.Locations) {
		t.Errorf("demands %+v, want %+v", got, want)
	}
	for _, text := range []string{"{}", "[]", "x", `[{"actions":["a"]}]`, `["a"]`} {
		req, _ := judge(t, Ask{URL: good("authorization_details", text), For: []string{"save-release"}})
		if len(req.Verdict.Demands) != 0 || !slices.Contains(req.Verdict.URLFlags, "authorization-details-unreadable") {
			t.Errorf("%s: demands %+v, flags %q", text, req.Verdict.Demands, req.Verdict.URLFlags)
		}
	}
}

func TestProofKeyIsNotAskedForWhereTheProviderHasNone(t *testing.T) {
	for id, want := range map[string]bool{"O03": false, "O10": false, "O05": true, "O08": true} {
		req, _, _, _ := Default().Judge(caseByID(t, id).ask())
		if got := slices.Contains(req.Flaws, "pkce-absent"); got != want {
			t.Errorf("%s: no proof key is a flaw: %v, want %v", id, got, want)
		}
	}
}

func TestWhatIsPrintedOnceIsNotSpelledInTwoLetterCases(t *testing.T) {
	for provider, class := range map[string]string{"spotify": "case-mismatch", "deezer": "case-mismatch"} {
		p := Default().byID(provider)
		at := slices.IndexFunc(p.Scopes, func(s *scope) bool { return s.Status == "current" })
		v, err := Default().Verdict(Ask{Provider: provider, Scopes: strings.ToUpper(p.Scopes[at].ID)})
		if err != nil || v.Scopes[0].Class != class || v.Suggestions[v.Scopes[0].ID] != p.Scopes[at].ID {
			t.Errorf("%s: %+v, suggestions %v, %v", provider, v.Scopes, v.Suggestions, err)
		}
	}
}

func TestProvidersOwnDomainsAndEverydayWordsAreNoLookAlikes(t *testing.T) {
	for host, imitates := range map[string]bool{
		"somebody.github.io": false, "auth.discordapp.com": false, "open.tiktokapis.com": false, "graph.instagram.com": false,
		"big-apple-tours.example": false, "pineapple.example": false,
		"apple.com.login.example": true, "github.com-login.example": true, "discord.example": true, "githud.example": true,
		"accounts.google.com@evil.example": true, "accounts.goog1e.com": true,
	} {
		req, _, _, err := Default().Judge(Ask{URL: "https://" + host + "/authorize?client_id=1&scope=a&state=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_w"})
		if !errors.Is(err, diapason.ErrIncomplete) || slices.Contains(req.Flaws, "host-lookalike") != imitates {
			t.Errorf("%s: flaws %q, want look-alike %v (%v)", host, req.Flaws, imitates, err)
		}
	}
}

func TestPlaceholdersInAddressesStandForOneSegment(t *testing.T) {
	for address, provider := range map[string]string{
		"https://www.facebook.com/v19.0/dialog/oauth":                            "meta",
		"https://www.facebook.com/dialog/oauth":                                  "meta",
		"https://www.facebook.com/v19.0/x/dialog/oauth":                          "",
		"https://www.facebook.com/nineteen/dialog/oauth":                         "",
		"https://login.microsoftonline.com/common/oauth2/v2.0/authorize":         "microsoft",
		"https://login.microsoftonline.com/tenant.example/oauth2/v2.0/authorize": "microsoft",
		"https://login.microsoftonline.com/oauth2/v2.0/authorize":                "",
		"https://discord.com/api/v10/oauth2/authorize":                           "discord",
	} {
		req, _, _, _ := Default().Judge(Ask{URL: address + "?client_id=1&scope=a&state=x"})
		if req.Provider != provider {
			t.Errorf("%s: provider %q, want %q", address, req.Provider, provider)
		}
	}
}

func TestBundleIsAskedForByEveryoneAndCannotBeNarrowed(t *testing.T) {
	for _, a := range []Ask{{URL: soundcloudLink, For: []string{"pre-save"}}, {Provider: "soundcloud", For: []string{"pre-save"}}} {
		req, scopes := judge(t, a)
		v := req.Verdict
		if v.Requested != 1 || len(scopes) != 1 || scopes[0].ID != "user-token" || scopes[0].Class != "needed" || !v.CannotBeNarrowed || len(v.Instead) != 1 {
			t.Errorf("requested %d, scopes %+v, instead %q", v.Requested, scopes, v.Instead)
		}
		if !req.Inspectable || req.Narrowed != "" || req.NotNarrowed == "" {
			t.Errorf("inspectable %v, narrowed %q, %q", req.Inspectable, req.Narrowed, req.NotNarrowed)
		}
	}
	if v, err := Default().Verdict(caseByID(t, "S08").ask()); err != nil || v.CannotBeNarrowed || len(v.Instead) != 0 {
		t.Errorf("a provider with a choice: %v, %q, %v", v.CannotBeNarrowed, v.Instead, err)
	}
}

func TestPermissionsThatNobodyDescribedAreKeptAndNeverPass(t *testing.T) {
	for _, id := range []string{"O07", "O10"} {
		req, _, _, err := Default().Judge(caseByID(t, id).ask())
		v := req.Verdict
		if !errors.Is(err, diapason.ErrIncomplete) || !v.Undescribed || len(v.Unknown) != v.Requested || len(v.Suggestions) != 0 {
			t.Errorf("%s: undescribed %v, unknown %q, suggestions %v, error %v", id, v.Undescribed, v.Unknown, v.Suggestions, err)
		}
	}
}
