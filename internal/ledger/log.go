package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"diapason.dev/diapason"
	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/mod/sumdb/note"
	"k8s.io/klog/v2"
)

// The files of a run folder that the ledger owns.
const (
	logDir          = "ledger"
	disclosuresFile = "disclosures.jsonl"
	keyFile         = "keys/log.vkey"
)

// flush is how often entries are gathered into tiles and a new head is signed,
// at least: short, so that a crash loses little.
const flush = 100 * time.Millisecond

// A Log is a ledger that is being written.
type Log struct {
	dir      string
	appender *tessera.Appender
	await    *tessera.PublicationAwaiter
	shutdown func(context.Context) error
	stop     context.CancelFunc

	mu          sync.Mutex
	disclosures *os.File
	last        tessera.IndexFuture
}

// Create starts a new ledger in the run folder dir.
func Create(ctx context.Context, dir string, key Key) (*Log, error) {
	quiet()
	signer, err := note.NewSigner(key.secret)
	if err != nil {
		return nil, fmt.Errorf("create ledger: %w: %w", err, diapason.ErrUsage)
	}
	if err := os.MkdirAll(filepath.Join(dir, "keys"), 0o700); err != nil {
		return nil, failed("create ledger", err)
	}
	if err := os.WriteFile(filepath.Join(dir, keyFile), []byte(key.Public+"\n"), 0o600); err != nil {
		return nil, failed("create ledger", err)
	}
	disclosures, err := os.OpenFile(filepath.Join(dir, disclosuresFile), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, failed("create ledger", err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	l := &Log{dir: dir, disclosures: disclosures, stop: stop}
	if err := l.open(ctx, signer); err != nil {
		stop()
		return nil, errors.Join(failed("create ledger", err), disclosures.Close())
	}
	return l, nil
}

func (l *Log) open(ctx context.Context, signer note.Signer) error {
	driver, err := posix.New(ctx, posix.Config{Path: filepath.Join(l.dir, logDir)})
	if err != nil {
		return err
	}
	options := tessera.NewAppendOptions().WithCheckpointSigner(signer).WithBatching(64, flush).WithCheckpointInterval(flush)
	appender, shutdown, reader, err := tessera.NewAppender(ctx, driver, options)
	if err != nil {
		return err
	}
	l.appender, l.shutdown = appender, shutdown
	l.await = tessera.NewPublicationAwaiter(ctx, reader.ReadCheckpoint, flush/4)
	return nil
}

// Append adds one entry. Its disclosures are on the disk before its leaf is in
// the tree; the leaf is covered by a signed head soon after, at the latest
// when the log is closed.
func (l *Log) Append(ctx context.Context, e Entry) error {
	leaf, disclosures, err := e.leaf()
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, d := range disclosures {
		line, err := json.Marshal(disclosureLine{d})
		if err != nil {
			return failed("append to ledger", err)
		}
		if _, err := l.disclosures.Write(append(line, '\n')); err != nil {
			return failed("append to ledger", err)
		}
	}
	l.last = l.appender.Add(ctx, tessera.NewEntry(leaf))
	return nil
}

// disclosureLine is a line of disclosures.jsonl. A disclosure finds its leaf
// by its commitment.
type disclosureLine struct {
	Disclosure string `json:"disclosure"`
}

// Close waits until a signed head covers every entry, and ends the log.
func (l *Log) Close(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.stop()
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var err error
	if l.last != nil {
		_, _, err = l.await.Await(ctx, l.last)
	}
	err = errors.Join(err, l.shutdown(ctx), l.disclosures.Sync(), l.disclosures.Close())
	if err != nil {
		return failed("close ledger", err)
	}
	return l.tidy()
}

// removeAll removes a folder. The writer's last task may still put a file there
// after it was told to stop, so that it is tried for two seconds.
func removeAll(dir string) (err error) {
	for range 40 {
		if err = os.RemoveAll(dir); err == nil {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return err
}

// tidy removes what the final head does not refer to: the writer's own state,
// and partial tiles of earlier heads.
func (l *Log) tidy() error {
	root := filepath.Join(l.dir, logDir)
	if err := removeAll(filepath.Join(root, ".state")); err != nil {
		return failed("close ledger", err)
	}
	h, err := readHead(l.dir)
	if err != nil {
		return err
	}
	needed := map[string]bool{"checkpoint": true}
	for _, p := range tilePaths(h.size) {
		needed[p] = true
	}
	err = filepath.WalkDir(root, func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err == nil && !needed[filepath.ToSlash(rel)] {
			err = os.Remove(p)
		}
		return err
	})
	if err != nil {
		return failed("close ledger", err)
	}
	return nil
}

func failed(what string, err error) error {
	return diapason.WithHint(fmt.Errorf("%s: %w: %w", what, err, diapason.ErrIncomplete), "make room on the disk, or write the run elsewhere with --out")
}

// quiet keeps the writer's own log lines off the terminal: what goes wrong
// comes back as an error.
var quiet = sync.OnceFunc(func() {
	var set flag.FlagSet
	klog.InitFlags(&set)
	_ = set.Parse(strings.Fields("-logtostderr=false -alsologtostderr=false -stderrthreshold=FATAL"))
	klog.SetOutput(io.Discard)
})
