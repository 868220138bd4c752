package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"diapason.dev/diapason"
	"diapason.dev/diapason/asks/manifest"
	"github.com/spf13/cobra"
)

// judgeManifest tells what an app's manifest asks for. It ends with status 3
// where it names a permission that the catalogue does not know: what that opens
// was not looked at.
func judgeManifest(cmd *cobra.Command, file string) error {
	in := io.NopCloser(cmd.InOrStdin())
	if file != "-" {
		var err error
		if in, err = os.Open(file); err != nil {
			return fmt.Errorf("read manifest: %w: %w", err, diapason.ErrUsage)
		}
	}
	defer in.Close()
	m, err := manifest.Read(in, filepath.Base(file))
	if err != nil {
		return err
	}
	request, scopes, err := m.Judge(catalogueOf(cmd), "manifest/1")
	if err != nil {
		return err
	}
	if asJSON(cmd) {
		err = printJSON(cmd, map[string]any{"manifest": m, "request": request, "scopes": scopes})
	} else {
		for _, line := range request.Text {
			fmt.Fprintln(cmd.OutOrStdout(), oneLine(line))
		}
	}
	if n := len(request.Verdict.Unknown) + len(request.Verdict.CaseMismatch); err == nil && n > 0 {
		return diapason.WithHint(fmt.Errorf("read manifest %s: %d of %d permissions are not in the catalogue: %w", m.Name, n, len(scopes), diapason.ErrIncomplete),
			"check their spelling, and ask who defines them what they open")
	}
	return err
}
