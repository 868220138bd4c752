package mock

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// A Line is one line of the log.
type Line struct {
	Time   string `json:"time"` // of the provider's clock, RFC 3339
	Method string `json:"method"`
	// URL has the real provider's host. Of the query only what a reader of
	// the log needs is kept: never a code, a state or a challenge.
	URL    string `json:"url"`
	Status int    `json:"status"`
	Client string `json:"client,omitempty"`
	// Token is a commitment to the access token, under a salt that is thrown
	// away with the provider: lines of one token can be told to belong
	// together, and the token cannot be told from it.
	Token string `json:"token,omitempty"`
	// Granted are the scopes that the token holds, or that were agreed to.
	Granted []string `json:"granted,omitempty"`
}

// kept are the query parameters that the log keeps.
var kept = []string{"client_id", "response_type", "scope", "show_dialog", "code_challenge_method", "uris", "ids", "type"}

// An entry watches an answer for the log.
type entry struct {
	http.ResponseWriter
	status  int
	client  string
	token   string
	granted []string
}

// WriteHeader notes the status.
func (e *entry) WriteHeader(status int) {
	e.status = status
	e.ResponseWriter.WriteHeader(status)
}

// note tells the log who asks and what was granted.
func note(w http.ResponseWriter, client, token string, granted []string) {
	if e, ok := w.(*entry); ok {
		e.client, e.token, e.granted = client, token, granted
	}
}

func (p *Provider) log(r *http.Request, e *entry) {
	if p.options.Log == nil {
		return
	}
	line := Line{
		Time: p.options.Now().UTC().Format(time.RFC3339Nano), Method: r.Method, URL: p.logged(r.URL),
		Status: e.status, Client: e.client, Granted: e.granted,
	}
	if e.token != "" {
		line.Token = p.commitment(e.token)
	}
	data, err := json.Marshal(line)
	if err != nil {
		return // a Line of strings always encodes
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.options.Log.Write(append(data, '\n'))
}

// commitment is a short salted commitment to a secret.
func (p *Provider) commitment(secret string) string {
	mac := hmac.New(sha256.New, p.salt)
	mac.Write([]byte(secret))
	return hex.EncodeToString(mac.Sum(nil)[:6])
}

// logged is an address as the log shows it.
func (p *Provider) logged(u *url.URL) string {
	host := AccountsHost
	if strings.HasPrefix(u.Path, "/v1/") {
		host = APIHost
	}
	q := u.Query()
	for name := range q {
		if !slices.Contains(kept, name) {
			q.Del(name)
		}
	}
	shown := url.URL{Scheme: "https", Host: host, Path: u.Path, RawQuery: q.Encode()}
	return shown.String()
}
