package importer

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"strings"
	"sync"
	"testing"
)

// discoveryDocuments is the folder of the Go module that carries Google's
// discovery documents; the first test that asks downloads it.
func discoveryDocuments(t testing.TB) fs.FS {
	t.Helper()
	dir, err := GoogleModule(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return os.DirFS(dir)
}

func source(t testing.TB, name string) Source {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return Source{name, data}
}

// wholeGoogle imports every document once for the tests that look at the result.
var wholeGoogle = sync.OnceValues(func() (Result, error) {
	dir, err := GoogleModule(context.Background())
	if err != nil {
		return Result{}, err
	}
	return Google(os.DirFS(dir), Options{})
})

func sums(t *testing.T, l Ledger) {
	t.Helper()
	total := l.Imported
	for _, s := range l.Skipped {
		total += s.Count
	}
	if total != l.Read || l.Read == 0 {
		t.Errorf("%s: imported and skipped are %d together, read %d", l, total, l.Read)
	}
}

func TestAllOfGoogleIsCounted(t *testing.T) {
	r, err := wholeGoogle()
	if err != nil {
		t.Fatal(err)
	}
	l := r.Ledger
	if l.Files != 668 || l.Scopes != 539 || l.Read != 28805 || l.Several != 13684 {
		t.Errorf("%s: want 668 files, 539 scopes, 28805 methods, 13684 with several scopes", l)
	}
	sums(t, l)
}

func TestEmbeddedGoogleCatalogueIsTheImportAgain(t *testing.T) {
	r, err := Google(discoveryDocuments(t), Options{Overlay: source(t, "google-overlay.json")})
	if err != nil {
		t.Fatal(err)
	}
	sums(t, r.Ledger)
	embedded := source(t, "../catalogue/google.json")
	if !bytes.Equal(r.Catalogue, embedded.Data) {
		t.Error("asks/catalogue/google.json is not what the import writes: run go generate ./asks")
	}
}

// Every list of the embedded file must be the list of its discovery document.
func TestListsAreThoseOfTheDiscoveryDocuments(t *testing.T) {
	published := map[string]string{}
	for _, name := range []string{"gmail/v1/gmail-api.json", "drive/v3/drive-api.json", "people/v1/people-api.json"} {
		data, err := fs.ReadFile(discoveryDocuments(t), name)
		if err != nil {
			t.Fatal(err)
		}
		var doc struct {
			ServicePath string
			Resources   map[string]any
		}
		if err := json.Unmarshal(data, &doc); err != nil {
			t.Fatal(err)
		}
		published = collect(published, "/"+doc.ServicePath, doc.Resources)
	}
	if len(published) < 150 {
		t.Fatalf("only %d methods were found in the documents", len(published))
	}
	var file draft
	if err := json.Unmarshal(source(t, "../catalogue/google.json").Data, &file); err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, o := range file.Operations {
		for _, op := range append([]string{o.Op}, o.Same...) {
			want, ok := published[op]
			if !ok {
				continue
			}
			found++
			if got := strings.Join(o.Listed, " "); got != want {
				t.Errorf("%s lists %q, want %q", op, got, want)
			}
		}
	}
	if found != len(published) {
		t.Errorf("%d of %d methods are in the catalogue", found, len(published))
	}
}

// collect walks a document without the types of the importer.
func collect(into map[string]string, base string, node map[string]any) map[string]string {
	for _, v := range node {
		r, _ := v.(map[string]any)
		if r == nil {
			continue
		}
		verb, _ := r["httpMethod"].(string)
		path, _ := r["flatPath"].(string)
		if path == "" {
			path, _ = r["path"].(string)
		}
		if list, ok := r["scopes"].([]any); ok && verb != "" {
			var ids []string
			for _, s := range list {
				ids = append(ids, strings.TrimPrefix(s.(string), "https://www.googleapis.com/auth/"))
			}
			into[verb+" "+base+path] = strings.Join(sortedSet(ids), " ")
			continue
		}
		collect(into, base, r)
	}
	return into
}

func TestNamesOfARetiredAPIAreKeptAsLegacy(t *testing.T) {
	r, err := wholeGoogle()
	if err != nil {
		t.Fatal(err)
	}
	var file draft
	if err := json.Unmarshal(r.Catalogue, &file); err != nil {
		t.Fatal(err)
	}
	status := map[string]string{}
	for _, s := range file.Scopes {
		status[s.ID] = s.Status
	}
	for id, want := range map[string]string{
		"plus.profile.emails.read": "legacy", "profile.emails.read": "legacy", // only in texts of Google+
		"plus.me": "retired", "gmail.modify": "current",
		"gmail.modify.restricted": "", // in a text of an API that is offered
	} {
		if status[id] != want {
			t.Errorf("%s has status %q, want %q", id, status[id], want)
		}
	}
}
