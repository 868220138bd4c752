package audit

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/internal/blob"
	"diapason.dev/diapason/internal/ledger"
)

// A Folder is the run folder of an audit: evidence by hash, the ledger over
// it, and the reports. It is also the bundle that is handed on: what must stay
// private is kept beside it.
type Folder struct {
	Dir   string
	blobs *blob.Dir
	log   *ledger.Log
	start time.Time

	mu       sync.Mutex
	material Material
}

// createFolder makes a new run folder. The key that signs the ledger lies in
// keys and never inside the folder.
func createFolder(ctx context.Context, dir, keys string, at time.Time) (*Folder, error) {
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return nil, diapason.WithHint(fmt.Errorf("create run folder %s: it is not empty: %w", dir, diapason.ErrUsage),
			"name a new folder with --out: evidence is never overwritten")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("create run folder %s: %w (%w)", dir, errReason(err), diapason.ErrUsage)
	}
	blobs, err := blob.Open(filepath.Join(dir, "blobs"))
	if err != nil {
		return nil, err
	}
	key, err := ledger.LoadKey(keys, "diapason.local/audit")
	if err != nil {
		return nil, err
	}
	log, err := ledger.Create(ctx, dir, key)
	if err != nil {
		return nil, err
	}
	return &Folder{Dir: dir, blobs: blobs, log: log, start: at}, nil
}

// put stores one record: its bytes as a blob, its leaf in the ledger. What is
// concluded later is read back from exactly these bytes.
func (f *Folder) put(ctx context.Context, kind, name string, meta any, body []byte, e ledger.Entry) error {
	rawMeta, err := json.Marshal(meta)
	if err != nil {
		return fmt.Errorf("record %s: %w", name, err)
	}
	e.Kind = kind
	if e.At.IsZero() {
		e.At = time.Now().UTC()
	}
	e.MonoMS = time.Since(f.start).Milliseconds()
	e.Actor = Tool()
	e.Private = append(e.Private, ledger.Field{Pointer: "/name", Value: name}, ledger.Field{Pointer: "/meta", Value: json.RawMessage(rawMeta)})
	if body != nil {
		digest, _, err := f.blobs.Put(ctx, bytes.NewReader(body))
		if err != nil {
			return fmt.Errorf("record %s: %w", name, err)
		}
		e.Private = append(e.Private, ledger.Field{Pointer: "/blob/sha256", Value: digest})
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.log.Append(ctx, e); err != nil {
		return fmt.Errorf("record %s: %w", name, err)
	}
	return f.material.add(kind, name, rawMeta, body)
}

// gap records something that was not looked at.
func (f *Folder) gap(ctx context.Context, g diapason.Gap) error {
	return f.put(ctx, kindGap, "gap/"+g.What, g, nil, ledger.Entry{Mode: string(diapason.Auto)})
}

// stop records why the audit could not go on. Where a full disk is the reason,
// it is told all the same, although no record of it can be written.
func (f *Folder) stop(ctx context.Context, why error) {
	g := diapason.Gap{Channel: diapason.Does, What: "the rest of the audit", Why: diapason.Plain(why), Next: "put it right and audit again"}
	var hint *diapason.Hint
	if errors.As(why, &hint) {
		g.Next = hint.Next
	}
	if f.gap(ctx, g) == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.material.Gaps = append(f.material.Gaps, g)
}

// Finish writes the reports beside the evidence, commits to them in the last
// leaf, signs the ledger and lists every file of the folder.
func (f *Folder) Finish(ctx context.Context, files map[string][]byte) error {
	e := ledger.Entry{Kind: "run-end", Mode: string(diapason.Auto), Actor: Tool(), At: time.Now().UTC(), MonoMS: time.Since(f.start).Milliseconds()}
	for _, name := range sortedKeys(files) {
		if err := os.WriteFile(filepath.Join(f.Dir, name), files[name], 0o600); err != nil {
			return fmt.Errorf("write %s: %w (%w)", name, errReason(err), diapason.ErrIncomplete)
		}
		sum := sha256.Sum256(files[name])
		e.Private = append(e.Private, ledger.Field{Pointer: "/artefacts/" + name + "/sha256", Value: hex.EncodeToString(sum[:])})
	}
	if err := f.log.Append(ctx, e); err != nil {
		return err
	}
	if err := f.log.Close(ctx); err != nil {
		return err
	}
	return ledger.Seal(ctx, f.Dir)
}

// Load reads the recorded material of a run back from its folder.
func Load(ctx context.Context, dir string) (*Material, error) {
	if err := isRun(dir); err != nil {
		return nil, err
	}
	records, err := ledger.Records(ctx, dir)
	if err != nil {
		return nil, err
	}
	blobs, err := blob.Open(filepath.Join(dir, "blobs"))
	if err != nil {
		return nil, err
	}
	m := new(Material)
	for _, r := range records {
		if r.Kind == "run-end" {
			continue
		}
		var name, digest string
		_ = json.Unmarshal(r.Fields["/name"], &name)
		var body []byte
		if raw, ok := r.Fields["/blob/sha256"]; ok {
			if err := json.Unmarshal(raw, &digest); err != nil {
				return nil, fmt.Errorf("read record %s: %w", name, err)
			}
			if body, err = blobs.Get(ctx, digest); err != nil {
				return nil, fmt.Errorf("read record %s: %w", name, err)
			}
		}
		if err := m.add(r.Kind, name, r.Fields["/meta"], body); err != nil {
			return nil, err
		}
	}
	if m.Config == nil {
		return nil, fmt.Errorf("read run %s: it holds no configuration: %w", dir, diapason.ErrIncomplete)
	}
	return m, nil
}

// isRun refuses a folder that no audit wrote. One from which somebody took the
// ledger or the manifest away is a run, and altered.
func isRun(dir string) error {
	for _, part := range []string{"ledger", "manifest-sha256.txt"} {
		if _, err := os.Stat(filepath.Join(dir, part)); err == nil {
			return nil
		}
	}
	return diapason.WithHint(fmt.Errorf("read run %s: it has no ledger: %w", dir, diapason.ErrUsage), "name the folder that an audit wrote, the one with manifest-sha256.txt")
}

// newSalt draws the salt of a run.
func newSalt() []byte {
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails: see crypto/rand
	return salt
}
