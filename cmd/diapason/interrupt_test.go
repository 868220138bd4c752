package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"diapason.dev/diapason"
	"diapason.dev/diapason/audit"
)

// Ctrl-C in the middle of the visits ends in a report of what was seen, in
// evidence that holds, and in the exit status of an incomplete audit.
func TestAnInterruptLeavesAPartialReport(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(t.TempDir(), "config"))
	bin := filepath.Join(t.TempDir(), "diapason")
	if out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	var told bytes.Buffer
	c := exec.Command(bin, "demo", "--out", dir)
	c.Stdout = &told
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); visits(dir) < 3; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			_ = c.Process.Kill()
			t.Fatal("no visit was recorded within a minute")
		}
	}
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := c.Wait(); !errors.As(err, &exit) || exit.ExitCode() != diapason.ExitIncomplete {
		if exit != nil && exit.Sys().(syscall.WaitStatus).Signaled() {
			t.Fatal("it was killed by the signal instead of answering it")
		}
		t.Fatalf("ended with %v, expected exit status %d\n%s", err, diapason.ExitIncomplete, told.String())
	}
	b, err := os.ReadFile(filepath.Join(dir, "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	var r audit.Result
	if err := json.Unmarshal(b, &r); err != nil {
		t.Fatal(err)
	}
	if !r.Run.Partial || len(r.Gaps) == 0 || len(r.Facts.Says.Practices) == 0 || len(r.Facts.Does.Visits) == 0 {
		t.Errorf("partial %v, %d gaps, %d statements, %d visits", r.Run.Partial, len(r.Gaps), len(r.Facts.Says.Practices), len(r.Facts.Does.Visits))
	}
	if !strings.Contains(strings.Join(strings.Fields(told.String()), " "), "stopped before the end") {
		t.Error("nothing tells that the audit was stopped")
	}
	if _, err := audit.Verify(t.Context(), dir); err != nil {
		t.Errorf("the evidence of a stopped audit does not verify: %v", err)
	}
}

// visits counts the pieces of evidence that lie in a run folder so far.
func visits(dir string) int {
	blobs, _ := filepath.Glob(filepath.Join(dir, "blobs", "sha256", "*", "*"))
	return len(blobs) - 6 // the configuration, two policies, the campaign page and the export come first
}
