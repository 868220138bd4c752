package rule

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
)

// fingerprintScheme names the way in which fingerprints are made. Another way
// gets another name, so that kept fingerprints never change their meaning.
const fingerprintScheme = "dfp1"

// Fingerprint names a finding so that the next audit knows it again: the
// scheme, a colon and 32 hexadecimal digits of the SHA-256 over the canonical
// JSON (RFC 8785) of ["dfp1", rule, service, recipient, category]. It holds no
// time, path, address, value or version. Recipient is an entity's id and
// category a report's data category; both may be empty.
func Fingerprint(rule, service, recipient, category string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // RFC 8785 escapes only what JSON must
	if err := enc.Encode([]string{fingerprintScheme, rule, service, recipient, category}); err != nil {
		panic(err) // five strings always encode
	}
	text := lineSeparators.Replace(strings.TrimSuffix(b.String(), "\n"))
	sum := sha256.Sum256([]byte(text))
	return fingerprintScheme + ":" + hex.EncodeToString(sum[:16])
}

// lineSeparators undoes the one escape that encoding/json adds for the sake of
// JavaScript and that RFC 8785 does not have.
var lineSeparators = strings.NewReplacer("\\\\", "\\\\", `\u2028`, "\u2028", `\u2029`, "\u2029")
