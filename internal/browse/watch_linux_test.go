package browse

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestAListIsWaitedForUntilItWasRead(t *testing.T) {
	file := filepath.Join(t.TempDir(), "list")
	if err := os.WriteFile(file, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	list := watchRead(file)
	defer list.Close()
	if list.wait(20 * time.Millisecond) {
		t.Error("nobody read it, and it counts as read")
	}
	if _, err := os.ReadFile(file); err != nil {
		t.Fatal(err)
	}
	if !list.wait(10 * time.Second) {
		t.Error("it was read, and does not count as read")
	}
	none := watchRead(file + "-none")
	defer none.Close()
	if none.wait(10 * time.Second) {
		t.Error("a list that is not there counts as read")
	}
}
