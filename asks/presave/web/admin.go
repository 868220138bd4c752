package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"diapason.dev/diapason"
	"diapason.dev/diapason/asks/presave"
)

// Admin serves the operator. It asks nobody who they are: it belongs on a
// socket that only the operator reaches. It tells counts and no row.
func (s *Site) Admin() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /campaigns/{id}", s.putCampaign)
	mux.HandleFunc("POST /campaigns/{id}/move", s.moveCampaign)
	mux.HandleFunc("GET /stats", s.stats)
	mux.HandleFunc("GET /healthz", s.health)
	mux.HandleFunc("GET /metrics", s.metrics)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// A page in the operator's browser can reach an address of this
		// machine; it cannot choose the name that it asks for, nor post JSON.
		if r.Host != "admin" && !loopback(r.Host) || r.Header.Get("Origin") != "" || r.Header.Get("Sec-Fetch-Site") != "" {
			http.Error(w, "this side is not for browsers", http.StatusForbidden)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
		mux.ServeHTTP(w, r)
	})
}

// putCampaign adds or changes a campaign.
func (s *Site) putCampaign(w http.ResponseWriter, r *http.Request) {
	c, err := readCampaign(r.Body)
	if err == nil && c.ID != "" && c.ID != r.PathValue("id") {
		err = fmt.Errorf("the campaign names itself %q: %w", c.ID, diapason.ErrUsage)
	}
	c.ID = r.PathValue("id")
	if err == nil {
		err = s.Service.PutCampaign(r.Context(), c)
	}
	s.tell(w, err, c)
}

// moveCampaign gives a campaign another release date; what was agreed to
// stays, for the date was "when it comes out".
func (s *Site) moveCampaign(w http.ResponseWriter, r *http.Request) {
	var to struct {
		Date presave.Date `json:"release_date"`
	}
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&to); err != nil || to.Date.IsZero() {
		s.tell(w, fmt.Errorf(`expected {"release_date": "2026-09-04"}: %w`, diapason.ErrUsage), nil)
		return
	}
	s.tell(w, s.Service.Move(r.Context(), r.PathValue("id"), to.Date), to)
}

// A campaignStats is how one campaign stands.
type campaignStats struct {
	Campaign    string         `json:"campaign"`
	ReleaseDate presave.Date   `json:"release_date"`
	Counts      presave.Counts `json:"counts"`
}

// standings counts every campaign, by id.
func (s *Site) standings(r *http.Request) ([]campaignStats, error) {
	all, err := s.Service.Store.Campaigns(r.Context())
	if err != nil {
		return nil, err
	}
	list := make([]campaignStats, 0, len(all))
	for _, c := range all {
		n, err := s.Service.Store.Counts(r.Context(), c.ID)
		if err != nil {
			return nil, err
		}
		list = append(list, campaignStats{c.ID, c.ReleaseDate, n})
	}
	return list, nil
}

// stats tells counts and pauses.
func (s *Site) stats(w http.ResponseWriter, r *http.Request) {
	list, err := s.standings(r)
	if err != nil {
		s.tell(w, err, nil)
		return
	}
	pauses, err := s.Service.Store.Pauses(r.Context())
	s.tell(w, err, map[string]any{"campaigns": list, "pauses": append([]presave.Pause{}, pauses...)})
}

// health is good while the database answers.
func (s *Site) health(w http.ResponseWriter, r *http.Request) {
	if _, err := s.Service.Store.Campaigns(r.Context()); err != nil {
		s.Log.Error("the database does not answer", "error", err)
		http.Error(w, "the database does not answer", http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ok")
}

// metrics are the counts in the text format of Prometheus.
func (s *Site) metrics(w http.ResponseWriter, r *http.Request) {
	list, err := s.standings(r)
	if err != nil {
		s.tell(w, err, nil)
		return
	}
	pauses, err := s.Service.Store.Pauses(r.Context())
	if err != nil {
		s.tell(w, err, nil)
		return
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	fmt.Fprint(w, "# HELP presave_waiting Rows that are stored.\n# TYPE presave_waiting gauge\n")
	for _, c := range list {
		fmt.Fprintf(w, "presave_waiting{campaign=%q} %d\n", c.Campaign, c.Counts.Waiting)
	}
	fmt.Fprint(w, "# HELP presave_ended_total Rows that ended, by how.\n# TYPE presave_ended_total counter\n")
	for _, c := range list {
		for _, state := range []struct {
			name string
			n    int64
		}{{"cancelled", c.Counts.Cancelled}, {"done", c.Counts.Done}, {"failed", c.Counts.Failed}, {"gone", c.Counts.Gone}} {
			fmt.Fprintf(w, "presave_ended_total{campaign=%q,state=%q} %d\n", c.Campaign, state.name, state.n)
		}
	}
	fmt.Fprint(w, "# HELP presave_paused Whether a campaign or a provider is paused.\n# TYPE presave_paused gauge\n")
	for _, p := range pauses {
		fmt.Fprintf(w, "presave_paused{kind=%q,id=%q} 1\n", string(p.Kind), p.ID)
	}
}

// tell answers the operator: what was done, or why not.
func (s *Site) tell(w http.ResponseWriter, err error, done any) {
	status := http.StatusOK
	switch {
	case errors.Is(err, presave.ErrNotFound):
		status = http.StatusNotFound
	case errors.Is(err, presave.ErrConsent):
		status = http.StatusConflict
	case errors.Is(err, diapason.ErrUsage):
		status = http.StatusBadRequest
	case err != nil:
		status = http.StatusInternalServerError
	}
	if err != nil {
		done = map[string]string{"error": diapason.Plain(err)}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	_ = e.Encode(done) // what fails is the operator's connection
}
