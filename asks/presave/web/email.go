package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"diapason.dev/diapason/asks/presave"
)

// handOver reads the e-mail address of the account once and hands it to the
// list. Neither it nor the grant is stored.
func (s *Site) handOver(w http.ResponseWriter, r *http.Request, pending presave.Pending, grant presave.Grant) {
	c, p, err := s.campaign(r, pending.Campaign)
	if err != nil {
		s.fail(w, "hand over an address", err)
		return
	}
	address, err := readAddress(r.Context(), p, grant.Access)
	if err == nil {
		err = send(r.Context(), p.Client, pending.URI, address)
	}
	if err != nil {
		s.Log.Warn("an address was not handed over", "campaign", c.ID, "error", err)
		s.say(w, message{status: http.StatusBadGateway, Heading: "Your address was not handed over", Text: []string{p.Name + " did not tell it, or the list did not take it. Nothing is kept."}, Back: c.ID, Apps: p.AppsURL, Name: p.Name})
		return
	}
	s.say(w, message{
		status: http.StatusOK, Heading: "Your address was handed over", Back: c.ID, Apps: p.AppsURL, Name: p.Name,
		Text: []string{c.Controller.Name + " has it now, and every message tells how to stop them. Neither the address nor the permission to read it is kept here."},
	})
}

var errNoAddress = errors.New("the provider tells no e-mail address")

// readAddress asks the provider for the account's e-mail address.
func readAddress(ctx context.Context, p *presave.Provider, access string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.API+"/me", nil)
	if err != nil {
		return "", fmt.Errorf("read address: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+access)
	body, err := exchange(p.Client, req)
	if err != nil {
		return "", fmt.Errorf("read address: %w", err)
	}
	var me struct {
		Email string `json:"email"`
	}
	if json.Unmarshal(body, &me) != nil || me.Email == "" {
		return "", errNoAddress
	}
	return me.Email, nil
}

// send hands the address to the list, as a form does.
func send(ctx context.Context, client *http.Client, list, address string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, list, strings.NewReader(url.Values{"email": {address}}.Encode()))
	if err != nil {
		return fmt.Errorf("hand over address: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if _, err := exchange(client, req); err != nil {
		return fmt.Errorf("hand over address: %w", err)
	}
	return nil
}

// exchange sends a request; its errors hold no address and no body.
func exchange(client *http.Client, req *http.Request) ([]byte, error) {
	resp, err := client.Do(req)
	if err != nil {
		var wrapped *url.Error // its text has the address with its query
		if errors.As(err, &wrapped) {
			err = wrapped.Err
		}
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return nil, err
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return nil, fmt.Errorf("answer %d", resp.StatusCode)
	}
	return body, nil
}
