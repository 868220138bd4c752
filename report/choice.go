package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"diapason.dev/diapason"
	"diapason.dev/diapason/audit"
	"diapason.dev/diapason/does"
)

// A choosing shows how a choice is offered, and what was stored, read and
// contacted in each state of it.
type choosing struct {
	Sentence string
	Offers   []offer
	Preset   []string
	Pictures []picture // of the controls, side by side
	Label    string    // the pictures in words
	Phases   []phase
	Rows     []choiceRow
}

// An offer is one choice as it is offered.
type offer struct {
	Name, Words, Kind, Clicks, Layer, Contrast, Area, Keyboard string
}

// A picture is a control drawn as a box, as large as its area is among the
// others, with its words under it. The drawing is 480 by 120.
type picture struct {
	Words              string
	X, Y, W, H, Middle int
}

type phase struct {
	Name string
	Runs string
}

// A choiceRow is what one receiver did in each phase.
type choiceRow struct {
	Name, Role string
	Cells      []choiceCell
	third      bool
}

type choiceCell struct {
	Asked bool // something is among it that wants an agreement, and there was none
	Deeds []string
}

// phaseNames are the columns, in their order.
var phaseNames = []struct {
	phase diapason.Phase
	name  string
}{
	{diapason.P0, "Before any choice"},
	{diapason.P1, "Refused"},
	{diapason.P2, "Accepted"},
	{diapason.P3, "Withdrawn"},
	{diapason.P40, "GPC on"},
	{diapason.P41, "GPC on, refused"},
	{diapason.P42, "GPC on, accepted"},
}

// choosings is one view, or none where no visit looked at choices or signals.
func choosings(r *audit.Result) []choosing {
	f := r.Facts.Does
	signal := slices.ContainsFunc(f.Visits, func(v does.Visit) bool { return v.Phase == diapason.P40 })
	if len(f.Banners) == 0 && !signal {
		return nil
	}
	var v choosing
	if first, ok := firstBanner(f.Banners, diapason.P0); ok {
		last, _ := firstBanner(f.Banners, diapason.P3)
		v.Offers = []offer{offered("Agree", first.Accept, true), offered("Refuse", first.Reject, true), offered("Take back", last.Withdraw, last.Found)}
		v.Preset = first.Preset
		v.Pictures, v.Label = pictures(first)
	}
	v.Sentence = choiceSentence(f.Banners)
	v.Phases, v.Rows = phasesOf(f)
	return []choosing{v}
}

// firstBanner is the one that is shown of a phase: of the first visit that
// found one.
func firstBanner(all []does.Banner, p diapason.Phase) (does.Banner, bool) {
	found := slices.DeleteFunc(slices.Clone(all), func(b does.Banner) bool { return b.Phase != p || !b.Found })
	if len(found) == 0 {
		return does.Banner{}, false
	}
	return slices.MinFunc(found, func(a, b does.Banner) int { return strings.Compare(a.Visit, b.Visit) }), true
}

func choiceSentence(all []does.Banner) string {
	looked, found := 0, 0
	for _, b := range all {
		if b.Phase == diapason.P0 {
			looked++
			if b.Found {
				found++
			}
		}
	}
	switch {
	case looked == 0:
		return "No visit looked for something that asks for a choice: this shows the signal alone."
	case found == 0:
		return fmt.Sprintf("Nothing asked for a choice in %d %s.", looked, plural(looked, "visit", "visits"))
	}
	return fmt.Sprintf("Something asked for a choice in %d of %d %s.", found, looked, plural(looked, "visit", "visits"))
}

func offered(name string, c diapason.Control, looked bool) offer {
	o := offer{Name: name}
	switch {
	case !looked:
		o.Words = "not looked for"
		return o
	case c.Clicks < 1:
		o.Words = "no way was found"
		return o
	}
	o.Words, o.Kind, o.Clicks, o.Layer = "“"+c.Words+"”", c.Kind, fmt.Sprint(c.Clicks), fmt.Sprint(c.Layer)
	if c.Contrast > 0 {
		o.Contrast = fmt.Sprintf("%.1f to 1", c.Contrast)
	}
	if c.Area > 0 {
		o.Area = fmt.Sprintf("%s px²", number(int64(math.Round(c.Area))))
	}
	o.Keyboard = map[bool]string{true: "yes", false: "no"}[c.Keyboard]
	return o
}

// pictures draws the controls to agree and to refuse, in the sizes that they
// have to each other.
func pictures(b does.Banner) ([]picture, string) {
	if b.Accept.Clicks < 1 || b.Reject.Clicks < 1 || b.Accept.Area <= 0 || b.Reject.Area <= 0 {
		return nil, ""
	}
	const left, right, middle, widest, highest = 120, 360, 50, 200.0, 90.0
	top := max(b.Accept.Area, b.Reject.Area)
	box := func(c diapason.Control, x int) picture {
		scale := math.Sqrt(c.Area / top)
		w, h := int(widest*scale), int(highest*scale)
		return picture{Words: cut(c.Words, 26), X: x - w/2, Y: middle - h/2, W: w, H: h, Middle: x}
	}
	label := fmt.Sprintf("“%s” and “%s”, drawn as large as they are to each other: %.1f to 1.", b.Accept.Words, b.Reject.Words, b.Accept.Area/b.Reject.Area)
	return []picture{box(b.Accept, left), box(b.Reject, right)}, label
}

func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// phasesOf tells for each receiver what it did in the phases that were visited.
func phasesOf(f does.Facts) ([]phase, []choiceRow) {
	var phases []phase
	column := map[diapason.Phase]int{}
	for _, n := range phaseNames {
		all, complete := 0, 0
		for _, v := range f.Visits {
			if v.Phase == n.phase && !strings.Contains(v.ID, "respawn/") && v.Source != "har" {
				all++
				if v.Complete {
					complete++
				}
			}
		}
		if all > 0 {
			column[n.phase] = len(phases)
			phases = append(phases, phase{n.name, fmt.Sprintf("%d of %d visits count", complete, all)})
		}
	}
	rows := map[string]*choiceRow{}
	for _, a := range f.Accesses {
		at, shown := column[a.Phase]
		if !shown || a.NX == "no" {
			continue
		}
		r := rows[a.Recipient.ID]
		if r == nil {
			r = &choiceRow{Name: name(a.Recipient), Role: role(a.Recipient), Cells: make([]choiceCell, len(phases)), third: a.Recipient.Relation != diapason.FirstParty}
			rows[a.Recipient.ID] = r
		}
		c := &r.Cells[at]
		c.Asked = c.Asked || a.NX == "yes" && a.Phase != diapason.P2 && a.Phase != diapason.P42
		if d := deed(a); !slices.Contains(c.Deeds, d) {
			c.Deeds = append(c.Deeds, d)
		}
	}
	var list []choiceRow
	for _, r := range rows {
		for i := range r.Cells {
			slices.Sort(r.Cells[i].Deeds)
		}
		list = append(list, *r)
	}
	slices.SortFunc(list, func(a, b choiceRow) int {
		return cmp.Or(later(a.third, b.third), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Role, b.Role))
	})
	return phases, list
}

// deed tells one access in two or three words.
func deed(a does.Access) string {
	switch {
	case a.Unsignalled:
		return "contacted, and could not be told of the signal"
	case a.Kind == "set":
		return "stored " + a.Name
	case a.Kind == "read":
		return "read " + a.Name
	case a.NX == "yes":
		return "contacted with an identifier"
	}
	return "contacted"
}
