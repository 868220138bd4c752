package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// unpacked writes a small package of the shape that npm unpacks.
func unpacked(t *testing.T, meta, entities string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "dist"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"package.json": meta, "dist/entities-nostats.json": entities, "LICENSE": "the licence"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestThePackageBecomesATableInTheOrderOfNames(t *testing.T) {
	dir := unpacked(t, `{"name":"third-party-web","version":"9.8.7","license":"MIT"}`, `[
		{"name":"Zed","company":"Zed","homepage":"https://zed.example","category":"cdn","domains":["b.zed.example","*.A.zed.example"]},
		{"name":"Adsum, Inc","company":"Group","category":"ad","domains":["*.adsum.example"]},
		{"name":"Nowhere","category":"ad","domains":[]}]`)
	out := t.TempDir()
	if err := run(dir, out); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(out, "third-party-web.csv"))
	if err != nil {
		t.Fatal(err)
	}
	want := "# third-party-web 9.8.7\nname,company,category,domains\n\"Adsum, Inc\",Group,ad,*.adsum.example\nZed,,cdn,*.a.zed.example b.zed.example\n"
	if string(got) != want {
		t.Errorf("table:\n%s\nwant:\n%s", got, want)
	}
	if licence, err := os.ReadFile(filepath.Join(out, "third-party-web.LICENSE")); err != nil || string(licence) != "the licence" {
		t.Errorf("licence %q, %v", licence, err)
	}
}

func TestAnotherPackageOrLicenceIsRefused(t *testing.T) {
	for _, meta := range []string{`{"name":"third-party-web","version":"1.0.0","license":"CC-BY-NC-4.0"}`, `{"name":"else","license":"MIT"}`} {
		if err := run(unpacked(t, meta, "[]"), t.TempDir()); err == nil || !strings.Contains(err.Error(), "expected third-party-web under MIT") {
			t.Errorf("%s: error %v", meta, err)
		}
	}
}
