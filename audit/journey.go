package audit

import (
	"fmt"
	"os"
	"strings"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/internal/browse"
	"go.yaml.in/yaml/v3"
)

// journeys turns the configured steps into the browser's. A value is bait
// (bait.email: made up for the visit), a secret from the environment
// (secret.NAME) or the text itself.
func (c *Config) journeys() (map[string][]browse.Step, error) {
	out := map[string][]browse.Step{}
	if c.Does == nil {
		return out, nil
	}
	for _, name := range sortedKeys(c.Does.Journeys) {
		for i, s := range c.Does.Journeys[name] {
			step, err := s.browse()
			if err != nil {
				return nil, fmt.Errorf("journey %s, step %d: %w: %w", name, i+1, err, diapason.ErrUsage)
			}
			out[name] = append(out[name], step)
		}
	}
	return out, nil
}

func (s Step) browse() (browse.Step, error) {
	step := browse.Step{Open: s.Open, Click: s.Click, StopBefore: s.StopBefore}
	if s.Wait != "" {
		d, err := time.ParseDuration(s.Wait)
		if err != nil || d < 0 || d > time.Minute {
			return step, fmt.Errorf("wait %q: expected a time of up to a minute, such as 3s", s.Wait)
		}
		step.Wait = d
	}
	fields, err := pairs(s.Fill)
	if err != nil {
		return step, err
	}
	for _, f := range fields {
		if env, ok := strings.CutPrefix(f.Value, secretPrefix); ok {
			if f.Value = os.Getenv(env); f.Value == "" {
				return step, fmt.Errorf("the environment has no %s", env)
			}
		}
		step.Fill = append(step.Fill, f)
	}
	return step, nil
}

// pairs lists the fields of a fill and what is written for each, in the order
// written. Anchors and aliases stand for what they name.
func pairs(fill yaml.Node) ([]browse.Field, error) {
	if fill.Kind == 0 {
		return nil, nil
	}
	node := &fill
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	var written map[string]string
	if node.Kind != yaml.MappingNode || fill.Decode(&written) != nil || len(written) != len(node.Content)/2 {
		return nil, fmt.Errorf("fill wants `selector: value` pairs")
	}
	var out []browse.Field
	for i := 0; i+1 < len(node.Content); i += 2 {
		var selector string
		if node.Content[i].Decode(&selector) != nil {
			return nil, fmt.Errorf("fill wants `selector: value` pairs")
		}
		out = append(out, browse.Field{Selector: selector, Value: written[selector]})
	}
	return out, nil
}
