package says

import "diapason.dev/diapason"

// Read reads a text into its document and its practices.
func Read(t Text) (Document, []Practice) { return Document{ID: t.Source.ID}, nil }

// Diff compares two texts by what they allow.
func Diff(older, newer Text) []Change { return nil }

// Flows tells practices as flows.
func Flows(practices []Practice, s diapason.Service) []diapason.Flow { return nil }

// TellsOfRestoring looks for notice of restored identifiers.
func TellsOfRestoring(t Text) bool { return false }
