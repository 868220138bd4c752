package importer

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// BenchmarkGoogleImport prints what all of Google's discovery documents hold,
// how much processor time they take to import, the check of the resulting file included, and
// how many times as much as only finding out that the same bytes are JSON (the floor).
func BenchmarkGoogleImport(b *testing.B) {
	dir, err := GoogleModule(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	docs := os.DirFS(dir)
	var importing, scanning time.Duration
	var r Result
	for b.Loop() {
		start := processTime(b)
		if r, err = Google(docs, Options{}); err != nil {
			b.Fatal(err)
		}
		middle := processTime(b)
		scanJSON(b, docs)
		importing, scanning = importing+middle-start, scanning+processTime(b)-middle
	}
	b.ReportMetric(float64(r.Ledger.Files), "files")
	b.ReportMetric(float64(r.Ledger.Scopes), "scopes")
	b.ReportMetric(float64(r.Ledger.Read), "methods")
	b.ReportMetric(float64(r.Ledger.Several), "with-several-scopes")
	b.ReportMetric(importing.Seconds()/float64(b.N), "s/import")
	b.ReportMetric(importing.Seconds()/scanning.Seconds(), "x-of-json.Valid")
}

// processTime is the processor time of this process so far, which a busy
// machine does not change much.
func processTime(b *testing.B) time.Duration {
	var used unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Nano())
}

func scanJSON(b *testing.B, docs fs.FS) {
	err := fs.WalkDir(docs, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, "-api.json") {
			return err
		}
		data, err := fs.ReadFile(docs, path)
		if err == nil && !json.Valid(data) {
			err = fmt.Errorf("%s is no JSON", path)
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
}

// BenchmarkGraphImport prints how long a generated permissions.json of the size
// of Microsoft Graph's takes (917 permissions), and how many times as long as
// only finding out that the same bytes are JSON (the floor).
func BenchmarkGraphImport(b *testing.B) {
	const permissions, paths = 917, 24
	var text strings.Builder
	text.WriteString(`{"permissions": {`)
	for i := range permissions {
		if i > 0 {
			text.WriteString(",\n")
		}
		fmt.Fprintf(&text, `"Area%d.%s": {"schemes": {"DelegatedWork": {"privilegeLevel": %d}, "Application": {"requiresAdminConsent": true, "privilegeLevel": 4}}, "pathSets": [{"schemeKeys": ["DelegatedWork", "Application"], "methods": ["GET", "PATCH"], "paths": {`,
			i/3, []string{"Read", "ReadWrite", "Read.All"}[i%3], 1+i%4)
		for p := range paths {
			fmt.Fprintf(&text, `%s"/area%d/{id}/parts%d": "least=DelegatedWork"`, []string{"", ", "}[min(p, 1)], i/3, p)
		}
		text.WriteString("}}]}")
	}
	text.WriteString("}}\n")
	src := Source{"permissions.json", []byte(text.String())}
	var importing, scanning time.Duration
	for b.Loop() {
		start := processTime(b)
		if _, err := Graph(src, Options{Date: day}); err != nil {
			b.Fatal(err)
		}
		middle := processTime(b)
		if !json.Valid(src.Data) {
			b.Fatal("the generated file is no JSON")
		}
		importing, scanning = importing+middle-start, scanning+processTime(b)-middle
	}
	b.ReportMetric(float64(len(src.Data))/1e6, "MB")
	b.ReportMetric(importing.Seconds()*1000/float64(b.N), "import-ms")
	b.ReportMetric(importing.Seconds()/scanning.Seconds(), "x-of-json.Valid")
}
