package diapason_test

import (
	"errors"
	"fmt"
	"testing"

	"diapason.dev/diapason"
)

func TestExitStatusesOutrankEachOther(t *testing.T) {
	other := errors.New("the tape is torn")
	for _, c := range []struct {
		err  error
		want int
	}{
		{nil, diapason.ExitClean},
		{fmt.Errorf("x: %w", diapason.ErrFindings), diapason.ExitFindings},
		{errors.Join(diapason.ErrIncomplete, diapason.ErrFindings), diapason.ExitFindings},
		{fmt.Errorf("x: %w", diapason.ErrAltered), diapason.ExitFindings},
		{diapason.WithHint(fmt.Errorf("x: %w", diapason.ErrUsage), "do y"), diapason.ExitUsage},
		{fmt.Errorf("x: %w", diapason.ErrNoBrowser), diapason.ExitUsage},
		{fmt.Errorf("x: %w", diapason.ErrIncomplete), diapason.ExitIncomplete},
		{other, diapason.ExitIncomplete},
	} {
		if got := diapason.ExitCode(c.err); got != c.want {
			t.Errorf("%v: exit status %d, want %d", c.err, got, c.want)
		}
	}
}

func TestTheKindOfAnErrorIsNotPartOfItsSentence(t *testing.T) {
	for _, err := range []error{
		fmt.Errorf("read x: it is torn: %w", diapason.ErrUsage),
		fmt.Errorf("read x: it is torn (%w)", diapason.ErrIncomplete),
		diapason.WithHint(fmt.Errorf("read x: it is torn: %w", diapason.ErrNoBrowser), "mend it"),
		errors.New("read x: it is torn"),
	} {
		if got := diapason.Plain(err); got != "read x: it is torn" {
			t.Errorf("got %q", got)
		}
	}
}
