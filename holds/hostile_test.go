package holds

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"diapason.dev/diapason"
	"diapason.dev/diapason/internal/archive"
	"diapason.dev/diapason/lab/export"
)

func TestASyntaxErrorCostsTheRestOfItsMember(t *testing.T) {
	for _, c := range []struct{ name, content, why string }{
		{"cut off", list(play(), play())[:400], "ends too early"},
		{"a stray word", "[" + play() + ", oops]", "not valid JSON"},
		{"text after the end", list(play()) + `{"more": 1}`, "follows the end"},
		{"a text of three MiB", "[" + play() + `, {"ts": "` + noise(3<<20) + `"}]`, "longer than 1 MiB"},
		{"a number of three MiB", "[" + play() + ", " + strings.Repeat("1234567890", 300_000) + "]", "longer than 1 MiB"},
		{"a hundred lists in lists", "[" + play() + ", " + strings.Repeat("[", 100) + strings.Repeat("]", 100) + "]", "64 deep"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			os.WriteFile(filepath.Join(dir, "a.json"), []byte(c.content), 0o600)
			os.WriteFile(filepath.Join(dir, "b.json"), []byte(list(play("ms_played", "5"))), 0o600)
			r := mustRead(t, dir)
			a := r.Export.Ledger.Members[0]
			if !strings.Contains(a.Why, c.why) || !strings.Contains(a.Why, "at byte ") || a.Read != a.Kept+a.Malformed || a.Kept != 1 {
				t.Errorf("%+v, want %q", a, c.why)
			}
			if r.Export.Plays != 2 {
				t.Errorf("%d plays: the other member was not read", r.Export.Plays)
			}
			if len(r.Gaps) == 0 || r.Gaps[0].Minor || !strings.Contains(r.Gaps[0].What, "a.json") || r.Gaps[0].Next == "" {
				t.Errorf("gaps %+v", r.Gaps)
			}
			if c.name != "text after the end" && a.Unread <= 0 {
				t.Errorf("unread %d of %d bytes", a.Unread, a.Bytes)
			}
		})
	}
}

// noise is text that does not pack well.
func noise(n int) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, "%x", uint32(i)*2654435761)
	}
	return b.String()[:n]
}

func TestAByteOrderMarkIsNoError(t *testing.T) {
	r := mustRead(t, packed(t, historyName, "\ufeff"+list(play())))
	if r.Export.Plays != 1 || len(r.Gaps) > 0 {
		t.Errorf("%d plays, gaps %v", r.Export.Plays, r.Gaps)
	}
}

func TestManyMalformedRecordsAreAGapAndFewAreNot(t *testing.T) {
	for malformed, want := range map[int]bool{0: false, 4: false, 5: true} {
		path, _ := written(t, export.Options{Plays: 200, Malformed: malformed, Clean: true})
		if r := mustRead(t, path); (len(r.Gaps) > 0) != want || r.Export.Ledger.Malformed != int64(malformed) {
			t.Errorf("%d of %d malformed: gaps %v", malformed, r.Export.Ledger.Read, r.Gaps)
		}
	}
}

func TestAMemberThatCouldDoHarmIsAGap(t *testing.T) {
	r := mustRead(t, packed(t, "../evil.json", "[666]", historyName, list(play())))
	if r.Export.Plays != 1 || len(r.Gaps) != 1 || !strings.Contains(r.Gaps[0].Why, "leads out of the archive") || r.Gaps[0].Next == "" {
		t.Errorf("%d plays, gaps %+v", r.Export.Plays, r.Gaps)
	}
	if l := r.Export.Ledger; l.UnreadBytes == 0 || len(l.Members) != 2 {
		t.Errorf("ledger %+v", l)
	}
}

func TestAnExportThatCannotBeReadSaysWhatToDo(t *testing.T) {
	whole, err := os.ReadFile(packed(t, historyName, list(play())))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	save := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	empty := filepath.Join(dir, "empty")
	os.Mkdir(empty, 0o700)
	for _, c := range []struct {
		name, path string
		is         error
		say        string
	}{
		{"nothing there", filepath.Join(dir, "nowhere.zip"), diapason.ErrUsage, "no such file"},
		{"not a file", "/dev/null", diapason.ErrUsage, "neither a file nor a folder"},
		{"a picture", save("p.png", []byte("\x89PNG\r\n")), diapason.ErrUsage, "nothing in it"},
		{"an empty folder", empty, diapason.ErrUsage, "nothing in it"},
		{"a ZIP cut off", save("cut.zip", whole[:len(whole)-8]), diapason.ErrIncomplete, "cut off"},
		{"a bomb", packed(t, "a.json", `["`+strings.Repeat("0", 4<<20)+`"]`), archive.ErrRefused, "200 times"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, _, err := Read(t.Context(), c.path, nil)
			var hint *diapason.Hint
			if !errors.Is(err, c.is) || !strings.Contains(fmt.Sprint(err), c.say) || !errors.As(err, &hint) {
				t.Errorf("%v, want %v with a hint and %q", err, c.is, c.say)
			}
			if strings.Contains(fmt.Sprint(err), dir) {
				t.Errorf("%v tells folders", err)
			}
		})
	}
}

func TestReadingStopsWhenItIsAskedTo(t *testing.T) {
	path, _ := written(t, export.Options{Plays: 5000, Clean: true})
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	_, _, _, err := Read(ctx, path, func(Event) error {
		if n++; n == 10 {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || n > 2048 {
		t.Errorf("%v after %d events", err, n)
	}
	full := errors.New("full")
	n = 0
	if _, _, _, err = Read(t.Context(), path, func(Event) error { n++; return full }); !errors.Is(err, full) || n != 1 {
		t.Errorf("%v after %d events", err, n)
	}
}

func TestNothingIsWrittenToDisk(t *testing.T) {
	temp := t.TempDir()
	inner, _ := written(t, export.Options{Seed: 2, Plays: 500, Every: true, Deflate: true})
	content, err := os.ReadFile(inner)
	if err != nil {
		t.Fatal(err)
	}
	path := packed(t, "my data.zip", string(content))
	t.Setenv("TMPDIR", temp)
	t.Chdir(temp)
	if r := mustRead(t, path); r.Export.Plays != 500 {
		t.Errorf("%d plays", r.Export.Plays)
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// What cannot be linked cannot dial: nothing that this package is built from
// knows the network.
func TestNothingHereCanReachTheNetwork(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	deps := strings.Fields(string(out))
	if len(deps) < 30 {
		t.Fatalf("only %d packages listed", len(deps))
	}
	for _, d := range deps {
		if d == "net" || strings.HasPrefix(d, "net/http") || d == "crypto/tls" || d == "os/exec" {
			t.Errorf("it is built from %s", d)
		}
	}
}

func FuzzAnyFileIsAccountedFor(f *testing.F) {
	for _, d := range documented {
		f.Add([]byte(d.content))
	}
	f.Add([]byte("a,b\n1,2\n"))
	f.Add([]byte(`{"a":{"b":[[[]]]},"a":{}}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(t.TempDir(), "x.json")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		n := 0
		e, items, _, err := Read(t.Context(), path, func(Event) error { n++; return nil })
		if errors.Is(err, diapason.ErrUsage) || errors.Is(err, diapason.ErrIncomplete) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		l := e.Ledger
		if l.Read != l.Kept+l.Duplicate+l.Malformed || l.UnreadBytes > int64(len(content)) || e.Plays > int(l.Kept) {
			t.Errorf("ledger %+v", l)
		}
		for _, i := range items {
			if i.Origin == "" || i.Path == "" {
				t.Errorf("item %+v", i)
			}
		}
	})
}
