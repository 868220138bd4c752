package presave

import (
	"encoding/hex"
	"errors"
	"strings"
)

// A Link is what the address of a receipt holds. It says by itself what it
// belongs to, so that the receipt of a row that ended can tell it while
// nothing of it is stored: the hash that is stored covers the whole of it, and
// no part can be exchanged.
type Link struct {
	Campaign string
	Option   Option
	Given    Date   // the day of the consent, in UTC
	secret   string // 256 random bits
}

// NewLink makes the link of a new consent.
func NewLink(campaign string, o Option, given Date) Link {
	return Link{campaign, o, given, NewSecret()}
}

// ErrLink means that a text is no link of a receipt.
var ErrLink = errors.New("not a receipt's link")

// ParseLink reads what [Link.String] wrote. Whether there is such a receipt
// only the store knows.
func ParseLink(text string) (Link, error) {
	part := strings.Split(text, ".")
	if len(part) != 4 || !pathSafe(part[0]) || part[3] == "" {
		return Link{}, ErrLink
	}
	given, err := ParseDate(part[2])
	if err != nil || given.String() != part[2] {
		return Link{}, ErrLink
	}
	return Link{part[0], Option(part[1]), given, part[3]}, nil
}

// String is the link as one element of a path.
func (l Link) String() string {
	return strings.Join([]string{l.Campaign, string(l.Option), l.Given.String(), l.secret}, ".")
}

// RowID is the id of the link's row, which also stands for the listener: 128
// bits in hex that only a holder of the link can compute.
func (l Link) RowID() string { return hex.EncodeToString(hash("row", l.String())[:16]) }

// ReceiptID is the id of the link's receipt: 128 bits in hex.
func (l Link) ReceiptID() string { return hex.EncodeToString(hash("receipt id", l.String())[:16]) }

// Hash is what is stored of the link.
func (l Link) Hash() []byte { return CancelHash(l.String()) }
