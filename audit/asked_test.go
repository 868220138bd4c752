package audit_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"diapason.dev/diapason"
	"diapason.dev/diapason/asks"
	"diapason.dev/diapason/audit"
	"diapason.dev/diapason/rule"
)

const askedPolicy = `# Privacy policy of Acme
Last updated: 1 September 2026

We collect the address book on your device to find people you know.
`

const askedLink = "https://accounts.spotify.com/authorize?client_id=EXAMPLE&response_type=code&redirect_uri=https%3A%2F%2Facme.example%2Fback&state=dBjftJeZ4CVPmB92K27uhbUJU1p1r&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw_cM&code_challenge_method=S256&scope=user-library-modify"

const askedConfig = `service: {id: acme, name: Acme, domains: [acme.example]}
says:
  - {id: privacy, file: policy.md}
asks:
  - url: "` + askedLink + `"
    for: [save-release]
    log: egress.log
    vantage: client-egress
    event: release=2026-09-04
  - manifests: [AndroidManifest.xml, Info.plist]
`

func askedAudit(t *testing.T, config string) (*audit.Result, string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"diapason.yaml": config, "policy.md": askedPolicy,
		"egress.log": `{"time":"2026-08-20T12:00:00Z","method":"GET","url":"` + askedLink + `","status":303}
{"time":"2026-09-04T00:00:05Z","method":"PUT","url":"https://api.spotify.com/v1/me/library?uris=spotify:album:SEEDALBUM","status":200,"client":"acme"}
`,
		"AndroidManifest.xml": `<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="example.acme.player">
<uses-permission android:name="android.permission.READ_CONTACTS"/><uses-permission android:name="android.permission.ACCESS_FINE_LOCATION"/>
<application><meta-data android:name="com.example.API_KEY" android:value="SEEDKEY"/></application></manifest>`,
		"Info.plist": `<plist><dict><key>NSMicrophoneUsageDescription</key><string>Sing, and Acme finds the song.</string></dict></plist>`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, err := audit.LoadConfig(filepath.Join(dir, "diapason.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	run := filepath.Join(dir, "run")
	r, folder, err := audit.Run(t.Context(), c, audit.Options{Dir: run, Keys: filepath.Join(dir, "keys"), Only: []diapason.Channel{diapason.Says, diapason.Asks}})
	if err != nil {
		t.Fatal(err)
	}
	findings, err := r.FindingsText()
	if err != nil {
		t.Fatal(err)
	}
	if err := folder.Finish(t.Context(), map[string][]byte{audit.FindingsFile: findings}); err != nil {
		t.Fatal(err)
	}
	return r, run
}

func verdictOf(t *testing.T, r *audit.Result, id string) diapason.Verdict {
	t.Helper()
	i := slices.IndexFunc(r.Verdicts, func(v diapason.Verdict) bool { return v.Rule == id })
	if i < 0 {
		t.Fatalf("no verdict of %s", id)
	}
	return r.Verdicts[i]
}

func TestWhatAnAppAsksForIsHeldAgainstThePolicy(t *testing.T) {
	r, _ := askedAudit(t, askedConfig)
	var sentences []string
	for _, f := range r.Findings {
		if f.Rule == "AK-01" {
			sentences = append(sentences, f.Sentence)
		}
	}
	told := strings.Join(sentences, "\n")
	if !strings.Contains(told, "The app asks to open") || !strings.Contains(told, "location") || !strings.Contains(told, "microphone") || strings.Contains(told, "address book") {
		t.Errorf("told %q: the policy speaks of the address book, and neither of the location nor of the microphone", told)
	}
	reason := slices.IndexFunc(r.Flows, func(f diapason.Flow) bool {
		return f.Channel == diapason.Says && len(f.Evidence) > 0 && f.Evidence[0].Quote == "Sing, and Acme finds the song."
	})
	if reason < 0 || r.Flows[reason].Data != "dia:MicrophoneAudio" {
		t.Errorf("the developer's reason is no statement of the service: %d", reason)
	}
	for _, g := range r.Gaps {
		if g.Channel == diapason.Asks {
			t.Errorf("gap %+v", g)
		}
	}
}

func TestALogTellsWhetherAskedMeansUsed(t *testing.T) {
	r, run := askedAudit(t, askedConfig)
	if v := verdictOf(t, r, "AK-03"); v.Outcome != diapason.Pass {
		t.Errorf("AK-03: %s, %s", v.Outcome, v.Why)
	}
	if g := r.Facts.Asks.Grants[0]; g.Use != asks.Exercised || g.PurposeEnds != 15.5 {
		t.Errorf("grant %+v, want exercised and a purpose that is over 15.5 days after the request", g)
	}
	more, _ := askedAudit(t, strings.Replace(askedConfig, "scope=user-library-modify", "scope=user-library-modify%20user-top-read", 1))
	if v := verdictOf(t, more, "AK-03"); v.Outcome != diapason.Inconclusive {
		t.Errorf("a permission that no call took: AK-03 %s, %s", v.Outcome, v.Why)
	}
	none, _ := askedAudit(t, "service: {id: acme}\nasks:\n  - {url: \""+askedLink+"\", for: [save-release]}\n")
	if v := verdictOf(t, none, "AK-03"); v.Outcome != diapason.NotApplicable {
		t.Errorf("without a log: AK-03 %s, %s", v.Outcome, v.Why)
	}
	if _, same, err := audit.Judge(t.Context(), run, rule.Default()); err != nil || !same {
		t.Errorf("judged again: the same %v, error %v", same, err)
	}
}

func TestOfLogsAndManifestsOnlyWhatIsAskedIsRecorded(t *testing.T) {
	_, run := askedAudit(t, askedConfig)
	err := filepath.WalkDir(run, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		for _, seed := range []string{"SEEDALBUM", "SEEDKEY"} {
			if strings.Contains(string(raw), seed) {
				t.Errorf("%s holds %s", path, seed)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestALogOrManifestThatCannotBeReadLeavesAGap(t *testing.T) {
	r, _ := askedAudit(t, strings.NewReplacer("egress.log", "policy.md", "Info.plist", "missing.plist").Replace(askedConfig))
	var what []string
	for _, g := range r.Gaps {
		if g.Channel == diapason.Asks && g.Next != "" {
			what = append(what, g.What)
		}
	}
	if !slices.Contains(what, "log policy.md") || !slices.Contains(what, "manifest missing.plist") {
		t.Errorf("gaps %q", what)
	}
}
