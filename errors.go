package diapason

import (
	"errors"
	"strings"
)

// The sentinel errors. Everything that fails wraps one of them, so that one
// table maps errors to exit codes.
var (
	// ErrUsage is wrong usage or configuration: a flag, a key, a file that
	// cannot be what it should be.
	ErrUsage = errors.New("usage")
	// ErrIncomplete means that something could not be looked at.
	ErrIncomplete = errors.New("incomplete")
	// ErrFindings means that the audit found something at or above the limit.
	ErrFindings = errors.New("findings")
	// ErrAltered means that evidence does not match its record.
	ErrAltered = errors.New("altered")
	// ErrNoBrowser means that no Chromium can be started.
	ErrNoBrowser = errors.New("no browser")
)

// Exit codes of the command.
const (
	ExitClean      = 0
	ExitFindings   = 1
	ExitUsage      = 2
	ExitIncomplete = 3
)

// ExitCode maps an error to the exit code. Findings outrank incomplete,
// incomplete outranks clean.
func ExitCode(err error) int {
	switch {
	case err == nil:
		return ExitClean
	case errors.Is(err, ErrFindings), errors.Is(err, ErrAltered):
		return ExitFindings
	case errors.Is(err, ErrUsage), errors.Is(err, ErrNoBrowser):
		return ExitUsage
	default:
		return ExitIncomplete
	}
}

// Plain is an error's text without the words at its end that only tell its kind.
func Plain(err error) string {
	text := err.Error()
	for _, kind := range []error{ErrUsage, ErrIncomplete, ErrFindings, ErrNoBrowser} {
		text = strings.TrimSuffix(strings.TrimSuffix(text, ": "+kind.Error()), " ("+kind.Error()+")")
	}
	return text
}

// A Hint adds to an error what a person can do next. Commands print it on a
// line of its own.
type Hint struct {
	Err  error
	Next string
}

// WithHint returns err with a sentence that says what to do next.
func WithHint(err error, next string) error { return &Hint{Err: err, Next: next} }

// Error returns the error's text without the hint.
func (h *Hint) Error() string { return h.Err.Error() }

// Unwrap returns the error that the hint belongs to.
func (h *Hint) Unwrap() error { return h.Err }
