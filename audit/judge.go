package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"diapason.dev/diapason"
	"diapason.dev/diapason/rule"
)

// FindingsFile is the name of the recorded findings in a run folder.
const FindingsFile = "findings.json"

// Findings is the stable text of a result's findings: what is compared when a
// run is judged again.
func (r *Result) FindingsText() ([]byte, error) {
	list := r.Findings
	if list == nil {
		list = []diapason.Finding{}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(list); err != nil {
		return nil, fmt.Errorf("write findings: %w", err)
	}
	return b.Bytes(), nil
}

// Judge concludes again from what a run folder recorded, without a browser and
// without the network. Same tells whether the findings are byte for byte those
// that the run came to.
func Judge(ctx context.Context, dir string, pack *rule.Pack) (r *Result, same bool, err error) {
	m, err := Load(ctx, dir)
	if err != nil {
		return nil, false, err
	}
	if r, err = m.Conclude(ctx, pack); err != nil {
		return nil, false, err
	}
	now, err := r.FindingsText()
	if err != nil {
		return nil, false, err
	}
	then, err := os.ReadFile(filepath.Join(dir, FindingsFile))
	if err != nil {
		return r, false, fmt.Errorf("read recorded findings: %w (%w)", errReason(err), diapason.ErrIncomplete)
	}
	return r, bytes.Equal(now, then), nil
}
