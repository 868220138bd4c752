package says

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"diapason.dev/diapason"
)

const short60 = "<h1>Privacy policy</h1><p>We collect your e-mail address and your name. We share your name with advertisers. We keep your personal data for 30 days."

func TestATextIsTakenFromAFileAndFromAnAddress(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/old" {
			http.Redirect(w, r, "/privacy", http.StatusFound)
			return
		}
		if !strings.Contains(r.Header.Get("User-Agent"), "diapason") || r.Header.Get("Accept-Language") != "en" {
			http.Error(w, "who are you?", http.StatusForbidden)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, short60)
	}))
	defer server.Close()
	got, err := Fetch(context.Background(), server.Client(), Source{ID: "privacy", Kind: "policy", URL: server.URL + "/old"})
	if err != nil {
		t.Fatal(err)
	}
	if got.URL != server.URL+"/privacy" || got.Status != 200 || string(got.Raw) != short60 || got.SHA256 == "" || got.At.IsZero() {
		t.Errorf("got %+v", got)
	}
	file := filepath.Join(t.TempDir(), "policy.html")
	if err := os.WriteFile(file, []byte(short60), 0o600); err != nil {
		t.Fatal(err)
	}
	same, err := Fetch(context.Background(), nil, Source{ID: "privacy", Kind: "policy", File: file})
	if err != nil || same.SHA256 != got.SHA256 {
		t.Errorf("the file gives %s, %v; the address gives %s", same.SHA256, err, got.SHA256)
	}
	doc, ps := Read(got)
	if _, fromFile := Read(same); !doc.Analysable || len(ps) == 0 || len(fromFile) != len(ps) {
		t.Errorf("read %d and %d practices; %s", len(ps), len(fromFile), doc.Why)
	}
}

func TestWhatCannotBeHadSaysWhatAndWhatToDo(t *testing.T) {
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	for _, c := range []struct {
		source Source
		wraps  error
		words  string
	}{
		{Source{ID: "privacy", File: filepath.Join(t.TempDir(), "missing.md")}, diapason.ErrUsage, "missing.md"},
		{Source{ID: "privacy", File: t.TempDir()}, diapason.ErrIncomplete, "read policy"},
		{Source{ID: "privacy", URL: "ftp://nocturne.example/privacy"}, diapason.ErrUsage, "not an address"},
		{Source{ID: "privacy", URL: closed.URL}, diapason.ErrIncomplete, "127.0.0.1"},
		{Source{ID: "privacy"}, diapason.ErrUsage, "document privacy"},
	} {
		_, err := Fetch(context.Background(), http.DefaultClient, c.source)
		if !errors.Is(err, c.wraps) || !strings.Contains(err.Error(), c.words) {
			t.Errorf("%+v: got %v, want one that wraps %v and says %q", c.source, err, c.wraps, c.words)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Fetch(ctx, http.DefaultClient, Source{URL: closed.URL}); !errors.Is(err, context.Canceled) {
		t.Errorf("a stopped fetch gives %v", err)
	}
}

// latin1 is a policy in a single-byte character set: é is one byte.
const latin1 = "<meta charset=\"iso-8859-1\"><h1>Privacy policy of Caf\xe9</h1><p>We collect your e-mail address and your personal data. We share your name with advertisers."

func TestAPageThatIsNoPolicyIsNotReadAsOneThatSaysNothing(t *testing.T) {
	french := strings.Repeat("Nous collectons vos données personnelles pour fournir le service et nous les partageons avec des partenaires. ", 12)
	for _, c := range []struct {
		name, mime, raw string
		status          int
		why             string
	}{
		{"empty", "text/html", "", 200, "empty"},
		{"refused", "text/html", short60, 403, "answered 403"},
		{"stub", "text/html", "<p>See our other page.", 200, "no policy"},
		{"no words", "text/html", "<html><body><img src=x></body></html>", 200, "no words"},
		{"scripts", "text/html", "<noscript>You need to enable JavaScript to run this app.</noscript><div id=root></div>", 200, "runs its scripts"},
		{"bot wall", "text/html", "<h1>One moment</h1><p>Verify you are human by completing the action below.", 200, "test for humans"},
		{"sign-in", "text/html", "<h1>Sign in</h1><form><input name=u><input type=password name=p></form><p>Welcome back. " + strings.Repeat("word ", 70), 200, "sign-in form"},
		{"French", "text/plain", french, 200, "not in English"},
		{"picture", "image/png", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", 200, "not a text"},
		{"broken PDF", "application/pdf", "%PDF-1.7\nnothing of a PDF follows", 200, "broken"},
		{"recipe", "text/plain", "# Onion soup\n\n" + strings.Repeat("Peel the onions and fry them in the butter for as long as it takes. ", 12), 200, "not the text of a policy"},
	} {
		doc, ps := Read(Text{Source: Source{ID: "privacy", Kind: "policy"}, Mime: c.mime, Status: c.status, Raw: []byte(c.raw)})
		if doc.Analysable || len(ps) > 0 || !strings.Contains(doc.Why, c.why) {
			t.Errorf("%s: analysable %v, %d practices, %q; want %q", c.name, doc.Analysable, len(ps), doc.Why, c.why)
		}
	}
}

func TestAnAddressThatLeadsToAnotherCompanyIsTold(t *testing.T) {
	text := Text{Source: Source{ID: "privacy", Kind: "policy", URL: "https://nocturne.example/privacy"}, URL: "https://www.parking.test/", Status: 200, Raw: []byte(short60)}
	if doc, _ := Read(text); doc.Analysable || !strings.Contains(doc.Why, "parking.test") {
		t.Errorf("analysable %v: %q", doc.Analysable, doc.Why)
	}
	text.URL = "https://legal.nocturne.example/privacy"
	if doc, _ := Read(text); !doc.Analysable {
		t.Errorf("another host of the same site: %q", doc.Why)
	}
}

func TestCharacterSetsAreDecoded(t *testing.T) {
	utf16 := []byte{0xff, 0xfe}
	for _, r := range "# Privacy policy\n\nWe collect your e-mail address and your personal data." {
		utf16 = append(utf16, byte(r), byte(r>>8))
	}
	for name, raw := range map[string][]byte{"latin1": []byte(latin1), "utf16": utf16} {
		text := Text{Source: Source{ID: "privacy", Kind: "policy"}, Raw: raw}
		doc, ps := Read(text)
		if !doc.Analysable || len(ps) == 0 {
			t.Errorf("%s: %d practices, %s", name, len(ps), doc.Why)
		}
		for _, p := range ps {
			if text.Plain()[p.Start:p.End] != p.Quote {
				t.Errorf("%s: the quote %q is not at its place", name, p.Quote)
			}
		}
		if name == "latin1" && doc.Title != "Privacy policy of Café" {
			t.Errorf("title %q", doc.Title)
		}
	}
}
