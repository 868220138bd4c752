package audit

import (
	"encoding/json"
	"fmt"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/asks"
	"diapason.dev/diapason/asks/manifest"
	"diapason.dev/diapason/holds"
	"diapason.dev/diapason/internal/filter"
	"diapason.dev/diapason/says"
)

// The kinds of record in a run.
const (
	kindSettings   = "settings"
	kindConfig     = "config"
	kindDocument   = "document"
	kindRequest    = "request"
	kindManifest   = "manifest"
	kindLog        = "log"
	kindVisit      = "visit"
	kindScreenshot = "screenshot"
	kindExport     = "export"
	kindList       = "list"
	kindGap        = "gap"
	kindEnd        = "end"
)

// A Material is everything that an audit recorded, and all that it judges
// from. It is filled by decoding stored records only, during the audit and
// afterwards alike: that is why judging again gives the same findings.
type Material struct {
	Settings Settings
	Config   *Config
	Texts    []says.Text
	Requests []asks.Ask
	// Manifests are what apps ask for; Logs are what logs told, one for each request that has one.
	Manifests []*manifest.Manifest
	Logs      []Log
	Captures  []*diapason.Capture
	Exports   []Inventory
	Lists     []filter.List
	Gaps      []diapason.Gap
	End       End
	// records counts what was added, to number records.
	records int
}

// Settings are the circumstances of a run that its conclusions depend on.
type Settings struct {
	ID        string    `json:"id"`
	Started   time.Time `json:"started"`
	Tool      string    `json:"tool"`
	Vantage   string    `json:"vantage"`
	Salt      []byte    `json:"salt"`
	File      string    `json:"file"` // name of the configuration, without its folder
	Sandboxed bool      `json:"sandboxed"`
	AtOnce    int       `json:"at_once,omitempty"` // visits that could go on at a time
	// Only names the voices that were asked for; none means all four.
	Only []diapason.Channel `json:"only,omitempty"`
	Pins []string           `json:"pins,omitempty"` // keys that this audit trusts: base64 SHA-256 of their SubjectPublicKeyInfo
}

// Inventory is what was read of one export: names, counts and dates, no values.
type Inventory struct {
	Export holds.Export `json:"export"`
	Items  []holds.Item `json:"items"`
}

// End closes a run.
type End struct {
	At      time.Time `json:"at"`
	Partial bool      `json:"partial,omitempty"`
}

// add decodes one stored record into the material.
func (m *Material) add(kind, name string, meta, body []byte) error {
	fill := func(raw []byte, into any) error {
		if err := json.Unmarshal(raw, into); err != nil {
			return fmt.Errorf("read record %s: %w", name, err)
		}
		return nil
	}
	m.records++
	switch kind {
	case kindSettings:
		return fill(meta, &m.Settings)
	case kindConfig:
		c, err := ParseConfig(body, m.Settings.File)
		m.Config = c
		return err
	case kindDocument:
		var t says.Text
		if err := fill(meta, &t); err != nil {
			return err
		}
		t.Raw = body
		m.Texts = append(m.Texts, t)
	case kindRequest:
		var a asks.Ask
		if err := fill(meta, &a); err != nil {
			return err
		}
		m.Requests = append(m.Requests, a)
	case kindManifest:
		one := new(manifest.Manifest)
		if err := fill(meta, one); err != nil {
			return err
		}
		m.Manifests = append(m.Manifests, one)
	case kindLog:
		var l Log
		if err := fill(meta, &l); err != nil {
			return err
		}
		m.Logs = append(m.Logs, l)
	case kindVisit:
		c := new(diapason.Capture)
		if err := fill(body, c); err != nil {
			return err
		}
		for i := range c.Requests {
			c.Requests[i].ResponseBody.Text = diapason.Shared(c.Requests[i].ResponseBody.Text)
		}
		m.Captures = append(m.Captures, c)
	case kindExport:
		var i Inventory
		if err := fill(body, &i); err != nil {
			return err
		}
		m.Exports = append(m.Exports, i)
	case kindList:
		var l filter.List
		if err := fill(meta, &l); err != nil {
			return err
		}
		l.Text = string(body)
		m.Lists = append(m.Lists, l)
	case kindGap:
		var g diapason.Gap
		if err := fill(meta, &g); err != nil {
			return err
		}
		m.Gaps = append(m.Gaps, g)
	case kindScreenshot:
	case kindEnd:
		return fill(meta, &m.End)
	default:
		return fmt.Errorf("read record %s: unknown kind %q: %w", name, kind, diapason.ErrIncomplete)
	}
	return nil
}
