package presave_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"diapason.dev/diapason"
	"diapason.dev/diapason/asks/presave"
)

// masterFile writes a master key of one repeated byte.
func masterFile(t *testing.T, b byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "master")
	must(t, os.WriteFile(path, []byte(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{b}, 32))+"\n"), 0o600))
	return path
}

func readMaster(t *testing.T, b byte) presave.Master {
	t.Helper()
	m, err := presave.ReadMaster(masterFile(t, b))
	must(t, err)
	return m
}

func openRing(t *testing.T, dir string, m presave.Master, former ...presave.Master) *presave.Ring {
	t.Helper()
	r, err := presave.OpenRing(dir, m, former...)
	must(t, err)
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func TestAMasterKeyThatOthersCanReadIsRefused(t *testing.T) {
	path := masterFile(t, 1)
	for _, mode := range []os.FileMode{0o640, 0o604, 0o660, 0o644} {
		must(t, os.Chmod(path, mode))
		_, err := presave.ReadMaster(path)
		var hint *diapason.Hint
		if !errors.Is(err, diapason.ErrUsage) || !errors.As(err, &hint) || !strings.Contains(hint.Next, "chmod 600") {
			t.Errorf("mode %o: %v", mode, err)
		}
	}
	must(t, os.Chmod(path, 0o400))
	if _, err := presave.ReadMaster(path); err != nil {
		t.Errorf("mode 400: %v", err)
	}
}

func TestAMasterKeyThatIsNoneIsRefusedWithoutBeingShown(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master")
	for _, text := range []string{"", "correct-horse", base64.StdEncoding.EncodeToString(make([]byte, 16)), strings.Repeat("z", 44)} {
		must(t, os.WriteFile(path, []byte(text), 0o600))
		_, err := presave.ReadMaster(path)
		if !errors.Is(err, diapason.ErrUsage) || text != "" && strings.Contains(err.Error(), text) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := presave.ReadMaster(filepath.Dir(path)); !errors.Is(err, diapason.ErrUsage) {
		t.Errorf("a folder: %v", err)
	}
}

func TestAMasterKeyComesFromACommandToo(t *testing.T) {
	dir, path := t.TempDir(), masterFile(t, 1)
	m, err := presave.RunMaster(ctx, []string{"cat", path})
	must(t, err)
	id, err := openRing(t, dir, m).Create("low-tide")
	must(t, err)
	row := presave.Row{ID: "r", Campaign: "low-tide", URI: album, KeyID: id}
	row.SealedRefresh, err = openRing(t, dir, readMaster(t, 1)).Seal(row, "token")
	must(t, err)
	if got, err := openRing(t, dir, m).Unseal(row); err != nil || got != "token" {
		t.Fatalf("%q, %v", got, err)
	}
	for _, argv := range [][]string{nil, {"false"}, {"/no/such/command"}, {"echo", "short"}} {
		if _, err := presave.RunMaster(ctx, argv); !errors.Is(err, diapason.ErrUsage) {
			t.Errorf("%q: %v", argv, err)
		}
	}
}

func TestAMasterKeyIsChangedWithoutTouchingARow(t *testing.T) {
	dir := t.TempDir()
	first, second := readMaster(t, 1), readMaster(t, 2)
	ring := openRing(t, dir, first)
	var rows []presave.Row
	for _, campaign := range []string{"low-tide", "ebb", "flood"} {
		id, err := ring.Create(campaign)
		must(t, err)
		row := presave.Row{ID: "r", Campaign: campaign, URI: album, KeyID: id}
		row.SealedRefresh, err = ring.Seal(row, "token of "+campaign)
		must(t, err)
		rows = append(rows, row)
	}
	_, err := openRing(t, dir, second).Unseal(rows[0])
	var hint *diapason.Hint
	if !errors.As(err, &hint) {
		t.Fatalf("without the former key: %v", err)
	}
	both := openRing(t, dir, second, first)
	if n, err := both.Rewrap(); err != nil || n != 3 {
		t.Fatalf("%d keys wrapped anew, %v", n, err)
	}
	if n, err := both.Rewrap(); err != nil || n != 0 {
		t.Fatalf("again: %d keys, %v", n, err)
	}
	for _, row := range rows {
		if got, err := openRing(t, dir, second).Unseal(row); err != nil || got != "token of "+row.Campaign {
			t.Errorf("%s: %q, %v", row.Campaign, got, err)
		}
		if _, err := openRing(t, dir, first).Unseal(row); err == nil {
			t.Errorf("%s opens with the former master key", row.Campaign)
		}
	}
}

func TestKeysOfTwoCampaignsCannotBeExchangedInTheFolder(t *testing.T) {
	dir := t.TempDir()
	ring := openRing(t, dir, readMaster(t, 1))
	a, err := ring.Create("low-tide")
	must(t, err)
	b, err := ring.Create("ebb")
	must(t, err)
	text, err := os.ReadFile(filepath.Join(dir, b+".json"))
	must(t, err)
	for name, forged := range map[string]string{
		"as it is":   string(text),
		"renamed":    strings.ReplaceAll(string(text), b, a),
		"relabelled": strings.ReplaceAll(strings.ReplaceAll(string(text), b, a), `"ebb"`, `"low-tide"`),
		"cut":        string(text[:40]),
	} {
		must(t, os.WriteFile(filepath.Join(dir, a+".json"), []byte(forged), 0o600))
		if _, err := openRing(t, dir, readMaster(t, 1)).Seal(presave.Row{KeyID: a}, "token"); !errors.Is(err, diapason.ErrAltered) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if info, err := os.Stat(filepath.Join(dir, b+".json")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("a key's file: %v, %v", info, err)
	}
}

func TestTheSameTokenIsNeverSealedToTheSameBytes(t *testing.T) {
	ring := openRing(t, t.TempDir(), readMaster(t, 1))
	id, err := ring.Create("low-tide")
	must(t, err)
	seen := map[string]bool{}
	for range 1000 {
		sealed, err := ring.Seal(presave.Row{ID: "r", Campaign: "low-tide", URI: album, KeyID: id}, "token")
		must(t, err)
		if len(sealed) != 12+len("token")+16 {
			t.Fatalf("%d bytes, want a nonce of 12, the token and a tag of 16", len(sealed))
		}
		seen[string(sealed[:12])] = true
	}
	if len(seen) != 1000 {
		t.Fatalf("%d different nonces in 1000", len(seen))
	}
}
