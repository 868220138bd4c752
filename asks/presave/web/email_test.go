package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason/asks/presave/mock"
)

func TestAnAddressIsReadOnceHandedOverAndKeptNowhere(t *testing.T) {
	const address = "listener-1@listeners.example"
	var got []string
	answer := http.StatusOK
	list := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.PostFormValue("email"))
		w.WriteHeader(answer)
	}))
	t.Cleanup(list.Close)
	s := newStage(t, nil)
	s.site.List = list.URL
	c := campaign()
	c.Email = true
	s.put(c)
	l := s.listener("listener-1")
	if p := l.get(l.presave("Europe/Paris")); !strings.Contains(p.body, "Give my e-mail address to Quiet Label Ltd") {
		t.Fatalf("it is not offered afterwards: %s", p.body)
	}
	authorize := l.start("/email", url.Values{"agree": {"yes"}})
	if scope := query(t, authorize).Get("scope"); scope != "user-read-email" {
		t.Errorf("it asks for %q", scope)
	}
	p := l.get(l.agree(authorize))
	if p.status != http.StatusOK || p.says() != "Your address was handed over" || !slices.Equal(got, []string{address}) {
		t.Errorf("%d %q, the list got %q", p.status, p.says(), got)
	}
	s.waiting("1") // the saving, and nothing else
	if n := strings.Count(s.used.String(), `"url":"https://api.spotify.com/v1/me"`); n != 1 {
		t.Errorf("the account was read %d times", n)
	}
	answer = http.StatusInternalServerError
	if p := l.get(l.agree(l.start("/email", url.Values{"agree": {"yes"}}))); p.status != http.StatusBadGateway || p.says() != "Your address was not handed over" {
		t.Errorf("the list refuses: %d %q", p.status, p.says())
	}
	if strings.Contains(s.log.String()+p.body, address) {
		t.Error("the log or the page holds the address")
	}
	files, err := filepath.Glob(filepath.Join(s.dir, "*"))
	if err != nil || len(files) < 3 {
		t.Fatalf("%q %v", files, err)
	}
	for _, file := range files {
		if data, err := os.ReadFile(file); err == nil && strings.Contains(string(data), address) {
			t.Errorf("%s holds the address", file)
		}
	}
}

func TestAnAppInDevelopmentIsToldNoAddressAndSaysSo(t *testing.T) {
	list := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the list was asked") }))
	t.Cleanup(list.Close)
	s := newStage(t, func(_ *stage, o *mock.Options) { o.Extended = false })
	s.site.List = list.URL
	c := campaign()
	c.Email = true
	s.put(c)
	l := s.listener("listener-1")
	if p := l.get(l.agree(l.start("/email", url.Values{"agree": {"yes"}}))); p.status != http.StatusBadGateway || p.says() != "Your address was not handed over" {
		t.Errorf("%d %q", p.status, p.says())
	}
}
