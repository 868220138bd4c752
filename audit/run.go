package audit

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"os"
	"runtime/debug"
	"slices"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/asks"
	"diapason.dev/diapason/does"
	"diapason.dev/diapason/holds"
	"diapason.dev/diapason/internal/browse"
	"diapason.dev/diapason/internal/gate"
	"diapason.dev/diapason/internal/ledger"
	"diapason.dev/diapason/rule"
	"diapason.dev/diapason/says"
)

// Options are the circumstances of an audit that do not belong to the service.
type Options struct {
	Dir         string // run folder to create; it must be new or empty
	Keys        string // folder of the key that signs ledgers
	Chromium    string // path of the browser; empty: the installed one
	Unsandboxed bool   // run Chromium without its sandbox, as root must
	Vantage     string // where the observer stands, for the record
	Allow       []netip.Prefix
	// Dial sends names to loopback ports, Roots and PinSPKI trust their
	// certificate: this is how a service on this machine is audited.
	Dial    map[string]string
	Roots   *x509.CertPool
	PinSPKI []string
	Settle  browse.Settle // zero: the usual waiting times
	// Only names the voices to examine; empty means all four. A voice that was
	// not asked for is told as not examined and leaves no gap.
	Only []diapason.Channel
	// Progress is told what is being looked at; nil is silent.
	Progress func(string)
}

// Tool is the program's name and version, as evidence and reports carry it.
func Tool() string {
	version := "devel"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		version = info.Main.Version
	}
	return "diapason " + version
}

// Run audits one service: it looks, records and concludes. When ctx ends, or
// something makes going on impossible (a full disk, no browser), it stops
// looking, says what is missing, and concludes from what was seen: then both a
// result and an error are returned. The folder is left open for the reports;
// call its Finish.
func Run(ctx context.Context, c *Config, o Options) (*Result, *Folder, error) {
	defer c.Does.sparing()()
	journeys, err := c.journeys()
	if err != nil {
		return nil, nil, err
	}
	started := time.Now().UTC()
	keep := context.WithoutCancel(ctx)
	f, err := createFolder(keep, o.Dir, o.Keys, started)
	if err != nil {
		return nil, nil, err
	}
	a := &run{Config: c, Options: o, Folder: f, keep: keep, journeys: journeys, secrets: c.secrets()}
	if err := a.begin(started); err != nil {
		return nil, nil, err
	}
	defer a.gate.Close()
	stopped := a.look(ctx)
	if stopped != nil {
		f.stop(keep, stopped)
	}
	end := End{At: time.Now().UTC(), Partial: stopped != nil || ctx.Err() != nil}
	if err := f.put(keep, kindEnd, kindEnd, end, nil, ledger.Entry{}); err != nil {
		stopped = errors.Join(stopped, err)
		f.material.End = end
	}
	r, err := f.material.Conclude(keep, rule.Default())
	if err != nil {
		return nil, nil, errors.Join(stopped, err)
	}
	return r, f, stopped
}

// look examines one voice after the other, until something makes going on
// impossible.
func (a *run) look(ctx context.Context) error {
	for _, voice := range []func(context.Context) error{a.says, a.asks, a.holds, a.does} {
		if err := voice(ctx); err != nil {
			return err
		}
	}
	return nil
}

// A run is one audit under way.
type run struct {
	*Config
	Options
	*Folder
	keep   context.Context // outlives an interrupt: what was seen is always recorded
	gate   *gate.Gate
	client *http.Client
	// journeys are the configured steps, checked before anything is looked at.
	journeys map[string][]browse.Step
	secrets  []secret
}

func (a *run) tell(format string, args ...any) {
	if a.Progress != nil {
		a.Progress(fmt.Sprintf(format, args...))
	}
}

func (a *run) begin(started time.Time) error {
	s := Settings{
		ID: started.Format("20060102T150405Z") + "-" + a.Service.ID, Started: started, Tool: Tool(), Vantage: a.Vantage,
		Salt: newSalt(), File: "diapason.yaml", Sandboxed: !a.Unsandboxed, Only: a.Only, Pins: a.PinSPKI,
	}
	if a.Does != nil && len(a.Does.Start)+len(a.Does.Journeys) > 0 {
		s.AtOnce = browse.AtOnce(a.Settle)
	}
	if err := a.put(a.keep, kindSettings, kindSettings, s, nil, ledger.Entry{}); err != nil {
		return err
	}
	if err := a.put(a.keep, kindConfig, s.File, nil, a.raw, ledger.Entry{}); err != nil {
		return err
	}
	g, err := gate.Start(a.keep, gate.Options{Dial: a.Dial, Allow: a.Allow})
	if err != nil {
		return err
	}
	a.gate = g
	a.client = &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{
		DialContext: g.DialContext, TLSClientConfig: &tls.Config{RootCAs: a.Roots}, ForceAttemptHTTP2: true,
	}}
	return nil
}

// missed records that something could not be looked at; the audit goes on.
func (a *run) missed(ch diapason.Channel, what string, err error) error {
	g := diapason.Gap{Channel: ch, What: what, Why: diapason.Plain(err), Next: "put it right and audit again"}
	var hint *diapason.Hint
	if errors.As(err, &hint) {
		g.Next = hint.Next
	}
	if errors.Is(err, context.Canceled) {
		g.Why, g.Next = "the audit was stopped before it got here", "audit again and let it finish"
	}
	return a.gap(a.keep, g)
}

func (a *run) says(ctx context.Context) error {
	if len(a.Config.Says) == 0 {
		return a.notAsked(diapason.Says, "diapason.yaml names no policy", "add `says:` with the address of the privacy policy")
	}
	for _, s := range a.Config.Says {
		a.tell("says: reading %s", s.Fetch+s.File)
		src := says.Source{ID: s.ID, Kind: s.Kind, URL: s.Fetch, Earlier: s.Earlier}
		if s.File != "" {
			src.File = a.path(s.File)
		}
		if err := a.text(ctx, src, s.File, diapason.Says); err != nil {
			return err
		}
	}
	return nil
}

// text takes and records one text; file is its path as the configuration names
// it. What cannot be had is missed by the voice that wants it.
func (a *run) text(ctx context.Context, src says.Source, file string, wants diapason.Channel) error {
	t, err := says.Fetch(ctx, a.client, src)
	if err != nil {
		return a.missed(wants, "document "+src.ID, err)
	}
	t.Source.File = file
	body := t.Raw
	t.Raw = nil
	return a.put(a.keep, kindDocument, "document/"+src.ID, t, body, ledger.Entry{At: t.At, Mode: string(diapason.Auto)})
}

func (a *run) asks(ctx context.Context) error {
	if len(a.Config.Asks) == 0 {
		return a.notAsked(diapason.Asks, "diapason.yaml names no permission request", "add `asks:` with the permission link, or the page that carries it")
	}
	n, apps := 0, 0
	for _, c := range a.Config.Asks {
		if len(c.Manifests) > 0 {
			var err error
			if apps, err = a.manifests(c, apps); err != nil {
				return err
			}
			continue
		}
		a.tell("asks: reading %s", c.Page+c.URL)
		links, body := []string{c.URL}, []byte(nil)
		if c.Page != "" {
			var err error
			if body, err = a.get(ctx, c.Page); err == nil {
				if links = asks.FindLinks(string(body), c.Page); len(links) == 0 {
					err = diapason.WithHint(fmt.Errorf("the page carries no permission link of a known provider"), "give the link itself with `url:`")
				}
			}
			if err != nil {
				if err := a.missed(diapason.Asks, "page "+c.Page, err); err != nil {
					return err
				}
				continue
			}
		}
		var requests []asks.Ask
		for _, l := range links {
			n++
			id := fmt.Sprint(n)
			ask := asks.Ask{ID: id, URL: l, Page: c.Page, For: c.For, Also: c.Also, Tier: c.Tier}
			if err := a.put(a.keep, kindRequest, "request/"+id, ask, body, ledger.Entry{Mode: string(diapason.Auto)}); err != nil {
				return err
			}
			requests = append(requests, ask)
		}
		if c.Log != "" {
			if err := a.log(c, requests); err != nil {
				return err
			}
		}
	}
	return nil
}

// get fetches a page without a browser, as the program that it is.
func (a *run) get(ctx context.Context, url string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", url, err)
	}
	req.Header.Set("User-Agent", "diapason (privacy audit)")
	res, err := a.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", url, err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("open %s: the server answered %s", url, res.Status)
	}
	return io.ReadAll(io.LimitReader(res.Body, 10<<20))
}

func (a *run) holds(ctx context.Context) error {
	if len(a.Config.Holds) == 0 {
		return a.notAsked(diapason.Holds, "diapason.yaml names no export", "ask the service for your data and add `holds:` with the file")
	}
	for i, h := range a.Config.Holds {
		a.tell("holds: reading %s", h.Export)
		export, items, gaps, err := holds.Read(ctx, a.path(h.Export), nil)
		for _, g := range gaps {
			if err := a.gap(a.keep, g); err != nil {
				return err
			}
		}
		if err != nil {
			if err := a.missed(diapason.Holds, "export "+h.Export, err); err != nil {
				return err
			}
			continue
		}
		holds.Number(i+1, &export, items)
		body, err := json.Marshal(Inventory{Export: export, Items: items})
		if err != nil {
			return fmt.Errorf("record export %s: %w", h.Export, err)
		}
		if err := a.put(a.keep, kindExport, fmt.Sprintf("export/%d", i+1), nil, body, ledger.Entry{Mode: string(diapason.Manual)}); err != nil {
			return err
		}
	}
	return nil
}

func (a *run) does(ctx context.Context) error {
	if a.Does == nil || len(a.Does.Start)+len(a.Does.Captures)+len(a.Does.Journeys) == 0 {
		return a.notAsked(diapason.Does, "diapason.yaml names no page to visit", "add `does:` with `start:` and an address")
	}
	if err := a.lists(); err != nil {
		return err
	}
	if err := a.recorded(ctx); err != nil {
		return err
	}
	if len(a.Does.Start)+len(a.Does.Journeys) == 0 {
		return nil
	}
	work, err := os.MkdirTemp("", "diapason-profiles-")
	if err != nil {
		return fmt.Errorf("make a folder for browser profiles: %w (%w)", err, diapason.ErrIncomplete)
	}
	defer os.RemoveAll(work)
	b := &browse.Browser{
		Path: a.Chromium, Unsandboxed: a.Unsandboxed, ThirdParty: a.Does.ThirdPartyCookies, Gate: a.gate, PinSPKI: a.PinSPKI, Work: work, Settle: a.Settle,
	}
	plan := a.plan()
	if err := a.signal(ctx); err != nil {
		return err
	}
	a.tell("does: visiting, up to %d visits at a time", plan.AtOnce)
	var failed error
	_, gaps, err := plan.Run(ctx, b, func(c *diapason.Capture) {
		a.tell("does: visited %s (%s, %d requests, %s)", c.Site, c.ID, len(c.Requests), c.Settle)
		failed = errors.Join(failed, a.visit(c))
	})
	if errors.Is(err, diapason.ErrUsage) || errors.Is(err, diapason.ErrNoBrowser) {
		return err
	}
	if err != nil && ctx.Err() == nil {
		gaps = append(gaps, diapason.Gap{Channel: diapason.Does, What: "visits", Why: diapason.Plain(err), Next: "audit again"})
	}
	for _, g := range gaps {
		failed = errors.Join(failed, a.gap(a.keep, g))
	}
	return failed
}

// plan is the visits that the configuration asks for.
func (a *run) plan() does.Plan {
	d := a.Does
	return does.Plan{
		Start: d.Start, Linkage: d.Linkage, Journeys: a.journeys, Respawn: d.Respawn, Quick: d.RespawnPlan == "quick", SignIn: a.journeys[d.SignIn],
		Consent: d.Consent, GPC: d.GPC, Selectors: browse.Selectors(d.Banner), AtOnce: a.material.Settings.AtOnce,
	}
}

// signal reads, where visits are to send Global Privacy Control, what each
// origin that is visited says about it, unless the configuration names the text.
func (a *run) signal(ctx context.Context) error {
	if !a.Does.GPC || slices.ContainsFunc(a.Config.Says, func(s SaysConfig) bool { return s.Kind == says.KindGPC }) {
		return nil
	}
	asked := map[string]bool{}
	for _, page := range a.Does.Start {
		id := "gpc"
		if len(asked) > 0 {
			id = fmt.Sprintf("gpc-%d", len(asked)+1)
		}
		src, ok := says.SignalSource(id, page)
		if !ok || asked[src.URL] {
			continue
		}
		asked[src.URL] = true
		if err := a.text(ctx, src, "", diapason.Does); err != nil {
			return err
		}
	}
	return nil
}

// visit records one capture and its screenshot, without the secrets that a
// journey typed.
func (a *run) visit(c *diapason.Capture) error {
	hide(c, a.secrets)
	body, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("record visit %s: %w", c.ID, err)
	}
	e := ledger.Entry{Mode: string(c.Mode), At: c.Started, Phase: string(c.Phase), Run: c.Run, Profile: c.Profile.State, Vantage: a.Vantage}
	if err := a.put(a.keep, kindVisit, "visit/"+c.ID, nil, body, e); err != nil {
		return err
	}
	if len(c.Shot) == 0 {
		return nil
	}
	return a.put(a.keep, kindScreenshot, "screenshot/"+c.ID, nil, c.Shot, e)
}

// notAsked records a voice that the configuration leaves out.
func (a *run) notAsked(ch diapason.Channel, why, next string) error {
	if len(a.Only) > 0 && !slices.Contains(a.Only, ch) {
		return nil
	}
	return a.gap(a.keep, diapason.Gap{Channel: ch, What: "the voice " + string(ch), Why: why, Next: next})
}
