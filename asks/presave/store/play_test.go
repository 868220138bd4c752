package store_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"diapason.dev/diapason/asks/presave"
	"diapason.dev/diapason/asks/presave/mock"
	"diapason.dev/diapason/asks/presave/store"
)

// midnight is when 4 September 2026 begins in Berlin; by then all rows of it
// are due.
var (
	midnight = time.Date(2026, 9, 3, 22, 0, 0, 0, time.UTC)
	allDue   = midnight.Add(presave.Jitter)
)

const (
	appID     = "campaign"
	appSecret = "seeded-app-secret-0f8a2c"
	album     = "spotify:album:low-tide"
)

var masterKey = bytes.Repeat([]byte("k3y!"), 8)

// A play is a fictional provider and what a service before it needs, in this
// process and in others that are started from it.
type play struct {
	t        testing.TB
	provider *mock.Provider
	clock    *presave.Clock
	url      string
	dir      string // keys and master key
	where    string // database
	service  *presave.Service
	saves    atomic.Int64 // saves that the provider answered

	// heard, if set, gets the body of each answer of the token endpoint.
	heard func(body string)
}

func newPlay(t testing.TB, where string, log io.Writer) *play {
	t.Helper()
	p := &play{t: t, clock: &presave.Clock{}, dir: t.TempDir(), where: where}
	p.clock.Set(midnight.AddDate(0, 0, -30))
	// What a worker had not stored when it was killed would be lost with a
	// provider that lets each refresh token work once.
	p.provider = mock.New(mock.Options{
		Clients: []mock.Client{{ID: appID, Secret: appSecret}}, Extended: true, Now: p.clock.Now, Overlap: true,
	})
	srv := httptest.NewServer(http.HandlerFunc(p.serve))
	t.Cleanup(srv.Close)
	p.url = srv.URL
	must(t, os.WriteFile(filepath.Join(p.dir, "master"), []byte(base64.StdEncoding.EncodeToString(masterKey)), 0o600))
	service, err := newService(p.where, p.dir, p.url, p.clock, log)
	must(t, err)
	p.service = service
	t.Cleanup(func() { _ = service.Store.Close() })
	must(t, service.PutCampaign(ctx, campaign("low-tide")))
	return p
}

// serve is the provider, counted and overheard.
func (p *play) serve(w http.ResponseWriter, r *http.Request) {
	token := strings.HasSuffix(r.URL.Path, "/token")
	if token && p.heard != nil {
		rec := httptest.NewRecorder()
		p.provider.ServeHTTP(rec, r)
		p.heard(rec.Body.String())
		for k, v := range rec.Header() {
			w.Header()[k] = v
		}
		w.WriteHeader(rec.Code)
		_, _ = w.Write(rec.Body.Bytes())
		return
	}
	p.provider.ServeHTTP(w, r)
	if !token {
		p.saves.Add(1)
	}
}

func newService(where, dir, url string, clock *presave.Clock, log io.Writer) (*presave.Service, error) {
	master, err := presave.ReadMaster(filepath.Join(dir, "master"))
	if err != nil {
		return nil, err
	}
	ring, err := presave.OpenRing(filepath.Join(dir, "keys"), master)
	if err != nil {
		return nil, err
	}
	rows, err := store.Open(ctx, where)
	if err != nil {
		return nil, err
	}
	return &presave.Service{
		Store: rows, Ring: ring, Clock: clock, Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Providers: map[string]*presave.Provider{"mock": newProvider(url, clock)},
	}, nil
}

func newProvider(url string, clock *presave.Clock) *presave.Provider {
	return &presave.Provider{
		ID: "mock", TokenURL: url + "/api/token", API: url + "/v1", ClientID: appID, ClientSecret: appSecret,
		Client: presave.NewClient(), Clock: clock,
	}
}

func listener(n int) string { return fmt.Sprintf("listener-%06d", n) }

// enrol lets n listeners agree, many at once.
func (p *play) enrol(n int) {
	p.t.Helper()
	var next atomic.Int64
	var all sync.WaitGroup
	for range 64 {
		all.Go(func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				if _, err := p.agree(listener(int(i))); err != nil {
					p.t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	if p.t.Failed() {
		p.t.FailNow()
	}
}

// agree lets one listener agree and returns the secret of the receipt.
func (p *play) agree(who string) (string, error) {
	_, secret, err := p.service.Enrol(ctx, presave.Consent{
		Campaign: "low-tide", Option: presave.Save, URI: album, Zone: "Europe/Berlin",
		Refresh: p.provider.Grant(who, appID, "user-library-modify"),
	})
	return secret, err
}

// start starts this program again in a role.
func (p *play) start(role string) *exec.Cmd {
	p.t.Helper()
	cmd := p.command(role)
	must(p.t, cmd.Start())
	return cmd
}

// command is this program in a role, at the clock's time.
func (p *play) command(role string) *exec.Cmd {
	p.t.Helper()
	self, err := os.Executable()
	must(p.t, err)
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), "PRESAVE_TEST_ROLE="+role, "PRESAVE_TEST_WHERE="+p.where, "PRESAVE_TEST_DIR="+p.dir,
		"PRESAVE_TEST_URL="+p.url, "PRESAVE_TEST_CLOCK="+p.clock.Now().Format(time.RFC3339Nano))
	cmd.Stderr = os.Stderr
	return cmd
}

// perform is what this program does when it was started in a role.
func perform(role string) error {
	at, err := time.Parse(time.RFC3339Nano, os.Getenv("PRESAVE_TEST_CLOCK"))
	if err != nil {
		return err
	}
	clock := &presave.Clock{}
	clock.Set(at)
	where, dir, url := os.Getenv("PRESAVE_TEST_WHERE"), os.Getenv("PRESAVE_TEST_DIR"), os.Getenv("PRESAVE_TEST_URL")
	switch role {
	case "worker": // until it is killed
		s, err := newService(where, dir, url, clock, io.Discard)
		if err != nil {
			return err
		}
		return s.Run(context.Background())
	case "drain": // until nothing is due
		s, err := newService(where, dir, url, clock, io.Discard)
		if err != nil {
			return err
		}
		return drain(s)
	case "bare": // the requests of as many rows as there are tokens on standard input, and nothing else
		return bare(url, clock, os.Stdin)
	}
	return fmt.Errorf("no role %q", role)
}

// drain works until nothing is due.
func drain(s *presave.Service) error {
	for {
		if n, err := s.Round(context.Background()); n == 0 || err != nil {
			return err
		}
	}
}
