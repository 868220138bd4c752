package browse

import (
	"testing"
	"testing/fstest"
)

func TestAsManyVisitsRunAsProcessorsAndFreeMemoryHold(t *testing.T) {
	const gib = 1 << 30
	for _, test := range []struct {
		name  string
		s     Settle
		cpus  int
		free  int64
		known bool
		want  int
	}{
		{"two to a processor", Settle{}, 2, 24 * gib, true, 4},
		{"one to a processor where nothing waits", Brisk, 2, 24 * gib, true, 2},
		{"one processor", Settle{}, 1, 24 * gib, true, 2},
		{"no more than a fixed number", Settle{}, 64, 512 * gib, true, 16},
		{"little memory", Settle{}, 8, 3 * gib, true, 3},
		{"too little memory still gives one", Settle{}, 8, gib / 4, true, 1},
		{"nothing known of the memory", Settle{}, 8, 0, false, 2},
		{"nothing known and one processor", Settle{}, 1, 0, false, 2},
	} {
		if got := atOnce(test.s, test.cpus, test.free, test.known); got != test.want {
			t.Errorf("%s: %d, expected %d", test.name, got, test.want)
		}
	}
	if n := AtOnce(Settle{}); n < 1 || n > mostAtOnce {
		t.Errorf("%d on this machine", n)
	}
}

func TestFreeMemoryIsTheMachinesOrTheContainers(t *testing.T) {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	machine := file("MemTotal:       16000000 kB\nMemFree:         1000000 kB\nMemAvailable:    8000000 kB\n")
	for _, test := range []struct {
		name  string
		root  fstest.MapFS
		want  int64
		known bool
	}{
		{"another system", fstest.MapFS{}, 0, false},
		{"no such line", fstest.MapFS{"proc/meminfo": file("MemTotal: 1 kB\n")}, 0, false},
		{"machine", fstest.MapFS{"proc/meminfo": machine}, 8000000 << 10, true},
		{"container without a limit", fstest.MapFS{"proc/meminfo": machine, "sys/fs/cgroup/memory.max": file("max\n"), "sys/fs/cgroup/memory.current": file("1000\n")}, 8000000 << 10, true},
		{"container", fstest.MapFS{"proc/meminfo": machine, "sys/fs/cgroup/memory.max": file("4000000\n"), "sys/fs/cgroup/memory.current": file("1000000\n")}, 3000000, true},
		{"full container", fstest.MapFS{"proc/meminfo": machine, "sys/fs/cgroup/memory.max": file("4\n"), "sys/fs/cgroup/memory.current": file("5\n")}, 0, true},
		{"older container", fstest.MapFS{"proc/meminfo": machine, "sys/fs/cgroup/memory/memory.limit_in_bytes": file("4000\n"), "sys/fs/cgroup/memory/memory.usage_in_bytes": file("1000\n")}, 3000, true},
	} {
		if got, known := freeMemory(test.root); got != test.want || known != test.known {
			t.Errorf("%s: %d %v, expected %d %v", test.name, got, known, test.want, test.known)
		}
	}
}
