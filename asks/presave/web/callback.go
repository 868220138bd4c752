package web

import (
	"crypto/subtle"
	"errors"
	"net/http"
	"slices"
	"strings"

	"diapason.dev/diapason/asks/presave"
)

var (
	otherBrowser = message{
		status: http.StatusBadRequest, Heading: "This answer is not for this browser",
		Text: []string{"It came without the request that belongs to it: it was used already, is older than ten minutes, or was begun elsewhere. Nothing was saved and nothing is kept.", "Begin again on the campaign's page."},
	}
	saidNo = message{status: http.StatusOK, Heading: "You said no", Text: []string{"Nothing was saved, and nothing about you is kept."}}
)

// callback takes the provider's answer.
func (s *Site) callback(w http.ResponseWriter, r *http.Request) {
	p, ok := s.Service.Providers[r.PathValue("provider")]
	if !ok {
		s.say(w, notHere)
		return
	}
	pending, verifier, err := s.redeem(r, p)
	if errors.Is(err, presave.ErrNotFound) {
		s.say(w, otherBrowser)
		return
	}
	s.setCookie(w, "", -1)
	if err != nil {
		s.fail(w, "take an answer", err)
		return
	}
	q := r.URL.Query()
	if q.Get("error") == "access_denied" {
		m := saidNo
		m.Back = pending.Campaign
		s.say(w, m)
		return
	}
	grant, err := p.Exchange(r.Context(), q.Get("code"), verifier, s.callbackAddress(p))
	if err != nil {
		// Also where there is no code, because the provider had another error.
		s.Log.Warn("a code was not accepted", "campaign", pending.Campaign, "error", err)
		s.say(w, message{status: http.StatusBadGateway, Heading: p.Name + " did not confirm it", Text: []string{"Nothing was saved and nothing is kept. Please begin again."}, Back: pending.Campaign})
		return
	}
	if !sameScopes(grant.Scope, s.Scopes[pending.Option]) || grant.Refresh == "" {
		s.Log.Warn("what was granted is not what was asked: discarded", "campaign", pending.Campaign)
		s.say(w, message{
			status: http.StatusConflict, Heading: "We threw it away", Back: pending.Campaign, Apps: p.AppsURL, Name: p.Name,
			Text: []string{"What " + p.Name + " granted is not what we asked for. We want exactly that and nothing else, so nothing was kept and nothing will be saved."},
		})
		return
	}
	s.accept(w, r, pending, grant)
}

// redeem finds the request that an answer belongs to: the browser must hold
// the cookie that was set with it, its state must be the answer's, and each is
// good once. ErrNotFound stands for all that does not fit.
func (s *Site) redeem(r *http.Request, p *presave.Provider) (presave.Pending, string, error) {
	k, err := r.Cookie(cookie)
	if err != nil {
		return presave.Pending{}, "", presave.ErrNotFound
	}
	state, verifier, ok := strings.Cut(k.Value, ".")
	if !ok || subtle.ConstantTimeCompare([]byte(state), []byte(r.URL.Query().Get("state"))) != 1 {
		return presave.Pending{}, "", presave.ErrNotFound
	}
	pending, err := s.Service.Store.Redeem(r.Context(), presave.StateHash(state), s.Service.Clock.Now())
	if err != nil {
		return presave.Pending{}, "", err
	}
	c, err := s.Service.Store.Campaign(r.Context(), pending.Campaign)
	if err != nil {
		return presave.Pending{}, "", err
	}
	if c.Provider != p.ID {
		return presave.Pending{}, "", presave.ErrNotFound
	}
	return pending, verifier, nil
}

// sameScopes tells whether exactly what was asked for was granted. A server
// that names nothing granted what was asked (RFC 6749, section 5.1).
func sameScopes(granted *string, asked []string) bool {
	if granted == nil {
		return true
	}
	return slices.Equal(slices.Compact(slices.Sorted(slices.Values(strings.Fields(*granted)))), slices.Sorted(slices.Values(asked)))
}

// accept keeps the grant, or for an e-mail address uses it at once.
func (s *Site) accept(w http.ResponseWriter, r *http.Request, pending presave.Pending, grant presave.Grant) {
	if pending.Option == presave.Email {
		s.handOver(w, r, pending, grant)
		return
	}
	_, link, err := s.Service.Enrol(r.Context(), presave.Consent{
		Campaign: pending.Campaign, Option: pending.Option, URI: pending.URI, Zone: pending.Zone, Refresh: grant.Refresh,
	})
	if errors.Is(err, presave.ErrConsent) {
		s.say(w, message{status: http.StatusConflict, Heading: "The campaign changed meanwhile", Text: []string{"It is about another release now, which you did not agree to. Nothing was kept."}, Back: pending.Campaign})
		return
	}
	if err != nil {
		s.fail(w, "enrol", err)
		return
	}
	http.Redirect(w, r, "/r/"+link, http.StatusSeeOther)
}
