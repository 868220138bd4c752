package presave

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// A Provider is a service whose library the release is saved to, as one
// registered app sees it.
type Provider struct {
	ID           string        // names the callback and the pause
	Name         string        // for people
	AuthorizeURL string        // where the listener is asked
	TokenURL     string        // RFC 6749 section 3.2
	API          string        // base of the interface, without a slash at its end
	AppsURL      string        // where the listener ends the grant itself
	ClientID     string        // of the registered app
	ClientSecret string        // empty for a public client
	GrantLife    time.Duration // how long a refresh token lives at most; 0 if for ever
	Rate         float64       // rows a second, all workers together
	Burst        int           // rows at once
	Client       *http.Client  // see [NewClient]
	Clock        *Clock        // compared with the Date of every answer
}

// MaxSkew is how far the clock may be from the provider's: a release must not
// be saved before its day.
const MaxSkew = 5 * time.Second

// maxAnswer bounds what is read of one answer, in bytes.
const maxAnswer = 64 << 10

// A Grant is what the token endpoint answers (RFC 6749 section 5.1).
type Grant struct {
	Access  string  // kept in memory only
	Refresh string  // empty if the one that was sent stays valid (RFC 6749 section 6)
	Scope   *string // nil if it is what was asked
	Expires time.Duration
}

// An Answer is an answer of the provider other than success. Its text holds
// neither tokens nor the body.
type Answer struct {
	Status     int           // 0 if there was none
	Code       string        // error of RFC 6749 section 5.2, or the reason of the interface
	RetryAfter time.Duration // 0 if it names none
	Cause      error         // why there was no answer
}

// Error tells the answer.
func (a *Answer) Error() string {
	switch {
	case a.Status == 0:
		return "no answer: " + a.Cause.Error()
	case a.Code != "":
		return fmt.Sprintf("answer %d %s", a.Status, a.Code)
	}
	return fmt.Sprintf("answer %d", a.Status)
}

// Unwrap returns why there was no answer.
func (a *Answer) Unwrap() error { return a.Cause }

// ErrSkew means that the clock and the provider's are more than [MaxSkew]
// apart, or that the provider's answer has no time.
var ErrSkew = errors.New("clock differs from the provider's by more than 5 s")

// NewClient is an HTTP client for a provider: a request ends after ten
// seconds, and no token follows a redirect.
func NewClient() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 64
	return &http.Client{
		Transport:     transport,
		Timeout:       10 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Exchange redeems an authorization code with its verifier (RFC 6749 section
// 4.1.3, RFC 7636 section 4.5).
func (p *Provider) Exchange(ctx context.Context, code, verifier, redirect string) (Grant, error) {
	grant, _, err := p.token(ctx, url.Values{
		"grant_type": {"authorization_code"}, "code": {code},
		"code_verifier": {verifier}, "redirect_uri": {redirect},
	})
	return grant, err
}

// Refresh gets an access token for a refresh token (RFC 6749 section 6). With
// ErrSkew there is a grant all the same, since the refresh token that was sent
// may be void now.
func (p *Provider) Refresh(ctx context.Context, refresh string) (Grant, error) {
	grant, date, err := p.token(ctx, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh}})
	if err == nil {
		err = p.skew(date)
	}
	return grant, err
}

// Save puts uri into the listener's library. Saving what is there already
// changes nothing, so it can be repeated.
func (p *Provider) Save(ctx context.Context, access, uri string) error {
	return p.put(ctx, access, "/me/library?uris="+url.QueryEscape(uri))
}

// Follow follows the artist of uri, which ends in ":" and the artist's id. It
// can be repeated too.
func (p *Provider) Follow(ctx context.Context, access, uri string) error {
	return p.put(ctx, access, "/me/following?type=artist&ids="+url.QueryEscape(uri[strings.LastIndex(uri, ":")+1:]))
}

func (p *Provider) put(ctx context.Context, access, path string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, p.API+path, nil)
	if err != nil {
		return fmt.Errorf("save at %s: %w", p.ID, err)
	}
	req.Header.Set("Authorization", "Bearer "+access)
	_, _, err = p.do(req, "save")
	return err
}

// token asks the token endpoint, and tells the time at the provider.
func (p *Provider) token(ctx context.Context, form url.Values) (grant Grant, date string, err error) {
	if p.ClientSecret == "" {
		form.Set("client_id", p.ClientID)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.TokenURL, strings.NewReader(form.Encode()))
	if err != nil {
		return Grant{}, "", fmt.Errorf("token at %s: %w", p.ID, err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if p.ClientSecret != "" {
		// RFC 6749 section 2.3.1: both are form-encoded first.
		req.SetBasicAuth(url.QueryEscape(p.ClientID), url.QueryEscape(p.ClientSecret))
	}
	body, date, err := p.do(req, "token")
	if err != nil {
		return Grant{}, "", err
	}
	var answer struct {
		Access  string  `json:"access_token"`
		Refresh string  `json:"refresh_token"`
		Scope   *string `json:"scope"`
		Expires int64   `json:"expires_in"`
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.Access == "" {
		return Grant{}, "", fmt.Errorf("token at %s: %w", p.ID, &Answer{Status: http.StatusOK, Code: "no-access-token"})
	}
	return Grant{answer.Access, answer.Refresh, answer.Scope, time.Duration(answer.Expires) * time.Second}, date, nil
}

// do sends one request and returns the body and Date of a 2xx answer, and an
// [Answer] for every other.
func (p *Provider) do(req *http.Request, what string) (body []byte, date string, err error) {
	resp, err := p.Client.Do(req)
	if err != nil {
		var wrapped *url.Error // its text has the URL with its query
		if errors.As(err, &wrapped) {
			err = wrapped.Err
		}
		return nil, "", fmt.Errorf("%s at %s: %w", what, p.ID, &Answer{Cause: err})
	}
	body, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	_ = resp.Body.Close()
	if err != nil {
		return nil, "", fmt.Errorf("%s at %s: %w", what, p.ID, &Answer{Cause: err})
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return nil, "", fmt.Errorf("%s at %s: %w", what, p.ID, p.answer(resp, body))
	}
	return body, resp.Header.Get("Date"), nil
}

// skew compares the clocks. The Date of an answer is cut to a second (RFC 9110
// section 6.6.1), so it may be one older than it says.
func (p *Provider) skew(date string) error {
	theirs, err := http.ParseTime(date)
	if err != nil {
		return fmt.Errorf("token at %s: %w: its answer has no Date", p.ID, ErrSkew)
	}
	if d := p.Clock.Now().Sub(theirs); d > MaxSkew+time.Second || d < -MaxSkew {
		return fmt.Errorf("token at %s: %w: it is off by %v", p.ID, ErrSkew, d.Round(time.Second))
	}
	return nil
}

// answer reads what an answer other than success says. The token endpoint
// names an error (RFC 6749 section 5.2), the interface a reason.
func (p *Provider) answer(resp *http.Response, body []byte) *Answer {
	a := &Answer{Status: resp.StatusCode, RetryAfter: retryAfter(resp.Header.Get("Retry-After"), p.Clock.Now())}
	var said struct {
		Error  json.RawMessage `json:"error"`
		Reason string          `json:"reason"`
	}
	if json.Unmarshal(body, &said) != nil {
		return a
	}
	var name string
	var inner struct {
		Reason string `json:"reason"`
	}
	switch {
	case json.Unmarshal(said.Error, &name) == nil:
		a.Code = code(name)
	case json.Unmarshal(said.Error, &inner) == nil && inner.Reason != "":
		a.Code = code(inner.Reason)
	default:
		a.Code = code(said.Reason)
	}
	return a
}

// code cuts what a stranger sent to a word of a log line.
func code(s string) string {
	if len(s) > 40 || strings.ContainsFunc(s, func(r rune) bool {
		return r != '_' && r != '-' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}) {
		return "other"
	}
	return s
}

// retryAfter reads seconds or a date (RFC 9110 section 10.2.3).
func retryAfter(value string, now time.Time) time.Duration {
	if s, err := strconv.Atoi(value); err == nil && s > 0 {
		return time.Duration(min(s, 7*24*3600)) * time.Second
	}
	if t, err := http.ParseTime(value); err == nil && t.After(now) {
		return t.Sub(now)
	}
	return 0
}
