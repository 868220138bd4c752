package rule

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"
)

func TestFingerprintsStayWhatTheyAre(t *testing.T) {
	for _, c := range []struct{ rule, service, recipient, category, json string }{
		{"EV-01", "nocturne", "nocturne", "online-identifiers/nid", `["dfp1","EV-01","nocturne","nocturne","online-identifiers/nid"]`},
		{"SD-09", "nocturne", "", "", `["dfp1","SD-09","nocturne","",""]`},
		{"SD-01", "a\"b\\u2028", "<é&>", "x\u2028y", "[\"dfp1\",\"SD-01\",\"a\\\"b\\\\u2028\",\"<é&>\",\"x\u2028y\"]"},
	} {
		sum := sha256.Sum256([]byte(c.json))
		want := "dfp1:" + hex.EncodeToString(sum[:])[:32]
		if got := Fingerprint(c.rule, c.service, c.recipient, c.category); got != want {
			t.Errorf("%s: got %s, want %s", c.rule, got, want)
		}
	}
	if got, want := Fingerprint("EV-01", "nocturne", "nocturne", "online-identifiers/nid"), "dfp1:c1518bb7ab1b2f1144902c3b7e7eb7a5"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
