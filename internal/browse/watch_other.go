//go:build !linux

package browse

import "time"

// A readWatch would tell when another process has read a file. This system is
// not asked, and nothing is waited for.
type readWatch struct{}

func watchRead(string) readWatch { return readWatch{} }

func (readWatch) wait(time.Duration) bool { return false }

// Close ends nothing.
func (readWatch) Close() {}
