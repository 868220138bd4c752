package report

import (
	"encoding/json"
	"fmt"
	"io"

	"diapason.dev/diapason/audit"
)

// JSON writes the result as indented JSON; schema/report-1.json describes it.
// Equal results give equal bytes.
func JSON(w io.Writer, r *audit.Result) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(r); err != nil {
		return fmt.Errorf("write report as JSON: %w", err)
	}
	return nil
}
