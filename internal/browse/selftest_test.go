package browse

import (
	"slices"
	"testing"
)

// The self-test's page marks every part of a profile, and finds each
// mark where the part was kept, and only there.
func TestTheSelfTestFindsTheMarksOfWhatWasKept(t *testing.T) {
	b := &Browser{Unsandboxed: true, Work: t.TempDir()}
	st, err := b.SelfTest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	seed, err := st.Browser.NewProfile()
	if err != nil {
		t.Fatal(err)
	}
	first := visit(t, st.Browser, withProfile(st.Seed("selftest/V0"), seed))
	if len(first.Gaps) > 0 || !first.Complete {
		t.Fatalf("the seeding visit: %s, %+v", first.Settle, first.Gaps)
	}
	var all []string
	for _, a := range Atoms {
		all = append(all, a.Name)
	}
	for _, keep := range [][]string{{}, all[:5], all[5:]} {
		p, err := st.Browser.Transplant(seed, keep)
		if err != nil {
			t.Fatal(err)
		}
		c := visit(t, st.Browser, withProfile(st.Seek("selftest/1", 1), p))
		if got, told := Marked(c); !told || !slices.Equal(got, keep) {
			t.Errorf("kept %q, and the page found %q, told: %t", keep, got, told)
		}
	}
}

func withProfile(v Visit, p *Profile) Visit {
	v.Profile = p
	return v
}
