package browse

import (
	"cmp"
	"context"
	_ "embed"
	"slices"
	"time"

	"diapason.dev/diapason"
)

// readStores walks the storage of one frame: web storage, IndexedDB,
// CacheStorage, the private file system, storage buckets and service workers.
// It only reads.
//
//go:embed stores.js
var readStores string

// storageMissed counts frames whose storage could not be read.
const storageMissed = "frames whose storage was not read"

// storeTime is how long the storage of one frame may take to read.
const storeTime = 8 * time.Second

// readAll reads the storage of every frame of every tab. What was read
// earlier of the same origin is replaced; of an origin that is no longer
// there, the last reading stays.
func (w *walk) readAll(ctx context.Context) {
	w.mu.Lock()
	var sessions []string
	for s, t := range w.targets {
		if t.kind == "page" || t.kind == "iframe" {
			sessions = append(sessions, s)
		}
	}
	w.mu.Unlock()
	slices.SortFunc(sessions, func(a, b string) int { // the tab first
		return cmp.Or(-cmp.Compare(b2i(a == w.main), b2i(b == w.main)), cmp.Compare(a, b))
	})
	left := maxFrames
	for _, s := range sessions {
		var tree struct{ FrameTree frameTree }
		if err := w.conn.Call(ctx, s, "Page.getFrameTree", nil, &tree); err != nil {
			continue // gone meanwhile
		}
		seen := map[string]bool{}
		for _, f := range tree.FrameTree.list(nil) {
			if seen[f.SecurityOrigin] || f.SecurityOrigin == "" || f.SecurityOrigin == "://" {
				continue
			}
			seen[f.SecurityOrigin] = true
			if left--; left < 0 {
				w.cutOff(storageMissed)
				continue
			}
			w.readFrame(ctx, s, f.ID)
		}
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

type frameTree struct {
	Frame struct {
		ID             string `json:"id"`
		SecurityOrigin string `json:"securityOrigin"`
	} `json:"frame"`
	Children []frameTree `json:"childFrames"`
}

type wireFrameInfo = struct {
	ID             string `json:"id"`
	SecurityOrigin string `json:"securityOrigin"`
}

func (t frameTree) list(out []wireFrameInfo) []wireFrameInfo {
	out = append(out, t.Frame)
	for _, c := range t.Children {
		out = c.list(out)
	}
	return out
}

func (w *walk) readFrame(ctx context.Context, session, frameID string) {
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	var r struct {
		Origin  string                `json:"origin"`
		Entries []diapason.StoreEntry `json:"entries"`
		Cut     int                   `json:"cut"`
	}
	if err := w.evaluate(ctx, session, frameID, readStores, &r); err != nil {
		if ctx.Err() != nil {
			w.cutOff(storageMissed)
		}
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if r.Cut > 0 {
		w.cut["storage entries"] += r.Cut
	}
	if len(r.Entries) == 0 && len(w.stores[r.Origin]) > 0 && session != w.main {
		return // the same origin in another frame, with a partition of its own
	}
	w.stores[r.Origin] = r.Entries
}

// cutOff counts what was left out.
func (w *walk) cutOff(what string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut[what]++
}
