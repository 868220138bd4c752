//go:build !linux

package browse

// smallShm is a question of Linux only.
func smallShm() bool { return false }
