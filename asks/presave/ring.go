package presave

import (
	"crypto/cipher"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"

	"diapason.dev/diapason"
)

// A Ring is a folder of the campaigns' keys, each wrapped by the master key in
// a file of its own.
//
// It is not in the database, so that the database's backups hold no key: once
// a key is destroyed they are unreadable too. Whoever backs up the folder must
// let those copies go within the same week.
type Ring struct {
	dir     *os.Root
	masters []Master // the first wraps, all unwrap

	mu   sync.Mutex
	open map[string]cipher.AEAD // by key id
}

// wrapped is what a file of the ring holds.
type wrapped struct {
	Campaign string `json:"campaign"`
	Key      string `json:"key"`
	Master   string `json:"master"`
	Wrapped  []byte `json:"wrapped"`
}

// OpenRing opens the folder and makes it if it does not exist. Keys are
// wrapped by master; while it is changed, the former one still unwraps.
func OpenRing(dir string, master Master, former ...Master) (*Ring, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open keys: %w: %w", err, diapason.ErrUsage)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open keys: %w: %w", err, diapason.ErrUsage)
	}
	return &Ring{dir: root, masters: append([]Master{master}, former...), open: map[string]cipher.AEAD{}}, nil
}

// Close lets go of the folder.
func (r *Ring) Close() error { return r.dir.Close() }

// Create makes a key for a campaign and returns its id.
func (r *Ring) Create(campaign string) (string, error) {
	id, key := randomID(), newKey()
	if err := r.write(wrapped{Campaign: campaign, Key: id}, key); err != nil {
		return "", err
	}
	return id, nil
}

// Seal encrypts a refresh token for row, whose KeyID must be set. What comes
// out opens only for a row of the same id, campaign, URI and key: neither a
// token nor a release can be swapped in the database.
func (r *Ring) Seal(row Row, refresh string) ([]byte, error) {
	aead, err := r.key(row.KeyID)
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, nil, []byte(refresh), bound(row.ID, row.Campaign, row.URI, row.KeyID)), nil
}

// Unseal decrypts the refresh token of a row.
func (r *Ring) Unseal(row Row) (string, error) {
	aead, err := r.key(row.KeyID)
	if err != nil {
		return "", err
	}
	refresh, err := aead.Open(nil, nil, row.SealedRefresh, bound(row.ID, row.Campaign, row.URI, row.KeyID))
	if err != nil {
		return "", fmt.Errorf("row %s: sealed for another row, campaign or release: %w", row.ID, diapason.ErrAltered)
	}
	return string(refresh), nil
}

// Destroy deletes a key. Nothing that it sealed opens any more, in no copy of
// the database.
func (r *Ring) Destroy(id string) error {
	r.mu.Lock()
	delete(r.open, id)
	r.mu.Unlock()
	name := keyFile(id)
	if f, err := r.dir.OpenFile(name, os.O_WRONLY, 0); err == nil {
		// The file system may keep the old bytes all the same: they are
		// wrapped.
		_, werr := f.Write(make([]byte, 512))
		if err := errors.Join(werr, f.Sync(), f.Close()); err != nil {
			return fmt.Errorf("destroy key %s: %w", id, err)
		}
	}
	if err := r.dir.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("destroy key %s: %w", id, err)
	}
	return nil
}

// Rewrap wraps every key anew that the first master did not wrap, and tells
// how many. What they sealed stays as it is. It can be interrupted and
// repeated.
func (r *Ring) Rewrap() (int, error) {
	ids, err := r.Keys()
	if err != nil {
		return 0, err
	}
	n := 0
	for _, id := range ids {
		w, key, err := r.read(id)
		if err != nil {
			return n, err
		}
		if w.Master == r.masters[0].id {
			continue
		}
		if err := r.write(w, key); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// Keys are the ids of all keys, in order.
func (r *Ring) Keys() ([]string, error) {
	files, err := fs.ReadDir(r.dir.FS(), ".")
	if err != nil {
		return nil, fmt.Errorf("read keys: %w", err)
	}
	var ids []string
	for _, f := range files {
		if id, ok := strings.CutSuffix(f.Name(), ".json"); ok {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

func (r *Ring) key(id string) (cipher.AEAD, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if aead, ok := r.open[id]; ok {
		return aead, nil
	}
	_, key, err := r.read(id)
	if err != nil {
		return nil, err
	}
	r.open[id] = newAEAD(key)
	return r.open[id], nil
}

func (r *Ring) read(id string) (wrapped, []byte, error) {
	var w wrapped
	text, err := r.dir.ReadFile(keyFile(id))
	if errors.Is(err, fs.ErrNotExist) {
		return w, nil, fmt.Errorf("key %s: %w", id, ErrKey)
	}
	if err != nil {
		return w, nil, fmt.Errorf("key %s: %w", id, err)
	}
	if err := json.Unmarshal(text, &w); err != nil || w.Key != id {
		return w, nil, fmt.Errorf("key %s: its file is not what was written: %w", id, diapason.ErrAltered)
	}
	for _, m := range r.masters {
		if m.id != w.Master {
			continue
		}
		key, err := m.aead.Open(nil, nil, w.Wrapped, bound(w.Campaign, w.Key))
		if err != nil {
			return w, nil, fmt.Errorf("key %s: its file is not what was written: %w", id, diapason.ErrAltered)
		}
		return w, key, nil
	}
	return w, nil, diapason.WithHint(
		fmt.Errorf("key %s: wrapped by master key %s, which was not given: %w", id, w.Master, diapason.ErrUsage),
		"give that master key as the former one")
}

// write wraps key and puts the file in place whole or not at all.
func (r *Ring) write(w wrapped, key []byte) error {
	w.Master = r.masters[0].id
	w.Wrapped = r.masters[0].aead.Seal(nil, nil, key, bound(w.Campaign, w.Key))
	text, err := json.Marshal(w)
	if err != nil {
		return fmt.Errorf("key %s: %w", w.Key, err)
	}
	temp := "tmp-" + randomID()
	f, err := r.dir.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("key %s: %w", w.Key, err)
	}
	_, werr := f.Write(text)
	err = errors.Join(werr, f.Sync(), f.Close())
	if err == nil {
		err = r.dir.Rename(temp, keyFile(w.Key))
	}
	if err != nil {
		_ = r.dir.Remove(temp)
		return fmt.Errorf("key %s: %w", w.Key, err)
	}
	return r.sync()
}

// sync makes the folder's new name outlive a power cut.
func (r *Ring) sync() error {
	d, err := r.dir.Open(".")
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	return nil
}

// keyFile is a key's name in the folder.
func keyFile(id string) string { return id + ".json" }

// bound joins values to what GCM authenticates beside the secret, each after
// its length so that no two lists are the same bytes.
func bound(values ...string) []byte {
	var b []byte
	for _, v := range values {
		b = binary.BigEndian.AppendUint32(b, uint32(len(v)))
		b = append(b, v...)
	}
	return b
}
