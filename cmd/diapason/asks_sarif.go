package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/url"
	"slices"
	"strings"

	"diapason.dev/diapason"
	"diapason.dev/diapason/asks"
)

// A sarifWriter writes findings as SARIF 2.1.0 (OASIS standard), result by
// result. A result points at the line of the list that the address stands in;
// an address that was given alone has no file to point at.
type sarifWriter struct {
	w         *bufio.Writer
	file      string
	catalogue string // its digest
	count     int
	rules     map[string]bool
	notes     []sarifNote
}

// maxNotes bounds how many lines that were not judged are told one by one; the
// ledger counts them all.
const maxNotes = 1000

type sarifText struct {
	Text string `json:"text"`
}

type sarifResult struct {
	RuleID       string            `json:"ruleId"`
	Level        string            `json:"level"`
	Message      sarifText         `json:"message"`
	Locations    []sarifLocation   `json:"locations,omitempty"`
	Fingerprints map[string]string `json:"partialFingerprints"`
	Properties   map[string]any    `json:"properties"`
}

type sarifLocation struct {
	Physical struct {
		Artifact struct {
			URI string `json:"uri"`
		} `json:"artifactLocation"`
		Region struct {
			StartLine int `json:"startLine"`
		} `json:"region"`
	} `json:"physicalLocation"`
}

type sarifNote struct {
	Level     string          `json:"level"`
	Message   sarifText       `json:"message"`
	Locations []sarifLocation `json:"locations,omitempty"`
}

type sarifRule struct {
	ID    string    `json:"id"`
	Short sarifText `json:"shortDescription"`
}

func newSarifWriter(w *bufio.Writer, file, catalogue string) *sarifWriter {
	s := &sarifWriter{w: w, file: file, catalogue: catalogue, rules: map[string]bool{}}
	io.WriteString(w, `{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{"results":[`)
	return s
}

func (s *sarifWriter) line(l asks.BatchLine) error {
	if l.Err != nil && len(s.notes) < maxNotes {
		s.notes = append(s.notes, sarifNote{"warning", sarifText{diapason.Plain(l.Err)}, s.at(l.Line)})
	}
	v := &l.Verdict
	for _, f := range v.Findings {
		s.rules[f.ID] = true
		err := s.result(sarifResult{
			RuleID: f.ID, Level: sarifLevel(f.Severity), Message: sarifText{v.Sentence(f)}, Locations: s.at(l.Line),
			Fingerprints: map[string]string{"asks/v1": strings.Join([]string{v.Provider, l.App, f.ID, f.Scope, strings.Join(v.Purposes, "+")}, "/")},
			Properties:   map[string]any{"severity": f.Severity, "provider": v.Provider, "app": l.App, "purposes": v.Purposes, "scope": f.Scope},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *sarifWriter) result(r sarifResult) error {
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if s.count++; s.count > 1 {
		s.w.WriteByte(',')
	}
	_, err = s.w.Write(data)
	return err
}

func (s *sarifWriter) at(line int) []sarifLocation {
	if s.file == "" {
		return nil
	}
	var l sarifLocation
	l.Physical.Artifact.URI = (&url.URL{Path: s.file}).String()
	if strings.HasPrefix(s.file, "/") {
		l.Physical.Artifact.URI = (&url.URL{Scheme: "file", Path: s.file}).String()
	}
	l.Physical.Region.StartLine = line
	return []sarifLocation{l}
}

func sarifLevel(s diapason.Severity) string {
	switch s {
	case diapason.Critical, diapason.High:
		return "error"
	case diapason.Medium:
		return "warning"
	}
	return "note"
}

// end writes the rules that were used and what could not be judged.
func (s *sarifWriter) end(l asks.BatchLedger, err error) error {
	rules := []sarifRule{}
	for _, id := range slices.Sorted(maps.Keys(s.rules)) {
		rules = append(rules, sarifRule{id, sarifText{ruleTitle(id)}})
	}
	tail, marshalErr := json.Marshal(map[string]any{
		"tool":        map[string]any{"driver": map[string]any{"name": "diapason asks", "informationUri": "https://diapason.dev/diapason", "rules": rules}},
		"invocations": []any{map[string]any{"executionSuccessful": err == nil, "toolExecutionNotifications": append([]sarifNote{}, s.notes...)}},
		"properties":  map[string]any{"ledger": l, "catalogue": s.catalogue},
	})
	_, writeErr := s.w.WriteString("]," + strings.TrimPrefix(string(tail), "{") + "]}\n")
	return errors.Join(marshalErr, writeErr)
}

// ruleTitle names what a finding is about.
func ruleTitle(id string) string {
	for _, t := range []struct{ id, title string }{
		{"asks.excess", "A permission that the purpose does not need"},
		{"asks.missing", "A permission that the purpose needs and that is not asked for"},
		{"asks.unknown", "A permission that the catalogue does not know"},
		{"asks.not-current", "A permission that the provider does not offer to everybody any more"},
		{"asks.case-mismatch", "A permission spelled in other letter case than the provider's"},
		{"asks.duration.cannot-work", "A grant that ends before what it waits for"},
	} {
		if t.id == id {
			return t.title
		}
	}
	return "A flaw of the request itself: " + strings.TrimPrefix(id, "asks.request.")
}
