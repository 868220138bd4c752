package archive

import (
	"fmt"
	"io"
)

// A counter counts the bytes that really come out of a member and trips the
// archive when they are more than the limits allow: what an archive says about
// its sizes is not believed.
type counter struct {
	archive *Archive
	name    string
	packed  int64 // bytes that the member takes in its archive
	in      io.Reader
	out     int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	c.out += int64(n)
	c.archive.total += int64(n)
	if why := c.over(); why != "" {
		return 0, c.archive.trap(c.name, why)
	}
	return n, err
}

func (c *counter) over() string {
	l := c.archive.limits
	switch {
	case c.out > l.Free && c.out/l.Ratio > c.packed:
		return fmt.Sprintf("it unpacks to more than %d times its size, as only a trap does", l.Ratio)
	case c.out > l.Member:
		return fmt.Sprintf("it unpacks to more than %d bytes", l.Member)
	case c.archive.total > l.Total:
		return fmt.Sprintf("the members unpack to more than %d bytes together", l.Total)
	}
	return ""
}
