package filter

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"diapason.dev/diapason"
)

// A Source is a list that can be had from the network.
type Source struct {
	Name string // of the file that it is kept in, without .txt
	URL  string
}

// Sources are the lists that can be asked for by name. Both are published
// under GPL 3.0 or later and CC BY-SA 3.0 or later, at the person's choice.
var Sources = []Source{
	{"easylist", "https://easylist.to/easylist/easylist.txt"},
	{"easyprivacy", "https://easylist.to/easylist/easyprivacy.txt"},
}

// SourceOf reads a name of [Sources], or an address, whose last part becomes
// the name. What is neither is an ErrUsage.
func SourceOf(word string) (Source, error) {
	for _, s := range Sources {
		if s.Name == word {
			return s, nil
		}
	}
	u, err := url.Parse(word)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		var names []string
		for _, s := range Sources {
			names = append(names, s.Name)
		}
		return Source{}, diapason.WithHint(fmt.Errorf("%q is no list that has a name, and no web address: %w", word, diapason.ErrUsage),
			"names: "+strings.Join(names, ", "))
	}
	name := strings.TrimSuffix(path.Base(u.Path), ".txt")
	if strings.Trim(name, "./") == "" {
		name = u.Hostname()
	}
	return Source{Name: fileName(name), URL: word}, nil
}

// fileName keeps of a name what can stand in the name of a file anywhere.
func fileName(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 && (isWord(byte(r)) && r != '%' || r == '-' || r == '_' || r == '.') {
			return r
		}
		return '-'
	}, s)
}

// An origin is kept beside a downloaded list: the list does not know where it
// came from.
type origin struct {
	URL     string    `json:"url"`
	Fetched time.Time `json:"fetched"`
	SHA256  string    `json:"sha256"`
}

// Update fetches a list into a folder and returns it, and whether its text is
// another than the one that lay there. A list that cannot be had, or is none,
// leaves the folder as it is. The error wraps ErrIncomplete where the server
// is at fault, ErrUsage where another list has the same name.
func Update(ctx context.Context, client *http.Client, folder string, s Source) (l List, changed bool, err error) {
	file := filepath.Join(folder, s.Name+".txt")
	old, oldErr := Open(file)
	if o, known := originOf(file); oldErr == nil && (!known || o.URL != s.URL) {
		return List{}, false, diapason.WithHint(fmt.Errorf("fetch filter list %s: %s holds another list: %w", s.Name, file, diapason.ErrUsage),
			"keep it in another folder: --to FOLDER")
	}
	text, err := fetch(ctx, client, s.URL)
	if err != nil {
		return List{}, false, fmt.Errorf("fetch filter list %s: %w", s.Name, err)
	}
	l = NewList(s.Name+".txt", text)
	l.URL, l.Fetched = s.URL, time.Now().UTC().Truncate(time.Second)
	e, _, err := Load(l)
	if err != nil {
		return List{}, false, err
	}
	if c := e.Counts()[0]; c.Blocks+c.Excepts == 0 {
		return List{}, false, fmt.Errorf("fetch filter list %s: it has no rule about requests: %w", s.Name, diapason.ErrIncomplete)
	}
	return l, oldErr != nil || old.SHA256 != l.SHA256, l.save(file)
}

// maxFetch is the largest list that is fetched, in bytes. The largest ones
// that people publish have some 10 MB.
const maxFetch = 64 << 20

func fetch(ctx context.Context, client *http.Client, address string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", fmt.Errorf("not a web address: %w", diapason.ErrUsage)
	}
	req.Header.Set("User-Agent", "diapason/1 (+https://diapason.dev; updates filter lists)")
	resp, err := client.Do(req)
	if err != nil {
		var ue *url.Error // repeats the address, which may carry a key
		if errors.As(err, &ue) {
			err = ue.Err
		}
		if !errors.Is(err, diapason.ErrIncomplete) { // the gate's own refusals wrap it
			err = fmt.Errorf("%w: %w", err, diapason.ErrIncomplete)
		}
		return "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("the server answered %s: %w", resp.Status, diapason.ErrIncomplete)
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxFetch+1))
	switch {
	case err != nil:
		return "", fmt.Errorf("the answer broke off: %w: %w", err, diapason.ErrIncomplete)
	case len(text) > maxFetch:
		return "", fmt.Errorf("it is larger than %d MiB: %w", maxFetch>>20, diapason.ErrIncomplete)
	}
	return string(text), nil
}

// save writes a list and where it came from.
func (l List) save(file string) error {
	about, err := json.Marshal(origin{l.URL, l.Fetched, l.SHA256})
	if err != nil {
		return err
	}
	err = os.MkdirAll(filepath.Dir(file), 0o755)
	if err == nil {
		err = replace(file, l.Text)
	}
	if err == nil {
		err = replace(originFile(file), string(about)+"\n")
	}
	if err != nil {
		return fmt.Errorf("keep filter list %s: %w", l.Name, err)
	}
	return nil
}

// replace writes a file that is whole or stays what it was.
func replace(file, text string) error {
	f, err := os.CreateTemp(filepath.Dir(file), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails where all went well
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}

func originFile(file string) string { return strings.TrimSuffix(file, ".txt") + ".origin.json" }

// originOf reads where the list in a file came from.
func originOf(file string) (o origin, known bool) {
	raw, err := os.ReadFile(originFile(file))
	known = err == nil && json.Unmarshal(raw, &o) == nil
	return o, known
}

// from fills in where a list came from, if that is kept beside its file and is
// about this very text.
func (l *List) from(file string) {
	if o, known := originOf(file); known && o.SHA256 == l.SHA256 {
		l.URL, l.Fetched = o.URL, o.Fetched
	}
}

// Stored are the files of the lists in a folder, in the order of their names.
// A folder that is not there has none.
func Stored(folder string) []string {
	entries, _ := os.ReadDir(folder)
	var files []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".txt") {
			files = append(files, filepath.Join(folder, e.Name()))
		}
	}
	return files
}
