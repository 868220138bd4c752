package lab

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	text "text/template"
)

// linkHost is the site under which those stand that let one company know what
// another knows a visitor by; strandHost is a site that has nothing to do with
// it, but for some of the companies on both.
const (
	linkHost   = "link.example"
	strandHost = "strand.example"
)

// A LinkTruth is who comes to know a visitor by what, and how.
type LinkTruth struct {
	Syncs       []Sync       `json:"syncs,omitempty"`
	Cloaks      []Cloak      `json:"cloaks,omitempty"`
	Bounces     []Bounce     `json:"bounces,omitempty"`
	Decorations []Decoration `json:"decorations,omitempty"`
	Ghosts      []Ghost      `json:"ghosts,omitempty"`
	Levels      []Level      `json:"levels,omitempty"`
	Probes      []string     `json:"probes,omitempty"` // addresses on the visitor's own device that are tried
}

// A Sync is one company's cookie that another company comes to know.
type Sync struct {
	Name     string   `json:"name"` // of the cookie
	Host     string   `json:"host"` // that it belongs to
	Owner    string   `json:"owner"`
	Receiver string   `json:"receiver"`
	Way      string   `json:"way"` // location, url, body, referer
	Through  []string `json:"through,omitempty"`
}

// A Cloak is a host of the site that another company answers.
type Cloak struct {
	Host  string `json:"host"`
	Party string `json:"party"`
	Name  string `json:"name"` // of the cookie that it gets
}

// A Bounce is a site through which a visitor is led.
type Bounce struct {
	From    string `json:"from"`
	Through string `json:"through"`
	To      string `json:"to"`
	Name    string `json:"name"` // of the cookie that is set meanwhile
}

// A Decoration is the value of a cookie in the address of a link.
type Decoration struct {
	Name      string `json:"name"`
	Host      string `json:"host"`
	Parameter string `json:"parameter"`
	To        string `json:"to"`
}

// A Ghost is a cookie of the site that another company's script writes.
type Ghost struct {
	Name   string `json:"name"`
	Host   string `json:"host"`
	Writer string `json:"writer"`
}

// A Level is how well a company that is on two sites can join their visitors.
type Level struct {
	Receiver string `json:"receiver"`
	Level    string `json:"level"`            // L3, L2, L1, L0
	Memory   bool   `json:"memory,omitempty"` // until the browser quits
}

var (
	linkSites = sync.OnceValue(func() *site { return must(newSite("link")) })
	vendorTag = sync.OnceValue(func() *text.Template { return must(text.ParseFS(files, "page/link/tag.js")) })
)

// Links lists the sites on which one company comes to know what another knows
// a visitor by, each in one way, and beside each one that looks alike and does
// no such thing; its name ends in "-own". They are in order of name.
func Links() []Fixture {
	var all []Fixture
	for _, name := range linkNames() {
		all = append(all, Fixture{Name: name, Origin: "https://" + name + "." + linkHost, Truth: must(linkSites().truth(name + ".html"))})
	}
	return all
}

// LinksTogether is the address of a page that embeds several of the [Links].
// Those that are about the tab's own way, bounce and decoration, are nothing in
// a frame.
func LinksTogether(names ...string) string {
	return "https://" + linkHost + "/?with=" + url.QueryEscape(strings.Join(names, ","))
}

// Strand is the address of an unrelated site that has the companies of the
// fixture "levels" too.
func Strand() string { return "https://" + strandHost + "/" }

func linkNames() []string {
	names := slices.Sorted(maps.Keys(linkSites().pages))
	names = slices.DeleteFunc(names, func(n string) bool { return n == "index.html" || n == "strand.html" })
	for i, n := range names {
		names[i] = strings.TrimSuffix(n, ".html")
	}
	return names
}

// linkHandlers serves the overview, every fixture, the site beside them and
// the companies.
func linkHandlers() map[string]http.Handler {
	front, strand := http.NewServeMux(), http.NewServeMux()
	front.Handle("GET /{$}", linkSites().show("index.html", linkOverview))
	strand.Handle("GET /{$}", linkSites().show("strand.html", nil))
	all := map[string]http.Handler{linkHost: front, strandHost: strand}
	for _, name := range linkNames() {
		all[name+"."+linkHost] = linkFixture(name)
		all[name+"."+ternHost] = tern(name)
	}
	for _, host := range cloaked {
		all[host] = pictures(nil)
	}
	maps.Copy(all, vendors())
	return all
}

// linkOverview lists the fixtures, or embeds those that are asked for.
func linkOverview(r *http.Request) any {
	var page struct {
		Embedded []string
		Sites    []Fixture
	}
	wanted := strings.Split(r.FormValue("with"), ",")
	for _, f := range Links() {
		page.Sites = append(page.Sites, f)
		if slices.Contains(wanted, f.Name) {
			page.Embedded = append(page.Embedded, f.Origin+"/")
		}
	}
	return page
}

// linkFixture serves one page. The two about bounces send their visitors away
// first.
func linkFixture(name string) http.Handler {
	page := linkSites().show(name+".html", func(*http.Request) any { return map[string]string{"Fresh": newTag()} })
	mux := http.NewServeMux()
	mux.HandleFunc("GET /own.js", script("page/link/own.js"))
	mux.HandleFunc("GET /worker.js", script("page/link/worker.js"))
	mux.HandleFunc("GET /seen", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	if first := map[string]string{"bounce": "https://dunlin.example/b", "bounce-own": "https://turnstone.example/b"}[name]; first != "" {
		mux.Handle("GET /in", page)
		mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "no-store")
			http.Redirect(w, r, first, http.StatusFound)
		})
		return mux
	}
	mux.Handle("GET /{$}", page)
	return mux
}

// cloaked are hosts of the fixtures that others answer, and what their names
// stand for.
var (
	cloaked = []string{"m.cname.link.example", "m.cname-own.link.example"}
	aliases = map[string]string{
		"m.cname.link.example":     "link.siskin.example",
		"m.cname-own.link.example": "edge.quay.example",
	}
)

// Alias maps names of the lab to the names that they stand for, as a CNAME
// record does.
func (l *Lab) Alias() map[string]string { return maps.Clone(aliases) }

// pictures answers every address with a picture; the cookie, if there is one,
// comes with it.
func pictures(c *http.Cookie) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c != nil {
			name(w, r, *c)
		}
		pixel(w, r)
	})
}

// name gives the browser's name, which is kept in a cookie.
func name(w http.ResponseWriter, r *http.Request, c http.Cookie) string {
	if c.Value = cookie(r, c.Name); c.Value == "" {
		c.Value = newTag()
	}
	c.Secure, c.SameSite = true, http.SameSiteNoneMode
	if c.Path == "" {
		c.Path = "/"
	}
	http.SetCookie(w, &c)
	w.Header().Set("Cache-Control", "no-store")
	return c.Value
}

// forAYear is a cookie that lasts for a year.
func forAYear(name string) http.Cookie { return http.Cookie{Name: name, MaxAge: 365 * 24 * 3600} }

// onwardPage answers with a page that goes on by itself.
func onwardPage(w http.ResponseWriter, head string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	fmt.Fprintf(w, `<!doctype html><title>On the way</title><link rel="icon" href="data:,">%s`, head)
}
