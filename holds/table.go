package holds

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// table reads a table of text: a line of column names, then one record a line.
func (s *scan) table(in io.Reader, comma rune) error {
	r := csv.NewReader(bufio.NewReader(&lineGuard{in: in}))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord, r.ReuseRecord = comma, true, -1, true
	head, err := r.Read()
	if err != nil {
		return err
	}
	names := columns(head)
	row := s.tree.element(s.tree.root)
	s.cur = &s.elem
	for {
		line, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		var parse *csv.ParseError
		if err != nil && !errors.As(err, &parse) {
			return err
		}
		s.elem.bad = err != nil || len(line) != len(names)
		if row.of != nil {
			row.of.begin()
		}
		for i, text := range line {
			if i < len(names) {
				s.elem.bad = s.elem.bad || !utf8.ValidString(text)
				s.scalar(s.tree.kid(row, []byte(names[i])), kindString, []byte(text))
			}
		}
		s.endEvent(row)
		s.stamp(row, 0)
		if err := s.commit(&s.elem); err != nil {
			return err
		}
	}
}

// columns are the names of a table's columns. A first line that holds data
// instead of names is not repeated: its columns are numbered.
func columns(head []string) []string {
	names, seen := make([]string, len(head)), map[string]bool{}
	good := true
	for i, h := range head {
		names[i] = strings.TrimSpace(h)
		good = good && names[i] != "" && !seen[names[i]] && !looksLikeData(names[i]) && utf8.ValidString(names[i])
		seen[names[i]] = true
	}
	if !good {
		for i := range names {
			names[i] = fmt.Sprintf("column %d", i+1)
		}
	}
	return names
}

// delimiter tells whether a text is a table, and what parts its columns: the
// mark that stands in its first line most often.
func delimiter(start []byte) (rune, bool) {
	line, _, more := bytes.Cut(start, []byte("\n"))
	if !more || !utf8.Valid(line) || bytes.ContainsRune(line, 0) || bytes.HasPrefix(line, []byte("<")) || bytes.HasPrefix(line, []byte("%")) {
		return 0, false
	}
	best, most := rune(0), 0
	for _, c := range ",;\t" {
		if n := bytes.Count(line, []byte(string(c))); n > most {
			best, most = c, n
		}
	}
	return best, most > 0
}
