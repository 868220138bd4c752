package ledger

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"diapason.dev/diapason"
)

// A Record is one leaf, with what its disclosures tell.
type Record struct {
	Leaf uint64
	Kind string
	At   time.Time
	// Fields are the disclosed private values, by JSON pointer.
	Fields map[string]json.RawMessage
	// Redacted counts the private values whose disclosures are gone.
	Redacted int
}

// Records reads the leaves of a run folder, in order, with their disclosed
// values. It checks every disclosure against its leaf, and every leaf against
// the signed head.
func Records(ctx context.Context, dir string) ([]Record, error) {
	h, err := readHead(dir)
	if err != nil {
		return nil, err
	}
	entries, err := readEntries(dir, h.size)
	if err != nil {
		return nil, err
	}
	if err := checkTree(dir, h, entries); err != nil {
		return nil, err
	}
	disclosed, err := readDisclosures(ctx, dir)
	if err != nil {
		return nil, err
	}
	return match(entries, disclosed)
}

// match brings leaves and disclosures together. A disclosure that no leaf
// commits to was altered.
func match(entries [][]byte, disclosed map[string][]byte) ([]Record, error) {
	records := make([]Record, len(entries))
	used := 0
	for i, raw := range entries {
		var leaf struct {
			Kind string    `json:"kind"`
			At   time.Time `json:"at"`
			SD   []string  `json:"sd"`
		}
		if err := json.Unmarshal(raw, &leaf); err != nil {
			return nil, fmt.Errorf("read leaf %d: %w: %w", i, err, diapason.ErrAltered)
		}
		r := Record{Leaf: uint64(i), Kind: leaf.Kind, At: leaf.At, Fields: map[string]json.RawMessage{}}
		for _, c := range leaf.SD {
			raw, ok := disclosed[c]
			if !ok {
				r.Redacted++
				continue
			}
			used++
			pointer, value, err := parseDisclosure(raw)
			if err != nil {
				return nil, fmt.Errorf("read leaf %d: %w", i, err)
			}
			r.Fields[pointer] = value
		}
		records[i] = r
	}
	if used != len(disclosed) {
		return nil, fmt.Errorf("read %s: %d lines belong to no leaf: %w", disclosuresFile, len(disclosed)-used, diapason.ErrAltered)
	}
	return records, nil
}

// readDisclosures reads disclosures.jsonl; the key is the commitment.
func readDisclosures(ctx context.Context, dir string) (map[string][]byte, error) {
	raw, err := os.ReadFile(filepath.Join(dir, disclosuresFile))
	if err != nil {
		return nil, fmt.Errorf("read disclosures: %w: %w", err, diapason.ErrIncomplete)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	all := map[string][]byte{}
	lines := bufio.NewScanner(bytes.NewReader(raw))
	lines.Buffer(nil, 64<<20)
	for n := 1; lines.Scan(); n++ {
		var line disclosureLine
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return nil, fmt.Errorf("%s:%d: %w: %w", disclosuresFile, n, err, diapason.ErrAltered)
		}
		body, err := base64.RawURLEncoding.DecodeString(line.Disclosure)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w: %w", disclosuresFile, n, err, diapason.ErrAltered)
		}
		all[Commitment(line.Disclosure)] = body
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read disclosures: %w: %w", err, diapason.ErrAltered)
	}
	return all, nil
}

// parseDisclosure reads [salt, pointer, value].
func parseDisclosure(raw []byte) (pointer string, value json.RawMessage, err error) {
	var parts []json.RawMessage
	if err := json.Unmarshal(raw, &parts); err != nil || len(parts) != 3 {
		return "", nil, fmt.Errorf("read disclosure: expected [salt, pointer, value]: %w", diapason.ErrAltered)
	}
	if err := json.Unmarshal(parts[1], &pointer); err != nil {
		return "", nil, fmt.Errorf("read disclosure: %w: %w", err, diapason.ErrAltered)
	}
	return pointer, parts[2], nil
}
