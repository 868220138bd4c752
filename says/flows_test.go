package says

import (
	"testing"

	"diapason.dev/diapason"
)

func TestFlowsGoFromWhoeverHasTheDataToWhoeverGetsIt(t *testing.T) {
	s := diapason.Service{ID: "nocturne", Name: "Nocturne"}
	for _, c := range []struct {
		clause   string
		from, to string
		role     diapason.Role
		relation diapason.Relation
	}{
		{"We collect your name.", "person", "nocturne", diapason.RoleService, diapason.FirstParty},
		{"We store your name.", "nocturne", "nocturne", diapason.RoleService, diapason.FirstParty},
		{"We share your name with advertisers.", "nocturne", "dia:Advertiser", diapason.RoleAdvertiser, diapason.ThirdParty},
		{"We sell your name to data brokers.", "nocturne", "dia:Buyer", diapason.RoleBuyer, diapason.ThirdParty},
		{"Third parties may collect your name.", "person", "dia:OtherParty", diapason.RoleUnknown, diapason.ThirdParty},
	} {
		ps := practices(c.clause)
		flows := Flows(ps, s)
		if len(flows) != len(ps) || len(flows) != 1 {
			t.Fatalf("%q: %d flows of %d practices", c.clause, len(flows), len(ps))
		}
		f := flows[0]
		if f.Channel != diapason.Says || f.Sender.ID != c.from || f.Recipient.ID != c.to || f.Recipient.Role != c.role || f.Recipient.Relation != c.relation {
			t.Errorf("%q: from %+v to %+v", c.clause, f.Sender, f.Recipient)
		}
		if len(f.Evidence) != 1 || f.Evidence[0].Record != "document/policy" || f.Evidence[0].Quote != c.clause {
			t.Errorf("%q: evidence %+v", c.clause, f.Evidence)
		}
	}
}

func TestAFlowHasOnePurposeOrNone(t *testing.T) {
	s := diapason.Service{ID: "nocturne"}
	for clause, want := range map[string]diapason.Term{
		"We use your IP address to prevent fraud.":                 "dpv:FraudPreventionAndDetection",
		"We use your IP address to prevent fraud and for billing.": "",
		"We collect your IP address.":                              "",
	} {
		if got := Flows(practices(clause), s)[0].Purpose; got != want {
			t.Errorf("%q: %q, want %q", clause, got, want)
		}
	}
	f := Flows(practices("We keep your IP address for 30 days, but only with your consent."), s)[0]
	if f.Duration != "P30D" || f.Condition != diapason.OnConsent {
		t.Errorf("duration %q, condition %q", f.Duration, f.Condition)
	}
}

func TestAddressesAreShownWithoutTheirValues(t *testing.T) {
	for address, want := range map[string]string{
		"https://nocturne.example/privacy":                          "https://nocturne.example/privacy",
		"https://u:p@nocturne.example/privacy?token=s3cret&hl=en#x": "https://nocturne.example/privacy?token=…&hl=…",
		"policy.md": "",
	} {
		if got := shown(address); got != want {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
}
