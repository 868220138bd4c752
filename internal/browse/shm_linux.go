package browse

import "syscall"

// smallShm tells whether the shared memory of this machine is too small for
// Chromium, as in a container: tabs would crash. Under 1 GiB it is told to use
// files instead.
func smallShm() bool {
	var s syscall.Statfs_t
	if err := syscall.Statfs("/dev/shm", &s); err != nil {
		return true
	}
	return s.Bavail*uint64(s.Bsize) < 1<<30
}
