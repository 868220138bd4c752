package filter

// A badfilter rule takes back the rule that says the same without it, in
// whatever list that stands.
type identity struct {
	pattern   string
	allow     bits
	from, to  uint32
	form      form
	except    bool
	important bool
	redirect  string
	regex     bool
}

func (r *ranked) identity() identity {
	return identity{r.pattern, r.allow, r.from, r.to, r.form, r.except, r.important, r.redirect, r.regex != 0}
}

// without drops the rules that were taken back.
func (b *builder) without(rules []ranked, bad map[identity]bool) []ranked {
	if len(bad) == 0 {
		return rules
	}
	kept := rules[:0]
	for i := range rules {
		if !bad[rules[i].identity()] {
			kept = append(kept, rules[i])
			continue
		}
		c := &b.counts[rules[i].list]
		c.Disabled++
		if rules[i].except {
			c.Excepts--
		} else {
			c.Blocks--
		}
	}
	return kept
}
