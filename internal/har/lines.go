package har

import "slices"

// lines knows where lines begin, from some place on.
type lines struct {
	first  int     // number of the line in which begins[0], or what was forgotten, lies
	start  int64   // offset at which line first begins
	begins []int64 // offsets at which the following lines begin
}

func (l *lines) add(at int64) { l.begins = append(l.begins, at) }

// forget drops what lies before an offset.
func (l *lines) forget(before int64) {
	n, _ := slices.BinarySearch(l.begins, before+1)
	if n == 0 {
		return
	}
	l.first, l.start = l.first+n, l.begins[n-1]
	l.begins = append(l.begins[:0], l.begins[n:]...)
}

// place is line and column, both from 1, of an offset; the column counts bytes.
func (l *lines) place(at int64) (line, column int) {
	n, _ := slices.BinarySearch(l.begins, at+1)
	start := l.start
	if n > 0 {
		start = l.begins[n-1]
	}
	return l.first + n, int(at-start) + 1
}
