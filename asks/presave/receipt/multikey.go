package receipt

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"diapason.dev/diapason"
)

// alphabet is that of base58btc: no 0, O, I and l.
const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

// ed25519Prefix marks an Ed25519 public key (multicodec 0xed as a varint).
var ed25519Prefix = []byte{0xed, 0x01}

// multikey is a public key as did:key names it: base58btc, marked by z.
func multikey(public ed25519.PublicKey) string {
	return "z" + base58(append(slices.Clone(ed25519Prefix), public...))
}

// publicKey reads "did:key:M#M" and returns the key and its did.
func publicKey(method string) (ed25519.PublicKey, string, error) {
	did, fragment, _ := strings.Cut(method, "#")
	name, ok := strings.CutPrefix(did, "did:key:")
	if !ok || fragment != name {
		return nil, "", fmt.Errorf("verify receipt: it does not carry the key that signed it: %w", diapason.ErrUsage)
	}
	public, err := readMultikey(name)
	return public, did, err
}

// readMultikey is the opposite of multikey.
func readMultikey(name string) (ed25519.PublicKey, error) {
	raw, err := unbase58(name, len(ed25519Prefix)+ed25519.PublicKeySize)
	if err != nil || !bytes.HasPrefix(raw, ed25519Prefix) {
		return nil, fmt.Errorf("verify receipt: %.60q is not an Ed25519 key: %w", name, diapason.ErrAltered)
	}
	return raw[len(ed25519Prefix):], nil
}

// base58 writes bytes in base58btc; a zero byte in front is a 1.
func base58(data []byte) string {
	n, rest, base := new(big.Int).SetBytes(data), new(big.Int), big.NewInt(58)
	var out []byte
	for n.Sign() > 0 {
		n.DivMod(n, base, rest)
		out = append(out, alphabet[rest.Int64()])
	}
	for _, b := range data {
		if b != 0 {
			break
		}
		out = append(out, '1')
	}
	slices.Reverse(out)
	return string(out)
}

// unbase58 reads exactly size bytes in base58btc, marked by z.
func unbase58(text string, size int) ([]byte, error) {
	digits, ok := strings.CutPrefix(text, "z")
	if !ok || len(digits) > 2*size {
		return nil, errors.New("expected base58btc of another length")
	}
	n := new(big.Int)
	for _, c := range []byte(digits) {
		v := strings.IndexByte(alphabet, c)
		if v < 0 {
			return nil, fmt.Errorf("%q is no digit of base58", c)
		}
		n.Add(n.Mul(n, big.NewInt(58)), big.NewInt(int64(v)))
	}
	if n.BitLen() > 8*size {
		return nil, errors.New("expected base58btc of another length")
	}
	out := n.FillBytes(make([]byte, size))
	if base58(out) != digits {
		return nil, errors.New("expected base58btc of another length")
	}
	return out, nil
}
