package diapason_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "diapason.dev/diapason"

// floors orders the packages from the ground up. An import goes to a lower
// floor only; packages of one floor do not import each other, unless below
// says so.
var floors = [][]string{
	{""},
	{"vocab", "entity"},
	{"internal/cdp", "internal/blob", "internal/gate"},
	{"internal/cdp/cdptest", "internal/browse", "internal/har", "internal/filter", "internal/archive", "internal/ledger"},
	{"says", "asks", "does/respawn", "holds"},
	{"asks/presave/mock", "asks/presave/receipt", "asks/manifest", "asks/usage", "asks/importer"},
	{"asks/presave"},
	{"asks/presave/store", "asks/presave/web"},
	{"does"},
	{"accord"},
	{"remedy"},
	{"rule"},
	{"audit"},
	{"report"},
	{"cmd/diapason"},
}

// outside are packages without a floor: the lab imports the standard library
// and itself only, generators are programs of their own.
func outside(pkg string) bool {
	return pkg == "lab" || strings.HasPrefix(pkg, "lab/") || strings.Contains(pkg, "/gen")
}

type goPackage struct {
	ImportPath   string
	Imports      []string
	TestImports  []string
	XTestImports []string
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []goPackage
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// own is a package's path within the module, if it is ours.
func own(path string) (string, bool) {
	if path == module {
		return "", true
	}
	return strings.CutPrefix(path, module+"/")
}

func floorOf(pkg string) int {
	for i, f := range floors {
		if slices.Contains(f, pkg) {
			return i
		}
	}
	return -1
}

func TestImportsGoDownTheFloorsOnly(t *testing.T) {
	for _, p := range packages(t) {
		from, _ := own(p.ImportPath)
		if outside(from) {
			continue
		}
		if floorOf(from) < 0 {
			t.Errorf("%s stands on no floor: add it to the list, or move it", p.ImportPath)
			continue
		}
		for _, path := range p.Imports {
			to, ours := own(path)
			if !ours {
				continue
			}
			if outside(to) {
				if from != "cmd/diapason" {
					t.Errorf("%s imports %s: only tests and the demo may", from, to)
				}
				continue
			}
			if floorOf(to) >= floorOf(from) {
				t.Errorf("%s imports %s: an import goes down, never up or sideways", from, to)
			}
		}
	}
}

func TestTheLabStandsOnTheStandardLibraryAlone(t *testing.T) {
	for _, p := range packages(t) {
		from, _ := own(p.ImportPath)
		if from != "lab" && !strings.HasPrefix(from, "lab/") {
			continue
		}
		for _, path := range p.Imports {
			to, ours := own(path)
			if ours && outside(to) {
				continue
			}
			if first, _, _ := strings.Cut(path, "/"); ours || strings.Contains(first, ".") {
				t.Errorf("%s imports %s: the lab uses the standard library only", from, path)
			}
		}
	}
}

// Each machine part has one user: who else speaks to it goes through that one.
func TestOneRoomForEachMachine(t *testing.T) {
	only := map[string][]string{
		module + "/internal/cdp":              {"internal/browse", "internal/cdp/cdptest"},
		module + "/internal/cdp/cdptest":      {"tests"}, // and no package
		"github.com/transparency-dev/tessera": {"internal/ledger"},
		"cel.dev/cel-go/cel":                  {"rule"},
		"github.com/spf13/cobra":              {"cmd/diapason"},
		"golang.org/x/net/publicsuffix":       {"entity"},
		"github.com/ledongthuc/pdf":           {"says"},
		module + "/" + "internal/archive":     {"holds"},
	}
	for _, p := range packages(t) {
		from, _ := own(p.ImportPath)
		for _, path := range p.Imports {
			if users, ok := only[path]; ok && !slices.Contains(users, from) {
				t.Errorf("%s imports %s, which belongs to %s", from, path, strings.Join(users, ", "))
			}
		}
	}
}
