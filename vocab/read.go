package vocab

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // for the vocabulary's files
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"diapason.dev/diapason"
)

var (
	//go:embed dpv-2.3.csv
	dpvFile []byte
	//go:embed own-terms.csv
	termsFile []byte
	//go:embed own-edges.csv
	edgesFile []byte
)

// version names the release of the Data Privacy Vocabulary that is embedded.
const version = "DPV 2.3"

// Digest names the vocabulary exactly, for reports: the DPV release and the
// SHA-256 of all embedded files, in the order DPV, own terms, own edges.
func Digest() string {
	h := sha256.New()
	for _, f := range [][]byte{dpvFile, termsFile, edgesFile} {
		h.Write(f)
	}
	return fmt.Sprintf("%s, sha256:%x", version, h.Sum(nil))
}

func readEmbedded() (*Tree, error) {
	dpv, err := readEntries(bytes.NewReader(dpvFile))
	if err != nil {
		return nil, fmt.Errorf("read dpv-2.3.csv: %w", err)
	}
	own, err := readEntries(bytes.NewReader(termsFile))
	if err != nil {
		return nil, fmt.Errorf("read own-terms.csv: %w", err)
	}
	edges, err := readEdges(bytes.NewReader(edgesFile))
	if err != nil {
		return nil, fmt.Errorf("read own-edges.csv: %w", err)
	}
	return Build(append(dpv, own...), edges)
}

// readEntries reads the columns id, parents (separated by semicolons) and kind.
func readEntries(r io.Reader) ([]Entry, error) {
	rows, err := readRows(r, "id", "parents", "kind")
	if err != nil {
		return nil, err
	}
	var entries []Entry
	for _, row := range rows {
		e := Entry{ID: diapason.Term(row[0]), Kind: row[2]}
		for _, p := range strings.FieldsFunc(row[1], func(c rune) bool { return c == ';' }) {
			e.Parents = append(e.Parents, diapason.Term(p))
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// readEdges reads the columns op (add, cut), child, parent and use (both, assert).
func readEdges(r io.Reader) ([]Edge, error) {
	rows, err := readRows(r, "op", "child", "parent", "use")
	if err != nil {
		return nil, err
	}
	var edges []Edge
	for _, row := range rows {
		op, use := row[0], row[3]
		if (op != "add" && op != "cut") || (use != "both" && use != "assert") || (op == "cut" && use == "assert") {
			return nil, fmt.Errorf("edge of %s: %s with use %s is not known", row[1], op, use)
		}
		edges = append(edges, Edge{Cut: op == "cut", Child: diapason.Term(row[1]), Parent: diapason.Term(row[2]), AssertOnly: use == "assert"})
	}
	return edges, nil
}

// readRows reads a table whose first columns have the given names. What
// follows them is for people.
func readRows(r io.Reader, columns ...string) ([][]string, error) {
	rows, err := csv.NewReader(r).ReadAll()
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 || len(rows[0]) < len(columns) {
		return nil, fmt.Errorf("the first line must name the columns %s", strings.Join(columns, ", "))
	}
	for i, c := range columns {
		if rows[0][i] != c {
			return nil, fmt.Errorf("column %d is %q, expected %q", i+1, rows[0][i], c)
		}
	}
	return rows[1:], nil
}
