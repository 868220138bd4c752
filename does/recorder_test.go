package does

import (
	"fmt"
	"testing"

	"diapason.dev/diapason"
)

func TestAScriptThatRecordsThePageIsToldFromOneThatMeasures(t *testing.T) {
	typed := func(text string) string {
		return fmt.Sprintf(`{"type":3,"data":{"source":5,"text":%q,"isChecked":false,"id":12},"timestamp":1793793600123}`, text)
	}
	moved := `{"type":3,"data":{"source":1,"positions":[{"x":1,"y":2,"id":3,"timeOffset":0}]},"timestamp":1793793600123}`
	measured := `{"batch":[{"type":"track","event":"view","properties":{"path":"/"},"timestamp":"2026-11-04T12:00:00Z"},{"type":"page","data":{"title":"Home"},"time":1793793600123}]}`
	for name, c := range map[string]struct {
		messages []string
		script   string
		want     string
	}{
		"keys on a socket":       {[]string{moved, moved, moved, typed("Mi"), typed(baited)}, "https://pulse.example/r.js", "[5 [email] false]"},
		"masked keys":            {[]string{moved, moved, moved, typed("**"), typed("*****")}, "https://pulse.example/r.js", "[5 [] false]"},
		"moves alone, in one":    {[]string{"[" + moved + "," + moved + "," + moved + "," + moved + "," + moved + "," + moved + "]"}, "https://pulse.example/r.js", "[6 [] false]"},
		"a script of that name":  {nil, "https://pulse.example/lib/rrweb.min.js", "[0 [] true]"},
		"a measuring script":     {[]string{measured, measured, measured, measured, measured, measured}, "https://pulse.example/tag.js", "[]"},
		"a form and its own end": {[]string{typed(baited)}, "https://pulse.example/tag.js", "[]"},
	} {
		journey := signUp()
		ask(journey, "script", c.script)
		socket := ask(journey, "websocket", "wss://pulse.example/stream")
		socket.Messages = c.messages
		var got []any
		for _, r := range reader(t).Read([]*diapason.Capture{journey}).Recorders {
			got = append(got, r.Events, r.Typing, r.Script != "")
			if r.Recipient.ID != "pulse" || r.Visit != journey.ID || len(r.Evidence) != 1 {
				t.Errorf("%s: recorder %+v", name, r)
			}
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("%s: %v, want %s", name, got, c.want)
		}
	}
}
