package asks

import (
	"errors"
	"io"
	"maps"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
)

func TestBatchAccountsForEveryLine(t *testing.T) {
	list := strings.Join([]string{
		"# pre-saves", "", good(), good("scope", "user-library-modify user-read-email") + "\r",
		"https://music.example/", "https://x.example/oauth?client_id=1&scope=a", good("request_uri", "https://x.example/r"),
		"https://other.example/", "  ", good("state", strings.Repeat("x", 17<<10)), good("state", strings.Repeat("x", 200<<10)),
		good() + "%00", "https://connect.deezer.com/oauth/auth.php?app_id=1&perms=email", good(),
	}, "\n")
	var lines []int
	outcomes := map[string]int{}
	l, err := Default().Batch(iotest.OneByteReader(strings.NewReader(list)), Ask{For: []string{"now-playing"}}, func(b BatchLine) error {
		lines = append(lines, b.Line)
		outcomes[b.Outcome]++
		if (b.Outcome == LineRefused) != (b.Verdict.Scopes == nil) {
			t.Errorf("line %d: %s with the verdict %+v", b.Line, b.Outcome, b.Verdict)
		}
		return nil
	})
	want := BatchLedger{Read: 14, Judged: 3, Described: 2, Refused: 6, Blank: 3, Reasons: map[string]int{
		"… is no permission request": 2, "… bytes are more than …": 2, "it holds a zero byte": 1, "… has no purpose …": 1,
	}}
	if err != nil || !reflect.DeepEqual(l, want) || !l.Sums() {
		t.Errorf("ledger %+v, %v, want %+v", l, err, want)
	}
	if !reflect.DeepEqual(lines, []int{3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14}) || !maps.Equal(outcomes, map[string]int{LineJudged: 3, LineDescribed: 2, LineRefused: 6}) {
		t.Errorf("lines %v, outcomes %v", lines, outcomes)
	}
}

func TestBatchJudgesAsASingleRequestIsJudged(t *testing.T) {
	as := Ask{For: []string{"save-release"}, Also: []string{"follow-artist"}, Page: "https://campaign.example/"}
	address := good("scope", "user-follow-modify user-library-modify")
	alone := as
	alone.URL = address
	want, err := Default().Verdict(alone)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	if _, err := Default().Batch(strings.NewReader(address+"\n"+address), as, func(b BatchLine) error {
		n++
		if !reflect.DeepEqual(b.Verdict, want) {
			t.Errorf("line %d: %+v, alone %+v", b.Line, b.Verdict, want)
		}
		return nil
	}); err != nil || n != 2 {
		t.Errorf("%d lines, %v", n, err)
	}
}

func TestBatchStopsWhereTheListBreaksOffOrTheReaderOfItDoes(t *testing.T) {
	broken := errors.New("cable cut")
	_, err := Default().Batch(io.MultiReader(strings.NewReader(good()+"\n"), iotest.ErrReader(broken)), Ask{}, func(BatchLine) error { return nil })
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("error %v, want the broken list at line 2", err)
	}
	full := errors.New("disk full")
	l, err := Default().Batch(strings.NewReader(good()+"\n"+good()), Ask{}, func(BatchLine) error { return full })
	if !errors.Is(err, full) || l.Read != 1 {
		t.Errorf("ledger %+v, error %v", l, err)
	}
}
