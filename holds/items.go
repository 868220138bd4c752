package holds

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"diapason.dev/diapason"
)

// Number makes an export and its items the nth of an audit: their ids, and the
// record that their evidence points to.
func Number(n int, e *Export, items []Item) {
	id, record := fmt.Sprint(n), fmt.Sprintf("export/%d", n)
	e.ID, e.Evidence = id, []diapason.Ref{{Record: record}}
	for i := range items {
		items[i].Export = id
		items[i].Evidence = []diapason.Ref{{Record: record, At: items[i].Path}}
	}
}

// items makes one item of each path that held something, in the order of paths.
func (r *reading) items() []Item {
	items := slices.Clone(r.other)
	for _, t := range r.trees {
		t.root.each(func(n *node) {
			if i, ok := r.item(t, n); ok {
				items = append(items, i)
			}
		})
	}
	slices.SortFunc(items, func(a, b Item) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Member, b.Member))
	})
	return items
}

func (r *reading) item(t *tree, n *node) (Item, bool) {
	hollow := n.empty > 0 && n.elem == nil && n.any == nil && len(n.kids) == 0
	if n.member == "" || n.empty > 0 && n.count+n.nulls == 0 && !hollow {
		return Item{}, false
	}
	i := Item{
		Path: t.label + " " + n.path, Member: n.member, Name: n.name, Type: typeName(n, hollow), Class: "none", Origin: "unmapped",
		Count: n.count, Nulls: n.nulls, Oldest: n.oldest, Newest: n.newest,
	}
	if !n.oldest.IsZero() {
		i.Age = days(r.export.Newest.Sub(n.oldest))
	}
	m := n.meaning
	if m == nil && hollow && t.kind != nil {
		m = t.kind.above(n.path)
	}
	if m == nil {
		return i, true
	}
	i.Data, i.Origin, i.Class, i.Subject = m.Term, m.Origin, m.Class, m.subject()
	i.Special, i.AdSegment, i.Source = n.special, m.Ads, t.kind.Service
	return i, true
}

func typeName(n *node, hollow bool) string {
	var names []string
	for bit, name := range map[uint8]string{typeString: "string", typeNumber: "number", typeBoolean: "boolean"} {
		if n.types&bit != 0 {
			names = append(names, name)
		}
	}
	switch {
	case hollow:
		return "empty"
	case len(names) == 0:
		return "null"
	}
	slices.Sort(names)
	return strings.Join(names, " or ")
}
