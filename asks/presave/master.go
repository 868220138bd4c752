package presave

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"

	"diapason.dev/diapason"
)

// A Master wraps the keys of campaigns. It never is in the database, in an
// argument of a command or in the environment.
type Master struct {
	id   string
	aead cipher.AEAD
}

// masterSize is that of an AES-256 key, in bytes.
const masterSize = 32

// masterHint says how to make what [ReadMaster] expects.
const masterHint = "make one with: (umask 077; openssl rand -base64 32 > FILE)"

// ReadMaster reads a master key from a file: 32 bytes in base64. The file must
// be readable by its owner only.
func ReadMaster(path string) (Master, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Master{}, diapason.WithHint(fmt.Errorf("master key: %w: %w", err, diapason.ErrUsage), masterHint)
	}
	if !info.Mode().IsRegular() || info.Mode().Perm()&0o077 != 0 {
		return Master{}, diapason.WithHint(
			fmt.Errorf("master key %s: mode is %v, expected a file of mode 0600: %w", path, info.Mode(), diapason.ErrUsage),
			"chmod 600 "+path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return Master{}, fmt.Errorf("master key: %w: %w", err, diapason.ErrUsage)
	}
	return newMaster(path, text)
}

// RunMaster runs a command, of a key store for example, and reads a master key
// from its standard output: 32 bytes in base64.
func RunMaster(ctx context.Context, argv []string) (Master, error) {
	if len(argv) == 0 {
		return Master{}, fmt.Errorf("master key: empty command: %w", diapason.ErrUsage)
	}
	text, err := exec.CommandContext(ctx, argv[0], argv[1:]...).Output()
	if err != nil {
		return Master{}, fmt.Errorf("master key: run %s: %w: %w", argv[0], err, diapason.ErrUsage)
	}
	return newMaster("output of "+argv[0], text)
}

func newMaster(from string, text []byte) (Master, error) {
	key, err := base64.StdEncoding.DecodeString(string(bytes.TrimSpace(text)))
	if err != nil || len(key) != masterSize {
		return Master{}, diapason.WithHint(fmt.Errorf("master key: %s: expected 32 bytes in base64: %w", from, diapason.ErrUsage), masterHint)
	}
	sum := sha256.Sum256(append([]byte("diapason presave master\x00"), key...))
	return Master{hex.EncodeToString(sum[:8]), newAEAD(key)}, nil
}

// newAEAD is AES-256-GCM. Its nonces are random, so a key seals fewer than
// 2^32 times (NIST SP 800-38D section 8.3).
func newAEAD(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // the size of key is fixed
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err)
	}
	return aead
}

// newKey is a random AES-256 key.
func newKey() []byte {
	key := make([]byte, masterSize)
	_, _ = rand.Read(key) // never fails: crypto/rand
	return key
}
