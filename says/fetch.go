package says

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"diapason.dev/diapason"
)

// The most that is taken of one text, in bytes. A policy is a few hundred
// kilobytes at most; what is larger is cut and cannot be read to its end.
const (
	maxText = 10 << 20
	maxPDF  = 20 << 20
)

// agent is how the program names itself to a server. It does not pretend to
// be a browser.
const agent = "diapason/1 (+https://diapason.dev; reads privacy policies)"

// Fetch takes the text of a source: from a file, from standard input (the file
// "-"), or from an address through the client. An answer that is not a text of
// the policy (a refusal, a sign-in form, an empty page) is a Text all the
// same: [Read] says why it cannot be read. The error is for what could not be
// had at all; it wraps ErrUsage for a file that is not there and
// ErrIncomplete for a server that does not answer.
func Fetch(ctx context.Context, client *http.Client, s Source) (Text, error) {
	var t Text
	var err error
	switch {
	case s.File == "-":
		t, err = fromReader(os.Stdin, "standard input")
	case s.File != "":
		t, err = fromFile(s.File)
	case s.URL != "":
		t, err = fromAddress(ctx, client, s)
	default:
		err = fmt.Errorf("read document %s: it has neither an address nor a file: %w", s.ID, diapason.ErrUsage)
	}
	if err != nil {
		return Text{}, err
	}
	t.Source = s
	t.At = time.Now().UTC()
	sum := sha256.Sum256(t.Raw)
	t.SHA256 = hex.EncodeToString(sum[:])
	return t, nil
}

func fromReader(r io.Reader, name string) (Text, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxPDF+1))
	if err != nil {
		return Text{}, fmt.Errorf("read %s: %w: %w", name, err, diapason.ErrIncomplete)
	}
	return Text{Raw: raw}, nil
}

func fromFile(name string) (Text, error) {
	f, err := os.Open(name)
	if err != nil {
		why := diapason.ErrIncomplete
		if errors.Is(err, fs.ErrNotExist) {
			why = diapason.ErrUsage
		}
		return Text{}, diapason.WithHint(fmt.Errorf("read policy %s: %w: %w", name, reason(err), why), "give the path of a file with the text, or its address with https://")
	}
	defer f.Close()
	t, err := fromReader(f, "policy "+name)
	t.Mime = mimeByName[strings.ToLower(filepath.Ext(name))]
	return t, err
}

// byName gives the type of a file by its ending. The system's own table is
// not asked, because it differs from one machine to the next.
var mimeByName = map[string]string{".html": "text/html", ".htm": "text/html", ".md": "text/markdown", ".txt": "text/plain", ".pdf": "application/pdf"}

// reason leaves the path out of an error that names it already.
func reason(err error) error {
	if p := (*fs.PathError)(nil); errors.As(err, &p) {
		return p.Err
	}
	if u := (*url.Error)(nil); errors.As(err, &u) {
		return u.Err
	}
	return err
}

func fromAddress(ctx context.Context, client *http.Client, s Source) (Text, error) {
	address, accept := s.URL, "text/html, text/markdown, text/plain, application/pdf;q=0.8"
	if s.Kind == KindGPC {
		accept = "application/json"
	}
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return Text{}, diapason.WithHint(fmt.Errorf("read policy %s: not an address of the web: %w", address, diapason.ErrUsage), "write it as https://service.example/privacy")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return Text{}, fmt.Errorf("read policy %s: %w: %w", address, err, diapason.ErrUsage)
	}
	req.Header.Set("User-Agent", agent)
	req.Header.Set("Accept", accept)
	req.Header.Set("Accept-Language", "en")
	res, err := client.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return Text{}, ctx.Err()
		}
		return Text{}, diapason.WithHint(fmt.Errorf("read policy %s: %w: %w", address, reason(err), diapason.ErrIncomplete), "open the address in a browser, save the page, and give the file")
	}
	defer res.Body.Close()
	t, err := fromReader(res.Body, "policy "+address)
	t.Mime, t.Status, t.URL = res.Header.Get("Content-Type"), res.StatusCode, res.Request.URL.String()
	return t, err
}
