package holds

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
)

// A twice finds plays that several members of an export hold. It keeps 128
// bits of a keyed hash for each play, some 40 bytes of memory, and nothing
// that could be turned back into a play without the key, which is drawn for
// each reading.
//
// The same play as often in one member as in another is one set of plays,
// held twice: plays of the same item in the same minute are not thrown
// together.
type twice struct {
	key   [32]byte
	seen  map[[16]byte]struct{}
	local map[[16]byte]uint32 // how often in the member under way
	buf   []byte
}

func newTwice() *twice {
	t := &twice{seen: map[[16]byte]struct{}{}}
	_, _ = rand.Read(t.key[:]) // it never fails
	return t
}

// member starts the next member.
func (t *twice) member() { t.local = map[[16]byte]uint32{} }

// again notes a play and tells whether another member held it.
func (t *twice) again(s *eventSpec) bool {
	t.buf = s.identity(append(t.buf[:0], t.key[:]...))
	sum := sha256.Sum256(t.buf)
	k := [16]byte(sum[:16])
	n := t.local[k]
	t.local[k] = n + 1
	binary.LittleEndian.PutUint32(k[:], binary.LittleEndian.Uint32(k[:])^n)
	if _, ok := t.seen[k]; ok {
		return true
	}
	t.seen[k] = struct{}{}
	return false
}
