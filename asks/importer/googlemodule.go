package importer

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"

	"diapason.dev/diapason"
)

// GoogleModuleVersion is the Go module whose discovery documents are imported
// where no folder is given. It is downloaded, not required: nothing of it is
// linked.
const GoogleModuleVersion = "google.golang.org/api@v0.311.0"

// GoogleModule has the go command download the module (some 40 MB, once) and
// returns the folder that it was unpacked to, in the module cache. The go
// command checks it against the public checksum database.
func GoogleModule(ctx context.Context) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "mod", "download", "-json", GoogleModuleVersion)
	cmd.Dir = os.TempDir() // outside every module, so that no go.mod changes
	var failed bytes.Buffer
	cmd.Stderr = &failed
	out, err := cmd.Output()
	var module struct{ Dir, Error string }
	if jsonErr := json.Unmarshal(out, &module); jsonErr == nil && module.Error != "" {
		err = fmt.Errorf("%s", module.Error)
	}
	if err == nil && module.Dir == "" {
		err = fmt.Errorf("go mod download named no folder")
	}
	if err != nil {
		return "", diapason.WithHint(fmt.Errorf("download Go module %s: %w %s: %w", GoogleModuleVersion, err, bytes.TrimSpace(failed.Bytes()), diapason.ErrUsage),
			"check that the go command is installed and reaches the module proxy, or give a folder of discovery documents")
	}
	return module.Dir, nil
}
