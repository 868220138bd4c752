package blob_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason"
	"diapason.dev/diapason/internal/blob"
)

func open(t *testing.T) (*blob.Dir, string) {
	t.Helper()
	dir := t.TempDir()
	d, err := blob.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d, dir
}

func TestABlobIsNamedByItsHashAndReadBackWhole(t *testing.T) {
	d, dir := open(t)
	ctx := context.Background()
	digest, size, err := d.Put(ctx, strings.NewReader("abc"))
	if err != nil {
		t.Fatal(err)
	}
	// FIPS 180-2, appendix B.1: SHA-256 of "abc".
	if want := "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"; digest != want || size != 3 {
		t.Fatalf("put = %s, %d; want %s, 3", digest, size, want)
	}
	got, err := d.Get(ctx, digest)
	if err != nil || string(got) != "abc" {
		t.Fatalf("get = %q, %v", got, err)
	}
	again, _, err := d.Put(ctx, strings.NewReader("abc"))
	if err != nil || again != digest {
		t.Fatalf("second put = %s, %v", again, err)
	}
	if all, err := d.List(); err != nil || !slices.Equal(all, []string{digest}) {
		t.Fatalf("list = %v, %v; want one blob", all, err)
	}
	info, err := os.Stat(filepath.Join(dir, "sha256", digest[:2], digest))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("file = %v, %v; want mode 0600", info, err)
	}
}

func TestAChangedBlobIsRefused(t *testing.T) {
	d, dir := open(t)
	ctx := context.Background()
	digest, _, err := d.Put(ctx, strings.NewReader("abc"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "sha256", digest[:2], digest), []byte("abd"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Get(ctx, digest); !errors.Is(err, diapason.ErrAltered) {
		t.Fatalf("get of a changed blob = %v, want altered", err)
	}
}

func TestNoNameLeavesTheFolder(t *testing.T) {
	d, _ := open(t)
	for _, name := range []string{"", "..", "../../etc/passwd", strings.Repeat("z", 64), strings.Repeat("ab", 31)} {
		if _, err := d.Get(context.Background(), name); err == nil {
			t.Errorf("get %q succeeded", name)
		}
	}
}

// brokenReader stands for a source that ends early.
type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errors.New("source broke") }

func TestABrokenSourceLeavesNothingBehind(t *testing.T) {
	d, dir := open(t)
	if _, _, err := d.Put(context.Background(), brokenReader{}); err == nil {
		t.Fatal("put of a broken source succeeded")
	}
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := d.Put(cancelled, bytes.NewReader(make([]byte, 1<<20))); !errors.Is(err, context.Canceled) {
		t.Fatalf("put after cancel = %v", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Fatalf("left behind: %v, %v", left, err)
	}
}
