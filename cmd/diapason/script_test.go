package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"diapason.dev/diapason/lab/export"
	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"diapason": func() { os.Exit(run(context.Background(), os.Args[1:])) },
	})
}

// The scripts in testdata read like a manual: what a person types, what comes
// back, and with which exit status.
func TestManual(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			usage, err := filepath.Abs("testdata/usage")
			if err != nil {
				return err
			}
			e.Setenv("USAGE", usage)
			e.Setenv("HOME", filepath.Join(e.WorkDir, "home"))
			e.Setenv("XDG_CONFIG_HOME", filepath.Join(e.WorkDir, "home", "config"))
			e.Setenv("CI", "true")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":     exits,
			"spoil":     spoil,
			"cut":       cut,
			"export":    writeExport,
			"grow":      grow,
			"smalldisk": smallDisk,
		},
		Condition: func(c string) (bool, error) {
			if c == "root" {
				return os.Geteuid() == 0, nil
			}
			return false, fmt.Errorf("unknown condition %q", c)
		},
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}

// exits runs a command that must end with the given status: exits 3 diapason says empty.txt
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND [ARG …]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	execFor(ts, want, args[1], args[2:]...)
}

func execFor(ts *testscript.TestScript, want int, command string, args ...string) {
	err := ts.Exec(command, args...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit status %d, expected %d", got, want)
	}
}

// spoil changes one byte in the middle of a file.
func spoil(ts *testscript.TestScript, neg bool, args []string) {
	for _, name := range args {
		path := ts.MkAbs(name)
		b, err := os.ReadFile(path)
		ts.Check(err)
		b[len(b)/2] ^= 1
		ts.Check(os.WriteFile(path, b, 0o600))
	}
}

// cut keeps only the first half of a file.
func cut(ts *testscript.TestScript, neg bool, args []string) {
	for _, name := range args {
		path := ts.MkAbs(name)
		b, err := os.ReadFile(path)
		ts.Check(err)
		ts.Check(os.WriteFile(path, b[:len(b)/2], 0o600))
	}
}

// smallDisk runs a command with a disk of the given size mounted on a folder:
// smalldisk 3 1m runs diapason audit
func smallDisk(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 4 {
		ts.Fatalf("usage: smalldisk STATUS SIZE FOLDER COMMAND [ARG …]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	space := []string{"--mount"}
	if os.Geteuid() != 0 {
		space = append(space, "--user", "--map-root-user")
	}
	const script = `mount -t tmpfs -o size="$1" tmpfs "$2" && shift 2 && exec "$@"`
	execFor(ts, want, "unshare", append(append(space, "sh", "-c", script, "sh"), args[1:]...)...)
}

// writeExport writes the export of a listener who does not exist.
func writeExport(ts *testscript.TestScript, neg bool, args []string) {
	for _, name := range args {
		f, err := os.Create(ts.MkAbs(name))
		ts.Check(err)
		_, err = export.Write(f, export.Options{Seed: 7, Plays: 500})
		ts.Check(err)
		ts.Check(f.Close())
	}
}

// grow repeats the text of a file until it has the given number of bytes.
func grow(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: grow FILE BYTES")
	}
	path := ts.MkAbs(args[0])
	text, err := os.ReadFile(path)
	ts.Check(err)
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	ts.Check(os.WriteFile(path, bytes.Repeat(text, n/len(text)+1), 0o600))
}
