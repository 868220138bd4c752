package ledger

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"diapason.dev/diapason"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// tileHeight and tileWidth are fixed by c2sp.org/tlog-tiles.
const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
)

// A head is a checkpoint whose signature was checked.
type head struct {
	size int64
	root tlog.Hash
	key  string // the verifier key that signed it
}

// readHead opens the signed checkpoint of a run folder with the key that lies
// beside it.
func readHead(dir string) (head, error) {
	key, err := os.ReadFile(filepath.Join(dir, keyFile))
	if err != nil {
		return head{}, fmt.Errorf("read key of the ledger: %w: %w", err, diapason.ErrIncomplete)
	}
	verifier, err := note.NewVerifier(strings.TrimSpace(string(key)))
	if err != nil {
		return head{}, fmt.Errorf("read key of the ledger: %w: %w", err, diapason.ErrAltered)
	}
	raw, err := os.ReadFile(filepath.Join(dir, logDir, "checkpoint"))
	if err != nil {
		return head{}, fmt.Errorf("read head of the ledger: %w: %w", err, diapason.ErrIncomplete)
	}
	n, err := note.Open(raw, note.VerifierList(verifier))
	if err != nil {
		return head{}, fmt.Errorf("check signature of the ledger's head: %w: %w", err, diapason.ErrAltered)
	}
	h, err := parseHead(n.Text)
	h.key = strings.TrimSpace(string(key))
	return h, err
}

// parseHead reads the three lines of a checkpoint (c2sp.org/tlog-checkpoint):
// origin, size, root hash.
func parseHead(text string) (head, error) {
	var h head
	lines := strings.Split(text, "\n")
	if len(lines) < 4 {
		return h, fmt.Errorf("read head of the ledger: %d lines: %w", len(lines), diapason.ErrAltered)
	}
	if _, err := fmt.Sscanf(lines[1], "%d", &h.size); err != nil || h.size < 0 {
		return h, fmt.Errorf("read head of the ledger: size %q: %w", lines[1], diapason.ErrAltered)
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return h, fmt.Errorf("read head of the ledger: root %q: %w", lines[2], diapason.ErrAltered)
	}
	h.root = root
	return h, nil
}

// tilePath is the place of tile n of a level with w of its 256 hashes; level
// -1 holds the entries.
func tilePath(level int, n int64, w int) string {
	name := fmt.Sprintf("%03d", n%1000)
	for n >= 1000 {
		n /= 1000
		name = fmt.Sprintf("x%03d/%s", n%1000, name)
	}
	dir := "entries"
	if level >= 0 {
		dir = fmt.Sprint(level)
	}
	p := path.Join("tile", dir, name)
	if w < tileWidth {
		p = fmt.Sprintf("%s.p/%d", p, w)
	}
	return p
}

// tilePaths lists every tile of a tree of the given size.
func tilePaths(size int64) []string {
	var paths []string
	for level, n := -1, size; n > 0; {
		for i := int64(0); i*tileWidth < n; i++ {
			paths = append(paths, tilePath(level, i, int(min(n-i*tileWidth, tileWidth))))
		}
		if level++; level > 0 {
			n /= tileWidth
		}
	}
	return paths
}

// readEntries reads every leaf of a tree of the given size, in order.
func readEntries(dir string, size int64) ([][]byte, error) {
	var all [][]byte
	for i := int64(0); i*tileWidth < size; i++ {
		w := int(min(size-i*tileWidth, tileWidth))
		raw, err := os.ReadFile(filepath.Join(dir, logDir, tilePath(-1, i, w)))
		if err != nil {
			return nil, fmt.Errorf("read entries of the ledger: %w: %w", err, diapason.ErrAltered)
		}
		for range w {
			if len(raw) < 2 || len(raw)-2 < int(binary.BigEndian.Uint16(raw)) {
				return nil, fmt.Errorf("read entries of the ledger: bundle %d is cut off: %w", i, diapason.ErrAltered)
			}
			n := 2 + int(binary.BigEndian.Uint16(raw))
			all = append(all, bytes.Clone(raw[2:n]))
			raw = raw[n:]
		}
		if len(raw) > 0 {
			return nil, fmt.Errorf("read entries of the ledger: bundle %d is too long: %w", i, diapason.ErrAltered)
		}
	}
	return all, nil
}

// tileFiles reads hash tiles from the folder for package tlog.
type tileFiles struct{ dir string }

// Height is the height of the tiles.
func (tileFiles) Height() int { return tileHeight }

// SaveTiles keeps nothing: the tiles are on the disk already.
func (tileFiles) SaveTiles([]tlog.Tile, [][]byte) {}

// ReadTiles reads tiles; package tlog checks them against the root.
func (t tileFiles) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		raw, err := os.ReadFile(filepath.Join(t.dir, logDir, tilePath(tile.L, tile.N, tile.W)))
		if err != nil {
			return nil, err
		}
		data[i] = raw
	}
	return data, nil
}

// checkTree proves every entry against the tiles and the root.
func checkTree(dir string, h head, entries [][]byte) error {
	if h.size == 0 {
		return nil
	}
	reader := tlog.TileHashReader(tlog.Tree{N: h.size, Hash: h.root}, tileFiles{dir})
	indexes := make([]int64, len(entries))
	for i := range entries {
		indexes[i] = tlog.StoredHashIndex(0, int64(i))
	}
	hashes, err := reader.ReadHashes(indexes)
	if err != nil {
		return fmt.Errorf("check tree of the ledger: %w: %w", err, diapason.ErrAltered)
	}
	for i, e := range entries {
		if tlog.RecordHash(e) != hashes[i] {
			return fmt.Errorf("check tree of the ledger: entry %d is not what was signed: %w", i, diapason.ErrAltered)
		}
	}
	return nil
}
