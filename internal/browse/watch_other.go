//go:build !linux

package browse

import (
	"errors"
	"time"
)

// A readWatch would tell when another process has read a file; this system is
// not asked.
type readWatch struct{}

func watchRead(string) (*readWatch, error) {
	return nil, errors.ErrUnsupported
}

func (*readWatch) wait(time.Duration) bool { return false }

// Close ends nothing.
func (*readWatch) Close() {}
