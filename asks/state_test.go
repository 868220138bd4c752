package asks

import (
	"slices"
	"strings"
	"testing"
)

func TestStateIsJudgedByWhatCanBeGuessed(t *testing.T) {
	for _, tc := range []struct {
		name, state, earlier, page string
		want                       []string
	}{
		{"none", "", "", "", []string{"state-absent"}},
		{"128 bits of hexadecimal", "9f2c41d07be84c6aa1d35e0b7c6f8e12", "", "", nil},
		{"one hexadecimal digit less", "9f2c41d07be84c6aa1d35e0b7c6f8e1", "", "", []string{"state-weak-random"}},
		{"22 characters of base64url", "dBjftJeZ4CVP-mB92K27uh", "", "", nil},
		{"padding adds nothing", "dBjftJeZ4CVPmB92K27===", "", "", []string{"state-weak-random"}},
		{"a word", "presave-app", "", "", []string{"state-weak-random"}},
		{"the same in both visits, however long", strings.Repeat("k3F9-", 20), strings.Repeat("k3F9-", 20), "", []string{"state-constant"}},
		{"another one in the other visit", "dBjftJeZ4CVP-mB92K27uh", "AAjftJeZ4CVP-mB92K27uh", "", nil},
		{"part of the page's path", "8841", "", "https://campaign.example/c/8841", []string{"state-predictable"}},
		{"part of the page's query", "spring", "", "https://campaign.example/?c=spring", []string{"state-predictable"}},
		{"structure", `{"id":12}`, "", "", []string{"state-structured-json"}},
		{"structure in base64", "eyJpZCI6MTJ9", "", "", []string{"state-structured-json"}},
		{"an address of a person", `{"mail":"ada@example.org"}`, "", "", []string{"state-structured-json", "state-personal"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := stateFlags(tc.state, tc.earlier, tc.page); !slices.Equal(got, tc.want) {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestStructuredStateWithARandomValueIsNoFlaw(t *testing.T) {
	guarded := `{"page":"x","nonce":"9f2c41d07be84c6aa1d35e0b7c6f8e12"}`
	if got := flaws(flags{"state-structured-json"}, guarded); len(got) != 0 {
		t.Errorf("flaws = %q, want none", got)
	}
	if got := flaws(flags{"state-structured-json"}, `{"page":"https://links.example/a-very-long-address-of-a-page"}`); len(got) != 1 {
		t.Errorf("flaws = %q, want the structured state", got)
	}
}
