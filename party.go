package diapason

// A Role is what a party is to the service.
type Role string

// The roles.
const (
	RoleService    Role = "service"
	RolePartner    Role = "partner"
	RoleProcessor  Role = "processor"
	RoleAdvertiser Role = "advertiser"
	RoleAnalytics  Role = "analytics"
	RoleLabel      Role = "label"
	RoleBuyer      Role = "buyer"
	RoleUnknown    Role = "unknown"
	RolePerson     Role = "person" // the subject, as a sender
)

// A Relation tells how a party stands to the audited service.
type Relation string

// The relations. Cloaked is a third party behind a first-party host name.
const (
	FirstParty   Relation = "first"
	ThirdParty   Relation = "third"
	CloakedParty Relation = "cloaked"
)

// A Party sends or receives data.
type Party struct {
	ID       string   `json:"id"`             // entity id, registrable domain, or a party term (dia:Advertiser)
	Name     string   `json:"name,omitempty"` // as people know it
	Role     Role     `json:"role,omitempty"`
	Relation Relation `json:"party,omitempty"`
}

// A Service is what is audited.
type Service struct {
	ID             string   `json:"id"`
	Name           string   `json:"name"`
	Entity         string   `json:"entity,omitempty"`  // the company's name, where the configuration gives it
	Domains        []string `json:"domains,omitempty"` // registrable domains that are the service itself
	Jurisdictions  []string `json:"jurisdictions"`     // EU, FR, UK, CA, US: which rules apply
	OnlinePlatform bool     `json:"online_platform,omitempty"`
	Gatekeeper     bool     `json:"gatekeeper,omitempty"`
	MinorAccount   bool     `json:"minor_account,omitempty"`
}
