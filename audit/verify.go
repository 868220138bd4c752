package audit

import (
	"context"
	"fmt"

	"diapason.dev/diapason"
	"diapason.dev/diapason/internal/ledger"
	"diapason.dev/diapason/rule"
)

// A Check is one line of a verification.
type Check = ledger.Check

// Verify checks the evidence of a run folder, then judges it again: with the
// same rules the findings must be those recorded.
func Verify(ctx context.Context, dir string) ([]Check, error) {
	if err := isRun(dir); err != nil {
		return nil, err
	}
	checks, err := ledger.Verify(ctx, dir)
	if err != nil {
		return checks, err
	}
	r, same, err := Judge(ctx, dir, rule.Default())
	if err != nil {
		return append(checks, Check{What: "findings", Word: "not present", Why: err.Error()}), fmt.Errorf("verify %s: %w", dir, err)
	}
	if !same {
		return append(checks, Check{What: "findings", Word: "altered", Why: "judging the evidence again gives others, with the rules " + r.Run.Pack}),
			fmt.Errorf("verify %s: the findings do not follow from the evidence: %w", dir, diapason.ErrAltered)
	}
	return append(checks, Check{What: "findings follow from the evidence", Word: "verified"}), nil
}
