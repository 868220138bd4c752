package web

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"time"

	"diapason.dev/diapason/asks/presave"
)

// pendingLife is how long a listener may take at the provider.
const pendingLife = 10 * time.Minute

// reserve is how much of a grant's life has to be left on the day: a release
// may move.
const reserve = 7 * 24 * time.Hour

// cookie ties the answer of the provider to the browser that asked: it holds
// state and code verifier. The prefix makes browsers refuse it from any other
// host and without https (RFC 6265bis, section 4.1.3.2).
const cookie = "__Host-presave"

// start sends a listener to the provider.
func (s *Site) start(w http.ResponseWriter, r *http.Request) {
	c, p, err := s.campaign(r, r.PathValue("campaign"))
	if err != nil {
		s.fail(w, "start", err)
		return
	}
	pending, m := s.pending(r, c, p)
	if m.status != 0 {
		s.say(w, m)
		return
	}
	state, verifier := presave.NewSecret(), presave.NewSecret()
	pending.StateHash = presave.StateHash(state)
	if err := s.Service.Store.Begin(r.Context(), pending); err != nil {
		s.fail(w, "start", err)
		return
	}
	s.setCookie(w, state+"."+verifier, int(pendingLife/time.Second))
	http.Redirect(w, r, s.authorize(p, pending.Option, state, verifier), http.StatusSeeOther)
}

// pending reads what the listener wants. Where it cannot be had, the message says why.
func (s *Site) pending(r *http.Request, c presave.Campaign, p *presave.Provider) (presave.Pending, message) {
	now := s.Service.Clock.Now()
	pending := presave.Pending{Campaign: c.ID, Option: presave.Save, URI: c.URI, Zone: c.Zone, Expires: now.Add(pendingLife)}
	if name := r.PathValue("option"); name != "" {
		pending.Option = presave.Option(name)
		switch {
		case pending.Option == presave.Follow && len(c.Artists) > 0:
			pending.URI = c.Artists[0]
		case pending.Option == presave.Email && c.Email && s.List != "":
			pending.URI = s.List
		default:
			return pending, notHere
		}
		if r.PostFormValue("agree") != "yes" {
			return pending, message{status: http.StatusBadRequest, Heading: "Nothing was asked for", Text: []string{"Tick the box first: it is empty so that nobody agrees by accident."}, Back: c.ID}
		}
		return pending, message{}
	}
	pending.Zone = r.PostFormValue("zone")
	due, err := presave.Due(c.ReleaseDate, pending.Zone)
	if err != nil {
		return pending, message{status: http.StatusBadRequest, Heading: "Which time zone?", Text: []string{"Choose one of the list: the release comes out when the day begins where you are."}, Back: c.ID}
	}
	if earliest := due.Add(reserve - p.GrantLife); p.GrantLife > 0 && now.Before(earliest) {
		return pending, message{
			status: http.StatusConflict, Heading: "It is too early to ask you", Back: c.ID,
			Text: []string{
				"What you allow at " + p.Name + " today would end before " + longDay(c.ReleaseDate) + ", so we do not ask for it.",
				"Come back on " + longDay(presave.DateOf(earliest.UTC()).AddDays(1)) + " or later.",
			},
		}
	}
	return pending, message{}
}

func (s *Site) setCookie(w http.ResponseWriter, value string, seconds int) {
	http.SetCookie(w, &http.Cookie{
		Name: cookie, Value: value, Path: "/", MaxAge: seconds,
		Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

// authorize is the request for permission, with an S256 challenge (RFC 7636).
func (s *Site) authorize(p *presave.Provider, o presave.Option, state, verifier string) string {
	challenge := sha256.Sum256([]byte(verifier))
	q := url.Values{
		"response_type": {"code"}, "client_id": {p.ClientID}, "redirect_uri": {s.callbackAddress(p)},
		"scope": {strings.Join(s.Scopes[o], " ")}, "state": {state}, "show_dialog": {"true"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(challenge[:])}, "code_challenge_method": {"S256"},
	}
	return p.AuthorizeURL + "?" + q.Encode()
}

// callbackAddress is one for each provider: an answer of one cannot be passed
// off as that of another (RFC 9700, section 4.4).
func (s *Site) callbackAddress(p *presave.Provider) string { return s.Base + "/callback/" + p.ID }
