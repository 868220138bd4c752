package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"diapason.dev/diapason"
	"diapason.dev/diapason/asks/presave/store"
)

func TestADatabaseThatIsNoneIsRefusedWithWhatToDo(t *testing.T) {
	dir := t.TempDir()
	noise := filepath.Join(dir, "noise")
	must(t, os.WriteFile(noise, []byte(strings.Repeat("not a database. ", 100)), 0o600))
	for _, where := range []string{
		filepath.Join(dir, "no", "such", "folder", "rows.db"), dir, noise,
		"postgres://user:seeded-password@127.0.0.1:1/none", "postgres://user:seeded-password@%zz/none",
	} {
		s, err := store.Open(ctx, where)
		if err == nil {
			_ = s.Close()
			t.Errorf("%s opens", where)
			continue
		}
		var hint *diapason.Hint
		if !errors.As(err, &hint) || strings.Contains(err.Error(), "seeded-password") {
			t.Errorf("%s: %v", where, err)
		}
	}
}

func TestADatabaseFileIsItsOwnersOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b?c#d%e.db") // and may have any name
	s := with(t, path, "low-tide")
	add(t, s, "low-tide", 1)
	for _, name := range []string{path, path + "-wal"} {
		info, err := os.Stat(name)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info, err)
		}
	}
}
