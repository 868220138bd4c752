package audit

import (
	"fmt"

	"diapason.dev/diapason"
	"go.yaml.in/yaml/v3"
)

// NewConfig checks a configuration that a program made, and gives it the text
// that the record keeps.
func NewConfig(c Config) (*Config, error) {
	raw, err := yaml.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("make configuration: %w: %w", err, diapason.ErrUsage)
	}
	return ParseConfig(raw, "diapason.yaml")
}
