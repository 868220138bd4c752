package importer

import (
	"bytes"
	"errors"
	"path/filepath"
	"testing"
	"testing/fstest"

	"diapason.dev/diapason"
)

// fuzzed holds for every format and any bytes: an import ends in an error about
// the input, or in a file that loads and an account that sums to what was read,
// and does so again.
func fuzzed(f *testing.F, seed string, read func(Source, Options) (Result, error)) {
	if seed != "" {
		f.Add(source(f, filepath.Join("testdata", seed)).Data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		src, o := Source{"given", data}, Options{Provider: "acme", Semantics: Conditional, Date: day}
		r, err := read(src, o)
		if err != nil {
			if !errors.Is(err, diapason.ErrUsage) {
				t.Fatalf("error %v is not about the input", err)
			}
			return
		}
		total := r.Ledger.Imported
		for _, s := range r.Ledger.Skipped {
			total += s.Count
		}
		if total != r.Ledger.Read {
			t.Fatalf("%s: imported and skipped are %d together", r.Ledger, total)
		}
		if again, err := read(src, o); err != nil || !bytes.Equal(again.Catalogue, r.Catalogue) {
			t.Fatal("the same bytes do not give the same catalogue again")
		}
	})
}

func FuzzOpenAPI(f *testing.F) {
	f.Add([]byte(`{"swagger": "2.0", "host": "acme.example", "securityDefinitions": {"a": {"type": "oauth2", "authorizationUrl": "https://acme.example/a", "scopes": {"x": ""}}}, "paths": {"/a": {"get": {"security": [{"a": ["x", "y"]}, {}]}}}}`))
	f.Add([]byte("openapi: 3.0.0\npaths: &p\n  /a: {$ref: '#/paths/~1a'}\nx: [*p, *p]\n"))
	fuzzed(f, "acme.yaml", OpenAPI)
}

func FuzzGraph(f *testing.F) { fuzzed(f, "permissions.json", Graph) }

func FuzzAndroid(f *testing.F) {
	f.Add([]byte{3, 0, 8, 0})
	fuzzed(f, "AndroidManifest.xml", Android)
}

func FuzzWebExtension(f *testing.F) { fuzzed(f, "manifest.json", WebExtension) }

func FuzzGoogle(f *testing.F) {
	f.Add([]byte(`{"id": "song:v1", "title": "Song API", "revision": "20260102", "rootUrl": "https://song.example/", "servicePath": "v1/",
 "auth": {"oauth2": {"scopes": {"https://www.googleapis.com/auth/song": {}, "song.read": {}}}},
 "methods": {"list": {"id": "song.list", "httpMethod": "GET", "path": "songs", "scopes": ["song.read", "https://www.googleapis.com/auth/song"]}},
 "resources": {"tune": {"methods": {"get": {"id": "song.tune.get", "httpMethod": "GET", "flatPath": "tunes/{id}", "path": "{+name}", "scopes": ["song.read"]}, "x": {}}}}}`))
	fuzzed(f, "", func(src Source, o Options) (Result, error) {
		return Google(fstest.MapFS{
			"song-api.json": {Data: src.Data}, "api-list.json": {Data: []byte(`{"items": [{"id": "song:v1"}]}`)},
			"old-api.json": {Data: []byte(`{"id": "old:v1", "revision": "20190101", "rootUrl": "https://old.example/", "description": "The old.songs.read or songs scope is needed."}`)},
		}, o)
	})
}

func FuzzOverlay(f *testing.F) {
	acme := source(f, "testdata/acme.yaml")
	f.Add([]byte(`{"terms": {"s": {"label": "songs", "weight": 1}}, "scopes": [{"id": "songs.read", "reads": ["s"], "see": "songs"}], "operations": [{"op": "GET /me", "need": {"when": "a", "cases": [{"is": ["b"], "need": "profile"}]}}]}`))
	fuzzed(f, "", func(src Source, o Options) (Result, error) {
		o.Overlay = src
		return OpenAPI(acme, o)
	})
}
