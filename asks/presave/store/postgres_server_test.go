package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// A server is a PostgreSQL of the tests' own, reached by a socket in its
// folder and by nothing else.
type server struct {
	dir  string
	stop func()
	made atomic.Int64
}

var running *server

// postgres starts the server at its first use. TestMain stops it.
var postgres = sync.OnceValues(func() (*server, error) {
	s, err := startPostgres()
	running = s
	return s, err
})

// postgresTool is the path of one of PostgreSQL's programs. Debian keeps most
// of them beside the path, by version.
func postgresTool(name string) (string, error) {
	if found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name); len(found) > 0 {
		slices.Sort(found)
		return found[len(found)-1], nil
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("%w: install PostgreSQL, in Debian the package postgresql", err)
	}
	return path, nil
}

// unprivileged is who runs PostgreSQL, which refuses root: nil for ourselves.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			return nil, err
		}
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, err
}

func startPostgres() (*server, error) {
	who, err := unprivileged()
	if err != nil {
		return nil, err
	}
	// A socket's path has 107 bytes at most, so not t.TempDir.
	dir, err := os.MkdirTemp("", "presave-pg-")
	if err != nil {
		return nil, err
	}
	if who != nil {
		if err := os.Chown(dir, int(who.Uid), int(who.Gid)); err != nil {
			return nil, err
		}
	}
	s := &server{dir: dir}
	initdb, err := postgresTool("initdb")
	if err != nil {
		return nil, err
	}
	run := exec.Command(initdb, "--pgdata", filepath.Join(dir, "data"), "--username", "postgres", "--auth", "trust",
		"--encoding", "UTF8", "--locale", "C", "--no-sync")
	run.Dir, run.SysProcAttr = dir, &syscall.SysProcAttr{Credential: who}
	if out, err := run.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	program, err := postgresTool("postgres")
	if err != nil {
		return nil, err
	}
	// The workers are killed in these tests, the server never: it need not
	// wait for the disk.
	cmd := exec.Command(program, "-D", filepath.Join(dir, "data"), "-k", dir, "-c", "listen_addresses=", "-c", "fsync=off",
		"-c", "log_statement=all", "-c", "log_parameter_max_length=-1")
	said, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = said.Close() }()
	cmd.Dir, cmd.Stderr = dir, said
	// Ends with the tests, however they end.
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: who, Pdeathsig: syscall.SIGQUIT}
	started, ended := make(chan error, 1), make(chan struct{})
	go func() {
		runtime.LockOSThread() // the signal is sent when the thread ends
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait()
		}
		close(ended)
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	s.stop = func() {
		_ = cmd.Process.Signal(syscall.SIGINT) // a fast shutdown
		<-ended
		_ = os.RemoveAll(dir)
	}
	for {
		err := s.ping()
		if err == nil {
			return s, nil
		}
		select {
		case <-ended:
			text, _ := os.ReadFile(said.Name())
			return nil, fmt.Errorf("postgres ended: %s", text)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (s *server) address(database string) string {
	return fmt.Sprintf("postgres://postgres@/%s?host=%s", database, s.dir)
}

func (s *server) ping() error {
	db, err := sql.Open("pgx", s.address("postgres"))
	if err != nil {
		return err
	}
	return errors.Join(db.PingContext(context.Background()), db.Close())
}

// database makes an empty database and returns its address.
func (s *server) database(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("t%d", s.made.Add(1))
	db, err := sql.Open("pgx", s.address("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.Exec("CREATE DATABASE " + name); err != nil {
		t.Fatal(err)
	}
	return s.address(name)
}

func TestMain(m *testing.M) {
	if role := os.Getenv("PRESAVE_TEST_ROLE"); role != "" {
		if err := perform(role); err != nil {
			fmt.Fprintln(os.Stderr, role+":", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	code := m.Run()
	if running != nil {
		running.stop()
	}
	os.Exit(code)
}

// databases are what every store's behaviour is tested on.
var databases = []struct {
	name  string
	where func(t testing.TB) string
}{
	{"SQLite", func(t testing.TB) string { return filepath.Join(t.TempDir(), "rows.db") }},
	{"PostgreSQL", func(t testing.TB) string {
		s, err := postgres()
		if err != nil {
			t.Fatal(err)
		}
		return s.database(t)
	}},
}
