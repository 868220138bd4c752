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
	if s.Fill.Kind != 0 && s.Fill.Kind != yaml.MappingNode {
		return step, fmt.Errorf("fill wants `selector: value` pairs")
	}
	for i := 0; i+1 < len(s.Fill.Content); i += 2 {
		value := s.Fill.Content[i+1].Value
		if env, ok := strings.CutPrefix(value, secretPrefix); ok {
			if value = os.Getenv(env); value == "" {
				return step, fmt.Errorf("the environment has no %s", env)
			}
		}
		step.Fill = append(step.Fill, browse.Field{Selector: s.Fill.Content[i].Value, Value: value})
	}
	return step, nil
}
