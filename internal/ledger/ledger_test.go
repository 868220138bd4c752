package ledger_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/internal/blob"
	"diapason.dev/diapason/internal/ledger"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// sealed makes a run folder with n observations, one blob each, and a report.
func sealed(t *testing.T, n int) string {
	t.Helper()
	ctx, dir := context.Background(), filepath.Join(t.TempDir(), "run")
	key, err := ledger.LoadKey(t.TempDir(), "diapason.test/audit")
	if err != nil {
		t.Fatal(err)
	}
	log, err := ledger.Create(ctx, dir, key)
	if err != nil {
		t.Fatal(err)
	}
	blobs, err := blob.Open(filepath.Join(dir, "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	defer blobs.Close()
	for i := range n {
		digest, _, err := blobs.Put(ctx, strings.NewReader(strings.Repeat("evidence ", i+1)))
		if err != nil {
			t.Fatal(err)
		}
		append1(t, log, ledger.Entry{Kind: "visit", At: time.Unix(1e9, 0), Private: []ledger.Field{
			{Pointer: "/name", Value: "visit"}, {Pointer: "/blob/sha256", Value: digest},
		}})
	}
	report := []byte("<p>a report</p>")
	if err := os.WriteFile(filepath.Join(dir, "report.html"), report, 0o600); err != nil {
		t.Fatal(err)
	}
	append1(t, log, ledger.Entry{Kind: "run-end", At: time.Unix(1e9, 0), Private: []ledger.Field{
		{Pointer: "/artefacts/report.html/sha256", Value: hexSum(report)},
	}})
	if err := log.Close(ctx); err != nil {
		t.Fatal(err)
	}
	if err := ledger.Seal(ctx, dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

func append1(t *testing.T, log *ledger.Log, e ledger.Entry) {
	t.Helper()
	if err := log.Append(context.Background(), e); err != nil {
		t.Fatal(err)
	}
}

func files(t *testing.T, dir string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			all = append(all, p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestASealedRecordVerifies(t *testing.T) {
	for _, n := range []int{0, 1, 255, 256, 600} {
		dir := sealed(t, n)
		checks, err := ledger.Verify(context.Background(), dir)
		if err != nil {
			t.Fatalf("%d entries: %v\n%v", n, err, checks)
		}
		records, err := ledger.Records(context.Background(), dir)
		if err != nil || len(records) != n+1 {
			t.Fatalf("%d entries: read %d records, %v", n, len(records), err)
		}
		if n > 0 && string(records[0].Fields["/name"]) != `"visit"` {
			t.Fatalf("first record: %v", records[0].Fields)
		}
	}
}

func TestOneChangedByteInAnyFileIsFound(t *testing.T) {
	dir := sealed(t, 3)
	for _, file := range files(t, dir) {
		whole, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range []int{0, len(whole) / 2, len(whole) - 1} {
			changed := bytes.Clone(whole)
			changed[at] ^= 1
			if err := os.WriteFile(file, changed, 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := ledger.Verify(context.Background(), dir); !errors.Is(err, diapason.ErrAltered) {
				t.Errorf("%s, byte %d changed: verify = %v, want altered", file, at, err)
			}
		}
		if err := os.WriteFile(file, whole, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := ledger.Verify(context.Background(), dir); err != nil {
		t.Fatalf("put back as it was: %v", err)
	}
}

// A forger who also rewrites the manifest must still be caught by the ledger.
func TestAChangeIsFoundThoughTheManifestWasMadeAnew(t *testing.T) {
	dir := sealed(t, 3)
	for _, file := range files(t, dir) {
		rel, _ := filepath.Rel(dir, file)
		if rel == "manifest-sha256.txt" || rel == "README.txt" {
			continue // the one is the list itself, the other is made anew by Seal
		}
		whole, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		changed := bytes.Clone(whole)
		changed[len(changed)/2] ^= 1
		if err := os.WriteFile(file, changed, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := ledger.Seal(context.Background(), dir); err != nil {
			t.Fatal(err)
		}
		if _, err := ledger.Verify(context.Background(), dir); !errors.Is(err, diapason.ErrAltered) {
			t.Errorf("%s changed and sealed again: verify = %v, want altered", rel, err)
		}
		if err := os.WriteFile(file, whole, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAMissingAndAnAddedFileAreFound(t *testing.T) {
	dir := sealed(t, 1)
	extra := filepath.Join(dir, "blobs", "extra")
	if err := os.WriteFile(extra, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.Verify(context.Background(), dir); !errors.Is(err, diapason.ErrAltered) {
		t.Errorf("added file: %v", err)
	}
	if err := os.Remove(extra); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "report.html")); err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.Verify(context.Background(), dir); !errors.Is(err, diapason.ErrAltered) {
		t.Errorf("removed file: %v", err)
	}
}

func TestADeletedDisclosureIsARedactionAndTheRestStillVerifies(t *testing.T) {
	dir := sealed(t, 3)
	name := filepath.Join(dir, "disclosures.jsonl")
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := bytes.Cut(raw, []byte("\n"))
	if err := os.WriteFile(name, rest, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := ledger.Seal(context.Background(), dir); err != nil {
		t.Fatal(err)
	}
	checks, err := ledger.Verify(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	redacted := 0
	for _, c := range checks {
		if c.Word == ledger.Redacted {
			redacted++
		}
	}
	if redacted != 1 {
		t.Fatalf("%d entries redacted, want 1: %v", redacted, checks)
	}
}

func TestTheManifestIsCheckedByTheSystemsOwnTool(t *testing.T) {
	dir := sealed(t, 2)
	check := func() error {
		c := exec.Command("sha256sum", "--strict", "--quiet", "-c", "manifest-sha256.txt")
		c.Dir = dir
		return c.Run()
	}
	if err := check(); err != nil {
		t.Fatalf("sha256sum -c: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "report.html"), []byte("other"), 0o600); err != nil {
		t.Fatal(err)
	}
	if check() == nil {
		t.Fatal("sha256sum -c accepts a changed report")
	}
}

func TestTheWritersOwnCheckerAcceptsTheTree(t *testing.T) {
	dir := sealed(t, 300)
	vkey, err := os.ReadFile(filepath.Join(dir, "keys/log.vkey"))
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := note.NewVerifier(strings.TrimSpace(string(vkey)))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	hash := func(bundle []byte) ([][]byte, error) {
		var hashes [][]byte
		for len(bundle) > 2 {
			n := 2 + int(bundle[0])<<8 + int(bundle[1])
			h := tlog.RecordHash(bundle[2:n])
			hashes, bundle = append(hashes, h[:]), bundle[n:]
		}
		return hashes, nil
	}
	f := fsck.New(verifier.Name(), verifier, client.FileFetcher{Root: filepath.Join(dir, "ledger")}, hash, fsck.Opts{N: 4})
	if err := f.Check(ctx); err != nil {
		t.Fatal(err)
	}
}

func TestLeavesHoldNoPrivateValueAndEqualValuesCannotBeJoined(t *testing.T) {
	dir := sealed(t, 2)
	bundle, err := os.ReadFile(files(t, filepath.Join(dir, "ledger/tile/entries"))[0])
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(bundle, []byte("/name")) || bytes.Contains(bundle, []byte("sha256")) {
		t.Fatalf("a leaf tells a private field: %s", bundle)
	}
	raw, err := os.ReadFile(filepath.Join(dir, "disclosures.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for line := range strings.SplitSeq(strings.TrimSpace(string(raw)), "\n") {
		var d struct{ Disclosure string }
		if err := json.Unmarshal([]byte(line), &d); err != nil {
			t.Fatal(err)
		}
		if c := ledger.Commitment(d.Disclosure); seen[c] {
			t.Fatal("two values have the same commitment")
		} else {
			seen[c] = true
		}
	}
}

// The example of RFC 9901 (SD-JWT), section 4.2.3.
func TestCommitmentsAreThoseOfTheStandard(t *testing.T) {
	d := "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
	if got, want := ledger.Commitment(d), "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"; got != want {
		t.Fatalf("commitment = %s, want %s", got, want)
	}
}

func TestALeafThatDoesNotFitIsRefused(t *testing.T) {
	key, err := ledger.LoadKey(t.TempDir(), "diapason.test/audit")
	if err != nil {
		t.Fatal(err)
	}
	log, err := ledger.Create(context.Background(), t.TempDir(), key)
	if err != nil {
		t.Fatal(err)
	}
	if err := log.Append(context.Background(), ledger.Entry{Kind: strings.Repeat("x", 70000)}); !errors.Is(err, diapason.ErrIncomplete) {
		t.Fatalf("append = %v", err)
	}
	if err := log.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func TestABrokenKeyFileIsNamed(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "log.key"), []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.LoadKey(dir, "x"); !errors.Is(err, diapason.ErrUsage) || !strings.Contains(err.Error(), "log.key") {
		t.Fatalf("load = %v", err)
	}
}

func TestTheSigningKeyIsTheOwnersAlone(t *testing.T) {
	dir := t.TempDir()
	first, err := ledger.LoadKey(dir, "diapason.test/audit")
	if err != nil {
		t.Fatal(err)
	}
	again, err := ledger.LoadKey(dir, "diapason.test/audit")
	if err != nil || again != first {
		t.Fatalf("second load gives another key: %v", err)
	}
	info, err := os.Stat(filepath.Join(dir, "log.key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("key file: %v, %v", info, err)
	}
}

func hexSum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
