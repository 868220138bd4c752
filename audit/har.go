package audit

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"diapason.dev/diapason"
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
	for _, c := range m.Captures {
		name := strings.ReplaceAll(c.ID, "/", "-") + ".har"
		if err := m.writeHAR(root, name, c); err != nil {
			return names, err
		}
		names = append(names, filepath.Join(dir, name))
	}
	return names, nil
}

func (m *Material) writeHAR(root *os.Root, name string, c *diapason.Capture) error {
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("write %s: %w: %w", name, errReason(err), diapason.ErrIncomplete)
	}
	redacted, _ := har.Redact(c, m.Settings.Salt)
	if err := har.Write(f, redacted); err != nil {
		_ = f.Close()
		return fmt.Errorf("write %s: %w", name, err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("write %s: %w: %w", name, err, diapason.ErrIncomplete)
	}
	return nil
}
