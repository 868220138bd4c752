package rule

import (
	"diapason.dev/diapason"
	"go.yaml.in/yaml/v3"
)

// A ruleFile is one rule as it is written down. The keys are explained in
// pack/README.md.
type ruleFile struct {
	ID        string             `yaml:"id"`
	Version   string             `yaml:"version"`
	Title     string             `yaml:"title"`
	Severity  diapason.Severity  `yaml:"severity"`
	Mode      string             `yaml:"mode"`
	Certainty diapason.Certainty `yaml:"certainty"`
	Runs      *runsFile          `yaml:"runs"`
	Needs     needsFile          `yaml:"needs"`
	Applies   yaml.Node          `yaml:"applies"`
	Otherwise string             `yaml:"otherwise"`
	Find      yaml.Node          `yaml:"find"`
	Unknown   yaml.Node          `yaml:"unknown"`
	Confirm   yaml.Node          `yaml:"confirm"`
	Key       []yaml.Node        `yaml:"key"`
	Basis     []diapason.Basis   `yaml:"basis"`
	Say       sayFile            `yaml:"say"`
	Remedy    remedyFile         `yaml:"remedy"`
	Sources   []string           `yaml:"sources"`
	Note      string             `yaml:"note"`
}

type runsFile struct {
	Want int `yaml:"want"`
	Fail int `yaml:"fail"`
}

type needsFile struct {
	Channels []diapason.Channel `yaml:"channels"`
	Any      []diapason.Channel `yaml:"any"`
	Phases   []diapason.Phase   `yaml:"phases"`
	Sites    int                `yaml:"sites"`
	Banners  bool               `yaml:"banners"`
}

type sayFile struct {
	Fail    yaml.Node `yaml:"fail"`
	Means   yaml.Node `yaml:"means"`
	Unknown string    `yaml:"unknown"`
}

type remedyFile struct {
	Person   yaml.Node `yaml:"person"`
	Operator yaml.Node `yaml:"operator"`
}

// A findFile is one way to find witnesses: an expression alone, or with what
// is said of them.
type findFile struct {
	Where   yaml.Node `yaml:"where"`
	Certain yaml.Node `yaml:"certain"`
	Words   yaml.Node `yaml:"words"`
	Fail    yaml.Node `yaml:"fail"`
}

// A thresholdsFile is thresholds.yaml: the pack's name and its numbers.
type thresholdsFile struct {
	Name       string                   `yaml:"name"`
	Version    string                   `yaml:"version"`
	Thresholds map[string]thresholdFile `yaml:"thresholds"`
}

type thresholdFile struct {
	Num  *float64 `yaml:"num"`
	Span string   `yaml:"span"`
	Why  string   `yaml:"why"`
}
