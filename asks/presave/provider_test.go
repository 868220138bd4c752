package presave_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"diapason.dev/diapason/asks/presave"
)

// ask sends one refresh and one save to a handler and returns what came of
// them.
func ask(t *testing.T, h http.HandlerFunc) (grant presave.Grant, refreshed, saved error) {
	t.Helper()
	srv := httptest.NewServer(h)
	defer srv.Close()
	p := &presave.Provider{
		ID: "mock", TokenURL: srv.URL + "/token", API: srv.URL, ClientID: "an app", ClientSecret: "s:cret",
		Client: presave.NewClient(), Clock: &presave.Clock{},
	}
	grant, refreshed = p.Refresh(ctx, "refresh-token-seed")
	return grant, refreshed, p.Save(ctx, "access-token-seed", album)
}

func TestTheRequestsAreThoseOfTheStandard(t *testing.T) {
	var seen []string
	_, _, err := ask(t, func(w http.ResponseWriter, r *http.Request) {
		id, secret, _ := r.BasicAuth()
		id, _ = url.QueryUnescape(id)
		secret, _ = url.QueryUnescape(secret)
		seen = append(seen, r.Method+" "+r.URL.RequestURI(), r.PostFormValue("grant_type"), r.PostFormValue("refresh_token"), id+"/"+secret)
	})
	if err != nil {
		t.Fatal(err)
	}
	want := "POST /token|refresh_token|refresh-token-seed|an app/s:cret|PUT /me/library?uris=" + url.QueryEscape(album)
	if got := strings.Join(seen, "|"); !strings.HasPrefix(got, want) {
		t.Fatalf("got  %s\nwant %s", got, want)
	}
}

func TestAnAnswerIsReadWithoutItsWords(t *testing.T) {
	for _, c := range []struct {
		status     int
		retry      string
		body, code string
		after      time.Duration
	}{
		{400, "", `{"error":"invalid_grant","error_description":"Ann's token"}`, "invalid_grant", 0},
		{429, "7", `{"error":{"status":429,"message":"slow","reason":"QUOTA_EXCEEDED"}}`, "QUOTA_EXCEEDED", 7 * time.Second},
		{429, "-1", `{"reason":"QUOTA_EXCEEDED"}`, "QUOTA_EXCEEDED", 0},
		{429, "1e9", `not JSON refresh-token-seed`, "", 0},
		{429, "99999999999", `[]`, "", 7 * 24 * time.Hour},
		{503, "9999999", `{"error":"<script>refresh-token-seed</script>"}`, "other", 7 * 24 * time.Hour},
		{404, "", strings.Repeat("x", 1<<20), "", 0},
	} {
		_, refreshed, saved := ask(t, func(w http.ResponseWriter, _ *http.Request) {
			if c.retry != "" {
				w.Header().Set("Retry-After", c.retry)
			}
			w.WriteHeader(c.status)
			_, _ = w.Write([]byte(c.body))
		})
		for _, err := range []error{refreshed, saved} {
			var a *presave.Answer
			if !errors.As(err, &a) || a.Status != c.status || a.Code != c.code || a.RetryAfter != c.after {
				t.Errorf("%d %.40s: %+v, want code %q, wait %v", c.status, c.body, a, c.code, c.after)
			}
			if strings.Contains(err.Error(), "seed") || strings.Contains(err.Error(), "Ann") {
				t.Errorf("the error tells too much: %v", err)
			}
		}
	}
}

func TestAnErrorShowsNeitherTokenNorQuery(t *testing.T) {
	_, refreshed, saved := ask(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	for _, err := range []error{refreshed, saved} {
		var a *presave.Answer
		if !errors.As(err, &a) || a.Status != 0 || strings.Contains(err.Error(), "seed") || strings.Contains(err.Error(), "uris") {
			t.Errorf("%v", err)
		}
	}
}

func TestNoTokenFollowsARedirect(t *testing.T) {
	elsewhere := 0
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere++ }))
	defer other.Close()
	_, refreshed, saved := ask(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
	})
	if refreshed == nil || saved == nil || elsewhere != 0 {
		t.Fatalf("%v, %v, %d requests elsewhere", refreshed, saved, elsewhere)
	}
}

func TestAnAnswerWithoutATokenOrATimeIsNoSuccess(t *testing.T) {
	_, refreshed, _ := ask(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"token_type":"Bearer"}`)) })
	var a *presave.Answer
	if !errors.As(refreshed, &a) {
		t.Errorf("without a token: %v", refreshed)
	}
	grant, refreshed, _ := ask(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Date"] = nil
		_, _ = w.Write([]byte(`{"access_token":"a","refresh_token":"b"}`))
	})
	if !errors.Is(refreshed, presave.ErrSkew) || grant.Refresh != "b" {
		t.Errorf("without a time: %+v, %v", grant, refreshed)
	}
}
