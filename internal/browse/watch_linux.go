package browse

import (
	"os"
	"syscall"
	"time"
)

// A readWatch tells when another process has read a file.
type readWatch struct{ events *os.File } // nil: nothing is watched

// watchRead watches a file. One that is not there is not watched.
func watchRead(path string) readWatch {
	fd, err := syscall.InotifyInit1(syscall.IN_CLOEXEC | syscall.IN_NONBLOCK)
	if err != nil {
		return readWatch{}
	}
	events := os.NewFile(uintptr(fd), "inotify")
	if _, err := syscall.InotifyAddWatch(fd, path, syscall.IN_CLOSE_NOWRITE); err != nil {
		events.Close()
		return readWatch{}
	}
	return readWatch{events}
}

// wait tells whether the watched file was opened, read and closed since the
// watch began, and waits for it at most for the limit.
func (w readWatch) wait(limit time.Duration) bool {
	if w.events.SetReadDeadline(time.Now().Add(limit)) != nil {
		return false
	}
	_, err := w.events.Read(make([]byte, syscall.SizeofInotifyEvent))
	return err == nil
}

// Close ends the watch.
func (w readWatch) Close() { w.events.Close() }
