package audit

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"diapason.dev/diapason"
	"diapason.dev/diapason/does"
	"diapason.dev/diapason/internal/har"
)

// WriteHAR writes every visit and recording of a run as an HTTP Archive (HAR
// 1.2) into a new folder, one file each, and returns their names. Secrets are
// replaced by the run's commitments first: the same value has the same
// commitment in all files.
func WriteHAR(ctx context.Context, run, dir string) ([]string, error) {
	m, err := Load(ctx, run)
	if err != nil {
		return nil, err
	}
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return nil, diapason.WithHint(fmt.Errorf("write archives to %s: it is not empty: %w", dir, diapason.ErrUsage), "name a new folder")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("write archives: %w: %w", errReason(err), diapason.ErrUsage)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("write archives: %w: %w", err, diapason.ErrIncomplete)
	}
	defer root.Close()
	var names []string
	for _, c := range m.redacted() {
		name := strings.ReplaceAll(c.ID, "/", "-") + ".har"
		if err := writeHAR(root, name, c); err != nil {
			return names, err
		}
		names = append(names, filepath.Join(dir, name))
	}
	return names, nil
}

// redacted copies the captures without their secrets. The four visits that
// identifiers are told from keep what their raw values showed.
func (m *Material) redacted() []*diapason.Capture {
	var all []*diapason.Capture
	var raw, copies [4]*diapason.Capture
	for _, c := range m.Captures {
		copied, _ := har.Redact(c, m.Settings.Salt)
		if at := slices.Index(recordingNames[:], c.ID); at >= 0 {
			raw[at], copies[at] = c, copied
		}
		all = append(all, copied)
	}
	does.Weigh(raw, copies, m.Settings.Salt)
	return all
}

func writeHAR(root *os.Root, name string, c *diapason.Capture) error {
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("write %s: %w: %w", name, errReason(err), diapason.ErrIncomplete)
	}
	if err := har.Write(f, c); err != nil {
		_ = f.Close()
		return fmt.Errorf("write %s: %w", name, err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("write %s: %w: %w", name, err, diapason.ErrIncomplete)
	}
	return nil
}
