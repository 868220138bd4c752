package har

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"hash"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// A digest stands for a string that was too long to pass.
type digest struct {
	at     int64 // where the cut is in what was passed on
	taken  int64 // by how many bytes the file is longer there
	plain  measure
	base64 measure // of the string's bytes after base64, if it is that
	broken bool    // it is not base64
	ended  bool    // its base64 has ended
	group  []byte
	esc    []byte
	high   rune
}

// A measure is hash and length of some bytes.
type measure struct {
	hash hash.Hash
	size int64
}

func (m *measure) write(b []byte) {
	m.hash.Write(b)
	m.size += int64(len(b))
}

func (m *measure) sum() string { return fmt.Sprintf("%x", m.hash.Sum(nil)) }

// addAll takes raw bytes of the string.
func (d *digest) addAll(b []byte) {
	for len(b) > 0 {
		n := bytes.IndexByte(b, '\\')
		if n < 0 {
			n = len(b)
		}
		n = min(n, 64<<10) // what waits for base64 stays small
		if len(d.esc) > 0 || n == 0 {
			d.add(b[0])
			b = b[1:]
			continue
		}
		d.flushHigh()
		d.put(b[:n]...)
		b = b[n:]
	}
}

// add takes one raw byte of the string.
func (d *digest) add(c byte) {
	switch {
	case len(d.esc) == 0 && c != '\\':
		d.flushHigh()
		d.put(c)
	default:
		d.esc = append(d.esc, c)
		d.unescape()
	}
}

// unescape looks whether an escape is whole, and adds what it stands for.
func (d *digest) unescape() {
	switch {
	case len(d.esc) < 2 || d.esc[1] == 'u' && len(d.esc) < 6:
		return
	case d.esc[1] != 'u':
		d.flushHigh()
		if i := strings.IndexByte("bfnrt", d.esc[1]); i >= 0 {
			d.put("\b\f\n\r\t"[i])
		} else {
			d.put(d.esc[1])
		}
	default:
		n, _ := strconv.ParseUint(string(d.esc[2:]), 16, 32)
		d.character(rune(n))
	}
	d.esc = d.esc[:0]
}

// character joins the two halves of a character beyond \uFFFF.
func (d *digest) character(r rune) {
	if d.high != 0 {
		if whole := utf16.DecodeRune(d.high, r); whole != utf8.RuneError {
			d.high = 0
			d.put(utf8.AppendRune(nil, whole)...)
			return
		}
		d.flushHigh()
	}
	if r >= 0xd800 && r < 0xdc00 {
		d.high = r
		return
	}
	d.put(utf8.AppendRune(nil, r)...)
}

func (d *digest) flushHigh() {
	if d.high != 0 {
		d.high = 0
		d.put(utf8.AppendRune(nil, utf8.RuneError)...)
	}
}

// put adds bytes of the unescaped string.
func (d *digest) put(b ...byte) {
	d.plain.write(b)
	if d.broken {
		return
	}
	for _, c := range b {
		if c != '\r' && c != '\n' {
			d.group = append(d.group, c)
		}
	}
	d.decode(len(d.group) / 4 * 4)
}

// decode takes the first n bytes of what waits out of base64.
func (d *digest) decode(n int) {
	if n == 0 {
		return
	}
	out := make([]byte, base64.StdEncoding.DecodedLen(n))
	m, err := base64.StdEncoding.Decode(out, d.group[:n])
	d.broken = err != nil || d.ended
	d.base64.write(out[:m])
	d.ended = m < len(out) // padding: nothing may follow
	d.group = d.group[:copy(d.group, d.group[n:])]
}

func (d *digest) finish() {
	d.flushHigh()
	d.broken = d.broken || len(d.group) > 0
}
