package ledger

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
)

// manifestFile lists every other file with its hash, as sha256sum -c reads it.
const manifestFile = "manifest-sha256.txt"

//go:embed readme.txt
var readme []byte

// Seal writes README.txt and the manifest over every file of the run folder.
// Nothing may be written into the folder afterwards.
func Seal(ctx context.Context, dir string) error {
	if err := os.WriteFile(filepath.Join(dir, "README.txt"), readme, 0o600); err != nil {
		return failed("seal run folder", err)
	}
	sums, err := hashFiles(ctx, dir)
	if err != nil {
		return failed("seal run folder", err)
	}
	names := make([]string, 0, len(sums))
	for name := range sums {
		names = append(names, name)
	}
	sort.Strings(names)
	var b bytes.Buffer
	for _, name := range names {
		fmt.Fprintf(&b, "%s  %s\n", sums[name], name)
	}
	if err := os.WriteFile(filepath.Join(dir, manifestFile), b.Bytes(), 0o600); err != nil {
		return failed("seal run folder", err)
	}
	return nil
}

// hashFiles hashes every file below dir but the manifest, by slash path.
func hashFiles(ctx context.Context, dir string) (map[string]string, error) {
	sums := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil || rel == manifestFile {
			return err
		}
		sums[filepath.ToSlash(rel)], err = hashFile(p)
		return err
	})
	return sums, err
}

func hashFile(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
