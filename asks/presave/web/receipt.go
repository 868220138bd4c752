package web

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"diapason.dev/diapason/asks/presave"
	"diapason.dev/diapason/asks/presave/receipt"
)

// A standing is what a receipt's link leads to.
type standing struct {
	link     presave.Link
	campaign presave.Campaign
	provider *presave.Provider
	row      *presave.Row // nil once it ended
	state    string       // a state of package receipt
	day      presave.Date // on which it ended
}

// find reads the link of a request and what the service knows of it.
func (s *Site) find(r *http.Request) (standing, error) {
	link, err := presave.ParseLink(r.PathValue("token"))
	if err != nil {
		return standing{}, err
	}
	ended, row, err := s.Service.Status(r.Context(), link.String())
	if err != nil {
		return standing{}, err
	}
	c, p, err := s.campaign(r, link.Campaign)
	if err != nil {
		return standing{}, err
	}
	return standing{link, c, p, row, stateOf(ended.State), ended.Day}, nil
}

// stateOf names a state as receipts do.
func stateOf(s presave.State) string {
	switch s {
	case presave.Done:
		return receipt.Saved
	case presave.Gone:
		return receipt.Gone
	case presave.Failed:
		return receipt.Failed
	case presave.Cancelled:
		return receipt.Cancelled
	}
	return receipt.Planned
}

// A receiptView is the page of a receipt.
type receiptView struct {
	view
	Campaign presave.Campaign
	Provider *presave.Provider
	State    string
	Follow   bool // what was agreed to is following an artist
	Day      string
	When     string // of a planned saving, in the listener's zone
	Zone     string
	Given    string
	Path     string
	Address  string
	Options  []optionView
	Key      string
}

// An optionView is something that may be asked for afterwards.
type optionView struct {
	ID    presave.Option
	Label string
	Asks  []string
	Then  string // what happens to the permission
}

func (s *Site) showReceipt(w http.ResponseWriter, r *http.Request) {
	w.Header().Add("Vary", "Accept")
	if wantsJSON(r) {
		s.writeReceipt(w, r)
		return
	}
	st, err := s.find(r)
	if err != nil {
		s.fail(w, "show a receipt", err)
		return
	}
	v := receiptView{
		view: titled("Your receipt: " + st.campaign.Title), Campaign: st.campaign, Provider: st.provider, State: st.state,
		Follow: st.link.Option == presave.Follow, Given: longDay(st.link.Given),
		Path: "/r/" + st.link.String(), Address: s.Base + "/r/" + st.link.String(), Key: s.Key.DID(),
	}
	if st.row != nil {
		v.When, v.Zone = when(*st.row)
	} else {
		v.Day = longDay(st.day)
	}
	if st.link.Option == presave.Save && st.state != receipt.Cancelled {
		v.Options = s.options(st.campaign)
	}
	s.render(w, http.StatusOK, "receipt.html", v)
}

// when is the day that a row waits for, and where.
func when(row presave.Row) (day, zone string) {
	_, city, _ := strings.Cut(row.Zone, "/")
	if city == "" {
		city = row.Zone
	}
	return longDay(row.ReleaseDate), cityOf(city)
}

// options are what may be asked for afterwards.
func (s *Site) options(c presave.Campaign) []optionView {
	var all []optionView
	if len(c.Artists) > 0 {
		all = append(all, optionView{presave.Follow, "Follow " + c.Artist + " with my account, now", s.sentences(presave.Follow), "It is used at once and then deleted. It comes with a receipt of its own."})
	}
	if c.Email && s.List != "" {
		all = append(all, optionView{presave.Email, "Give my e-mail address to " + c.Controller.Name + ", for news about " + c.Artist, s.sentences(presave.Email), "The address is read once and handed to the list. The permission and the address are not kept here."})
	}
	return all
}

// wantsJSON tells whether the receipt itself is asked for, not its page.
func wantsJSON(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), "application/ld+json")
}

func (s *Site) download(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Disposition", `attachment; filename="pre-save-receipt.jsonld"`)
	s.writeReceipt(w, r)
}

// writeReceipt sends the signed receipt.
func (s *Site) writeReceipt(w http.ResponseWriter, r *http.Request) {
	st, err := s.find(r)
	if err != nil {
		w.Header().Del("Content-Disposition")
		s.fail(w, "write a receipt", err)
		return
	}
	data, err := receipt.Make(s.facts(st), s.Key)
	if err != nil {
		w.Header().Del("Content-Disposition")
		s.fail(w, "write a receipt", err)
		return
	}
	w.Header().Set("Content-Type", "application/ld+json")
	_, _ = w.Write(data) // what fails is the listener's connection
}

// facts are what the receipt tells.
func (s *Site) facts(st standing) receipt.Facts {
	c, p := st.campaign, st.provider
	address := s.Base + "/r/" + st.link.String()
	f := receipt.Facts{
		ID: st.link.ReceiptID(), Record: st.link.RowID(),
		Notice: s.Base + "/c/" + c.ID, Language: language, Link: address, Cancel: address + "/cancel", Apps: p.AppsURL,
		Purpose: "dia:ReleaseSave", Title: "save " + c.Title + " by " + c.Artist + " on " + c.ReleaseDate.String(), Item: c.URI,
		Controller:   receipt.Party{ID: s.Base, Name: c.Controller.Name, Address: c.Controller.Address, Contact: c.Controller.Contact},
		Recipient:    receipt.Party{ID: hostOf(p.API), Name: p.Name},
		Jurisdiction: c.Controller.Jurisdiction, Location: c.Controller.Location,
		Given: st.link.Given.String(), State: st.state, Change: st.day.String(),
	}
	if st.link.Option == presave.Follow {
		f.Purpose, f.Title, f.Item = "dpv:RequestedServiceProvision", "follow "+c.Artist, c.Artists[0]
	}
	// A row that cannot be dealt with is deleted after 48 hours; one that can
	// never be is so when the grant ends.
	until := presave.DateOf(time.Date(st.link.Given.Year, st.link.Given.Month, st.link.Given.Day, 0, 0, 0, 0, time.UTC).Add(p.GrantLife))
	f.Until = until.String()
	if st.row != nil {
		f.Zone, f.Change = st.row.Zone, f.Given
	}
	return f
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// cancel deletes at once. It takes no sign-in, and it takes a POST: whatever
// looks at addresses to show what is behind them must not cancel.
func (s *Site) cancel(w http.ResponseWriter, r *http.Request) {
	link, err := presave.ParseLink(r.PathValue("token"))
	if err == nil {
		err = s.Service.Cancel(r.Context(), link.String())
	}
	if err != nil {
		s.fail(w, "cancel", err)
		return
	}
	http.Redirect(w, r, "/r/"+link.String(), http.StatusSeeOther)
}

// showKey names the key that signs receipts, to compare one with.
func (s *Site) showKey(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte(s.Key.DID() + "\n"))
}
