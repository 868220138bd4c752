package audit

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/entity"
	"diapason.dev/diapason/vocab"
	"go.yaml.in/yaml/v3"
)

// Config is diapason.yaml: the one file that describes a service.
type Config struct {
	Service ServiceConfig `yaml:"service"`
	Parties []entity.Own  `yaml:"parties"`
	Says    []SaysConfig  `yaml:"says"`
	Asks    []AsksConfig  `yaml:"asks"`
	Does    *DoesConfig   `yaml:"does"`
	Holds   []HoldsConfig `yaml:"holds"`

	// Dir is the folder of the file: relative paths in it start there.
	Dir string `yaml:"-"`
	raw []byte
}

// ServiceConfig names the service.
type ServiceConfig struct {
	ID             string   `yaml:"id"`
	Name           string   `yaml:"name"`
	Entity         string   `yaml:"entity"`
	Domains        []string `yaml:"domains"`
	Jurisdictions  []string `yaml:"jurisdictions"`
	OnlinePlatform bool     `yaml:"online-platform"`
	Gatekeeper     bool     `yaml:"gatekeeper"`
	MinorAccount   bool     `yaml:"minor-account"`
}

// SaysConfig is one text: an address or a file.
type SaysConfig struct {
	ID      string `yaml:"id"`
	Kind    string `yaml:"kind"` // policy, terms, gpc
	Fetch   string `yaml:"fetch"`
	File    string `yaml:"file"`
	Earlier bool   `yaml:"earlier"` // an older version, to compare with
}

// AsksConfig is one permission request: a link, or a page that carries links;
// or the manifests of apps. A log of the client's calls tells which of the
// permissions were used.
type AsksConfig struct {
	URL       string   `yaml:"url"`
	Page      string   `yaml:"page"`
	For       []string `yaml:"for"`
	Also      []string `yaml:"also"`
	Tier      string   `yaml:"tier"`
	Log       string   `yaml:"log"`
	Vantage   string   `yaml:"vantage"`   // where the log was kept
	Event     string   `yaml:"event"`     // what the purpose waits for: release=2026-09-04T00:00:00+02:00
	Window    string   `yaml:"window"`    // the time that the log covers, FROM/TO
	Manifests []string `yaml:"manifests"` // AndroidManifest.xml, manifest.json, Info.plist
}

// DoesConfig says which pages to visit and how.
type DoesConfig struct {
	Start             []string          `yaml:"start"`
	Linkage           []string          `yaml:"linkage"`
	ThirdPartyCookies string            `yaml:"third-party-cookies"` // allow (default) or block
	Respawn           bool              `yaml:"respawn"`
	RespawnPlan       string            `yaml:"respawn-plan"` // full (default), or quick: see [does.Plan]
	Consent           bool              `yaml:"consent"`      // refuse, accept and withdraw where a page asks for a choice
	GPC               bool              `yaml:"gpc"`          // visit with Global Privacy Control on
	Banner            BannerConfig      `yaml:"banner"`
	Journeys          map[string][]Step `yaml:"journeys"`
	SignIn            string            `yaml:"sign-in"` // a journey that signs in with one account: the respawn experiment walks it too
	Known             []KnownConfig     `yaml:"known"`
	Captures          []RecordedConfig  `yaml:"captures"`
	// Lists are filter lists: files, or "system" for those of the system's
	// uBlock Origin package.
	Lists []string `yaml:"lists"`
}

// KnownConfig is a made-up fact of an account that was made for the audit with
// the provider of a permission: the service learns it only through that
// permission, so that whoever else gets it got it from the service.
type KnownConfig struct {
	ID    string        `yaml:"id"`
	Data  diapason.Term `yaml:"data"`  // a term of the vocabulary: pd:EmailAddress
	Value string        `yaml:"value"` // eight characters or more; it is looked for in everything that is sent
	Scope string        `yaml:"scope"` // the permission that opens it
}

// leastKnown is the length below which a value would be found by chance.
const leastKnown = 8

// BannerConfig says where a banner and its choices are, as CSS selectors, for a
// page on which they are not found by themselves. Every field may stay empty.
type BannerConfig struct {
	Banner   string `yaml:"banner,omitempty"`
	Accept   string `yaml:"accept,omitempty"`
	Reject   string `yaml:"reject,omitempty"`
	Settings string `yaml:"settings,omitempty"`
	Withdraw string `yaml:"withdraw,omitempty"`
}

// Step is one action of a journey; exactly one field is set.
type Step struct {
	Open       string    `yaml:"open"`
	Fill       yaml.Node `yaml:"fill"` // selector: value, in the order written
	Click      string    `yaml:"click"`
	StopBefore string    `yaml:"stop-before"`
	Wait       string    `yaml:"wait"`
}

// RecordedConfig is a recorded file of network traffic.
type RecordedConfig struct {
	HAR  string `yaml:"har"`
	Zone string `yaml:"zone"` // IANA name; without it no local hour is known
	// As names one of the four recordings that identifiers are told from: A1,
	// A2 (the same device or profile again), B, C (two others). Empty: any other.
	As string `yaml:"as"`
}

// HoldsConfig is one export that a person received.
type HoldsConfig struct {
	Export    string `yaml:"export"`
	Requested string `yaml:"requested"` // date of the request, 2026-03-01
	Received  string `yaml:"received"`
}

// LoadConfig reads a diapason.yaml. An unknown key is refused with its line
// and the nearest known key.
func LoadConfig(file string) (*Config, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, diapason.WithHint(fmt.Errorf("read configuration %s: %w (%w)", file, errReason(err), diapason.ErrUsage),
			"write one with `diapason init`, or name another file: diapason audit FILE")
	}
	return ParseConfig(raw, file)
}

// ParseConfig reads the text of a diapason.yaml; file is its name in errors
// and the place that relative paths start from.
func ParseConfig(raw []byte, file string) (*Config, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(raw, &doc); err != nil {
		return nil, fmt.Errorf("%s: %s: %w", file, strings.TrimPrefix(err.Error(), "yaml: "), diapason.ErrUsage)
	}
	c := &Config{Dir: filepath.Dir(file), raw: raw}
	if len(doc.Content) == 0 {
		return nil, diapason.WithHint(fmt.Errorf("%s: the file is empty: %w", file, diapason.ErrUsage), "write a commented one with `diapason init`")
	}
	if err := checkKeys(file, doc.Content[0], c); err != nil {
		return nil, err
	}
	if err := doc.Decode(c); err != nil {
		return nil, fmt.Errorf("%s: %s: %w", file, strings.TrimPrefix(err.Error(), "yaml: "), diapason.ErrUsage)
	}
	return c, c.check(file, &doc)
}

// check refuses what can be seen to be wrong before anything is looked at.
func (c *Config) check(file string, doc *yaml.Node) error {
	wrong := func(path, what, next string) error {
		err := fmt.Errorf("%s:%d: %s: %w", file, lineOf(doc, path), what, diapason.ErrUsage)
		return diapason.WithHint(err, next)
	}
	if c.Service.ID == "" {
		return wrong("service", "service.id is missing", "add `service: {id: acme, name: Acme}`")
	}
	if c.Service.Name == "" {
		c.Service.Name = c.Service.ID
	}
	if len(c.Service.Jurisdictions) == 0 {
		c.Service.Jurisdictions = []string{"EU"}
	}
	for _, j := range c.Service.Jurisdictions {
		if !strings.Contains(" EU FR UK CA US ", " "+j+" ") {
			return wrong("service.jurisdictions", fmt.Sprintf("unknown jurisdiction %q", j), "known are EU, FR, UK, CA (California) and US")
		}
	}
	for i, s := range c.Says {
		if (s.Fetch == "") == (s.File == "") {
			return wrong(fmt.Sprintf("says.%d", i), fmt.Sprintf("says entry %d wants either fetch: or file:", i+1), "give the address of the policy, or a file")
		}
		if s.ID == "" {
			c.Says[i].ID = fmt.Sprintf("document-%d", i+1)
		}
		if s.Kind == "" {
			c.Says[i].Kind = "policy"
		}
	}
	for i, a := range c.Asks {
		if what, next := a.wrong(); what != "" {
			return wrong(fmt.Sprintf("asks.%d", i), fmt.Sprintf("asks entry %d %s", i+1, what), next)
		}
	}
	if d := c.Does; d != nil {
		switch d.ThirdPartyCookies {
		case "":
			d.ThirdPartyCookies = "allow"
		case "allow", "block":
		default:
			return wrong("does.third-party-cookies", fmt.Sprintf("third-party-cookies is %q", d.ThirdPartyCookies), "write allow or block")
		}
		switch d.RespawnPlan {
		case "", "full", "quick":
		default:
			return wrong("does.respawn-plan", fmt.Sprintf("respawn-plan is %q", d.RespawnPlan), "write full or quick")
		}
		if d.RespawnPlan != "" && !d.Respawn {
			return wrong("does.respawn-plan", "respawn-plan says how deleted identifiers are looked for, and none is to be deleted", "add `respawn: true` under `does:`, or remove `respawn-plan:`")
		}
		if d.Banner != (BannerConfig{}) && !d.Consent {
			return wrong("does.banner", "banner says where the choices are, and no visit is to choose", "add `consent: true` under `does:`, or remove `banner:`")
		}
		for _, w := range []struct {
			key   string
			asked bool
		}{{"consent", d.Consent}, {"gpc", d.GPC}} {
			if w.asked && len(d.Start) == 0 {
				return wrong("does."+w.key, w.key+" needs a page to visit", "add `start:` with an address under `does:`")
			}
		}
		if _, ok := d.Journeys[d.SignIn]; d.SignIn != "" && !ok {
			return wrong("does.sign-in", fmt.Sprintf("sign-in names %q, and no journey is called so", d.SignIn), "write the steps that sign in under `journeys:` and name them here")
		}
		for i, k := range d.Known {
			switch {
			case k.ID == "" || k.Scope == "":
				return wrong(fmt.Sprintf("does.known.%d", i), "id or scope is missing", "write id, data, value and the permission (scope) that alone opens it")
			case !vocab.Default().Has(k.Data):
				return wrong(fmt.Sprintf("does.known.%d.data", i), fmt.Sprintf("%q is no term of the vocabulary", k.Data), "write a term such as pd:EmailAddress")
			case len(k.Value) < leastKnown:
				return wrong(fmt.Sprintf("does.known.%d.value", i), fmt.Sprintf("%d characters are found by chance", len(k.Value)), fmt.Sprintf("give the account a made-up value of %d characters or more", leastKnown))
			}
		}
		for i, r := range d.Captures {
			if _, err := time.LoadLocation(r.Zone); err != nil {
				return wrong(fmt.Sprintf("does.captures.%d.zone", i), fmt.Sprintf("unknown time zone %q", r.Zone), "write an IANA name such as Europe/Paris")
			}
		}
		if at, what, next := d.checkRecordings(); what != "" {
			return wrong(fmt.Sprintf("does.captures.%d", at), what, next)
		}
	}
	for i, h := range c.Holds {
		for key, d := range map[string]string{"requested": h.Requested, "received": h.Received} {
			if d != "" {
				if _, err := time.Parse(time.DateOnly, d); err != nil {
					return wrong(fmt.Sprintf("holds.%d.%s", i, key), fmt.Sprintf("%q is not a date", d), "write dates as 2026-03-01")
				}
			}
		}
	}
	return nil
}

// Target is the service in the words of the root package.
func (c *Config) Target() diapason.Service {
	s := c.Service
	return diapason.Service{
		ID: s.ID, Name: s.Name, Entity: s.Entity, Domains: s.Domains, Jurisdictions: s.Jurisdictions,
		OnlinePlatform: s.OnlinePlatform, Gatekeeper: s.Gatekeeper, MinorAccount: s.MinorAccount,
	}
}

// path makes a file name of the configuration absolute or relative to the
// working folder.
func (c *Config) path(name string) string {
	if name == "-" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(c.Dir, name)
}

// errReason drops the operation and path that an os error repeats.
func errReason(err error) error {
	if pe, ok := err.(*os.PathError); ok {
		return pe.Err
	}
	return err
}
