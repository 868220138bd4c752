package browse

import (
	"bytes"
	"fmt"
	"io/fs"
	"math"
	"os"
	"runtime"
	"strconv"
	"strings"
)

// How many visits at a time pay. With the usual waiting times visits mostly
// wait, so that a processor serves two; with short ones they work all the time.
// With too many, what pages do by their timers comes late. BenchmarkVisits gave
// 5.7, 12, 17 and 18 visits a minute for 1, 2, 4 and 8 at a time, on two busy
// processors.
const (
	visitsPerCPU = 2
	briskPerCPU  = 1
	mostAtOnce   = 16
	visitMemory  = 768 << 20 // bytes of one browser with its children; a small page takes 400 MiB, shared pages counted once
	spareMemory  = 512 << 20 // bytes that are left to everything else
	unknownAt    = 2         // visits at a time where a system does not tell its free memory
)

// AtOnce tells how many visits with these waiting times pay at a time on this
// machine, at least one: two for each processor that the program may use, or
// one where the waiting times are short, as far as the memory that is free now
// holds their browsers.
func AtOnce(s Settle) int {
	free, known := freeMemory(os.DirFS("/"))
	return atOnce(s, runtime.GOMAXPROCS(0), free, known)
}

func atOnce(s Settle, cpus int, free int64, known bool) int {
	each := visitsPerCPU
	if s.orUsual().Quiet < usual.Quiet {
		each = briskPerCPU
	}
	n := min(each*cpus, mostAtOnce)
	if !known {
		return min(n, unknownAt)
	}
	return max(1, min(n, int((free-spareMemory)/visitMemory)))
}

// freeMemory is how many bytes programs can still take, as Linux tells it for
// the machine and, where there is one, for the container (proc_meminfo(5), and
// the kernel's documents on cgroup v2 and v1).
func freeMemory(root fs.FS) (free int64, known bool) {
	b, err := fs.ReadFile(root, "proc/meminfo")
	if err != nil {
		return 0, false
	}
	_, rest, ok := bytes.Cut(b, []byte("MemAvailable:"))
	var kib int64
	if _, err := fmt.Sscan(string(rest), &kib); !ok || err != nil {
		return 0, false
	}
	free = kib << 10
	for _, c := range [][2]string{
		{"sys/fs/cgroup/memory.max", "sys/fs/cgroup/memory.current"},
		{"sys/fs/cgroup/memory/memory.limit_in_bytes", "sys/fs/cgroup/memory/memory.usage_in_bytes"},
	} {
		limit, used := readBytes(root, c[0], math.MaxInt64), readBytes(root, c[1], 0)
		free = min(free, max(0, limit-used))
	}
	return free, true
}

// readBytes reads a file that holds one number; other words ("max") and a file
// that is not there are the given one.
func readBytes(root fs.FS, name string, otherwise int64) int64 {
	b, err := fs.ReadFile(root, name)
	if err != nil {
		return otherwise
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64)
	if err != nil {
		return otherwise
	}
	return n
}
