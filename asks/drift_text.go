package asks

import (
	"strconv"
	"strings"
)

// tell puts a drift into plain sentences.
func (d *Drift) tell(recorded *Verdict) []string {
	var text []string
	switch {
	case d.Before == nil:
		text = append(text, "This request is new"+seenOn(d.After)+".")
		return append(text, d.After.Request.Text...)
	case d.After == nil:
		return append(text, "This request is no longer there. It asked for "+plural(d.Before.Request.Verdict.Requested, "permission")+seenOn(d.Before)+".")
	}
	was, is := d.Before.Request.Verdict, d.After.Request.Verdict
	text = append(text, "Between"+strings.TrimPrefix(seenOn(d.Before), " on")+" and"+strings.TrimPrefix(seenOn(d.After), " on")+" "+d.headline()+".")
	for _, c := range d.Changes {
		text = append(text, d.sentences(c)...)
	}
	if len(is.Purposes) > 0 {
		text = append(text, "More than is needed to "+is.Aim+": "+strconv.Itoa(len(was.Excess))+" then, "+strconv.Itoa(len(is.Excess))+" now.")
	}
	if d.After.State == "constant" {
		text = append(text, "The `state` is the same in both captures, so it protects nobody.")
	}
	text = append(text, "Both were judged with the catalogue of "+is.Catalogue+".")
	if len(d.ByCatalogue) > 0 {
		text = append(text, d.blame(recorded))
	}
	return text
}

func seenOn(s *Seen) string {
	if s.At == "" {
		return " on an unknown date"
	}
	return " on " + s.At[:len("2006-01-02")]
}

// headline says whether more or less is asked for.
func (d *Drift) headline() string {
	was, is := d.Before.Request.Verdict.Requested, d.After.Request.Verdict.Requested
	added, removed := beyond(d.After.ids(), d.Before.ids()), beyond(d.Before.ids(), d.After.ids())
	counts := ": from " + plural(was, "permission") + " to " + strconv.Itoa(is)
	switch {
	case len(d.Changes) == 0:
		return "nothing about this request changed"
	case len(added)+len(removed) == 0:
		return "the permissions stayed the same and other things changed"
	case len(removed) == 0:
		return "this request became wider" + counts
	case len(added) == 0:
		return "this request became narrower" + counts
	}
	return "this request changed" + counts
}

// sentences tell one change.
func (d *Drift) sentences(c Change) []string {
	each := func(head string, ids []string, s *Seen) (lines []string) {
		for _, id := range ids {
			lines = append(lines, head+" `"+id+"`"+s.opens(id)+".")
		}
		return lines
	}
	quoted := func(texts []string) string { return "“" + strings.Join(texts, "”, “") + "”" }
	switch c.What {
	case "scopes":
		return append(each("It now asks for", c.Added, d.After), each("It no longer asks for", c.Removed, d.Before)...)
	case "words":
		return []string{"The link said “" + c.Before + "” and says “" + c.After + "” now."}
	case "lines":
		var lines []string
		if len(c.Added) > 0 {
			lines = append(lines, "The consent page has new lines: "+quoted(c.Added)+".")
		}
		if len(c.Removed) > 0 {
			lines = append(lines, "The consent page lacks lines that it had: "+quoted(c.Removed)+".")
		}
		return lines
	case "client":
		return []string{"It asks in the name of another client."}
	case "redirect-host":
		return []string{"The answer went to " + c.Before + " and goes to " + c.After + " now."}
	case "page":
		return []string{"The link stood on " + c.Before + " and stands on " + c.After + " now."}
	case "persistence":
		return []string{"The grant was " + c.Before + " and is " + c.After + " now."}
	case "state":
		return []string{"The `state` was " + c.Before + " and is " + c.After + " now."}
	case "pkce":
		return []string{"PKCE was " + c.Before + " and is " + c.After + " now."}
	}
	return nil
}

// opens says what a permission of the request opens and its class, as the end of a sentence.
func (s *Seen) opens(id string) string {
	for _, sc := range s.Scopes {
		if sc.ID == id {
			return ": " + sc.Sentence + " (" + sc.Class + ")"
		}
	}
	return ""
}

// blame says what is owed to the catalogue and not to the service.
func (d *Drift) blame(recorded *Verdict) string {
	var parts []string
	for _, c := range d.ByCatalogue {
		switch id, isClass := strings.CutPrefix(c.What, "class of "); {
		case isClass:
			parts = append(parts, "`"+id+"` counted as "+c.Before+" and counts as "+c.After+" now")
		default:
			for _, id := range c.Added {
				parts = append(parts, "`"+id+"` is "+c.What+" now")
			}
			for _, id := range c.Removed {
				parts = append(parts, "`"+id+"` is no longer "+c.What)
			}
		}
	}
	return "Not the service but the catalogue changed since the older verdict of " + recorded.Catalogue + ": " + strings.Join(parts, "; ") + "."
}
