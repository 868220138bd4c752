package importer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"

	"diapason.dev/diapason"
)

// overlay lays hand-written entries over the draft.
func (d *draft) overlay(src Source) error {
	if len(src.Data) == 0 {
		return nil
	}
	over, err := readOverlay(src)
	if err != nil {
		return err
	}
	for _, f := range []struct {
		to   *string
		from string
	}{
		{&d.Provider, over.Provider},
		{&d.Name, over.Name},
		{&d.Domain, over.Domain},
		{&d.Version, over.Version},
		{&d.About, over.About},
		{&d.ListedMeans, over.ListedMeans},
	} {
		if f.from != "" {
			*f.to = f.from
		}
	}
	if over.Request != nil {
		d.Request = over.Request
	}
	if over.API != nil {
		d.API = over.API
	}
	if over.Token != nil {
		d.Token = over.Token
	}
	if over.Tiers != nil {
		d.Tiers = over.Tiers
	}
	d.Penalties = append(d.Penalties, over.Penalties...)
	d.Purposes = append(d.Purposes, over.Purposes...)
	d.LineRules = append(d.LineRules, over.LineRules...)
	d.Effects, d.Sources = joined(d.Effects, over.Effects), joined(d.Sources, over.Sources)
	d.Terms = joined(d.Terms, over.Terms)
	if err := d.overlayScopes(src, over.Scopes); err != nil {
		return err
	}
	return d.overlayOperations(src, over.Operations)
}

// An overlayFile is a part of a catalogue file, and a choice of descriptions.
type overlayFile struct {
	draft
	// Only names the descriptions to read; empty: all that are there. Google's
	// discovery documents are the one format of many descriptions, and are named
	// as "gmail:v1".
	Only []string `json:"only"`
}

func readOverlay(src Source) (*overlayFile, error) {
	over := &overlayFile{}
	if len(src.Data) == 0 {
		return over, nil
	}
	if err := src.check(); err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(src.Data))
	d.DisallowUnknownFields()
	if err := d.Decode(over); err != nil {
		return nil, diapason.WithHint(src.at(src.line(d.InputOffset()), "%w", err),
			"an overlay has the fields of a catalogue file, each as far as it stands in place of an imported one")
	}
	return over, nil
}

func joined[V any](under, over map[string]V) map[string]V {
	if under == nil {
		return over
	}
	maps.Copy(under, over)
	return under
}

// overlayScopes replaces the fields that are given. What a scope opens is
// replaced as a whole.
func (d *draft) overlayScopes(src Source, scopes []*scope) error {
	byID := map[string]*scope{}
	for _, s := range d.Scopes {
		byID[s.ID] = s
	}
	for _, over := range scopes {
		s := byID[over.ID]
		if s == nil {
			if over.Kind == "" || over.Status == "" {
				return diapason.WithHint(src.at(src.lineOf(over.ID), "scope %q is in no imported description", over.ID),
					"correct its name, or write its entry out: kind, status, words, what it opens and confidence")
			}
			byID[over.ID] = over
			d.Scopes = append(d.Scopes, over)
			continue
		}
		if over.Reads != nil || over.Writes != nil {
			s.Reads, s.Writes, s.Effects = over.Reads, over.Writes, over.Effects
			s.Sentence, s.See, s.Do = over.Sentence, over.See, over.Do
		}
		for _, f := range []struct {
			to   *string
			from string
		}{
			{&s.Kind, over.Kind},
			{&s.Status, over.Status},
			{&s.Group, over.Group},
			{&s.Sentence, over.Sentence},
			{&s.See, over.See},
			{&s.Do, over.Do},
			{&s.Confidence, over.Confidence},
		} {
			if f.from != "" {
				*f.to = f.from
			}
		}
		for _, f := range []struct{ to, from *[]string }{
			{&s.Effects, &over.Effects},
			{&s.Implies, &over.Implies},
			{&s.DormantIn, &over.DormantIn},
			{&s.Notes, &over.Notes},
			{&s.Sources, &over.Sources},
			{&s.Prints, &over.Prints},
		} {
			if *f.from != nil {
				*f.to = *f.from
			}
		}
		if over.Review != nil {
			s.Review = over.Review
		}
	}
	return nil
}

// overlayOperations lays each entry over its own call and those in its "same".
func (d *draft) overlayOperations(src Source, operations []*operation) error {
	byOp := make(map[string]*operation, len(d.Operations))
	for _, o := range d.Operations {
		byOp[o.Op] = o
	}
	for _, over := range operations {
		for _, name := range append([]string{over.Op}, over.Same...) {
			o := byOp[name]
			if o == nil {
				return diapason.WithHint(src.at(src.lineOf(name), "operation %q is in no imported description", name),
					"correct its name; a call that is not offered any more can be left out")
			}
			o.lay(over)
		}
	}
	return nil
}

func (o *operation) lay(over *operation) {
	if over.Need != nil {
		o.Need = over.Need
	}
	if over.Unlocks != nil {
		o.Unlocks = over.Unlocks
	}
	if over.Disputed != nil {
		o.Disputed = over.Disputed
	}
	if over.Note != "" {
		o.Note = over.Note
	}
	if over.Sources != nil {
		o.Sources = over.Sources
	}
}

// build writes out what every scope opens, before an overlay is laid over it.
func (d *draft) build() {
	if d.Terms == nil {
		d.Terms = map[string]*term{}
	}
	for _, s := range d.Scopes {
		d.describe(s)
	}
}

// raw encodes a value of known type.
func raw(v any) json.RawMessage {
	text, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("encode %T: %v", v, err)) // only of a type that JSON cannot hold
	}
	return text
}
