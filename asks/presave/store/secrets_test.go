package store_test

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"diapason.dev/diapason/asks/presave"
)

// spellings are how a secret could stand in a file: itself and its hashes, as
// bytes, in hex and in base64.
func spellings(secret string) map[string][]byte {
	md, sh, s2 := md5.Sum([]byte(secret)), sha1.Sum([]byte(secret)), sha256.Sum256([]byte(secret))
	all := map[string][]byte{}
	for name, b := range map[string][]byte{"": []byte(secret), "MD5 of ": md[:], "SHA-1 of ": sh[:], "SHA-256 of ": s2[:]} {
		all[name] = b
		all[name+"hex "] = []byte(hex.EncodeToString(b))
		all[name+"HEX "] = []byte(strings.ToUpper(hex.EncodeToString(b)))
		all[name+"base64 "] = []byte(base64.RawStdEncoding.EncodeToString(b))
		all[name+"base64url "] = []byte(base64.RawURLEncoding.EncodeToString(b))
	}
	return all
}

// A search is for secrets in files, byte by byte. It goes through a file once:
// few places begin with the first three bytes of anything that is searched.
type search struct {
	needles map[string][]byte
	begins  []bool              // by the first three bytes
	byHead  map[uint64][]string // names, by the first eight bytes
	bytes   int64
	found   []string
}

func newSearch(secrets map[string]string) *search {
	s := &search{needles: map[string][]byte{}, begins: make([]bool, 1<<24), byHead: map[uint64][]string{}}
	for name, secret := range secrets {
		for how, b := range spellings(secret) {
			s.needles[how+name] = b
			head := binary.BigEndian.Uint64(b)
			s.begins[head>>40] = true
			s.byHead[head] = append(s.byHead[head], how+name)
		}
	}
	return s
}

// through looks at every place of a file.
func (s *search) through(file string, text []byte) {
	s.bytes += int64(len(text))
	for i := 0; i+8 <= len(text); i++ {
		if !s.begins[uint32(text[i])<<16|uint32(text[i+1])<<8|uint32(text[i+2])] {
			continue
		}
		for _, name := range s.byHead[binary.BigEndian.Uint64(text[i:])] {
			if bytes.HasPrefix(text[i:], s.needles[name]) {
				s.found = append(s.found, name+" in "+file)
			}
		}
	}
}

// in looks into everything under a path, and returns it joined for looking
// for what must be there.
func (s *search) in(t *testing.T, path string) []byte {
	t.Helper()
	var joined []byte
	must(t, filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		s.through(filepath.Base(name), text)
		joined = append(joined, text...)
		return nil
	}))
	return joined
}

// seeds collects every secret of a campaign as it comes up.
type seeds struct {
	mu  sync.Mutex
	all map[string]string
}

func (s *seeds) add(name, secret string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all[fmt.Sprintf("%s %d", name, len(s.all))] = secret
}

// A whole campaign leaves files of the database, its log of writes, a backup
// from before and after, the service's log and, with PostgreSQL, the server's
// log with every statement and value. Whoever takes all of them, without the
// keys, learns no token, no secret and nobody's name, and cannot even check a
// guess.
func TestNoFileHoldsASecretOrItsHash(t *testing.T) {
	for _, db := range databases {
		t.Run(db.name, func(t *testing.T) {
			known := &seeds{all: map[string]string{
				"app secret": appSecret, "master key": string(masterKey),
				"master key in base64": base64.StdEncoding.EncodeToString(masterKey),
			}}
			dir := t.TempDir()
			log, err := os.Create(filepath.Join(dir, "service.log"))
			must(t, err)
			p := newPlay(t, db.where(t), log)
			p.heard = func(body string) {
				var tokens struct{ Access_token, Refresh_token string }
				if json.Unmarshal([]byte(body), &tokens) == nil && tokens.Access_token != "" {
					known.add("access token", tokens.Access_token)
					known.add("rotated token", tokens.Refresh_token)
				}
			}
			ids := secretCampaign(t, p, known)
			backup(t, p.where, filepath.Join(dir, "before"))
			finishCampaign(t, p)
			backup(t, p.where, filepath.Join(dir, "after"))
			must(t, log.Sync())

			s := newSearch(known.all)
			before := s.in(t, filepath.Join(dir, "before"))
			s.in(t, filepath.Join(dir, "after"))
			text := s.in(t, filepath.Join(dir, "service.log"))
			live := s.in(t, databaseFiles(p.where))
			if len(s.found) > 0 {
				slices.Sort(s.found)
				t.Fatalf("found:\n%s", strings.Join(s.found, "\n"))
			}
			waited := 0
			for _, id := range ids {
				if !bytes.Contains(text, []byte(id)) {
					t.Errorf("row %s is not in the log", id)
				}
				if bytes.Contains(before, []byte(id)) {
					waited++
				}
			}
			if waited != 4 || !bytes.Contains(live, []byte("low-tide")) {
				t.Errorf("%d rows in the backup, want the 4 that waited: the search does not see", waited)
			}
			t.Logf("%d secrets, %d spellings, %d bytes", len(known.all), len(s.needles), s.bytes)
		})
	}
}

// secretCampaign lets listeners agree, of whom one cancels and one's first
// attempt fails, so that tokens are rotated and rows rewritten. It returns the
// ids of the rows.
func secretCampaign(t *testing.T, p *play, known *seeds) []string {
	t.Helper()
	var ids []string
	for i := range 8 {
		who := fmt.Sprintf("anke.seeded.%04d", 7731+i)
		refresh := p.provider.Grant(who, appID, "user-library-modify")
		row, secret, err := p.service.Enrol(ctx, presave.Consent{Campaign: "low-tide", Option: presave.Save, URI: album, Zone: "Europe/Berlin", Refresh: refresh})
		must(t, err)
		known.add("listener", who)
		known.add("refresh token", refresh)
		known.add("receipt", secret)
		if i == 0 {
			must(t, p.service.Cancel(ctx, secret))
			continue
		}
		ids = append(ids, row.ID)
	}
	p.provider.Fail(503, 503, 503, 503)
	p.clock.Set(allDue)
	must(t, drain(p.service))
	return ids
}

func finishCampaign(t *testing.T, p *play) {
	t.Helper()
	p.clock.Set(allDue.Add(time.Hour))
	must(t, drain(p.service))
	if got, want := counts(t, p.service.Store, "low-tide"), (presave.Counts{Done: 7, Cancelled: 1}); got != want {
		t.Fatalf("counts %+v, want %+v", got, want)
	}
}

// databaseFiles is where a database keeps everything: SQLite its file, the
// log of writes and its index, PostgreSQL all of its folder, with its log.
func databaseFiles(where string) string {
	if strings.HasPrefix(where, "postgres") {
		return running.dir
	}
	return filepath.Dir(where)
}

// backup makes a backup as an operator would, in a folder.
func backup(t *testing.T, where, to string) {
	t.Helper()
	must(t, os.Mkdir(to, 0o700))
	if strings.HasPrefix(where, "postgres") {
		tool, err := postgresTool("pg_dump")
		must(t, err)
		out, err := exec.Command(tool, where).Output()
		must(t, err)
		must(t, os.WriteFile(filepath.Join(to, "dump.sql"), out, 0o600))
		return
	}
	db, err := sql.Open("sqlite", where)
	must(t, err)
	defer func() { _ = db.Close() }()
	_, err = db.Exec("VACUUM INTO $1", filepath.Join(to, "rows.db"))
	must(t, err)
}

func TestTheSearchForSecretsFindsThem(t *testing.T) {
	dir := t.TempDir()
	sum := sha1.Sum([]byte("needle-1"))
	must(t, os.WriteFile(filepath.Join(dir, "a"), []byte("hay needle-1 hay"), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "b"), []byte("hay "+hex.EncodeToString(sum[:])), 0o600))
	s := newSearch(map[string]string{"needle": "needle-1"})
	s.in(t, dir)
	slices.Sort(s.found)
	if got, want := s.found, []string{"SHA-1 of hex needle in b", "needle in a"}; !slices.Equal(got, want) {
		t.Fatalf("found %q, want %q", got, want)
	}
}
