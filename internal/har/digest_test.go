package har

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func newDigest() *digest {
	return &digest{plain: measure{hash: sha256.New()}, base64: measure{hash: sha256.New()}}
}

// However a string is escaped, and wherever its pieces are cut, its hash is
// that of the text which a JSON decoder makes of it.
func TestTheHashIsThatOfTheDecodedText(t *testing.T) {
	pieces := []string{"plain", "é", `\n`, `\"`, `\\`, `\/`, `\u0041`, `\u00e9`, `\ud834\udd1e`, `\ud834`, `\udd1e`, `\ud834\u0041`, "𝄞", `\t\b\f\r`}
	rapid.Check(t, func(t *rapid.T) {
		raw := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 12).Draw(t, "pieces"), "")
		d := newDigest()
		for rest := []byte(raw); len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "cut")
			d.addAll(rest[:n])
			rest = rest[n:]
		}
		d.finish()
		var text string
		if err := json.Unmarshal([]byte(`"`+raw+`"`), &text); err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprintf("%x", sha256.Sum256([]byte(text))); d.plain.sum() != want || d.plain.size != int64(len(text)) {
			t.Fatalf("%s: hash of %d bytes differs from that of %q", raw, d.plain.size, text)
		}
	})
}

func TestBase64IsDecodedOnTheWayOrCalledBroken(t *testing.T) {
	for text, want := range map[string]string{
		base64.StdEncoding.EncodeToString([]byte("any bytes at all")): "any bytes at all",
		"aGVs\r\nbG8=\r\n": "hello",
		"":                 "",
		"aGVsbG8":          "!",
		"aGVsbG8=aGVs":     "!",
		"aGV*bG8=":         "!",
	} {
		for size := 1; size <= 5; size++ {
			d := newDigest()
			for rest := text; rest != ""; {
				n := min(size, len(rest))
				d.put([]byte(rest[:n])...)
				rest = rest[n:]
			}
			d.finish()
			if d.broken != (want == "!") || !d.broken && d.base64.sum() != fmt.Sprintf("%x", sha256.Sum256([]byte(want))) {
				t.Errorf("%q in pieces of %d: broken %v, %d bytes", text, size, d.broken, d.base64.size)
			}
		}
	}
}
