package presave

// A Campaign promises to save one release for everybody who asks, on the day
// it comes out where they live.
type Campaign struct {
	ID          string     `json:"id"`       // a path element: letters, digits, hyphens
	Provider    string     `json:"provider"` // id of a [Provider]
	Title       string     `json:"title"`
	Artist      string     `json:"artist"`
	URI         string     `json:"uri"` // the provider's name of the release; never changes once rows exist
	ReleaseDate Date       `json:"release_date"`
	Zone        string     `json:"zone"`       // IANA name, preselected for the listener
	Artists     []string   `json:"artists"`    // URIs that the follow option offers
	Email       bool       `json:"email"`      // whether the e-mail option is offered
	Language    string     `json:"language"`   // BCP 47 tag of the notice
	Controller  Controller `json:"controller"` // who answers for the data
}

// A Controller is who decides about the data and answers for it (GDPR Art. 4
// no. 7), as a receipt names it.
type Controller struct {
	Name         string `json:"name"`
	Address      string `json:"address"`
	Contact      string `json:"contact"`      // e-mail address or page
	Jurisdiction string `json:"jurisdiction"` // ISO 3166 code, where its law is that of the receipt
	Location     string `json:"location"`     // ISO 3166 code, where the rows are stored
}

// An Option is what a listener agreed to. Each is a request, a row and a
// receipt of its own.
type Option string

// The options. Only save is asked at first.
const (
	Save   Option = "save"   // save the release on its day
	Follow Option = "follow" // follow an artist, at once
	Email  Option = "email"  // hand the address to the list of the campaign; leaves no row
)

// Counts tells how the rows of a campaign stand and ended.
type Counts struct {
	Waiting   int64 `json:"waiting"`   // rows that are stored now
	Done      int64 `json:"done"`      // saved
	Gone      int64 `json:"gone"`      // revoked or expired at the provider before the day
	Failed    int64 `json:"failed"`    // the provider refused, or could not for 48 hours
	Cancelled int64 `json:"cancelled"` // by the listener, with the receipt
}
