package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/asks/presave"
	"diapason.dev/diapason/asks/presave/receipt"
	"diapason.dev/diapason/asks/presave/store"
	"diapason.dev/diapason/asks/presave/web"
	"github.com/spf13/cobra"
)

func presaveServeCommand() *cobra.Command {
	var config string
	var follow bool
	c := &cobra.Command{
		Use:   "serve",
		Short: "Serve the campaigns of presave.yaml until interrupted",
		Long: long(`
Serve answers listeners at the configured address, behind whatever ends TLS,
and the operator at a socket of its own:

  curl --unix-socket admin.sock http://admin/stats
  curl --unix-socket admin.sock -X PUT --json @campaign.json http://admin/campaigns/paper-lanterns
  curl --unix-socket admin.sock --json '{"release_date": "2026-09-11"}' http://admin/campaigns/paper-lanterns/move

A campaign of the file is added where there is none of its name; one that is
there already is changed at the operator's side. A small presave.yaml:

  base: https://presave.label.example        # what listeners see
  listen: 127.0.0.1:8080                     # what the proxy in front passes on to
  admin: unix:admin.sock                     # or an address of this machine
  store: presave.db                          # or postgres://…
  keys: keys                                 # folder, not part of the database's backups
  master-key: {file: master.key}             # (umask 077; openssl rand -base64 32 > master.key)
  providers:
    - {id: spotify, client-id: 0123456789abcdef}
  campaigns:
    - id: paper-lanterns
      provider: spotify
      title: Paper Lanterns
      artist: Ada Quill
      uri: spotify:album:4aawyAB9vmqN3uQ7FjRGTy
      release_date: 2026-09-04
      zone: Europe/Paris                     # preselected; listeners choose
      controller:
        name: Quiet Label Ltd
        address: 1 Quay, Port
        contact: privacy@label.example
        jurisdiction: FR
        location: SE

To try it, add "at: http://127.0.0.1:8787" to the provider, set base to
http://127.0.0.1:8080, and run diapason asks presave mock beside it.`),
		Example: `  diapason asks presave serve --config presave.yaml`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			conf, err := web.ReadConfig(config)
			if err != nil {
				return err
			}
			if follow && !conf.Local() {
				return fmt.Errorf("--follow-clock: expected providers on this machine only: %w", diapason.ErrUsage)
			}
			return servePresave(cmd, conf, follow)
		},
	}
	c.Flags().StringVar(&config, "config", "presave.yaml", "file that describes the service")
	c.Flags().BoolVar(&follow, "follow-clock", false, "take the time from the provider on this machine")
	return c
}

// servePresave opens everything that the file names and serves it.
func servePresave(cmd *cobra.Command, conf web.Config, follow bool) error {
	ctx, stop := context.WithCancel(cmd.Context())
	defer stop()
	logger := slog.New(slog.NewJSONHandler(cmd.ErrOrStderr(), nil))
	clock := &presave.Clock{}
	service, done, err := openPresave(ctx, conf, clock, logger)
	if err != nil {
		return err
	}
	defer done()
	if follow {
		if err := followClock(ctx, clock, service.Providers); err != nil {
			return err
		}
	}
	if err := addCampaigns(ctx, conf, service, logger); err != nil {
		return err
	}
	key, err := receipt.ReadKey(conf.Path(conf.ReceiptKey))
	if err != nil {
		return err
	}
	site := &web.Site{Service: service, Key: key, Base: conf.Base, Scopes: web.Scopes(), List: conf.EmailList, Log: logger}
	front, err := listen(conf.Listen)
	if err != nil {
		return err
	}
	defer front.Close()
	admin, err := listenAdmin(conf)
	if err != nil {
		return err
	}
	defer admin.Close()
	where := map[string]string{"listen": front.Addr().String(), "admin": conf.Admin, "base": conf.Base}
	if err := announce(cmd, where, fmt.Sprintf("Listeners: %s, at %s. Operator: %s.", conf.Base, front.Addr(), conf.Admin)); err != nil {
		return err
	}
	return together(ctx, stop,
		func(ctx context.Context) error { return serveUntilDone(ctx, server(site.Handler()), front) },
		func(ctx context.Context) error { return serveUntilDone(ctx, server(site.Admin()), admin) },
		service.Run,
	)
}

// openPresave opens the database and the keys.
func openPresave(ctx context.Context, conf web.Config, clock *presave.Clock, logger *slog.Logger) (*presave.Service, func(), error) {
	providers, err := conf.MakeProviders(clock)
	if err != nil {
		return nil, nil, err
	}
	master, err := readMaster(ctx, conf)
	if err != nil {
		return nil, nil, err
	}
	ring, err := presave.OpenRing(conf.Path(conf.Keys), master)
	if err != nil {
		return nil, nil, err
	}
	where := conf.Store
	if !strings.Contains(where, "://") {
		where = conf.Path(where)
	}
	db, err := store.Open(ctx, where)
	if err != nil {
		ring.Close()
		return nil, nil, err
	}
	done := func() { db.Close(); ring.Close() }
	return &presave.Service{Store: db, Ring: ring, Providers: providers, Clock: clock, Log: logger}, done, nil
}

func readMaster(ctx context.Context, conf web.Config) (presave.Master, error) {
	if conf.MasterKey.File != "" {
		return presave.ReadMaster(conf.Path(conf.MasterKey.File))
	}
	return presave.RunMaster(ctx, conf.MasterKey.Command)
}

// addCampaigns adds those of the file that are not there yet.
func addCampaigns(ctx context.Context, conf web.Config, service *presave.Service, logger *slog.Logger) error {
	campaigns, err := conf.ReadCampaigns()
	if err != nil {
		return err
	}
	for _, c := range campaigns {
		_, err := service.Store.Campaign(ctx, c.ID)
		if err == nil {
			logger.Info("campaign is there already", "campaign", c.ID)
			continue
		}
		if !errors.Is(err, presave.ErrNotFound) {
			return err
		}
		if err := service.PutCampaign(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// followClock keeps the clock at what a provider on this machine shows.
func followClock(ctx context.Context, clock *presave.Clock, providers map[string]*presave.Provider) error {
	for _, p := range providers {
		read := func() error {
			req, err := http.NewRequestWithContext(ctx, http.MethodHead, p.AppsURL, nil)
			if err != nil {
				return err
			}
			r, err := p.Client.Do(req)
			if err != nil {
				return err
			}
			r.Body.Close()
			at, err := http.ParseTime(r.Header.Get("Date"))
			if err == nil {
				clock.Set(at)
			}
			return err
		}
		if err := read(); err != nil {
			return diapason.WithHint(fmt.Errorf("follow the clock of %s: %w: %w", p.ID, err, diapason.ErrUsage), "start diapason asks presave mock first")
		}
		go func() {
			for tick := time.NewTicker(500 * time.Millisecond); ctx.Err() == nil; <-tick.C {
				_ = read() // the clock stands while the provider does not answer
			}
		}()
		return nil
	}
	return nil
}

func listen(address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen for listeners: %w: %w", err, diapason.ErrUsage)
	}
	return l, nil
}

// listenAdmin listens for the operator: at a socket of theirs alone, or on
// this machine.
func listenAdmin(conf web.Config) (net.Listener, error) {
	path, ok := strings.CutPrefix(conf.Admin, "unix:")
	if !ok {
		return listenHere(conf.Admin)
	}
	path = conf.Path(path)
	if info, err := os.Stat(path); err == nil && info.Mode().Type() == os.ModeSocket {
		if c, err := net.Dial("unix", path); err == nil {
			c.Close()
			return nil, fmt.Errorf("listen for the operator: another service uses %s: %w", path, diapason.ErrUsage)
		}
		os.Remove(path) // of a service that ended without tidying up
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("listen for the operator: %w: %w", err, diapason.ErrUsage)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		l.Close()
		return nil, fmt.Errorf("listen for the operator: %w", err)
	}
	return l, nil
}

// server bounds how long anybody may take. It logs nothing by itself: its
// lines would hold addresses.
func server(h http.Handler) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second, WriteTimeout: 30 * time.Second,
		IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10, ErrorLog: log.New(io.Discard, "", 0),
	}
}

// serveUntilDone serves until the context ends, and lets requests that are
// under way end.
func serveUntilDone(ctx context.Context, s *http.Server, l net.Listener) error {
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := s.Shutdown(grace); err != nil {
		return fmt.Errorf("stop serving: %w", err)
	}
	return nil
}

// together runs parts until one fails or the context ends, and waits for all.
func together(ctx context.Context, stop func(), parts ...func(context.Context) error) error {
	errs := make(chan error, len(parts))
	for _, part := range parts {
		go func() {
			err := part(ctx)
			stop() // one without the others serves nobody
			errs <- err
		}()
	}
	var all error
	for range parts {
		all = errors.Join(all, <-errs)
	}
	return all
}
