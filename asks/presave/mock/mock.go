// Package mock is a music provider that stands on this machine: it grants
// permissions and keeps libraries in the request format, at the paths and with
// the answers of Spotify's public interface, so that a campaign can be proved
// from the first click to the saved album where no real provider can be
// asked. It is no copy of a product: its page, names and accounts are made up.
//
// [New] makes a [Provider], which is an http.Handler. It enforces what a
// campaign has to live with: S256 challenges, codes and refresh tokens that
// work once, grants that end six months after the authorization, the scope
// that each kind of item needs, 40 items a call, five accounts for an app that
// is in development, and both kinds of "too many requests". Its log, one JSON
// object a line, is what `diapason asks --log` reads; addresses in it carry
// the real provider's host, so that the catalogue knows them.
package mock

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// The hosts of the provider whose interface is spoken; log lines carry them.
const (
	AccountsHost = "accounts.spotify.com"
	APIHost      = "api.spotify.com"
)

// Lives of what the provider hands out.
const (
	codeLife   = 10 * time.Minute // RFC 6749 §4.1.2 recommends no more
	accessLife = time.Hour
	// grantMonths is how long a grant lasts from the authorization; refreshing
	// does not extend it (developer.spotify.com/blog/2026-06-18-refresh-token-expiration).
	grantMonths = 6
	// maxURIs is how many items one library call may name.
	maxURIs = 40
	// developmentUsers is how many accounts may use an app that is in
	// development (the provider's page on quota modes).
	developmentUsers = 5
)

// A Client is an app that is registered with the provider.
type Client struct {
	ID        string
	Name      string
	Secret    string   // empty: a public client, for which PKCE is obligatory
	Redirects []string // addresses that an answer may go to, compared byte by byte
}

// Options describe a provider.
type Options struct {
	Clients []Client
	// Users are the accounts; nil stands for listener-1 to listener-5. An app
	// in development serves the first five; anybody else can agree, and every
	// call for them is then refused.
	Users []string
	// Extended is set for an app with extended quota; otherwise it is in development.
	Extended bool
	// Now is the provider's clock; nil stands for time.Now.
	Now func() time.Time
	// Rate is how many calls an app may make in 30 seconds; 0 sets no limit.
	Rate int
	// Overlap keeps a refresh token that was replaced until its successor is
	// used, as some providers do (RFC 9700 §4.14.2 asks for rotation and leaves
	// this open). Without it, what an app had not stored yet when it was killed
	// is lost.
	Overlap bool
	// Log gets one JSON object a line for each request; nil writes none.
	Log io.Writer
}

// A Provider is a fictional music provider. It may be used from many goroutines.
type Provider struct {
	options Options
	mux     *http.ServeMux
	salt    []byte // of the commitments in the log

	mu      sync.Mutex
	codes   map[string]*code   // by code
	access  map[string]*access // by access token
	refresh map[string]*grant  // by refresh token that still works
	before  map[string]string  // refresh tokens that their successors end, with an overlap
	saved   map[string][]string
	follows map[string][]string
	absent  map[string]bool
	calls   map[string][]time.Time // of each client, in the last 30 seconds
	quota   int                    // calls that are left; -1: no end
	faults  []int                  // statuses that the next calls are answered with
}

// A grant is what one account allowed one app.
type grant struct {
	user    string
	client  string
	scopes  []string
	ends    time.Time
	revoked bool
}

type code struct {
	grant     *grant
	redirect  string
	challenge string
	ends      time.Time
}

type access struct {
	grant *grant
	ends  time.Time
}

// New makes a provider without grants and with empty libraries.
func New(o Options) *Provider {
	if o.Users == nil {
		o.Users = []string{"listener-1", "listener-2", "listener-3", "listener-4", "listener-5"}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	p := &Provider{
		options: o, mux: http.NewServeMux(), salt: []byte(opaque(16)), quota: -1,
		codes: map[string]*code{}, access: map[string]*access{}, refresh: map[string]*grant{}, before: map[string]string{},
		saved: map[string][]string{}, follows: map[string][]string{}, absent: map[string]bool{}, calls: map[string][]time.Time{},
	}
	p.mux.HandleFunc("GET /authorize", p.showConsent)
	p.mux.HandleFunc("POST /authorize", p.takeConsent)
	p.mux.HandleFunc("GET /apps", p.showApps)
	p.mux.HandleFunc("POST /apps", p.endApps)
	p.mux.HandleFunc("POST /api/token", p.token)
	p.mux.Handle("GET /v1/me", p.api(me))
	p.mux.Handle("PUT /v1/me/library", p.api(saveItems))
	p.mux.Handle("DELETE /v1/me/library", p.api(removeItems))
	p.mux.Handle("GET /v1/me/library/contains", p.api(containsItems))
	p.mux.Handle("PUT /v1/me/following", p.api(followArtists))
	p.mux.Handle("DELETE /v1/me/following", p.api(unfollowArtists))
	return p
}

// ServeHTTP answers and logs one request. Its clock is in the Date header.
func (p *Provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", p.options.Now().UTC().Format(http.TimeFormat))
	w.Header().Set("Cache-Control", "no-store")
	e := &entry{status: http.StatusOK, ResponseWriter: w}
	p.mux.ServeHTTP(e, r)
	p.log(r, e)
}

// Revoke ends what an account allowed, as its owner does on the provider's
// page of apps: refresh tokens stop at once, access tokens run out within the
// hour (github.com/spotify/web-api/issues/1277).
func (p *Provider) Revoke(user string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, g := range p.refresh {
		if g.user == user {
			g.revoked = true
		}
	}
}

// Withdraw makes an item one that the provider does not have; Restore brings it back.
func (p *Provider) Withdraw(uri string) { p.setAbsent(uri, true) }

// Restore brings an item back that Withdraw took away.
func (p *Provider) Restore(uri string) { p.setAbsent(uri, false) }

func (p *Provider) setAbsent(uri string, absent bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.absent[uri] = absent
}

// Library lists what an account has saved, sorted.
func (p *Provider) Library(user string) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Sorted(slices.Values(p.saved[user]))
}

// Following lists whom an account follows, sorted.
func (p *Provider) Following(user string) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Sorted(slices.Values(p.follows[user]))
}

// Limit changes how many calls an app may make in 30 seconds; 0 sets no limit.
func (p *Provider) Limit(calls int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.options.Rate = calls
}

// Quota sets how many calls the developer account has left; below 0 there is no end.
func (p *Provider) Quota(calls int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.quota = calls
}

// Fail answers the next calls of the interface with these statuses, one each.
func (p *Provider) Fail(statuses ...int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = append(p.faults, statuses...)
}

func (p *Provider) client(id string) (Client, bool) {
	i := slices.IndexFunc(p.options.Clients, func(c Client) bool { return c.ID == id })
	if i < 0 {
		return Client{}, false
	}
	return p.options.Clients[i], true
}

// serves tells whether the app's tier lets it act for an account.
func (p *Provider) serves(user string) bool {
	if p.options.Extended {
		return true
	}
	return slices.Contains(p.options.Users[:min(len(p.options.Users), developmentUsers)], user)
}

// has tells whether a grant is in force now.
func (p *Provider) inForce(g *grant) bool { return !g.revoked && p.options.Now().Before(g.ends) }

func (g *grant) holds(scope string) bool { return slices.Contains(g.scopes, scope) }

func (g *grant) scope() string { return strings.Join(g.scopes, " ") }
