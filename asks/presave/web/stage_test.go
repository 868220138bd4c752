package web_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"diapason.dev/diapason/asks/presave"
	"diapason.dev/diapason/asks/presave/mock"
	"diapason.dev/diapason/asks/presave/receipt"
	"diapason.dev/diapason/asks/presave/store"
	"diapason.dev/diapason/asks/presave/web"
)

// august is when the tests' campaign is open.
var august = time.Date(2026, time.August, 1, 12, 0, 0, 0, time.UTC)

const album = "spotify:album:4aawyAB9vmqN3uQ7FjRGTy"

// A stage is a whole campaign on this machine: the service behind https, its
// operator's side and a provider, all on one clock.
type stage struct {
	t        *testing.T
	dir      string
	clock    *presave.Clock
	provider *mock.Provider
	accounts *httptest.Server // the provider
	service  *presave.Service
	site     *web.Site
	front    *httptest.Server
	admin    *httptest.Server
	log      *lines // of the service
	used     *lines // of the provider
}

// lines is a log that may be read while it is written.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// newStage sets a stage behind https; change is called before the provider is made.
func newStage(t *testing.T, change func(*stage, *mock.Options)) *stage {
	t.Helper()
	return setStage(t, httptest.NewTLSServer, change)
}

// newPlainStage is without TLS, which browsers trust on this machine.
func newPlainStage(t *testing.T, change func(*stage, *mock.Options)) *stage {
	t.Helper()
	return setStage(t, httptest.NewServer, change)
}

func setStage(t *testing.T, serve func(http.Handler) *httptest.Server, change func(*stage, *mock.Options)) *stage {
	t.Helper()
	s := &stage{t: t, dir: t.TempDir(), clock: &presave.Clock{}, log: &lines{}, used: &lines{}}
	s.clock.Set(august)
	s.front = serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.site.Handler().ServeHTTP(w, r) }))
	s.admin = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.site.Admin().ServeHTTP(w, r) }))
	s.accounts = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.provider.ServeHTTP(w, r) }))
	t.Cleanup(func() { s.front.Close(); s.admin.Close(); s.accounts.Close() })
	s.service = &presave.Service{
		Store: s.openStore(), Ring: s.openRing(), Clock: s.clock, Log: slog.New(slog.NewJSONHandler(s.log, nil)),
		Providers: map[string]*presave.Provider{"spotify": {
			ID: "spotify", Name: "Spotify", AuthorizeURL: s.accounts.URL + "/authorize", TokenURL: s.accounts.URL + "/api/token",
			API: s.accounts.URL + "/v1", AppsURL: "https://provider.example/apps", ClientID: "campaign",
			GrantLife: 180 * 24 * time.Hour, Rate: 1000, Burst: 1000, Client: s.accounts.Client(), Clock: s.clock,
		}},
	}
	key, err := receipt.ReadKey(filepath.Join(s.dir, "receipt.key"))
	if err != nil {
		t.Fatal(err)
	}
	s.site = &web.Site{Service: s.service, Key: key, Base: s.front.URL, Scopes: web.Scopes(), Log: s.service.Log}
	o := mock.Options{
		Clients:  []mock.Client{{ID: "campaign", Name: "Paper Lanterns", Redirects: []string{s.front.URL + "/callback/spotify"}}},
		Extended: true, Now: s.clock.Now, Log: s.used,
	}
	if change != nil {
		change(s, &o)
	}
	s.provider = mock.New(o)
	s.put(campaign())
	return s
}

func (s *stage) openStore() presave.Store {
	s.t.Helper()
	st, err := store.Open(s.t.Context(), filepath.Join(s.dir, "presave.db"))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { st.Close() })
	return st
}

func (s *stage) openRing() *presave.Ring {
	s.t.Helper()
	secret := make([]byte, 32)
	rand.Read(secret)
	path := filepath.Join(s.dir, "master.key")
	if err := os.WriteFile(path, []byte(base64.StdEncoding.EncodeToString(secret)), 0o600); err != nil {
		s.t.Fatal(err)
	}
	master, err := presave.ReadMaster(path)
	if err != nil {
		s.t.Fatal(err)
	}
	ring, err := presave.OpenRing(filepath.Join(s.dir, "keys"), master)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { ring.Close() })
	return ring
}

func campaign() presave.Campaign {
	return presave.Campaign{
		ID: "paper-lanterns", Provider: "spotify", Title: "Paper Lanterns", Artist: "Ada Quill", URI: album,
		ReleaseDate: presave.Date{Year: 2026, Month: time.September, Day: 4}, Zone: "Europe/Paris", Language: "en",
		Artists: []string{"spotify:artist:6qqNVTkY8uBg9cP3Jd7DAH"},
		Controller: presave.Controller{
			Name: "Quiet Label Ltd", Address: "1 Quay, Port", Contact: "privacy@label.example", Jurisdiction: "FR", Location: "SE",
		},
	}
}

// put hands a campaign to the operator's side.
func (s *stage) put(c presave.Campaign) {
	s.t.Helper()
	data, err := json.Marshal(c)
	if err != nil {
		s.t.Fatal(err)
	}
	if status, body := s.operate("PUT", "/campaigns/"+c.ID, string(data)); status != http.StatusOK {
		s.t.Fatalf("put the campaign: %d %s", status, body)
	}
}

func (s *stage) operate(method, path, body string) (int, string) {
	s.t.Helper()
	req, err := http.NewRequest(method, s.admin.URL+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r, err := s.admin.Client().Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	return r.StatusCode, read(s.t, r)
}

func read(t *testing.T, r *http.Response) string {
	t.Helper()
	defer r.Body.Close()
	data, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// A listener is somebody with a browser and an account.
type listener struct {
	*stage
	user string
	web  *http.Client // keeps cookies, follows nothing
}

func (s *stage) listener(user string) *listener {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	c := *s.front.Client()
	c.Jar = jar
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &listener{s, user, &c}
}

// A page is what a listener got.
type page struct {
	status int
	body   string
	header http.Header
}

func (l *listener) do(req *http.Request) page {
	l.t.Helper()
	r, err := l.web.Do(req)
	if err != nil {
		l.t.Fatal(err)
	}
	return page{r.StatusCode, read(l.t, r), r.Header}
}

func (l *listener) get(address string, header ...string) page {
	l.t.Helper()
	return l.send("GET", address, nil, header...)
}

func (l *listener) send(method, address string, form url.Values, header ...string) page {
	l.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = l.front.URL + address
	}
	req, err := http.NewRequest(method, address, strings.NewReader(form.Encode()))
	if err != nil {
		l.t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	return l.do(req)
}

// start begins and returns the address at the provider.
func (l *listener) start(option string, form url.Values) string {
	l.t.Helper()
	p := l.send("POST", "/c/paper-lanterns/start"+option, form)
	if p.status != http.StatusSeeOther {
		l.t.Fatalf("start: %d %s", p.status, p.body)
	}
	return p.header.Get("Location")
}

// agree agrees at the provider and returns the address to come back to.
func (l *listener) agree(authorize string) string {
	l.t.Helper()
	p := l.send("POST", authorize, url.Values{"user": {l.user}, "choice": {"agree"}})
	if p.status != http.StatusSeeOther {
		l.t.Fatalf("agree: %d %s", p.status, p.body)
	}
	return p.header.Get("Location")
}

// presave goes the whole way and returns the path of the receipt.
func (l *listener) presave(zone string) string {
	l.t.Helper()
	p := l.get(l.agree(l.start("", url.Values{"zone": {zone}})))
	if p.status != http.StatusSeeOther || !strings.HasPrefix(p.header.Get("Location"), "/r/") {
		l.t.Fatalf("come back: %d %s", p.status, p.body)
	}
	return p.header.Get("Location")
}

// receipt fetches a receipt, checks its signature and returns what it says.
func (l *listener) receipt(path string) receipt.Verified {
	l.t.Helper()
	p := l.get(path, "Accept", "application/ld+json")
	v, err := receipt.Verify([]byte(p.body))
	if err != nil || p.header.Get("Content-Type") != "application/ld+json" {
		l.t.Fatalf("%d %s: %v", p.status, p.body, err)
	}
	return v
}

var heading = regexp.MustCompile(`(?s)<h1>(.*?)</h1>`)

// says is the heading of a page, without its tags.
func (p page) says() string {
	m := heading.FindStringSubmatch(p.body)
	if m == nil {
		return ""
	}
	return regexp.MustCompile(`<[^>]*>`).ReplaceAllString(m[1], "")
}

// at sets the clock and works on whatever is due.
func (s *stage) at(t time.Time) {
	s.t.Helper()
	s.clock.Set(t)
	if err := s.service.Tend(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	for range 100 {
		n, err := s.service.Round(s.t.Context())
		if err != nil {
			s.t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
	s.t.Fatal("rows stay due after 100 rounds")
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// seeds are the tokens that a provider handed out.
type seeds struct {
	mu  sync.Mutex
	all []string
}

var tokenPattern = regexp.MustCompile(`"(?:access|refresh)_token":"([^"]+)"`)

// watch notes every token in the answers of a provider.
func (s *seeds) watch(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := httptest.NewRecorder()
		next.ServeHTTP(rec, r)
		s.mu.Lock()
		for _, m := range tokenPattern.FindAllStringSubmatch(rec.Body.String(), -1) {
			s.all = append(s.all, m[1])
		}
		s.mu.Unlock()
		for name, values := range rec.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(rec.Code)
		w.Write(rec.Body.Bytes())
	})
}

func (s *seeds) tokens() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.all...)
}
