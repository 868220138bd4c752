package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"diapason.dev/diapason"
)

// A Check is one line of a verification.
type Check struct {
	What string `json:"what"`
	// Word is verified, redacted, not present or altered.
	Word string `json:"word"`
	Path string `json:"path,omitempty"`
	Why  string `json:"why,omitempty"`
}

// The words of a check.
const (
	Verified   = "verified"
	Redacted   = "redacted"
	NotPresent = "not present"
	Altered    = "altered"
)

// Verify checks a sealed run folder offline: every file against the manifest,
// the head's signature, every entry against the tree, every disclosure against
// its entry, every blob and report against its disclosed hash. It returns all
// checks, and an error that wraps [diapason.ErrAltered] if anything was
// changed, or [diapason.ErrIncomplete] if something could not be checked.
func Verify(ctx context.Context, dir string) ([]Check, error) {
	if _, err := os.Stat(filepath.Join(dir, manifestFile)); err != nil {
		return nil, diapason.WithHint(fmt.Errorf("verify %s: it has no %s: %w", dir, manifestFile, diapason.ErrUsage), "name the folder that an audit wrote")
	}
	var v verification
	v.manifest(ctx, dir)
	v.ledger(ctx, dir)
	return v.checks, v.err(dir)
}

// A verification gathers checks.
type verification struct{ checks []Check }

func (v *verification) add(what, word, path, why string) {
	v.checks = append(v.checks, Check{what, word, path, why})
}

// fail adds what an error tells.
func (v *verification) fail(what string, err error) {
	word := NotPresent
	if errors.Is(err, diapason.ErrAltered) {
		word = Altered
	}
	v.add(what, word, "", err.Error())
}

func (v *verification) err(dir string) error {
	var altered, missing int
	for _, c := range v.checks {
		switch c.Word {
		case Altered:
			altered++
		case NotPresent:
			missing++
		}
	}
	switch {
	case altered > 0:
		return fmt.Errorf("verify %s: %d checks failed: %w", dir, altered, diapason.ErrAltered)
	case missing > 0:
		return fmt.Errorf("verify %s: %d things could not be checked: %w", dir, missing, diapason.ErrIncomplete)
	}
	return nil
}

// manifest checks every file against its line, and that no line or file is
// missing.
func (v *verification) manifest(ctx context.Context, dir string) {
	raw, err := os.ReadFile(filepath.Join(dir, manifestFile))
	if err != nil {
		v.fail("manifest", err)
		return
	}
	sums, err := hashFiles(ctx, dir)
	if err != nil {
		v.fail("files", err)
		return
	}
	good, listed := 0, map[string]bool{}
	for line := range strings.SplitSeq(strings.TrimSuffix(string(raw), "\n"), "\n") {
		sum, name, ok := strings.Cut(line, "  ")
		switch have, there := sums[name]; {
		case !ok || listed[name]:
			v.add("manifest", Altered, "", fmt.Sprintf("the line %.60q is not one hash and one name", line))
		case !there:
			v.add("file", Altered, name, "the manifest lists it and it is gone")
		case have != sum:
			v.add("file", Altered, name, "its bytes are not those that were sealed")
		default:
			good++
		}
		listed[name] = true
	}
	for _, name := range sorted(sums) {
		if !listed[name] {
			v.add("file", Altered, name, "the manifest does not list it")
		}
	}
	v.add(fmt.Sprintf("%d files match the manifest", good), Verified, "", "")
}

// ledger checks the signed head, the tree, the disclosures and what they name.
func (v *verification) ledger(ctx context.Context, dir string) {
	h, err := readHead(dir)
	if err != nil {
		v.fail("head of the ledger", err)
		return
	}
	name, _, _ := strings.Cut(h.key, "+")
	v.add(fmt.Sprintf("head of the ledger, %d entries, signed by %s", h.size, name), Verified, "", "compare the key with the observer's: "+h.key)
	records, err := Records(ctx, dir)
	if err != nil {
		v.fail("entries of the ledger", err)
		return
	}
	v.add(fmt.Sprintf("%d entries belong to the signed head", len(records)), Verified, "", "")
	artefacts := 0
	for _, r := range records {
		if r.Redacted > 0 {
			v.add(fmt.Sprintf("entry %d (%s): %d values", r.Leaf, r.Kind, r.Redacted), Redacted, "", "")
		}
		for _, pointer := range sorted(r.Fields) {
			file, ok := artefact(pointer, r.Fields[pointer])
			if !ok {
				continue
			}
			artefacts++
			v.artefact(dir, r, file, r.Fields[pointer])
		}
	}
	v.add(fmt.Sprintf("%d pieces of evidence and reports have the hashes that the ledger commits to", artefacts), Verified, "", "")
}

// artefact is the file that a field commits to: a blob, or a report.
func artefact(pointer string, value json.RawMessage) (file string, ok bool) {
	if pointer == "/blob/sha256" {
		var sum string
		if json.Unmarshal(value, &sum) != nil || len(sum) < 3 {
			return "", false
		}
		return "blobs/sha256/" + sum[:2] + "/" + sum, true
	}
	name, found := strings.CutPrefix(pointer, "/artefacts/")
	if !found {
		return "", false
	}
	return strings.CutSuffix(name, "/sha256")
}

func (v *verification) artefact(dir string, r Record, file string, value json.RawMessage) {
	var want string
	_ = json.Unmarshal(value, &want)
	if !filepath.IsLocal(file) {
		v.add(fmt.Sprintf("entry %d", r.Leaf), Altered, file, "it names a file outside the folder")
		return
	}
	have, err := hashFile(filepath.Join(dir, filepath.FromSlash(file)))
	switch {
	case err != nil:
		v.add("evidence of entry "+fmt.Sprint(r.Leaf), NotPresent, file, "the file is gone")
	case have != want:
		v.add("evidence of entry "+fmt.Sprint(r.Leaf), Altered, file, "its bytes are not those that the ledger commits to")
	}
}

// sorted lists the keys of a map in order.
func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
