package mock

import (
	_ "embed"
	"html/template"
	"net/http"
	"strings"
)

//go:embed apps.html
var appsHTML string

var appsPage = template.Must(template.New("apps").Parse(appsHTML))

// showApps is the page on which the owner of an account ends what it allowed.
func (p *Provider) showApps(w http.ResponseWriter, _ *http.Request) { p.writeApps(w, "") }

func (p *Provider) endApps(w http.ResponseWriter, r *http.Request) {
	user := strings.TrimSpace(r.PostFormValue("user"))
	p.Revoke(user)
	p.writeApps(w, user)
}

func (p *Provider) writeApps(w http.ResponseWriter, ended string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'")
	appsPage.Execute(w, map[string]any{"Users": p.options.Users, "Ended": ended}) // what fails here is the browser's connection
}
