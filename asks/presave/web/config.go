package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/asks/presave"
	"go.yaml.in/yaml/v3"
)

// A Config is presave.yaml: the one file that describes a pre-save service.
// Paths in it are relative to its folder.
type Config struct {
	Base       string           `yaml:"base"`        // public address of the service
	Listen     string           `yaml:"listen"`      // address of this machine, behind what ends TLS
	Admin      string           `yaml:"admin"`       // "unix:PATH", or an address of this machine's loopback
	Store      string           `yaml:"store"`       // SQLite file, or postgres://…
	Keys       string           `yaml:"keys"`        // folder of the campaigns' keys
	MasterKey  Secret           `yaml:"master-key"`  // wraps them
	ReceiptKey string           `yaml:"receipt-key"` // file; made if there is none
	EmailList  string           `yaml:"email-list"`  // takes addresses of the e-mail option, as the form field "email"
	Providers  []ProviderConfig `yaml:"providers"`
	Campaigns  []yaml.Node      `yaml:"campaigns"`

	file string
}

// A Secret is read from a file that only its owner can read, or from the
// output of a command.
type Secret struct {
	File    string   `yaml:"file"`
	Command []string `yaml:"command"`
}

// A ProviderConfig is one app that is registered with a provider.
type ProviderConfig struct {
	ID     string  `yaml:"id"` // spotify
	Client string  `yaml:"client-id"`
	Secret string  `yaml:"client-secret-file"` // empty: a public client
	At     string  `yaml:"at"`                 // in place of the provider itself, one on this machine: see "presave mock"
	Rate   float64 `yaml:"rate"`               // rows a second, all workers together; 50 if left out
}

// ReadConfig reads presave.yaml. Its errors name file and line and wrap
// diapason.ErrUsage.
func ReadConfig(path string) (Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Config{}, diapason.WithHint(fmt.Errorf("read %s: %w: %w", path, err, diapason.ErrUsage), "see: diapason asks presave serve --help")
	}
	c := Config{Listen: "127.0.0.1:8080", Admin: "unix:admin.sock", Store: "presave.db", Keys: "keys", ReceiptKey: "receipt.key", file: path}
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(&c); err != nil && !errors.Is(err, io.EOF) {
		return Config{}, fmt.Errorf("read %s: %w: %w", path, err, diapason.ErrUsage)
	}
	return c, c.check()
}

func (c Config) check() error {
	wrong := func(key, expected string) error {
		return fmt.Errorf("read %s: %s: expected %s: %w", c.file, key, expected, diapason.ErrUsage)
	}
	base, err := url.Parse(c.Base)
	switch {
	case err != nil || base.Host == "" || strings.HasSuffix(c.Base, "/") || base.RawQuery != "" ||
		base.Scheme != "https" && (base.Scheme != "http" || !loopback(base.Host)):
		return wrong("base", "the public address, such as https://presave.label.example (http only on this machine)")
	case !strings.HasPrefix(c.Admin, "unix:") && !loopback(c.Admin):
		return wrong("admin", "unix:PATH or an address of this machine, such as 127.0.0.1:8081: whoever reaches it may change campaigns")
	case c.MasterKey.File == "" && len(c.MasterKey.Command) == 0:
		return wrong("master-key", "{file: PATH} or {command: [PROGRAM, ARGUMENT]}")
	case len(c.Providers) == 0:
		return wrong("providers", "at least one")
	}
	for _, p := range c.Providers {
		at, err := url.Parse(p.At)
		switch {
		case p.ID != "spotify":
			return wrong("providers: id", "spotify, the one provider that is known")
		case p.Client == "":
			return wrong("providers: client-id", "the id of the registered app")
		case err != nil || p.At != "" && !loopback(at.Host):
			return wrong("providers: at", "an address of this machine, such as http://127.0.0.1:8787")
		}
	}
	return nil
}

// loopback tells whether host, with or without a port, is this machine alone.
func loopback(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	ip := net.ParseIP(strings.Trim(name, "[]"))
	return name == "localhost" || ip != nil && ip.IsLoopback()
}

// Path is a path of the file, seen from where the program runs.
func (c Config) Path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(filepath.Dir(c.file), name)
}

// grantLife is how long Spotify lets a grant last: six months, which are 181
// days at the least, less one for the hours of the day
// (developer.spotify.com/blog/2026-06-18-refresh-token-expiration).
const grantLife = 180 * 24 * time.Hour

// Local tells whether every provider is one on this machine.
func (c Config) Local() bool {
	for _, p := range c.Providers {
		if p.At == "" {
			return false
		}
	}
	return true
}

// MakeProviders are the providers of the file, by id.
func (c Config) MakeProviders(clock *presave.Clock) (map[string]*presave.Provider, error) {
	all := map[string]*presave.Provider{}
	client := &http.Client{
		Timeout:       20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &http.Transport{MaxIdleConnsPerHost: 32, ForceAttemptHTTP2: true, Proxy: http.ProxyFromEnvironment},
	}
	for _, conf := range c.Providers {
		p := &presave.Provider{
			ID: conf.ID, Name: "Spotify", ClientID: conf.Client, GrantLife: grantLife, Rate: conf.Rate, Client: client, Clock: clock,
			AuthorizeURL: "https://accounts.spotify.com/authorize", TokenURL: "https://accounts.spotify.com/api/token",
			API: "https://api.spotify.com/v1", AppsURL: "https://www.spotify.com/account/apps/",
		}
		if conf.At != "" {
			p.AuthorizeURL, p.TokenURL, p.API, p.AppsURL = conf.At+"/authorize", conf.At+"/api/token", conf.At+"/v1", conf.At+"/apps"
		}
		if p.Rate == 0 {
			p.Rate = 50
		}
		p.Burst = max(1, int(p.Rate))
		if conf.Secret != "" {
			secret, err := readSecret(c.Path(conf.Secret))
			if err != nil {
				return nil, err
			}
			p.ClientSecret = secret
		}
		all[p.ID] = p
	}
	return all, nil
}

// readSecret reads one line of a file that only its owner can read.
func readSecret(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("read client secret: %w: %w", err, diapason.ErrUsage)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", diapason.WithHint(fmt.Errorf("read client secret %s: others can read it (mode %04o): %w", path, info.Mode().Perm(), diapason.ErrUsage), "chmod 600 "+path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read client secret: %w", err)
	}
	return strings.TrimSpace(string(data)), nil
}

// ReadCampaigns are the campaigns of the file, in the shape that the operator's side
// takes them in.
func (c Config) ReadCampaigns() ([]presave.Campaign, error) {
	var all []presave.Campaign
	for _, node := range c.Campaigns {
		plainDates(&node)
		var loose map[string]any
		if err := node.Decode(&loose); err != nil {
			return nil, fmt.Errorf("read %s:%d: campaign: %w: %w", c.file, node.Line, err, diapason.ErrUsage)
		}
		data, err := json.Marshal(loose)
		if err != nil {
			return nil, fmt.Errorf("read %s:%d: campaign: %w: %w", c.file, node.Line, err, diapason.ErrUsage)
		}
		one, err := readCampaign(bytes.NewReader(data))
		if err != nil {
			return nil, fmt.Errorf("read %s:%d: campaign: %w", c.file, node.Line, err)
		}
		all = append(all, one)
	}
	return all, nil
}

// plainDates keeps days as they are written: YAML would make instants of them.
func plainDates(n *yaml.Node) {
	if n.Tag == "!!timestamp" {
		n.Tag = "!!str"
	}
	for _, child := range n.Content {
		plainDates(child)
	}
}

// readCampaign reads one campaign strictly and checks what a page and a
// receipt need of it.
func readCampaign(r io.Reader) (presave.Campaign, error) {
	var c presave.Campaign
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return c, fmt.Errorf("%w: %w", err, diapason.ErrUsage)
	}
	if c.Language == "" {
		c.Language = language
	}
	for _, m := range []struct {
		name  string
		wrong bool
	}{
		{"a title", c.Title == ""},
		{"an artist", c.Artist == ""},
		{"controller: name", c.Controller.Name == ""},
		{"controller: address", c.Controller.Address == ""},
		{"controller: contact", c.Controller.Contact == ""},
		{"controller: jurisdiction, an ISO 3166 code", c.Controller.Jurisdiction == ""},
		{"controller: location, an ISO 3166 code", c.Controller.Location == ""},
		{"one of artists at the most: another would be a question of its own", len(c.Artists) > 1},
		{"language en, the one that the pages have", c.Language != language},
	} {
		if m.wrong {
			return c, fmt.Errorf("campaign %q: expected %s: %w", c.ID, m.name, diapason.ErrUsage)
		}
	}
	return c, nil
}
