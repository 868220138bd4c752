package cdp

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Memory is the resident memory of the browser and its children in bytes, as
// /proc tells it; pages that they share count more than once. Where there is
// no /proc it is 0.
func (c *Conn) Memory() int64 {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	var pages int64
	for _, name := range stats {
		b, err := os.ReadFile(name)
		if err != nil {
			continue // the process has ended meanwhile
		}
		// The command in brackets may hold anything; fields are counted after it (proc(5)).
		_, rest, ok := strings.Cut(string(b[max(strings.LastIndexByte(string(b), ')'), 0):]), ") ")
		f := strings.Fields(rest)
		if !ok || len(f) < 22 || f[2] != strconv.Itoa(c.Pid()) { // f[2] is the process group
			continue
		}
		n, _ := strconv.ParseInt(f[21], 10, 64) // f[21] is rss in pages
		pages += n
	}
	return pages * int64(os.Getpagesize())
}
