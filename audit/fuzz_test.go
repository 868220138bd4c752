package audit

import (
	"errors"
	"strings"
	"testing"

	"diapason.dev/diapason"
)

// Whatever stands in a configuration, it is read or refused with a reason, and
// the steps of a journey are those that were written, in their order.
func FuzzJourneys(f *testing.F) {
	const head = "service: {id: a}\ndoes:\n  journeys:\n"
	for _, s := range []string{
		"", "service: {id: a}\n", head + "    in: [{open: /x}, {fill: {'#a': bait.email, '#b': secret.LAB_PASSWORD}}, {click: text=Go}, {wait: 3s}, {stop-before: '#pay'}]\n",
		head + "    in:\n      - fill: &f {'#a': &v x, '#b': *v}\n      - fill: *f\n  sign-in: in\n", head + "    in: [{fill: [a, b]}]\n", head + "    in: [{fill: {a: [b]}}]\n", head + "    in: [{wait: -3h}]\n",
		head + "    in: {open: x}\n  captures: [{har: x.har, zone: Europe/Paris}]\n", "a: &a [*a]", head + "    in: &a [{fill: {x: *a}}]\n", head + "    'in': [{fill: {<<: {a: b}}}]\n",
	} {
		f.Add([]byte(s))
	}
	f.Setenv("LAB_PASSWORD", "Zq83kfPw01LmNvB7")
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := ParseConfig(raw, "f.yaml")
		if err != nil {
			if !errors.Is(err, diapason.ErrUsage) || strings.Contains(err.Error(), "Zq83kfPw01LmNvB7") {
				t.Errorf("refused with %v", err)
			}
			return
		}
		all, err := c.journeys()
		if err != nil {
			if !errors.Is(err, diapason.ErrUsage) || strings.Contains(err.Error(), "Zq83kfPw01LmNvB7") {
				t.Errorf("refused with %v", err)
			}
			return
		}
		secrets := c.secrets()
		if c.Does == nil {
			return
		}
		for name, steps := range c.Does.Journeys {
			if len(all[name]) != len(steps) {
				t.Fatalf("journey %s: %d steps of %d", name, len(all[name]), len(steps))
			}
			for i, s := range steps {
				var written map[string]string
				if s.Fill.Kind != 0 && s.Fill.Decode(&written) != nil {
					t.Errorf("journey %s, step %d: what is no pair of words was taken", name, i+1)
				}
				for _, field := range all[name][i].Fill {
					want := written[field.Selector]
					if want == secretPrefix+"LAB_PASSWORD" {
						want = "Zq83kfPw01LmNvB7"
						if len(secrets) != 1 || secrets[0].value != want {
							t.Errorf("the secret is not known as one: %v", secrets)
						}
					}
					if field.Value != want {
						t.Errorf("journey %s, step %d: %s is filled with %q, written is %q", name, i+1, field.Selector, field.Value, want)
					}
				}
			}
		}
	})
}
