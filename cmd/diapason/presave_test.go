package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A command that runs beside the test, in this process.
type background struct {
	t     *testing.T
	lines *bufio.Reader // its standard output
	log   *bytes.Buffer // its standard error, to be read once it ended
	stop  func()
}

// beside starts a command. It is stopped with the test and must end well.
func beside(t *testing.T, args ...string) *background {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	b := &background{t: t, lines: bufio.NewReader(out), log: &bytes.Buffer{}}
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(in)
	root.SetErr(b.log)
	ended := make(chan error, 1)
	go func() {
		err := root.ExecuteContext(ctx)
		in.CloseWithError(fmt.Errorf("%s ended: %w", strings.Join(args, " "), err))
		ended <- err
	}()
	stopped := false
	b.stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("%s: %v", strings.Join(args, " "), err)
		}
	}
	t.Cleanup(b.stop)
	return b
}

// ready reads the object that a command prints once it listens.
func (b *background) ready() map[string]string {
	b.t.Helper()
	var where map[string]string
	if err := json.NewDecoder(b.lines).Decode(&where); err != nil {
		b.t.Fatal(err)
	}
	return where
}

// say runs a command to its end and returns what it prints and its error.
func say(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(&out)
	root.SetErr(io.Discard)
	err := root.ExecuteContext(t.Context())
	return out.String(), err
}

// freePort is a port of this machine that nobody listens on.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

const presaveYAML = `
base: http://%[1]s
listen: %[1]s
admin: unix:admin.sock
master-key: {file: master.key}
providers:
  - {id: spotify, client-id: campaign, at: "%[2]s"}
campaigns:
  - id: paper-lanterns
    provider: spotify
    title: Paper Lanterns
    artist: Ada Quill
    uri: spotify:album:4aawyAB9vmqN3uQ7FjRGTy
    release_date: 2026-09-04
    zone: Europe/Paris
    controller: {name: Quiet Label Ltd, address: "1 Quay, Port", contact: privacy@label.example, jurisdiction: FR, location: SE}
`

// A label's whole campaign with three commands: a provider, the service, and
// the question what of the permission was used.
func TestAWholeCampaignExercisesTheOnePermissionThatItAsksFor(t *testing.T) {
	dir := t.TempDir()
	log, config := filepath.Join(dir, "mock.log"), filepath.Join(dir, "presave.yaml")
	address := freePort(t)
	provider := beside(t, "asks", "presave", "mock", "--json", "--listen", "127.0.0.1:0", "--clock", "2026-08-20T12:00:00Z", "--log", log, "--redirect", "http://"+address+"/callback/spotify")
	at := provider.ready()["listen"]
	write(t, config, fmt.Sprintf(presaveYAML, address, at))
	write(t, filepath.Join(dir, "master.key"), "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\n")
	service := beside(t, "asks", "presave", "serve", "--json", "--config", config, "--follow-clock")
	service.ready()

	ada := newFan(t, "http://"+address)
	receipt := ada.presave(at)
	if state := ada.state(receipt); state != "planned" {
		t.Fatalf("the receipt says %q", state)
	}
	ada.setClock(at, "2026-09-03T22:11:00Z") // after midnight in Paris, and the ten minutes
	for deadline := time.Now().Add(time.Minute); ada.state(receipt) == "planned"; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("not saved a minute after midnight")
		}
	}
	file := filepath.Join(dir, "receipt.jsonld")
	write(t, file, ada.get(receipt+"/receipt.jsonld"))
	out, err := say(t, "asks", "presave", "verify-receipt", file)
	if err != nil || !strings.Contains(out, "State on 2026-09-03: saved.") || !strings.Contains(out, "Quiet Label Ltd to save Paper Lanterns by Ada Quill") {
		t.Errorf("%v: %s", err, out)
	}
	out, err = say(t, "asks", "--log", log, "--provider", "spotify", "--scopes", "user-library-modify", "--for", "save-release", "--vantage", "mock", "--event", "release=2026-09-04T00:00:00+02:00")
	if err != nil || !strings.HasPrefix(out, "granted 1, exercised 1, excess 0\n") {
		t.Errorf("%v: %s", err, out)
	}
	unix := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", filepath.Join(dir, "admin.sock"))
	}}}
	operator := &fan{t: t, base: "http://admin", client: unix}
	if got := operator.get("/stats"); !strings.Contains(got, `"done": 1`) {
		t.Errorf("the operator sees %s", got)
	}
	unix.CloseIdleConnections()
	service.stop()
	if strings.Contains(service.log.String(), strings.TrimPrefix(receipt, "/r/")) || !strings.Contains(service.log.String(), "GET /callback/{provider}") {
		t.Errorf("the log holds the receipt's link, or no routes: %s", service.log)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A fan has a browser that follows nothing by itself.
type fan struct {
	t      *testing.T
	base   string
	client *http.Client
	cookie string // browsers keep a secure cookie of this machine, Go's jar does not
}

func newFan(t *testing.T, base string) *fan {
	return &fan{t: t, base: base, client: &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// send sends a form, or asks where there is none, and returns where it leads and what it says.
func (f *fan) send(method, address, body, accept string) (location, text string) {
	f.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = f.base + address
	}
	req, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		f.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Cookie", f.cookie)
	req.Header.Set("Accept", accept)
	r, err := f.client.Do(req)
	if err != nil {
		f.t.Fatal(err)
	}
	defer r.Body.Close()
	data, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode >= 400 {
		f.t.Fatalf("%s %s: %d %v %s", method, address, r.StatusCode, err, data)
	}
	if set := r.Header.Get("Set-Cookie"); set != "" {
		f.cookie, _, _ = strings.Cut(set, ";")
	}
	return r.Header.Get("Location"), string(data)
}

func (f *fan) get(path string) string {
	f.t.Helper()
	_, text := f.send("GET", path, "", "*/*")
	return text
}

// presave goes from the campaign's page to the receipt.
func (f *fan) presave(provider string) string {
	f.t.Helper()
	if page := f.get("/c/paper-lanterns"); !strings.Contains(page, "The one permission we ask for") {
		f.t.Fatalf("the page says %s", page)
	}
	authorize, _ := f.send("POST", "/c/paper-lanterns/start", url.Values{"zone": {"Europe/Paris"}}.Encode(), "*/*")
	if !strings.HasPrefix(authorize, provider+"/authorize?") {
		f.t.Fatalf("it leads to %s", authorize)
	}
	back, _ := f.send("POST", authorize, url.Values{"user": {"listener-1"}, "choice": {"agree"}}.Encode(), "*/*")
	receipt, _ := f.send("GET", back, "", "*/*")
	return receipt
}

// state is what the receipt says.
func (f *fan) state(path string) string {
	f.t.Helper()
	_, text := f.send("GET", path, "", "application/ld+json")
	var r struct {
		Record struct {
			Events []struct {
				State string `json:"dct:title"`
			} `json:"dpv:hasConsentStatus"`
		} `json:"dpv:hasRecordOfActivity"`
	}
	if err := json.Unmarshal([]byte(text), &r); err != nil || len(r.Record.Events) == 0 {
		f.t.Fatalf("%v: %s", err, text)
	}
	return r.Record.Events[len(r.Record.Events)-1].State
}

// setClock moves the provider's clock, which the service follows.
func (f *fan) setClock(provider, at string) {
	f.t.Helper()
	f.send("PUT", provider+"/clock", at, "*/*")
}
