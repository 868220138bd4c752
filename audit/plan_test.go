package audit

import (
	"reflect"
	"testing"

	"diapason.dev/diapason/internal/browse"
)

// What a configuration asks for is visited: nothing of a plan stays empty when
// everything is asked for.
func TestEveryKindOfVisitThatIsAskedForIsPlanned(t *testing.T) {
	cfg, err := ParseConfig([]byte(`service: {id: tremolo, domains: [tremolo.example]}
does:
  start: [https://tremolo.example/]
  linkage: [https://gazette.example/]
  respawn: true
  respawn-plan: quick
  consent: true
  gpc: true
  banner: {banner: "#ask", accept: "#yes", reject: "#no", settings: "#more", withdraw: "#back"}
  journeys: {in: [{open: /in}, {click: "#in"}]}
  sign-in: in
`), "diapason.yaml")
	if err != nil {
		t.Fatal(err)
	}
	journeys, err := cfg.journeys()
	if err != nil {
		t.Fatal(err)
	}
	a := &run{Config: cfg, Folder: &Folder{material: Material{Settings: Settings{AtOnce: 2}}}, journeys: journeys}
	plan := reflect.ValueOf(a.plan())
	for i := range plan.NumField() {
		if plan.Field(i).IsZero() {
			t.Errorf("%s is asked for and not planned", plan.Type().Field(i).Name)
		}
	}
	if want := (browse.Selectors{Banner: "#ask", Accept: "#yes", Reject: "#no", Settings: "#more", Withdraw: "#back"}); a.plan().Selectors != want {
		t.Errorf("selectors %+v", a.plan().Selectors)
	}
}
