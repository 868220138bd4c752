package asks

import (
	"bytes"
	"strings"
)

// A pathNode is one step of the paths of all operations.
type pathNode struct {
	literal map[string]*pathNode
	any     *pathNode            // a segment that stands for a name: {id}
	ending  map[string]*pathNode // a name with a fixed ending: {id}:modify
	rest    map[string]*matched  // one or more segments that stand for a name: {+name}, by method
	here    map[string]*matched  // by method
}

// A matched is one operation as a log is matched against it.
type matched struct {
	first int // its first cell
	dims  []dim
}

func newPathNode() *pathNode {
	return &pathNode{literal: map[string]*pathNode{}, ending: map[string]*pathNode{}, rest: map[string]*matched{}, here: map[string]*matched{}}
}

// insert adds a path below n; two operations of one method and path keep the first.
func (n *pathNode) insert(method string, path []string, m *matched) {
	for i, s := range path {
		open := strings.HasPrefix(s, "{")
		end := strings.LastIndexByte(s, '}')
		switch {
		case open && strings.HasPrefix(s, "{+") && i == len(path)-1:
			if n.rest[method] == nil {
				n.rest[method] = m
			}
			return
		case open && end == len(s)-1:
			if n.any == nil {
				n.any = newPathNode()
			}
			n = n.any
		case open && end > 0:
			n = child(n.ending, s[end+1:])
		default:
			n = child(n.literal, s)
		}
	}
	if n.here[method] == nil {
		n.here[method] = m
	}
}

func child(of map[string]*pathNode, key string) *pathNode {
	if of[key] == nil {
		of[key] = newPathNode()
	}
	return of[key]
}

// find returns the operation at a path. A name that is written out goes before
// one that stands for any.
func (n *pathNode) find(method, path []byte) *matched {
	segment, left := nextSegment(path)
	if segment == nil {
		return n.here[string(method)]
	}
	if next := n.literal[string(segment)]; next != nil {
		if m := next.find(method, left); m != nil {
			return m
		}
	}
	for end, next := range n.ending {
		if len(segment) > len(end) && string(segment[len(segment)-len(end):]) == end {
			if m := next.find(method, left); m != nil {
				return m
			}
		}
	}
	if n.any != nil {
		if m := n.any.find(method, left); m != nil {
			return m
		}
	}
	return n.rest[string(method)]
}

// known writes a path with only the segments that stand in the catalogue; all
// others, which may name a person or a thing, become an ellipsis.
func (n *pathNode) known(path []byte) string {
	var b strings.Builder
	for count := 0; count < 8; count++ {
		segment, left := nextSegment(path)
		if segment == nil {
			return b.String()
		}
		path = left
		var next *pathNode
		if n != nil {
			next = n.literal[string(segment)]
		}
		switch {
		case next != nil:
			b.WriteString("/" + string(segment))
		default:
			b.WriteString("/…")
			if n != nil {
				next = n.any
			}
		}
		n = next
	}
	return b.String() + "/…"
}

// nextSegment splits a path behind its first segment that is not empty.
func nextSegment(path []byte) (segment, rest []byte) {
	for len(path) > 0 && path[0] == '/' {
		path = path[1:]
	}
	if len(path) == 0 {
		return nil, nil
	}
	if end := bytes.IndexByte(path, '/'); end >= 0 {
		return path[:end], path[end:]
	}
	return path, nil
}

// hasPath tells whether a path begins with these segments.
func hasPath(path []byte, want []string) bool {
	for _, w := range want {
		segment, rest := nextSegment(path)
		if segment == nil || w != string(segment) && !standsFor(w, segment) {
			return false
		}
		path = rest
	}
	return true
}

func skipSegments(path []byte, n int) []byte {
	for range n {
		_, path = nextSegment(path)
	}
	return path
}
