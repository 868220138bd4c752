package browse

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"time"

	"diapason.dev/diapason"
)

// programs are the names under which a Chromium is found on the path.
var programs = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}

// wrapped are the binaries that distributions hide behind a shell script. The
// scripts add switches of their own (Debian's turns link pings off), so the
// binary itself is started.
var wrapped = []string{
	"/usr/lib/chromium/chromium",
	"/usr/lib/chromium-browser/chromium-browser",
	"/usr/lib64/chromium-browser/chromium-browser",
	"/opt/google/chrome/chrome",
}

// A binary is one browser program.
type binary struct {
	path    string
	product string // "Chromium/156.0.8078.79"
	major   string // "156"
	hash    func() string
}

// binaries remembers what is known of each program for the life of this
// process: hashing 300 MB for every visit would take longer than the visit.
var binaries struct {
	sync.Mutex
	known map[string]*binary
}

// find looks for the browser's binary and asks for its version.
func find(ctx context.Context, path string) (*binary, error) {
	path, err := locate(path)
	if err != nil {
		return nil, err
	}
	binaries.Lock()
	defer binaries.Unlock()
	if b := binaries.known[path]; b != nil {
		return b, nil
	}
	b := &binary{path: path}
	if err := b.identify(ctx); err != nil {
		return nil, err
	}
	done := make(chan string, 1)
	go func() { done <- hashFile(path) }() // beside the first visit
	b.hash = sync.OnceValue(func() string { return <-done })
	if binaries.known == nil {
		binaries.known = map[string]*binary{}
	}
	binaries.known[path] = b
	return b, nil
}

// locate turns what the operator gave, or nothing, into the path of a real binary.
func locate(path string) (string, error) {
	names := programs
	if path != "" {
		names = []string{path}
	}
	for _, name := range names {
		found, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		return unwrap(found), nil
	}
	err := errors.New("no Chromium or Chrome is on the path")
	if path != "" {
		err = fmt.Errorf("%q is no program", path)
	}
	return "", diapason.WithHint(fmt.Errorf("find browser: %w: %w", err, diapason.ErrNoBrowser), "install Chromium (apt-get install chromium), or give the path of one with --chromium")
}

// unwrap finds the binary behind a start script; a script that is not known is kept.
func unwrap(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	script, err := scriptText(path)
	if err != nil || script == "" {
		return path
	}
	beside := []string{filepath.Join(filepath.Dir(path), "chrome"), filepath.Join(filepath.Dir(path), "chromium")}
	for _, w := range append(beside, wrapped...) {
		named := strings.Contains(script, filepath.Base(w)) || strings.Contains(script, "$APPNAME")
		if w != path && named && isProgram(w) {
			return w
		}
	}
	return path
}

// scriptText is the text of a script, and empty for a binary.
func scriptText(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, 64<<10))
	if err != nil || !bytes.HasPrefix(b, []byte("#!")) {
		return "", err
	}
	return string(b), nil
}

func isProgram(path string) bool {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Mode()&0o111 == 0 {
		return false
	}
	text, err := scriptText(path)
	return err == nil && text == ""
}

var versionWords = regexp.MustCompile(`([A-Za-z ]*[A-Za-z])\s+((\d+)(?:\.\d+)+)`)

// identify asks the program for its version.
func (b *binary) identify(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, b.path, "--version").Output()
	if err == nil {
		if m := versionWords.FindSubmatch(out); m != nil {
			b.product, b.major = string(m[1])+"/"+string(m[2]), string(m[3])
			return nil
		}
		err = errors.New("it does not tell a version")
	}
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return diapason.WithHint(fmt.Errorf("ask %s for its version: %w: %w", b.path, err, diapason.ErrNoBrowser), "give the path of a Chromium or Chrome with --chromium")
}

// agent is what an ordinary browser of this version calls itself: a headless
// one would tell every page that it is no visitor.
func (b *binary) agent() string {
	system := "X11; Linux x86_64"
	if runtime.GOOS == "darwin" {
		system = "Macintosh; Intel Mac OS X 10_15_7"
	}
	return b.agentOn(system)
}

// agentOn is what it would call itself on another system.
func (b *binary) agentOn(system string) string {
	return "Mozilla/5.0 (" + system + ") AppleWebKit/537.36 (KHTML, like Gecko) Chrome/" + b.major + ".0.0.0 Safari/537.36"
}

// hashFile is a file's SHA-256 in hex, empty when it cannot be read.
func hashFile(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return ""
	}
	return hex.EncodeToString(sum.Sum(nil))
}
