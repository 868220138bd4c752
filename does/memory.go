package does

import (
	"context"
	"fmt"
	"slices"

	"diapason.dev/diapason"
	"diapason.dev/diapason/does/respawn"
	"diapason.dev/diapason/internal/browse"
)

// What lives in the memory of a running browser is in no file of a profile: a
// name in a tab, in a worker that several tabs share, in a script that is still
// there. Whether such a channel brings an identifier back is looked at with the
// whole profile: everything is deleted while the browser runs, and the pages
// are opened again. What comes back then, and does not when all files but the
// cookies are kept, came from memory, and goes when the browser is quit.

const (
	memoryPrefix = respawnPrefix + "M"
	memoryKind   = "memory"
	memoryVisits = 2 // what came back is looked at once more
)

// memory makes the visits that look for channels in memory, if there is an
// identifier that no store brought back.
func (t *tour) memory(ctx context.Context, p Plan, seed *browse.Profile, m marks, trials []respawn.Trial, failing []string) {
	away := m.away(trials)
	var keep []string
	for _, a := range browse.Atoms {
		if !slices.Contains(failing, a.Name) {
			keep = append(keep, a.Name)
		}
	}
	for n := 1; n <= memoryVisits && len(away) > 0; n++ {
		visit := p.plain(fmt.Sprint(memoryPrefix, n), diapason.P5, n)
		visit.Forget = true
		from := len(t.captures)
		t.walk(ctx, []chain{{
			visits:  []browse.Visit{visit},
			profile: func() (*browse.Profile, error) { return t.browser.Transplant(seed, keep) },
		}})
		made := toTheirEnd(t.captures[from:])
		if len(made) == 0 || t.err != nil {
			return
		}
		away = slices.DeleteFunc(away, func(x mark) bool { return !x.remembered(made[0]).Back() })
	}
}

// away are the marked cookies that stayed away although everything else was
// kept, so that no store brings them back.
func (m marks) away(trials []respawn.Trial) marks {
	return slices.DeleteFunc(slices.Clone(m), func(x mark) bool {
		id := x.place.String()
		missed := 0
		for _, t := range trials {
			if t.Complete && len(t.Change) == 0 && len(t.Keep) == len(trials[0].Keep) && !t.Back[id].Back() {
				missed++
			}
		}
		return x.place.store != "cookie" || missed < 2 || respawn.Conclude(id, trials).Kind != respawn.None
	})
}

// remembered tells how a value came back after everything was deleted in the
// running browser: it was written again. That it was sent is not enough, as
// the pages that stayed open beside still know it.
func (x mark) remembered(c *diapason.Capture) respawn.Return {
	var r respawn.Return
	if c.Cleared.IsZero() {
		return r
	}
	for _, k := range c.Cookies {
		_, _, ok := x.forms.find(layers(k.Value))
		r.Written = r.Written || ok
	}
	for _, l := range looksAt(c) {
		if r.Written && l.request.At.After(c.Cleared) {
			_, _, ok := x.forms.find(l.layers)
			r.Sent = r.Sent || ok
		}
	}
	return r
}

// memories tells of the cookies that came back from the memory of a running
// browser, and from nowhere else.
func (r *reading) memories() []Respawn {
	var all []Respawn
	if len(r.record.memory) == 0 || len(r.trials) == 0 {
		return nil
	}
	for _, m := range r.marks.away(r.trials) {
		f := Respawn{
			Kind: memoryKind, Identifier: m.place.String(), Score: m.score, Target: target, Key: shown(m.place.key, ""), Recipient: r.party(m.place.host),
			Stores: [][]string{}, Recipe: []string{},
		}
		came := 0
		for _, t := range r.trials {
			f.Tests = append(f.Tests, Test{Visit: t.Name, Kept: slices.Sorted(slices.Values(t.Keep)), Changed: t.Change, SignedIn: t.SignedIn})
		}
		for _, c := range r.record.memory {
			back := m.remembered(c)
			f.Tests = append(f.Tests, Test{Visit: c.ID, Kept: []string{}, Running: true, Returned: back.Back(), Written: back.Written, Sent: back.Sent})
			f.Written, f.Sent = f.Written || back.Written, f.Sent || back.Sent
			if back.Back() {
				came++
				f.Evidence = append(f.Evidence, r.returned(c, m))
			}
		}
		if came == 0 {
			continue
		}
		f.Proved = came == memoryVisits
		f.RecipeProved = f.Proved // quitting is what the visits did that kept everything
		if !f.Proved {
			f.NotLooked = append(f.NotLooked, "whether memory restores it: it came back once and not again, or the visits broke off")
		}
		f.NotLooked = append(f.NotLooked, r.leftOut()...)
		all = append(all, f)
	}
	return all
}
