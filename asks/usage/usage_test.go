package usage_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/asks"
	"diapason.dev/diapason/asks/presave/mock"
	"diapason.dev/diapason/asks/usage"
)

const seven = "user-library-modify user-read-email user-read-private user-follow-read user-follow-modify playlist-read-private playlist-modify-private"

var release = asks.Event{Name: "release", At: time.Date(2026, 9, 4, 0, 0, 0, 0, time.UTC)}

// campaign runs a pre-save for two listeners against a provider on this
// machine and returns the provider's log: consent in August, the code
// exchanged, and at the release one renewal and one saving each.
func campaign(t *testing.T, scopes string) string {
	t.Helper()
	const back, verifier = "http://127.0.0.1:9/callback", "a-verifier-that-is-long-enough-to-be-one-0123456789"
	const challenge = "IdFsue1MJJJtybEPX0invmHHuW1I7Ai5LXVlXpENjsk"
	now := time.Date(2026, 8, 20, 12, 0, 0, 0, time.UTC)
	var log bytes.Buffer
	srv := httptest.NewServer(mock.New(mock.Options{
		Clients: []mock.Client{{ID: "campaign", Name: "Paper Lanterns", Redirects: []string{back}}},
		Now:     func() time.Time { return now }, Log: &log,
	}))
	defer srv.Close()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	token := func(form url.Values) (access, refresh string) {
		form.Set("client_id", "campaign")
		r, err := client.PostForm(srv.URL+"/api/token", form)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		var got struct {
			Access  string `json:"access_token"`
			Refresh string `json:"refresh_token"`
		}
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil || got.Access == "" {
			t.Fatalf("no token: %d %v", r.StatusCode, err)
		}
		return got.Access, got.Refresh
	}
	var refresh []string
	for _, user := range []string{"listener-1", "listener-2"} {
		q := url.Values{
			"client_id": {"campaign"}, "response_type": {"code"}, "redirect_uri": {back}, "scope": {scopes},
			"state": {"seed-state"}, "code_challenge": {challenge}, "code_challenge_method": {"S256"},
		}
		r, err := client.PostForm(srv.URL+"/authorize?"+q.Encode(), url.Values{"user": {user}, "choice": {"agree"}})
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		to, err := r.Location()
		if err != nil {
			t.Fatal(err)
		}
		_, kept := token(url.Values{"grant_type": {"authorization_code"}, "code": {to.Query().Get("code")}, "redirect_uri": {back}, "code_verifier": {verifier}})
		refresh = append(refresh, kept)
		now = now.Add(time.Hour)
	}
	now = release.At.Add(12 * time.Second)
	for _, kept := range refresh {
		access, _ := token(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {kept}})
		req, err := http.NewRequest(http.MethodPut, srv.URL+"/v1/me/library?uris=spotify:album:4aawyAB9vmqN3uQ7FjRGTy", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+access)
		r, err := client.Do(req)
		if err != nil || r.StatusCode != http.StatusOK {
			t.Fatalf("saving: %v %v", r, err)
		}
		r.Body.Close()
	}
	return log.String()
}

func read(t testing.TB, log string, l usage.Log) *usage.Calls {
	t.Helper()
	l.Name = "access.log"
	k, err := usage.Read(asks.Default(), strings.NewReader(log), l)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func conclude(t testing.TB, k *usage.Calls, g usage.Grant) asks.Usage {
	t.Helper()
	u := k.Conclude(g)
	if !u.Ledger.Sums() {
		t.Errorf("the ledger does not sum: %+v", u.Ledger)
	}
	return u
}

// used lists the permissions of each use.
func used(u asks.Usage) map[string][]string {
	by := map[string][]string{}
	for _, g := range u.Granted {
		by[g.Use] = append(by[g.Use], g.Scope)
	}
	return by
}

func TestACampaignThatAsksForOnePermissionUsesIt(t *testing.T) {
	u := conclude(t, read(t, campaign(t, "user-library-modify"), usage.Log{Vantage: asks.MockProvider}), usage.Grant{Event: release})
	if want := "Granted 1, exercised 1, exercised through another 0, not exercised 0, not observable from here 0."; u.Text[0] != want {
		t.Errorf("told %q, want %q", u.Text[0], want)
	}
	g := u.Granted[0]
	if g.Count != 2 || !slices.Equal(g.Operations, []string{"PUT /me/library|uri_type=album"}) || !g.First.Equal(release.At.Add(12*time.Second)) {
		t.Errorf("use %+v", g)
	}
	if u.Basis != "log" || len(u.Doubts) != 0 || len(u.Unmatched) != 0 {
		t.Errorf("basis %q, doubts %q, unmatched %v", u.Basis, u.Doubts, u.Unmatched)
	}
	if want := time.Date(2026, 8, 20, 12, 0, 0, 0, time.UTC); !u.Authorized.Equal(want) {
		t.Errorf("permission was asked for at %v, want %v", u.Authorized, want)
	}
}

func TestACampaignThatAsksForSevenPermissionsLeavesSixUnused(t *testing.T) {
	k := read(t, campaign(t, seven), usage.Log{Vantage: asks.MockProvider})
	u := conclude(t, k, usage.Grant{Event: release})
	by := used(u)
	if !slices.Equal(by[asks.Exercised], []string{"user-library-modify"}) || len(by[asks.NotExercised]) != 6 {
		t.Errorf("used %q", by)
	}
	req, _, _, err := asks.Default().Judge(asks.Ask{URL: k.Authorize, For: []string{"save-release"}})
	if err != nil || req.Verdict.Requested != 7 || len(req.Verdict.Excess) != 6 {
		t.Errorf("the log's own request %q is judged as %+v, %v", k.Authorize, req.Verdict, err)
	}
}

func TestNotUsedIsOnlySaidAfterACompleteLook(t *testing.T) {
	whole := campaign(t, seven)
	first, rest, _ := strings.Cut(whole, "\n")
	for _, tc := range []struct {
		name, log string
		l         usage.Log
		event     asks.Event
		doubt     string
	}{
		{"a reverse proxy", whole, usage.Log{Vantage: asks.ReverseProxy}, release, "reverse proxy"},
		{"a browser", whole, usage.Log{Vantage: asks.Browser}, release, "browser"},
		{"no event", whole, usage.Log{Vantage: asks.ClientEgress}, asks.Event{}, "is not known"},
		{"an event after the window", whole, usage.Log{Vantage: asks.ClientEgress}, asks.Event{Name: "release", At: release.At.AddDate(0, 1, 0)}, "outside the window"},
		{"a window that ends before", whole, usage.Log{Vantage: asks.ClientEgress, To: release.At.Add(-time.Hour)}, release, "outside the window"},
		{"an unknown call", whole + `{"time":"2026-09-04T01:00:00Z","method":"GET","url":"https://api.spotify.com/v1/me/new-thing","status":200}`, usage.Log{Vantage: asks.ClientEgress}, release, "not in the catalogue"},
		{"an unknown kind of thing", whole + `{"time":"2026-09-04T01:00:00Z","method":"PUT","url":"https://api.spotify.com/v1/me/library?uris=spotify:chapter:1","status":200}`, usage.Log{Vantage: asks.ClientEgress}, release, "not in the catalogue"},
		{"a call that nothing granted opens", whole + `{"time":"2026-09-04T01:00:00Z","method":"GET","url":"https://api.spotify.com/v1/me/tracks","status":200}`, usage.Log{Vantage: asks.ClientEgress}, release, "nothing granted opens"},
		{"a tunnel", whole + `{"time":"2026-09-04T01:00:00Z","method":"CONNECT","url":"api.spotify.com:443","status":200}`, usage.Log{Vantage: asks.ClientEgress}, release, "not in the catalogue"},
		{"an odd line", first + "\n{\"time\":\n" + rest, usage.Log{Vantage: asks.ClientEgress}, release, "could not be read"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.l.Name = "access.log"
			k, err := usage.Read(asks.Default(), strings.NewReader(tc.log), tc.l)
			if k == nil {
				t.Fatal(err)
			}
			u := conclude(t, k, usage.Grant{Event: tc.event})
			if by := used(u); len(by[asks.NotExercised]) != 0 || len(by[asks.NotObservable]) < 6 {
				t.Errorf("used %q", by)
			}
			if !strings.Contains(strings.Join(u.Doubts, "; "), tc.doubt) {
				t.Errorf("doubts %q, want %q", u.Doubts, tc.doubt)
			}
		})
	}
}

func line(at, method, address string, status int) string {
	return fmt.Sprintf("{\"time\":%q,\"method\":%q,\"url\":%q,\"status\":%d}\n", at, method, address, status)
}

func TestACallIsCreditedToTheCheapestPermissionThatWasGranted(t *testing.T) {
	log := line("2026-09-04T00:00:00Z", "GET", "https://api.spotify.com/v1/me/player/currently-playing", 200)
	both := []string{"user-read-playback-state", "user-read-currently-playing"}
	u := conclude(t, read(t, log, usage.Log{Vantage: asks.ClientEgress}), usage.Grant{Requested: both})
	by := used(u)
	if !slices.Equal(by[asks.Exercised], both[1:]) || !slices.Equal(by[asks.ExercisedOtherwise], both[:1]) || u.Basis != "assumed" {
		t.Errorf("used %q, basis %q", by, u.Basis)
	}
	for _, g := range u.Granted {
		if g.Use == asks.ExercisedOtherwise && (!slices.Equal(g.Through, both[1:]) || g.Count != 1) {
			t.Errorf("used otherwise: %+v", g)
		}
	}
	u = conclude(t, read(t, log, usage.Log{Vantage: asks.ClientEgress}), usage.Grant{Requested: both[:1]})
	if by := used(u); !slices.Equal(by[asks.Exercised], both[:1]) {
		t.Errorf("with the dearer one alone, used %q", by)
	}
}

func TestARefusedCallUsesNoPermission(t *testing.T) {
	for status, want := range map[int]string{200: asks.Exercised, 404: asks.Exercised, 429: asks.Exercised, 401: asks.NotObservable, 403: asks.NotObservable} {
		log := line("2026-09-04T00:00:00Z", "GET", "https://api.spotify.com/v1/me/tracks", status)
		u := conclude(t, read(t, log, usage.Log{Vantage: asks.ClientEgress}), usage.Grant{Requested: []string{"user-library-read"}, Event: release})
		if g := u.Granted[0]; g.Use != want || g.Refused != map[bool]int{true: 1}[want == asks.NotObservable] {
			t.Errorf("status %d: %+v, want %s", status, g, want)
		}
	}
}

func TestWhatACallCannotShowIsNotObservable(t *testing.T) {
	log := line("2026-09-04T00:00:00Z", "GET", "https://api.spotify.com/v1/me", 200)
	u := conclude(t, read(t, log, usage.Log{Vantage: asks.ClientEgress}), usage.Grant{Requested: []string{"user-read-email", "streaming", "no-such-thing", "user-top-read"}, Event: release})
	why := map[string]string{"user-read-email": "does not show answers", "streaming": "no call of the catalogue", "no-such-thing": "does not know it"}
	for _, g := range u.Granted {
		if want, ok := why[g.Scope]; ok && (g.Use != asks.NotObservable || !strings.Contains(g.Why, want)) {
			t.Errorf("%s: %s, %s; want not observable, %s", g.Scope, g.Use, g.Why, want)
		} else if !ok && g.Use != asks.NotExercised {
			t.Errorf("%s: %s, %s; want not exercised", g.Scope, g.Use, g.Why)
		}
	}
}

func TestACombinedLogIsReadLikeJSONLines(t *testing.T) {
	log := `10.0.0.7 - - [04/Sep/2026:02:00:05 +0200] "PUT https://api.spotify.com/v1/me/library?uris=spotify%3Aalbum%3A1 HTTP/1.1" 200 12 "-" "presave/1.0"
10.0.0.7 - - [04/Sep/2026:02:00:06 +0200] "GET https://elsewhere.example/ HTTP/1.1" 200 12

10.0.0.7 - - [04/Sep/2026:02:00:07 +0200] "POST https://accounts.spotify.com/api/token HTTP/1.1" 200 - "-" "a \" quote"
`
	u := conclude(t, read(t, log, usage.Log{Vantage: asks.ClientEgress, From: release.At.Add(-time.Hour), To: release.At.Add(time.Hour)}), usage.Grant{Requested: strings.Fields(seven), Event: release})
	if l := u.Ledger; l.Read != 4 || l.Calls != 1 || l.Elsewhere != 1 || l.Blank != 1 || l.Authorization != 1 {
		t.Errorf("ledger %+v", l)
	}
	if by := used(u); len(by[asks.NotExercised]) != 6 || u.Format != "combined log" || !u.Window.Stated {
		t.Errorf("used %q, %s, window %+v", by, u.Format, u.Window)
	}
	if first := u.Granted[slices.IndexFunc(u.Granted, func(g asks.Use) bool { return g.Use == asks.Exercised })].First; !first.Equal(release.At.Add(5 * time.Second)) {
		t.Errorf("first used at %v", first)
	}
}

func TestABrowserRecordingShowsTheRequestTheGrantAndTheAnswers(t *testing.T) {
	data, err := os.ReadFile("testdata/session.har")
	if err != nil {
		t.Fatal(err)
	}
	k := read(t, string(data), usage.Log{})
	if !strings.HasPrefix(k.Authorize, "https://accounts.spotify.com/authorize?") || k.Basis != "token response" {
		t.Errorf("request %q, basis %q", k.Authorize, k.Basis)
	}
	u := conclude(t, k, usage.Grant{Event: release})
	by := used(u)
	if u.Vantage != asks.Browser || !slices.Equal(by[asks.Exercised], []string{"user-read-email"}) || !slices.Equal(by[asks.NotObservable], []string{"user-library-modify", "user-read-private"}) {
		t.Errorf("vantage %s, used %q", u.Vantage, by)
	}
	if l := u.Ledger; l.Read != 5 || l.Preflight != 1 || l.Calls != 1 || l.Authorization != 2 || l.Elsewhere != 1 {
		t.Errorf("ledger %+v", l)
	}
	cut := string(data[:strings.Index(string(data), `"https://shop.example/"`)])
	k, err = usage.Read(asks.Default(), strings.NewReader(cut), usage.Log{Name: "cut.har", Vantage: asks.ClientEgress})
	if k == nil || !errors.Is(err, diapason.ErrIncomplete) {
		t.Fatalf("a recording that breaks off: %v", err)
	}
	if u := conclude(t, k, usage.Grant{Event: release}); len(used(u)[asks.NotExercised]) != 0 || len(u.Window.Gaps) == 0 {
		t.Errorf("after a break: %q, gaps %q", used(u), u.Window.Gaps)
	}
}

func TestWhatIsNoLogIsRefused(t *testing.T) {
	for name, log := range map[string]string{
		"empty": "", "blank lines": "\n\n", "prose": "Dear reader,\nthis is a letter.\n", "other JSON": `{"name":"x"}`, "a list": `[1,2]`,
		"no provider": line("2026-09-04T00:00:00Z", "GET", "https://shop.example/", 200),
		"broken HAR":  `{"log": 7}`,
	} {
		t.Run(name, func(t *testing.T) {
			k, err := usage.Read(asks.Default(), strings.NewReader(log), usage.Log{Name: "x.log"})
			var hint *diapason.Hint
			if k != nil || !errors.Is(err, diapason.ErrUsage) || !strings.Contains(err.Error(), "x.log") {
				t.Errorf("error %v", err)
			}
			if name != "broken HAR" && !errors.As(err, &hint) {
				t.Errorf("%v does not say what to do next", err)
			}
		})
	}
	if _, err := usage.Read(asks.Default(), strings.NewReader("x"), usage.Log{Name: "x.log", Vantage: "satellite"}); !errors.Is(err, diapason.ErrUsage) {
		t.Errorf("unknown vantage: %v", err)
	}
}

// breaking gives an error in the middle.
type breaking struct{ io.Reader }

func (b breaking) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if errors.Is(err, io.EOF) {
		err = errors.New("the disk is gone")
	}
	return n, err
}

func TestOddLinesAreCountedByReasonAndNeverHideTheRest(t *testing.T) {
	good := line("2026-09-04T00:00:00Z", "GET", "https://api.spotify.com/v1/me/tracks", 200)
	log := good + "{\n" + `{"method":"GET","url":"/v1/me","status":200}` + "\n" + line("yesterday", "GET", "/v1/me", 200) + strings.Repeat("x", 70<<10) + "\n" + good
	k, err := usage.Read(asks.Default(), strings.NewReader(log), usage.Log{Name: "x.log"})
	if !errors.Is(err, diapason.ErrIncomplete) || !strings.Contains(err.Error(), "x.log:2") {
		t.Errorf("error %v", err)
	}
	u := conclude(t, k, usage.Grant{Requested: []string{"user-library-read"}})
	if l := u.Ledger; l.Calls != 2 || l.Skipped != 4 || len(l.Reasons) != 4 || u.Granted[0].Count != 2 {
		t.Errorf("ledger %+v", l)
	}
	k, err = usage.Read(asks.Default(), breaking{strings.NewReader(good + good)}, usage.Log{Name: "x.log"})
	if !errors.Is(err, diapason.ErrIncomplete) || k.Conclude(usage.Grant{}).Ledger.Calls != 2 {
		t.Errorf("a log that breaks off: %v", err)
	}
}

func TestNothingPersonalIsKeptOfALog(t *testing.T) {
	log := campaign(t, seven) + line("2026-09-04T01:00:00Z", "GET", "https://api.spotify.com/v1/me/jane@person.example?x=secret-9", 200)
	k := read(t, log, usage.Log{})
	told, err := json.Marshal(k.Conclude(usage.Grant{}))
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"jane", "secret-9", "4aawyAB9vmqN3uQ7FjRGTy", "127.0.0.1"} {
		if bytes.Contains(told, []byte(word)) {
			t.Errorf("%q is told: %s", word, told)
		}
	}
}

// The command's own test reads this log: it is the one that the mock provider writes.
func TestTheFixtureOfTheCommandIsWhatTheMockProviderWrites(t *testing.T) {
	for name, scopes := range map[string]string{"one.jsonl": "user-library-modify", "seven.jsonl": seven} {
		want, err := os.ReadFile("../../cmd/diapason/testdata/usage/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if got := commitment.ReplaceAllString(campaign(t, scopes), `"token":"…"`); got != commitment.ReplaceAllString(string(want), `"token":"…"`) {
			t.Errorf("%s differs from\n%s", name, got)
		}
	}
}

var commitment = regexp.MustCompile(`"token":"[0-9a-f]+"`)
