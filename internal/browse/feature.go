package browse

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// A feature is something by which a page can tell devices apart, and that a
// visit can show differently. Each is changed at the launch, so that pages,
// frames and workers all see the same.
type feature struct {
	name string
	// other is a value that this machine does not have.
	other func(bin *binary) string
	// flags are the switches that show it.
	flags func(value string) []string
	// env is the environment that shows it.
	env func(value string) []string
}

var features = []feature{
	{
		name: "user agent", other: func(bin *binary) string { return bin.agentOn("Windows NT 10.0; Win64; x64") },
		flags: func(value string) []string { return []string{"--user-agent=" + value} },
	},
	{
		name: "language", other: func(*binary) string { return otherLanguage(os.Getenv) },
		flags: func(value string) []string { return []string{"--accept-lang=" + value} },
	},
	{
		name: "time zone", other: func(*binary) string { return otherZone(time.Now()) },
		env: func(value string) []string { return []string{"TZ=" + value} },
	},
	{
		name: "screen", other: func(*binary) string { return "1920x1200" }, // headless, Chromium has 800x600
		flags: func(value string) []string {
			return []string{"--screen-info={" + value + "}", "--window-size=1600,1000"}
		},
	},
}

// Features names what a visit can show differently. Client hints of the
// operating system, canvas, graphics, sound and fonts stay as they are, and so
// does the network address.
func Features() []string {
	var names []string
	for _, f := range features {
		names = append(names, f.name)
	}
	return names
}

// otherLanguage is a list of languages that differs from the machine's.
func otherLanguage(getenv func(string) string) string {
	for _, key := range []string{"LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"} {
		if strings.HasPrefix(getenv(key), "de") {
			return "fr-FR,fr"
		}
	}
	return "de-DE,de"
}

// otherZone is a time zone in which it is another hour than here.
func otherZone(now time.Time) string {
	if _, offset := now.Zone(); offset == 9*3600 {
		return "America/Lima"
	}
	return "Asia/Tokyo"
}

// show gives the switches and the environment with which a browser shows some
// features differently, and by name what it then shows.
func show(names []string, bin *binary) (shown map[string]string, flags, env []string) {
	for _, f := range features {
		if !slices.Contains(names, f.name) {
			continue
		}
		if shown == nil {
			shown = map[string]string{}
		}
		shown[f.name] = f.other(bin)
		if f.flags != nil {
			flags = append(flags, f.flags(shown[f.name])...)
		}
		if f.env != nil {
			env = append(env, f.env(shown[f.name])...)
		}
	}
	return shown, flags, env
}

// checkFeatures finds names that are none.
func checkFeatures(names []string) error {
	for _, n := range names {
		if !slices.Contains(Features(), n) {
			return fmt.Errorf("%q is no feature that can be changed: there is %s", n, strings.Join(Features(), ", "))
		}
	}
	return nil
}

// replaceFlags puts switches in the place of those of the same name, before
// the address that is opened.
func replaceFlags(flags, by []string) []string {
	name := func(flag string) string { n, _, _ := strings.Cut(flag, "="); return n }
	out := slices.DeleteFunc(slices.Clone(flags), func(f string) bool {
		return slices.ContainsFunc(by, func(b string) bool { return name(b) == name(f) })
	})
	return slices.Insert(out, len(out)-1, by...)
}
