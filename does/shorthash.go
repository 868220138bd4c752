package does

import (
	"hash/crc32"
	"hash/fnv"
	turn "math/bits"
)

// shortHashes are the 32-bit hashes in which scripts send what they read.
var shortHashes = []struct {
	name string
	sum  func(string) uint32
}{
	{"crc32", func(s string) uint32 { return crc32.ChecksumIEEE([]byte(s)) }},
	{"fnv1a", fnv32},
	{"murmur3", murmur3},
	{"times31", times31},
	{"djb2", djb2},
}

func fnv32(s string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(s))
	return h.Sum32()
}

// times31 is the hash of strings in the Java language.
func times31(s string) uint32 {
	var h uint32
	for _, c := range []byte(s) {
		h = h*31 + uint32(c)
	}
	return h
}

func djb2(s string) uint32 {
	h := uint32(5381)
	for _, c := range []byte(s) {
		h = h*33 + uint32(c)
	}
	return h
}

// murmur3 is MurmurHash3_x86_32 (Appleby) with the seed 0.
func murmur3(s string) uint32 {
	const c1, c2 = 0xcc9e2d51, 0x1b873593
	b, h := []byte(s), uint32(0)
	mix := func(k uint32) uint32 { return turn.RotateLeft32(k*c1, 15) * c2 }
	for ; len(b) >= 4; b = b[4:] {
		h = turn.RotateLeft32(h^mix(uint32(b[0])|uint32(b[1])<<8|uint32(b[2])<<16|uint32(b[3])<<24), 13)*5 + 0xe6546b64
	}
	var k uint32
	for i, c := range b {
		k |= uint32(c) << (8 * i)
	}
	h ^= mix(k)
	h ^= uint32(len(s))
	h = (h ^ h>>16) * 0x85ebca6b
	h = (h ^ h>>13) * 0xc2b2ae35
	return h ^ h>>16
}
