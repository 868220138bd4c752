package ledger

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"diapason.dev/diapason"
	"golang.org/x/mod/sumdb/note"
)

// A Key signs checkpoints: Ed25519, in the signed-note form (c2sp.org/signed-note).
type Key struct {
	secret string
	// Public is the verifier key that travels with every bundle.
	Public string
}

// LoadKey reads the signing key of a folder and makes one, readable by the
// owner only, when there is none. Origin names the log, a host-like name
// without spaces or plus signs.
func LoadKey(dir, origin string) (Key, error) {
	file := filepath.Join(dir, "log.key")
	raw, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return newKey(dir, file, origin)
	}
	if err != nil {
		return Key{}, fmt.Errorf("read signing key: %w: %w", err, diapason.ErrUsage)
	}
	secret, public, ok := strings.Cut(strings.TrimSpace(string(raw)), "\n")
	if _, err := note.NewSigner(secret); err != nil || !ok {
		return Key{}, diapason.WithHint(fmt.Errorf("read signing key %s: it is not a note key: %w", file, diapason.ErrUsage),
			"restore the file, or move it away: a new key then starts a new log")
	}
	return Key{secret, public}, nil
}

func newKey(dir, file, origin string) (Key, error) {
	secret, public, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		return Key{}, fmt.Errorf("make signing key: %w: %w", err, diapason.ErrUsage)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return Key{}, fmt.Errorf("make signing key: %w: %w", err, diapason.ErrUsage)
	}
	if err := os.WriteFile(file, []byte(secret+"\n"+public+"\n"), 0o600); err != nil {
		return Key{}, fmt.Errorf("keep signing key: %w: %w", err, diapason.ErrUsage)
	}
	return Key{secret, public}, nil
}
