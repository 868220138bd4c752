package har

import (
	"slices"

	"diapason.dev/diapason"
)

// longestPlain is the length from which what a script read of the device is a
// picture or a sound, and not a word.
const longestPlain = 128

// call puts commitments in the place of what a script wrote or read.
func (x *redactor) call(c *diapason.Call) {
	c.Script, c.Frame, c.Stack = x.address(c.Script), x.address(c.Frame), slices.Clone(c.Stack)
	for i := range c.Stack {
		c.Stack[i] = x.address(c.Stack[i])
	}
	switch c.API {
	case "document.cookie=", "cookieStore.set":
		c.Value = x.header("set-cookie", c.Value)
	case "localStorage.setItem", "sessionStorage.setItem":
		c.Name, c.Value = x.scan(c.Name), x.value(c.Name, c.Value, storedKind, 0)
	default:
		c.Name = x.text(c.Name, false)
		if len(c.Value) > longestPlain {
			c.Value = x.whole(identifierKind, c.Value)
		} else {
			c.Value = x.value("", c.Value, "", 0)
		}
	}
}
