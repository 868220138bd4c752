package asks

import "io/fs"

// A ProviderSummary tells what the catalogue knows of one provider.
type ProviderSummary struct {
	ID      string   `json:"provider"`
	Name    string   `json:"name"`
	Version string   `json:"version"` // the day on which the facts were read
	Tiers   []string `json:"tiers"`   // kinds of app, as --tier takes them
	// Scopes counts permissions; none: only the way of asking is known. Bundle
	// tells that the provider gives all of them or none.
	Scopes     int      `json:"scopes"`
	Bundle     bool     `json:"bundle"`
	Operations int      `json:"operations"`
	Purposes   []string `json:"purposes"` // names that --for takes, aliases left out
	Digest     string   `json:"digest"`   // of the file: "sha256:" and hexadecimal digits
}

// Providers tells what the catalogue knows, in the order of the ids.
func (c *Catalogue) Providers() []ProviderSummary {
	list := make([]ProviderSummary, 0, len(c.providers))
	for _, p := range c.providers {
		s := ProviderSummary{
			ID: p.Provider, Name: p.Name, Version: p.Version, Tiers: []string{},
			Bundle: p.bundle() >= 0, Operations: len(p.Operations), Purposes: idsOf(p.Purposes), Digest: p.digest,
		}
		for _, t := range p.Tiers {
			s.Tiers = append(s.Tiers, t.Name)
		}
		for _, sc := range p.Scopes {
			if sc.ID != "" {
				s.Scopes++
			}
		}
		list = append(list, s)
	}
	return list
}

// BuiltIn returns the catalogue files that are part of the program.
func BuiltIn() fs.FS {
	sub, err := fs.Sub(embedded, "catalogue")
	if err != nil {
		panic(err) // the folder is named where it is embedded
	}
	return sub
}
