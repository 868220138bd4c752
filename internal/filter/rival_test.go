package filter

import (
	"archive/zip"
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What the benchmarks compare with. Nothing of it is part of the program: the
// requests are data in a Go module, the engines are npm packages that a node
// process of their own runs. All is fetched when a benchmark runs.
const (
	requestsModule = "github.com/AdguardTeam/urlfilter@v0.23.2"
	requestsFile   = "internal/uftest/testdata/requests.json.zip"
	requestCount   = 30524
)

var rivalPackages = []string{"@ghostery/adblocker@2.18.2", "@gorhill/ubo-core@0.1.30"}

// An asked is one recorded request.
type asked struct {
	URL  string `json:"url"`
	Page string `json:"page"`
	Type string `json:"type"`
}

// systemLists are EasyList and EasyPrivacy of the system.
func systemLists(b *testing.B) (paths []string, lists []List) {
	b.Helper()
	paths, err := System()
	if err != nil {
		b.Fatalf("%v: make lists installs them", err)
	}
	for _, p := range paths {
		l, err := Open(p)
		if err != nil {
			b.Fatal(err)
		}
		lists = append(lists, l)
	}
	return paths, lists
}

// recorded are the requests that browsers made on popular sites.
func recorded(b *testing.B) []asked {
	b.Helper()
	cmd := exec.Command("go", "mod", "download", "-json", requestsModule)
	cmd.Dir = b.TempDir() // outside the module: it is no dependency
	out, err := cmd.Output()
	if err != nil {
		b.Fatalf("fetch the requests of %s: %v", requestsModule, err)
	}
	var module struct{ Dir string }
	if err := json.Unmarshal(out, &module); err != nil {
		b.Fatal(err)
	}
	z, err := zip.OpenReader(filepath.Join(module.Dir, filepath.FromSlash(requestsFile)))
	if err != nil {
		b.Fatal(err)
	}
	defer z.Close()
	f, err := z.File[0].Open()
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	var all []asked
	for dec := json.NewDecoder(f); ; {
		var r struct{ FrameURL, URL, Cpt string }
		if err := dec.Decode(&r); err == io.EOF {
			break
		} else if err != nil {
			b.Fatal(err)
		}
		all = append(all, asked{r.URL, r.FrameURL, r.Cpt})
	}
	if len(all) != requestCount {
		b.Fatalf("%d requests, expected %d", len(all), requestCount)
	}
	return all
}

// A rival is another engine at work.
type rival struct {
	name   string
	in     io.WriteCloser
	out    *json.Decoder
	Build  float64 // ms
	Bytes  float64
	best   time.Duration
	rounds int
}

// workshop is a folder with the rivals' packages, the lists and the requests.
func workshop(b *testing.B, lists []string, requests []asked) string {
	b.Helper()
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			b.Fatalf("the engines to compare with run on node: install %s", tool)
		}
	}
	dir := b.TempDir()
	cmd := exec.Command("npm", append([]string{"install", "--prefix", dir, "--no-audit", "--no-fund", "--ignore-scripts"}, rivalPackages...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("npm install: %v\n%s", err, out)
	}
	script, err := os.ReadFile(filepath.Join("testdata", "rival.mjs"))
	if err != nil {
		b.Fatal(err)
	}
	for name, v := range map[string]any{"lists.json": lists, "requests.json": requests, "rival.mjs": script} {
		raw, ok := v.([]byte)
		if !ok {
			if raw, err = json.Marshal(v); err != nil {
				b.Fatal(err)
			}
		}
		if err := os.WriteFile(filepath.Join(dir, name), raw, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	return dir
}

// start builds a rival engine, in a process that ends with the benchmark.
func start(b *testing.B, dir, name, suffixes string) *rival {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), "node", "--expose-gc", "rival.mjs", name, "lists.json", "requests.json", suffixes)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	r := &rival{name: name, in: in, out: json.NewDecoder(bufio.NewReader(out))}
	b.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait()
	})
	if err := r.out.Decode(r); err != nil {
		b.Fatalf("%s: %v", name, err)
	}
	return r
}

// ask writes a word and reads the answer.
func (r *rival) ask(b *testing.B, word string, answer any) {
	b.Helper()
	if _, err := io.WriteString(r.in, word+"\n"); err != nil {
		b.Fatal(err)
	}
	if err := r.out.Decode(answer); err != nil {
		b.Fatalf("%s: %s: %v", r.name, word, err)
	}
}

// round decides about all requests once and remembers the fastest time.
func (r *rival) round(b *testing.B) {
	b.Helper()
	var ms float64
	r.ask(b, "round", &ms)
	if d := time.Duration(ms * float64(time.Millisecond)); r.rounds == 0 || d < r.best {
		r.best = d
	}
	r.rounds++
}

// why says for what reason a rival decides differently; empty if that is not
// known.
func why(q asked, own *Request, hit Hit, theirs string) string {
	ours, _ := parse(hit.Rule)
	rule, _, _ := strings.Cut(theirs, " <+> ") // one of them joins rules
	other, _ := parse(rule)
	switch {
	case own.bits&typeDocument != 0 && theirs != "" && other.allow&typeDocument == 0:
		return "the request is for a document itself, and the rule names no type: here, as in uBlock Origin, only rules that name documents apply"
	case hostOfPage(q.Page) == "" && hit.Rule != "" && ours.allow&everyRelation != everyRelation:
		return "no page is known, and the rule asks for another site: here, as in uBlock Origin, no page is another site than any; there it is neither"
	}
	return ""
}
