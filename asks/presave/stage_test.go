package presave_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"diapason.dev/diapason/asks/presave"
	"diapason.dev/diapason/asks/presave/mock"
	"diapason.dev/diapason/asks/presave/store"
)

var ctx = context.Background()

const (
	album = "spotify:album:4aawyAB9vmqN3uQ7FjRGTy"
	scope = "user-library-modify"
)

// midnight is when 4 September 2026 begins in Berlin.
var midnight = time.Date(2026, 9, 3, 22, 0, 0, 0, time.UTC)

// A stage is a service with one campaign before a fictional provider, under
// one clock that stands still.
type stage struct {
	*presave.Service
	t        *testing.T
	provider *mock.Provider
	clock    *presave.Clock
	log      *bytes.Buffer
	// meddle, if set, sees each request to the provider before it does, and
	// answers in its place if it returns true.
	meddle func(w http.ResponseWriter, r *http.Request) bool
	calls  func() int // requests that arrived
}

func newStage(t *testing.T, change func(*mock.Options, *presave.Provider)) *stage {
	t.Helper()
	s := &stage{t: t, clock: &presave.Clock{}, log: &bytes.Buffer{}}
	s.clock.Set(midnight.AddDate(0, 0, -30))
	o := mock.Options{
		Clients: []mock.Client{{ID: "campaign", Secret: "app-secret"}}, Extended: true, Now: s.clock.Now,
	}
	p := &presave.Provider{ID: "mock", ClientID: "campaign", ClientSecret: "app-secret", Client: presave.NewClient(), Clock: s.clock}
	if change != nil {
		change(&o, p)
	}
	s.provider = mock.New(o)
	var mu sync.Mutex
	n := 0
	s.calls = func() int { mu.Lock(); defer mu.Unlock(); return n }
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		n++
		mu.Unlock()
		if s.meddle == nil || !s.meddle(w, r) {
			s.provider.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(srv.Close)
	p.TokenURL, p.API = srv.URL+"/api/token", srv.URL+"/v1"

	dir := t.TempDir()
	key := filepath.Join(dir, "master")
	must(t, os.WriteFile(key, []byte(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))), 0o600))
	master, err := presave.ReadMaster(key)
	must(t, err)
	ring, err := presave.OpenRing(filepath.Join(dir, "keys"), master)
	must(t, err)
	rows, err := store.Open(ctx, filepath.Join(dir, "rows.db"))
	must(t, err)
	t.Cleanup(func() { _ = rows.Close(); _ = ring.Close() })
	s.Service = &presave.Service{
		Store: rows, Ring: ring, Providers: map[string]*presave.Provider{"mock": p}, Clock: s.clock,
		Log: slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})), Workers: 4,
	}
	must(t, s.PutCampaign(ctx, theCampaign()))
	return s
}

func theCampaign() presave.Campaign {
	return presave.Campaign{
		ID: "low-tide", Provider: "mock", Title: "Low Tide", Artist: "The Herons", URI: album,
		ReleaseDate: presave.Date{Year: 2026, Month: 9, Day: 4}, Zone: "Europe/Berlin",
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// enrol lets listeners agree, in Berlin, and returns their receipts' secrets.
func (s *stage) enrol(listeners ...string) []string {
	s.t.Helper()
	var secrets []string
	for _, who := range listeners {
		_, secret, err := s.Enrol(ctx, presave.Consent{
			Campaign: "low-tide", Option: presave.Save, URI: album, Zone: "Europe/Berlin",
			Refresh: s.provider.Grant(who, "campaign", scope),
		})
		must(s.t, err)
		secrets = append(secrets, secret)
	}
	return secrets
}

// at sets the clock and works until nothing is due any more.
func (s *stage) at(t time.Time) {
	s.t.Helper()
	s.clock.Set(t)
	for range 50 {
		n, err := s.Round(ctx)
		must(s.t, err)
		if n == 0 {
			return
		}
	}
	s.t.Fatalf("at %v there is always something due; log:\n%s", t, s.log)
}

func (s *stage) counts(want presave.Counts) {
	s.t.Helper()
	got, err := s.Store.Counts(ctx, "low-tide")
	must(s.t, err)
	if got != want {
		s.t.Fatalf("counts %+v, want %+v; log:\n%s", got, want, s.log)
	}
}

func (s *stage) saved(listener string, want bool) {
	s.t.Helper()
	if got := slices.Contains(s.provider.Library(listener), album); got != want {
		s.t.Fatalf("saved for %s: %v, want %v; log:\n%s", listener, got, want, s.log)
	}
}

func (s *stage) state(secret string) presave.State {
	s.t.Helper()
	receipt, _, err := s.Status(ctx, secret)
	must(s.t, err)
	return receipt.State
}
